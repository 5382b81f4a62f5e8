"""One worker's id taken out of the bytes of a file: text, CSV, workbook, SQLite database."""

import csv
import io
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from mturk_pipeline.providers import PROVIDERS
from mturk_pipeline.workers.person import Person
from mturk_pipeline.workers.purging_binary import (
    OLE,
    Lookup,
    cells,
    replaced_in_place,
    same_but_for_ids,
    same_shape,
    texts_of,
)
from mturk_pipeline.workers.tombstones import Tombstones, is_telling

# Columns in which even an id like 5 means a worker.
_WORKER_COLUMNS = frozenset({"worker", "worker_id", "workerid", "worker id", "workers", "answered by"})
_USER_NAMES = frozenset(p.user_name.casefold() for p in PROVIDERS.values() if p.user_name)
_ZIP = b"PK\x03\x04"
_LARGEST_MEMBER = 2 * 1024**3


# A text without the id, and in how many places it stood.
Substitute = Callable[[str], tuple[str, int]]


class Purged(NamedTuple):
    """A file's content afterwards.

    `content` is the same bytes where nothing is replaced; `places` says in how many places something was. `remains`:
    the id still stands in it, since nothing can take it out without breaking the file.
    """

    content: bytes
    places: int
    remains: bool = False


class _Way(NamedTuple):
    """How ids are replaced in texts of any length, and in binary content, where names are as long as the ids."""

    substitute: Substitute
    lookup: Lookup


def purged(content: bytes, person: Person) -> Purged:
    """`content` without the worker's id.

    An id that tells by itself is replaced wherever it stands alone; one that does not (Turkle's 5) as a whole name,
    and in columns of workers of CSV files and workbooks.
    """
    pattern = person.pattern
    meant = {person.worker_id} if person.tells else set(person.names)
    way = _Way(
        lambda text: pattern.subn(lambda m: person.instead(m[0]), text),
        lambda text: person.anonymous if text in meant else None,
    )
    places = 0
    if not person.tells and not content.startswith(OLE):
        content, places = (_in_workbook if content.startswith(_ZIP) else _in_csv)(content, person)
    done = _in_file(content, way)
    remains = done.remains or (not person.tells and _in_worker_columns(done.content, person))
    return Purged(done.content, places + done.places, remains)


def anonymised_file(content: bytes, tombstones: Tombstones) -> bytes:
    """A file's bytes without the ids of those who were forgotten before, as far as ids tell by themselves.

    For copies that the pipeline keeps of people's files; the bytes themselves where nobody was forgotten, and where
    the file would not open any more (`forget` names such a copy).
    """

    def substitute(text: str) -> tuple[str, int]:
        new = tombstones.in_text(text)
        return new, int(new != text)

    def lookup(text: str) -> str | None:
        if ":" not in text and not is_telling(text):
            return None
        return (tombstones.of_worker(text) or "").rpartition(":")[2] or None

    return _in_file(content, _Way(substitute, lookup)).content if tombstones else content


def _in_file(content: bytes, way: _Way) -> Purged:
    """Text of any encoding, a workbook, or a zip file; a workbook that would not open any more stays as it is."""
    if content.startswith(OLE):
        return _in_ole(content, way)
    if not content.startswith(_ZIP):
        return Purged(*_in_bytes(content, way.substitute))
    new, places = _in_zip(content, way)
    before = cells(content) if places else None
    if before is None:
        return Purged(new, places)
    after = cells(new)
    if after is None or not same_shape(before, after):
        return Purged(content, 0, remains=True)
    return Purged(new, places, remains=any(way.substitute(text)[1] for text in texts_of(after)))


def _in_ole(content: bytes, way: _Way) -> Purged:
    """A workbook of the kind .xls, or another file of that container."""
    new, places = replaced_in_place(content, way.lookup)
    before = cells(content)
    if before is None:
        return Purged(new, places)
    after = cells(new) if places else before
    if after is None or not same_but_for_ids(before, after, way.lookup):
        return Purged(content, 0, remains=True)
    return Purged(new, places, remains=any(way.substitute(text)[1] for text in texts_of(after)))


def _in_zip(content: bytes, way: _Way) -> tuple[bytes, int]:
    """The members in order, each without the id."""
    places, target = 0, io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
            for entry in old.infolist():
                if entry.file_size > _LARGEST_MEMBER:
                    raise zipfile.BadZipFile(entry.filename)
                member = old.read(entry)
                if _is_text(member):
                    member, found = _in_bytes(member, way.substitute)
                else:
                    member, found = replaced_in_place(member, way.lookup)
                places += found
                new.writestr(entry, member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        return replaced_in_place(content, way.lookup)
    return (target.getvalue(), places) if places else (content, 0)


def _is_text(member: bytes) -> bool:
    """XML, or any other text: neither it nor what reads it counts bytes."""
    wide = member.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return "\0" not in member.decode("utf-16" if wide else "utf-8")
    except UnicodeDecodeError:
        # XML of another encoding, such as Latin-1.
        return member.startswith(b"<?xml")


def _in_bytes(content: bytes, substitute: Substitute) -> tuple[bytes, int]:
    """Bytes that are no text of the encoding pass through as they are."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff")) and len(content) % 2 == 0
    encoding, errors = ("utf-16", "surrogatepass") if wide else ("utf-8", "surrogateescape")
    text = content.decode(encoding, errors)
    new, places = substitute(text)
    return (new.encode(encoding, errors), places) if places else (content, 0)


def _in_workbook(content: bytes, person: Person) -> tuple[bytes, int]:
    """Cells of worker columns of a workbook; what else it holds is kept as far as openpyxl keeps it."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content))
    except Exception:  # a zip file that is no workbook: whatever the reader raises on it
        return content, 0
    places = 0
    sheets: list[Any] = book.worksheets
    for sheet in sheets:
        header = ["" if c.value is None else str(c.value).strip().casefold() for c in next(sheet.iter_rows(), ())]
        columns = [i for i, name in enumerate(header) if name in _WORKER_COLUMNS]
        for row in sheet.iter_rows(min_row=2) if columns else ():
            for cell in (row[i] for i in columns if i < len(row)):
                new = _in_worker_cell("" if cell.value is None else str(cell.value), person)
                if new is not None:
                    cell.value = new
                    places += 1
    if not places:
        return content, 0
    target = io.BytesIO()
    book.save(target)
    return target.getvalue(), places


def _in_worker_columns(content: bytes, person: Person) -> bool:
    """Whether a workbook that only calamine reads (.xls, .xlsb, .ods) names the person in a column of workers."""
    for sheet in (cells(content) or []) if content.startswith((OLE, _ZIP)) else []:
        header = [str(name).strip().casefold() for name in (sheet or [[]])[0]]
        columns = [i for i, name in enumerate(header) if name in _WORKER_COLUMNS]
        texts = (_number_as_text(row[i]) for row in sheet[1:] for i in columns)
        if any(_in_worker_cell(text, person) is not None for text in texts):
            return True
    return False


def _number_as_text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _in_csv(content: bytes, person: Person) -> tuple[bytes, int]:
    """Cells of worker columns of a CSV file, and the user name in their rows."""
    text = content.decode("utf-8", "surrogateescape")
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    names = [n.strip().strip('"').casefold() for n in first.strip().split(delimiter)]
    columns = [i for i, n in enumerate(names) if n in _WORKER_COLUMNS]
    if not columns:
        return content, 0
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return content, 0
    places = sum(_in_row(row, columns, names, person) for row in rows[1:])
    if not places:
        return content, 0
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(rows)
    return target.getvalue().encode("utf-8", "surrogateescape"), places


def _in_row(row: list[str], columns: Sequence[int], names: Sequence[str], person: Person) -> int:
    changed = 0
    for i in columns:
        new = _in_worker_cell(row[i], person) if i < len(row) else None
        if new is not None:
            row[i], changed = new, changed + 1
    for i, name in enumerate(names[: len(row)]):
        if changed and name in _USER_NAMES:
            row[i] = person.anonymous
    return changed


def _in_worker_cell(text: str, person: Person) -> str | None:
    """A cell that names workers, several joined by ';' or ','; None where this one is not among them."""
    parts = re.split(r"(\s*[;,]\s*)", text)
    new = [person.instead(p) if p.strip() in (person.worker_id, *person.names) else p for p in parts]
    return "".join(new) if new != parts else None


def purge_database(path: Path, person: Person, *, write: bool) -> int:
    """Take the id out of every text of a SQLite database, run history for one; returns in how many cells it stood."""
    needles = [person.worker_id] if person.tells else list(person.names)
    places = 0
    with closing(sqlite3.connect(path, timeout=60)) as database, database:
        database.create_function("purged", 1, lambda text: person.pattern.sub(lambda m: person.instead(m[0]), text))
        database.create_function("holds", 1, lambda text: person.pattern.search(text) is not None)
        database.execute("PRAGMA secure_delete = ON")
        for table, column in _text_columns(database):
            for needle in needles:
                where = f'typeof("{column}") = \'text\' AND instr("{column}", ?) AND holds("{column}")'
                count = database.execute(f'SELECT count(*) FROM "{table}" WHERE {where}', (needle,)).fetchone()[0]
                places += count
                if count and write:
                    database.execute(f'UPDATE "{table}" SET "{column}" = purged("{column}") WHERE {where}', (needle,))
    return places


def _text_columns(database: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [
        (table, column[1])
        for (table,) in tables.fetchall()
        for column in database.execute(f'PRAGMA table_info("{table}")').fetchall()
    ]
