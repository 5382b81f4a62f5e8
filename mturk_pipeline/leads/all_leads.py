"""All leads of a project: one row per lead, with where it comes from."""

import pandas as pd

from mturk_pipeline.intake.item_ids import ids_of
from mturk_pipeline.leads.duplicates import duplicate_leads, identity, merge_duplicates, value_texts
from mturk_pipeline.leads.lead_columns import (
    LEAD,
    LISTS,
    OF_KEYS,
    PLACE,
    ROW,
    key_columns,
    lead_columns,
    record_columns,
)
from mturk_pipeline.leads.lead_rows import explode
from mturk_pipeline.leads.segments import segment_column, segment_lists, segment_places
from mturk_pipeline.review.item_rows import as_lists
from mturk_pipeline.vocabulary.row_statuses import GOES_ON, UNDECIDED
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

NOT_CARRIED = ("verified", "attempt", "parent_item_id", "item_id")


def gather_leads(
    reviewed: pd.DataFrame,
    consensus: pd.DataFrame,
    phase: PhaseSpec,
    spec: LeadsSpec,
    lineage: pd.DataFrame | None = None,
    sources: pd.Series | None = None,
) -> pd.DataFrame:
    """Gather the leads (contract AllLeads) of the last phase; ValueError for a field that the phase does not have.

    Rows that a person accepted, fixed or added and those that passed automatically go out, undecided ones where
    `spec` says so; empty ones are left out. The same value for the same keys in a group is one lead (compared in
    any case and spacing): the verified one stays, then the best guess before runners-up, then the more trusted.
    Where `spec` names a segment, the row of the highest segment stays, with the standing of the best row.

    Parameters
    ----------
    lineage
        One row per item (`parent_item_id` or `item_id`), the inputs of all phases before in other columns.
    sources
        Per row of `reviewed` the list of places it comes from (`row_sources`); by default none are known.

    Returns
    -------
    DataFrame
        Sorted by group, keys and rank. Keys first; keys and columns of lineage whose names are taken here become
        `input_<name>`. A lead's id is made from its keys, group and value: it outlives new batches.
    """
    status = [*GOES_ON, *([UNDECIDED] if spec.include_undecided else [])]
    # Beside the rows: a key or field may be called so, too.
    if sources is None:
        sources = as_lists(pd.Series(None, index=reviewed.index, dtype=object))
    lists = pd.DataFrame({"sources": sources, "item_ids": reviewed["item_id"].astype(object).map(lambda item: [item])})
    goes_out = reviewed["status"].isin(status)
    rows, lists = reviewed.loc[goes_out].reset_index(drop=True), lists.loc[goes_out].reset_index(drop=True)
    keys = key_columns(phase)
    grouped = {field for fields in spec.lead_groups.values() for field in fields}
    context = {f: column for f, column in record_columns(phase).items() if f in rows and f not in grouped}
    named = rows.rename(columns={**keys, **context})[[*keys.values(), *context.values()]]
    about = rows.loc[:, ["item_id", "status", "verified", "hit_ids", "assignment_ids"]].join(lists).join(named)
    about = about.join(_carried(rows, lineage, {**keys, **context}))
    segment = segment_column(list(about.columns), spec)
    about[OF_KEYS] = identity(about, [k for k in keys.values() if k != segment])
    long = explode(rows, consensus, phase, spec.lead_groups, runners_up=spec.include_runners_up)
    leads = pd.concat([long, about.loc[long[ROW]].reset_index(drop=True)], axis=1)
    return _in_order(_merged(leads, phase, spec, segment), [*keys.values(), *context.values()], spec)


def _merged(leads: pd.DataFrame, phase: PhaseSpec, spec: LeadsSpec, segment: str | None) -> pd.DataFrame:
    """One row per lead, with its id and whether its value is another lead's too."""
    leads = leads.sort_values(
        ["verified", "rank", "trust", "item_id", "lead_subgroup", "value"],
        ascending=[False, True, False, True, True, True],
        na_position="first",
        ignore_index=True,
    )
    place = None
    if segment:
        leads["segments"] = segment_lists(leads[segment])
        place = segment_places(leads[segment], spec.segments)
    values = value_texts(leads, phase)
    same = leads[OF_KEYS] + identity(leads, ["lead_group"]) + values + "\x1f"
    merged = merge_duplicates(leads, same, place)
    merged["lead_id"] = ids_of(same.loc[merged.index])
    merged["duplicate_lead"] = duplicate_leads(merged["lead_group"], values.loc[merged.index])
    return merged.assign(suppressed=pd.Series("", index=merged.index, dtype="str")).reset_index(drop=True)


def _carried(rows: pd.DataFrame, lineage: pd.DataFrame | None, named: dict[str, str]) -> pd.DataFrame:
    """The inputs of ancestor phases beside each row; `named` stand there already, each under its column."""
    if lineage is None or lineage.empty:
        return pd.DataFrame(index=rows.index)
    by = "parent_item_id" if "parent_item_id" in lineage else "item_id"
    table = lineage.drop_duplicates(by).set_index(by)
    table = table.loc[:, [c for c in table.columns if c not in {*named, *NOT_CARRIED}]]
    table = table.rename(columns=lead_columns(table.columns, named.values()))
    return table.reindex(rows["parent_item_id"]).set_axis(rows.index).astype("str")


def _in_order(leads: pd.DataFrame, named: list[str], spec: LeadsSpec) -> pd.DataFrame:
    first = ["lead_id", *named, *LEAD, *(["segments"] if "segments" in leads else [])]
    last = ["item_id", *LISTS]
    carried = [c for c in leads.columns if c not in {*first, *last, ROW, OF_KEYS}]
    place = pd.Index(list(spec.lead_groups)).get_indexer(pd.Index(leads["lead_group"]))
    leads = leads.assign(**{PLACE: place})
    leads = leads.sort_values([PLACE, OF_KEYS, "rank", "value", "lead_id"], ignore_index=True)
    leads = leads.loc[:, [*first, *carried, *last]]
    return leads.astype({"rank": "int64", "merged": "int64", "verified": bool, "duplicate_lead": bool, "trust": float})
