"""Provenance of leads: file, sheet and row of the rows behind them, as a spreadsheet counts them."""

from itertools import chain

import numpy as np
import pandas as pd

from mturk_pipeline.texts.source_place import source_places


def row_sources(reviewed: pd.DataFrame, assignments: pd.DataFrame, decisions: pd.DataFrame | None) -> pd.Series:
    """For each row of `reviewed` the list of places that it comes from; index as in `reviewed`.

    Lists such as `["Batch_1.csv, row 2", "Batch_1.csv, row 3"]`, one place per assignment; for a row that a person
    added, where it was added.
    """
    lists = reviewed["assignment_ids"].tolist()
    lengths = np.array([len(ids) for ids in lists], dtype=np.int64)
    at = pd.Index(assignments["assignment_id"]).get_indexer(pd.Index(list(chain.from_iterable(lists)), dtype="str"))
    texts = np.append(source_places(assignments).to_numpy(dtype=object), "")[at].tolist()
    ends = np.cumsum(lengths).tolist()
    starts = (np.cumsum(lengths) - lengths).tolist()
    places = [[t for t in texts[a:b] if t] for a, b in zip(starts, ends, strict=True)]
    if decisions is not None and len(decisions):
        places = [f or [*a] for f, a in zip(places, _added(reviewed["item_id"], decisions), strict=True)]
    return pd.Series(places, index=reviewed.index, dtype=object)


def _added(item_ids: pd.Series, decisions: pd.DataFrame) -> list[list[str]]:
    added = decisions[decisions["decision"] == "add"]
    places = source_places(added).set_axis(pd.Index(added["item_id"]))
    places = places[~places.index.duplicated()].reindex(item_ids)
    return [[p] if isinstance(p, str) else [] for p in places.tolist()]
