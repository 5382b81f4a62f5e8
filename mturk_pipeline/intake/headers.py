"""Header cells as column names: clean, unique, and stray index columns told apart."""

import re
from collections.abc import Sequence

# pandas writes a nameless index as "Unnamed: 0"; written and read again it becomes "Unnamed: 0.1".
_STRAY = re.compile(r"Unnamed: \d+(\.\d+)*( \(\d+\))?|index")


def clean_header(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Column names from header cells, and what had to be done to them, in words.

    A nameless column is called "Unnamed: <place>"; a repeated name gets " (2)".

    >>> clean_header(["HITId ", "", "Answer.a", "Answer.a"])[0]
    ['HITId', 'Unnamed: 1', 'Answer.a', 'Answer.a (2)']
    """
    names: list[str] = []
    notes: list[str] = []
    used: set[str] = set()
    for place, cell in enumerate(cells):
        name = " ".join(cell.replace("\ufeff", "").split()) or f"Unnamed: {place}"
        unique, n = name, 1
        while unique in used:
            n += 1
            unique = f"{name} ({n})"
        if n > 1 and not is_stray(name):
            notes.append(f"column '{name}' occurs more than once; this one is read as '{unique}'")
        used.add(unique)
        names.append(unique)
    return names, notes


def is_stray(name: str) -> bool:
    """Whether a column is left over from a table program: nameless, or a row index.

    >>> is_stray("Unnamed: 0.1"), is_stray("Input.index")
    (True, False)
    """
    return _STRAY.fullmatch(name) is not None
