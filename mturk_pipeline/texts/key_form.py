"""The form in which keys and names of columns are compared."""

import re
import unicodedata

_LINK_START = re.compile(r"(?:https?://(?:www\.)?|www\.)(?=.)")
# A link without its start: a dot inside its host, no spaces, not an e-mail address.
_BARE_LINK = re.compile(r"[^\s/@.]+(?:\.[^\s/@.]+)+/[^\s@]*")


def normalise_key(text: str) -> str:
    """The form in which keys are compared: Unicode NFKC, any case, spaces collapsed, a link without its trimmings.

    People copy a link with or without scheme, `www.` and last slash: it names the same item.

    >>> normalise_key("  University of  EXAMPLE ")
    'university of example'
    >>> normalise_key("https://www.Example.edu/clubs/")
    'example.edu/clubs'
    >>> normalise_key("chess.example.edu/")
    'chess.example.edu'
    """
    plain = " ".join((text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold().split())
    if " " in plain or plain.isalnum():
        return plain
    if link := _LINK_START.match(plain):
        return plain[link.end() :].rstrip("/")
    return plain.rstrip("/") if _BARE_LINK.fullmatch(plain) else plain


def plain_name(name: object) -> str:
    """A column's name in the form in which names are compared: any case, '_' for spaces.

    >>> plain_name(" Phone  Number ")
    'phone_number'
    """
    return normalise_key(str(name)).replace(" ", "_")
