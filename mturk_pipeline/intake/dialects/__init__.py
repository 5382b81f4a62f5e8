"""The formats of result files that are understood: one module and one line here for each."""

from collections.abc import Sequence

from mturk_pipeline.intake.dialects import mturk_batch, mturk_command_line, turkle
from mturk_pipeline.intake.dialects.base import Dialect

__all__ = ["DIALECTS", "Dialect", "recognise", "what_is_missing"]

# In the order in which they are tried: the one with more telling marks first.
DIALECTS: tuple[Dialect, ...] = (
    turkle.DIALECT,
    mturk_command_line.DIALECT,
    mturk_batch.DIALECT,
)


def recognise(header: Sequence[str]) -> Dialect | None:
    """The dialect that a header belongs to, or None.

    >>> recognise(["HITId", "AssignmentId", "WorkerId", "Answer.email"]).name
    'mturk_batch'
    """
    names = set(header)
    return next((d for d in DIALECTS if d.marks <= names), None)


def what_is_missing(header: Sequence[str]) -> str:
    """Why a header is of no known dialect, in words: the columns that the nearest one would need.

    >>> what_is_missing(["HITId", "WorkerId", "key"])
    'has no column AssignmentId: hand in the results as they were downloaded'
    """
    names = set(header)
    nearest = max(reversed(DIALECTS), key=lambda d: len(d.marks & names) / len(d.marks))
    if not nearest.marks & names:
        return (
            "has no column of a result file (HITId, AssignmentId, WorkerId): "
            "hand in the results as they were downloaded, with their first row"
        )
    missing = ", ".join(sorted(nearest.marks - names))
    return f"has no column {missing}: hand in the results as they were downloaded"
