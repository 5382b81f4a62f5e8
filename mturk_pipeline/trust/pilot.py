"""Pilot page: what a small first batch shows about the questions, before money is spent on the rest.

How much of each field comes back filled, how far workers agree, how long they take, and which invalid cells come
back so often that a setting should read them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.intake.unknown_workers import worker_count
from mturk_pipeline.trust.pilot_cells import common_cells
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# From so many items on a batch is no pilot any more.
PILOT_ITEMS = 100
_STATES = ANSWER_STATES[::-1]  # the best first


@dataclass(frozen=True)
class Pilot:
    """Figures of a first batch; nothing in it names a worker or shows a cell that could be personal."""

    items: int
    assignments: int
    workers: int
    # median_seconds, low_seconds: work time of an assignment: the median, and the time that a tenth stays under; NaN
    # where it is not known
    median_seconds: float
    low_seconds: float
    # Per field of the phase: `field`, `asked` (answers, one for each assignment and record of its list), how many of
    # them are `valid`, `none_declared`, `invalid`, `blank` (the best of an answer's values counts), and `compared`,
    # `agreeing` as in contract Workers: votes where another worker voted too, and those shared
    fields: pd.DataFrame
    cells: pd.DataFrame  # The commonest invalid cells, as `pilot_cells.common_cells` gives them


def pilot(answers: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> Pilot:
    """Figures on a phase's questions from its `answers` and `assignments` (contracts Answers, Assignments)."""
    seconds = assignments["work_seconds"].dropna().to_numpy(dtype=float)
    low, median = np.quantile(seconds, [0.1, 0.5]) if len(seconds) else (np.nan, np.nan)
    table = pd.DataFrame(index=pd.Index(list(phase.fields), dtype="str", name="field"))
    table = table.join(_filled(answers)).join(_agreement(answers)).fillna(0).astype("int64")
    return Pilot(
        items=int(slots_of(assignments, phase)["item_id"].nunique()),
        assignments=len(assignments),
        workers=worker_count(assignments),
        median_seconds=float(median),
        low_seconds=float(low),
        fields=table.reset_index(),
        cells=common_cells(answers, phase),
    )


def _filled(answers: pd.DataFrame) -> pd.DataFrame:
    """Per field: answers, and how many are in each state."""
    rank = answers["state"].map({state: i for i, state in enumerate(_STATES)})
    best = rank.groupby([answers[c] for c in ("field", "assignment_id", "element")]).min().rename("state").reset_index()
    counts = pd.crosstab(best["field"], best["state"]).reindex(columns=range(len(_STATES)), fill_value=0)
    counts.columns = list(_STATES)
    counts.insert(0, "asked", counts.sum(axis=1))
    return counts


def _agreement(answers: pd.DataFrame) -> pd.DataFrame:
    """Per field: votes (a worker's values for an item, or 'none') where another voted too, and those that are shared.

    Whoever answered an item's list has voted on each record of it.
    """
    cell = ["field", "item_id", "element"]
    filled = answers[answers["state"].isin(["valid", "none_declared"])]
    filled = filled.assign(value=filled["value"].fillna("\0"))[[*cell, "worker", "value"]].drop_duplicates()
    filled["shared"] = filled.groupby([*cell, "value"])["worker"].transform("size") > 1
    votes = filled.groupby([*cell, "worker"])["shared"].any().reset_index()
    voters = votes.groupby(cell)["worker"].transform("size")
    asked = votes["item_id"].map(answers.groupby("item_id")["worker"].nunique())
    compared = voters.where(votes["element"] == "", asked) > 1
    counts = votes.assign(compared=compared, agreeing=votes["shared"] & compared)
    return counts.groupby("field")[["compared", "agreeing"]].sum()
