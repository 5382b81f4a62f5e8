"""What a dialect is: how one platform's result files name the columns of the contract."""

from collections.abc import Mapping
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
    makes_ids
        An assignment without id gets one from its file and row; otherwise it cannot be used.
    lists_unanswered
        A row without assignment is a HIT that nobody has answered yet.
    """

    name: str
    provider: str
    marks: frozenset[str]
    columns: Mapping[str, str]
    unused: frozenset[str] = frozenset()
    makes_ids: bool = False
    lists_unanswered: bool = False
    without_id: str = "has no AssignmentId: look in the file that was downloaded"
    known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", frozenset(self.columns.values()) | self.unused)

    @property
    def id_columns(self) -> list[str]:
        """Columns that a row has to reach to be one at all."""
        return [self.columns[name] for name in ("hit_id", "assignment_id", "worker_id") if name in self.columns]
