"""Where the rows behind a lead stand: file, sheet and row, as a spreadsheet counts them."""

from itertools import chain

import numpy as np
import pandas as pd


def row_sources(reviewed: pd.DataFrame, assignments: pd.DataFrame, decisions: pd.DataFrame | None) -> pd.Series:
    """For each row of `reviewed` the list of places that it comes from.

    Parameters
    ----------
    reviewed, assignments, decisions
        Contracts Reviewed, Assignments and Decisions of one phase.

    Returns
    -------
    Series
        Lists such as `["Batch_1.csv, row 2", "Batch_1.csv, row 3"]`, one place per assignment; for a row that a
        person added, where it was added. Index as in `reviewed`.
    """
    lists = reviewed["assignment_ids"].tolist()
    lengths = np.array([len(ids) for ids in lists], dtype=np.int64)
    at = pd.Index(assignments["assignment_id"]).get_indexer(pd.Index(list(chain.from_iterable(lists)), dtype="str"))
    texts = np.append(place_texts(assignments).to_numpy(dtype=object), "")[at].tolist()
    ends = np.cumsum(lengths).tolist()
    starts = (np.cumsum(lengths) - lengths).tolist()
    found = [[t for t in texts[a:b] if t] for a, b in zip(starts, ends, strict=True)]
    if decisions is not None and len(decisions):
        found = [f or [*a] for f, a in zip(found, _added(reviewed["item_id"], decisions), strict=True)]
    return pd.Series(found, index=reviewed.index, dtype=object)


def place_texts(table: pd.DataFrame) -> pd.Series:
    """`source_file`, `source_sheet` and `source_row` of each row in words.

    >>> place_texts(pd.DataFrame({"source_file": ["a.xlsx"], "source_sheet": ["S1"], "source_row": [7]})).item()
    'a.xlsx, sheet S1, row 7'
    """
    sheets = table["source_sheet"].astype("str") if "source_sheet" in table else pd.Series(pd.NA, index=table.index)
    of_sheet = (", sheet " + sheets.astype("str")).fillna("")
    return table["source_file"].astype("str") + of_sheet + ", row " + table["source_row"].astype("str")


def _added(item_ids: pd.Series, decisions: pd.DataFrame) -> list[list[str]]:
    added = decisions[decisions["decision"] == "add"]
    places = place_texts(added).set_axis(pd.Index(added["item_id"]))
    places = places[~places.index.duplicated()].reindex(item_ids)
    return [[p] if isinstance(p, str) else [] for p in places.tolist()]
