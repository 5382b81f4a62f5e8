"""Making a cell's text comparable: Unicode forms, invisible characters, spaces, wrappings."""

import re
import unicodedata

# Invisible characters that copying from pages and phones leaves in texts; they never carry meaning in a cell.
# U+202E (right-to-left override) is not among them: it is used to disguise texts, so it counts as a control.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202d\u2060-\u206f\ufeff]")
# Joiners have a meaning between letters of some scripts (and in emoji), none beside ASCII or at an end.
_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202e]")
_SPACES = re.compile(r"\s+")
_QUOTES = str.maketrans("\u2018\u2019\u201a\u201b\u2032\u201c\u201d\u201e\u201f\u2033", "'''''\"\"\"\"\"")
_DASHES = str.maketrans(dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"), "-"))
_PAIRS = {'"': '"', "'": "'", "<": ">", "(": ")", "[": "]", "{": "}", "\u00ab": "\u00bb", "`": "`", "*": "*"}


def clean(text: str) -> str:
    """`text` in Unicode form NFKC, without invisible characters, with single spaces and plain quotes.

    >>> clean(" Chess\\u200b\\u00a0 Club\\n")
    'Chess Club'
    """
    if not text.isascii():
        text = _fold_unicode(text)
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", text).strip()


def words(text: str) -> frozenset[str]:
    """The set of the words of `text`: how lists of known words are written."""
    return frozenset(text.split())


def has_control(text: str) -> bool:
    """Whether `text` holds control characters (or a direction override), which no person types."""
    return not text.isprintable() and _CONTROL.search(text) is not None


def without_control(text: str) -> str:
    """`text` without its control characters."""
    return _CONTROL.sub("", text)


_LAYERS = 60  # more brackets are junk, and each costs a look at the whole text


def unwrap(text: str) -> str:
    """`text` without the quotes, brackets and sentence punctuation around it.

    >>> unwrap('("https://example.edu/a_(b)").')
    'https://example.edu/a_(b)'
    """
    for _ in range(_LAYERS):
        if text[:1].isalnum() and text[-1].isalnum():
            break
        before = text
        text = text.strip().rstrip(".,;:!")
        if len(text) > 1 and _PAIRS.get(text[0]) == text[-1]:
            text = text[1:-1]
        elif text[:1] in _PAIRS and _PAIRS[text[0]] not in text[1:]:
            text = text[1:]
        elif text and text[-1] in "\"'>)]}\u00bb" and not _opened(text):
            text = text[:-1]
        if text == before:
            break
    return text


def plain_dashes(text: str) -> str:
    """`text` with every kind of hyphen and dash written as '-'."""
    return text if text.isascii() else text.translate(_DASHES)


def without_accents(text: str) -> str:
    """`text` without the accents of Latin letters; other scripts keep their marks.

    >>> without_accents("Café")
    'Cafe'
    """
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFKC", re.sub("[\u0300-\u036f]", "", parts))


def squeeze(text: str) -> str:
    """Letters and digits of `text` only, small and without accents: 'Café-Club 2' is 'cafeclub2'."""
    folded = without_accents(clean(text)).casefold()
    return "".join(c for c in folded if c.isalnum())


def _fold_unicode(text: str) -> str:
    """Repeated until nothing changes: taking a character away can bring two others together."""
    for _ in range(8):
        before = text
        text = _JOINERS.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).translate(_QUOTES)))
        if text == before:
            break
    return text


def _opened(text: str) -> bool:
    """Whether the closing mark that ends `text` was opened before."""
    close = text[-1]
    opening = {c: o for o, c in _PAIRS.items()}[close]
    return text.count(opening) >= text.count(close) if opening != close else text.count(close) % 2 == 0
