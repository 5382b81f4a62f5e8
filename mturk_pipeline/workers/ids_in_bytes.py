"""Ids of workers in the bytes of a file: replaced in texts, only looked for in anything else."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence

from mturk_pipeline.providers import PROVIDERS, whole_names
from mturk_pipeline.sheets.headers import HEADER_WITHIN
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.workbooks import read_workbook
from mturk_pipeline.workers.id_replacement import Replacement, in_made_id
from mturk_pipeline.workers.worker_lookup import Person

# Columns in which even an id like 5 means a worker.
_WORKER_COLUMNS = frozenset({"worker", "worker_id", "workerid", "worker id", "workers", "answered by"})
_PACKED, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_LARGEST_MEMBER = 2 * 1024**3

# An id of an assignment with a worker's id, or its digest, in it.
_MADE_ID = re.compile(r"""[^#\s,;"]+#[^#\s,;"]+#\d{4}-[^#,;"\r\n]*""")

# A cell's text without an id; None where none stands in it.
InCell = Callable[[str], str | None]


def is_text(content: bytes) -> bool:
    """Whether a file is text, in which an id can be replaced without breaking it."""
    return not content.startswith((_PACKED, _OLE)) and (b"\0" not in content or content.startswith(_WIDE))


def is_packed(content: bytes) -> bool:
    """Whether the parts of a file can be looked into, as those of most workbooks."""
    return zipfile.is_zipfile(io.BytesIO(content))


def without_ids(content: bytes, who: Replacement) -> tuple[bytes, int]:
    """A text file with surrogates in place of ids, and in how many places one stood.

    A short id is replaced as a whole name, and in columns of workers; bytes that are no text pass as they are.
    """
    wide = content.startswith(_WIDE) and len(content) % 2 == 0
    encoding, errors = ("utf-16", "surrogatepass") if wide else ("utf-8", "surrogateescape")
    whole = content.decode(encoding, errors)
    lines = whole.splitlines(keepends=True)
    new = [_MADE_ID.sub(lambda m: in_made_id(m[0], who), line) for line in lines] if "#" in whole else lines
    new = [who.in_text(line) for line in new] if who.found_in([whole]) else new
    places = sum(a != b for a, b in zip(lines, new, strict=True))
    text, in_columns = _in_columns("".join(new), lambda cell: _in_worker_cell(cell, who))
    places += in_columns
    return (text.encode(encoding, errors), places) if places else (content, 0)


def cells_without_ids(rows: list[list[str]], who: Replacement) -> tuple[list[list[str]], int]:
    """Rows of cells by surrogate, and in how many cells an id stood; the same rows where in none."""
    found = who.found_in(cell for row in rows for cell in row)
    below = [(n, i) for n, row in enumerate(rows[:HEADER_WITHIN]) for i, c in enumerate(row) if _is_of_workers(c)]
    if not found and not below:
        return rows, 0
    new = [[who.in_text(c) if any(name in c for name in found) else c for c in row] for row in rows]
    for header, column in below:
        for row in new[header + 1 :]:
            if column < len(row):
                row[column] = _in_worker_cell(row[column], who) or row[column]
    places = sum(a != b for old, row in zip(rows, new, strict=True) for a, b in zip(old, row, strict=True))
    return (new, places) if places else (rows, 0)


def names_person(content: bytes, person: Person) -> bool:
    """Whether a file of any kind holds the worker's id; of binary formats, bytes that look like it."""
    if is_text(content):
        return bool(without_ids(content, person.replacement)[1])
    if any(_holds(part, person) for part in _members(content)):
        return True
    return not person.tells and _in_worker_column(content, person)


def _holds(part: bytes, person: Person) -> bool:
    """Whether the id stands in a part of a file; where it is no text, also as a part of something longer."""
    if b"\0" not in part:
        text, who = part.decode("utf-8", "ignore"), person.replacement
        if person.tells:
            return bool(who.found_in([text])) and who.in_text(text) != text
        return person.pattern.search(text) is not None
    texts, part = [person.worker_id] if person.tells else list(person.names), part.lower()
    return any(text.lower().encode(encoding) in part for text in texts for encoding in ("utf-8", "utf-16-le"))


def _members(content: bytes) -> list[bytes]:
    """The files in a zip file, else the content itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [archive.read(e) for e in archive.infolist() if e.file_size <= _LARGEST_MEMBER]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error):
        return [content]


def _in_worker_column(content: bytes, person: Person) -> bool:
    """Whether a workbook names the person in a column of workers."""
    try:
        tables = read_workbook(content, Limits(), lambda names: any(map(_is_of_workers, names)), hand_filled=True)
    except UnreadableFileError:
        return False
    columns = [table.frame[name].dropna() for table in tables for name in table.frame if _is_of_workers(str(name))]
    return any(_in_worker_cell(text, person.replacement) is not None for column in columns for text in column.unique())


def _is_of_workers(name: str) -> bool:
    return name.strip().casefold() in _WORKER_COLUMNS


def _in_columns(text: str, in_cell: InCell) -> tuple[str, int]:
    """Cells of worker columns of a CSV file, and the user name in their rows."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    names = [n.strip().strip('"').casefold() for n in first.strip().split(delimiter)]
    columns = [i for i, n in enumerate(names) if _is_of_workers(n)]
    if not columns:
        return text, 0
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        return text, 0
    places = sum(_in_csv_row(row, columns, names, in_cell) for row in rows[1:])
    if not places:
        return text, 0
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator="\r\n" if "\r\n" in text else "\n").writerows(rows)
    return target.getvalue(), places


def _in_csv_row(row: list[str], columns: Sequence[int], names: Sequence[str], in_cell: InCell) -> int:
    changed, instead = 0, ""
    user_names = {p.user_name.casefold() for p in PROVIDERS.values() if p.user_name}
    for i in columns:
        new = in_cell(row[i]) if i < len(row) else None
        if new is not None:
            row[i], instead, changed = new, new, changed + 1
    for i, name in enumerate(names[: len(row)]):
        if changed and name in user_names:
            row[i] = instead
    return changed


def _in_worker_cell(text: str, who: Replacement) -> str | None:
    """A cell that names workers, several joined by ';' or ','; None where nobody of `who` is among them."""
    parts = re.split(r"(\s*[;,]\s*)", text)
    new = [_of_id(p.strip(), who) or p for p in parts]
    return "".join(new) if new != parts else None


def _of_id(name: str, who: Replacement) -> str | None:
    guesses = (name, *whole_names(name)) if name else ()
    return next(filter(None, map(who.of, guesses)), None) or who.ids.get(name)
