"""Yes or no. Value: 'yes' or 'no'."""

from mturk_pipeline.kinds import near_misses
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid
from mturk_pipeline.texts.plain_text import clean, unwrap, words

_YES = words("yes y true t 1 1.0 on checked selected yep yeah")
# By which a column shows itself: 1 and 0 are numbers as well.
_YES_NO = words("yes no true false y n")
_BOX = words("on true checked selected")  # what forms send for a ticked box, and nothing else
_NOT_TICKED = frozenset({"none", "nothing", "not ticked", "not checked", "not selected", "unticked"})
_NO = words("no n false f 0 0.0 off unchecked unselected nope")


def read(raw: str, field: Question) -> Reading:
    """Read the answer to a yes/no question, as people and forms write it (Yes, TRUE, 1, on)."""
    word = unwrap(clean(raw[:200])).casefold()
    if word in _YES or word in _NO:
        return Reading("yes" if word in _YES else "no", "valid")
    if field.checkbox and word in _NOT_TICKED:
        return Reading("no", "valid")
    if field.checkbox and word:
        return Reading("yes", "valid")  # the text that the form sends for a ticked box
    return invalid("neither yes nor no")


def guess(sample: ColumnSample) -> dict[str, object] | None:
    """No settings, where all answers are a yes or a no, and both occur; that it is one box, where only ticks occur."""
    if len(sample.counts) == 1 and set(sample.counts) <= _BOX:
        return {"checkbox": True}
    both = len(sample.counts) > 1 and set(sample.counts) <= _YES_NO
    return {} if both or set(sample.counts) == {"false"} else None


KIND = Kind("boolean", read, near_miss=near_misses.boolean, guess=guess, settings=frozenset({"checkbox"}))
