"""Look-up of a lead's id, an item's id, or a value."""

from dataclasses import dataclass

import pandas as pd

from mturk_pipeline.intake.item_ids import canonical_id, is_item_id
from mturk_pipeline.kinds import read
from mturk_pipeline.texts.key_form import normalise_key
from mturk_pipeline.tracing.project_tables import ProjectTables


@dataclass(frozen=True)
class Found:
    """Matches: leads, or else rows of a phase's review (phase, item_id)."""

    leads: pd.DataFrame
    rows: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return len(self.leads) > 0 or len(self.rows) > 0


def find(text: str, tables: ProjectTables) -> Found:
    """Leads or rows that `text` names; an id is taken in any case and without its hyphens, a value in any spelling.

    Leads come before rows that are no leads (undecided, rejected), the last phase before earlier ones.
    """
    if is_item_id(text):
        matches = _by_id(canonical_id(text), tables)
        if matches:
            return matches
    return _by_value(text, tables)


def _by_id(wanted: str, tables: ProjectTables) -> Found:
    leads = tables.rows(None, "all_leads", "lead_id", wanted)
    if len(leads):
        return Found(leads)
    for phase in reversed(list(tables.workflow.phases)):
        for column in ("item_id", "parent_item_id"):
            rows = tables.rows(phase, "reviewed", column, wanted)
            if len(rows):
                return Found(leads, tuple((phase, i) for i in rows["item_id"]))
    return Found(leads)


def _by_value(text: str, tables: ProjectTables) -> Found:
    """Leads with that value; else rows of a phase that have it in a field or key."""
    last = tables.workflow.phases[tables.workflow.last]
    wanted = {normalise_key(text)}
    wanted |= {normalise_key(value) for spec in last.fields.values() if (value := read(text, spec).value)}
    wanted -= {""}
    leads = tables.leads
    if "value" in leads:
        hits = leads[_is_one_of(leads["value"], wanted)]
        if len(hits):
            return Found(hits)
    for phase, spec in reversed(list(tables.workflow.phases.items())):
        rows = tables.table(phase, "reviewed")
        named = [c for c in (*spec.fields, *spec.keys) if c in rows]
        holds = pd.Series(False, index=rows.index)
        for column in named:
            holds |= _is_one_of(rows[column], wanted)
        if holds.any():
            return Found(leads.iloc[:0], tuple((phase, i) for i in rows.loc[holds, "item_id"]))
    return Found(leads.iloc[:0])


def _is_one_of(column: pd.Series, wanted: set[str]) -> pd.Series:
    codes, uniques = pd.factorize(column.astype("str").fillna("").to_numpy(dtype=object))
    fits = pd.Series([normalise_key(u) in wanted for u in uniques], dtype=bool)
    return fits.take(codes).set_axis(column.index)
