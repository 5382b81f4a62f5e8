"""Names of clubs, people and places. Value: the name, cleaned, in the case in which it was written.

Names are compared by `key_of`: any case, accents and punctuation.
"""

import re

from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid
from mturk_pipeline.kinds.text import doubts_about, without_marks
from mturk_pipeline.texts.encoded import clean_source
from mturk_pipeline.texts.irreparable_cells import DIGITS, damage_in
from mturk_pipeline.texts.plain_text import clean, has_control, plain_dashes, unwrap, without_accents, words

_LONGEST = 250
_APOSTROPHES = re.compile(r"['’`´.]")
_NO_LETTERS = re.compile(r"[\W_]+")
_LINK = re.compile(r"https?:|www\.[^ ]+\.|^\S+@\S+\.\S+$|^[^\s/]+\.(?:com|edu|org|net)(?:/\S*)?$", re.IGNORECASE)
_COLUMN_WORDS = words(
    "name person club organization organisation company title contact president chair treasurer secretary advisor "
    "adviser captain director city town"
)
# Typed to fill a field: no name of anything.
FILLERS = words(
    "asdf asd asdfg asdfgh qwerty test testing idk dunno unknown good nice ok okay yes no done error 404 x xx xxx "
    "abc abcd aaa blah foo bar something anything nothing name link website facebook instagram twitter email"
)


def read(raw: str, field: Question) -> Reading:
    """The name that an answer is; links, addresses and texts without letters are none."""
    if len(raw) > 8 * _LONGEST:
        return invalid("too long for a name")
    cleaned = clean(raw)
    text = without_marks(cleaned)
    while "&" in text and ";" in text and (plain := clean_source(text)) != text:
        text = without_marks(plain)
    if not any(c.isalnum() for c in text):
        return invalid("no letters in it")
    if len(text) > _LONGEST:
        return invalid("too long for a name")
    if _LINK.search(text):
        return invalid("a link or an e-mail address, not a name")
    doubt = doubts_about(text) or ("control characters in the text" if has_control(cleaned) else "")
    if unwrap(text).casefold() in FILLERS:
        doubt = "a filler, not a name"
    if not doubt and (text[0] in DIGITS or text[-1] in DIGITS):
        return Reading(text, "valid", False, damage_in(text))
    return Reading(text, "valid", bool(doubt), doubt)


def key_of(value: str) -> str:
    """The name in small letters without accents and punctuation, '&' as 'and'.

    >>> key_of("Women's Café & Tea-Club, Inc.")
    'womens cafe and tea club inc'
    """
    text = without_accents(plain_dashes(clean(value))).casefold().replace("&", " and ")
    key = " ".join(_NO_LETTERS.sub(" ", _APOSTROPHES.sub("", text)).split())
    return key or text


def guess(sample: ColumnSample) -> dict[str, str] | None:
    """No settings, where short answers stand in a column that is called so."""
    fits = _COLUMN_WORDS & sample.words and sample.is_short and not sample.is_code and not sample.is_numeric(0.9)
    return {} if fits else None


KIND = Kind(
    "name",
    read,
    open=True,
    key_of=key_of,
    guess=guess,
    settings=frozenset({"separator"}),
    is_name=True,
    record_order=3,
    width=26,
)
