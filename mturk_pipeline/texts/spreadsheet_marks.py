"""Marks that table programs leave in a text, which are no person's writing: taken out one text at a time."""

import re
from typing import Any

from mturk_pipeline.lazy import LazyModule

ftfy: Any = LazyModule("ftfy")

ENCODING, ESCAPE, CONTROL, FORMULA, QUOTE = (
    "accents mended that were read in a wrong code page",
    "a spreadsheet's _x000D_ taken out",
    "control characters taken out",
    'the formula around it (="…") taken off',
    "the apostrophe that a spreadsheet needs before digits taken off",
)
# Where there may be such a mark, but for a wrong code page.
SUSPECT = r"""[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|_x00[0-9A-Fa-f]{2}_|^\s*="|^\s*'\d"""
_FORMULA = re.compile(r'\s*="(.*)"\s*', re.DOTALL)
# Before digits, that they may be a text: nobody answers so.
_QUOTE = re.compile(r"\s*'(0\d*|\d{5,})")
# _x005F_ stands for the underscore of a text that only looks like an escape.
_ESCAPE = re.compile(r"_x005F(_x[0-9A-F]{4}_)|_x(00[01][0-9A-F]|007F)_(?:\r?\n)?", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
# A letter read in a wrong code page is two or more beyond ASCII; its second half can have become a space.
_WRONG_PAGE = re.compile("[^\x00-\x7f]{2}|[\u00c2\u00c3\u00e2] ")


def without_damage(text: str) -> str:
    """One text without marks that are no person's writing.

    >>> without_damage('="00123"'), without_damage("Chess_x000D_\\nClub")
    ('00123', 'Chess\\nClub')
    """
    return mend_text(text, prose=True)[0]


def mend_text(text: str, *, prose: bool) -> tuple[str, str]:
    """A text without marks, and what was undone, in words.

    Control characters go from prose only: in an address or a number they are a reason to doubt it.
    """
    what = []
    if formula := _FORMULA.fullmatch(text):
        text = formula[1].replace('""', '"')
        what.append(FORMULA)
    if quoted := _QUOTE.fullmatch(text):
        text = quoted[1]
        what.append(QUOTE)
    if "_x" in text and (mended := _ESCAPE.sub(_unescaped, text)) != text:
        text = mended
        what.append(ESCAPE)
    if not text.isascii() and _WRONG_PAGE.search(text) and (mended := ftfy.fix_encoding(text)) != text:
        text = mended
        what.append(ENCODING)
    if prose and not text.isprintable() and (mended := _CONTROL.sub("", text)) != text:
        text = mended
        what.append(CONTROL)
    return text, "; ".join(what)


def _unescaped(escape: re.Match[str]) -> str:
    """The character of an escape: a line end, a tab, or nothing; its own line end goes with it."""
    if escape[1]:
        return escape[1]
    return {"000D": "\n", "000A": "\n", "0009": "\t"}.get(escape[2].upper(), "")
