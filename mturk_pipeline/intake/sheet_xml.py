"""The XML of a workbook's sheets, looked at before any sheet is laid out in memory."""

import html
import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator

from mturk_pipeline.intake.result_file import Limits, UnreadableFileError

BROKEN = "is a broken workbook (cut short or not finished copying?): copy or download it again"
_PIECE = 1 << 22
_LARGE, _HOLLOW = 20_000_000, 300  # bytes; a part of a real workbook unpacks to a tenth of this many times its size
_LONGEST_ROW = 64_000_000  # bytes
# Programs write ` r="B7"`; XML has other ways to, which cost more to look for.
_CELL = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')
_FAR = re.compile(rb' r="(?:[A-Z]{3}|[a-z]|[A-Z]{1,2}\d{6})')
_NO_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]* r="(?:[A-Za-z]{4}|[A-Za-z]{1,3}\d{8}|[a-z])')
_OTHER_WAY = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,9})(\d{1,9})["']""")
_OTHER_MARKS = (b"r='", b"r =", b"r= ", b"r\t", b"r\n", b"r\r", b"=\t", b"=\n", b"=\r", b"\tr", b"\nr", b"\rr")
_SHEET_DATA = re.compile(rb"<(\w+:)?sheetData")
_ATTRIBUTE = r"""\b%s\s*=\s*["']([^"']*)["']"""
_SHEET, _RELATION = re.compile(r"<(?:\w+:)?sheet\s[^>]*>"), re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")

# Called with the name of a sheet's part, and a block of its XML that ends with a row.
Look = Callable[[str, bytes], None]


def refuse_bombs(content: bytes, limits: Limits, look: Look | None = None) -> None:
    """Refuse a workbook that would exhaust the memory, before anything is unpacked into it.

    `look` is shown the XML of each sheet on the way, block by block.

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
                    f"unpacks to {unpacked / 1e9:.1f} GB, more than {limits.max_unpacked / 1e9:.1f} GB",
                    remedy="is it a workbook? Save it as .csv",
                )
            sheets = _sheets(archive)
            for part in parts:
                if part.file_size > _LARGE and part.file_size > _HOLLOW * part.compress_size:
                    raise UnreadableFileError(
                        f"unpacks to {part.file_size / max(part.compress_size, 1):,.0f} times its size, as no table "
                        "does",
                        remedy="is it a workbook? Save it as .csv",
                    )
                if part.filename in sheets:
                    _refuse_vast(archive, part, limits, look)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFileError(BROKEN) from error
    except zipfile.zlib.error as error:  # pyright: ignore[reportAttributeAccessIssue]
        raise UnreadableFileError(BROKEN) from error


def _sheets(archive: zipfile.ZipFile) -> set[str]:
    """The parts that hold sheets: where they usually lie, and where the workbook says that they do."""
    usual = {name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")}
    try:
        return usual | set(sheet_parts(archive).values())
    except KeyError:  # no list of sheets: a workbook of another format
        return usual


def _refuse_vast(archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: Limits, look: Look | None) -> None:
    """Refuse a sheet with a stray cell far below or right of its table, or one that is no grid.

    The reader lays a sheet out as one rectangle, and ends the whole process where memory does not do.
    """
    bottom = right = rows = 0
    for block, end in _row_blocks(archive, part.filename):
        if look:
            look(part.filename, block)
        far = _FAR.search(block) is not None
        if far and _NO_CELL.search(block):
            raise UnreadableFileError(BROKEN)
        chunks = block.split(end)
        rows += len(chunks) - 1
        for letters, number in _far_cells(block, chunks, all_of_them=far):
            bottom, right = max(bottom, int(number)), max(right, column_number(letters))
    if max(bottom, rows) * right > limits.max_cells or rows > limits.max_rows:
        raise UnreadableFileError(
            f"has a sheet of {max(bottom, rows)} rows by {right} columns, most of them empty",
            remedy="delete the stray cells below and right of the table, or save it as .csv",
        )


def _far_cells(block: bytes, rows: list[bytes], all_of_them: bool) -> Iterator[tuple[bytes, bytes]]:
    """Cells of a block that tell how far it reaches: the last of each row, as cells lie in order.

    All of them, where any lies far out, or is written in another way than programs write.
    """
    if any(mark in block for mark in _OTHER_MARKS):
        yield from _OTHER_WAY.findall(block)
    if all_of_them:
        yield from _CELL.findall(block)
        return
    for row in rows:
        if found := _CELL.search(row, max(row.rfind(b"<c "), 0)):
            yield found[1], found[2]


def _row_blocks(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes]]:
    """The XML of a sheet in blocks of whole rows, and what follows the last one; with each, how a row ends in it."""
    rest, end = b"", b"</row>"
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            if (named := _SHEET_DATA.search(piece)) and named[1]:
                end = b"</%brow>" % named[1]
            block, found, rest = (rest + piece).rpartition(end)
            if found:
                yield block + found, end
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
