"""Yes or no. Value: 'yes' or 'no'."""

from typing import TYPE_CHECKING

from mturk_pipeline.answers.reading import Reading, invalid
from mturk_pipeline.texts.plain_text import clean, unwrap, words

if TYPE_CHECKING:
    from mturk_pipeline.workflow.field_spec import FieldSpec

_YES = words("yes y true t 1 1.0 on checked selected yep yeah")
_NO = words("no n false f 0 0.0 off unchecked unselected nope")


def read(raw: str, field: "FieldSpec") -> Reading:
    """The answer to a yes/no question, as people and forms write it (Yes, TRUE, 1, on)."""
    word = unwrap(clean(raw[:200])).casefold()
    if word in _YES or word in _NO:
        return Reading("yes" if word in _YES else "no", "valid")
    return invalid("neither yes nor no")
