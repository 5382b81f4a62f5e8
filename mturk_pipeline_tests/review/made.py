"""Made-up tables of two phases, as the rooms before review would hand them over."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from mturk_pipeline.contracts.consensus import Workers
from mturk_pipeline.contracts.review import Decisions, ReviewProblems
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.workflow.phase_spec import PhaseSpec

UNIVERSITY = "University of Example"
KEYS = {"university": UNIVERSITY}

# Counted votes: they pass from 0.6 on, so that what waits does not depend on how trust is found.
CONTACTS = PhaseSpec.model_validate(
    {
        "model": "majority",
        "spot_checks": 0,
        "keys": ["university", "club"],
        "fields": {
            "email": {"kind": "email", "gate": True},
            "website": {"kind": "url"},
            "note": {"kind": "text"},
        },
    }
)
CLUBS = PhaseSpec.model_validate(
    {
        "model": "majority",
        "spot_checks": 0,
        "keys": ["university"],
        "fields": {
            "club": {"kind": "name", "columns": ["club_{n}_name"], "gate": True},
            "club_url": {"kind": "url", "columns": ["club_{n}_url"]},
            "language": {"kind": "text"},
        },
        "match_records": ["club_url", "club"],
    }
)

Guess = tuple[str | None, float]


def assignments(items: Sequence[Mapping[str, Any]], copies: int = 2) -> pd.DataFrame:
    """Each item answered by `copies` workers."""
    rows = [
        {
            "assignment_id": f"A{n}{copy}",
            "hit_id": f"H{n}",
            "worker": f"mturk::W{copy}",
            "submitted_at": pd.Timestamp("2026-03-01", tz="UTC") + pd.Timedelta(minutes=10 * n + copy),
            **{f"Input.{k}": v for k, v in item.items()},
        }
        for n, item in enumerate(items)
        for copy in range(copies)
    ]
    table = pd.DataFrame(rows)
    texts = [c for c in table if c != "submitted_at"]
    table = table.astype(dict.fromkeys(texts, "str"))
    table.insert(0, "item_id", item_ids(table[[f"Input.{k}" for k in items[0]]]))
    return table


def consensus(
    given: pd.DataFrame,
    guesses: Sequence[Mapping[str, Guess]],
    phase: PhaseSpec,
    elements: Sequence[tuple[int, str]] = (),
) -> pd.DataFrame:
    """`guesses[i]` are value and trust per field of item i; with `elements`, of the record (item, element)."""
    items = given["item_id"].drop_duplicates().tolist()
    places = elements or [(n, "") for n in range(len(guesses))]
    rows = [
        {
            "item_id": items[item],
            "element": element,
            "field": field,
            "outcome": "unknown" if value is None else "none" if value == "none" else "value",
            "value": None if value == "none" else value,
            "trust": trust,
            "pattern": "2:0",
            "runners_up": ["other@example.edu"] if field == "email" else [],
            "runners_up_trust": [0.2] if field == "email" else [],
            "accepted": trust >= phase.threshold(field),
            "changed_by_weighting": False,
            "reasons": "both agree" if trust > 0.5 else "they differ",
            "detail": "",
        }
        for (item, element), said in zip(places, guesses, strict=True)
        for field, (value, trust) in said.items()
    ]
    columns = [
        "item_id",
        "element",
        "field",
        "outcome",
        "value",
        "trust",
        "pattern",
        "runners_up",
        "runners_up_trust",
        "accepted",
        "changed_by_weighting",
        "reasons",
        "detail",
    ]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype(
        dict.fromkeys(["item_id", "element", "field", "outcome", "value", "pattern", "reasons", "detail"], "str")
    )


def answers(given: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Every worker of an item says what its consensus says."""
    table = told[["item_id", "element", "field", "value", "outcome"]].merge(given, on="item_id")
    table["state"] = table["outcome"].map({"value": "valid", "none": "none_declared", "unknown": "blank"})
    table["raw"] = table["value"]
    table["note"] = ""
    return table.astype({"state": "str", "raw": "str", "note": "str"})


def workers(*said: Mapping[str, Any]) -> pd.DataFrame:
    """Contract `Workers`: W0, W1 … with `said` of each, and usual values for the rest."""
    usual = {
        "total_contribution": 4,
        "items": 4,
        "answers": 8,
        "valid": 8,
        **dict.fromkeys(["blank", "blank_required", "none_declared", "invalid"], 0),
        "compared": 8,
        "agreeing": 6,
        "agreement": 0.75,
        "chance_corrected_agreement": 0.7,
        "reliability": 0.8,
        "reliability_low": 0.6,
        "reliability_high": 0.9,
        "judged": 8.0,
        "judged_right": 6.4,
        "judged_weight": 8.0,
        "standing": "neutral",
        "copy_partners": [],
        **dict.fromkeys(["gold_asked", "gold_right", "outcomes_changed", "repeated_answers"], 0),
        "median_work_seconds": 60.0,
        **dict.fromkeys(["approval_rate", "approved_before", "submitted_before"], None),
        "evidence": "",
    }
    rows = [{"worker": f"WK-{n}", **usual, **its} for n, its in enumerate(said)]
    return Workers.validate(pd.DataFrame(rows))


WORKERS = workers({"evidence": "gives the same value for many items"}, {"agreement": None, "reliability": None})


def answers_of_nobody() -> pd.DataFrame:
    """No answers, with the columns that review reads."""
    given = assignments([{"university": "Example U", "club": "Chess"}])
    return answers(given, consensus(given, [{"email": (None, 0.0)}], CONTACTS)).iloc[:0]


def with_export(shown: pd.DataFrame | None, export: pd.DataFrame) -> pd.DataFrame:
    """What workbooks showed, with one more that went out."""
    if shown is None:
        return export
    return pd.concat([shown[~shown["export"].isin(export["export"])], export], ignore_index=True)


def told(reviews):
    """Decisions as (field, decision, after) in a set."""
    Decisions.validate(reviews.decisions)
    ReviewProblems.validate(reviews.problems)
    rows = reviews.decisions.astype(object).where(reviews.decisions.notna(), None)
    return set(zip(rows["field"], rows["decision"], rows["after"], strict=True))


def rules(reviews):
    return reviews.problems["rule"].tolist()
