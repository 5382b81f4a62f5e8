"""Segments: audiences such as `predental` and `prehealth`, of which the more specific one keeps a lead."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mturk_pipeline.leads.lead_columns import OWN
from mturk_pipeline.texts.key_form import normalise_key
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import FIELD_MARK, KEY_MARK

CLASH_COLUMNS = ["lead_id", "rows", "segments"]


def segment_column(columns: Sequence[str], spec: LeadsSpec) -> str | None:
    """The column of the leads that says each row's segment; None where none is set or it is not there."""
    if spec.segment is None:
        return None
    called = (spec.segment, f"input_{spec.segment}", spec.segment + KEY_MARK, spec.segment + FIELD_MARK)
    names = [n for n in called if n not in OWN]
    return next((name for name in names if name in columns), None)


def segment_places(segments: pd.Series, priority: Sequence[str]) -> pd.Series:
    """Place of each row's segment in `priority`, compared in any case; one that is not named after all, none last.

    >>> segment_places(pd.Series(["Prehealth", None, "predental", "law"]), ["predental", "prehealth"]).tolist()
    [1, 3, 0, 2]
    """
    order = {normalise_key(name): place for place, name in reversed(list(enumerate(priority)))}
    codes, uniques = pd.factorize(segments.astype("str").fillna(""))
    normal = [normalise_key(u) for u in uniques]
    places = np.array([order.get(n, len(priority) + (n == "")) for n in normal], dtype=np.int64)
    return pd.Series(places.take(codes), index=segments.index)


def segment_lists(segments: pd.Series) -> pd.Series:
    """Each row's segment as a list of one, or of none."""
    texts = segments.astype("str").fillna("").str.strip().tolist()
    return pd.Series([[t] if t else [] for t in texts], index=segments.index, dtype=object)


def segment_clashes(leads: pd.DataFrame) -> pd.DataFrame:
    """Leads merged of more than two rows that were in different segments: columns lead_id, rows, segments.

    Two rows are a general list and a specific one; more are a list that was given in twice, or a wrong segment.
    """
    if "segments" not in leads:
        return pd.DataFrame({c: pd.Series([], dtype="str") for c in CLASH_COLUMNS})
    several = leads[(leads["merged"] > 2) & (leads["segments"].map(len) > 1)]
    texts = several["segments"].map("; ".join).astype("str")
    return pd.DataFrame({"lead_id": several["lead_id"], "rows": several["merged"], "segments": texts})
