"""The XML of a workbook's rows, and the zip file that they go into.

openpyxl makes an object and an XML element for each cell, which takes ten times as long; XlsxWriter, too, takes more
than four times as long for 100,000 rows.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from mturk_pipeline.lazy import LazyModule
from mturk_pipeline.sheets.plans import Column
from mturk_pipeline.sheets.spreadsheet_safe import excel_text, safe_cell_xlsx

_utils: Any = LazyModule("openpyxl.utils")
_datetime: Any = LazyModule("openpyxl.utils.datetime")

# Excel reads _x0041_ as the letter A: such text gets its underscore written out.
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LINE_POINTS = 15
_ROWS_AT_ONCE = 2_000
# Only what Excel takes without a warning: an address that it finds odd makes it "repair" the whole file.
_PATH = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_ADDRESS = re.compile(
    rf"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{{1,5}})?(?:[/?]{_PATH})?(?:#{_PATH})?"
)
_LONGEST_ADDRESS = 2_000

# A column ready to write: each cell's XML after its reference, '' for an empty cell.
Cells = Sequence[str]


def column_cells(column: Column, styles: Mapping[str, int]) -> Cells:
    """Each cell's XML; every distinct value is written out once. `styles`: the number of each look's cell style."""
    if pd.api.types.is_object_dtype(column.cells) and column.look == "plain":
        return [_cell(value, column, styles) for value in column.cells.tolist()]
    codes, uniques = pd.factorize(column.cells)
    if column.marks is None:
        written = [*(_cell(value, column, styles) for value in uniques.tolist()), ""]
        cells = [written[code] for code in codes.tolist()]
    else:
        pairs = list(zip(codes.tolist(), column.marks.tolist(), strict=True))
        values = [*uniques.tolist(), None]
        of_pairs = {(code, mark): _cell(values[code], column, styles, mark) for code, mark in set(pairs)}
        cells = [of_pairs[pair] for pair in pairs]
    for row, formula in column.formulas.items():
        value = escape(excel_text(column.cells.iloc[row]))
        cells[row] = f' s="{styles[column.look]}" t="str"><f>{escape(formula)}</f><v>{value}</v></c>'
    return cells


def is_address(text: Any) -> bool:
    """Whether a cell can be a link."""
    return isinstance(text, str) and len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def written_text(text: str) -> str:
    """Text as a cell of a workbook holds it, not yet escaped for XML."""
    return _LOOKS_ESCAPED.sub("_x005F_", excel_text(text))


def _cell(value: Any, column: Column, styles: Mapping[str, int], mark: str = "") -> str:
    value = safe_cell_xlsx(value)
    if value is None or value == "":
        return f' s="{styles[column.look + mark]}"/>' if mark not in ("", "sure") else ""
    if isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    if isinstance(value, datetime):
        return f' s="{styles["time"]}"><v>{_datetime.to_excel(value)}</v></c>'
    if not isinstance(value, str):
        style = f' s="{styles[column.look + mark]}"' if column.look != "plain" else ""
        return f"{style}><v>{value}</v></c>"
    look = "link" if column.links and is_address(value) else column.look
    text = escape(_LOOKS_ESCAPED.sub("_x005F_", value))
    return f' s="{styles[look + mark]}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _row_blocks(columns: Sequence[Cells], shown_lines: Sequence[int]) -> Iterator[bytes]:
    """The XML of the rows from row 2 on, in blocks; a row of several lines gets its height."""
    starts = [f'<c r="{_utils.get_column_letter(i + 1)}' for i in range(len(columns))]
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


class WorkbookArchive(ZipFile):
    """The zip file of a workbook: every entry has the same old date, and the sheets get their rows.

    `rows` gives, by the name of a sheet's part, its columns and how many lines of text each row shows.
    """

    def __init__(self, buffer: io.BytesIO, rows: Mapping[str, tuple[Sequence[Cells], Sequence[int]]]) -> None:
        super().__init__(buffer, "w", ZIP_DEFLATED)
        self._rows = rows

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **options: Any) -> None:
        super().writestr(_entry(str(zinfo_or_arcname)), data, *args, **options)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **options: Any) -> None:
        name = str(arcname or filename)
        head, end, tail = Path(filename).read_bytes().rpartition(b"</sheetData>")
        with self.open(_entry(name), "w", force_zip64=True) as target:
            target.write(head)
            for block in _row_blocks(*self._rows.get(name, ([], ()))):
                target.write(block)
            target.write(end + tail)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name)
    entry.compress_type = ZIP_DEFLATED
    return entry
