"""Boxes that were not ticked, and questions that were not asked: both leave a cell blank, and neither says nothing."""

import numpy as np
import pandas as pd

from mturk_pipeline.answers.columns import key_column
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, BLANK, NONE_DECLARED, VALID
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_BLANK, _NONE, _VALID = (ANSWER_STATES.index(state) for state in (BLANK, NONE_DECLARED, VALID))
# An empty cell, and what pages and programs write for one.
_NOTHING = ["", "{}", "null", "nil", "nan", "undefined"]


def without_unasked(gathered: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`gathered` without blank answers to questions that were not asked (`asked_if` names an input that is empty).

    Where somebody answered all the same the answer stays: then the input does not say what was asked.
    """
    row, field = gathered["row"].to_numpy(), gathered["field"].to_numpy()
    blank = gathered["state"].to_numpy() == _BLANK
    unasked = np.zeros(len(gathered), dtype=bool)
    for code, spec in enumerate(phase.fields.values()):
        column = key_column(assignments, spec.asked_if) if spec.asked_if else None
        if column is not None:
            empty = assignments[column].fillna("").astype("str").str.strip().eq("").to_numpy(dtype=bool)
            unasked |= blank & (field == code) & empty[row]
    return gathered[~unasked] if unasked.any() else gathered


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
