"""Problems of reviewed files: each with its place and a remedy."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from mturk_pipeline.contracts.review import ReviewProblems


def problem(
    file: str, sheet: str | None, row: int | None, column: str | None, rule: str, reason: str
) -> dict[str, Any]:
    """One problem, as a row of the contract `ReviewProblems`."""
    return dict(zip(ReviewProblems.names(), (file, sheet, row, column, rule, reason), strict=True))


def repeated_column(file: str, sheet: str | None, column: str) -> dict[str, Any]:
    """A column that stands in a sheet twice."""
    reason = f"the column {column} stands there twice: neither was used; delete one or give it another name"
    return problem(file, sheet, None, column, "repeated_column", reason)


def problem_table(problems: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Problems as a table of contract `ReviewProblems`."""
    rows = list(problems)
    columns = ReviewProblems.columns().items()
    return pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=c.dtype) for name, c in columns})
