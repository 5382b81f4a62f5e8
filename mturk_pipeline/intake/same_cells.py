"""One cell in two downloads of a batch: whether a spreadsheet can have made one of the other, and which is clear.

Some damage cannot be undone from one file alone: zeros lost at the front, digits of a long number, a range that became
a date, a letter that became `?`. Where another download of the same assignment still has the text, it tells.
"""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from mturk_pipeline.texts.spreadsheet_errors import is_spreadsheet_error

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_SHORTENED = re.compile(r"[+-]?(\d)(?:[.,](\d+))?E[+-]?\d+", re.IGNORECASE)
_MONTHS = re.compile(
    r"(jan|feb|m[aä]r|mrz|mar|apr|avr|ma[iy]|jun|juin|jul|juil|aug|ao[uû]|ago|sep|o[ck]t|nov|de[cz]|d[eé]c|gen|ene|ge[nb]|"
    r"mag|giu|lug|set|ott|dic|fev|f[eé]v|abr|out)\w*\.?",
    re.IGNORECASE,
)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}([ T]00:00(:00)?)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_EXACT_DIGITS = 15  # of a number in a spreadsheet; the rest become zeros
_CELL_LIMITS = (255, 32_767)  # characters: of old and new workbooks
_LOST_LETTER = "?\ufffd"


def clear_text(first: str, second: str) -> str | None:
    """Of two texts of one cell, the one that no spreadsheet damaged; None where they contradict each other.

    >>> clear_text("1139", "01139"), clear_text("4.41E+11", "441234567890"), clear_text("caf?", "café")
    ('01139', '441234567890', 'café')
    >>> clear_text("5-Jan", "1-5"), clear_text("chess", "go") is None
    ('1-5', True)
    """
    a, b = _plain(first), _plain(second)
    if a == b:
        return first
    for damaged, other, text in ((a, b, second), (b, a, first)):
        if _is_made_of(damaged, other):
            return text
    return None


def _plain(text: str) -> str:
    """A text as it is compared: spaces and line ends do not count, nor the case of true and false."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return plain.lower() if plain.lower() in ("true", "false") else plain


def _is_made_of(damaged: str, text: str) -> bool:
    """Whether a spreadsheet can have made `damaged` of `text`."""
    return (
        is_spreadsheet_error(damaged)
        or damaged == f"'{text}"
        or (len(damaged) in _CELL_LIMITS and text.startswith(damaged))
        or _is_same_number(damaged, text)
        or _has_lost_letters(damaged, text)
        or _is_date_of(damaged, text)
    )


def _is_same_number(damaged: str, text: str) -> bool:
    """The same number with fewer zeros at its ends, or with fewer digits."""
    if not _NUMBER.fullmatch(text):
        return False
    try:
        exact = Decimal(text.replace(",", "."))
        number = Decimal(damaged.replace(",", "."))
    except InvalidOperation:
        return False
    if short := _SHORTENED.fullmatch(damaged):
        return f"{exact:.{len(short[2] or '')}E}" == f"{number:.{len(short[2] or '')}E}"
    if exact == number:
        return len(damaged) <= len(text) or damaged.endswith(".0")
    digits = text.lstrip("+-0")
    cut = digits[:_EXACT_DIGITS] + "0" * (len(digits) - _EXACT_DIGITS)
    return len(digits) > _EXACT_DIGITS and damaged.lstrip("+-") == cut


def _has_lost_letters(damaged: str, text: str) -> bool:
    """The same text, some letters beyond ASCII of which became question marks."""
    if len(damaged) != len(text) or not any(c in _LOST_LETTER for c in damaged):
        return False
    return all(x == y or (x in _LOST_LETTER and not y.isascii()) for x, y in zip(damaged, text, strict=True))


def _is_date_of(damaged: str, text: str) -> bool:
    """A date that a spreadsheet made of two numbers, such as 5-Jan of 1-5, or Nov-50 of 11-50."""
    if not (_MONTHS.search(damaged) or _ISO_DAY.fullmatch(damaged)):
        return False
    wanted = [int(n) for n in re.findall(r"\d+", text)]
    if len(wanted) not in (2, 3) or _MONTHS.search(text) or not re.fullmatch(r"[\d\s./–-]+", text):
        return False
    parts = [int(n) % 100 if len(n) == 4 else int(n) for n in re.findall(r"\d+", damaged.partition(" 00:")[0])]
    if len(parts) + (1 if _MONTHS.search(damaged) else 0) < 2:
        return False
    # A month's name stands for the one number that is left over.
    left = [n % 100 for n in wanted]
    for part in parts:
        if part in left:
            left.remove(part)
    return len(left) == (1 if _MONTHS.search(damaged) else 0)
