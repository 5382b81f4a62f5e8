"""Header cells as column names: clean, unique, and stray index columns told apart."""

import re
from collections.abc import Callable, Iterator, Sequence

from mturk_pipeline.texts.spreadsheet_marks import without_damage

HEADER_WITHIN = 20  # rows: people put a title above their tables
# Whether a row with these column names is the header that a caller looks for.
IsHeader = Callable[[Sequence[str]], bool]
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
        name = " ".join(without_damage(cell).replace("\ufeff", "").split()) or f"Unnamed: {place}"
        unique, n = name, 1
        while unique in used:
            n += 1
            unique = f"{name} ({n})"
        if n > 1 and not is_stray(name):
            notes.append(f"column '{name}' occurs more than once; this one is read as '{unique}'")
        used.add(unique)
        names.append(unique)
    return names, notes


def first_header(records: Iterator[Sequence[str] | None], above: int) -> tuple[Sequence[str], int, list[int]]:
    """The first record with text below the first `above`, its row number, and the numbers of those with text above it.

    An empty record where there is none; `records` is left at the record below the header.
    """
    titles: list[int] = []
    for number, record in enumerate(records, 1):
        filled = any(cell.strip() for cell in record or ())
        if record and filled and number > above:
            return record, number, titles
        if filled:
            titles.append(number)
    return [], 0, titles


def records_above(records: Sequence[Sequence[str] | None], is_header: IsHeader | None) -> int | None:
    """How many of the first records stand above the header that `is_header` recognises; None where it does none."""
    for above, record in enumerate(records[:HEADER_WITHIN]):
        if is_header and record and any(record) and is_header(clean_header(record)[0]):
            return above
    return None


def title_notes(numbers: Sequence[int]) -> list[str]:
    """A line about the rows above the header that were left out, given their numbers; none where there are none."""
    if not numbers:
        return []
    rows = f"row {numbers[0]}" if len(numbers) == 1 else f"rows {', '.join(map(str, numbers))}"
    return [f"{rows} above the header: taken as a title and left out"]


def is_stray(name: str) -> bool:
    """Whether a column is left over from a table program: nameless, or a row index.

    >>> is_stray("Unnamed: 0.1"), is_stray("Input.index")
    (True, False)
    """
    return _STRAY.fullmatch(name) is not None


def is_nameless(name: str) -> bool:
    """Whether a column has the name that `clean_header` gives to one without a name."""
    return re.fullmatch(r"Unnamed: \d+", name) is not None
