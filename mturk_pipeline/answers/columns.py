"""Which columns of the assignments feed a field, and which slot of a list each belongs to."""

from typing import NamedTuple

import pandas as pd

from mturk_pipeline.intake.column_names import ANSWER, bare, find_column, matching
from mturk_pipeline.workflow.phase_spec import PhaseSpec


class Source(NamedTuple):
    """One column that feeds a field; `slot` is its n in a list of records, 0 in scalar fields."""

    column: str
    slot: int


def sources(assignments: pd.DataFrame, phase: PhaseSpec, field: str) -> list[Source]:
    """The columns feeding `field`, in the order of the phase, then of slots; those that no file has are left out.

    Names match as `mturk_pipeline.intake.column_names` says: `Answer.Email` and `Answer.email` are pooled.
    """
    present = list(map(str, assignments.columns))
    named = phase.answer_columns
    pairs = (pair for name in phase.columns_of(field) for pair in matching(name, present, ANSWER, named))
    return list(dict.fromkeys(Source(*pair) for pair in pairs))


def first_column(phase: PhaseSpec, field: str) -> str:
    """The column that stands for `field` where no file has one."""
    return ANSWER + bare(phase.columns_of(field)[0], ANSWER)


def key_column(assignments: pd.DataFrame, key: str) -> str | None:
    """The input column of a key; None where no file has it."""
    return find_column(map(str, assignments.columns), key)
