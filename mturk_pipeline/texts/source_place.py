"""Places in people's files, in words: one wording for all messages and tables."""

import pandas as pd


def source_place(file: str, sheet: object = None, row: object = None) -> str:
    """A file, its sheet and the row as a spreadsheet counts it; missing parts are left out.

    >>> source_place("anna.xlsx", "review", 7), source_place("ben.csv", None, 3), source_place("ben.csv")
    ('anna.xlsx, sheet review, row 7', 'ben.csv, row 3', 'ben.csv')
    """
    parts = [file, *(f"{word} {part}" for word, part in (("sheet", sheet), ("row", row)) if not _is_missing(part))]
    return ", ".join(parts)


def source_places(table: pd.DataFrame) -> pd.Series:
    """`source_file`, `source_sheet` (where there is one) and `source_row` of each row of a table, in words.

    >>> source_places(pd.DataFrame({"source_file": ["a.xlsx"], "source_sheet": ["S1"], "source_row": [7]})).item()
    'a.xlsx, sheet S1, row 7'
    """
    sheets = table["source_sheet"] if "source_sheet" in table else pd.Series(pd.NA, index=table.index)
    of_sheet = (", sheet " + sheets.astype("str")).where(sheets.notna(), "")
    return table["source_file"].astype("str") + of_sheet + ", row " + table["source_row"].astype("str")


def _is_missing(part: object) -> bool:
    return part is None or part is pd.NA or part != part
