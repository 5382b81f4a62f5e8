"""What a dialect is: how one platform's result files name the columns of the contract."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from mturk_pipeline.intake.column_names import ANSWER, INPUT, with_prefix
from mturk_pipeline.sheets.headers import clean_header
from mturk_pipeline.sheets.limits import Limits
from mturk_pipeline.sheets.text_tables import TextTable


@dataclass
class Contents:
    """A table's inputs and answers.

    `frame` has the columns `Input.…` and `Answer.…`, `unreadable` says of each row why its answers cannot be read
    (missing where they can), `notes` what a person should know.
    """

    frame: pd.DataFrame
    unreadable: pd.Series
    notes: list[str] = field(default_factory=list)


def plain_contents(table: TextTable, limits: Limits) -> Contents:
    """The columns that begin with `Input.` and `Answer.`, as they are."""
    columns = [c for c in table.frame.columns if with_prefix(c).startswith((INPUT, ANSWER))]
    frame, united = _with_repeated_united(table.frame[list(columns)], table.repeated)
    names, notes = clean_header([with_prefix(c) for c in frame.columns])
    frame = frame.set_axis(names, axis=1)
    return Contents(frame, pd.Series(None, index=frame.index, dtype="str"), [*united, *notes])


def _with_repeated_united(frame: pd.DataFrame, repeated: Mapping[str, str]) -> tuple[pd.DataFrame, list[str]]:
    """Columns of one name as one where no row has two different texts in them, and a line about each."""
    notes = []
    for name, base in repeated.items():
        if name in frame.columns and base in frame.columns:
            first, other = frame[base], frame[name]
            if not (first.notna() & other.notna() & (first != other)).any():
                frame = frame.assign(**{base: first.fillna(other)}).drop(columns=name)
                notes.append(f"the columns '{base}' and '{name}' nowhere differ: read as one")
    return frame, notes


@dataclass(frozen=True)
class Dialect:
    """One platform's format, recognised by its header."""

    name: str  # As the table of result files shows it
    provider: str  # The platform whose workers answered
    marks: frozenset[str]  # Columns that a file of this format always has
    columns: Mapping[str, str]  # Column of the contract (or "annotation") -> column of the file
    unused: frozenset[str] = frozenset()  # Known columns that nothing here needs; others are reported
    makes_ids: bool = False  # An assignment without id gets one from its file and row; otherwise it cannot be used
    lists_unanswered: bool = False  # A row without assignment is a HIT that nobody has answered yet
    # without_id, without_keys: what to do about an assignment without id, and about a file without the phase's keys
    without_id: str = "has no AssignmentId: look in the file that was downloaded"
    without_keys: str = "is it of another phase? Hand in results of a batch made from this phase's input"
    takes_decisions: bool = False  # The platform takes such a file back with the columns Approve and Reject filled in
    # Columns that all stay blank where nobody has to log in: the answers are then unknown workers'. None where the
    # platform knows each worker.
    names_workers: tuple[str, ...] = ()
    contents: Callable[[TextTable, Limits], Contents] = plain_contents  # Finds the inputs and answers in a table
    lacks: tuple[str, ...] = ()  # Beginnings of columns that a file of this format never has
    known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", frozenset(self.columns.values()) | self.unused)

    @property
    def id_columns(self) -> list[str]:
        """Columns that a row has to reach to be one at all."""
        return [self.columns[name] for name in ("hit_id", "assignment_id", "worker_id") if name in self.columns]

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a file with this header is of this format."""
        lacking = not any(with_prefix(name).startswith(self.lacks) for name in header)
        return self.marks <= set(header) and lacking

    def has_answers(self, header: Sequence[str]) -> bool:
        """Whether a file of this format and header answers anything at all."""
        return self.contents is not plain_contents or any(with_prefix(name).startswith(ANSWER) for name in header)
