"""Workbooks (.xlsx and kin) -> tables of text, one for each sheet with data."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from mturk_pipeline.lazy import LazyModule
from mturk_pipeline.sheets.headers import HEADER_WITHIN, IsHeader, first_header, records_above, title_notes
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.text_tables import TextTable, table_of
from mturk_pipeline.sheets.workbook_xml import BROKEN, LostValues, lost_note, lost_values, text_of

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

# Name and rows of each sheet.
SheetCells = list[tuple[str, list[list[str]]]]


calamine: Any = LazyModule("python_calamine")


def read_workbook(
    content: bytes, limits: Limits, is_header: IsHeader | None = None, *, hand_filled: bool = False
) -> list[TextTable]:
    """The tables of a workbook, hidden sheets too.

    Whole numbers without ".0", dates as ISO with a time, truths in words, errors as such; a formula of which the file
    holds no value as it is written where it is nothing but a text (`="00123"`), else as an error. In each sheet the
    first of its first twenty rows that `is_header` recognises is the header, else its first row.

    Of a `hand_filled` workbook only sheets with a header that is recognised are read, and a date without a time is one.

    Raises
    ------
    UnreadableFileError
        If the file is no workbook, is broken, or is larger than `limits` once unpacked.
    """
    tables = []
    for name, records, without_value in _cells(content, limits, typed_text if hand_filled else _as_text):
        table = _table(name, records, limits, is_header, needs_header=hand_filled)
        if table:
            table.notes += lost_note(without_value)
            tables.append(table)
    if not tables and not hand_filled:
        raise UnreadableFileError("has no rows in any sheet")
    return tables


def read_cells(content: bytes, limits: Limits, is_left_out: IsHeader) -> SheetCells:
    """The cells of all sheets of a hand-filled workbook, as `tables_of` takes them, or UnreadableFileError.

    Of a sheet whose header `is_left_out` recognises only the header.
    """
    sheets = []
    for name, records, _ in _cells(content, limits, typed_text):
        first = list(islice(records, HEADER_WITHIN))
        above = records_above(first, is_left_out)
        rows = chain(first, records) if above is None else [first[above]]
        sheets.append((name, [list(cells) for cells in rows]))
    return sheets


def tables_of(sheets: SheetCells, limits: Limits, is_header: IsHeader) -> list[TextTable]:
    """The tables of a hand-filled workbook, as `read_workbook` gives them, from its cells."""
    tables = [_table(name, iter(records), limits, is_header, needs_header=True) for name, records in sheets]
    return [table for table in tables if table]


def _cells(
    content: bytes, limits: Limits, as_text: Callable[[object], str]
) -> Iterator[tuple[str, Iterator[Sequence[str]], LostValues]]:
    """Of each sheet its name, its records, and which of its cells have no value."""
    lost = lost_values(content, limits) if zipfile.is_zipfile(io.BytesIO(content)) else {}
    for name, sheet in _sheets(content):
        without_value = lost.get(name, {})
        records = _records(sheet.iter_rows(), as_text)
        yield name, _with_lost(records, without_value, sheet.start[1] if sheet.start else 0), without_value


def _table(
    name: str, rows: Iterator[Sequence[str]], limits: Limits, is_header: IsHeader | None, *, needs_header: bool
) -> TextTable | None:
    """The table of a sheet; None where it is empty, or has no header where it `needs_header`."""
    first = list(islice(rows, HEADER_WITHIN))
    above = records_above(first, is_header)
    if needs_header and above is None:
        return None
    header, start, titles = first_header(records := chain(first, rows), above or 0)
    if not header:
        return None
    table = table_of(header, records, start, limits)
    table.sheet = name
    table.notes = [*title_notes(titles), *table.notes]
    return table


def _sheets(content: bytes) -> "list[tuple[str, CalamineSheet]]":
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
    except calamine.PasswordError:
        raise UnreadableFileError("is protected by a password", remedy="save it without one") from None
    except (calamine.CalamineError, calamine.ZipError, OSError, ValueError, OverflowError) as error:
        raise UnreadableFileError(BROKEN) from error
    except BaseException as error:
        # A damaged file can make the parser panic, and its PanicException is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableFileError(BROKEN) from None


def _records(rows: Iterable[Sequence[object]], as_text: Callable[[object], str]) -> Iterator[Sequence[str]]:
    for row in rows:
        yield [cell if type(cell) is str else as_text(cell) for cell in row]


def _with_lost(
    records: Iterator[Sequence[str]], lost: Mapping[tuple[int, int], str], first: int
) -> Iterator[Sequence[str]]:
    """The records with their cells without a value; they begin at the sheet's column `first`, counted from 0."""
    if not lost:
        yield from records
        return
    texts = {place: text_of(cell) for place, cell in lost.items()}
    for row, cells in enumerate(records, 1):
        yield [cell or texts.get((row, first + column), "") for column, cell in enumerate(cells, 1)]


def typed_text(cell: object) -> str:
    """A cell's value as a person typed it: as `_as_text`, a date without midnight.

    >>> typed_text(dt.datetime(2020, 2, 22)), typed_text(dt.datetime(2020, 2, 22, 9, 30)), typed_text(0.5)
    ('2020-02-22', '2020-02-22 09:30:00', '0.5')
    """
    if isinstance(cell, dt.date):
        return _as_text(cell).removesuffix(" 00:00:00")
    return _as_text(cell)


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
