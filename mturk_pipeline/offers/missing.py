"""Missing units: items that were to be answered and are not, or by fewer workers than wanted."""

import numpy as np
import pandas as pd

from mturk_pipeline.contracts.offers import MissingUnits
from mturk_pipeline.vocabulary.missing_states import NO_HIT, SHORT, UNANSWERED, UNDER_WAY, UNUSABLE
from mturk_pipeline.vocabulary.row_statuses import BACK_TO_CROWD, UNDECIDED
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_WORDS = {
    NO_HIT: "in the list, and no result file knows of a HIT: not uploaded yet, or nobody answered",
    UNDER_WAY: "sent: its answers are not in yet",
    UNUSABLE: "answered in rows that were set aside: mend them",
    UNANSWERED: "its HITs are over and nobody answered",
    SHORT: "its HITs are over and fewer answered than wanted",
}
_DOWNLOAD = "; if the batch was downloaded before their end, download it again: it is asked again a month after it"


def missing_units(
    items: pd.DataFrame, reviewed: pd.DataFrame | None, listed: pd.DataFrame | None, phase: PhaseSpec
) -> pd.DataFrame:
    """Items without a usable answer, and undecided ones with fewer answers than wanted.

    Parameters
    ----------
    items
        As `asked_items` gives them.
    reviewed
        Contract `Reviewed`: what is decided or has passed needs no more answers; what goes back anyway is no
        missing unit. None: nothing is decided.
    listed
        For a first phase the items to be asked (item_id); None for others, whose unsent items are still offered.

    Returns
    -------
    DataFrame
        Contract `MissingUnits`. `top_up` marks what can be asked again without buying an answer twice: HITs that
        are over and whose answers are all in, and, where the phase says until when batches are over, listed items
        that no file knows of and rows that were set aside.
    """
    wanted = items.index if listed is None else items.index.union(pd.Index(listed["item_id"]))
    table = items.reindex(wanted.rename("item_id"))
    table["attempt"] = table["attempt"].fillna(1)
    table["wanted"] = table["wanted"].fillna(phase.assignments_per_item)
    numbers = ["hits", "answers", "wanted", "attempt", "taken"]
    table[numbers] = table[numbers].fillna(0).astype("int64")
    truths = ["unusable", "over", "all_in", "closed", "under_way"]
    table[truths] = table[truths].astype("boolean").fillna(False).astype("bool")
    nothing = table["answers"] == 0
    fewer = ~nothing & (table["answers"] < table["wanted"]) & ~table.index.isin(_settled(reviewed))
    table = table[nothing | fewer]
    table["state"] = _state(table)
    by_day = table["state"].eq(NO_HIT) if phase.batches_closed_before else pd.Series(False, index=table.index)
    mended_by_nobody = table["state"].eq(UNUSABLE) & table["closed"]
    over = table["state"].isin([UNANSWERED, SHORT])
    table["top_up"] = (over & table["all_in"]) | by_day | mended_by_nobody
    reason = table["state"].map(_WORDS)
    table["reason"] = reason.mask(over & ~table["all_in"], reason + _DOWNLOAD)
    texts = dict.fromkeys(["item_id", "state", "reason"], "str")
    table["ends_at"] = pd.to_datetime(table["ends_at"], utc=True).astype("datetime64[us, UTC]")
    return (
        table.reset_index()[list(MissingUnits.names())]
        .astype(texts)
        .sort_values(["state", "item_id"], ignore_index=True)
    )


def items_of_phase(items: pd.DataFrame, listed: pd.DataFrame | None) -> int:
    """How many items were asked about, or are listed to be."""
    return len(items.index if listed is None else items.index.union(pd.Index(listed["item_id"])))


def _state(table: pd.DataFrame) -> np.ndarray:
    nothing = table["answers"] == 0
    known = (table["hits"] > 0) | (table["taken"] > 0)
    retaken = (table["taken"] >= table["attempt"]) & (table["taken"] > 0)
    conditions = [
        nothing & ~known,
        nothing & table["unusable"] & ~retaken,
        retaken | ~table["over"],
        nothing,
    ]
    return np.select(conditions, [NO_HIT, UNUSABLE, UNDER_WAY, UNANSWERED], SHORT)


def _settled(reviewed: pd.DataFrame | None) -> pd.Index:
    """Items of which no row waits, and items that a person sends back."""
    if reviewed is None:
        return pd.Index([])
    rows = reviewed.dropna(subset=["parent_item_id"])
    back = rows.loc[rows["status"].isin(BACK_TO_CROWD), "parent_item_id"]
    waiting = rows.loc[rows["status"] == UNDECIDED, "parent_item_id"]
    return pd.Index(rows["parent_item_id"].unique()).difference(pd.Index(waiting)).union(pd.Index(back.unique()))
