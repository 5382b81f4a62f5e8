"""The sheet of more fields: a row for each item and field for which the sheets of rows have no room."""

from itertools import groupby

import pandas as pd

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.review.columns_in_view import MORE_FIELDS
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.sheets.plans import Column, SheetPlan

MOST_CELLS = 100_000
# As many other answers as a drop-down offers at a glance.
MOST_PICKS = 6


def more_fields_sheet(book: ReviewBook) -> SheetPlan | None:
    """Values of the fields that stand on no other sheet, those of rows that wait first; what is empty is left out."""
    cells = book.more_cells
    if cells.empty:
        return None
    cells = cells.iloc[: _whole_rows(cells["item_id"].tolist())].reset_index(drop=True)
    picks = picks_of("value", cells["value"], cells["runners_up"])
    keys = [Column(key, cells[key].astype("str"), 30, "strong", links=True) for key in key_columns(book.phase)]
    marks = cells["mark"]
    columns = [
        Column("item_id", cells["item_id"], 18, "quiet"),
        Column("export", pd.Series(book.export, index=cells.index, dtype="str"), 18, "quiet", hidden=True),
        *keys,
        Column("stands_on", cells["stands_on"], 16, "quiet"),
        Column("field", cells["field"], 22, "strong"),
        Column(
            "value", cells["value"], 40, "wrapped", yours=True, links=_has_links(book), marks=marks,
            pick_from=tuple(pick.name for pick in picks),
        ),
        Column("runners_up", lines(cells["runners_up"]), 30, "wrapped", marks=marks.where(marks == "sure", "")),
        Column("trust", cells["trust"].round(2), 12, "share"),
        *picks,
    ]  # fmt: skip
    return SheetPlan(MORE_FIELDS, columns, frozen=2 + len(keys), tab="1F5FA8")


def more_fields_count(book: ReviewBook) -> str:
    """How many cells the sheet shows, in words; '' where there is none."""
    cells = book.more_cells
    if cells.empty:
        return ""
    shown = _whole_rows(cells["item_id"].tolist())
    rest = f"; the first {shown:,} are shown, the others come when these are decided" if shown < len(cells) else ""
    return f"{len(cells):,} values of {len(book.phase.fields) - len(book.in_view):,} fields{rest}"


def _whole_rows(item_ids: list[str]) -> int:
    """As many cells as there is room for, of whole items."""
    cells = 0
    for _, group in groupby(item_ids):
        size = len(list(group))
        if cells and cells + size > MOST_CELLS:
            break
        cells += size
    return min(cells, len(item_ids))


def _has_links(book: ReviewBook) -> bool:
    return any(KINDS[field.kind].is_link for field in book.phase.fields.values())


def picks_of(name: str, guesses: pd.Series, runners_up: pd.Series) -> list[Column]:
    """Hidden columns with what a drop-down offers: the best guess, the runners-up.

    They stand in the row itself, so that sorting keeps each offer with its row.
    """
    others = [list(map(str, values))[:MOST_PICKS] for values in runners_up]
    firsts = guesses.fillna("").tolist()
    offers = [list(dict.fromkeys([*([g] if g else []), *o])) for g, o in zip(firsts, others, strict=True)]
    most = max((len(o) for o in offers if len(o) > 1), default=0)
    return [
        Column(
            f"{name}_pick_{n + 1}",
            pd.Series([o[n] if len(o) > max(n, 1) else "" for o in offers], dtype="str"),
            hidden=True,
        )
        for n in range(most)
    ]


def lines(lists: pd.Series, between: str = "\n") -> pd.Series:
    """Each list as one text, a value a line."""
    return pd.Series([between.join(map(str, values)) for values in lists], index=lists.index, dtype="str")
