"""One of several answers. Value: the choice as the field spells it; without `choices`, the text itself."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mturk_pipeline.answers.cleaning import clean, unwrap
from mturk_pipeline.answers.kinds.text import without_marks
from mturk_pipeline.answers.reading import Reading, invalid

if TYPE_CHECKING:
    from mturk_pipeline.workflow.field_spec import FieldSpec

_WHOLE_NUMBER = re.compile(r"([+-]?\d+)\.0+")


def read(raw: str, field: "FieldSpec") -> Reading:
    """The choice that an answer names, in any case and spacing; a file's 1.0 is the choice 1."""
    text = without_marks(clean(raw))
    if not text:
        return invalid("empty")
    if not field.choices:
        return Reading(text, "valid") if len(text) <= 2000 else invalid("too long for a choice")
    known = _choices(tuple(field.choices))
    for form in (text, unwrap(text), _WHOLE_NUMBER.sub(r"\1", text)):
        if key_of(form) in known:
            return Reading(known[key_of(form)], "valid")
    shown = ", ".join(field.choices[:6]) + (", …" if len(field.choices) > 6 else "")
    return invalid(f"not one of {shown}")


def key_of(value: str) -> str:
    """The choice in any case and spacing."""
    return clean(clean(value).casefold())


@lru_cache(maxsize=256)
def _choices(choices: tuple[str, ...]) -> dict[str, str]:
    return {key_of(c): c for c in reversed(choices)}
