"""Assignments that lie in several projects or phases: each is one piece of evidence on its worker, and counts once.

The same assignment is known by its worker and its AssignmentId. It counts in the earliest project that has it: the one
whose first assignment was submitted first, and of such (they may share that one, too) the first by id; within a project
in the first phase by name. Elsewhere a worker's numbers shrink to the share of assignments that count there: the phase
judged them together, so nobody can say which of its HITs were right. What a phase suggests stands only where more than
half of the worker's assignments count in it, so that one file in two projects accuses nobody twice.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.intake.made_ids import id_numbers
from mturk_pipeline.vocabulary.standings import NEUTRAL
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.surrogates import key_of

KEYS = "assignment_keys"
_SCALED = ("right", "given", "weight")
_COUNTED = ("gold_asked", "gold_right")
_OWN = 0.5


class Held(NamedTuple):
    """A phase's assignments: worker (by surrogate), key, submitted_at and more; None where there are none to be had."""

    project_id: str
    phase: str  # workflow/phase
    assignments: pd.DataFrame | None


def keys_of(home: Home, assignment_ids: pd.Series) -> np.ndarray:
    """A number for each assignment, made with the home's key."""
    return id_numbers(assignment_ids, key_of(Store.of(home)).siphash_key).view("int64")


def places(held: Sequence[Held]) -> pd.DataFrame:
    """Where each assignment counts: place (number of the phase in `held`), worker, counts (whether here), home.

    `home` is the number of the phase in which it counts. In the order of `held` and of their assignments.
    """
    columns = ["worker", "key", "submitted_at"]
    parts = [
        h.assignments[columns].assign(place=n, project_id=h.project_id, phase=h.phase)
        for n, h in enumerate(held)
        if h.assignments is not None
    ]
    if not parts:
        return pd.DataFrame({name: [] for name in ("place", "worker", "counts", "home")})
    table = pd.concat(parts, ignore_index=True)
    begun = table.groupby("project_id")["submitted_at"].transform("min")
    order = table.assign(begun=begun).sort_values(["begun", "project_id", "phase"], kind="stable")
    home = order.groupby(["worker", "key"], sort=False)["place"].transform("first")
    counts = ~order.duplicated(["worker", "key"])
    return table.assign(counts=counts, home=home)[["place", "worker", "counts", "home"]]


def own_assignments(held: Sequence[Held]) -> Iterator[tuple[pd.DataFrame | None, pd.Series]]:
    """Of each phase the assignments that count in it, and by worker their share of those that it has."""
    table = places(held)
    for number, phase in enumerate(held):
        here = table[table["place"] == number]
        share = here["counts"].astype(float).groupby(here["worker"]).mean()
        own = phase.assignments
        yield None if own is None else own[here["counts"].to_numpy(dtype=bool)], share


def reduced(rows: pd.DataFrame, share: pd.Series) -> pd.DataFrame:
    """Contributions `rows` with what the `share` (by worker) of their assignments says; without any, no row."""
    part = rows["worker"].map(share).fillna(1.0)
    rows, part = rows[part > 0], part[part > 0]
    if (part == 1).all():
        return rows
    scaled = {name: rows[name] * part for name in _SCALED}
    counted = {name: (rows[name] * part).round().astype(rows[name].dtype) for name in (*_COUNTED, "assignments")}
    foreign = part <= _OWN
    words = {"suggested": rows["suggested"].mask(foreign, NEUTRAL), "evidence": rows["evidence"].mask(foreign, "")}
    return rows.assign(**scaled, **counted, **words)


def without(rows: pd.DataFrame, worker: pd.Series, keys: np.ndarray) -> pd.DataFrame:
    """`rows` (of a snapshot) without what the assignments `keys` of `worker` add to right, given and weight."""
    if KEYS not in rows or not len(keys) or rows.empty:
        return rows
    lists = [np.asarray(k, dtype="int64") for k in rows[KEYS]]
    number = np.array([len(k) for k in lists])
    held = pd.MultiIndex.from_arrays([rows["worker"].to_numpy().repeat(number), np.concatenate(lists)])
    taken = held.isin(pd.MultiIndex.from_arrays([worker, keys]))
    theirs = np.bincount(np.arange(len(rows)).repeat(number), taken, minlength=len(rows))
    left = 1 - theirs / np.maximum(number, 1)
    return rows.assign(**{name: rows[name] * left for name in _SCALED})[left > 0]


def shared_lines(held: Sequence[Held]) -> list[str]:
    """A line for each phase with assignments that count in another: how many, and where."""
    table = places(held)
    away = table[~table["counts"].astype(bool)]
    lines = []
    for (place, home), rows in away.groupby(["place", "home"]):
        here, there = held[int(place)], held[int(home)]  # pyright: ignore
        names = f"{here.project_id} ({here.phase})", f"{there.project_id} ({there.phase})"
        lines.append(f"{names[0]}: {len(rows):,} assignments lie in {names[1]} too, and count there")
    return lines
