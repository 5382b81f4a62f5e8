"""Whole-cell damage by spreadsheets that nobody can undo: dates made of ranges, long numbers made short."""

import re

from mturk_pipeline.texts.spreadsheet_dates import date_in

# A text that neither begins nor ends with one of these is neither.
DIGITS = frozenset("0123456789")
SHORTENED = "a spreadsheet shortened the number: its other digits are lost"

_SHORT_FORM = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?e[+-]?\d{1,3}", re.IGNORECASE)
# As Excel and pandas write long numbers: one digit, a sign, two digits.
_USUAL_SHORT_FORM = re.compile(r"\d(?:[.,]\d+)?e\+\d{2,3}", re.IGNORECASE)
_MAYBE = re.compile(
    r"\d[\d.,]*e\+\d{2,3}|\d{1,2}[-/. ]{1,2}[^\W\d_]{3,9}\.?|[^\W\d_]{3,9}[-/. ]{1,2}\d{2}(?:\d\d)?|\d{4}-.*0:00.*",
    re.IGNORECASE,
)


def is_shortened(text: str) -> bool:
    """Whether a text is a number in E-notation, which no person writes for a telephone number or an id.

    >>> is_shortened("4.92E+11"), is_shortened("492301234567")
    (True, False)
    """
    return _SHORT_FORM.fullmatch(text.strip()) is not None


def date_note(text: str) -> str:
    """Why a text is no number, choice or telephone number but a date; '' where it is none.

    >>> date_note("5-Mar")
    'a date, as a spreadsheet makes it of 3-5'
    """
    date = date_in(text)
    return f"a date, as a spreadsheet makes it of {date.origin()}" if date else ""


def damage_in(text: str) -> str:
    """Damage by a spreadsheet to a whole cell, in words; '' without any.

    For kinds and keys in which people may write a date or a number of their own.

    >>> damage_in("Nov-50"), damage_in("2 May"), damage_in("5.2E+09")
    ('a date, as a spreadsheet makes it of 11-50', '', 'a spreadsheet shortened the number: its other digits are lost')
    """
    text = text.strip()
    if not _MAYBE.fullmatch(text):
        return ""
    if _USUAL_SHORT_FORM.fullmatch(text):
        return SHORTENED
    return date_note(text) if date_in(text).usual else ""
