"""What a dialect is: how one platform's result files name the columns of the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Dialect:
    """One platform's format, recognised by its header.

    Parameters
    ----------
    name
        As the table of result files shows it.
    provider
        The platform whose workers answered.
    marks
        Columns that a file of this format always has.
    columns
        Column of the contract (or "annotation") -> column of the file.
    unused
        Known columns that nothing here needs; others are reported.
    may_be_missing
        Columns at the end of the header that a row may leave out without being broken.
    makes_ids
        An assignment without id gets one from its file and row; otherwise it cannot be used.
    """

    name: str
    provider: str
    marks: frozenset[str]
    columns: Mapping[str, str]
    unused: frozenset[str] = frozenset()
    may_be_missing: tuple[str, ...] = ()
    makes_ids: bool = False
    without_id: str = "has no AssignmentId: look in the file that was downloaded"
    known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", frozenset(self.columns.values()) | self.unused)

    def least_cells(self, header: Sequence[str]) -> int:
        """How many cells a row has at least: what comes after may be left out."""
        least = len(header)
        while least and any(header[least - 1].startswith(end) for end in self.may_be_missing):
            least -= 1
        return least
