"""Several labels in one cell, as forms, programs and people write them."""

import ast
import json
import re
from collections.abc import Sequence
from typing import Any

SEPARATOR = "|"  # Between the labels of several boxes that one worker ticked
_LIST = re.compile(r"\s*[\[({].*[\])}]\s*", re.DOTALL)
# How such a text begins and ends: with the quote of its first or last label, which a label in brackets has not there.
_BEGUN = re.compile(r"[\[{]\s*(?:[\[{(]\s*)*[\"']|\[\s*(?:-?\d+(?:\.\d+)?|true|false|null|None)\s*(?:,[^\]]*)?$")
_ENDED = re.compile(r"[\"']\s*(?:[,:]\s*(?:true|false|null|None)\s*)?[\]}]+$")
MARKS = (SEPARATOR, "\n", ";", ",")


def parts_of(raw: str) -> tuple[list[str], str]:
    """The labels of a cell whose field has no choices, and the mark between them; "|" also for lists of programs.

    >>> parts_of("a|b"), parts_of("red, green"), parts_of("Well, it rained all day and we left.")
    ((['a', 'b'], '|'), (['red', 'green'], ','), (['Well, it rained all day and we left.'], ''))
    """
    text = raw.strip()
    if (found := listed(text)) is not None:
        return found, SEPARATOR
    if is_cut(text):
        return [text], ""
    for mark in MARKS:
        found = [part.strip() for part in text.split(mark) if part.strip()]
        if mark in text and (mark == SEPARATOR or are_words(found)):
            return found, mark
    return [text], ""


def are_words(found: Sequence[str]) -> bool:
    """Whether the parts are words or short phrases, not pieces of a sentence."""
    return all(len(part.split()) <= 3 for part in found)


def listed(text: str) -> list[str] | None:
    """The labels of a list or object that a form or program wrote; None where the text is none. null is no label.

    >>> listed("['bus', 'car']"), listed('{"bus": true, "car": false}'), listed('["bus", null]'), listed("bus")
    (['bus', 'car'], ['bus'], ['bus'], None)
    """
    if not _LIST.fullmatch(text):
        return None
    content = _parsed(text)
    if isinstance(content, dict):
        if not all(on is None or isinstance(on, bool) for on in content.values()):
            return None
        return [str(label) for label, on in content.items() if on]
    if isinstance(content, list | tuple | set) and all(v is None or isinstance(v, str | int | float) for v in content):
        return [str(v) for v in content if v is not None]
    return None


def is_cut(text: str) -> bool:
    """Whether a text is a piece of a list or object that a form or program wrote, or one that holds no plain labels.

    >>> [is_cut(text) for text in ('["bus", "ca', '{"bus": true', '"car"]', '[["bus"]]', "[1, 2", "['bus']", "[other]")]
    [True, True, True, True, True, False, False]
    """
    plain = text.strip()
    return bool(_BEGUN.match(plain) or _ENDED.search(plain)) and listed(plain) is None


def _parsed(text: str) -> Any:
    """The list or object that JSON or Python would read; None where neither can."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
