"""Writes a phase's review files, and remembers what they showed."""

from typing import Protocol

import pandas as pd

from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.review.shown import SHOWN_COLUMNS
from mturk_pipeline.review.workbook import rest_csv, workbook_bytes

KEPT_EXPORTS = 50


class Writer(Protocol):
    """What writes into a project's folders, such as `ProjectWriter`."""

    def write(self, name: str, content: bytes) -> bool: ...

    def remove(self, name: str) -> bool: ...


def write_review(
    writer: Writer, folder: str, book: ReviewBook, shown: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[str]]:
    """Write `review_<phase>.xlsx` and, where it has no room for all, `review_<phase>_rest.csv`.

    Parameters
    ----------
    folder
        Where to, relative to the project.
    shown
        What earlier exports showed; None for none.

    Returns
    -------
    tuple
        `shown` with this export, to be kept and given to `read_reviewed`; and the names of the files.
    """
    name = f"{folder}/review_{book.phase_name}.xlsx"
    writer.write(name, workbook_bytes(book))
    written, rest, beside = [name], rest_csv(book), f"{folder}/review_{book.phase_name}_rest.csv"
    if rest is None:
        writer.remove(beside)
    else:
        writer.write(beside, rest)
        written.append(beside)
    return with_export(shown, book.shown), written


def with_export(shown: pd.DataFrame | None, export: pd.DataFrame) -> pd.DataFrame:
    """`shown` with `export` as its latest; more than `KEPT_EXPORTS` are not kept.

    Rows of an export that is no longer known are compared with what the crowd said in those that are.
    """
    if shown is None or shown.empty:
        return export
    before = shown[~shown["export"].isin(export["export"].unique())]
    kept = before["export"].unique()[-(KEPT_EXPORTS - 1) :]
    return pd.concat([before[before["export"].isin(kept)], export], ignore_index=True)[SHOWN_COLUMNS]


__all__ = ["KEPT_EXPORTS", "ReviewBook", "Writer", "with_export", "write_review"]
