"""Which columns of a result file a phase reads."""

from collections.abc import Iterable

from mturk_pipeline.intake.column_names import ANSWER, bare, comparable, matching
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def key_columns(phase: PhaseSpec | None) -> list[str]:
    """The Input.* columns that say which item is asked about; none where each HIT is an item."""
    return [f"Input.{key}" for key in phase.keys] if phase else []


def plain_answer_columns(phase: PhaseSpec | None) -> set[str]:
    """Answer columns that a phase names outright (not by `{n}`), without "Answer.", as names are compared."""
    if phase is None:
        return set()
    named = [bare(c, ANSWER) for field in phase.fields for c in phase.columns_of(field)]
    return {comparable(name) for name in named if "{n}" not in name}


def missing_answer_columns(phase: PhaseSpec, columns: Iterable[str]) -> list[str]:
    """The phase's answer columns, as its fields write them, that a file with `columns` does not have."""
    present = list(columns)
    wanted = dict.fromkeys(c for field in phase.fields for c in phase.columns_of(field))
    return [c for c in wanted if not matching(c, present, ANSWER, wanted)]


def has_answer_column(phase: PhaseSpec, columns: Iterable[str]) -> bool:
    """Whether a file with `columns` answers anything that the phase asks."""
    wanted = {c for field in phase.fields for c in phase.columns_of(field)}
    return len(missing_answer_columns(phase, columns)) < len(wanted)
