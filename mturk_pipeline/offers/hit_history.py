"""History of HITs: how often each item was asked about, and whether an answer is still under way."""

import pandas as pd

from mturk_pipeline.intake.ancestors import item_inputs
from mturk_pipeline.intake.sent_items import NOT_OF_OFFERS, OFFER_COLUMNS
from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.workflow.phase_spec import INPUT_MARK, PhaseSpec

# Whoever took a HIT just before it expired may still submit it.
GRACE = pd.Timedelta(days=1)
# No platform keeps a HIT open longer than a year: the end of one whose file does not tell it.
LONGEST_LIFE = pd.Timedelta(days=365)
# A download from before a HIT's end may lack answers. Whoever has not downloaded again so long after, has them all.
DOWNLOADED_AGAIN = pd.Timedelta(days=30)


def asked_items(
    hits: pd.DataFrame, taken: pd.DataFrame, phase: PhaseSpec, now: pd.Timestamp | None = None
) -> pd.DataFrame:
    """One row per item that the crowd was asked about, indexed by item_id.

    Parameters
    ----------
    hits
        As `hits_of_items` gives them.
    taken
        item_id and attempt of what people took of the offers (`TakenOffers.rows`, `offered_rows`).
    now
        The moment at which HITs have expired or not, UTC; by default this one.

    Returns
    -------
    DataFrame
        hits: number of its HITs.
        answers, wanted: assignments that count, over all HITs; the most that one HIT asked for (else the phase's
        redundancy).
        unusable: somebody answered, and the row was set aside.
        ends_at: when the last of its HITs ends, UTC: as its file says, else a year after it was sent.
        over: no more answers come to any of its HITs: they have ended, or were sent before the day that the phase gives
        (`batches_closed_before`); `closed` where it is so by that day alone.
        all_in: over, and no answer can have come in after the download: its batch has a time after its end, it ended
        long ago, or the phase says so.
        attempt: the next attempt: 1 + hits.
        taken: the latest attempt that a person took; 0 for none.
        under_way: that attempt was taken and its HIT is not in, or answers to a HIT without any may still come in.
    """
    moment = pd.Timestamp.now("UTC") if now is None else now
    closed = pd.Series(False, index=hits.index)
    if phase.batches_closed_before:
        closed = hits["sent_at"] < pd.Timestamp(phase.batches_closed_before, tz="UTC")
    ends = hits["expires_at"].fillna(hits["sent_at"] + LONGEST_LIFE)
    all_in = (
        closed | (hits["downloaded_after"] >= hits["expires_at"] + GRACE) | (moment >= ends + GRACE + DOWNLOADED_AGAIN)
    )
    over = all_in | (moment >= ends + GRACE)
    waiting = (hits["answers"] == 0) & ~all_in
    states = {"closed": closed, "over": over, "all_in": all_in, "waiting": waiting, "ends_at": ends}
    table = hits.assign(**states, wanted=hits["wanted"].astype("Int64"))
    how = {"hit_id": "size", "answers": "sum", "wanted": "max", "unusable": "max", "ends_at": "max"}
    items = table.groupby("item_id").agg(how | {"over": "min", "all_in": "min", "closed": "min", "waiting": "max"})
    items = items.rename(columns={"hit_id": "hits"})
    latest = taken.groupby("item_id")["attempt"].max()
    items = items.reindex(items.index.union(latest.index).rename("item_id"))
    items["taken"] = latest.reindex(items.index)
    items["wanted"] = items["wanted"].fillna(phase.assignments_per_item)
    numbers = dict.fromkeys(["hits", "answers", "wanted", "taken"], "int64")
    truths = dict.fromkeys(["unusable", "over", "all_in", "closed", "waiting"], "bool")
    items = items.fillna(dict.fromkeys(numbers, 0)).astype(numbers)
    items = items.astype(dict.fromkeys(truths, "boolean")).fillna(dict.fromkeys(truths, False)).astype(truths)
    items["attempt"] = items["hits"] + 1
    items["under_way"] = (items["taken"] >= items["attempt"]) | items.pop("waiting")
    return items


def inputs_of_items(
    assignments: pd.DataFrame, unused: pd.DataFrame, listed: pd.DataFrame | None, phase: PhaseSpec
) -> pd.DataFrame:
    """Inputs of each item asked about or listed, indexed by item_id: its keys first, without "Input.".

    The first answer's inputs count, in raw output and rows set aside (`unused_rows`); `listed` (item_id and plain
    columns) counts for items without a HIT. What numbered columns say of each slot stands under a name with `{i}`.
    """
    # Lists have these names: one column each, whether its name comes from the list or from results.
    own = {"Input.item_id": "Input.item_id" + INPUT_MARK}
    slots = slots_of(assignments, phase).rename(columns=own)
    parts = [item_inputs(slots).rename(columns={"parent_item_id": "item_id"})]
    named = unused.dropna(subset=["item_id"]).rename(columns=own)
    inputs = [c for c in named.columns if c.startswith("Input.")]
    parts.append(named[["item_id", *inputs]].rename(columns=lambda c: c.removeprefix("Input.")))
    if listed is not None:
        parts.append(listed)
    parts = [part.rename(columns=_as_raw_output_has_them(part.columns)) for part in parts]
    table = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True).drop_duplicates("item_id")
    table = table.set_index("item_id").drop(columns=list(OFFER_COLUMNS), errors="ignore").astype("str")
    keys = [k for k in phase.keys if k in table]
    return table[[*keys, *(c for c in table.columns if c not in keys)]]


def _as_raw_output_has_them(columns: pd.Index) -> dict[str, str]:
    """Columns that an offer had to mark, as lists and rows set aside have them -> their names in raw output, if free.

    >>> _as_raw_output_has_them(pd.Index(["club", "decision (input)", "item_id (input)"]))
    {'decision (input)': 'decision'}
    """
    plain = {column: column.removesuffix(INPUT_MARK) for column in columns if column.endswith(INPUT_MARK)}
    taken = {plain_name(column) for column in columns}
    wanted = NOT_OF_OFFERS - {"item_id"} - taken
    return {column: name for column, name in plain.items() if plain_name(name) in wanted}
