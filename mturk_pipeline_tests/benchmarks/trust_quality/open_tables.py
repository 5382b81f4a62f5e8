"""Tables of simulated crowds that answer open questions: consensus by pattern, and workers."""

import numpy as np
import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality import scores
from mturk_pipeline_tests.benchmarks.trust_quality.crowds import Crowd, open_crowd
from mturk_pipeline_tests.benchmarks.trust_quality.methods import MODES, OPEN_MODELS, in_mode, joined, judged, our_fit
from mturk_pipeline_tests.benchmarks.trust_quality.peers import OPEN_PEERS, peer
from mturk_pipeline_tests.benchmarks.trust_quality.reference import known_rates
from mturk_pipeline_tests.benchmarks.trust_quality.running import run_all, show
from mturk_pipeline_tests.benchmarks.trust_quality.worker_tables import standings, worker_report

PATTERNS = ["lone", "2:0", "2:1", "1:1", "1:1:1", "3:0"]
# How candidates are numbered, and whether blanks are answers: MACE does better with random numbers, GLAD without
# blanks. After 5 iterations GLAD's accuracy is what it is after 100.
VARIANTS = {
    "MajorityVote": [("frequency", False), ("frequency", True)],
    "Wawa": [("random", False), ("random", True)],
    "GLAD": [("frequency", False)],
    "MACE": [("random", False), ("random", True)],
}
SLOWER = {"GLAD": [("frequency", True)], "MACE": [("frequency", False), ("frequency", True)]}
ITERATIONS = {"GLAD": {"n_iter": 5}}


def patterns(answers: pd.DataFrame, truth: pd.DataFrame) -> np.ndarray:
    """How the valid values of each row of `truth` split: blank, lone, 2:0, 2:1, …, largest first."""
    said = answers.dropna(subset=["value"]).drop_duplicates(["item", "field", "worker", "value"])
    counts = said.groupby([pd.Series(joined(said), index=said.index, name="place"), "value"]).size()
    counts = counts.sort_values(ascending=False, kind="stable").astype("str")
    split = counts.groupby(level="place").agg(":".join)
    split = split.replace({"1": "lone", "2": "2:0", "3": "3:0"})
    return split.reindex(joined(truth)).fillna("blank").to_numpy()


def measure(seed: int, with_peers: bool, every_variant: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One crowd: (method, pattern, none, right, trust) per item and field; (mode, bad, items, standing) per worker."""
    crowd = open_crowd(seed)
    told = {"pattern": patterns(crowd.answers, crowd.truth), "none": crowd.truth["value"].isna().to_numpy()}
    parts, people = [], []
    for name in OPEN_PEERS if with_peers else ():
        for numbering, blanks in VARIANTS[name] + (SLOWER.get(name, []) if every_variant else []):
            found = peer(name, seed, numbering, blanks, **ITERATIONS.get(name, {}))(crowd.answers, "open")
            method = f"{name}, {numbering} numbers{', blanks as answers' if blanks else ''}"
            parts.append(judged(found, crowd.truth).assign(method=method, **told))
    names = _truth_in(crowd, "three columns")
    parts.append(judged(known_rates(crowd), names).assign(method="(true rates of workers known)", **told))
    for model in OPEN_MODELS:
        for mode in MODES if model == "trust" else MODES[:1]:
            result = our_fit(in_mode(crowd.answers, mode), model=model, kind="open")
            method = f"{model}, {mode}"
            parts.append(judged(result.consensus, _truth_in(crowd, mode)).assign(method=method, **told))
            people.append(standings(result.workers, crowd).assign(method=method))
    rows, workers = pd.concat(parts, ignore_index=True), pd.concat(people, ignore_index=True)
    return rows.assign(seed=seed), workers.assign(seed=seed)


def _truth_in(crowd: Crowd, mode: str) -> pd.DataFrame:
    if mode == "all columns":
        return crowd.truth
    return pd.DataFrame({"item": joined(crowd.truth), "value": crowd.truth["value"].to_numpy()})


def open_report(crowds: int, jobs: int, with_peers: bool, every_variant: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Prints the tables of open answers and of workers; returns the measured rows of both."""
    tasks = [(seed, with_peers, every_variant) for seed in range(crowds)]
    results = run_all(measure, tasks, jobs, "open crowds")
    rows = pd.concat([r for r, _ in results], ignore_index=True)
    workers = pd.concat([w for _, w in results], ignore_index=True)
    here = rows[rows["pattern"] != "blank"]
    print(
        f"\nOpen answers: {crowds} crowds of seeds 0 to {crowds - 1}, three answers per item."
        f" {len(rows) // rows['method'].nunique()} item-fields;"
        f" {(rows['pattern'] == 'blank').mean():.0%} got no valid value; of the others"
        f" {here['none'].mean():.0%} have no right value. No value is right where there is none."
    )
    show("Open: accuracy by pattern of the valid values, all crowds pooled", _by_pattern(here))
    show("Open: means over crowds, item-fields with a valid value", _macro(here))
    show(
        "Open: the same for all item-fields; without blanks a peer gives those that nobody answered trust 0",
        _macro(rows),
    )
    worker_report(workers)
    return rows, workers


def _by_pattern(rows: pd.DataFrame) -> pd.DataFrame:
    table = rows.pivot_table(index="method", columns="pattern", values="right", sort=False)
    table = table.reindex(columns=PATTERNS).assign(all=rows.groupby("method")["right"].mean())
    size = rows[rows["method"] == rows["method"].iloc[0]].groupby("pattern").size()
    table.loc["(item-fields)"] = size.reindex(PATTERNS).to_dict() | {"all": size.sum()}
    return table


def _macro(rows: pd.DataFrame) -> pd.DataFrame:
    """Means over crowds of accuracy, share still wrong, calibration and Brier, per method."""
    parts = []
    for (method, seed), part in rows.groupby(["method", "seed"], sort=False):
        right, trust = part["right"].to_numpy(), part["trust"].to_numpy()
        parts.append(
            {
                "method": method,
                "seed": seed,
                "accuracy": right.mean(),
                "wrong after 20 %": scores.wrong_after_review(right, trust),
                "ECE excess": scores.calibration_error(right, trust) - scores.expected_error(trust, draws=50),
                "Brier": scores.brier(right, trust),
            }
        )
    return pd.DataFrame(parts).groupby("method", sort=False).mean().drop(columns="seed")
