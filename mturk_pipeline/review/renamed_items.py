"""Items of earlier workbooks whose id has changed, because keys or kinds changed: which row they are today."""

import pandas as pd

from mturk_pipeline.review.export_history import Exports
from mturk_pipeline.review.matching import KnownRows
from mturk_pipeline.review.person_values import match_keys
from mturk_pipeline.review.shown_values import HIT_IDS
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def renamed_items(exports: Exports, items: pd.DataFrame, known: KnownRows, phase: PhaseSpec) -> dict[str, str]:
    """Id then -> id now, of items that are the same: asked about in the same HITs, and for a record with its values.

    An item that became several, whose HITs are gone or asked about other items too, has none.
    """
    values = exports.values
    gone = values[~values["item_id"].isin(items["item_id"])]
    if gone.empty:
        return {}
    asked = gone[gone["field"] == HIT_IDS].sort_values("last").drop_duplicates("item_id", keep="last")
    hits = asked.assign(hit_id=asked["value"].str.split("\n")).explode("hit_id")
    now = items[["parent_item_id", "hit_ids"]].explode("hit_ids").drop_duplicates().dropna()
    # Of several items of a HIT nobody can tell which one it was.
    parent_of = now[~now["hit_ids"].duplicated(keep=False)].set_index("hit_ids")["parent_item_id"]
    hits["parent"] = hits["hit_id"].map(parent_of)
    known_hits = hits.dropna(subset=["parent"]).groupby("item_id")["parent"]
    single = known_hits.first()[known_hits.nunique() == 1]
    if not phase.record_fields:
        return {str(k): str(v) for k, v in single.items()}
    renamed: dict[str, str] = {}
    for name, table in known.by_record.items():
        # What the crowd said: a person's value is not what the record is called today.
        shown = gone[(gone["field"] == name) & gone["by_crowd"] & gone["item_id"].isin(single.index)]
        shown = shown.sort_values("last").drop_duplicates("item_id", keep="last")
        code = shown["item_id"].map(single).map(known.code_of_parent).astype("str")
        key = code + "\x1f" + match_keys(shown["value"], name, phase)
        once = table[~table["key"].duplicated(keep=False)].set_index("key")["item_id"]
        pairs = zip(shown["item_id"], key.map(once), strict=True)
        renamed = {**{str(k): str(v) for k, v in pairs if isinstance(v, str)}, **renamed}
    unlisted = items.loc[items["element"] == "", "item_id"]
    rest = {str(k): str(v) for k, v in single.items() if v in set(unlisted)}
    return {**rest, **renamed}
