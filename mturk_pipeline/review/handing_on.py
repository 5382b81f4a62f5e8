"""What is handed on: the next phase's input, and items that go back to the crowd."""

from collections.abc import Collection
from typing import NamedTuple

import pandas as pd

from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.review.cleaning import key_columns
from mturk_pipeline.workflow.phase_spec import PhaseSpec

GOOD = ("accepted", "fixed", "added", "accepted_automatically")
BACK = ("redo", "rejected")
VERIFIED = "verified"
ATTEMPT = "attempt"
_LEFT_OUT = ["item_id", "rule", "reason"]


class HandedOn(NamedTuple):
    """A table ready for upload, and what is not in it.

    Attributes
    ----------
    rows
        Plain columns, one row per item.
    problems
        What was left out: item_id of the row (for rework: of the item), rule and reason.
    """

    rows: pd.DataFrame
    problems: pd.DataFrame


def next_input(
    reviewed: pd.DataFrame,
    lineage: pd.DataFrame | None,
    phase: PhaseSpec,
    next_phase: PhaseSpec,
    *,
    sent_item_ids: Collection[str] = frozenset(),
) -> HandedOn:
    """The next phase's input: rows that are accepted, fixed, added or accepted automatically.

    Parameters
    ----------
    reviewed
        Contract `Reviewed`, with the phase's keys and fields.
    lineage
        One row per parent_item_id with the inputs of all phases before; they are carried along. None: there
        are none.
    phase, next_phase
        This phase and the one that receives.
    sent_item_ids
        Ids of the next phase's items that have a HIT already: they are not offered again.

    Returns
    -------
    HandedOn
        Columns: the next phase's keys, this phase's keys and fields, what lineage carries, and `verified`
        ("yes" or "unverified"). Left out with a reason: rows without a value for each key (missing_key), the
        same item again (duplicate; the verified one stays) and items already sent (already_sent).
    """
    good = reviewed[reviewed["status"].isin(GOOD)].reset_index(drop=True)
    table = _with_lineage(good, lineage, phase)
    table[VERIFIED] = good["verified"].map({True: "yes", False: "unverified"}).astype("str")
    keys = list(next_phase.keys)
    table = table.reindex(columns=[*keys, *(c for c in table.columns if c not in keys)]).astype("str")
    missing = _blank(table[keys]).any(axis=1) if keys else pd.Series(False, index=table.index)
    identity = table[keys] if keys else table.drop(columns=VERIFIED)
    ids = item_ids(identity)
    best_first = good.assign(id=ids)[~missing].sort_values(
        ["verified", "trust"], ascending=[False, False], na_position="first", kind="stable"
    )
    again = ids.index.isin(best_first.index[best_first["id"].duplicated()])
    sent = ids.isin(list(sent_item_ids)) if keys else pd.Series(False, index=table.index)
    absent = [k for k in keys if _blank(table[[k]]).all(axis=None)]
    rules = {
        "missing_key": (missing, _missing_words(keys, absent)),
        "already_sent": (sent, "the next phase has a HIT for it already"),
        "duplicate": (pd.Series(again, index=table.index), "another row is the same item of the next phase"),
    }
    return _split(table, good["item_id"], rules)


def not_yet_sent(rows: pd.DataFrame, phase: PhaseSpec, sent_item_ids: Collection[str]) -> pd.DataFrame:
    """Those of `rows`, input of `phase`, whose item has no HIT yet; all of them for a phase without keys."""
    if not phase.keys:
        return rows
    return rows[~item_ids(rows[list(phase.keys)]).isin(list(sent_item_ids))].reset_index(drop=True)


def rework(reviewed: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> HandedOn:
    """Items that go back to the crowd: those of rows decided redo or rejected, once each.

    Returns
    -------
    HandedOn
        Columns: the inputs of the phase's HITs, as the item's first answer has them, without "Input.", and
        `attempt`: 1 + the number of HITs that the item has had. Left out with a reason: items that have been
        sent `max_attempts` times (attempts_used_up).
    """
    wanted = reviewed.loc[reviewed["status"].isin(BACK), "parent_item_id"].dropna().drop_duplicates()
    here = assignments[assignments["item_id"].isin(wanted)]
    here = here.sort_values(["submitted_at", "assignment_id"], kind="stable")
    first = here.drop_duplicates("item_id").set_index("item_id").reindex(wanted[wanted.isin(here["item_id"])])
    names = [c for c in assignments.columns if c.startswith("Input.") and c != f"Input.{ATTEMPT}"]
    order = {f"Input.{k}": n for n, k in enumerate(phase.keys)}
    names = sorted((c for c in names if first[c].notna().any()), key=lambda c: order.get(c, len(order)))
    table = first[names].rename(columns=lambda c: c.removeprefix("Input."))
    table[ATTEMPT] = (here.groupby("item_id")["hit_id"].nunique() + 1).reindex(first.index).astype("int64")
    items = pd.Series(first.index, dtype="str")
    over = (table[ATTEMPT] > phase.max_attempts).reset_index(drop=True)
    reason = f"sent {phase.max_attempts} times already: find it by hand, or raise max_attempts"
    return _split(table.reset_index(drop=True), items, {"attempts_used_up": (over, reason)})


def _with_lineage(good: pd.DataFrame, lineage: pd.DataFrame | None, phase: PhaseSpec) -> pd.DataFrame:
    """The phase's keys and fields and what its ancestors carry; a name of the phase's own comes first."""
    own = [*key_columns(phase), *phase.fields]
    table = good[own].copy()
    if lineage is None or lineage.empty:
        return table
    carried = lineage.drop_duplicates("parent_item_id").set_index("parent_item_id")
    carried = carried[[c for c in carried.columns if c not in {*own, VERIFIED, ATTEMPT}]]
    return table.join(carried.reindex(good["parent_item_id"]).set_axis(table.index))


def _blank(table: pd.DataFrame) -> pd.DataFrame:
    return table.apply(lambda column: column.isna() | column.astype("str").fillna("").str.strip().eq(""))


def _missing_words(keys: list[str], absent: list[str]) -> str:
    named = ", ".join(absent or keys)
    return f"no value for {named}, which the next phase needs" if absent else f"one of {named} is empty"


def _split(table: pd.DataFrame, ids: pd.Series, rules: dict[str, tuple[pd.Series, str]]) -> HandedOn:
    """`table` without the rows that a rule leaves out (the first rule that holds is named)."""
    rule = pd.Series("", index=table.index, dtype="str")
    for name, (holds, _) in rules.items():
        rule = rule.mask(holds & (rule == ""), name)
    out = rule != ""
    reasons = rule[out].map({name: reason for name, (_, reason) in rules.items()})
    left = pd.DataFrame({"item_id": ids[out], "rule": rule[out], "reason": reasons}, columns=_LEFT_OUT)
    return HandedOn(table[~out].reset_index(drop=True), left.astype("str").reset_index(drop=True))
