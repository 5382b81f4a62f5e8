"""Guesses of a field's kind from its column's name and answers."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from mturk_pipeline.kinds import KINDS, SEPARATOR
from mturk_pipeline.kinds.column_sample import REMARK_WORDS, ColumnSample
from mturk_pipeline.texts.encoded import clean_source
from mturk_pipeline.texts.plain_text import words
from mturk_pipeline.texts.spreadsheet_errors import is_spreadsheet_error
from mturk_pipeline.workflow.field_spec import BLANK_TOKENS, NONE_TOKENS

_ANCHOR = re.compile(r"""<a\s[^<>]*?href\s*=\s*["']?([^"'\s<>]+).*""")
_MAILTO = re.compile(r"mailto:\s*(?://)?([^?]*).*")
_BUTTON = words("submit submitbutton button btnsubmit")
_BEHAVIOUR = words(
    "start end starttime endtime begin begintime finish finishtime time times timer timing timestamp duration elapsed "
    "elapsedtime activetime timeactive worktime pagetime loadtime submittime accepttime timespent seconds milliseconds "
    "useragent browser platform screen screenwidth screenheight windowwidth windowheight imgwidth imgheight imagewidth "
    "imageheight width height clicks scrolls keystrokes ipaddress"
)
# A number, several, a moment, or what a browser says of itself.
_MEASURED = re.compile(
    r"[\d.,:;|\sxX+-]+(?:ms|s|px|am|pm)?|\d{4}-\d\d-\d\d[T ].*|(?:mon|tue|wed|thu|fri|sat|sun)\w*,?\s.*\d{4}.*|"
    r"mozilla/.*|undefined|nan|null|\{\}", re.IGNORECASE
)  # fmt: skip
_LOOKED_AT, _MOSTLY = 500, 0.95
_NOTHING = frozenset(BLANK_TOKENS) | frozenset(NONE_TOKENS)


@dataclass(frozen=True)
class Guess:
    """A field's kind, and the settings that go with it, such as the network of a handle."""

    kind: str
    settings: Mapping[str, Any]


def words_of(name: str) -> list[str]:
    """The words of a column's name, lower case.

    >>> words_of("contactName_1"), words_of("e-mail")
    (['contact', 'name'], ['email'])
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().replace("e-mail", "email").replace("e_mail", "email")
    return re.findall(r"[a-z]+", spaced)


def is_remark(name: str) -> bool:
    """Whether a column asks for comments on the task, not about the item."""
    return bool(REMARK_WORDS & set(words_of(name)))


def is_behaviour(name: str, cells: pd.Series) -> bool:
    """Whether a column holds what a page noted of its worker's behaviour, not an answer: times, sizes, its own button.

    >>> is_behaviour("starttime", pd.Series(["1492462000123"])), is_behaviour("start", pd.Series(["Main St."]))
    (True, False)
    """
    found = set(words_of(name)) | {re.sub(r"[^a-z]", "", name.lower())}
    texts = cells.dropna().astype("str").str.strip().drop_duplicates().head(_LOOKED_AT)
    if texts.empty:
        return False
    if _BUTTON & found:
        return len(texts) <= 2
    if not _BEHAVIOUR & found:
        return False
    return sum(_MEASURED.fullmatch(str(text)) is not None for text in texts) >= _MOSTLY * len(texts)


def guess_kind(name: str, values: Iterable[str], items: int, asked: Sequence[object] | None = None) -> Guess:
    """The kind that most answers of a column fit: the first that claims it.

    Parameters
    ----------
    name
        The column's name, without "Answer.".
    values
        All answers that are not blank, with repetitions; `asked` has for each what was asked, such as its item.
    items
        How many items were asked about.

    >>> guess_kind("website", ["https://a.example.edu", "b.example.edu/x", "none"], 3).kind
    'url'
    >>> guess_kind("stance", ["For", "Against", "For", "For"], 4).kind
    'choice'
    """
    texts = list(values)
    plain = {text: _plain(text) for text in set(texts)}
    cells = [plain[text] for text in texts]
    answers = {v: n for v, n in Counter(cells).items() if v not in _NOTHING and not is_spreadsheet_error(v)}
    sample = ColumnSample(frozenset(words_of(name)), answers, cells, items, asked, SEPARATOR)
    claims = ((kind.name, kind.guess(sample)) for kind in KINDS.values())
    return next(Guess(kind, settings) for kind, settings in claims if settings is not None)


def _plain(text: str) -> str:
    """An answer as its kind will read it: without what a page's source adds.

    >>> _plain('<a href="mailto:Chess&#64;example.edu?subject=Hi%20there">mail</a>')
    'chess@example.edu'
    """
    plain = clean_source(text.replace("\u200b", ""), escapes=True).casefold()
    for pattern in (_ANCHOR, _MAILTO):
        plain = match[1].strip() if (match := pattern.fullmatch(plain)) else plain
    return " ".join(plain.split())
