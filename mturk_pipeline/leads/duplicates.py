"""The same lead twice: merged where it is the same lead, flagged where only the value is the same."""

from collections.abc import Iterable, Sequence

import pandas as pd

from mturk_pipeline.intake.item_ids import normalise_key

LISTS = ("hit_ids", "assignment_ids")


def identity(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """One text per row from `columns`, compared in any case, spacing and Unicode form."""
    joined = pd.Series("", index=table.index, dtype="str")
    for column in columns:
        codes, uniques = pd.factorize(table[column].astype("str").fillna(""))
        normal = pd.Series([normalise_key(u) for u in uniques], dtype="str")
        joined = joined + normal.take(codes).set_axis(table.index) + "\x1f"
    return joined


def merge_duplicates(leads: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Rows that are the same in `columns` (normalised) become one.

    The first of them stays (sort the best to the top before) and gets the HITs and assignments of all;
    `merged` says how many rows there were.
    """
    codes = pd.factorize(identity(leads, columns))[0]
    first = ~pd.Series(codes).duplicated().to_numpy()
    kept = leads.loc[first].copy()
    kept["merged"] = pd.Series(codes).value_counts().reindex(codes[first]).to_numpy()
    for column in LISTS:
        kept[column] = _united(leads[column].tolist(), codes.tolist(), len(kept))
    return kept.reset_index(drop=True)


def _united(lists: Sequence[Iterable[str]], codes: Sequence[int], n: int) -> list[list[str]]:
    """The union of the lists of each code, in order of first appearance."""
    found: list[dict[str, None]] = [{} for _ in range(n)]
    for code, values in zip(codes, lists, strict=True):
        found[code].update(dict.fromkeys(values))
    return [list(f) for f in found]


def duplicate_leads(leads: pd.DataFrame) -> pd.Series:
    """Whether each row's value stands in another row of its lead_group too, in any case; never for a blank.

    >>> table = pd.DataFrame({"lead_group": ["e", "e", "f"], "value": ["A@x.edu", "a@x.edu", "a@x.edu"]})
    >>> duplicate_leads(table).tolist()
    [True, True, False]
    """
    blank = leads["value"].astype("str").fillna("").str.strip() == ""
    return identity(leads, ["lead_group", "value"]).duplicated(keep=False) & ~blank
