"""Numbers. Value: plain decimal notation with a point, shortest form: '1234.5'."""

import re
from decimal import Decimal, InvalidOperation

from mturk_pipeline.kinds import near_misses
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid, notes
from mturk_pipeline.texts.irreparable_cells import date_note
from mturk_pipeline.texts.plain_text import clean, plain_dashes, unwrap

_CURRENCY = re.compile(r"[$€£¥₹]|\b(?:usd|eur|gbp|us)\b", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:about|approx(?:imately)?\.?|around|circa|ca\.?|over|under|~|≈|>|<|>=|<=)\s*(?=[\d.+-])", re.I)
_NUMBER = re.compile(
    r"([+-]?)\s*((?:\d{1,3}(?:[ ,'.]\d{3})+(?![\d])|\d+)?(?:[.,]\d+)?[.]?)(e[+-]?\d{1,2})?(?![\d])", re.IGNORECASE
)
_GROUPS = re.compile(r"\d{1,3}(?:[ ,']\d{3})+")
# Powers of ten. These letters count alone only: "5 m high" is no million.
_LETTERS = {"m": 6, "b": 9}
_SIZES = {
    **dict.fromkeys(["hundred", "hundreds", "hundert"], 2),
    **dict.fromkeys(["k", "thousand", "thousands", "tausend", "tsd"], 3),
    **dict.fromkeys(["mio", "mln", "million", "millions", "millionen", "millones"], 6),
    **dict.fromkeys(["bn", "mrd", "mld", "billion", "billions", "milliarde", "milliarden", "milliard"], 9),
    **dict.fromkeys(["tn", "trillion", "trillions"], 12),
    "lakh": 5,
    "lakhs": 5,
    "crore": 7,
    "crores": 7,
}
_IN_WORDS = frozenset(
    {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
    | {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "dozen", "dozens", "half"}
)
_WORDS = re.compile(r"[^\W\d_]+")
_POWER = re.compile(r"\d\s*[⁰¹²³⁴⁵⁶⁷⁸⁹]")


def read(raw: str, field: Question) -> Reading:
    """The number of an answer: thousands separators, currency signs and units are left out.

    A single comma before exactly three digits separates thousands (1,234); any other is a decimal comma (3,5), also
    where it stands after a 0 (0,500): no group of thousands begins with 0. A date is no number: 5-Mar is not 5.
    """
    if len(raw) > 200:
        return invalid("too long for a number")
    if _POWER.search(raw):
        return invalid("a power, not a plain number")
    text = unwrap(plain_dashes(clean(raw)))
    text = "".join(str(int(c)) if c.isdecimal() and not c.isascii() else c for c in text)
    bare = _CURRENCY.sub("", text).strip()
    about = _ABOUT.search(bare)
    bare = bare[about.end() :] if about else bare
    number = _NUMBER.match(bare)
    if not number or not any(c.isdigit() for c in number[2]):
        return invalid(date_note(text) or "not a number")
    unit = bare[number.end() :].strip()
    if unit and (date := date_note(text)):
        return invalid(date)
    if any(c.isdecimal() for c in unit):
        return invalid("a range, a date or several numbers" if number[0] else "not a number")
    if len(unit) > 30:
        return invalid("a text, not a number")
    factor, unit = _size(unit)
    if not _IN_WORDS.isdisjoint(_WORDS.findall(unit.casefold())):
        return invalid("several numbers, some of them in words")
    value = _plain(number[1], number[2], number[3] or "", factor)
    if value is None:
        return invalid("not a number")
    left_out = f"'{unit}' is left out" if unit else ""
    return Reading(value, "valid", False, notes("given as about" if about else "", left_out))


def _size(unit: str) -> tuple[int, str]:
    """The power of ten that words behind a number say, and the words that are left.

    >>> _size("million people"), _size("m"), _size("m high"), _size("hundred thousand")
    ((6, 'people'), (6, ''), (0, 'm high'), (5, ''))
    """
    if (letter := unit.casefold().strip(".")) in _LETTERS:
        return _LETTERS[letter], ""
    power, left = 0, unit.split()
    while left and (more := _SIZES.get(left[0].casefold().strip(".,"))) is not None:
        power, left = power + more, left[1:]
    return power, " ".join(left)


def _plain(sign: str, digits: str, exponent: str, factor: int) -> str | None:
    """Shortest decimal notation; None where the digits are no number."""
    text = _with_point(digits.rstrip("."))
    if text is None:
        return None
    try:
        number = Decimal(f"{sign}{text}{exponent}").scaleb(factor)
    except InvalidOperation:
        return None
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "", "-") else plain


def _with_point(digits: str) -> str | None:
    """Digits with a decimal point and no other separator; None where a group of thousands begins with 0."""
    if _GROUPS.fullmatch(digits) or digits.count(".") > 1:
        return re.sub(r"[ ,'.]", "", digits) if digits[0] != "0" else _zero_before_comma(digits)
    if digits.rfind(",") > digits.rfind("."):
        whole, _, decimals = digits.rpartition(",")
        return re.sub(r"[ .']", "", whole) + "." + decimals
    return re.sub(r"[ ,']", "", digits)


def _zero_before_comma(digits: str) -> str | None:
    """The decimal comma of 0,500; None of 0,500,000 and 0 500."""
    whole, _, decimals = digits.partition(",")
    return f"{whole}.{decimals}" if decimals.isdecimal() else None


def guess(sample: ColumnSample) -> dict[str, str] | None:
    """No settings, where most answers are numbers and no codes."""
    return {} if sample.is_numeric(0.9) and not (sample.is_code or sample.is_called_code) else None


KIND = Kind(
    "number",
    read,
    near_miss=near_misses.number,
    guess=guess,
    settings=frozenset({"separator"}),
    is_quantity=True,
    damage="numbers",
)
