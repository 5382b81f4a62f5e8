"""Completeness of a phase's lists, in the words of the phase."""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.completeness import completeness
from mturk_pipeline.trust.consensus import Fitted
from mturk_pipeline.trust.models.record_existence import listing_of


def list_completeness(fitted: Fitted, consensus: pd.DataFrame) -> pd.DataFrame:
    """One row for each item with a list, sorted by item; no rows where the phase asks for none.

    Columns item_id, workers, listed, accepted (records that pass without a look, by the first field that identifies
    them), richness, completeness, low, high: see `mturk_pipeline.trust.completeness`. The last four are missing under
    three workers.
    """
    lists, cells = fitted.ballots.lists, fitted.ballots.cells
    if not len(lists.asked_item):
        return pd.DataFrame(
            columns=["item_id", "workers", "listed", "accepted", "richness", "completeness", "low", "high"]
        )
    listing = listing_of(fitted.ballots, fitted.known.weight)
    width = int(lists.record.max(initial=0)) + 1
    key = list(fitted.phase.fields).index(fitted.phase.record_keys[0])
    passed = consensus["accepted"].to_numpy() & (cells.field == key) & (cells.element != "")
    accepted = np.isin(listing.item * width + listing.element, (cells.item * width + cells.record)[passed])
    table = completeness(listing, accepted)
    names = pd.Series(cells.item_id, index=cells.item).groupby(level=0).first()
    return table.assign(item=names.reindex(table["item"]).to_numpy()).rename(columns={"item": "item_id"})
