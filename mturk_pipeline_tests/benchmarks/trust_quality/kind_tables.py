"""Tables of who is accused, by kind of question: in honest crowds, and among spammers and colluders."""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.consensus import fit
from mturk_pipeline.trust.worker_standing import wilson
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline_tests.benchmarks.trust_quality import scores
from mturk_pipeline_tests.benchmarks.trust_quality.kind_crowds import KINDS, kind_crowd
from mturk_pipeline_tests.benchmarks.trust_quality.running import run_all, show

SPAMMERS, COLLUDERS = 0.1, 0.05
ENOUGH = 10  # HITs from which recall counts
PER_CROWD = 50  # workers, about


def measure(kind: str, seed: int, spammers: float, colluders: float) -> pd.DataFrame:
    """One crowd: its workers with standing and evidence."""
    crowd = kind_crowd(kind, seed, spammers, colluders)
    fitted = fit(crowd.answers, crowd.phase)
    rated = rate_workers(crowd.answers, crowd.assignments, crowd.phase, fitted=fitted).set_index("worker")
    columns = ["standing", "evidence", "judged", "reliability_low", "reliability_high"]
    return crowd.workers.join(rated[columns], on="worker").assign(kind=kind, seed=seed)


def kind_report(kinds: list[str], honest: int, crowds: int, jobs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Prints both tables; returns the workers of honest crowds (`honest` a kind, or more), and of the others."""
    kinds = kinds or list(KINDS)
    tasks = [(kind, 1000 + n, 0.0, 0.0) for kind in kinds for n in range(-(-honest // PER_CROWD) + 1)]
    good = pd.concat(run_all(measure, tasks, jobs, "honest crowds"), ignore_index=True)
    tasks = [(kind, n, SPAMMERS, COLLUDERS) for kind in kinds for n in range(crowds)]
    mixed = pd.concat(run_all(measure, tasks, jobs, "crowds with bad workers"), ignore_index=True)
    show("Honest crowds: share accused, the upper end of its 95 % interval, and share watched", _honest(good))
    title = f"{SPAMMERS:.0%} spammers, {COLLUDERS:.0%} colluders: 'exclude' among workers with {ENOUGH} HITs or more"
    show(f"{title}, {crowds} crowds pooled", _mixed(mixed[mixed["hits"] >= ENOUGH]))
    return good, mixed


def _honest(people: pd.DataFrame) -> pd.DataFrame:
    table = {}
    for kind, rows in people.groupby("kind", sort=False):
        accused = (rows["standing"] == "exclude").mean()
        _, upper = wilson(np.array([accused]), np.array([float(len(rows))]))
        watched = (rows["standing"] == "watch").mean()
        table[kind] = {"workers": len(rows), "accused": accused, "upper end": upper[0], "watched": watched}
    return pd.DataFrame(table).T


def _mixed(people: pd.DataFrame) -> pd.DataFrame:
    table = {}
    for kind, rows in people.groupby("kind", sort=False):
        accused, bad = rows["standing"] == "exclude", rows["bad"]
        precision, recall, f1 = scores.precision_recall_f1((accused & bad).sum(), accused.sum(), bad.sum())
        by = accused.groupby(rows["archetype"]).mean()
        table[kind] = {"bad": bad.sum(), "precision": precision, "recall": recall, "F1": f1}
        table[kind] |= {f"{name}s": by.get(name, np.nan) for name in ("spammer", "colluder", "sloppy", "lazy")}
    return pd.DataFrame(table).T
