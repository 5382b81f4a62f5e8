"""Where an id may stand in a text: runs of letters and digits, also percent-encoded or behind JSON escapes.

An id is a word of its own between white space, brackets and punctuation. In a link, an address, a path or any other
longer name it is a part of what that names.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{8,64}(?![A-Za-z0-9])")
_ESCAPE = re.compile(r"""%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[bfnrt"'/\\]""")
# In which a token with an escape in or before it stands.
_RUN = re.compile(r"[A-Za-z0-9%\\]{10,}")
_BREAKS = frozenset(" \t\r\n\f\v\u00a0\"'“”‘’<>()[]{}|,;")
_AROUND = ".:!?…*#@/\\-_~&=+%"
_OF_LINKS = re.compile(r"[/@]|^www\.|\?.*=", re.IGNORECASE)
_JOINTS = frozenset("-_.~+&%#\\")
_LETTERS_AND_DIGITS = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Token:
    """What may be an id.

    Attributes
    ----------
    name
        Its letters and digits.
    text, start, end
        Where it is written.
    plain, place
        The text without escapes, and where the token begins there.
    """

    name: str
    text: str
    start: int
    end: int
    plain: str
    place: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word of its own."""
        return is_word(self.plain, self.place, self.place + len(self.name))


def replace_tokens(text: str, in_place: Callable[[Token], str | None]) -> str:
    """`text` with `in_place(token)` for each token that may be an id; None leaves it.

    >>> replace_tokens("A2XYZ0ABCDEF %412XYZ0ABCDEF x.org/A2XYZ0ABCDEF", lambda token: "WK" if token.is_word else None)
    'WK WK x.org/A2XYZ0ABCDEF'
    """
    new = [(t.start, t.end, put) for t in tokens_of(text) if (put := in_place(t)) is not None]
    parts, last = [], 0
    for start, end, put in sorted(new):
        if start >= last:
            parts += [text[last:start], put]
            last = end
    return "".join([*parts, text[last:]]) if parts else text


def tokens_of(text: str) -> Iterator[Token]:
    """What may be an id: as it is written, and once escapes are undone."""
    for found in TOKEN.finditer(text):
        yield Token(found[0], text, *found.span(), text, found.start())
    yield from _escaped_tokens(text)


def written_in(text: str, ids_of: Callable[[set[str]], set[str]]) -> set[str]:
    """What of `text` is among the ids that `ids_of` finds in a set of names, as it is written there.

    >>> sorted(written_in("A2XYZ0ABCDEF, %412XYZ0ABCDEF, B2XYZ0ABCDEF", {"A2XYZ0ABCDEF"}.intersection))
    ['%412XYZ0ABCDEF', 'A2XYZ0ABCDEF']
    """
    tokens = set(TOKEN.findall(text))
    found = ids_of(tokens)
    # Where no id stands behind escapes, as in most texts, that is found out quickly.
    if _may_have_escapes(text) and ids_of(_roughly_escaped(text)):
        escaped = list(_escaped_tokens(text))
        ids = ids_of({token.name for token in escaped})
        found = found | {text[token.start : token.end] for token in escaped if token.name in ids}
    return found


def is_word(text: str, start: int, end: int) -> bool:
    """Whether what stands between two places of `text` is a word of its own.

    >>> [is_word(t, t.index("A1"), t.index("A1") + 2) for t in ("by A1.", "id=A1", "x/A1", "A1@x.org", "club-A1")]
    [True, True, False, False, False]
    """
    left, right = start, end
    while left and text[left - 1] not in _BREAKS:
        left -= 1
    while right < len(text) and text[right] not in _BREAKS:
        right += 1
    if text[left:right].strip(_AROUND) == text[start:end]:
        return True
    return not (_OF_LINKS.search(text[left:right]) or _joined(text[left:start][::-1]) or _joined(text[end:right]))


def _joined(beside: str) -> bool:
    """Whether what stands beside a token, read away from it, makes a longer name of it."""
    return beside[:1] in _JOINTS and _LETTERS_AND_DIGITS.match(beside, 1) is not None


def _escaped_tokens(text: str) -> Iterator[Token]:
    """Tokens that are there only once escapes are undone."""
    if not _may_have_escapes(text):
        return
    plain, written = _without_escapes(text)
    for found in TOKEN.finditer(plain):
        start, end = map(written, found.span())
        if not TOKEN.fullmatch(text, start, end):
            yield Token(found[0], text, start, end, plain, found.start())


def _may_have_escapes(text: str) -> bool:
    return "%" in text or "\\" in text


def _roughly_escaped(text: str) -> set[str]:
    """Names of tokens that are there once escapes are undone, perhaps others too; quick for much text."""
    runs = "\n".join(run for run in set(_RUN.findall(text)) if _may_have_escapes(run))
    return set(TOKEN.findall(_ESCAPE.sub(lambda m: _meant(m[0]), runs)))


def _without_escapes(text: str) -> tuple[str, Callable[[int], int]]:
    """`text` with each escape as the one character that it means, and where a place of that is in `text`."""
    parts, last = [], 0
    # After which places so many more characters are written than meant.
    places, surplus = [0], [0]
    for found in _ESCAPE.finditer(text):
        parts += [text[last : found.start()], _meant(found[0])]
        places.append(found.end() - surplus[-1] - len(found[0]) + 1)
        surplus.append(surplus[-1] + len(found[0]) - 1)
        last = found.end()
    return "".join([*parts, text[last:]]), lambda place: place + surplus[bisect_right(places, place) - 1]


@lru_cache(maxsize=5000)
def _meant(escape: str) -> str:
    """The one character for which an escape stands."""
    if escape[0] == "%":
        return chr(int(escape[1:], 16))
    if escape[1] == "u":
        return chr(int(escape[2:], 16))
    return escape[1] if escape[1] in "/\\" else " "
