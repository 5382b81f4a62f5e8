"""Cleaned output: what the answers of a phase come to, one row per item or record, and which rows need eyes."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mturk_pipeline.intake.item_ids import row_ids
from mturk_pipeline.workflow.phase_spec import PhaseSpec

HIT_KEY = "hit_id"
_ROW = ["item_id", "element"]


def key_columns(phase: PhaseSpec) -> tuple[str, ...]:
    """The columns that say which item a row is about: the phase's keys; `hit_id` where it names none."""
    return tuple(phase.keys) or (HIT_KEY,)


def clean(
    consensus: pd.DataFrame,
    answers: pd.DataFrame,
    assignments: pd.DataFrame,
    phase: PhaseSpec,
    thresholds: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """One row per item, or per record of an item's list, with the best guesses; worst first.

    Parameters
    ----------
    consensus, answers, assignments
        Tables of the phase (contracts of these names).
    thresholds
        Trust from which a field is accepted, where it differs from the phase's: the mapping that
        `find_consensus` was given. It serves the words in `reasons`; `accepted` of the consensus decides.

    Returns
    -------
    DataFrame
        Contract `CleanedOutput`. Beside its columns one per key (`hit_id` for a phase without keys), and per
        field `f` four: `f`, `f_trust`, `f_runners_up` (list) and `f_outcome` (value, none, unknown). A record's
        row repeats the values of the item's scalar fields. An item for which nobody listed a record has one
        row, with element ''.
    """
    rows = _rows(consensus, assignments, phase)
    keys = _keys(assignments, phase).reindex(rows["parent_item_id"])
    parts = [rows, keys.set_axis(rows.index)]
    waits = pd.Series(False, index=rows.index)
    priority = pd.Series(0.0, index=rows.index)
    reasons = pd.Series("", index=rows.index, dtype="str")
    for field, guess in _guesses(consensus, rows, phase).items():
        parts.append(_field_columns(field, guess))
        priority += phase.cost(field) * (1 - guess["trust"]).clip(lower=0)
        if field in phase.gates:
            below = ~guess["accepted"].eq(True)
            limit = (thresholds or {}).get(field, phase.threshold(field))
            waits |= below
            of_none = min(limit, phase.threshold_of_none(field))
            reasons = _appended(reasons, _words(field, guess, limit, of_none).where(below, ""))
    judged = pd.DataFrame({"needs_review": waits, "priority": priority, "reasons": reasons})
    table = pd.concat([*parts, judged, _origins(rows, answers, assignments)], axis=1)
    return _in_order(table, phase)


def field_columns(field: str) -> tuple[str, str, str, str]:
    """The four columns of `field` in cleaned output: best guess, trust, runners-up, outcome."""
    return field, f"{field}_trust", f"{field}_runners_up", f"{field}_outcome"


def _rows(consensus: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Which rows there are: item_id, parent_item_id, element."""
    items = pd.DataFrame({"item_id": assignments["item_id"].drop_duplicates(), "element": ""})
    if phase.record_fields:
        listed = consensus.loc[consensus["element"] != "", _ROW].drop_duplicates()
        unlisted = items[~items["item_id"].isin(listed["item_id"])]
        items = pd.concat([listed[listed["item_id"].isin(items["item_id"])], unlisted])
    items = items.astype("str").reset_index(drop=True)
    ids = row_ids(items["item_id"], items["element"])
    return pd.DataFrame({"item_id": ids, "parent_item_id": items["item_id"], "element": items["element"]})


def _keys(assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Key columns per item, as the item's first answer has them; indexed by item_id."""
    first = _by_time(assignments).drop_duplicates("item_id").set_index("item_id")
    columns = [f"Input.{k}" for k in phase.keys] or [HIT_KEY]
    return first.reindex(columns=columns).set_axis(list(key_columns(phase)), axis=1).astype("str")


def _by_time(assignments: pd.DataFrame) -> pd.DataFrame:
    return assignments.sort_values(["submitted_at", "assignment_id"], kind="stable", na_position="last")


def _guesses(consensus: pd.DataFrame, rows: pd.DataFrame, phase: PhaseSpec) -> dict[str, pd.DataFrame]:
    """Per field its consensus, one row for each of `rows`; trust is 0 where nothing is known."""
    columns = ["outcome", "value", "trust", "runners_up", "pattern", "accepted", "reasons"]
    first = consensus.drop_duplicates([*_ROW, "field"]).set_index(["field", *_ROW])[columns].sort_index()
    of_record = pd.MultiIndex.from_frame(rows[["parent_item_id", "element"]], names=_ROW)
    of_item = pd.MultiIndex.from_arrays([rows["parent_item_id"], [""] * len(rows)], names=_ROW)
    known = set(first.index.unique("field"))
    found = {}
    for field in phase.fields:
        table = first.xs(field, level="field") if field in known else first.iloc[:0].droplevel("field")
        table = table.reindex(of_record if field in phase.record_fields else of_item).set_axis(rows.index)
        table["trust"] = table["trust"].astype(float).fillna(0.0)
        table["outcome"] = table["outcome"].astype("str").fillna("unknown")
        found[field] = table
    return found


def _field_columns(field: str, guess: pd.DataFrame) -> pd.DataFrame:
    value = guess["value"].astype("str").where(guess["outcome"] == "value")
    runners_up = as_lists(guess["runners_up"])
    columns = (value, guess["trust"], runners_up, guess["outcome"])
    return pd.DataFrame(dict(zip(field_columns(field), columns, strict=True)), index=guess.index)


def _words(field: str, guess: pd.DataFrame, limit: float, of_none: float) -> pd.Series:
    """Why `field` holds its row back, in words."""
    said = guess["reasons"].astype("str").fillna("").str.rstrip(". ")
    said = said.where(said != "", "nobody gave a usable answer")
    trust = guess["trust"].map("{:.2f}".format).astype("str")
    limits = pd.Series(np.where(guess["outcome"] == "none", of_none, limit), index=guess.index)
    below = (guess["trust"] < limits) & guess["pattern"].notna()
    words = ", trust " + trust + " is below " + limits.map("{:.2f}".format).astype("str")
    return f"{field}: " + said + words.where(below, "")


def _appended(texts: pd.Series, more: pd.Series) -> pd.Series:
    between = pd.Series("\n", index=texts.index, dtype="str").where((texts != "") & (more != ""), "")
    return texts + between + more


def _origins(rows: pd.DataFrame, answers: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """The HITs and assignments behind each row, in order of time: all of an item's, or those that list a record."""
    ordered = _by_time(assignments)[["item_id", "assignment_id", HIT_KEY]]
    whole = ordered.assign(element="")
    told = answers.loc[answers["element"] != "", [*_ROW, "assignment_id"]].drop_duplicates()
    listing = ordered.merge(told, on=["item_id", "assignment_id"])
    behind = pd.concat([whole, listing], ignore_index=True)
    places = pd.MultiIndex.from_frame(rows[["parent_item_id", "element"]], names=_ROW)
    hits = gathered(behind[[*_ROW, HIT_KEY]].drop_duplicates(), _ROW, HIT_KEY).reindex(places)
    copies = gathered(behind, _ROW, "assignment_id").reindex(places)
    table = pd.DataFrame({"hit_ids": as_lists(hits), "assignment_ids": as_lists(copies)}).set_axis(rows.index)
    return table.assign(answers=table["assignment_ids"].map(len).astype("int64"))


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


def _in_order(table: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Columns as people read them; rows worst first, then by key, so that the same content has the same order."""
    keys = list(key_columns(phase))
    fields = [column for field in phase.fields for column in field_columns(field)]
    columns = ["item_id", "parent_item_id", "element", *keys, *fields]
    columns += ["needs_review", "priority", "reasons", "answers", "hit_ids", "assignment_ids"]
    by = ["needs_review", "priority", *keys, "item_id"]
    return table[columns].sort_values(by, ascending=[False, False, *[True] * (len(keys) + 1)], ignore_index=True)
