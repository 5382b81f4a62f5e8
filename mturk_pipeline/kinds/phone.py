"""Telephone numbers. Value: `+` and digits (E.164), an extension as ` ext. 12`.

A number of the field's region needs no country code. North American numbers are read here, fast; all others by
phonenumbers. A number that does not fit its country's numbering plan keeps a note: plans change, typing errors
too. Fillers (all digits the same, 123…) are never accepted.
"""

import re
from functools import cache
from typing import Any

from mturk_pipeline.kinds import near_misses
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid, notes
from mturk_pipeline.lazy import LazyModule
from mturk_pipeline.texts.irreparable_cells import SHORTENED, date_note, is_shortened
from mturk_pipeline.texts.plain_text import clean, has_control, plain_dashes, unwrap, words

phonenumbers: Any = LazyModule("phonenumbers")

_NORTH_AMERICA = words("US CA PR DO JM BS BB TT AG AI BM DM GD GU KN KY LC MP MS SX TC VC VG VI AS")
_LABEL = re.compile(
    r"(?:(?:tel|telephone|phone|ph|call|cell|mobile|office|voice|number|no|p|t|c|m)\b\s*[.:#-]*\s*)+",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"[\s,;]*(?:;ext=|\bext(?:ension|n)?\b[.:]?|x|#)\s*:?\s*(\d{1,7})$", re.IGNORECASE)
_COLUMN_WORDS = frozenset({"phone", "tel", "telephone", "mobile", "cell", "fax"})
_PHONE = re.compile(r"(tel:)?[+(]?\d[\d\s().\-/+x]{5,22}( ?ext\.? ?\d+)?", re.IGNORECASE)
_IN_E_NOTATION = re.compile(r"\d([.,]\d+)?e\+\d{2}")
# Where crowds and the clubs that they look up are at home; the first is a field's own unless it says another.
_REGIONS = ("US", "GB", "IN", "AU", "DE", "FR", "IT", "ES", "NL", "BR", "MX", "PH", "PK", "NG", "KE", "ZA", "JP", "IE")
_MARKED = re.compile(r"[0-9 ().+/\[\]\u00b7\u2022_~,-]*")
_MOST_DIGITS_OF_A_DATE = 8
_NO_DIGIT = re.compile("[^0-9]")
_SEQUENCES = ("01234567890123456789", "98765432109876543210")


def read(raw: str, field: Question) -> Reading:
    """The one number that an answer is or holds."""
    if len(raw) > 1000:
        return invalid("too long for a phone number")
    text = plain_dashes(clean(raw))
    if has_control(text):
        return invalid("control characters in the text")
    text = unwrap(text if text.isascii() else "".join(map(_plain_digit, text)))
    if label := _LABEL.match(text):
        text = text[label.end() :]
    text, extension = _without_extension(text)
    if not _MARKED.fullmatch(text):
        return _inside_text(text, extension, field)
    return _read_number(text, extension, field)


def _read_number(text: str, extension: str, field: Question) -> Reading:
    """A text of digits and the marks people put between them."""
    digits = _NO_DIGIT.sub("", text)
    if len(digits) <= _MOST_DIGITS_OF_A_DATE and (date := date_note(text)):
        return invalid(date)
    if len(digits) < 7:
        return invalid("too few digits for a phone number", suspicious=True)
    if len(set(digits)) == 1:
        return invalid("one digit repeated, not a phone number", suspicious=True)
    plus = text.lstrip(" (").startswith("+")
    national = _north_american(digits, plus, field.region)
    return _judge_national(national, extension) if national else _international(digits, plus, extension, field)


def _plain_digit(character: str) -> str:
    return str(int(character)) if character.isdecimal() else character


def _without_extension(text: str) -> tuple[str, str]:
    """The number before an extension, and the extension as values show it."""
    extension = _EXTENSION.search(text)
    if not extension:
        return text, ""
    return text[: extension.start()].rstrip(), f" ext. {extension[1].lstrip('0') or '0'}"


def _north_american(digits: str, plus: bool, region: str) -> str:
    """The ten digits of a North American number; '' where it is none. Accepts +1, 001, +001, 011 1 and 1."""
    here = region.upper() in _NORTH_AMERICA
    bare = digits.lstrip("0")
    if len(bare) == 11 and bare[0] == "1" and (plus or digits != bare or here):
        return bare[1:]
    if len(digits) == 14 and digits.startswith("0111") and here:
        return digits[4:]
    if len(digits) == 10 and here and not plus:
        return digits
    return ""


def _judge_national(number: str, extension: str) -> Reading:
    area, exchange = number[:3], number[3:6]
    sequence = any(number in s for s in _SEQUENCES)
    if area[0] in "01" or exchange[0] in "01":
        wrong = f"area code {area}" if area[0] in "01" else f"exchange {exchange}"
        return invalid(f"no North American number has {wrong}", suspicious=sequence or len(set(number)) < 3)
    doubt = ""
    if len(set(number[3:])) == 1 or sequence:
        doubt = "looks like a filler, not like a number"
    note = "" if _in_service(area) else f"area code {area} is not known to be in service"
    return Reading(f"+1{number}{extension}", "valid", bool(doubt), notes(doubt, note))


@cache
def _in_service(area: str) -> bool:
    return any(phonenumbers.is_valid_number(phonenumbers.parse(f"+1{area}{rest}")) for rest in ("2345678", "5550123"))


def _international(digits: str, plus: bool, extension: str, field: Question) -> Reading:
    text = f"+{digits.lstrip('0')}" if plus or digits.startswith("00") else digits
    region = field.region.upper()
    if len(digits) == 7 and not plus and region in _NORTH_AMERICA:
        return invalid("the area code is missing")
    if plus and len(digits) == 10 and region in _NORTH_AMERICA and not _is_real(text):
        reading = _judge_national(digits, extension)
        note = "a + without a country code is left out" if reading.value else ""
        return reading._replace(note=notes(reading.note, note))
    for _ in range(3):
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            return invalid("not a phone number of any country")
        before, text = text, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if text == before:
            break
    else:
        return invalid("not a phone number of any country")
    if not phonenumbers.is_possible_number(number):
        return invalid("too short or too long for a phone number of its country")
    if text.startswith("+1"):
        return _judge_national(text[2:], extension)
    doubt = "looks like a filler, not like a number" if len(set(text[3:])) == 1 else ""
    note = "" if phonenumbers.is_valid_number(number) else "does not fit the numbering plan of its country"
    return Reading(text + extension, "valid", bool(doubt), notes(doubt, note))


def _is_real(text: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


def _inside_text(text: str, extension: str, field: Question) -> Reading:
    """A number among words: taken where there is exactly one."""
    if damage := SHORTENED if is_shortened(text) else date_note(text):
        return invalid(damage)
    if sum(c.isdecimal() for c in text) < 7 and not re.search(r"\d{3}[ .-]?[A-Za-z]{3,}", text):
        return invalid("no phone number in it")
    if re.search(r"https?:|www\.|@", text, re.IGNORECASE):
        return invalid("a link or an e-mail address, not a phone number")
    numbers = {m.raw_string for m in phonenumbers.PhoneNumberMatcher(text, field.region.upper(), max_tries=20)}
    if not numbers:
        numbers = set(re.findall(r"(?<!\d)\(?\d{3}\)?[ .-]?\d{3}[ .-]?\d{4}(?!\d)", text))
    if len(numbers) > 1:
        return invalid(f"{len(numbers)} numbers in one answer")
    if not numbers:
        return _in_letters(text, extension, field)
    inner, inner_extension = _without_extension(numbers.pop())
    if not _MARKED.fullmatch(inner):
        return invalid("no phone number in it")
    reading = _read_number(inner, inner_extension or extension, field)
    return reading._replace(note=notes(reading.note, "taken out of the text around it"))


def _in_letters(text: str, extension: str, field: Question) -> Reading:
    """A number spelt with the letters of the keys: 1-800-FLOWERS."""
    if not re.fullmatch(r"[+1 .(-]*\d{3}[) .-]*(?=[^A-Za-z]*[A-Za-z]{3})[A-Za-z0-9-]{7,9}", text):
        return invalid("no phone number in it")
    reading = _read_number(phonenumbers.convert_alpha_characters_in_number(text), extension, field)
    return reading._replace(note=notes(reading.note, "was written in letters"))


def guess(sample: ColumnSample) -> dict[str, str] | None:
    """The usual region, where the column is called so and holds some numbers, or nothing."""
    fits = sample.is_mostly(_PHONE, 0.2) or sample.is_mostly(_IN_E_NOTATION, 0.2) or not sample.counts
    return {"region": _REGIONS[0]} if fits and _COLUMN_WORDS & sample.words else None


KIND = Kind(
    "phone",
    read,
    open=True,
    between=re.compile(r"\s*;\s+"),
    near_miss=near_misses.phone,
    guess=guess,
    settings=frozenset({"region", "separator"}),
    trials={"region": _REGIONS},
    personal=True,
    plain=r"\+[1-9]\d{9,14}",
    crm_column="Phone",
)
