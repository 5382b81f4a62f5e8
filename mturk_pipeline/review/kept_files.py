"""What is kept of a file that a person saved: its cells as text, whatever becomes of the file, without workers' ids.

A text file is kept as it is, a workbook as the cells of its sheets; which of them are tables of a phase is asked when
they are read, so that changed settings find them again. A file that cannot be parsed is kept whole, for its owner only.
"""

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.review.reviewed_files import (
    LIMITS,
    TEXT_SUFFIXES,
    WORKBOOK_SUFFIXES,
    NamesHeader,
    Sheet,
    read_sheets,
    sheets_of,
)
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.sheets.reader import is_workbook, refuse_blank
from mturk_pipeline.sheets.text_tables import encoding_of, read_text
from mturk_pipeline.sheets.workbooks import SheetCells, read_cells, tables_of
from mturk_pipeline.texts.key_form import plain_name

ROWS, ORIGINALS = "rows", "originals"
CELLS, TEXT = ".json.gz", ".text.gz"
_FOR_READING = (
    {"item_id", "field", "raw", "value", "state", "note", "worker", "assignment_id"},
    {"assignment_id", "suggestion", "settle", "feedback", "evidence", "reward"},
    {"worker", "standing", "evidence", "reliability_low", "reliability_high", "copy_partners"},
)
# Rows of cells -> the same without workers' ids.
Clean = Callable[[list[list[str]]], list[list[str]]]


def as_it_is(rows: list[list[str]]) -> list[list[str]]:
    return rows


def clean_column(column: pd.Series, clean: Clean) -> pd.Series:
    """A column of texts, each distinct one cleaned once."""
    codes, texts = pd.factorize(column)
    old = [[str(text)] for text in texts]
    new = clean(old)
    if new == old:
        return column
    return pd.Series(pd.array([*(text for [text] in new), None], dtype="str").take(codes), index=column.index)


def clean_text(text: str, clean: Clean) -> str:
    """One text, cleaned as a cell is."""
    [[new]] = clean([[text]])
    return new


def keep_file(folder: Path, name: str, content: bytes, clean: Clean) -> Path:
    """Keep the content of a file under `name`, which ends as the file does; where it is kept."""
    try:
        return _keep_parsed(folder / ROWS, name, content, clean)
    except UnreadableFileError:
        path = folder / ORIGINALS / name
        write_atomically(path, content, private=True)
        return path


def kept_file(folder: Path, name: str) -> Path:
    """Where the content of a file is kept; a file that was never made where it is lost."""
    parsed = [folder / ROWS / f"{name}{ending}" for ending in (CELLS, TEXT)]
    return next((path for path in parsed if path.is_file()), folder / ORIGINALS / name)


def kept_sheets(path: Path, is_header: NamesHeader) -> list[Sheet]:
    """The tables of what is kept of a file, or of a file itself: see `read_sheets`.

    Raises
    ------
    UnreadableFileError
    OSError
    """
    if path.parent.name != ROWS:
        return read_sheets(path, is_header)
    if path.name.endswith(CELLS):
        return sheets_of(path, tables_of(read_kept_cells(path), LIMITS, _of_names(is_header)), is_header)
    content = read_kept_text(path)
    refuse_blank(content)
    return sheets_of(path, [read_text(content, LIMITS, _of_names(is_header), hand_filled=True)], is_header)


def read_kept_cells(path: Path) -> SheetCells:
    """The cells of a workbook; OSError where what is kept of it is damaged."""
    try:
        return [(str(name), rows) for name, rows in json.loads(read_kept_text(path))]
    except (ValueError, TypeError) as error:
        raise OSError(0, "is damaged", str(path)) from error


def cells_as_text(sheets: SheetCells) -> bytes:
    """The cells of a workbook as they are kept, before they are packed."""
    return json.dumps(sheets).encode()


def write_kept_text(path: Path, content: bytes) -> None:
    write_atomically(path, gzip.compress(content, 1, mtime=0))


def _keep_parsed(folder: Path, name: str, content: bytes, clean: Clean) -> Path:
    suffix = Path(name).suffix
    if suffix not in WORKBOOK_SUFFIXES | TEXT_SUFFIXES:
        raise UnreadableFileError("is not a spreadsheet")
    if is_workbook(content):
        cells = read_cells(content, LIMITS, _of_names(_is_left_out))
        path = folder / f"{name}{CELLS}"
        write_kept_text(path, cells_as_text([(clean_text(sheet, clean), clean(rows)) for sheet, rows in cells]))
        return path
    path, encoding = folder / f"{name}{TEXT}", encoding_of(content)
    errors = "as_cp1252" if encoding == "cp1252" else "strict"
    text = content.decode("utf-8-sig" if encoding == "cp1252" else encoding, errors)
    lines = clean([[line] for line in text.splitlines(keepends=True)])
    write_kept_text(path, "".join(line for [line] in lines).encode())
    return path


def _is_left_out(names: set[str]) -> bool:
    """Sheets of the pipeline's own workbooks that are never read back with the review: answers, pay, workers."""
    return any(own <= names for own in _FOR_READING)


def _of_names(is_header: NamesHeader) -> Callable[..., bool]:
    return lambda names: is_header({plain_name(n) for n in names})


def read_kept_text(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (EOFError, zlib.error) as error:
        raise OSError(0, "is damaged", str(path)) from error
