"""Yes or no. Value: 'yes' or 'no'."""

import re
from collections.abc import Callable, Sequence

from mturk_pipeline.kinds import near_misses
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid
from mturk_pipeline.texts.plain_text import clean, unwrap, words

_YES = words("yes y true t 1 1.0 on checked selected yep yeah")
# By which a column shows itself: 1 and 0 are numbers as well.
_YES_NO = words("yes no true false y n")
# What people type and forms do not send.
_TYPED = words("yes no y n yep yeah nope")
_BOX = words("on true checked selected")  # what forms send for a ticked box, and nothing else
_NO = words("no n false f 0 0.0 off unchecked unselected nope")
# What programs write for a box that is not ticked.
_NOT_TICKED = frozenset({"none", "nothing", "not ticked", "not checked", "not selected", "unticked"})
# What people write into a box's column, where a form would send its own text.
_AFFIRM = re.compile(
    r"(?:i |we )*(?:yes|agreed?|accept(?:ed)?|confirm(?:ed)?|consent(?:ed)?|approved?)(?:[\s,.;:(].*)?|"
    r"okay|ok|sure|ticked|correct|right|x|[✓✔☑☒✅]",
    re.DOTALL,
)
_DENY = re.compile(
    r"(?:.*\s)?(?:not|no|never|none|nothing|neither|without|cannot|\w+n['’]t|dont|cant|wont|disagree\w*|disapprove\w*|"
    r"declined?|refused?|rejected|den(?:y|ied)|incorrect|wrong|unticked)(?:[\s,.;:].*)?|[✗✘☐❌]|nay",
    re.DOTALL,
)
_HEDGE = re.compile(
    r"(?:.*\s)?(?:maybe|may be|perhaps|possibly|probably|likely|unsure|uncertain|unclear|unknown|undecided|idk|dunno|"
    r"undefined|sometimes|partly|partially|somewhat|depends|neutral|either|neither|yes (?:and|or) no|"
    r"(?:not|n['’]t) (?:\w+ )?"
    r"(?:sure|certain|clear|know|tell|decide)|\w+n['’]t (?:know|tell|decide|say)|no (?:idea|opinion|clue))"
    r"(?:[\s,.;:].*)?",
    re.DOTALL,
)
_BLANK = words("{} - -- — . ? n/a n.a. na nan null nil")
_LONGEST_DENIAL = 5  # words: a sentence is what stands beside the box on its form
_NEITHER = "neither yes nor no"


def read(raw: str, field: Question) -> Reading:
    """Read the answer to a yes/no question, as people and forms write it (Yes, TRUE, 1, on).

    Of a single box, what denies is a no, and what a form can have sent for a tick is a yes.
    """
    return _read(raw, field, others_are_ticks=True)


def read_among(texts: Sequence[str], field: Question) -> Callable[[str, Question], Reading]:
    """`read` for a column with these distinct texts: a form sends one text for a tick, and nobody types beside it.

    That text is a tick whatever it says: a box may ask for "None of the above". Where several texts stand that are no
    yes and no no, or one beside words that people write, they are words of people as well, and neither a yes nor a no.
    """
    forms = [_form(text) for text in texts] if field.checkbox else []
    only = {form for form in forms if form and form not in _BLANK}
    if len(only) == 1 and not only & (_YES | _NO | _NOT_TICKED) and _sense(min(only)) != "unclear":
        return lambda raw, field: Reading("yes", "valid") if _form(raw) in only else _read(raw, field, True)
    others = {form for form in forms if form and _sense(form) == "" and form not in _BLANK}
    typed = any(form in _TYPED or _sense(form) not in ("", "yes", "no") for form in forms)
    sent = len(others) == 1 and not typed
    return lambda raw, field: _read(raw, field, others_are_ticks=sent)


def _read(raw: str, field: Question, others_are_ticks: bool) -> Reading:
    word = _form(raw)
    if word in _YES or word in _NO:
        return Reading("yes" if word in _YES else "no", "valid")
    sense = _sense(word) if field.checkbox else "unclear"
    if sense in ("affirms", "denies"):
        return Reading("yes" if sense == "affirms" else "no", "valid")
    if word and sense == "" and others_are_ticks:
        return Reading("yes", "valid")  # the text that the form sends for a ticked box
    return invalid(_NEITHER)


def _form(raw: str) -> str:
    return unwrap(clean(raw[:200])).casefold()


def _sense(word: str) -> str:
    """What a text says of a box: yes, no, affirms, denies, unclear; '' where it may be the form's own text."""
    if word in _YES or word in _NO:
        return "yes" if word in _YES else "no"
    if _HEDGE.fullmatch(word):
        return "unclear"
    if _AFFIRM.fullmatch(word):
        return "affirms"
    return "denies" if len(word.split()) <= _LONGEST_DENIAL and _DENY.fullmatch(word) else ""


def guess(sample: ColumnSample) -> dict[str, object] | None:
    """No settings, where all answers are a yes or a no, and both occur; that it is one box, where only ticks occur."""
    if len(sample.counts) == 1 and set(sample.counts) <= _BOX:
        return {"checkbox": True}
    both = len(sample.counts) > 1 and set(sample.counts) <= _YES_NO
    return {} if both or set(sample.counts) == {"false"} else None


KIND = Kind(
    "boolean", read, read_among=read_among, near_miss=near_misses.boolean, guess=guess, settings=frozenset({"checkbox"})
)
