"""Several of many answers. Value: the labels, joined by "|": in the order of `choices`, else by the alphabet."""

import ast
import json
import re
from collections.abc import Sequence
from typing import Any

from mturk_pipeline.kinds import choice
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import SEPARATOR, Kind, Question, Reading, invalid, notes
from mturk_pipeline.texts.plain_text import clean
from mturk_pipeline.vocabulary.agreements import SET

_LIST = re.compile(r"\s*[\[({].*[\])}]\s*", re.DOTALL)
_MARKS = ("|", "\n", ";", ",")
_LONGEST = 20_000


def read(raw: str, field: Question) -> Reading:
    """The labels of a cell, each once; invalid where one of them is none of the field's `choices`.

    >>> from mturk_pipeline.workflow.field_spec import FieldSpec
    >>> read("['train', 'bus']", FieldSpec(kind="choices")).value
    'bus|train'
    """
    several = parts(raw, field)
    readings = [choice.read(part, field) for part in ([raw] if several is None else several) if clean(part)]
    if not readings:
        return invalid("empty")
    wrong = [r.note for r in readings if r.value is None]
    if wrong:
        return invalid(wrong[0])
    value = joined([r.value or "" for r in readings], field.choices)
    return Reading(value, "valid", False, notes(*dict.fromkeys(r.note for r in readings)))


def joined(labels: Sequence[str], choices: Sequence[str]) -> str:
    """Labels as one value, each once.

    >>> joined(["car", "bus", "car"], []), joined(["car", "bus"], ["train", "car", "bus"])
    ('bus|car', 'car|bus')
    """
    place = {label: n for n, label in enumerate(choices)}
    return SEPARATOR.join(
        sorted(set(labels), key=lambda label: (place.get(label, len(place)), label.casefold(), label))
    )


def labels_of(value: str) -> list[str]:
    """The labels of a value; none of ''.

    >>> labels_of("bus|car"), labels_of("")
    (['bus', 'car'], [])
    """
    return value.split(SEPARATOR) if value else []


def parts(raw: str, field: Question) -> Sequence[str] | None:
    """The labels in a cell as forms and programs write them; None where the cell is one label.

    They write "a|b", a list ('["a", "b"]', "['a', 'b']"), an object of truth values ('{"a": true, "b": false}'), a
    label a line, or labels with ";" or "," between them. A mark that stands in one of the field's `choices` separates
    nothing, nor does a comma where the field has no choices and what stands around it is a sentence.
    """
    text = raw.strip()
    if len(text) > _LONGEST:
        return None
    listed = _listed(text) if _LIST.fullmatch(text) else None
    if listed is not None:
        return listed
    known = {choice.key_of(c) for c in field.choices}
    if choice.key_of(text) in known:
        return None
    for mark in _MARKS:
        found = [part for part in text.split(mark) if part.strip()]
        if mark not in text or any(mark in c for c in field.choices):
            continue
        if mark in "|\n" or (known and {choice.key_of(p) for p in found} <= known) or (not known and _are_words(found)):
            return found
    return None


def parts_of(raw: str) -> tuple[list[str], bool]:
    """The labels of a cell whose field has no choices, and whether a form or program wrote them as a list.

    >>> parts_of("a|b"), parts_of("red, green"), parts_of("Well, it rained all day and we left.")
    ((['a', 'b'], True), (['red', 'green'], False), (['Well, it rained all day and we left.'], False))
    """
    text = raw.strip()
    listed = _listed(text) if _LIST.fullmatch(text) else None
    if listed is not None:
        return listed, True
    for mark in _MARKS:
        found = [part.strip() for part in text.split(mark) if part.strip()]
        if mark in text and (mark == SEPARATOR or _are_words(found)):
            return found, mark == SEPARATOR
    return [text], False


def _are_words(found: Sequence[str]) -> bool:
    """Whether the parts are words or short phrases, not pieces of a sentence."""
    return all(len(part.split()) <= 3 for part in found)


def _listed(text: str) -> list[str] | None:
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


def guess(sample: ColumnSample) -> dict[str, Any] | None:
    """No settings, where labels come back and several of them stand in a cell."""
    if sample.is_remark or not sample.has_several:
        return None
    return {}


KIND = Kind(
    "choices",
    read,
    agreement=SET,
    parts=parts,
    key_of=choice.key_of,
    one_spelling_in="phase",
    near_miss=choice.KIND.near_miss,
    guess=guess,
    plural="sets",
    width=26,
)
