"""Answers behind a field's best guess: the consensus, its runners-up, and each worker's answer."""

from typing import Any

import pandas as pd

from mturk_pipeline.texts.source_place import source_places
from mturk_pipeline.tracing.node import Node, facts_of, plain
from mturk_pipeline.tracing.project_tables import ProjectTables
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_CONSENSUS = (
    "outcome", "trust", "threshold", "accepted", "flag_text", "pattern", "runners_up", "changed_by_weighting",
    "reasons",
)  # fmt: skip
_ANSWER = (
    "raw", "value", "state", "note", "worker", "reliability", "standing", "answer_column", "slot", "hit_id",
    "assignment_id", "batch_id", "status", "submitted_at", "work_seconds", "place",
)  # fmt: skip


def field_node(tables: ProjectTables, phase: str, row: dict[Any, Any], field: str) -> Node:
    """How the value of `field` in a reviewed row came about."""
    spec = tables.workflow.phases[phase]
    item, element = row["parent_item_id"], row["element"] if field in spec.record_fields else ""
    answers = _answer_nodes(tables, phase, item, element, field)
    guess = _of(tables.rows(phase, "consensus", "item_id", item), element, field).to_dict("records")
    if not guess:
        return Node("missing", f"{field}: nobody was asked", {}, tuple(answers))
    best = guess[0]
    facts = facts_of({**best, **_told(best, spec, field)}, _CONSENSUS)
    if element and (silent := _not_listed_by(tables, phase, item, element)):
        facts["not_listed_by"] = silent
    shown = {"value": plain(best["value"]), "none": "there is none", "unknown": "nothing usable"}[best["outcome"]]
    return Node("consensus", f"{field}: the crowd's best guess is {shown}", facts, tuple(answers))


def _told(best: dict[Any, Any], spec: PhaseSpec, field: str) -> dict[str, Any]:
    """The threshold that the guess had to reach, and its runners-up with their trust."""
    limit = spec.threshold_of_none(field) if best["outcome"] == "none" else spec.threshold(field)
    others, trusts = plain(best.get("runners_up")) or [], plain(best.get("runners_up_trust")) or []
    known = [isinstance(trust, float) and trust == trust for trust in trusts]
    words = [f"{v} (trust {t:.2f})" if k else v for v, t, k in zip(others, trusts, known, strict=False)] or others
    return {"threshold": limit, "runners_up": words}


def _of(table: pd.DataFrame, element: str, field: str) -> pd.DataFrame:
    if "field" not in table:
        return table
    return table[(table["element"] == element) & (table["field"] == field)]


def _answer_nodes(tables: ProjectTables, phase: str, item: Any, element: str, field: str) -> list[Node]:
    """One node for each worker's answer there, in order of time."""
    answers = _of(tables.rows(phase, "answers", "item_id", item), element, field)
    if answers.empty:
        return []
    answers = answers.sort_values(["submitted_at", "assignment_id", "slot"], kind="stable")
    answers = answers.assign(place=source_places(answers))
    answers = _beside(answers, tables.table(phase, "raw_output"), "assignment_id", ["batch_id", "status"])
    answers = _beside(answers, tables.table(phase, "workers"), "worker", ["reliability", "standing"])
    return [_answer_node(row) for row in answers.to_dict("records")]


def _answer_node(row: dict[Any, Any]) -> Node:
    words = {
        "blank": "left it blank",
        "none_declared": "said that there is none",
        "invalid": f"said {plain(row['raw'])!r}, which is not valid",
        "valid": f"said {plain(row['value'])}",
    }[row["state"]]
    if row.get("evidence") == "near_miss":
        words = f"said {plain(row['raw'])!r}, which looks like a value but cannot be read"
    return Node("answer", f"{row['worker']} {words}", facts_of(row, _ANSWER))


def _beside(table: pd.DataFrame, other: pd.DataFrame, by: str, columns: list[str]) -> pd.DataFrame:
    present = [c for c in columns if c in other]
    if not present:
        return table
    return table.join(other.drop_duplicates(by).set_index(by)[present], on=by)


def _not_listed_by(tables: ProjectTables, phase: str, item: Any, element: str) -> list[str]:
    """Workers who were asked for the item's list and did not name this record."""
    asked = tables.asked(phase, item)
    answers = tables.rows(phase, "answers", "item_id", item)
    if asked.empty or answers.empty:
        return []
    named = set(answers.loc[answers["element"] == element, "worker"])
    return sorted(set(asked["worker"]) - named)
