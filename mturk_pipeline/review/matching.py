"""Matching of a reviewed sheet's rows to items: by id, else by keys."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mturk_pipeline.intake.item_ids import is_item_id, item_ids, joined_keys, row_ids
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.person_values import match_keys
from mturk_pipeline.review.shown_values import HITS, comparable, facts
from mturk_pipeline.workflow.phase_spec import PhaseSpec

REASONS = {
    "mixed_up_row": (
        "the item_id and the keys belong to two different items, as after sorting only some columns: "
        "not used; put the right item_id back, or clear it"
    ),
    "changed_keys": "the keys differ from the item's: the values were used, the changed keys were not",
    "unknown_item": (
        "this item_id is not in this phase: not used; move the file to its own phase's folder, "
        "or clear item_id to add the row as a new one"
    ),
    "orphan": (
        "this item was in an earlier workbook and is not any more: what was decided is kept, and counts again "
        "as soon as its result file or its keys are back"
    ),
    "damaged_id": "the item_id is damaged and there are no keys: not used; copy the id from the workbook",
    "ambiguous_keys": "several rows have these keys: not used; add the column item_id from the workbook",
    "no_match": "no item has these keys and the row has no value to add: not used; check the keys",
    "no_keys": "neither an item_id nor all keys: not used; fill in one of them",
}


class KnownRows:
    """The rows of items, ready for looking up by id and by keys."""

    def __init__(self, items: pd.DataFrame, phase: PhaseSpec) -> None:
        ids, codes = items["item_id"], _codes(items, phase)
        self.by_letters = _lookup(letters(ids), ids)
        self.code_of = _lookup(ids, codes)
        self.code_of_parent = _lookup(items["parent_item_id"], codes)
        self.renamed: set[str] = set()
        self.earlier: set[str] = set()
        self.facts = facts(items)
        self.hits = self.facts[HITS].astype(float)
        self.parents = _lookup(codes, items["parent_item_id"])
        self.by_code = pd.DataFrame({"item_id": ids, "key": codes})
        self.by_record = {}
        for name in phase.record_keys if phase.record_fields else ():
            record_keys = match_keys(items[name], name, phase)
            self.by_record[name] = self.by_code.assign(key=codes + "\x1f" + record_keys)[record_keys != ""]
        if phase.record_fields:
            self.by_code = self.by_code[items["element"] == ""]

    def learn(self, ids: Mapping[str, str], earlier: pd.Series) -> None:
        """Let rows be found by an id of an earlier workbook too (id then -> id now); `earlier`: all ids ever shown."""
        self.earlier = set(letters(earlier))
        then = pd.Series(list(ids), dtype="str")
        of_ids = letters(then)
        self.renamed = set(of_ids)
        self.by_letters = pd.concat([self.by_letters, _lookup(of_ids, then.map(ids))])
        self.by_letters = self.by_letters[~self.by_letters.index.duplicated()]


def match_rows(rows: pd.DataFrame, known: KnownRows, phase: PhaseSpec) -> pd.DataFrame:
    """Match each row of `rows` to an item.

    Parameters
    ----------
    rows
        Texts, '' for blank; columns item_id, the keys and the fields, all present.

    Returns
    -------
    DataFrame
        Same index; columns item_id (missing where the row is about none), parent_item_id (where the keys are
        known), " by_id" (the row's own id matched), " addition" (a new row of a person's) and " rule" (a key of
        `REASONS`, or ''): to stand beside keys and fields of any name.
    """
    ids = _own_ids(rows["item_id"], known)
    keys = _by_keys(rows, known, phase)
    by_id, full = ids["known"].notna(), keys["full"]
    # Keys of an earlier workbook are not those of now.
    differs = (
        by_id & full & ~ids["letters"].isin(list(known.renamed)) & (ids["known"].map(known.code_of) != keys["code"])
    )
    mixed_up = differs & keys["parent_item_id"].notna()
    stranger = ids["valid"] & ~by_id
    # An earlier addition carries the id that it was given.
    new_ids = letters(addition_ids(rows[stranger], phase)).reindex(rows.index)
    stranger &= ids["letters"] != new_ids
    item_id = ids["known"].fillna(keys["item_id"]).mask(mixed_up | stranger).astype("str")
    unmatched = item_id.isna() & ~mixed_up & ~stranger
    addition = unmatched & full & keys["fields"] & ~keys["ambiguous"] & bool(phase.keys)
    rules = {
        "mixed_up_row": mixed_up,
        "changed_keys": differs,
        "orphan": stranger & ids["letters"].isin(list(known.earlier)),
        "unknown_item": stranger,
        "ambiguous_keys": unmatched & keys["ambiguous"],
        "no_match": unmatched & full & ~addition,
        "damaged_id": unmatched & ~full & (ids["letters"] != ""),
        "no_keys": unmatched & ~full,
    }
    rule = pd.Series("", index=rows.index, dtype="str")
    for name, holds in rules.items():
        rule = rule.mask(holds & (rule == ""), name)
    about = {"item_id": item_id, "parent_item_id": keys["parent_item_id"], " by_id": by_id}
    return pd.DataFrame({**about, " addition": addition, " rule": rule})


def addition_ids(rows: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """Ids of rows that a person added: the item's own; for a record made from the item and the record's keys."""
    items = item_ids(_keys(rows, phase))
    if not phase.record_fields:
        return items
    return row_ids(items, element_of(rows, phase))


def element_of(rows: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """The name of the record that a row adds: its strongest key field that is filled in; '' for none."""
    element = pd.Series("", index=rows.index, dtype="str")
    for name in (*phase.record_keys, *phase.record_fields):
        key = match_keys(rows[name], name, phase)
        element = element.mask((element == "") & (key != ""), name + ":" + key)
    return element


def _own_ids(cells: pd.Series, known: KnownRows) -> pd.DataFrame:
    """Per cell: its letters, whether they are an id (checksum), and the row that has it."""
    own = letters(cells)
    rows = own.map(known.by_letters).astype("str")
    valid = rows.notna()
    others = own[~valid]
    valid[others.index] = np.array([is_item_id(text) for text in others], dtype=bool)
    return pd.DataFrame({"letters": own, "valid": valid.astype(bool), "known": rows})


def _lookup(keys: pd.Series, values: pd.Series) -> pd.Series:
    """A series for `map`: the first value of each key."""
    series = pd.Series(values.to_numpy(dtype=object), index=keys.to_numpy(dtype=object))
    return series[~series.index.duplicated()]


def letters(ids: pd.Series) -> pd.Series:
    """Each id in the form in which ids are compared."""
    return comparable(ids).str.upper().str.replace(r"[\s\-‐-―_]", "", regex=True)


def _keys(rows: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    return pd.DataFrame({k: comparable(rows[k].fillna("")) for k in key_columns(phase)}, index=rows.index)


def _codes(rows: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """The keys of each row in the form in which they are compared, as one text."""
    return joined_keys(_keys(rows, phase))


def _by_keys(rows: pd.DataFrame, known: KnownRows, phase: PhaseSpec) -> pd.DataFrame:
    """Per row: its keys as one text, whether all are there and any field, the item and row they belong to."""
    full = (_keys(rows, phase) != "").all(axis=1)
    wanted = phase.record_fields or tuple(phase.fields)
    out = pd.DataFrame({"code": _codes(rows, phase), "full": full}, index=rows.index)
    out["fields"] = (pd.concat([comparable(rows[f]) for f in wanted], axis=1) != "").any(axis=1)
    out["parent_item_id"] = out["code"].map(known.parents).where(full).astype("str")
    out["item_id"] = pd.Series(float("nan"), index=rows.index, dtype="str")
    out["ambiguous"] = False
    if not phase.record_fields:
        return _found(out, out["code"], known.by_code, full)
    for name, table in known.by_record.items():
        here = match_keys(rows[name], name, phase)
        out = _found(out, out["code"] + "\x1f" + here, table, full & (here != ""))
    return _found(out, out["code"], known.by_code, full & ~out["fields"])


def _found(out: pd.DataFrame, key: pd.Series, table: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    """Fill in `item_id` where `key` belongs to exactly one row of `table`, and note where to several."""
    several = table["key"].duplicated(keep=False)
    one = _lookup(table.loc[~several, "key"], table.loc[~several, "item_id"])
    wanted = where & out["item_id"].isna()
    return out.assign(
        item_id=out["item_id"].mask(wanted, key.map(one)).astype("str"),
        ambiguous=out["ambiguous"] | (wanted & key.isin(table.loc[several, "key"].unique())),
    )
