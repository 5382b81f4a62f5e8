"""Several labels in one cell, as forms, programs and people write them."""

import ast
import json
import re
from collections.abc import Sequence
from typing import Any

SEPARATOR = "|"  # Between the labels of several boxes that one worker ticked
_LIST = re.compile(r"\s*[\[({].*[\])}]\s*", re.DOTALL)
MARKS = (SEPARATOR, "\n", ";", ",")


def parts_of(raw: str) -> tuple[list[str], str]:
    """The labels of a cell whose field has no choices, and the mark between them; "|" also for lists of programs.

    >>> parts_of("a|b"), parts_of("red, green"), parts_of("Well, it rained all day and we left.")
    ((['a', 'b'], '|'), (['red', 'green'], ','), (['Well, it rained all day and we left.'], ''))
    """
    text = raw.strip()
    if (found := listed(text)) is not None:
        return found, SEPARATOR
    for mark in MARKS:
        found = [part.strip() for part in text.split(mark) if part.strip()]
        if mark in text and (mark == SEPARATOR or are_words(found)):
            return found, mark
    return [text], ""


def are_words(found: Sequence[str]) -> bool:
    """Whether the parts are words or short phrases, not pieces of a sentence."""
    return all(len(part.split()) <= 3 for part in found)


def listed(text: str) -> list[str] | None:
    """The labels of a list or object that a form or program wrote; None where the text is none.

    >>> listed("['bus', 'car']"), listed('{"bus": true, "car": false}'), listed("bus")
    (['bus', 'car'], ['bus'], None)
    """
    if not _LIST.fullmatch(text):
        return None
    content = _parsed(text)
    if isinstance(content, dict):
        if not all(isinstance(on, bool) for on in content.values()):
            return None
        return [str(label) for label, on in content.items() if on]
    if isinstance(content, list | tuple | set) and all(isinstance(v, str | int | float) for v in content):
        return [str(v) for v in content]
    return None


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
