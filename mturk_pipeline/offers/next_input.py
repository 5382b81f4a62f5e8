"""Next input: the rows that a phase hands on to the next one."""

from collections.abc import Collection
from typing import NamedTuple

import pandas as pd

from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.sent_items import OFFER_COLUMNS, VERIFIED, offered_names
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.vocabulary.row_statuses import GOES_ON
from mturk_pipeline.workflow.phase_spec import FIELD_MARK, KEY_MARK, PhaseSpec

_LEFT_OUT = ["item_id", "rule", "reason"]


class UploadRows(NamedTuple):
    """A table ready for upload, and the rows left out of it."""

    rows: pd.DataFrame  # Plain columns, one row per item
    problems: pd.DataFrame  # What was left out: item_id of the row (for rework: of the item), rule and reason


def next_input(
    reviewed: pd.DataFrame, lineage: pd.DataFrame | None, phase: PhaseSpec, next_phase: PhaseSpec
) -> UploadRows:
    """Make the next phase's input: rows that are accepted, fixed, added or accepted automatically.

    Parameters
    ----------
    lineage
        One row per parent_item_id with the inputs of all phases before, which are carried along; None for none.

    Returns
    -------
    UploadRows
        Columns: the next phase's keys, this phase's keys and fields, what lineage carries, and `verified`
        ("yes" or "unverified"). Left out with a reason: rows without a value for each key (missing_key)
        and the same item again (duplicate; the verified one stays).
    """
    good = reviewed[reviewed["status"].isin(GOES_ON)].reset_index(drop=True)
    table = _called_for(_with_lineage(good, lineage, phase), next_phase)
    table[VERIFIED] = good["verified"].map({True: "yes", False: "unverified"}).astype("str")
    keys = list(next_phase.keys)
    table = table.reindex(columns=[*keys, *(c for c in table.columns if c not in keys)]).astype("str")
    missing = _blank(table[keys]).any(axis=1) if keys else pd.Series(False, index=table.index)
    ids = offer_ids(table, next_phase)
    best_first = good.assign(id=ids)[~missing].sort_values(
        ["verified", "trust"], ascending=[False, False], na_position="first", kind="stable"
    )
    again = ids.index.isin(best_first.index[best_first["id"].duplicated()])
    absent = [k for k in keys if _blank(table[[k]]).all(axis=None)]
    rules = {
        "missing_key": (missing, _missing_words(keys, absent)),
        "duplicate": (pd.Series(again, index=table.index), "another row is the same item of the next phase"),
    }
    return split(table, good["item_id"], rules)


def offer_ids(rows: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """Ids of the items of `phase` that `rows`, its input, ask about; of the whole row for a phase without keys."""
    return item_ids(rows[list(phase.keys)] if phase.keys else rows.drop(columns=VERIFIED, errors="ignore"))


def not_yet_sent(rows: pd.DataFrame, phase: PhaseSpec, sent_item_ids: Collection[str]) -> pd.DataFrame:
    """Those of `rows`, input of `phase`, about whose item the crowd has not been asked."""
    return rows[~offer_ids(rows, phase).isin(list(sent_item_ids))].reset_index(drop=True)


def _with_lineage(good: pd.DataFrame, lineage: pd.DataFrame | None, phase: PhaseSpec) -> pd.DataFrame:
    """The phase's keys and fields as they are offered, and what its ancestors carry; the phase's own come first."""
    columns_here = [*key_columns(phase), *phase.fields]
    table = good[columns_here].rename(columns=offered_names(columns_here, phase))
    if lineage is None or lineage.empty:
        return table
    carried = lineage.drop_duplicates("parent_item_id").set_index("parent_item_id")
    carried = carried[
        [c for c in carried.columns if c not in {*columns_here, *table.columns, VERIFIED, *OFFER_COLUMNS}]
    ]
    return table.join(carried.reindex(good["parent_item_id"]).set_axis(table.index))


def _called_for(table: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`table` with the keys of `phase`, which receives it, under the names that they have there."""
    names = {}
    for key in phase.keys:
        plain = phase.plain_name(key)
        names |= {n: key for n in (plain + KEY_MARK, plain + FIELD_MARK, plain) if n in table}
    renamed = {key: name for name, key in names.items()}
    return table.rename(columns={name: key for key, name in renamed.items()})


def _blank(table: pd.DataFrame) -> pd.DataFrame:
    return table.apply(lambda column: column.isna() | column.astype("str").fillna("").str.strip().eq(""))


def _missing_words(keys: list[str], absent: list[str]) -> str:
    named = ", ".join(absent or keys)
    return f"no value for {named}, which the next phase needs" if absent else f"one of {named} is empty"


def split(table: pd.DataFrame, ids: pd.Series, rules: dict[str, tuple[pd.Series, str]]) -> UploadRows:
    """`table` without the rows that a rule leaves out (the first rule that holds is named)."""
    rule = pd.Series("", index=table.index, dtype="str")
    for name, (holds, _) in rules.items():
        rule = rule.mask(holds & (rule == ""), name)
    out = rule != ""
    reasons = rule[out].map({name: reason for name, (_, reason) in rules.items()})
    left = pd.DataFrame({"item_id": ids[out], "rule": rule[out], "reason": reasons}, columns=_LEFT_OUT)
    return UploadRows(table[~out].reset_index(drop=True), left.astype("str").reset_index(drop=True))
