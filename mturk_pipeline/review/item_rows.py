"""Rows of items that a phase's answers are about, one per item or record; reviewed files are read against them."""

import numpy as np
import pandas as pd

from mturk_pipeline.folders.atomic_files import digest
from mturk_pipeline.intake.item_ids import row_ids
from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.workflow.phase_spec import PhaseSpec

HIT_KEY = "hit_id"
ROW = ["item_id", "element"]


def key_columns(phase: PhaseSpec) -> tuple[str, ...]:
    """The columns that say which item a row is about: the phase's keys; `hit_id` where it names none."""
    return tuple(phase.keys) or (HIT_KEY,)


def item_rows(answers: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """One row per item, or per record of an item's list, sorted by item and element.

    Contract `Items`. Beside its columns one per key (`hit_id` for a phase without keys), and one per key field of
    records, with the value that most workers gave it. An item for which nobody listed a record has one row, with
    element ''.
    """
    assignments = slots_of(assignments, phase)
    rows = _rows(answers, assignments, phase)
    keys = _keys(assignments, phase).reindex(rows["parent_item_id"]).set_axis(rows.index)
    records = [_most_given(answers, rows, name) for name in phase.record_keys if phase.record_fields]
    return pd.concat([rows, keys, *records, _origins(rows, answers, assignments), _given(answers, rows)], axis=1)


def _rows(answers: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Which rows there are: item_id, parent_item_id, element."""
    items = pd.DataFrame({"item_id": assignments["item_id"].drop_duplicates(), "element": ""})
    if phase.record_fields:
        listed = answers.loc[answers["element"] != "", ROW].drop_duplicates()
        unlisted = items[~items["item_id"].isin(listed["item_id"])]
        items = pd.concat([listed[listed["item_id"].isin(items["item_id"])], unlisted])
    items = items.astype("str").sort_values(ROW, ignore_index=True)
    ids = row_ids(items["item_id"], items["element"])
    return pd.DataFrame({"item_id": ids, "parent_item_id": items["item_id"], "element": items["element"]})


def _keys(assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Key columns per item, as the item's first answer has them; indexed by item_id."""
    first = _by_time(assignments).drop_duplicates("item_id").set_index("item_id")
    columns = [f"Input.{k}" for k in phase.keys] or [HIT_KEY]
    return first.reindex(columns=columns).set_axis(list(key_columns(phase)), axis=1).astype("str")


def _by_time(assignments: pd.DataFrame) -> pd.DataFrame:
    return assignments.sort_values(["submitted_at", "assignment_id"], kind="stable", na_position="last")


def _places(rows: pd.DataFrame) -> pd.MultiIndex:
    """What each of `rows` is about, in the words of answers: item and element."""
    return pd.MultiIndex.from_frame(rows[["parent_item_id", "element"]], names=ROW)


def _most_given(answers: pd.DataFrame, rows: pd.DataFrame, field: str) -> pd.Series:
    """The value of `field` that most workers gave each record, the first in the alphabet of several; missing: none."""
    given = answers[(answers["field"] == field) & (answers["state"] == "valid")]
    counts = given.groupby([*ROW, "value"])["worker"].nunique().reset_index(name="workers")
    best = counts.sort_values(["workers", "value"], ascending=[False, True]).drop_duplicates(ROW)
    values = best.set_index(ROW)["value"].reindex(_places(rows))
    return pd.Series(values.to_numpy(dtype=object), index=rows.index, dtype="str", name=field)


def _origins(rows: pd.DataFrame, answers: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """The HITs and assignments behind each row, in order of time: all of an item's, or those that list a record."""
    ordered = _by_time(assignments)[["item_id", "assignment_id", HIT_KEY]]
    whole = ordered.assign(element="")
    listed = answers.loc[answers["element"] != "", [*ROW, "assignment_id"]].drop_duplicates()
    listing = ordered.merge(listed, on=["item_id", "assignment_id"])
    behind = pd.concat([whole, listing], ignore_index=True)
    places = _places(rows)
    hits = gathered(behind[[*ROW, HIT_KEY]].drop_duplicates(), ROW, HIT_KEY).reindex(places)
    copies = gathered(behind, ROW, "assignment_id").reindex(places)
    table = pd.DataFrame({"hit_ids": as_lists(hits), "assignment_ids": as_lists(copies)}).set_axis(rows.index)
    return table.assign(answers=table["assignment_ids"].map(len).astype("int64"))


def _given(answers: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """A digest of the different values that each row's record, and its item, were given."""
    valid = answers.loc[answers["state"] == "valid", [*ROW, "field", "value"]].drop_duplicates()
    valid = valid.sort_values([*ROW, "field", "value"])
    texts = gathered(valid.assign(text=valid["field"] + "\x1f" + valid["value"]), ROW, "text").map("\x1e".join)
    of_item = texts.reindex(pd.MultiIndex.from_arrays([rows["parent_item_id"], [""] * len(rows)], names=ROW))
    of_record = texts.reindex(_places(rows)).where((rows["element"] != "").to_numpy())
    both = of_item.fillna("").to_numpy(dtype=object) + "\x1d" + of_record.fillna("").to_numpy(dtype=object)
    digests = [digest(text.encode("utf-8", "replace"))[:16] for text in both]
    return pd.Series(digests, index=rows.index, dtype="str", name="given")


def gathered(table: pd.DataFrame, by: list[str], column: str) -> pd.Series:
    """The values of `column` as one list per group, in the order of rows; indexed by the groups.

    >>> gathered(pd.DataFrame({"k": ["a", "b", "a"], "v": ["x", "y", "z"]}), ["k"], "v").to_dict()
    {'a': ['x', 'z'], 'b': ['y']}
    """
    groups = pd.MultiIndex.from_frame(table[by]) if len(by) > 1 else pd.Index(table[by[0]])
    codes, uniques = pd.factorize(groups)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(uniques)))
    values = table[column].to_numpy(dtype=object)[order].tolist()
    lists = pd.Series([None] * len(uniques), index=uniques, dtype=object)
    starts = [0, *ends[:-1]]
    lists[:] = [values[start:end] for start, end in zip(starts, ends, strict=False)]
    return lists


def as_lists(column: pd.Series) -> pd.Series:
    """An object column in which each cell is a Python list; missing becomes []."""
    cells = [list(c) if isinstance(c, list | tuple | np.ndarray) else [] for c in column]
    return pd.Series(cells, index=column.index, dtype=object)
