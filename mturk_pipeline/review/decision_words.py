"""Words of a decision cell, any case: few, so that none is a guess."""

import re

WORDS: dict[str, tuple[str, ...]] = {
    "accept": ("accept", "accepted", "ok", "okay", "yes", "y", "x", "keep", "right", "correct", "✓", "✔"),
    "fix": ("fix", "fixed", "edit", "edited", "corrected"),
    "redo": ("redo", "repeat", "again", "rework"),
    "reject": ("reject", "rejected"),
    "drop": ("drop", "dropped"),
}
# Takes back what was decided before, whoever did: the row is as if nobody had looked at it.
UNDO = "undo"
BLANK = ("", "-", "--", "?", "undecided", "later")
_MEANING = {word: decision for decision, words in WORDS.items() for word in words}
_MEANING |= dict.fromkeys((UNDO, "undone", "reopen"), UNDO)


def decision_of(text: str) -> str | None:
    """The decision (a key of `WORDS`, or `UNDO`) that `text` says; '' for none, None for a word that is not known.

    >>> decision_of(" OK. "), decision_of("-"), decision_of("perhaps")
    ('accept', '', None)
    """
    word = " ".join(text.casefold().split())
    bare = re.sub(r"[.!]+$", "", word).strip()
    if word in BLANK or bare in BLANK:
        return ""
    return _MEANING.get(bare)
