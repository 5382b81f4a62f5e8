"""Numbers with their words."""


def counted(number: int, one: str, several: str | None = None) -> str:
    """A number with its word.

    >>> counted(1, "row"), counted(1200, "row"), counted(2, "entry", "entries")
    ('1 row', '1,200 rows', '2 entries')
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
