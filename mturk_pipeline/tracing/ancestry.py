"""Ancestry of a lead: rows of each phase's review back to the first list, and what each comes from."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from mturk_pipeline.intake.ancestors import item_inputs
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.texts.source_place import source_places
from mturk_pipeline.tracing.answers_behind import field_node
from mturk_pipeline.tracing.lookup import find
from mturk_pipeline.tracing.node import Node, facts_of
from mturk_pipeline.tracing.project_tables import ProjectTables
from mturk_pipeline.vocabulary.row_statuses import GOES_ON
from mturk_pipeline.workflow.phase_spec import FIELD_MARK, KEY_MARK, PhaseSpec

_LEAD = (
    "lead_id", "lead_group", "rank", "status", "verified", "trust", "suppressed", "segments", "duplicate_lead",
    "merged", "sources",
)  # fmt: skip
_SHOWN_AS_PLACE = ("item_id", "source_file", "source_sheet", "source_row")
_ROW = ("item_id", "element", "status", "verified", "trust", "inclusion", "look_again", "comment")


def trace(text: str, tables: ProjectTables) -> list[Node]:
    """Everything behind the leads or rows that `text` names; an empty list where it names nothing.

    `text` is a lead_id, an item_id of any phase, or a value such as an address.
    """
    matches = find(text, tables)
    if len(matches.leads):
        return [_lead_node(lead, tables) for lead in matches.leads.to_dict("records")]
    return [row_node(tables, phase, item_id) for phase, item_id in matches.rows]


def _lead_node(lead: dict[Any, Any], tables: ProjectTables) -> Node:
    phase, field = tables.workflow.last, str(lead["lead_subgroup"])
    keys = tables.workflow.phases[phase].keys
    ids = [str(i) for i in lead.get("item_ids", [lead["item_id"]])]
    rows = [row_node(tables, phase, item_id, [field]) for item_id in ids]
    title = f"{field}: {lead['value']}" + (f" (runner-up, rank {lead['rank']})" if lead["rank"] > 1 else "")
    return Node("lead", title, facts_of(lead, [*_LEAD[:2], *keys, *_LEAD[2:]]), tuple(rows))


def row_node(tables: ProjectTables, phase: str, item_id: str, fields: Sequence[str] | None = None) -> Node:
    """A row of a phase's review, with all that it was made of; `fields` are those to be shown, by default all."""
    spec = tables.workflow.phases[phase]
    rows = tables.rows(phase, "reviewed", "item_id", item_id).to_dict("records")
    if not rows:
        return Node("missing", f"{phase}: row {item_id} is not there any more; run the project again")
    row = rows[0]
    shown = list(fields or spec.fields)
    cleaned = tables.rows(phase, "cleaned_output", "item_id", item_id)
    facts = facts_of({str(k): v for k, v in row.items()}, [*spec.keys, *shown, *_ROW])
    facts |= facts_of({"why_review": cleaned["reasons"].iloc[0]} if len(cleaned) else {}, ["why_review"])
    children = _decision_nodes(tables, phase, item_id)
    if isinstance(row["parent_item_id"], str):
        children += [field_node(tables, phase, row, field) for field in shown if field in spec.fields]
    children += [_rules_node(tables, phase, shown), _input_node(tables, phase, row)]
    return Node("row", f"{phase}: {_status_words(row)}", facts, tuple(children))


def _status_words(row: dict[Any, Any]) -> str:
    words = {
        "accepted": "a person accepted the row",
        "fixed": "a person fixed the row",
        "added": "a person added the row",
        "accepted_automatically": "the row passed without a look",
        "undecided": "the row waits for a person",
        "redo": "a person sent the row back to the crowd",
        "rejected": "a person rejected the row",
        "dropped": "a person dropped the row",
    }
    return words.get(str(row["status"]), str(row["status"]))


def _decision_nodes(tables: ProjectTables, phase: str, item_id: str) -> list[Node]:
    """Decisions on the row, each with file, sheet and row."""
    nodes = []
    for row in tables.rows(phase, "decisions", "item_id", item_id).to_dict("records"):
        facts = facts_of(
            row, [str(c) for c in row if c not in ("item_id", "source_file", "source_sheet", "source_row")]
        )
        facts["place"] = source_places(pd.DataFrame([row])).item()
        about = str(row["field"]) or "the row"
        before = f"{facts.get('before', 'nothing')} → " if row.get("seen", True) else ""
        change = f": {before}{facts.get('after', 'nothing')}" if row["field"] else ""
        nodes.append(Node("decision", f"decision {row['decision']} on {about}{change}", facts))
    return nodes


def _rules_node(tables: ProjectTables, phase: str, fields: Sequence[str]) -> Node:
    """The settings that decided what passes, and where they are written."""
    spec = tables.workflow.phases[phase]
    notes = tables.table(phase, "trust_notes")
    facts: dict[str, Any] = {
        "model": spec.model,
        "thresholds": {f: spec.threshold(f) for f in fields if f in spec.fields},
        "thresholds_of_none": {f: spec.threshold_of_none(f) for f in fields if f in spec.fields},
        "gates": list(spec.gates),
        "notes": notes["note"].tolist() if "note" in notes else [],
        "settings": str(tables.workflow.source / phase / "defs.yaml"),
    }
    if phase in tables.overrides:
        facts["project_overrides"] = str(tables.overrides[phase])
    return Node("rules", f"rules of {phase}", facts)


def _input_node(tables: ProjectTables, phase: str, row: dict[Any, Any]) -> Node:
    """What the crowd was shown, and where that comes from."""
    asked = tables.asked(phase, row["parent_item_id"])
    shown: dict[str, Any] = {}
    if len(asked):
        inputs = item_inputs(asked, tables.workflow.phases[phase]).drop(columns="parent_item_id")
        shown = facts_of(inputs.iloc[0].to_dict(), inputs.columns)
        shown["hits"] = asked["hit_id"].drop_duplicates().tolist()
    title = "what was asked about" if shown else "never asked of the crowd"
    before = tables.workflow.before(phase)
    origins = _of_list(tables, phase, row) if before is None else _of_phase(tables, phase, before, row)
    return Node("input", title, shown, tuple(origins))


def _of_list(tables: ProjectTables, phase: str, row: dict[Any, Any]) -> list[Node]:
    """The rows of the first list, with file and row."""
    wanted = _item_id(tables, phase, row)
    rows = tables.rows(phase, "input", "item_id", wanted)
    if rows.empty:
        return [Node("missing", "not in the first list: the batch was made from another one")]
    places = source_places(rows)
    return [
        Node("file", place, facts_of(r, [str(c) for c in r if c not in _SHOWN_AS_PLACE]))
        for place, r in zip(places, rows.to_dict("records"), strict=True)
    ]


def _of_phase(tables: ProjectTables, phase: str, before: str, row: dict[Any, Any]) -> list[Node]:
    """The rows of the phase before that gave this item; those that were passed on, if any were."""
    given = _keys_given(tables, before, tables.workflow.phases[phase])
    if given is None:
        return [Node("missing", f"cannot be followed into {before}: it does not tell the keys of {phase}")]
    rows = tables.table(before, "reviewed")
    rows = rows[(item_ids(given) == _item_id(tables, phase, row)).to_numpy()]
    good = rows[rows["status"].isin(GOES_ON)]
    ids = (good if len(good) else rows)["item_id"].tolist()
    if not ids:
        return [Node("missing", f"not among the results of {before}: the batch was made elsewhere")]
    return [row_node(tables, before, item_id) for item_id in ids]


def _item_id(tables: ProjectTables, phase: str, row: dict[Any, Any]) -> str:
    """The item that the row is about; of a row that a person added, the one that its keys name."""
    if isinstance(row["parent_item_id"], str):
        return row["parent_item_id"]
    keys = [k for k in tables.workflow.phases[phase].keys if k in row]
    return str(item_ids(pd.DataFrame([{k: row[k] for k in keys}]).astype("str")).iloc[0]) if keys else ""


def _keys_given(tables: ProjectTables, phase: str, following: PhaseSpec) -> pd.DataFrame | None:
    """The keys of the `following` phase beside each reviewed row of `phase`: its own columns, else its inputs."""
    rows = tables.table(phase, "reviewed")
    if rows.empty or not following.keys:
        return None
    here = tables.workflow.phases[phase].columns_by_name
    raw = tables.table(phase, "raw_output")
    inputs = item_inputs(raw, tables.workflow.phases[phase]).set_index("parent_item_id") if len(raw) else pd.DataFrame()
    columns = {}
    for key in following.keys:
        name = following.plain_name(key)
        carried = next((c for c in (name, name + FIELD_MARK, name + KEY_MARK) if c in inputs), None)
        if name in here and here[name] in rows:
            columns[key] = rows[here[name]]
        elif carried:
            columns[key] = inputs[carried].reindex(rows["parent_item_id"]).set_axis(rows.index)
        else:
            return None
    return pd.DataFrame(columns, index=rows.index).astype("str")
