"""How often the audit's interval holds the true share of wrong rows, over many projects and draws."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.audit import audit
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.benchmarks.review_play.desk import Desk, read_csv
from mturk_pipeline_tests.simulator import CrowdParams, simulate
from mturk_pipeline_tests.simulator.file_writing import write_csv

SIZE = CrowdParams(universities=60, workers=80, leads=300)


@dataclass(frozen=True)
class Setting:
    """What is repeated: a phase, its share of spot checks, and what else differs."""

    name: str
    phase: str
    share: float
    accept: float | None = None
    invented: str = "none"
    learns: bool = False


SETTINGS = (
    Setting("dirs", "dirs", 0.2),
    Setting("clubs", "clubs", 0.1),
    Setting("clubs, invented ones dropped", "clubs", 0.1, invented="drop"),
    Setting("clubs, passing from 0.5", "clubs", 0.1, 0.5),
    Setting("clubs, from 0.5, invented ones dropped", "clubs", 0.1, 0.5, invented="drop"),
    Setting("leads", "leads", 0.05),
    Setting("leads", "leads", 0.1),
    Setting("leads", "leads", 0.3),
    Setting("leads, passing from 0.5", "leads", 0.1, 0.5),
    Setting("leads, passing from 0.5", "leads", 0.5, 0.5),
    Setting("leads, after the next run", "leads", 0.1, learns=True),
    Setting("leads, from 0.5, after the next run", "leads", 0.3, 0.5, learns=True),
)


def tries_of_project(seed: int, phases: Mapping[str, PhaseSpec]) -> list[dict[str, object]]:
    """One simulated project under all settings: a row for each."""
    simulation = simulate(SIZE, seed)
    chance = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        desks = {}
        for name, phase in phases.items():
            path = Path(folder) / f"{name}.csv"
            write_csv(simulation.batches[name], path)
            desks[name] = Desk.of(name, [path], phase, simulation.truth)
        return list(_tries(desks, seed, chance, Path(folder)))


def _tries(desks: dict[str, Desk], seed: int, chance: np.random.Generator, folder: Path) -> Iterator[dict[str, object]]:
    for number, setting in enumerate(SETTINGS):
        desk = desks[setting.phase].with_settings(spot_checks=setting.share)
        if setting.accept is not None:
            desk = desk.with_settings(accept=setting.accept, accept_none=setting.accept)
        found = one_try(desk, f"play {seed}", chance, folder, setting)
        if found is not None:
            yield {"setting": number, **found}


def one_try(
    desk: Desk, seed: str, chance: np.random.Generator, folder: Path, setting: Setting | None = None
) -> dict[str, float] | None:
    """A person works from the top and stops at a random place, after the first spot check; None where none is drawn.

    Returns the true share of wrong rows among those that passed and that nobody looked at (`left`), and among all
    that passed (`passed`), the audit's estimate and interval, and how many spot checks were looked at.
    """
    setting = setting or Setting("", desk.name, desk.phase.spot_checks)
    book = desk.book(seed)
    spots = np.flatnonzero(book.queue["kind"] == "spot_check")
    if not len(spots):
        return None
    looks = int(chance.integers(spots[0] + 1, len(book.queue) + 1))
    path = folder / "decided.csv"
    desk.save_csv(book, path, looks, setting.invented)
    reviews = read_csv(desk, book, path)
    reviewed = apply_decisions(desk.cleaned, reviews, desk.phase, seed)
    if setting.learns:
        desk = desk.after_learning(reviewed)
        reviewed = apply_decisions(desk.cleaned, reviews, desk.phase, seed)
    found = audit(reviewed, desk.cleaned, desk.phase)
    wrong = desk.wrong
    left = reviewed.loc[reviewed["status"] == "accepted_automatically", "item_id"]
    passed = desk.cleaned.loc[~desk.cleaned["needs_review"], "item_id"]
    return {
        "left": float(wrong.reindex(left).mean()) if len(left) else float("nan"),
        "passed": float(wrong.reindex(passed).mean()),
        "rows": len(passed),
        "looked_at": found.looked_at,
        "share": found.share,
        "low": found.low,
        "high": found.high,
    }


def coverage_table(tries: pd.DataFrame) -> pd.DataFrame:
    """Per setting: how often the interval held the truth, and how the estimate lies beside it.

    Parameters
    ----------
    tries
        The rows that `one_try` gave, with a column `setting`.
    """
    counted = tries[tries["low"].notna() & tries["left"].notna()].copy()
    for name in ("left", "passed"):
        counted[f"holds_{name}"] = counted[name].between(counted["low"] - 1e-12, counted["high"] + 1e-12)
    counted["below"] = counted["left"] > counted["high"] + 1e-12
    grouped = counted.groupby("setting", sort=True)
    table = grouped[["rows", "looked_at", "left", "share", "high"]].mean()
    table.insert(0, "tries", grouped.size())
    for name in ("holds_left", "holds_passed", "below"):
        table[name] = grouped[name].sum()
    return table
