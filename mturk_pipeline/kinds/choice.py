"""One of several answers. Value: the choice as the field spells it; without `choices`, the text itself."""

import re
from collections.abc import Sequence
from functools import lru_cache

from mturk_pipeline.kinds import near_misses
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid, notes
from mturk_pipeline.kinds.label_lists import SEPARATOR
from mturk_pipeline.kinds.text import without_marks
from mturk_pipeline.texts.encoded import without_entities
from mturk_pipeline.texts.irreparable_cells import DIGITS, SHORTENED, damage_in, date_note, is_shortened
from mturk_pipeline.texts.plain_text import clean, plain_dashes, unwrap
from mturk_pipeline.texts.spreadsheet_dates import choice_of_date

# A phase file's Yes and No are read as truth values, and so are a form's.
_TRUTH = {"true": "yes", "false": "no"}
_WHOLE_NUMBER = re.compile(r"([+-]?\d+)\.0+")


def read(raw: str, field: Question) -> Reading:
    """The choice that an answer names, in any case and spacing; a file's 1.0 is the choice 1.

    A date of which a spreadsheet can have made one choice only (5-Jan, of 1-5) is that choice.
    """
    text = without_marks(clean(raw))
    if not text:
        return invalid("empty")
    if not field.choices:
        damage = damage_in(text) if text[0] in DIGITS or text[-1] in DIGITS else ""
        if damage or len(text) > 2000:
            return invalid(damage or "too long for a choice")
        return Reading(text, "valid")
    known = _choices(tuple(field.choices))
    whole = _WHOLE_NUMBER.fullmatch(text)
    truth = _TRUTH.get(key_of(text), text)
    for form in (text, unwrap(text), whole[1] if whole else text, truth):
        if choice := known.get(key_of(form)):
            return Reading(choice, "valid")
    if (not text.isascii() or "&" in text) and (choice := known.get(key_of(plain_dashes(without_entities(text))))):
        return Reading(choice, "valid")
    if DIGITS.isdisjoint(text):
        return invalid(f"not one of {_shown(field.choices)}")
    return _dated(text, tuple(field.choices))


def key_of(value: str) -> str:
    """The choice in any case, spacing and Unicode form, with any kind of dash.

    >>> key_of(" Pro\u2013Life ") == key_of("pro-life")
    True
    """
    return clean(plain_dashes(clean(value)).casefold())


def _dated(text: str, choices: tuple[str, ...]) -> Reading:
    """The one choice that a spreadsheet can have turned into this date; else why there is none."""
    possible = choice_of_date(text, choices)
    if len(possible) == 1:
        return Reading(possible[0], "valid", False, f"a spreadsheet had made a date of it: {text[:30]}")
    if possible:
        return invalid(f"a date that a spreadsheet made of {' or '.join(possible)}: it is not known which")
    why = SHORTENED if is_shortened(text) else date_note(text)
    return invalid(notes(why, f"not one of {_shown(choices)}"))


def _shown(choices: Sequence[str]) -> str:
    return ", ".join(choices[:6]) + (", …" if len(choices) > 6 else "")


@lru_cache(maxsize=256)
def _choices(choices: tuple[str, ...]) -> dict[str, str]:
    """Each choice under the form in which it is compared; also with plain dashes, and without .0 as a file's column
    of whole numbers is read, where no other is written so."""
    plain = {key_of(plain_dashes(c)): c for c in reversed(choices)}
    whole = {w[1]: c for c in reversed(choices) if (w := _WHOLE_NUMBER.fullmatch(clean(c)))}
    return whole | plain | {key_of(c): c for c in reversed(choices)}


def problem(field: Question) -> str | None:
    """Why no answer could mean one of the `choices`, in one line; None where each can be meant."""
    labels: dict[str, str] = {}
    for label in field.choices:
        before = labels.setdefault(key_of(label), label)
        if before is not label:
            return f"'choices' names {before!r} and {label!r}, which are one answer: leave one of them out"
    return "'choices' names an empty text, which no answer can mean: leave it out" if "" in labels else None


def guess(sample: ColumnSample) -> dict[str, str] | None:
    """No settings, where few labels come back; None where they are numbers."""
    if sample.is_code or sample.is_remark or not sample.has_labels:
        return None
    return None if len(sample.counts) > 2 and sample.is_numeric(0.95) else {}


KIND = Kind(
    "choice",
    read,
    key_of=key_of,
    one_spelling_in="phase",
    separator=SEPARATOR,
    near_miss=near_misses.choice,
    guess=guess,
    problem=problem,
    settings=frozenset({"choices", "separator"}),
)
