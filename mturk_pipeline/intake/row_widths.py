"""Rows of a text table that were torn apart or cut off, recognised by the rows around them, never by the header.

Platforms and people leave cells off at the end of a row: the requester site writes no Approve and Reject, Excel drops
blank cells at the end. A torn row (an unquoted line end) leaves a piece too short to hold the ids beside it; a file
that was cut off ends in a row shorter than all rows above.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.intake.dialects import Dialect
from mturk_pipeline.sheets.text_tables import TextTable


@dataclass(frozen=True)
class BrokenRows:
    """Places in a table: rows torn in pieces or with too many cells, a last row that was cut off, and whole rows that
    leave off cells which the header has, R truth values each."""

    torn: np.ndarray
    cut_off: np.ndarray
    short: np.ndarray


def broken_rows(table: TextTable, dialect: Dialect, unanswered: np.ndarray) -> BrokenRows:
    """Rows of `table` that are torn, cut off or short.

    `unanswered` (R truth values) are rows of HITs that nobody has answered: short by nature, and no pieces.
    """
    widths, columns = table.widths, list(table.frame.columns)
    piece = (widths < _least_width(table, dialect, unanswered)) & ~unanswered
    beside_piece = np.zeros(len(widths), dtype=bool)
    beside_piece[1:] |= piece[:-1]
    beside_piece[:-1] |= piece[1:]
    usual = np.bincount(widths[~piece]).argmax() if (~piece).any() else len(columns)
    torn = piece | (widths > len(columns)) | (beside_piece & (widths < min(usual, len(columns))))
    cut_off = np.zeros(len(widths), dtype=bool)
    if len(widths) and not torn[-1]:
        above = widths[:-1][~torn[:-1]]
        shorter = len(above) > 0 and widths[-1] < above.min()
        cut_off[-1] = table.ends == "unquoted" or (table.ends == "open" and shorter)
    return BrokenRows(torn, cut_off, (widths < len(columns)) & ~torn & ~cut_off)


def _least_width(table: TextTable, dialect: Dialect, unanswered: np.ndarray) -> int:
    """How many cells a row has at least: up to its ids, and to what no row that reaches it leaves blank.

    Answers do not count: any of them may be blank and left off.
    """
    ids, known = dialect.id_columns, set(dialect.columns.values())
    least = 0
    for place, name in enumerate(table.frame.columns):
        if name in ids:
            least = place + 1
        elif name in known or name.startswith("Input."):
            reached = (table.widths > place) & ~unanswered
            if reached.any() and bool(table.frame[name][reached].notna().all()):
                least = place + 1
    return least
