"""Plans of sheets: which columns, how each looks, what can be chosen. `workbook_writer` makes workbooks of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from mturk_pipeline.sheets.spreadsheet_safe import safe_cell_xlsx

EXCEL_ROW_LIMIT = 1_048_576
_SAMPLE = 200
Mark = Literal["sure", "doubtful", "unlikely"]
Look = Literal["plain", "text", "wrapped", "quiet", "asked", "address", "strong", "number", "share"]


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    name: str  # Its header
    cells: pd.Series  # str (missing or '' for an empty cell) or numbers; with the look plain anything
    width: float = 16  # In characters
    # text; wrapped; quiet (grey, for what only the pipeline needs); asked (dark grey and wrapped, for what was asked);
    # address (short texts that lead to `targets`); strong; number; share (0..1, coloured); plain (each value as is)
    look: Look = "text"
    yours: bool = False  # A person may write here: the header says so by its colour
    hidden: bool = False  # There, but not in view
    folded: bool = False  # Out of view until its group of columns is opened
    links: bool = False  # Cells that are valid http(s) addresses can be clicked
    # Where each cell leads to, if not to the address that it shows; '' for nowhere
    targets: pd.Series | None = None
    notes: pd.Series | None = None  # Text that comes up beside each cell; '' for none
    choices: tuple[str, ...] = ()  # Offered in a drop-down list
    only_choices: bool = False  # No other words may be written
    hint: str = ""  # Shown beside a cell with `choices` while it is selected
    pick_from: tuple[str, ...] = ()  # Columns side by side whose cells in the same row are offered in a drop-down list
    # How far each cell can be trusted: sure (grey), doubtful or unlikely (both stand out) or ''; None: '' for all
    marks: pd.Series | None = None
    # Formula by row (from 0), for cells that a spreadsheet is to keep up to date; `cells` has the value of now
    formulas: Mapping[int, str] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        """Whether its empty cells are text too: what a person types there stays as typed, leading zeros and all."""
        if self.look == "plain":
            return pd.api.types.is_object_dtype(self.cells) or isinstance(self.cells.dtype, pd.StringDtype)
        return self.look not in ("number", "share")


@dataclass(frozen=True)
class SheetPlan:
    """One sheet."""

    title: str  # Name of the sheet
    columns: list[Column] = field(default_factory=list)  # From left to right, all of one length
    frozen: int = 0  # How many columns stay in view
    tab: str | None = None  # Colour of the tab, RRGGBB; a table for any use has none, and a plain header
    fades: str | None = None  # Column that, once filled, turns its row grey: done
    plain: bool = False  # Text to read, without a filter

    @property
    def rows(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0


def table_plans(title: str, frame: pd.DataFrame, widths: Mapping[str, float] | None = None) -> Iterator[SheetPlan]:
    """`frame` (index left out) as a sheet, or several ('<title> 2' …) where it is too long for one.

    `widths` in characters, by name; other columns get one that fits most of their first cells, 8 to 60.

    >>> [plan.title for plan in table_plans("answers", pd.DataFrame({"phone": ["+15550100"]}))]
    ['answers']
    """
    step = EXCEL_ROW_LIMIT - 1
    for start in range(0, max(len(frame), 1), step):
        part = frame.iloc[start : start + step]
        series = [(str(name), part.iloc[:, place]) for place, name in enumerate(part.columns)]
        columns = [
            Column(n, cells, (widths or {}).get(n) or fitting(cells, max(len(n) + 3, 8), 60), "plain")
            for n, cells in series
        ]
        yield SheetPlan(title if start == 0 else f"{title[:26]} {start // step + 1}", columns)


def fitting(cells: pd.Series, least: float, most: float) -> float:
    """A width, in letters, that fits nine in ten cells, within bounds.

    >>> fitting(pd.Series(["Chess Club", "Rowing"]), 8, 24)
    11.6
    """
    lengths = [len(str(v)) for v in map(safe_cell_xlsx, cells.iloc[:_SAMPLE]) if v is not None]
    usual = float(np.quantile(lengths, 0.9)) if lengths else 0.0
    return float(min(max(usual + 2, least), most))
