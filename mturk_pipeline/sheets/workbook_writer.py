"""Excel workbooks made from whole tables: quick, and the same bytes for the same tables.

openpyxl makes the workbook (sheets, widths, filters, validations, formats). The rows below the header are
written here: openpyxl makes an object and an XML element for each cell, which takes ten times as long.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
import pandas as pd

from mturk_pipeline.sheets.spreadsheet_safe import excel_text, safe_cell_xlsx

EXCEL_ROW_LIMIT = 1_048_576
_LONG_AGO = datetime(2000, 1, 1)
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ as the letter A: such text gets its underscore written out.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LINE_POINTS = 15
_ROWS_AT_ONCE = 2_000
_SAMPLE = 200

# A column ready to write: each cell's XML after its reference, '' for an empty cell.
Cells = Sequence[str]


class Book:
    """A workbook in the making: `add` tables, adorn the sheets that come back, take the bytes.

    `workbook` is openpyxl's; save through `to_bytes` only, since the rows are not in it.

    >>> book = Book()
    >>> sheet = book.add("answers", pd.DataFrame({"phone": ["+15550100", "=1+1"]}))[0]
    >>> sheet.title, book.to_bytes()[:2]
    ('answers', b'PK')
    """

    def __init__(self) -> None:
        from openpyxl import Workbook

        self.workbook = Workbook(write_only=True)
        self._rows: dict[int, list[Cells]] = {}
        # Lines of text that each row shows, for sheets with wrapped cells: not every program fits heights by itself.
        self._lines: dict[int, Sequence[int]] = {}
        self._styles: dict[str, int] = {}

    def add(self, title: str, frame: pd.DataFrame, *, widths: Mapping[str, float] | None = None) -> list[Any]:
        """Write `frame` (index left out) under a frozen, bold header with a filter; text is stored as text.

        Returns openpyxl's sheet, or several ('<title> 2' …) where the table is too long for one. Data
        validation, conditional formats, widths and hidden columns can be set on it; cells cannot be added.
        """
        step = EXCEL_ROW_LIMIT - 1
        return [
            self._add_one(
                title if start == 0 else f"{title[:26]} {start // step + 1}",
                frame.iloc[start : start + step],
                widths or {},
            )
            for start in range(0, max(len(frame), 1), step)
        ]

    def to_bytes(self) -> bytes:
        """The workbook's bytes; they depend on its content only, not on the clock. To be called once."""
        from openpyxl.writer.excel import ExcelWriter

        if not self.workbook.worksheets:
            self.add("empty", pd.DataFrame())
        self.workbook.properties.created = self.workbook.properties.modified = _LONG_AGO
        rows = {
            f"xl/worksheets/sheet{n}.xml": (self._rows.get(id(sheet), []), self._lines.get(id(sheet), ()))
            for n, sheet in enumerate(self.workbook.worksheets, 1)
        }
        buffer = io.BytesIO()
        ExcelWriter(self.workbook, _Archive(buffer, rows)).save()
        return buffer.getvalue()

    def _add_one(self, title: str, frame: pd.DataFrame, widths: Mapping[str, float]) -> Any:
        from openpyxl.utils import get_column_letter

        sheet: Any = self.workbook.create_sheet(
            sheet_title(title, (s.title.casefold() for s in self.workbook.worksheets))
        )
        if not self._styles:
            self._styles = _register_styles(sheet)
        names = [excel_text(str(c)) for c in frame.columns]
        sheet.freeze_panes = "A2"
        print_on_wide_pages(sheet)
        if names:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(frame) + 1}"
        for i, name in enumerate(names):
            dimension = sheet.column_dimensions[get_column_letter(i + 1)]
            dimension.width = widths.get(name) or _width(name, frame.iloc[:, i])
            if _is_text(frame.iloc[:, i]):
                # Empty cells of the column are text too: what a person types there stays as typed.
                dimension.number_format = "@"
        sheet.append(_header(sheet, names))
        self._rows[id(sheet)] = [_column_cells(frame.iloc[:, i], self._styles) for i in range(frame.shape[1])]
        return sheet


def sheet_title(title: str, taken: Iterable[str] = ()) -> str:
    """`title` as Excel allows it: 31 characters, none of []:*?/\\, not in `taken` (casefolded).

    >>> sheet_title("e-mail: all", ["e-mail  all"])
    'e-mail  all (2)'
    """
    used = set(taken)
    base = _NOT_IN_TITLE.sub(" ", title).strip("' ")[:31] or "sheet"
    name, number = base, 1
    while name.casefold() in used:
        number += 1
        name = f"{base[: 31 - len(f' ({number})')]} ({number})"
    return name


def print_on_wide_pages(sheet: Any) -> None:
    """Print the sheet across, as wide as the page, its header on each page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _register_styles(sheet: Any) -> dict[str, int]:
    """Numbers of the cell styles that the rows use, by name."""
    from openpyxl.cell import WriteOnlyCell

    styles = {}
    for name, number_format in {"text": "@", "time": "yyyy-mm-dd hh:mm:ss"}.items():
        cell = WriteOnlyCell(sheet, "x")
        cell.number_format = number_format
        styles[name] = cell.style_id
    return styles


def _header(sheet: Any, names: Sequence[str]) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cells = []
    for name in names:
        cell = WriteOnlyCell(sheet, _LOOKS_ESCAPED.sub("_x005F_", name))
        cell.data_type, cell.font, cell.number_format = "s", Font(bold=True), "@"
        cells.append(cell)
    return cells


def _is_text(column: pd.Series) -> bool:
    return pd.api.types.is_object_dtype(column) or isinstance(column.dtype, pd.StringDtype)


def _width(name: str, column: pd.Series) -> float:
    """A width for most of the first cells: 8 to 60 characters."""
    lengths = [len(str(v)) for v in map(safe_cell_xlsx, column.iloc[:_SAMPLE]) if v is not None]
    usual = float(np.quantile(lengths, 0.9)) if lengths else 0
    return float(min(max(len(name) + 3, usual + 2, 8), 60))


def _column_cells(column: pd.Series, styles: Mapping[str, int]) -> Cells:
    """Each cell's XML after its reference; every distinct value is written out once."""
    if pd.api.types.is_object_dtype(column):
        return [_cell(value, styles) for value in column.tolist()]
    codes, uniques = pd.factorize(column)
    written = [*(_cell(value, styles) for value in uniques), ""]
    return [written[code] for code in codes.tolist()]


def _cell(value: Any, styles: Mapping[str, int]) -> str:
    value = safe_cell_xlsx(value)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        from openpyxl.utils.datetime import to_excel

        return f' s="{styles["time"]}"><v>{to_excel(value)}</v></c>'
    if not isinstance(value, str):
        return f"><v>{value}</v></c>"
    text = escape(_LOOKS_ESCAPED.sub("_x005F_", value))
    return f' s="{styles["text"]}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _row_blocks(columns: Sequence[Cells], shown_lines: Sequence[int]) -> Iterator[bytes]:
    """The XML of the rows from row 2 on, in blocks; a row of several lines gets its height."""
    from openpyxl.utils import get_column_letter

    starts = [f'<c r="{get_column_letter(i + 1)}' for i in range(len(columns))]
    lines: list[str] = []
    for number, row in enumerate(zip(*columns, strict=True), 2):
        cells = "".join([f'{start}{number}"{cell}' for start, cell in zip(starts, row, strict=True) if cell])
        tall = shown_lines[number - 2] if shown_lines else 1
        height = f' ht="{_LINE_POINTS * tall}" customHeight="1"' if tall > 1 else ""
        lines.append(f'<row r="{number}"{height}>{cells}</row>')
        if len(lines) == _ROWS_AT_ONCE:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


class _Archive(ZipFile):
    """The zip file of a workbook: every entry has the same old date, and the sheets get their rows."""

    def __init__(self, buffer: io.BytesIO, rows: Mapping[str, tuple[Sequence[Cells], Sequence[int]]]) -> None:
        super().__init__(buffer, "w", ZIP_DEFLATED)
        self._columns = rows

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **options: Any) -> None:
        super().writestr(_entry(str(zinfo_or_arcname)), data, *args, **options)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **options: Any) -> None:
        name = str(arcname or filename)
        head, end, tail = Path(filename).read_bytes().rpartition(b"</sheetData>")
        with self.open(_entry(name), "w", force_zip64=True) as target:
            target.write(head)
            for block in _row_blocks(*self._columns.get(name, ([], ()))):
                target.write(block)
            target.write(end + tail)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry
