"""Which columns of a result file a phase reads."""

import re
from collections.abc import Iterable

from mturk_pipeline.workflow.phase_spec import PhaseSpec


def key_columns(phase: PhaseSpec | None) -> list[str]:
    """The Input.* columns that say which item is asked about; none where each HIT is an item."""
    return [f"Input.{key}" for key in phase.keys] if phase else []


def plain_answer_columns(phase: PhaseSpec | None) -> set[str]:
    """Answer columns that a phase names outright (not by `{n}`), without "Answer."."""
    if phase is None:
        return set()
    return {c for field in phase.fields for c in phase.columns_of(field) if "{n}" not in c}


def missing_answer_columns(phase: PhaseSpec, columns: Iterable[str]) -> list[str]:
    """The phase's answer columns, as its fields write them, that a file with `columns` does not have."""
    answers = [c.removeprefix("Answer.") for c in columns if c.startswith("Answer.")]
    wanted = dict.fromkeys(c for field in phase.fields for c in phase.columns_of(field))
    return [c for c in wanted if not any(matches(c, answer) for answer in answers)]


def has_answer_column(phase: PhaseSpec, columns: Iterable[str]) -> bool:
    """Whether a file with `columns` answers anything that the phase asks."""
    wanted = {c for field in phase.fields for c in phase.columns_of(field)}
    return len(missing_answer_columns(phase, columns)) < len(wanted)


def matches(pattern: str, column: str) -> bool:
    """Whether an answer column is the one that a field names; `{n}` is any whole number.

    >>> matches("club_{n}_name", "club_12_name"), matches("email", "email_1")
    (True, False)
    """
    if "{n}" not in pattern:
        return pattern == column
    return re.fullmatch(r"\d+".join(re.escape(part) for part in pattern.split("{n}")), column) is not None
