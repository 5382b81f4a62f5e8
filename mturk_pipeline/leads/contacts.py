"""Contacts: one row per item (a club), all its channels beside each other, for import into a CRM.

`crm.csv` is UTF-8 with a byte order mark, commas, one header row, no cell that is a formula; telephone numbers begin
with + and the country. Its columns have the names that HubSpot and Salesforce take for their own fields:

========================= =============================================================================
University, Club …        the keys of the last phase, with capitals
Company, Last Name        the last key again: Salesforce wants both for each lead
Email, Phone, Website     the best value of the first field of that kind
Facebook, Instagram …     the page's address, for fields of the kind handle
Additional Emails         other addresses, '; '-joined
Segment                   where the workflow names one
Verified                  yes: a person has seen every value of the row; partly; no
Lead IDs                  the leads behind the values, '; '-joined (`mturk-pipeline trace NAME LEAD`)
External ID               the item: the same in each export, so that an import can update
========================= =============================================================================

A CRM that tells contacts apart by e-mail address takes the clubs that share one for one contact.
Source of the names: HubSpot knowledge base, "Set up your import files"; Salesforce, standard fields of Lead.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.leads.duplicates import identity
from mturk_pipeline.leads.lead_columns import key_columns, record_columns
from mturk_pipeline.leads.recipients import joined_distinct
from mturk_pipeline.leads.segments import segment_column
from mturk_pipeline.leads.suppression import is_email, sendable, well_formed
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# No header of a file begins with a space, so no key is called so.
_ITEM = " item"
_FIXED = ("Company", "Last Name", "Additional Emails", "Segment", "Verified", "Lead IDs", "External ID")


def contacts(leads: pd.DataFrame, phase: PhaseSpec, spec: LeadsSpec) -> pd.DataFrame:
    """The contacts among `leads` (contract AllLeads, suppressed addresses marked): columns as above, all texts.

    An item without any value that may be used is left out; what is no address, number or page may not be used.
    """
    used = leads[sendable(leads, runners_up=spec.mail_runners_up) & well_formed(leads, phase)]
    segment = segment_column(list(leads.columns), spec)
    keys = {k: c for k, c in key_columns(phase).items() if c in leads}
    context = {f: c for f, c in record_columns(phase).items() if c in leads}
    used = used.assign(**{_ITEM: identity(used, [c for c in (*keys.values(), *context.values()) if c != segment])})
    used = used.sort_values(
        ["verified", "rank", "trust", "lead_id"], ascending=[False, True, False, True], na_position="first"
    )
    first = used.drop_duplicates(_ITEM).set_index(_ITEM)
    titles = _titles({**keys, **context}, segment)
    table = pd.DataFrame({title: first[column] for column, title in titles.items()}, index=first.index)
    last = first[list(keys.values() or context.values())[-1]]
    for name in ("Company", "Last Name"):
        table[name] = table.get(name, last)
    shown = used.drop_duplicates([_ITEM, "lead_subgroup"])
    for field, name in _channels(phase, leads, [*table.columns, *_FIXED]).items():
        values = shown[shown["lead_subgroup"] == field].set_index(_ITEM)["value"].reindex(first.index)
        is_page = KINDS[phase.fields[field].kind].is_page
        table[name] = ("https://" + values).where(~values.str.contains("://"), values) if is_page else values
    others = used[is_email(used, phase) & ~used.index.isin(shown.index)]
    table["Additional Emails"] = joined_distinct(others[_ITEM], others["value"]).reindex(first.index)
    if segment:
        table["Segment"] = first[segment]
    by = shown.groupby(_ITEM)["verified"]
    words = np.select([by.all().reindex(first.index), by.any().reindex(first.index)], ["yes", "partly"], "no")
    table["Verified"] = words
    table["Lead IDs"] = joined_distinct(shown[_ITEM], shown["lead_id"]).reindex(first.index)
    table["External ID"] = first["item_id"]
    return table.sort_index().reset_index(drop=True).astype("str")


def _titles(columns: Mapping[str, str], segment: str | None) -> dict[str, str]:
    """Column of the leads -> the contacts' column, for keys and records: never one that has a meaning of its own."""
    reserved = set(_FIXED) - {"Company", "Last Name", *(["Segment"] if segment in (None, *columns.values()) else [])}
    titles: dict[str, str] = {}
    for name, column in columns.items():
        title = _title(name)
        titles[column] = f"{title} (key)" if title in reserved or title in titles.values() else title
    return titles


def _channels(phase: PhaseSpec, leads: pd.DataFrame, taken: list[str]) -> dict[str, str]:
    """Field -> column, for the fields that are leads, in the phase's order."""
    present = set(leads["lead_subgroup"])
    names: dict[str, str] = {}
    used = set(taken)
    for field in (f for f in phase.fields if f in present):
        spec = phase.fields[field]
        usual = KINDS[spec.kind].crm_column.format(network=(spec.network or "").title()) or _title(field)
        wanted = (usual, _title(field), *(f"{_title(field)} (value{n})" for n in ("", *range(2, len(used) + 3))))
        names[field] = next(name for name in wanted if name not in used)
        used.add(names[field])
    return names


def _title(name: str) -> str:
    """A column's name with capitals.

    >>> _title("phone_number")
    'Phone Number'
    """
    return " ".join(word[:1].upper() + word[1:] for word in name.replace("_", " ").split())
