"""The same lead twice: merged where it is the same lead, flagged where only the value is the same."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import key_of
from mturk_pipeline.leads.lead_columns import LISTS
from mturk_pipeline.texts.key_form import normalise_key
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# How far a lead can be relied on: as for the best of its rows.
STANDING = ("rank", "status", "verified", "trust")


def identity(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """One text per row from `columns`, compared in any case, spacing and Unicode form."""
    joined = pd.Series("", index=table.index, dtype="str")
    for column in columns:
        joined = joined + _normal(table[column]) + "\x1f"
    return joined


def value_texts(leads: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """`value` as its field's kind compares it: addresses in any case, a facebook page with or without dots."""
    compared = np.full(len(leads), "", dtype=object)
    fields = leads["lead_subgroup"].to_numpy(dtype=object)
    values = leads["value"].to_numpy(dtype=object)
    for field in dict.fromkeys(fields.tolist()):
        kind, here = phase.fields[field].kind, fields == field
        codes, uniques = pd.factorize(values[here])
        compared[here] = np.array([normalise_key(key_of(u, kind)) for u in uniques], dtype=object)[codes]
    return pd.Series(compared, index=leads.index, dtype="str")


def _normal(column: pd.Series) -> pd.Series:
    codes, uniques = pd.factorize(column.astype("str").fillna("").to_numpy(dtype=object))
    normal = np.array([normalise_key(u) for u in uniques], dtype=object)
    return pd.Series(normal[codes], index=column.index, dtype="str")


def merge_duplicates(leads: pd.DataFrame, same: pd.Series, place: pd.Series | None = None) -> pd.DataFrame:
    """Merge rows of the same text in `same` into one lead; sort the best to the top before.

    Of each group the row with the lowest `place` stays, the best among equals; by default the best. `STANDING` is the
    best row's, `LISTS` (and `segments`, where there is one) hold what all of them held, `merged` how many they were.
    """
    codes = pd.factorize(same)[0]
    best = np.unique(codes, return_index=True)[1]
    stays = best
    if place is not None and len(leads):
        order = np.lexsort((np.arange(len(codes)), place.to_numpy(), codes))
        stays = order[np.unique(codes[order], return_index=True)[1]]
    kept = leads.iloc[stays].copy()
    for column in STANDING:
        kept[column] = leads[column].iloc[best].set_axis(kept.index)
    counts = np.bincount(codes, minlength=len(stays))
    kept["merged"] = counts
    several = np.flatnonzero(counts[codes] > 1)
    for column in (c for c in (*LISTS, "segments") if c in leads):
        lists = leads[column].to_numpy(dtype=object)
        united = lists[stays]
        for code, values in _united(lists[several].tolist(), codes[several].tolist()).items():
            united[code] = values
        kept[column] = pd.Series(united, index=kept.index, dtype=object)
    return kept


def _united(lists: Sequence[Iterable[str]], codes: Sequence[int]) -> dict[int, list[str]]:
    """The union of the lists of each code, in order of first appearance."""
    members: dict[int, dict[str, None]] = {}
    for code, values in zip(codes, lists, strict=True):
        members.setdefault(code, {}).update(dict.fromkeys(values))
    return {code: list(values) for code, values in members.items()}


def duplicate_leads(groups: pd.Series, values: pd.Series) -> pd.Series:
    """Whether each value (as `value_texts` gives it) stands in another row of its group too; never for a blank.

    >>> duplicate_leads(pd.Series(["e", "e", "f"]), pd.Series(["a@x.edu", "a@x.edu", "a@x.edu"])).tolist()
    [True, True, False]
    """
    return (groups + "\x1f" + values).duplicated(keep=False) & (values != "")
