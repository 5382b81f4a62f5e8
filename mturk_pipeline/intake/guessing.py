"""What kind of field an answer column is, guessed from its name and from what workers wrote in it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mturk_pipeline.intake.exploded import SEPARATOR
from mturk_pipeline.texts.encoded import clean_source
from mturk_pipeline.texts.plain_text import words as listed
from mturk_pipeline.texts.spreadsheet_errors import is_spreadsheet_error
from mturk_pipeline.workflow.field_spec import BLANK_TOKENS, NONE_TOKENS, KindName

NETWORKS = ("facebook", "instagram", "twitter", "linkedin", "youtube", "tiktok")
_EMAIL = re.compile(r"[^@\s]+@[\w-]+(\.[\w-]+)+")
_URL = re.compile(r"(https?://\S+( \S+){0,8}|(www\.)?([\w-]+\.)+[a-z]{2,12}(/(\S+( \S+){0,8})?)?)", re.I)
_ANCHOR = re.compile(r"""<a\s[^<>]*?href\s*=\s*["']?([^"'\s<>]+).*""")
_MAILTO = re.compile(r"mailto:\s*(?://)?([^?]*).*")
_PHONE = re.compile(r"(tel:)?[+(]?\d[\d\s().\-/+x]{5,22}( ?ext\.? ?\d+)?", re.I)
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)([.,]\d+)?(e[+-]?\d{1,2})?\s*%?")
_SHORTENED = re.compile(r"\d([.,]\d+)?e\+\d{2}")
_DIGITS = re.compile(r"\d+(-\d+)*")
_YES_NO = frozenset({"yes", "no", "true", "false", "y", "n"})
_NOTHING = frozenset(BLANK_TOKENS) | frozenset(NONE_TOKENS)
_PHONE_WORDS = frozenset({"phone", "tel", "telephone", "mobile", "cell", "fax"})
_URL_WORDS = frozenset({"url", "link", "website", "site", "homepage", "web"})
_EMAIL_WORDS = frozenset({"email", "mail", "emails"})
_NAME_WORDS = listed(
    "name person club organization organisation company title contact president chair treasurer secretary advisor "
    "adviser captain director city town"
)
# Digits under such a name are no quantity: nobody adds them up, and a leading 0 belongs to them.
_CODE_WORDS = listed("zip zipcode postcode postal plz code id ids isbn issn ext extension room ssn pin sku")
_REMARK_WORDS = frozenset({"feedback", "comment", "comments", "remark", "remarks", "suggestion", "suggestions"})


_COMING_BACK = 0.6  # of the answers of a choice are labels of several items
_USUAL = 3  # answers to each label, where there is one item only
_MOSTLY, _LED_BY_ZERO = 0.9, 0.05


@dataclass(frozen=True)
class Guess:
    """A field's kind, with the network of a handle and the separator of several choices in one cell."""

    kind: KindName
    network: str | None = None
    separator: str | None = None


def words_of(name: str) -> list[str]:
    """The words of a column's name, lower case.

    >>> words_of("contactName_1"), words_of("e-mail")
    (['contact', 'name'], ['email'])
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower().replace("e-mail", "email").replace("e_mail", "email")
    return re.findall(r"[a-z]+", spaced)


def is_remark(name: str) -> bool:
    """Whether a column asks for comments on the task, not about the item."""
    return bool(_REMARK_WORDS & set(words_of(name)))


def guess_kind(name: str, values: Iterable[str], items: int, asked: Sequence[object] | None = None) -> Guess:
    """The kind that most answers of a column fit.

    Parameters
    ----------
    name
        The column's name, without "Answer.".
    values
        All answers that are not blank, with repetitions.
    items
        How many items were asked about: a column with few values over many items is a choice.
    asked
        For each of `values` what was asked, such as its item: labels of a choice come back on other items, short
        open answers do not. Without it, only their number counts.

    >>> guess_kind("website", ["https://a.example.edu", "b.example.edu/x", "none"], 3).kind
    'url'
    >>> guess_kind("stance", ["For", "Against", "For", "For"], 4).kind
    'choice'
    """
    texts = list(values)
    plain = {text: _plain(text) for text in set(texts)}
    cells = [plain[text] for text in texts]
    counts = Counter(cells)
    words = set(words_of(name))
    network = next((n for n in NETWORKS if n in words), None)
    told = {v: n for v, n in counts.items() if v not in _NOTHING and not is_spreadsheet_error(v)}
    if told and set(told) <= _YES_NO and len(told) > 1:
        return Guess("boolean")
    if network:
        return Guess("handle", network)
    if _is(_EMAIL, told, 0.5) or (_EMAIL_WORDS & words and _is(_EMAIL, told, 0.2)):
        return Guess("email")
    if _PHONE_WORDS & words and (_is(_PHONE, told, 0.2) or _is(_SHORTENED, told, 0.2) or not told):
        return Guess("phone")
    if _is(_URL, told, 0.5) or (_URL_WORDS & words and (_is(_URL, told, 0.2) or not told)):
        return _guess_link(told)
    if _is_code(told):
        return Guess("text")
    numeric: KindName = "text" if _CODE_WORDS & words else "number"
    if not is_remark(name) and _is_choice(told, items) and _comes_back(told, cells, asked):
        separator = SEPARATOR if any(SEPARATOR in v for v in told) else None
        numbers = _is(_NUMBER, told, 0.95) and len(told) > 2 and not separator
        return Guess(numeric) if numbers else Guess("choice", separator=separator)
    if _is(_NUMBER, told, 0.9):
        return Guess(numeric)
    return Guess("name") if _NAME_WORDS & words and _is_short(told) else Guess("text")


def _plain(text: str) -> str:
    """An answer as its kind will read it: without what the source of a page adds.

    >>> _plain('<a href="mailto:Chess&#64;example.edu?subject=Hi%20there">mail</a>')
    'chess@example.edu'
    """
    plain = clean_source(text.replace("\u200b", ""), escapes=True).casefold()
    for pattern in (_ANCHOR, _MAILTO):
        plain = found[1].strip() if (found := pattern.fullmatch(plain)) else plain
    return " ".join(plain.split())


def _is(pattern: re.Pattern[str], told: dict[str, int], share: float) -> bool:
    """Whether at least `share` of the answers have the form."""
    total = sum(told.values())
    fitting = sum(n for v, n in told.items() if pattern.fullmatch(v.strip("<>.,;()\"'")))
    return bool(total) and fitting >= share * total


def _guess_link(told: dict[str, int]) -> Guess:
    """A link, or a handle where most links lead to one network."""
    for network in NETWORKS:
        at_home = sum(n for v, n in told.items() if f"{network}.com" in v)
        if at_home > 0.7 * sum(told.values()):
            return Guess("handle", network)
    return Guess("url")


def _is_choice(told: dict[str, int], items: int) -> bool:
    """Whether a few short answers come back again and again."""
    labels: Counter[str] = Counter()
    for value, number in told.items():
        labels.update(dict.fromkeys(value.split(SEPARATOR), number))
    if not labels or len(labels) > 20 or labels.total() < max(3, 2 * len(labels)):
        return False
    longest = max(len(v) for v in labels)
    return longest <= 20 or (longest <= 60 and len(labels) <= max(2, items // 3))


def _comes_back(told: dict[str, int], cells: Sequence[str], asked: Sequence[object] | None) -> bool:
    """Whether most answers are labels that were given to several items.

    Where all were asked about one item that cannot be seen: then at least two labels have to be usual.
    """
    if asked is None:
        return True
    where: dict[str, set[object]] = {}
    for cell, item in zip(cells, asked, strict=True):
        if cell in told:
            for label in cell.split(SEPARATOR):
                where.setdefault(label, set()).add(item)
    if len(set(asked)) < 2:
        return len(where) > 1 and sum(told.values()) >= _USUAL * len(where)
    several = sum(n for v, n in told.items() if any(len(where[label]) > 1 for label in v.split(SEPARATOR)))
    return several >= _COMING_BACK * sum(told.values())


def _is_code(told: dict[str, int]) -> bool:
    """Whether the answers are digits with leading zeros, which a number would lose.

    One such answer is enough where all have the same length (02107, 90210); else it takes some.
    """
    digits = {v: n for v, n in told.items() if _DIGITS.fullmatch(v)}
    total = sum(digits.values())
    if not total or total < _MOSTLY * sum(told.values()):
        return False
    led = sum(n for v, n in digits.items() if len(v) > 1 and v[0] == "0")
    return led > 0 and (len({len(v) for v in digits}) == 1 or led >= _LED_BY_ZERO * total)


def _is_short(told: dict[str, int]) -> bool:
    total = sum(told.values())
    return not total or sum(n for v, n in told.items() if len(v) <= 80) >= 0.8 * total
