"""Delimited text -> table of text, record by record, exactly as the cells were written."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Literal, cast

import numpy as np
import pandas as pd
import pyarrow as pa

from mturk_pipeline.sheets.arrow import compute
from mturk_pipeline.sheets.headers import (
    HEADER_WITHIN,
    IsHeader,
    clean_header,
    first_header,
    records_above,
    title_notes,
)
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError

_CHUNK = 8192
_PIECE = 1 << 20
_TEXT = pa.large_string()
_HEAD = 200_000  # characters in which the header stands
# A first line for Excel, which names the delimiter and is no row of the table.
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?[,;\t|]*(?:\r\n?|\n)', re.IGNORECASE)
# Fed to the reader after the file's end: it turns up inside a cell only if a quote was left open.
_END = "\x03end-of-file\x03"


@dataclass
class TextTable:
    """One table of a file as text; a blank cell is missing.

    `frame` has one row per record with data; `numbers` is each record's row as a spreadsheet counts it,
    `widths` how many cells it had, `surplus` the cells beyond the header by position in `frame`, `open_quote`
    the position of a record whose quote is never closed, `ends` how the text's last record ends, `repeated` the
    columns whose name the header has already, with that name, and `lone_quotes` the rows of a hand-filled text that
    are not in `frame`, as a quotation mark stands alone in them.
    """

    frame: pd.DataFrame
    numbers: np.ndarray
    widths: np.ndarray
    sheet: str | None = None
    encoding: str | None = None
    surplus: dict[int, list[str]] = field(default_factory=dict)
    open_quote: int | None = None
    ends: Literal["whole", "open", "unquoted"] = "whole"
    notes: list[str] = field(default_factory=list)
    repeated: dict[str, str] = field(default_factory=dict)
    lone_quotes: list[int] = field(default_factory=list)


def read_text(
    content: bytes, limits: Limits, is_header: IsHeader | None = None, *, hand_filled: bool = False
) -> TextTable:
    """The table in a .csv, .tsv, .txt or .results file; UnreadableFileError without a header or above `limits`.

    UTF-8 (with or without its mark), UTF-16, UTF-32 with a mark, else cp1252; the delimiter is the one that a first
    line `sep=;` names, the comma, tab, semicolon or bar, with which a header is recognised, else whichever parts the
    first row into most columns; any line ends; line ends inside quotes belong to the cell.

    Parameters
    ----------
    is_header
        Recognises the header's column names; rows above it (a title) are left out and noted. Without it, and where
        it recognises none of the first twenty rows, the first row with text is the header.
    hand_filled
        People wrote into the file: a quotation mark that stands alone costs its own line and no other, and blank
        cells beyond the header count in `widths`, as cells may have been pushed to the right.
    """
    encoding = encoding_of(content)
    csv.field_size_limit(2**31 - 1)  # the default, 128 KiB, is an abort; long cells are looked at later
    layout = find_layout(_stream(content, encoding).read(_HEAD), is_header, hand_filled=hand_filled)
    stream = _stream(content, encoding)
    stream.read(layout.skipped)
    records = _records(stream if hand_filled else chain(stream, [_END]), layout.delimiter, hand_filled)
    header, start, titles = first_header(records, layout.above)
    if not header or header[-1].endswith(_END):
        raise UnreadableFileError("has no header row", remedy="the first row has to name the columns")
    table = table_of(header, records, start, limits)
    table.encoding = encoding
    table.ends = _ending(content, len(table.frame))
    if not hand_filled:
        blank_beyond = ~np.isin(np.arange(len(table.widths)), list(table.surplus))
        table.widths[blank_beyond] = table.widths[blank_beyond].clip(max=len(header))
    table.notes = [*title_notes(titles), *table.notes]
    if encoding == "cp1252":
        table.notes.append("some text is not UTF-8 and was read as cp1252: look at accented letters")
    return table


@dataclass(frozen=True)
class Layout:
    """Layout of a text: its encoding, delimiter and header."""

    skipped: int  # Characters of a first line `sep=;`, which is no row
    delimiter: str  # What stands between cells
    above: int  # How many records stand above the header, blank ones too


def find_layout(text: str, is_header: IsHeader | None = None, *, hand_filled: bool = False) -> Layout:
    """The layout of a text, or of its first part; `is_header` and `hand_filled` as for `read_text`.

    >>> find_layout("sep=;\\nBatch of May\\nHITId;WorkerId\\n", lambda names: "HITId" in names)
    Layout(skipped=6, delimiter=';', above=1)
    """
    mark = _SEPARATOR_LINE.match(text)
    skipped, given = (mark.end(), mark[1]) if mark else (0, None)
    head = text[skipped:_HEAD]
    for delimiter in dict.fromkeys(f"{given or ''},\t;|"):
        records = list(islice(_records(io.StringIO(head, newline=""), delimiter, hand_filled), HEADER_WITHIN))
        above = records_above(records, is_header)
        if above is not None:
            return Layout(skipped, delimiter, above)
    return Layout(skipped, given or _delimiter(head), 0)


def _records(lines: Iterable[str], delimiter: str, hand_filled: bool) -> Iterator[list[str] | None]:
    return records_of(lines, delimiter) if hand_filled else csv.reader(lines, delimiter=delimiter)


def records_of(lines: Iterable[str], delimiter: str) -> Iterator[list[str] | None]:
    """Each record's cells; None for a line with a quotation mark that stands alone, after which the next line is read.

    A spreadsheet would take all lines up to the next quotation mark for one cell, and lose their decisions.

    >>> list(records_of(['a,"b\\n', 'c"\\n', 'd,"e\\n', 'f,g\\n'], ","))
    [['a', 'b\\nc'], None, ['f', 'g']]
    """
    lines = list(lines)
    start = 0
    while start < len(lines):
        reader = csv.reader((lines[n] for n in range(start, len(lines))), delimiter=delimiter, strict=True)
        read = 0
        try:
            for record in reader:
                read = reader.line_num
                yield record
            return
        except csv.Error:
            yield None
            start += read + 1


def _ending(content: bytes, records: int) -> Literal["whole", "open", "unquoted"]:
    """How a text ends: with a line end, without one, or without the quote that ends all other records."""
    if content.endswith((b"\n", b"\r", b"\n\x00", b"\r\x00")):
        return "whole"
    closed = content.count(b'"\n') + content.count(b'"\r')
    return "unquoted" if closed >= records > 0 and not content.endswith((b'"', b'"\x00')) else "open"


def table_of(header: Sequence[str], records: Iterable[Sequence[str] | None], start: int, limits: Limits) -> TextTable:
    """A table from its header cells and the records below, the first of which is row `start` + 1."""
    if len(header) > limits.max_columns:
        raise UnreadableFileError(
            f"has {len(header)} columns, more than {limits.max_columns}", remedy="is it a result file?"
        )
    names, notes = clean_header(header)
    table = TextTable(pd.DataFrame(), np.array([]), np.array([]), notes=notes)
    alone = [clean_header([cell])[0][0] if cell.strip() else name for cell, name in zip(header, names, strict=True)]
    table.repeated = {name: base for name, base in zip(names, alone, strict=True) if name != base}
    chunks: list[pa.Table] = []
    rows: list[int] = []
    widths: list[int] = []
    for cells in _blocks(records, table, rows, widths, list(header), start, limits):
        arrays = [_text_array(column) for column in zip(*cells, strict=True)]
        chunks.append(pa.Table.from_arrays(arrays, names=names))
    whole = pa.concat_tables(chunks) if chunks else pa.table({n: pa.array([], _TEXT) for n in names})
    table.frame = pd.DataFrame({n: pd.array(whole.column(i), dtype="str") for i, n in enumerate(names)})
    table.numbers, table.widths = np.array(rows, dtype="int64"), np.array(widths, dtype="int64")
    return table


def _blocks(
    records: Iterable[Sequence[str] | None],
    table: TextTable,
    rows: list[int],
    widths: list[int],
    header: list[str],
    row: int,
    limits: Limits,
) -> Iterator[list[Sequence[str]]]:
    """Records in blocks of even width; their row numbers, widths and oddities are noted on the way."""
    iterator, width = iter(records), len(header)
    while block := list(islice(iterator, _CHUNK)):
        even: list[Sequence[str]] = []
        for cells in block:
            row += 1
            if cells is None:
                table.lone_quotes.append(row)
                continue
            if not any(cells) or cells == [_END]:
                continue
            if cells == header:
                table.notes.append(f"row {row} repeats the header and was left out")
                continue
            if cells[-1].endswith(_END):
                cells, table.open_quote = _without_end(cells), len(rows)
            widths.append(len(cells))
            if len(cells) != width:
                cells = _even(cells, width, table, len(rows))
            even.append(cells)
            rows.append(row)
        if len(rows) > limits.max_rows:
            raise UnreadableFileError(
                f"has more than {limits.max_rows} rows", remedy="split it, or raise the limit on rows"
            )
        if even:
            yield even


def _even(cells: Sequence[str], width: int, table: TextTable, position: int) -> Sequence[str]:
    """`cells` filled up with blanks or cut to `width`."""
    if len(cells) < width:
        return [*cells, *[""] * (width - len(cells))]
    if any(cells[width:]):
        table.surplus[position] = list(cells[width:])
    return cells[:width]


def _without_end(cells: Sequence[str]) -> list[str]:
    return [*cells[:-1], cells[-1].removesuffix(_END)]


def _text_array(column: Sequence[str]) -> pa.Array:
    array = pa.array(column, _TEXT)
    return compute.if_else(compute.equal(array, ""), pa.scalar(None, _TEXT), array)


def _delimiter(head: str) -> str:
    """The delimiter that parts the first record with text into most cells; the comma among equals."""
    head = head.lstrip("\r\n")

    def cells(delimiter: str) -> int:
        return len(next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), []))

    return max(",\t;|", key=cells)


def _stream(content: bytes, encoding: str) -> io.TextIOWrapper:
    if encoding == "cp1252":
        return io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", errors="as_cp1252", newline="")
    return io.TextIOWrapper(io.BytesIO(content), encoding, newline="")


def encoding_of(content: bytes) -> str:
    """Name of the text's encoding; "cp1252" where any byte is not UTF-8 (the rest is read as UTF-8 still)."""
    name = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None) or _wide(content)
    if name is None:
        _refuse_binary(content)
    decoder = codecs.getincrementaldecoder(name or "utf-8")()
    try:
        for at in range(0, len(content), _PIECE):
            decoder.decode(content[at : at + _PIECE], final=at + _PIECE >= len(content))
    except UnicodeDecodeError:
        if name not in (None, "utf-8-sig"):
            raise UnreadableFileError(
                f"is broken {name.upper()[:6]} text", remedy="download or save it again"
            ) from None
        return "cp1252"
    return name or "utf-8"


# The longer marks first: UTF-16's is how UTF-32's begins.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    codecs.BOM_UTF8: "utf-8-sig",
}


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its Latin letters is 0."""
    head = content[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < 0.4 * len(head) / 2 or min(even, odd) > 0.02 * len(head):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _refuse_binary(content: bytes) -> None:
    head = content[:65536]
    control = len(re.findall(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head))
    if control > len(head) * 0.1:
        raise UnreadableFileError("is not text (a picture or program?)", remedy="hand in .csv, .tsv or .xlsx")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: each byte that is no UTF-8 as cp1252, or Latin-1 where that has a gap."""
    bad = cast(UnicodeDecodeError, error)
    wrong = bad.object[bad.start : bad.end]
    return "".join(bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in wrong), bad.end


codecs.register_error("as_cp1252", _as_cp1252)
