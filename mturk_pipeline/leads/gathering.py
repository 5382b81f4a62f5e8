"""All leads: what the last phase came to, one row per lead, with where it comes from."""

import pandas as pd

from mturk_pipeline.intake.item_ids import id_of
from mturk_pipeline.leads.duplicates import LISTS, duplicate_leads, identity, merge_duplicates
from mturk_pipeline.leads.exploding import explode
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

GOES_OUT = ("accepted", "fixed", "added", "accepted_automatically")
_LEAD = ["lead_group", "lead_subgroup", "value", "rank", "status", "verified", "trust", "duplicate_lead", "merged"]
_OWN = {"lead_id", "item_id", "parent_item_id", *_LEAD, *LISTS}
_NOT_CARRIED = ("verified", "attempt", "parent_item_id", "item_id")


def gather_leads(
    reviewed: pd.DataFrame,
    consensus: pd.DataFrame,
    phase: PhaseSpec,
    spec: LeadsSpec,
    lineage: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The leads (contract AllLeads) of the last phase.

    Rows that a person accepted, fixed or added and those that passed automatically go out, undecided ones where
    `spec` says so; empty ones are left out. The same value for the same keys in a group is one lead (compared in
    any case and spacing): the verified one stays, then the best guess before runners-up, then the more trusted.

    Parameters
    ----------
    reviewed, consensus
        Contracts Reviewed and Consensus of the last phase.
    lineage
        One row per item (`parent_item_id` or `item_id`), the inputs of all phases before in other columns.

    Returns
    -------
    DataFrame
        Sorted by group, keys and rank. Keys first; columns of lineage whose names are taken here become
        `input_<name>`. A lead's id is made from its keys, group and value: it outlives new batches.

    Raises
    ------
    ValueError
        Where `spec` names a field that the phase does not have.
    """
    status = [*GOES_OUT, *(["undecided"] if spec.include_undecided else [])]
    rows = reviewed.loc[reviewed["status"].isin(status)].reset_index(drop=True)
    keys = [c for c in (phase.keys or ("hit_id",)) if c in rows]
    context = [f for f in phase.record_fields if f in rows and all(f not in g for g in spec.lead_groups.values())]
    long = explode(rows, consensus, phase, spec.lead_groups, runners_up=spec.include_runners_up)
    about = rows.loc[:, ["item_id", "status", "verified", *keys, *context, *LISTS]].join(
        _carried(rows, lineage, keys, context)
    )
    leads = pd.concat([long, about.loc[long["row"]].reset_index(drop=True)], axis=1)
    leads = leads.sort_values(
        ["verified", "rank", "trust", "item_id", "lead_subgroup", "value"],
        ascending=[False, True, False, True, True, True],
        na_position="first",
        ignore_index=True,
    )
    leads = merge_duplicates(leads, [*keys, "lead_group", "value"])
    leads["lead_id"] = _ids(leads, keys)
    leads["duplicate_lead"] = duplicate_leads(leads)
    return _in_order(leads, keys, context, spec)


def _carried(rows: pd.DataFrame, lineage: pd.DataFrame | None, keys: list[str], context: list[str]) -> pd.DataFrame:
    """The inputs of ancestor phases beside each row."""
    if lineage is None or lineage.empty:
        return pd.DataFrame(index=rows.index)
    by = "parent_item_id" if "parent_item_id" in lineage else "item_id"
    table = lineage.drop_duplicates(by).set_index(by)
    table = table.loc[:, [c for c in table.columns if c not in {*keys, *context, *_NOT_CARRIED}]]
    table = table.rename(columns={c: f"input_{c}" for c in table.columns if c in _OWN})
    return table.reindex(rows["parent_item_id"]).set_axis(rows.index).astype("str")


def _ids(leads: pd.DataFrame, keys: list[str]) -> pd.Series:
    texts = identity(leads, [*keys, "lead_group", "value"])
    return pd.Series([id_of(text) for text in texts], index=leads.index, dtype="str")


def _in_order(leads: pd.DataFrame, keys: list[str], context: list[str], spec: LeadsSpec) -> pd.DataFrame:
    first = ["lead_id", *keys, *context, *_LEAD]
    last = ["item_id", *LISTS]
    carried = [c for c in leads.columns if c not in {*first, *last, "row"}]
    place = pd.Index(list(spec.lead_groups)).get_indexer(pd.Index(leads["lead_group"]))
    leads = leads.assign(place=place, order=identity(leads, keys))
    leads = leads.sort_values(["place", "order", "rank", "value", "lead_id"], ignore_index=True)
    leads = leads.loc[:, [*first, *carried, *last]]
    return leads.astype({"rank": "int64", "merged": "int64", "verified": bool, "duplicate_lead": bool, "trust": float})
