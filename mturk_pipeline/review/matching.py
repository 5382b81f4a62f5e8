"""Which row of cleaned output each row of a reviewed sheet is about: by its id, else by its keys."""

import pandas as pd

from mturk_pipeline.intake.item_ids import is_item_id, item_ids, row_ids
from mturk_pipeline.review.cleaning import key_columns
from mturk_pipeline.review.person_values import match_keys
from mturk_pipeline.review.shown import comparable
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
    "damaged_id": "the item_id is damaged and there are no keys: not used; copy the id from the workbook",
    "ambiguous_keys": "several rows have these keys: not used; add the column item_id from the workbook",
    "no_match": "no item has these keys and the row has no value to add: not used; check the keys",
    "no_keys": "neither an item_id nor all keys: not used; fill in one of them",
}
WARNINGS = {"changed_keys"}


def match_rows(rows: pd.DataFrame, cleaned: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """What each row of `rows` is about.

    Parameters
    ----------
    rows
        Texts, '' for blank; columns item_id, the keys and the fields, all present.

    Returns
    -------
    DataFrame
        Same index; columns item_id (missing where the row is about none), parent_item_id (where the keys are
        known), by_id (the row's own id matched), addition (a new row of a person's) and rule (a key of
        `REASONS`, or '').
    """
    own = _own_ids(rows["item_id"], cleaned)
    keys = _by_keys(rows, cleaned, phase)
    out = pd.DataFrame({"item_id": own["known"].fillna(keys["item_id"]), "by_id": own["known"].notna()})
    out["parent_item_id"] = keys["parent_item_id"]
    codes_of_rows = pd.Series(_codes(cleaned, phase).to_numpy(), index=cleaned["item_id"].to_numpy())
    differs = out["by_id"] & keys["full"] & (out["item_id"].map(codes_of_rows) != keys["code"])
    known_elsewhere = differs & keys["parent_item_id"].notna()
    new_id = addition_ids(rows, phase)
    stranger = own["valid"] & ~out["by_id"] & (own["letters"] != _letters(new_id))
    unmatched = out["item_id"].isna()
    addition = unmatched & keys["full"] & keys["fields"] & ~keys["ambiguous"] & ~stranger & bool(phase.keys)
    rules = {
        "mixed_up_row": known_elsewhere,
        "changed_keys": differs,
        "unknown_item": stranger,
        "ambiguous_keys": unmatched & keys["ambiguous"],
        "no_match": unmatched & keys["full"] & ~addition,
        "damaged_id": unmatched & ~keys["full"] & (own["letters"] != ""),
        "no_keys": unmatched & ~keys["full"],
    }
    out["rule"] = ""
    for rule, holds in rules.items():
        out["rule"] = out["rule"].mask(holds & (out["rule"] == ""), rule)
    out["item_id"] = out["item_id"].mask(known_elsewhere | stranger).astype("str")
    out["addition"] = addition
    return out


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


def _own_ids(cells: pd.Series, cleaned: pd.DataFrame) -> pd.DataFrame:
    """Per cell: its letters, whether they are an id (checksum), and the row that has it."""
    letters = _letters(cells)
    known = pd.Series(cleaned["item_id"].to_numpy(), index=_letters(cleaned["item_id"]).to_numpy())
    codes, uniques = pd.factorize(letters)
    valid = pd.Series([is_item_id(u) for u in uniques], dtype=bool)
    return pd.DataFrame(
        {
            "letters": letters,
            "valid": valid.take(codes).set_axis(cells.index),
            "known": letters.map(known).astype("str"),
        }
    )


def _letters(ids: pd.Series) -> pd.Series:
    return comparable(ids).str.upper().str.replace(r"[\s\-‐-―_]", "", regex=True)


def _keys(rows: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    return pd.DataFrame({k: comparable(rows[k].fillna("")) for k in key_columns(phase)}, index=rows.index)


def _codes(rows: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    return item_ids(_keys(rows, phase))


def _by_keys(rows: pd.DataFrame, cleaned: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Per row: code of its keys, whether all are there, the item and the row they belong to."""
    keys = _keys(rows, phase)
    out = pd.DataFrame({"code": item_ids(keys), "full": keys.ne("").all(axis=1)}, index=rows.index)
    wanted = phase.record_fields or tuple(phase.fields)
    out["fields"] = pd.concat([comparable(rows[f]) for f in wanted], axis=1).ne("").any(axis=1)
    codes = _codes(cleaned, phase)
    parents = pd.Series(cleaned["parent_item_id"].to_numpy(), index=codes.to_numpy())
    out["parent_item_id"] = out["code"].map(parents[~parents.index.duplicated()]).where(out["full"]).astype("str")
    out["item_id"] = pd.Series(float("nan"), index=rows.index, dtype="str")
    out["ambiguous"] = False
    whole = pd.DataFrame({"item_id": cleaned["item_id"], "key": codes})
    if not phase.record_fields:
        return _found(out, out["code"], whole, out["full"])
    for name in phase.record_keys:
        here, there = match_keys(rows[name], name, phase), match_keys(cleaned[name], name, phase)
        table = pd.DataFrame({"item_id": cleaned["item_id"], "key": codes + "\x1f" + there})
        out = _found(out, out["code"] + "\x1f" + here, table[there != ""], out["full"] & (here != ""))
    return _found(out, out["code"], whole[cleaned["element"] == ""], out["full"] & ~out["fields"])


def _found(out: pd.DataFrame, key: pd.Series, table: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    """Fill in `item_id` where `key` belongs to exactly one row of `table`, and note where to several."""
    many = set(table.loc[table["key"].duplicated(keep=False), "key"])
    one = table[~table["key"].isin(many)].set_index("key")["item_id"]
    wanted = where & out["item_id"].isna()
    found = key.map(one).astype("str")
    return out.assign(
        item_id=out["item_id"].mask(wanted, found).astype("str"),
        ambiguous=out["ambiguous"] | (wanted & key.isin(many)),
    )
