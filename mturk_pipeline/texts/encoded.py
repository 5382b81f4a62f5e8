"""Texts copied out of the source of a page: HTML entities and percent-encoding, undone."""

import re
from html import unescape
from html.entities import html5
from urllib.parse import unquote_to_bytes

from mturk_pipeline.texts.plain_text import clean

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_NESTED = re.compile(r"&(?:(?:amp|#0*38|#[xX]0*26);)+", re.IGNORECASE)
_ESCAPES = re.compile(r"(?:%[0-9a-fA-F]{2})+")


def without_entities(text: str) -> str:
    """`text` with its HTML entities as the characters that they stand for, however often they were escaped.

    Only entities that end in ';' count: `?a=1&copy=2` is a link's, not a copyright sign.

    >>> without_entities("Arts &amp;amp; Crafts &#39;caf&eacute;&#39;")
    "Arts & Crafts 'café'"
    """
    while "&" in text and ";" in text:
        before = text
        text = _ENTITY.sub(_character, _NESTED.sub("&", text))
        if text == before:
            break
    return text


def without_escapes(text: str) -> str:
    """`text` with its percent-encoding undone, however often it was done; what is no UTF-8 stays.

    >>> without_escapes("mailto%3Achess%2540example.edu%20")
    'mailto:chess@example.edu '
    """
    while "%" in text:
        before = text
        text = _ESCAPES.sub(_decoded, text)
        if text == before:
            break
    return text


def clean_source(text: str, *, escapes: bool = False) -> str:
    """`text` cleaned, without HTML entities and, with `escapes`, without percent-encoding.

    >>> clean_source("&nbsp;Chess&nbsp;&amp;amp; Go ")
    'Chess & Go'
    """
    text = clean(text)
    while ("&" in text and ";" in text) or (escapes and "%" in text):
        before = text
        text = without_entities(text)
        text = clean(without_escapes(text) if escapes else text)
        if text == before:
            break
    return text


def _character(entity: re.Match[str]) -> str:
    name = entity[0]
    return unescape(name) if name[1] == "#" or name[1:] in html5 else name


def _decoded(escapes: re.Match[str]) -> str:
    try:
        return unquote_to_bytes(escapes[0]).decode()
    except UnicodeDecodeError:
        return escapes[0]
