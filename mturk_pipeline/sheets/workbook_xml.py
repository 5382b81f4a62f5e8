"""The XML of a workbook, checked once before any sheet is laid out in memory.

Refused is what would exhaust the memory or end the process; found are cells that hold something, but no value: a
spreadsheet's errors, and formulas that nobody computed. A reader of values finds such cells blank, and blank is an
answer of its own. pandas and openpyxl make a formula of each text that begins with '=', so of the `="00123"` of an
export, and compute nothing.
"""

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.texts.counted import counted

BROKEN = "is a broken workbook (cut short or not finished copying?): copy or download it again"
NOT_COMPUTED = "#VALUE!"  # the error that stands for a formula without a value: it was something, and is lost
_PIECE = 1 << 22
_LARGE, _HOLLOW = 20_000_000, 300  # bytes; a part of a real workbook unpacks to a tenth of this many times its size
_LONGEST_ROW = 64_000_000  # bytes
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_TWO_LETTERS = 702  # columns
# Programs write `<c r="B7"`, as no text can hold; blocks with cells written otherwise are read with more care.
_PREFIXED = re.compile(rb":[cf][\s/>]")
_CELL = re.compile(rb'r="([A-Z]{1,3})(\d{1,7})"')
_FAR = re.compile(rb'r="(?:[A-Z]{3}|[a-z]|[A-Z]{1,2}\d{6})')
_WIDE = re.compile(rb'r="(?:[A-Z]{3}|[A-Z]{0,2}[a-z]|[A-Z]{1,2}\d{8})')
_ANY_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c[\s/>]")
_REST_OF_TAG = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*""")
_ANY_PLACE = re.compile(rb"""(?<![\w:.-])r\s*=\s*["']([A-Za-z]{0,9})(\d{1,9})["']""")
_SHEET_DATA = re.compile(rb"<(\w+:)?sheetData")
_ATTRIBUTE = r"""\b%s\s*=\s*["']([^"']*)["']"""
_SHEET, _RELATION = re.compile(r"<(?:\w+:)?sheet\s[^>]*>"), re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_RELATIONS = "_rels/workbook.xml.rels"

_LOST_TAG = rb"<(?:\w+:)?c\b%s[^>]*(?<!/)>\s*"
_FORMULA_TAG = rb"(?:<(?:\w+:)?f\b[^>]*(?:/>|(?<!/)>[^<]*</(?:\w+:)?f>))"
# An error, or a formula without a value; t="str" marks a formula that was computed and is empty.
_LOST = re.compile(
    _LOST_TAG % rb"""[^>]*\bt\s*=\s*["']e["']"""
    + _FORMULA_TAG
    + rb"?\s*<(?:\w+:)?v\b[^>]*>[^<]*</"
    + rb"|"
    + _LOST_TAG % rb"""(?![^>]*\bt\s*=\s*["']str["'])"""
    + _FORMULA_TAG
    + rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_LOST_MARKS = (b"<f", b'"e"', b"'e'")
_PLACE = re.compile(r"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_FORMULA, _VALUE = re.compile(r"<(?:\w+:)?f\b[^>]*>([^<]*)<"), re.compile(r"<(?:\w+:)?v\b[^>]*>([^<]*)<")
_TEXT = re.compile(r'\s*=\s*"(?:[^"]|"")*"\s*')

# (row, column), both from 1 -> the error, or the formula as written.
LostValues = dict[tuple[int, int], str]


def lost_values(content: bytes, limits: Limits) -> dict[str, LostValues]:
    """Cells without a value, by sheet; empty where there are none, as in nearly all workbooks.

    UnreadableFileError if reading the workbook would exhaust the memory or end the process, or it is broken.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(archive.infolist(), limits)
            by_name = _parts_of_sheets(archive)
            usual = {n for n in archive.namelist() if n.startswith("xl/worksheets/") and n.endswith(".xml")}
            lost = {part: _look_through(archive, part, limits) for part in usual | set(by_name.values())}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFileError(BROKEN) from error
    except zipfile.zlib.error as error:  # pyright: ignore[reportAttributeAccessIssue]
        raise UnreadableFileError(BROKEN) from error
    return {name: lost[part] for name, part in by_name.items() if lost[part]}


def text_of(lost: str) -> str:
    """Text that stands for a cell without a value: an error, a formula that is nothing but a text, or an error.

    >>> text_of('="00123"'), text_of("#N/A"), text_of('=A1&"x"')
    ('="00123"', '#N/A', '#VALUE!')
    """
    return NOT_COMPUTED if _is_formula(lost) else lost


def lost_note(cells: Mapping[tuple[int, int], str]) -> list[str]:
    """A line about formulas that nobody computed; none where there are none."""
    lost = sum(map(_is_formula, cells.values()))
    if not lost:
        return []
    subject = counted(lost, "cell holds a formula", "cells hold formulas")
    return [
        f"{subject} whose value the file does not have: open it in a spreadsheet program, save it, hand it in again"
    ]


def _is_formula(lost: str) -> bool:
    return lost.startswith("=") and _TEXT.fullmatch(lost) is None


def _refuse_bombs(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse a workbook that unpacks to far more than it is."""
    remedy = "is it a workbook? Save it as .csv"
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.max_unpacked:
        raise UnreadableFileError(
            f"unpacks to {unpacked / 1e9:.1f} GB, more than {limits.max_unpacked / 1e9:.1f} GB", remedy=remedy
        )
    for part in parts:
        if part.file_size > _LARGE and part.file_size > _HOLLOW * part.compress_size:
            times = part.file_size / max(part.compress_size, 1)
            raise UnreadableFileError(f"unpacks to {times:,.0f} times its size, as no table does", remedy=remedy)


def _parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet -> the part of the workbook that holds it; empty for a workbook of another format."""
    try:
        book, relations = (archive.read(f"xl/{n}").decode("utf-8", "replace") for n in ("workbook.xml", _RELATIONS))
    except KeyError:
        return {}
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _RELATION.findall(relations)}
    parts = {}
    for tag in _SHEET.findall(book):
        target = targets.get(_attribute(tag, r"\w+:id"), "")
        parts[html.unescape(_attribute(tag, "name"))] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return {name: part for name, part in parts.items() if part in archive.namelist()}


def _attribute(tag: str, name: str) -> str:
    match = re.search(_ATTRIBUTE % name, tag)
    return match[1] if match else ""


@dataclass
class _Extent:
    """How far a sheet's cells reach. The reader lays it out as one rectangle, and ends the whole process where memory
    does not do."""

    rows: int = 0
    bottom: int = 0
    right: int = 0

    def stretch(self, row: int, column: int) -> None:
        if row > _LAST_ROW or column > _LAST_COLUMN:
            raise UnreadableFileError(BROKEN)
        self.bottom, self.right = max(self.bottom, row), max(self.right, column)

    def refuse_vast(self, limits: Limits) -> None:
        """Refuse a sheet with a stray cell far below or right of its table, or one that is no grid."""
        rows = max(self.bottom, self.rows)
        if rows * self.right > limits.max_cells or self.rows > limits.max_rows:
            raise UnreadableFileError(
                f"has a sheet of {rows} rows by {self.right} columns, most of them empty",
                remedy="delete the stray cells below and right of the table, or save it as .csv",
            )


def _look_through(archive: zipfile.ZipFile, part: str, limits: Limits) -> LostValues:
    """The cells of a sheet without a value; a sheet that is too vast is refused."""
    extent, lost = _Extent(), {}
    for block, end in _row_blocks(archive, part):
        rows = block.split(end)
        extent.rows += len(rows) - 1
        far = _FAR.search(block) is not None
        plain = block.count(b"<c") == block.count(b'<c r="') and _PREFIXED.search(block) is None
        if not plain or (far and _has_wide_place(block)):
            _stretch_by_rows(extent, rows)
        elif far:
            for letters, number in _CELL.findall(block):
                extent.stretch(int(number), column_number(letters))
        else:  # cells lie in order: the last of each row tells
            for row in rows:
                if found := _CELL.search(row, max(row.rfind(b"<c "), 0)):
                    extent.stretch(int(found[2]), column_number(found[1]))
        if not plain or any(mark in block for mark in _LOST_MARKS):
            lost.update(_lost_of_block(block))
    extent.refuse_vast(limits)
    return lost


def _has_wide_place(block: bytes) -> bool:
    """Whether a place has three letters or is none of a sheet; `color="red"` in a text is no place."""
    return any(not block[match.start() - 1 : match.start()].isalnum() for match in _WIDE.finditer(block))


def _stretch_by_rows(extent: _Extent, rows: list[bytes]) -> None:
    """Take in rows whose cells are written in any way that XML has, also without their places, one after another."""
    for row in rows:
        if cells := len(_ANY_CELL.findall(row)):
            extent.stretch(0, cells)
            for match in _ANY_PLACE.finditer(row):
                column = column_number(match[1].upper())
                if column <= _TWO_LETTERS or _is_in_tag(row, match):
                    extent.stretch(int(match[2]), column)


def _is_in_tag(row: bytes, match: re.Match[bytes]) -> bool:
    """Whether a match stands in a tag, or may; a text can look like a place, too."""
    end = _REST_OF_TAG.match(row, row.rfind(b"<", 0, match.start()) + 1)
    return end is None or end.end() >= match.end() or row[end.end() : end.end() + 1] != b">"


def _row_blocks(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes]]:
    """The XML of a sheet in blocks of whole rows, and what follows the last one; with each, how a row ends in it."""
    rest, end, head = b"", b"</row>", True
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            block = rest + piece
            if head and (data := _SHEET_DATA.search(block)):
                head, block = False, block[data.end() :]
                end = b"</%brow>" % (data[1] or b"")
            block, last_end, rest = block.rpartition(end)
            if last_end:
                yield block + last_end, end
            if len(rest) > _LONGEST_ROW:
                raise UnreadableFileError(BROKEN)
    yield rest, end


def column_number(letters: bytes) -> int:
    """Column number of its letters.

    >>> column_number(b"A"), column_number(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _lost_of_block(block: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for match in _LOST.finditer(block):
        text = match[0].decode("utf-8", "replace")
        place, value, formula = _PLACE.search(text), _VALUE.search(text), _FORMULA.search(text)
        if place:
            lost = value[1] if value and value[1] else f"={html.unescape(formula[1]) if formula else ''}"
            yield (int(place[2]), column_number(place[1].encode())), lost
