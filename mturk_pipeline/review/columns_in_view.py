"""Which fields stand side by side on the sheets of rows, and which below each other on the sheet of more fields."""

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

MOST_COLUMNS = 60  # In view on one sheet: more cannot be looked through
MORE_FIELDS = "more fields"
_OWN = 4  # item_id, decision, comment, reasons


def has_room_for_all(phase: PhaseSpec) -> bool:
    """Whether all fields of the phase stand side by side."""
    return sum(map(_columns_of, phase.fields.values())) <= _room(phase)


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
    order = sorted(phase.fields, key=lambda f: (f not in gates, -doubts[f]))
    used = accumulate(_columns_of(phase.fields[field]) for field in order)
    return tuple(f for n, (f, columns) in enumerate(zip(order, used, strict=True)) if not n or columns <= _room(phase))


def _room(phase: PhaseSpec) -> int:
    return MOST_COLUMNS - _OWN - len(key_columns(phase))


def _columns_of(field: FieldSpec) -> int:
    """The best guess, and what stands beside it."""
    return 1 + len(AGREEMENTS[field.agreement].beside)
