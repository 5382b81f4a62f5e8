"""Free text. Value: the text, cleaned, with its case; compared in any case, without punctuation at its end."""

import re

from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid
from mturk_pipeline.texts.irreparable_cells import DIGITS, damage_in
from mturk_pipeline.texts.plain_text import clean, has_control, without_control
from mturk_pipeline.vocabulary.agreements import FREE_TEXT

_LONGEST = 32_767  # what a spreadsheet's cell holds
_MARKUP = re.compile(r"<\s*(?:script|iframe|img|svg|object|a|style|html)\b|<!\[CDATA\[|<!DOCTYPE", re.IGNORECASE)
_FORMULA = re.compile(r"[=@][A-Za-z]+\(|=[\d(+-]|[+-]\d+[+*/-]\d.*\||=.*![A-Z]")
_QUERY = re.compile(r"';\s*(?:drop|delete|insert|update|select)\b", re.IGNORECASE)


def read(raw: str, field: Question) -> Reading:
    """The text, cleaned; whatever it says, it is valid, with a note where a spreadsheet damaged it."""
    cleaned = clean(raw)
    text = without_marks(cleaned)
    if not text:
        return invalid("empty")
    if len(text) > _LONGEST:
        return invalid(f"longer than {_LONGEST} characters")
    doubt = doubts_about(text) or ("control characters in the text" if has_control(cleaned) else "")
    if not doubt and (text[0] in DIGITS or text[-1] in DIGITS):
        return Reading(text, "valid", False, damage_in(text))
    return Reading(text, "valid", bool(doubt), doubt)


def key_of(value: str) -> str:
    """The text in any case, without punctuation at its end."""
    return value.casefold().rstrip(" .,;:!") or value


def without_marks(text: str) -> str:
    """Cleaned text without control characters and the quotes around it."""
    for _ in range(8):
        before = text
        text = clean(without_control(text))
        if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'" and text[0] not in text[1:-1]:
            text = text[1:-1]
        if text == before:
            break
    return text


def doubts_about(text: str) -> str:
    """Why a text is dangerous rather than an answer; '' for nearly all."""
    if _MARKUP.search(text):
        return "markup, not a text"
    if _FORMULA.match(text):
        return "a spreadsheet formula, not a text"
    return "a database command, not a text" if _QUERY.search(text) else ""


def guess(sample: ColumnSample) -> dict[str, object] | None:
    """Whether one text is right: whatever no other kind claims is text."""
    return {"exact": sample.is_exact}


KIND = Kind(
    "text",
    read,
    inexact_agreement=FREE_TEXT,
    open=True,
    key_of=key_of,
    guess=guess,
    settings=frozenset({"exact", "separator"}),
    prose=True,
    damage="text",
    width=34,
)
