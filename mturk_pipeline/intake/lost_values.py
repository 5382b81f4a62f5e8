"""Cells of a workbook that hold something, but no value: a spreadsheet's errors, and formulas that nobody computed.

A reader of values finds such cells blank, and blank is an answer of its own. pandas and openpyxl make a formula of each
text that begins with '=', so of the `="00123"` of an export, and compute nothing.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator, Mapping

from mturk_pipeline.intake.result_file import Limits
from mturk_pipeline.intake.sheet_xml import column_number, refuse_bombs, sheet_parts

NOT_COMPUTED = "#VALUE!"  # the error that stands for a formula without a value: it was something, and is lost
_TAG = rb"<(?:\w+:)?c\b%s[^>]*(?<!/)>\s*"
_FORMULA_TAG = rb"(?:<(?:\w+:)?f\b[^>]*(?:/>|(?<!/)>[^<]*</(?:\w+:)?f>))"
# An error, or a formula without a value; t="str" marks a formula that was computed and is empty.
_LOST = re.compile(
    _TAG % rb"""[^>]*\bt\s*=\s*["']e["']"""
    + _FORMULA_TAG
    + rb"?\s*<(?:\w+:)?v\b[^>]*>[^<]*</"
    + rb"|"
    + _TAG % rb"""(?![^>]*\bt\s*=\s*["']str["'])"""
    + _FORMULA_TAG
    + rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_PLACE = re.compile(r"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_FORMULA, _VALUE = re.compile(r"<(?:\w+:)?f\b[^>]*>([^<]*)<"), re.compile(r"<(?:\w+:)?v\b[^>]*>([^<]*)<")
_TEXT = re.compile(r'\s*=\s*"(?:[^"]|"")*"\s*')

# (row, column), both from 1 -> the error, or the formula as written.
LostValues = dict[tuple[int, int], str]


def lost_values(content: bytes, limits: Limits) -> dict[str, LostValues]:
    """Cells without a value, by sheet; empty where there are none, as in nearly all workbooks.

    Raises
    ------
    UnreadableFileError
        As `refuse_bombs` does.
    """
    found: dict[str, LostValues] = {}
    refuse_bombs(content, limits, lambda part, block: found.setdefault(part, {}).update(_of_block(block)))
    if not any(found.values()):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: found[part] for name, part in sheet_parts(archive).items() if found.get(part)}
    except KeyError:  # no list of sheets: a workbook of another format
        return {}


def text_of(lost: str) -> str:
    """The text that stands for a cell without a value: an error, a formula that is nothing but a text, or an error.

    >>> text_of('="00123"'), text_of("#N/A"), text_of('=A1&"x"')
    ('="00123"', '#N/A', '#VALUE!')
    """
    return NOT_COMPUTED if _is_formula(lost) else lost


def lost_note(cells: Mapping[tuple[int, int], str]) -> list[str]:
    """A line about formulas that nobody computed; none where there are none."""
    lost = sum(map(_is_formula, cells.values()))
    if not lost:
        return []
    subject = "1 cell holds a formula" if lost == 1 else f"{lost:,} cells hold formulas"
    return [
        f"{subject} whose value the file does not have: open it in a spreadsheet program, save it, hand it in again"
    ]


def _is_formula(lost: str) -> bool:
    return lost.startswith("=") and _TEXT.fullmatch(lost) is None


_MARKS = (b"<f", b":f", b't="e"', b"t='e'", b"t =", b"t= ")


def _of_block(block: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for found in _LOST.finditer(block) if any(mark in block for mark in _MARKS) else ():
        text = found[0].decode("utf-8", "replace")
        place, value, formula = _PLACE.search(text), _VALUE.search(text), _FORMULA.search(text)
        if place:
            lost = value[1] if value and value[1] else f"={html.unescape(formula[1]) if formula else ''}"
            yield (int(place[2]), column_number(place[1].encode())), lost
