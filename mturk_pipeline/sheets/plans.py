"""Plans of sheets: which columns, how each looks, what can be chosen. `sheet_writer` makes cells of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

Look = Literal["text", "wrapped", "quiet", "strong", "number", "share"]


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes
    ----------
    name
        Its header.
    cells
        str (missing or '' for an empty cell) or numbers.
    width
        In characters.
    look
        text; wrapped; quiet (grey, for what only the pipeline needs); strong; number; share (0..1, coloured).
    yours
        A person may write here: the header says so by its colour.
    hidden
        There, but not in view.
    links
        Cells that are valid http(s) addresses can be clicked.
    choices
        Offered in a drop-down list; other words may be written too.
    hint
        Shown beside a cell with `choices` while it is selected.
    pick_from
        Columns side by side whose cells in the same row are offered in a drop-down list.
    formulas
        Formula by row (from 0), for cells that a spreadsheet is to keep up to date; `cells` has the value of now.
    """

    name: str
    cells: pd.Series
    width: float = 16
    look: Look = "text"
    yours: bool = False
    hidden: bool = False
    links: bool = False
    choices: tuple[str, ...] = ()
    hint: str = ""
    pick_from: tuple[str, ...] = ()
    formulas: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetPlan:
    """One sheet.

    Attributes
    ----------
    title
        Name of the sheet.
    columns
        From left to right, all of one length.
    frozen
        How many columns stay in view.
    tab
        Colour of the tab, RRGGBB.
    fades
        Column that, once filled, turns its row grey: done.
    plain
        Text to read, without a filter.
    """

    title: str
    columns: list[Column] = field(default_factory=list)
    frozen: int = 0
    tab: str = "9AA5B1"
    fades: str | None = None
    plain: bool = False

    @property
    def rows(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0
