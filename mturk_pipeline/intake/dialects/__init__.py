"""The formats of result files that are understood: one module and one line here for each."""

from collections.abc import Mapping, Sequence

from mturk_pipeline.intake.column_names import INPUT, find_column
from mturk_pipeline.intake.dialects import mturk_api, mturk_batch, mturk_command_line, turkle
from mturk_pipeline.intake.dialects.base import Dialect
from mturk_pipeline.intake.slots import columns_of_keys
from mturk_pipeline.sheets.unsupported_files import unsupported_file

__all__ = ["DIALECTS", "Dialect", "recognise", "why_unknown"]

# In the order in which they are tried: the one with more telling marks first.
DIALECTS: tuple[Dialect, ...] = (
    turkle.DIALECT,
    mturk_command_line.DIALECT,
    mturk_api.DIALECT,
    mturk_batch.DIALECT,
)


def recognise(header: Sequence[str]) -> Dialect | None:
    """The dialect that a header belongs to, or None.

    Where a table has the columns of a dialect but no answers, another platform's table may only look like it.

    >>> recognise(["HITId", "AssignmentId", "WorkerId", "Answer.email"]).name
    'mturk_batch'
    >>> recognise(["HITId", "AssignmentId", "WorkerId", "Answer 1"]) is None
    True
    """
    dialect = next((d for d in DIALECTS if d.fits(header)), None)
    if dialect is None or dialect.has_answers(header):
        return dialect
    platform = unsupported_file(header)
    return dialect if platform is None or platform.weak else None


def why_unknown(header: Sequence[str], keys: Sequence[str] | Mapping[str, str] = ()) -> str:
    """Reason why a header is of no known dialect: whose it is, or the columns that the nearest dialect would need.

    A table with all of the phase's `keys`, names or columns by name, lists items.

    >>> why_unknown(["HITId", "WorkerId", "key"])
    'has no column AssignmentId: hand in the results as they were downloaded'
    >>> why_unknown(["adj_1", "adj_2"], {"adj": "adj_{i}"})[:37]
    'lists items and has no answers: hand '
    """
    if platform := unsupported_file(header):
        return platform.refusal
    names, inputs = set(header), [INPUT + name for name in header]
    if keys and all(any(find_column(inputs, name) for name in pair) for pair in columns_of_keys(keys).items()):
        return "lists items and has no answers: hand in the results of the batch that was made from it"
    nearest = max(reversed(DIALECTS), key=lambda d: len(d.marks & names) / len(d.marks))
    if not nearest.marks & names:
        return (
            "has no column of a result file (HITId, AssignmentId, WorkerId): "
            "hand in the results as they were downloaded, with their first row"
        )
    missing = ", ".join(sorted(nearest.marks - names))
    return f"has no column {missing}: hand in the results as they were downloaded"
