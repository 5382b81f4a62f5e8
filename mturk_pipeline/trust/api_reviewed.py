"""Reviewed values in a plain frame, as truth for the cells of `mturk_pipeline.trust.api_answers`."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Bools, Floats
from mturk_pipeline.trust.api_answers import Frame, is_blank, none_tokens
from mturk_pipeline.trust.models.base import NO_VALUE, NOT_GIVEN, UNKNOWN
from mturk_pipeline.trust.truth import Truth


def read_reviewed(
    frame: Frame, reviewed: pd.DataFrame, none_values: Collection[object]
) -> tuple[Truth, tuple[str, ...]]:
    """The truth in `reviewed`, and notes on what could not be used.

    Of several rows for an item and field the last one counts; in lists each row names one of the right elements, and
    elements of these items that no row names are wrong. ValueError for a missing column, values that are lists, or an
    inclusion that is no probability.
    """
    _check(frame, reviewed)
    rows = _rows(frame, reviewed, none_values)
    known = rows[(rows["item"] >= 0) & (rows["field"] >= 0)]
    if not frame.questions.record_fields:
        known = known.drop_duplicates(["item", "field"], keep="last")
    cells, candidates = frame.ballots.cells, frame.ballots.candidates
    width, wide = max(len(frame.fields), 1), len(frame.values) + 1
    of_cell = cells.item * width + cells.field
    of_row = (known["item"] * width + known["field"]).to_numpy()
    has_value = known["has_value"].to_numpy()
    truth = np.where(np.isin(of_cell, of_row), NOT_GIVEN, UNKNOWN).astype(np.int64)
    nothing = np.setdiff1d(of_row[~has_value], of_row[has_value])
    truth[np.isin(of_cell, nothing) & (cells.record == 0)] = NO_VALUE
    value = known["value"].to_numpy()
    named = has_value & (value >= 0)
    given = of_cell[candidates.cell] * wide + candidates.value.astype(np.int64)
    right = np.flatnonzero(np.isin(given, of_row[named] * wide + value[named]))
    truth[candidates.cell[right]] = right
    drawn = pd.Series(known["inclusion"].to_numpy(), index=of_row)
    inclusion = drawn[~drawn.index.duplicated(keep="last")].reindex(of_cell).to_numpy(dtype=float)
    return Truth(truth, inclusion), _notes(rows, truth)


def _check(frame: Frame, reviewed: pd.DataFrame) -> None:
    if not isinstance(reviewed, pd.DataFrame):
        raise ValueError(f"reviewed is a DataFrame with the columns item and value, not {type(reviewed).__name__}")
    needed = {"item", "value"} | ({"field"} if len(frame.fields) > 1 else set())
    missing = needed - set(reviewed.columns)
    if missing:
        raise ValueError(f"reviewed lacks the columns {sorted(missing)}; it has {list(reviewed.columns)}")
    twice = set(reviewed.columns[reviewed.columns.duplicated()]) & {"item", "field", "value", "inclusion"}
    if twice:
        raise ValueError(f"reviewed has more than one column {min(twice)!r}; keep one")


def _rows(frame: Frame, reviewed: pd.DataFrame, none_values: Collection[object]) -> pd.DataFrame:
    """Reviewed rows as codes of the frame (-1: unknown there), and whether each confirms a value."""
    values = _index(reviewed, "value")
    empty = np.asarray(values.isna(), dtype=bool) | is_blank(values)
    says_none = np.asarray(values.isin(none_tokens(none_values)), dtype=bool)
    fields = pd.Index(frame.fields)
    of_field = fields.get_indexer(pd.Index(reviewed["field"].astype("str"))) if "field" in reviewed else 0
    return pd.DataFrame(
        {
            "item": frame.items.get_indexer(_index(reviewed, "item")),
            "field": of_field,
            "value": frame.values.get_indexer(values),
            "has_value": ~(empty | says_none),
            "inclusion": _inclusion(reviewed),
        }
    )


def _index(reviewed: pd.DataFrame, column: str) -> pd.Index:
    try:
        pd.factorize(reviewed[column])
    except TypeError:
        raise ValueError(f"reviewed: column {column!r} holds lists or the like; make texts or tuples of them") from None
    return pd.Index(reviewed[column], tupleize_cols=False)


def _inclusion(reviewed: pd.DataFrame) -> Floats:
    """Probability with which each row was drawn: 1 without the column, missing where it was not drawn by chance."""
    if "inclusion" not in reviewed:
        return np.ones(len(reviewed))
    is_filled: Bools = reviewed["inclusion"].notna().to_numpy(dtype=bool)
    inclusion = pd.to_numeric(reviewed["inclusion"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    bad = np.flatnonzero(is_filled & ~((inclusion > 0) & (inclusion <= 1)))
    if len(bad):
        wrong = reviewed["inclusion"].iloc[bad[0]]
        raise ValueError(f"reviewed: inclusion is a probability in (0, 1], or missing; row {bad[0]} has {wrong}")
    return inclusion


def _notes(rows: pd.DataFrame, truth: np.ndarray) -> tuple[str, ...]:
    """What makes decisions useless, such as numbers in one table that are texts in the other."""
    if not (truth != UNKNOWN).any():
        return (f"none of the {len(rows)} reviewed rows is about an item and field of the answers",)
    if rows["has_value"].any() and not (rows["value"] >= 0).any():
        return ("no answer holds any of the values that were found right",)
    return ()
