"""Workbooks (.xlsx and kin) -> tables of text, one for each sheet with data."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from mturk_pipeline.intake.formulas import is_text_formula, unstored_formulas, unstored_note
from mturk_pipeline.intake.headers import HEADER_WITHIN, IsHeader, first_header, records_above, title_notes
from mturk_pipeline.intake.result_file import Limits, UnreadableFileError
from mturk_pipeline.intake.text_tables import TextTable, table_of

_BROKEN = "is a broken workbook (cut short or not finished copying?): copy or download it again"
_PIECE = 1 << 22
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def read_workbook(content: bytes, limits: Limits, is_header: IsHeader | None = None) -> list[TextTable]:
    """The tables of a workbook, hidden sheets too.

    Whole numbers without ".0", dates as ISO with a time, truths in words; a formula that is nothing but a text
    (`="00123"`) as it is written, where the file holds no value of it. In each sheet the first of its first twenty
    rows that `is_header` recognises is the header, else its first row.

    Raises
    ------
    UnreadableFileError
        If the file is no workbook, is broken, or is larger than `limits` once unpacked.
    """
    refuse_bombs(content, limits)
    unstored = unstored_formulas(content)
    from python_calamine import CalamineError, CalamineWorkbook, ZipError

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = workbook.sheet_names
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in names]
    except (CalamineError, ZipError, OSError, ValueError) as error:
        raise UnreadableFileError(_BROKEN) from error
    tables = []
    for name, sheet in sheets:
        formulas = unstored.get(name, {})
        records = _with_texts(_records(sheet.iter_rows()), formulas, sheet.start[1] if sheet.start else 0)
        first = list(islice(records, HEADER_WITHIN))
        records = chain(first, records)
        header, start, titles = first_header(records, records_above(first, is_header) or 0)
        if header:
            table = table_of(header, records, start, limits)
            table.sheet = name
            table.notes = [*title_notes(titles), *table.notes, *unstored_note(formulas)]
            tables.append(table)
    if not tables:
        raise UnreadableFileError("has no rows in any sheet")
    return tables


def _records(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[str]]:
    for row in rows:
        yield [cell if type(cell) is str else _as_text(cell) for cell in row]


def _with_texts(
    records: Iterator[Sequence[str]], formulas: Mapping[tuple[int, int], str], first: int
) -> Iterator[Sequence[str]]:
    """The records with those `formulas` that are nothing but a text; they begin at the sheet's column `first`."""
    texts = {place: formula for place, formula in formulas.items() if is_text_formula(formula)}
    if not texts:
        yield from records
        return
    for row, cells in enumerate(records, 1):
        yield [cell or texts.get((row, first + column), "") for column, cell in enumerate(cells, 1)]


def _as_text(cell: object) -> str:
    """A cell's value as the text that a result file would hold; a date as table programs write one, at midnight.

    >>> _as_text(123.0), _as_text(True), _as_text(dt.date(2020, 2, 22))
    ('123', 'true', '2020-02-22 00:00:00')
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, dt.date):
        return f"{cell.isoformat()} 00:00:00"
    if isinstance(cell, dt.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def refuse_bombs(content: bytes, limits: Limits) -> None:
    """Refuse a workbook that would exhaust the memory, before anything is unpacked into it.

    Raises
    ------
    UnreadableFileError
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > limits.max_unpacked:
                raise UnreadableFileError(
                    f"unpacks to {unpacked / 1e9:.1f} GB, more than {limits.max_unpacked / 1e9:.1f} GB: "
                    "is it a workbook? Save it as .csv"
                )
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _refuse_vast(archive, part, limits)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFileError(_BROKEN) from error
    except zipfile.zlib.error as error:  # pyright: ignore[reportAttributeAccessIssue]
        raise UnreadableFileError(_BROKEN) from error


def _refuse_vast(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> None:
    """Refuse a sheet with a stray cell far below or right of its table.

    The reader lays a sheet out as one rectangle, and ends the whole process where memory does not do.
    Cells lie in row order, so the last one of each row tells the rectangle's size.
    """
    bottom = right = 0
    rest = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            *rows, rest = (rest + piece).split(b"</row>")
            for row in rows:
                start = row.rfind(b"<c ")
                cell = _CELL.search(row, start) if start >= 0 else None
                if cell:
                    bottom = max(bottom, int(cell[2]))
                    right = max(right, _column(cell[1]))
    if bottom * right > limits.max_cells:
        raise UnreadableFileError(
            f"has a sheet of {bottom} rows by {right} columns, most of them empty: "
            "delete the stray cells below and right of the table, or save it as .csv"
        )


def _column(letters: bytes) -> int:
    """Column number of its letters.

    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
