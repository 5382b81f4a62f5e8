"""What is handed to intake: a result file with what its owner knows about it, and the limits it has to keep."""

from dataclasses import dataclass
from pathlib import Path

from mturk_pipeline.errors import UserError


@dataclass(frozen=True)
class ResultFile:
    """A result file and what its content cannot say.

    Parameters
    ----------
    path
        Where the file is.
    server
        Which server of the platform it is from. Needed where several servers (Turkle) number their
        assignments and workers each from 1; ids are then kept apart by it.
    instruction_version
        Version of the instructions that the batch was made with; outranks what the file says.
    provider
        Platform whose workers these are, "mturk" or "turkle"; by default as the format says.
    """

    path: Path
    server: str = ""
    instruction_version: str | None = None
    provider: str | None = None


@dataclass(frozen=True)
class Limits:
    """What a result file may hold at most; a larger one is refused whole, with a message.

    Parameters
    ----------
    max_bytes
        Size on disk, bytes.
    max_rows
        Rows of one table.
    max_columns
        Columns of one table.
    max_cell
        Characters of one cell; a row with a longer one is quarantined.
    max_unpacked
        Size of a workbook unpacked, bytes (a zip bomb is small on disk).
    max_cells
        Cells of a sheet's whole rectangle: one stray cell far below or right makes it huge.
    """

    max_bytes: int = 200 * 1024**2
    max_rows: int = 2_000_000
    max_columns: int = 5_000
    max_cell: int = 1_000_000
    max_unpacked: int = 2 * 1024**3
    max_cells: int = 120_000_000


class UnreadableFileError(UserError):
    """A file that cannot be read at all; its text says why and what to do, in one line."""


def as_result_file(file: "ResultFile | Path | str") -> ResultFile:
    """`file`, given as a path or as a `ResultFile`, as the latter."""
    return file if isinstance(file, ResultFile) else ResultFile(Path(file))
