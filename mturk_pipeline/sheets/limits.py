"""What a file with tables may hold at most, and the one error of a file that cannot be read."""

from dataclasses import dataclass

from mturk_pipeline.errors import UserError


@dataclass(frozen=True)
class Limits:
    """What a file may hold at most; a larger one is refused whole, with a message.

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
