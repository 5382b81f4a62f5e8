"""Guesses of a field's kind from its column's name and answers."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mturk_pipeline.kinds import KINDS, SEPARATOR
from mturk_pipeline.kinds.column_sample import REMARK_WORDS, ColumnSample
from mturk_pipeline.texts.encoded import clean_source
from mturk_pipeline.texts.spreadsheet_errors import is_spreadsheet_error
from mturk_pipeline.workflow.field_spec import BLANK_TOKENS, NONE_TOKENS

_ANCHOR = re.compile(r"""<a\s[^<>]*?href\s*=\s*["']?([^"'\s<>]+).*""")
_MAILTO = re.compile(r"mailto:\s*(?://)?([^?]*).*")
_NOTHING = frozenset(BLANK_TOKENS) | frozenset(NONE_TOKENS)


@dataclass(frozen=True)
class Guess:
    """A field's kind, and the settings that go with it, such as the network of a handle."""

    kind: str
    settings: Mapping[str, str]


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
