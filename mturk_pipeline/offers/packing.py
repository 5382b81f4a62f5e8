"""Packing of items into HITs that ask about several: rows to upload, with numbered columns as results have them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mturk_pipeline.intake.sent_items import ANSWERS_WANTED, ATTEMPT, OFFER_ID, OFFER_IDS_END
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.slot_names import SLOT, numbered

USUAL_SLOTS = 10


def slots_to_fill(phase: PhaseSpec, seen: Sequence[int]) -> list[int]:
    """Numbers of the slots of a row to upload: as many as the phase says, else those `seen` so far, else ten.

    >>> phase = PhaseSpec(keys=["adj_{i}"], fields={"mood_{i}": {"kind": "text"}})
    >>> slots_to_fill(phase, [0, 1, 2]), len(slots_to_fill(phase, []))
    ([0, 1, 2], 10)
    """
    if phase.items_per_hit is None and seen:
        return sorted(seen)
    first = min(seen, default=1)
    return list(range(first, first + (phase.items_per_hit or USUAL_SLOTS)))


def of_slots(rows: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Rows of items whose columns, but for shared keys, all become numbered ones: they are named with `{i}`."""
    own = {*phase.keys, OFFER_ID, ATTEMPT, ANSWERS_WANTED}
    return rows.rename(columns={c: f"{c}_{SLOT}" for c in rows.columns if c not in own and SLOT not in c})


def packed(rows: pd.DataFrame, phase: PhaseSpec, slots: Sequence[int]) -> pd.DataFrame:
    """Rows of items as rows of HITs: a key `adj` and a column `tweet_{i}` become `adj_1`, `tweet_1`, `adj_2` …

    Items stand in one row where all other columns agree (they belong to the whole HIT), in the order of `rows`; slots
    that are left are blank. `offer_id` holds the ids of a row's items.
    """
    names = {c: phase.key_columns.get(c, c) for c in rows.columns}
    in_slots = [c for c, name in names.items() if SLOT in name]
    shared = [c for c in rows.columns if c not in in_slots and c != OFFER_ID]
    group = pd.factorize(pd.MultiIndex.from_frame(rows[shared].astype("str").fillna("")))[0] if shared else None
    group = pd.Series(np.zeros(len(rows), dtype=np.int64) if group is None else group)
    place = group.groupby(group).cumcount().to_numpy()
    hit = pd.factorize(pd.MultiIndex.from_arrays([group, place // len(slots)]), sort=True)[0]
    first = np.unique(hit, return_index=True)[1]
    columns = {c: rows[c].iloc[first].reset_index(drop=True) for c in shared}
    spread: dict[str, pd.Series] = {}
    for at, number in enumerate(slots):
        here = place % len(slots) == at
        for c in in_slots:
            cells = pd.Series(rows[c].to_numpy(dtype=object)[here], index=hit[here], dtype="str")
            spread[numbered(names[c], number)] = cells.reindex(range(len(first)))
    ordered = {numbered(names[c], number): None for c in in_slots for number in slots}
    out = pd.DataFrame({**{name: spread[name] for name in ordered}, **columns})
    if OFFER_ID in rows:
        out[OFFER_ID] = rows[OFFER_ID].astype("str").groupby(hit).agg(f"{OFFER_IDS_END} ".join).to_numpy()
    return out
