"""Tables of workers: who is accused, of the bad ones and of the honest ones."""

import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality import scores
from mturk_pipeline_tests.benchmarks.trust_quality.crowds import Crowd
from mturk_pipeline_tests.benchmarks.trust_quality.running import show

ENOUGH = 5  # items from which a worker is judged
SHARED = {"0": -1, "1-2": 0, "3-4": 2, "5-9": 4, "10 and more": 9}


def standings(rated: pd.DataFrame, crowd: Crowd) -> pd.DataFrame:
    """worker, archetype, bad, items (how many it looked at), shared (items where it gave the same wrong value as a
    partner of its group), standing ('' where it is not rated)."""
    people = crowd.workers[["worker", "archetype", "bad"]]
    items = crowd.answers.groupby("worker")["item"].nunique()
    standing = rated.set_index("worker")["standing"].astype(str)
    return people.assign(
        items=people["worker"].map(items).to_numpy(),
        shared=people["worker"].map(_shared(crowd)).fillna(0).to_numpy(),
        standing=people["worker"].map(standing).fillna("").to_numpy(),
    )


def _shared(crowd: Crowd) -> pd.Series:
    """By worker: items where a partner gave the same wrong value."""
    right = crowd.truth.rename(columns={"value": "right"})
    said = crowd.answers.dropna(subset=["value"]).merge(right, on=["item", "field"])
    wrong = said.loc[said["value"] != said["right"], ["item", "field", "value", "worker"]]
    partners = crowd.workers.assign(other=crowd.workers["partner"].str.split()).explode("other")[["worker", "other"]]
    pairs = wrong.merge(partners.dropna(), on="worker")
    same = pairs.merge(wrong.rename(columns={"worker": "other"}), on=["item", "field", "value", "other"])
    return same.groupby("worker")["item"].nunique()


def worker_report(workers: pd.DataFrame) -> None:
    """Prints the tables from all crowds' `standings` (with method)."""
    enough = workers[workers["items"] >= ENOUGH]
    show(f"Workers who looked at {ENOUGH} items or more: 'exclude' against spammers and colluders", _accused(enough))
    show("Share with 'exclude', by archetype", _share(enough, enough["archetype"]))
    colluders = enough[enough["archetype"] == "colluder"]
    seen = pd.cut(colluders["shared"], [*SHARED.values(), 10**9], labels=list(SHARED))
    title = "Share of colluders with 'exclude', by items where they gave the same wrong value as a partner"
    show(title, _share(colluders, seen).reindex(columns=list(SHARED)))


def _accused(workers: pd.DataFrame) -> pd.DataFrame:
    """Per method: precision, recall, F1 of `exclude`, and the share of honest workers accused."""
    table = {}
    for method, people in workers.groupby("method", sort=False):
        accused, bad = people["standing"] == "exclude", people["bad"]
        precision, recall, f1 = scores.precision_recall_f1((accused & bad).sum(), accused.sum(), bad.sum())
        table[method] = {"precision": precision, "recall": recall, "F1": f1, "honest accused": accused[~bad].mean()}
    return pd.DataFrame(table).T


def _share(workers: pd.DataFrame, by: pd.Series) -> pd.DataFrame:
    """methods × groups: share excluded; a last row with how many workers there are."""
    rows = workers.assign(by=by.astype("str"), accused=workers["standing"] == "exclude")
    table = rows.pivot_table(index="method", columns="by", values="accused", sort=False)
    table.loc["(workers)"] = rows[rows["method"] == rows["method"].iloc[0]].groupby("by").size()
    return table
