"""Problems of reviewed files: each with its place and a remedy."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

PROBLEM_COLUMNS = ["source_file", "source_sheet", "source_row", "column", "rule", "reason"]


def problem(
    file: str, sheet: str | None, row: int | None, column: str | None, rule: str, reason: str
) -> dict[str, Any]:
    """One problem, as a row of the contract `ReviewProblems`."""
    return dict(zip(PROBLEM_COLUMNS, (file, sheet, row, column, rule, reason), strict=True))


def problem_table(problems: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Problems as a table of contract `ReviewProblems`."""
    rows = list(problems)
    types = {c: "Int64" if c == "source_row" else "str" for c in PROBLEM_COLUMNS}
    return pd.DataFrame({c: pd.Series([row[c] for row in rows], dtype=kind) for c, kind in types.items()})
