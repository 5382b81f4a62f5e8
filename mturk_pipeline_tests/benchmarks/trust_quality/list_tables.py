"""Tables of simulated crowds that list things: element precision, recall and F1, and how complete a list is."""

import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality import scores
from mturk_pipeline_tests.benchmarks.trust_quality.crowds import ListCrowd, list_crowd
from mturk_pipeline_tests.benchmarks.trust_quality.methods import our_fit
from mturk_pipeline_tests.benchmarks.trust_quality.running import run_all, show

LEVELS = (0.3, 0.5, 0.7)
PER_ITEM = 3


def measure(seed: int) -> list[dict[str, float | str]]:
    """One crowd: a row per method and threshold."""
    crowd = list_crowd(seed)
    said = crowd.answers.dropna(subset=["value"]).drop_duplicates()
    votes = said.groupby(["item", "value"]).size().rename("votes").reset_index()
    rows = [
        {"method": f"vote, {k} of {PER_ITEM}", **_scored(votes[votes["votes"] >= k], crowd)}
        for k in range(1, PER_ITEM + 1)
    ]
    for model in ("majority", "trust"):
        found = our_fit(crowd.answers, model=model, kind="list").consensus.dropna(subset=["value"])
        rows += [{"method": f"{model} >= {t}", **_scored(found[found["trust"] >= t], crowd)} for t in LEVELS]
        rows.append({"method": f"{model}, ranking", **_ranked(found, votes, crowd)})
    return rows


def _scored(kept: pd.DataFrame, crowd: ListCrowd) -> dict[str, float]:
    hits = len(kept[["item", "value"]].drop_duplicates().merge(crowd.truth, on=["item", "value"]))
    precision, recall, f1 = scores.precision_recall_f1(hits, len(kept), len(crowd.truth))
    return {"precision": precision, "recall": recall, "F1": f1}


def _ranked(found: pd.DataFrame, votes: pd.DataFrame, crowd: ListCrowd) -> dict[str, float]:
    """How often our most trusted elements, as many as the vote keeps at a threshold, are right, minus the vote's."""
    best = found.sort_values("trust", ascending=False, kind="stable")
    row = {}
    for k in range(1, PER_ITEM + 1):
        kept = votes[votes["votes"] >= k]
        gain = _scored(best.head(len(kept)), crowd)["precision"] - _scored(kept, crowd)["precision"]
        row[f"gain at size of {k} of {PER_ITEM}"] = gain
    return row


def list_report(crowds: int, jobs: int) -> pd.DataFrame:
    """Prints the table of lists; returns the measured rows."""
    rows = pd.DataFrame(
        [row for part in run_all(measure, [(s,) for s in range(crowds)], jobs, "lists") for row in part]
    )
    table = rows.groupby("method", sort=False).mean()
    show(f"Lists: {crowds} crowds of seeds 0 to {crowds - 1}, elements, means over crowds", table)
    return rows
