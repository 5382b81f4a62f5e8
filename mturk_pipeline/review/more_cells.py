"""Cells of the fields that have no column on the sheets of rows, below each other."""

from collections.abc import Sequence

import numpy as np
import pandas as pd


def more_cells(
    rows: pd.DataFrame,
    doubtful: Sequence[frozenset[str] | None],
    fields: Sequence[str],
    keys: Sequence[str],
    *,
    grey: bool,
) -> pd.DataFrame:
    """One row for each cell of `fields` in `rows` that holds, or may hold, anything; row by row.

    Parameters
    ----------
    rows
        With the fields as their cells show them, and, where they have them, `f_trust`, `f_runners_up` and `blind`.
    doubtful
        The doubtful fields of each row; None where that is not to be shown.
    grey
        Whether cells are marked that are sure.

    Returns
    -------
    DataFrame
        Columns item_id, the keys, field, value, runners_up (list), trust, mark ('sure', 'doubtful' or '').
    """
    values = _matrix([rows[f].fillna("").to_numpy(dtype=object) for f in fields], len(rows), object)
    nothing = np.array([[] for _ in rows.index] + [None], dtype=object)[:-1]
    others = [rows[f"{f}_runners_up"].to_numpy(dtype=object) if f"{f}_runners_up" in rows else nothing for f in fields]
    runners_up = _matrix(others, len(rows), object)
    unknown = np.full(len(rows), np.nan)
    trusts = [rows[f"{f}_trust"].to_numpy(dtype=float) if f"{f}_trust" in rows else unknown for f in fields]
    trust = _matrix(trusts, len(rows), float)
    told = np.array([each is not None for each in doubtful], dtype=bool)[:, None]
    doubts = _matrix([np.array([f in (each or ()) for each in doubtful]) for f in fields], len(rows), bool)
    sure = told & ~doubts & ~np.isnan(trust) & (values != "") & grey
    has_others = np.array([[len(each) > 0 for each in row] for row in runners_up], dtype=bool).reshape(values.shape)
    at, place = np.nonzero((values != "") | has_others | doubts)
    if "blind" in rows:
        trust = np.where(rows["blind"].to_numpy(dtype=bool)[:, None], np.nan, trust)
    about = rows[["item_id", *keys]].iloc[at].reset_index(drop=True)
    texts = {
        "field": np.array(fields, dtype=object)[place],
        "value": values[at, place],
        "mark": np.select([doubts, sure], ["doubtful", "sure"], "").astype(object)[at, place],
    }
    cells = pd.DataFrame({name: pd.Series(column, dtype="str") for name, column in texts.items()})
    cells["runners_up"], cells["trust"] = pd.Series(runners_up[at, place], dtype=object), trust[at, place]
    return pd.concat([about, cells], axis=1)


def _matrix(columns: list[np.ndarray], rows: int, dtype: type) -> np.ndarray:
    out = np.empty((rows, len(columns)), dtype=dtype)
    for place, column in enumerate(columns):
        out[:, place] = column
    return out
