"""The XML of a workbook's sheets, looked at before any sheet is laid out in memory."""

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Iterator

from mturk_pipeline.intake.result_file import Limits, UnreadableFileError

BROKEN = "is a broken workbook (cut short or not finished copying?): copy or download it again"
_PIECE = 1 << 22
_LARGE, _HOLLOW = 20_000_000, 300  # bytes; a part of a real workbook unpacks to a tenth of this many times its size
_LONGEST_ROW = 64_000_000  # bytes
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_FAR = re.compile(rb"""\br\s*=\s*["'](?:[A-Z]{3}\d|[A-Z]{1,2}\d{6})""")
_BEYOND = rb"""\br\s*=\s*["'](?:[A-Z]{4}|[A-Z]{1,3}\d{8})"""  # no cell of any sheet
_NO_CELL, _NO_CELL_OF_SHEET = (re.compile(p, re.IGNORECASE) for p in (_BEYOND, rb"<(?:\w+:)?c\s[^>]*" + _BEYOND))
_SHEET_DATA = re.compile(rb"<(\w+:)?sheetData")
_ATTRIBUTE = r"""\b%s\s*=\s*["']([^"']*)["']"""
_SHEET, _RELATION = re.compile(r"<(?:\w+:)?sheet\s[^>]*>"), re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")


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
                if part.file_size > _LARGE and part.file_size > _HOLLOW * part.compress_size:
                    raise UnreadableFileError(
                        f"unpacks to {part.file_size / max(part.compress_size, 1):,.0f} times its size, as no table "
                        "does: is it a workbook? Save it as .csv"
                    )
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _refuse_vast(archive, part, limits)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFileError(BROKEN) from error
    except zipfile.zlib.error as error:  # pyright: ignore[reportAttributeAccessIssue]
        raise UnreadableFileError(BROKEN) from error


def _refuse_vast(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits) -> None:
    """Refuse a sheet with a stray cell far below or right of its table, or one that is no grid.

    The reader lays a sheet out as one rectangle, and ends the whole process where memory does not do.
    """
    bottom = right = rows = 0
    for chunk in row_chunks(archive, part.filename):
        if _NO_CELL.search(chunk) and _NO_CELL_OF_SHEET.search(chunk):
            raise UnreadableFileError(BROKEN)
        rows += 1
        # Cells lie in row order, so the last one tells the row's size; where any lies far out, all are looked at.
        start = chunk.rfind(b"<c ")
        cells = _CELL.findall(chunk) if _FAR.search(chunk) else _CELL.findall(chunk, max(start, 0))[:1]
        for letters, number in cells:
            bottom, right = max(bottom, int(number)), max(right, column_number(letters))
    if max(bottom, rows) * right > limits.max_cells or rows > limits.max_rows:
        raise UnreadableFileError(
            f"has a sheet of {max(bottom, rows)} rows by {right} columns, most of them empty: "
            "delete the stray cells below and right of the table, or save it as .csv"
        )


def row_chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The XML of a sheet in chunks that each end with a row, and what follows the last one."""
    rest, end = b"", b"</row>"
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            if (named := _SHEET_DATA.search(piece)) and named[1]:
                end = b"</%brow>" % named[1]
            *rows, rest = (rest + piece).split(end)
            yield from rows
            if len(rest) > _LONGEST_ROW:
                raise UnreadableFileError(BROKEN)
    yield rest


def column_number(letters: bytes) -> int:
    """Column number of its letters.

    >>> column_number(b"A"), column_number(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each sheet -> the part of the workbook that holds it."""
    book, relations = (archive.read(f"xl/{name}").decode("utf-8", "replace") for name in ("workbook.xml", _RELATIONS))
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in _RELATION.findall(relations)}
    found = {}
    for tag in _SHEET.findall(book):
        target = targets.get(_attribute(tag, r"\w+:id"), "")
        found[html.unescape(_attribute(tag, "name"))] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return {name: part for name, part in found.items() if part in archive.namelist()}


_RELATIONS = "_rels/workbook.xml.rels"


def _attribute(tag: str, name: str) -> str:
    found = re.search(_ATTRIBUTE % name, tag)
    return found[1] if found else ""
