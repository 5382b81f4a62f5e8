"""Formulas of a workbook whose values the file does not hold: programs that write workbooks compute nothing.

pandas and openpyxl make a formula of each text that begins with '=', so of the `="00123"` of an export. A spreadsheet
program computes it when it opens the file; whoever only reads the file finds no value.
"""

import io
import re
import zipfile
from collections.abc import Mapping

_PIECE = 1 << 22
# A cell with a formula and no value; t="str" marks one that was computed and is empty.
_UNSTORED = re.compile(
    rb"""<c\b(?![^>]*\bt="str")[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
_TEXT = re.compile(r'\s*=\s*"(?:[^"]|"")*"\s*')

# (row, column), both from 1 -> the formula as written.
Formulas = dict[tuple[int, int], str]


def unstored_formulas(content: bytes) -> dict[str, Formulas]:
    """The formulas without a value, by sheet; empty where every formula has one, as in nearly all workbooks."""
    try:
        if not _has_any(content):
            return {}
        from openpyxl import load_workbook

        formulas = load_workbook(io.BytesIO(content), read_only=True)
        values = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return {sheet.title: _of_sheet(sheet, values[sheet.title]) for sheet in formulas.worksheets}
    except Exception:  # openpyxl raises whatever an odd part of a file makes it stumble on; the file is read without it
        return {}


def is_text_formula(formula: str) -> bool:
    """Whether a formula is nothing but a text.

    >>> is_text_formula('="00123"'), is_text_formula('=A1&"x"')
    (True, False)
    """
    return _TEXT.fullmatch(formula) is not None


def unstored_note(formulas: Mapping[tuple[int, int], str]) -> list[str]:
    """A line about formulas without a value that are more than a text; none where there are none."""
    lost = sum(not is_text_formula(formula) for formula in formulas.values())
    if not lost:
        return []
    cells = "1 cell holds a formula" if lost == 1 else f"{lost:,} cells hold formulas"
    return [f"{cells} whose value the file does not have, read as blank: open it in a spreadsheet program and save it"]


def _has_any(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                rest = b""
                with archive.open(part) as stream:
                    while piece := stream.read(_PIECE):
                        *rows, rest = (rest + piece).split(b"</row>")
                        if any(b"<f" in row and _UNSTORED.search(row) for row in rows):
                            return True
    return False


def _of_sheet(formulas, values) -> Formulas:
    found: Formulas = {}
    for written, computed in zip(formulas.iter_rows(), values.iter_rows(), strict=False):
        for cell, value in zip(written, computed, strict=False):
            if value.value is None and isinstance(cell.value, str) and cell.value.startswith("="):
                found[cell.row, cell.column] = cell.value
    return found
