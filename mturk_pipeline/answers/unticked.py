"""Boxes that were not ticked, and questions that were not asked: both leave a cell blank, and neither says nothing."""

import numpy as np
import pandas as pd

from mturk_pipeline.answers.columns import key_column
from mturk_pipeline.intake.slot_guesses import FEWEST_COLUMNS, FEWEST_HITS
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, BLANK, NONE_DECLARED, VALID
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_BLANK, _NONE, _VALID = (ANSWER_STATES.index(state) for state in (BLANK, NONE_DECLARED, VALID))
_NEARLY = 0.8  # of the fields, and of the workers of their HITs
# An empty cell, and what pages and programs write for one.
_NOTHING = ["", "{}", "null", "nil", "nan", "undefined"]


def without_unasked(gathered: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`gathered` without blank answers to questions that were not asked.

    `asked_if` names an input that is empty, or answers stand in a column for each item. Where somebody answered all the
    same the answer stays: then the input does not say what was asked.
    """
    row, field = gathered["row"].to_numpy(), gathered["field"].to_numpy()
    blank = gathered["state"].to_numpy() == _BLANK
    unasked = np.zeros(len(gathered), dtype=bool)
    for code, spec in enumerate(phase.fields.values()):
        column = key_column(assignments, spec.asked_if) if spec.asked_if else None
        if column is not None:
            empty = assignments[column].fillna("").astype("str").str.strip().eq("").to_numpy(dtype=bool)
            unasked |= blank & (field == code) & empty[row]
    unasked |= blank & _of_another_hit(gathered, assignments, phase)
    return gathered[~unasked] if unasked.any() else gathered


def _of_another_hit(gathered: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> np.ndarray:
    """Whether each answer is to a question of another HIT's, where answers stand in a column for each item.

    So they do where nearly every field is answered in one HIT only, and there by nearly all of its workers: no other
    HIT asked it.
    """
    row, field = gathered["row"].to_numpy(), gathered["field"].to_numpy(dtype=np.int64)
    none = np.zeros(len(gathered), dtype=bool)
    if len(phase.fields) < FEWEST_COLUMNS or phase.has_slots or phase.record_fields:
        return none
    hit = pd.factorize(assignments["hit_id"])[0][row]
    given = pd.DataFrame({"field": field, "hit": hit, "row": row})[gathered["state"].to_numpy() != _BLANK]
    by_field = given.groupby("field").agg(hits=("hit", "nunique"), hit=("hit", "first"), workers=("row", "nunique"))
    alone = by_field[by_field["hits"] == 1]
    workers = assignments.groupby(pd.factorize(assignments["hit_id"])[0]).size()
    full = len(alone) and float((alone["workers"] / alone["hit"].map(workers)).mean()) >= _NEARLY
    if len(alone) < FEWEST_COLUMNS or len(alone) < _NEARLY * len(by_field) or len(workers) < FEWEST_HITS or not full:
        return none
    own = alone["hit"].reindex(range(len(phase.fields)), fill_value=-1).to_numpy()[field]
    return (own >= 0) & (own != hit)


def with_unticked(gathered: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`gathered` with "no" where a single checkbox is empty, and "there is none" where of several boxes none is ticked.

    A required field that is blank stays so.
    """
    specs = [None if spec.required else spec for spec in phase.fields.values()]
    field = gathered["field"].to_numpy()
    blank = gathered["state"].to_numpy() == _BLANK
    no = blank & _is_empty(gathered["raw"]) & np.array([s is not None and s.checkbox for s in specs], dtype=bool)[field]
    nothing = (
        blank
        & np.array([s is not None and AGREEMENTS[s.agreement].empty_is_an_answer for s in specs], dtype=bool)[field]
    )
    if not (no | nothing).any():
        return gathered
    state = np.where(no, _VALID, np.where(nothing, _NONE, gathered["state"].to_numpy()))
    value = gathered["value"].astype("str").mask(no, "no")
    return gathered.assign(state=state.astype(np.uint8), value=value)


def _is_empty(raw: pd.Series) -> np.ndarray:
    """Whether nobody wrote anything: "?" and "n/a" are words of somebody who neither ticked the box nor left it."""
    return raw.fillna("").astype("str").str.strip().str.casefold().isin(_NOTHING).to_numpy(dtype=bool)
