"""Opens what a person saved: any sheet of any spreadsheet, every cell as text."""

import datetime as dt
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from mturk_pipeline.errors import UserError
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.text_rows import OPEN_QUOTE, RAGGED_ROW, rows_of
from mturk_pipeline.sheets.workbook_xml import LostValues, lost_values, text_of
from mturk_pipeline.texts.key_form import plain_name

Grid = list[list[str] | None]
WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
TEXT_SUFFIXES = {".csv", ".tsv", ".txt", ".tab"}
LARGEST_FILE = 300_000_000  # bytes
LARGEST_SHEET = 30_000_000  # cells of its whole rectangle
HEADER_WITHIN = 20  # rows: people put a title above their tables
_DELIMITERS = (",", ";", "\t", "|")


class UnreadableFile(UserError):
    """The file cannot be read; its text says why and what to do, in one line."""


@dataclass(frozen=True)
class Sheet:
    """One table of a file: texts ('' for a blank cell); the index is the row as a spreadsheet counts it.

    `damaged` gives the rule of each row that is not in the table, as its cells may stand in wrong columns;
    `lacking` gives the last columns that a row of a text file does not have.
    """

    file: str
    sheet: str | None
    table: pd.DataFrame
    repeated: tuple[str, ...]
    damaged: Mapping[int, str]
    lacking: Mapping[int, tuple[str, ...]]


def read_sheets(path: Path, is_header: Callable[[set[str]], bool]) -> list[Sheet]:
    """The tables of a workbook or text file that have a header for which `is_header` is true.

    Column names are lower case, with '_' for spaces. Of columns that share a name none is kept: they are named
    in `repeated`.

    Raises
    ------
    UnreadableFile
    """
    suffix = path.suffix.casefold()
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFile(f"larger than {LARGEST_FILE // 10**6} MB", remedy="save only the rows you decided")
        if suffix in WORKBOOK_SUFFIXES:
            grids = _workbook_grids(path, is_header)
        elif suffix in TEXT_SUFFIXES:
            grids = [(None, _text_grid(path.read_bytes(), is_header))]
        else:
            raise UnreadableFile("not a spreadsheet", remedy="save it as .xlsx or .csv")
    except OSError as error:
        raise UnreadableFile(
            f"cannot be opened ({error.strerror})", remedy="close it elsewhere and save again"
        ) from None
    found = [_sheet(file_name(path), name, grid, is_header) for name, grid in grids]
    return [sheet for sheet in found if sheet is not None]


def file_name(path: Path) -> str:
    """The file's name as text that can be written anywhere: a byte that is no UTF-8 becomes, say, `%FC`."""
    return "".join(f"%{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in path.name)


def cell_text(value: Any) -> str:
    """A cell of a workbook as text: whole numbers without a point, dates as in ISO 8601.

    >>> cell_text(123.0), cell_text(0.5), cell_text(dt.datetime(2026, 3, 1)), cell_text(True)
    ('123', '0.5', '2026-03-01', 'true')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ") if value.time() != dt.time() else value.date().isoformat()
    return "" if value is None else str(value)


def _workbook_grids(path: Path, is_header: Callable[[set[str]], bool]) -> list[tuple[str | None, Grid]]:
    """The sheets that have a header, by name."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    broken = "not a readable workbook: open it in Excel or LibreOffice and save it again as .xlsx"
    lost = _lost_values(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        return [
            (name, _with_lost(_texts(sheet.to_python(skip_empty_area=False)), lost.get(name, {})))
            for name, sheet in sheets
            if _header_row(_texts(sheet.to_python(skip_empty_area=False, nrows=HEADER_WITHIN)), is_header) is not None
        ]
    except PasswordError:
        raise UnreadableFile("protected by a password", remedy="save it without one") from None
    except (CalamineError, ValueError, OverflowError):
        raise UnreadableFile(broken) from None
    except BaseException as error:
        # A damaged file can make the parser panic, and its PanicException is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFile(broken) from None


def _lost_values(path: Path) -> dict[str, LostValues]:
    """Errors, and formulas that nobody computed, by sheet: cells that would look as if a person had emptied them.

    Refuses what would end the whole process inside the parser, such as a stray cell in the last row and column.
    """
    if not zipfile.is_zipfile(path):
        return {}
    try:
        return lost_values(path.read_bytes(), Limits(max_cells=LARGEST_SHEET))
    except UnreadableFileError as error:
        raise UnreadableFile(f"{error}") from None


def _with_lost(grid: Grid, lost: LostValues) -> Grid:
    for (row, column), cell in lost.items():
        cells = grid[row - 1] if row <= len(grid) else None
        if cells and column <= len(cells) and cells[column - 1] == "":
            cells[column - 1] = text_of(cell)
    return grid


def _texts(rows: list[list[Any]]) -> Grid:
    return [[cell_text(cell) for cell in row] for row in rows]


def _text_grid(content: bytes, is_header: Callable[[set[str]], bool]) -> Grid:
    """Rows of a text file, by the delimiter with which a header is recognised."""
    text = _decoded(content)
    for delimiter in _DELIMITERS:
        rows = rows_of(text, delimiter)
        first = list(islice(rows, HEADER_WITHIN))
        if _header_row(first, is_header) is not None:
            return [*first, *rows]
    return []


def _decoded(content: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _header_row(grid: Grid, is_header: Callable[[set[str]], bool]) -> int | None:
    for number, row in enumerate(grid[:HEADER_WITHIN]):
        if row and is_header({plain_name(c) for c in row} - {""}):
            return number
    return None


def _sheet(file: str, name: str | None, grid: Grid, is_header: Callable[[set[str]], bool]) -> Sheet | None:
    start = _header_row(grid, is_header)
    if start is None:
        return None
    names = [plain_name(c) for c in grid[start] or []]
    repeated = tuple(sorted(n for n, count in Counter(names).items() if n and count > 1))
    places = [i for i, n in enumerate(names) if n and n not in repeated]
    below = list(enumerate(grid[start + 1 :], start + 2))
    damaged = {n: OPEN_QUOTE for n, row in below if row is None}
    filled = [(n, row) for n, row in below if row and any(c.strip() for c in row)]
    damaged |= {n: RAGGED_ROW for n, row in filled if len(row) > len(names)}
    numbered = [(n, row) for n, row in filled if n not in damaged]
    lacking = {n: tuple(names[len(row) :]) for n, row in numbered if len(row) < len(names)}
    columns = {
        names[i]: pd.Series([row[i] if i < len(row) else "" for _, row in numbered], dtype="str") for i in places
    }
    rows = pd.Index([n for n, _ in numbered], name="source_row", dtype="int64")
    return Sheet(file, name, pd.DataFrame(columns).set_axis(rows), repeated, damaged, lacking)
