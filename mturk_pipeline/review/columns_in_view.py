"""Which fields stand side by side on the sheets of rows, and which below each other on the sheet of more fields."""

from collections import Counter
from collections.abc import Iterable

from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.workflow.phase_spec import PhaseSpec

MOST_COLUMNS = 60  # In view on one sheet: more cannot be looked through
MORE_FIELDS = "more fields"
_OWN, _OF_FIELD = 4, 3  # item_id, decision, comment, reasons; guess, runners-up, trust


def has_room_for_all(phase: PhaseSpec) -> bool:
    """Whether all fields of the phase stand side by side."""
    return len(phase.fields) <= _room(phase)


def fields_in_view(phase: PhaseSpec, doubtful: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """The fields that stand side by side: all, or the gates first, then those doubtful in most rows.

    `doubtful` names the doubtful fields of each row that waits.

    >>> fields = {f"f{n}": {"kind": "text", "gate": n == 50} for n in range(100)}
    >>> fields_in_view(PhaseSpec.model_validate({"keys": ["k"], "fields": fields}), [["f7"], ["f7", "f9"]])[:4]
    ('f50', 'f7', 'f9', 'f0')
    """
    if has_room_for_all(phase):
        return tuple(phase.fields)
    doubts = Counter(field for fields in doubtful for field in fields)
    gates = set(phase.gates)
    return tuple(sorted(phase.fields, key=lambda f: (f not in gates, -doubts[f]))[: _room(phase)])


def _room(phase: PhaseSpec) -> int:
    return max((MOST_COLUMNS - _OWN - len(key_columns(phase))) // _OF_FIELD, 1)
