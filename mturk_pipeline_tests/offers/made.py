"""Made-up results of a phase: who was asked what, and what became of it."""

import json

import pandas as pd

from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate({"keys": ["town"], "fields": {"mayor": {"kind": "name"}}})
BEGUN = pd.Timestamp("2026-03-01", tz="UTC")


def id_of(town: str) -> str:
    return str(item_ids(pd.DataFrame({"town": [town]}))[0])


def results(*rows: dict) -> pd.DataFrame:
    """Assignments; each row has town, hit and worker, and may have wanted, days (till submission), offer_id."""
    table = pd.DataFrame(
        {
            "item_id": [id_of(r["town"]) for r in rows],
            "assignment_id": [f"{r['hit']}-{r['worker']}" for r in rows],
            "hit_id": [r["hit"] for r in rows],
            "worker": [f"mturk::{r['worker']}" for r in rows],
            "batch_id": [r.get("batch", "1") for r in rows],
            "source_file": "results.csv",
            "max_assignments": pd.array([r.get("wanted", 3) for r in rows], dtype="Int64"),
            "expires_at": BEGUN + pd.Timedelta(days=7),
            "submitted_at": [BEGUN + pd.Timedelta(days=r.get("days", 1)) for r in rows],
            "approved_at": [r.get("approved", pd.NaT) for r in rows],
            "Input.town": [r["town"] for r in rows],
            "Input.offer_id": [r.get("offer_id") for r in rows],
            "Input.attempt": [r.get("attempt") for r in rows],
        }
    )
    texts = ["item_id", "assignment_id", "hit_id", "worker", "batch_id", "source_file"]
    inputs = ["Input.town", "Input.offer_id", "Input.attempt"]
    for moment in ("submitted_at", "approved_at", "expires_at"):
        table[moment] = pd.to_datetime(table[moment], utc=True).astype("datetime64[us, UTC]")
    return table.astype(dict.fromkeys([*texts, *inputs], "str"))


def set_aside(*rows: dict, disposition: str = "quarantined") -> pd.DataFrame:
    """Rows set aside, as the files had them."""
    return pd.DataFrame(
        {
            "source_file": "results.csv",
            "disposition": disposition,
            "worker": pd.Series([_worker(row) for row in rows], dtype="str"),
            "row": [json.dumps(row) for row in rows],
        },
        index=range(len(rows)),
    )


def _worker(row: dict) -> str | None:
    return f"mturk::{row['WorkerId']}" if row.get("WorkerId") else None


def taken(*pairs: tuple[str, int]) -> pd.DataFrame:
    table = pd.DataFrame({"item_id": [id_of(town) for town, _ in pairs], "attempt": [n for _, n in pairs]})
    return table.astype({"item_id": "str", "attempt": "int64"})


def reviewed(**status: str) -> pd.DataFrame:
    """One row per town with its status."""
    ids = [id_of(town) for town in status]
    return pd.DataFrame({"item_id": ids, "parent_item_id": ids, "status": list(status.values())}, dtype="str")
