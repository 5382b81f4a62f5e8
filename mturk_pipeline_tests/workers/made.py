"""Small result files, projects and tables."""

from pathlib import Path

import pandas as pd

HEADER = "HITId,AssignmentId,WorkerId,AssignmentStatus,SubmitTime,ApprovalTime,RejectionTime,Input.club,Answer.open"
DAY = "Sat Feb 22 05:53:21 PST 2020"
GOOD, BAD, LAZY = "A1GOOD00AAAA", "A2BAD000BBBB", "A3LAZY00CCCC"


def batch(items: range, *, status: str = "Submitted", workers: tuple[str, ...] = (GOOD, BAD, LAZY)) -> str:
    """A batch in which each worker answers each item; the second one is always wrong."""
    lines = [HEADER]
    for item in items:
        for worker in workers:
            answer = ("yes", "no")[(item % 2) ^ (worker == BAD)]
            decided = DAY if status != "Submitted" else ""
            times = f"{decided if status == 'Approved' else ''},{decided if status == 'Rejected' else ''}"
            lines.append(f"H{item},X{item}{worker},{worker},{status},{DAY},{times},club {item},{answer}")
    return "\n".join(lines) + "\n"


def contributions(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Contributions with what a row does not say left ordinary."""
    from mturk_pipeline.contracts.workers_memory import Contributions

    ordinary = {
        "project_id": "one",
        "workflow": "w",
        "phase": "p",
        "worker": "mturk::A",
        "right": 0.0,
        "given": 0.0,
        "weight": float("nan"),
        **dict.fromkeys(["assignments", "approved", "rejected", "gold_asked", "gold_right"], 0),
        "approval_rate": float("nan"),
        "submitted_before": pd.NA,
        "suggested": "neutral",
        "evidence": "",
        "first_seen": pd.NaT,
        "last_seen": pd.NaT,
        "assignment_keys": [],
    }
    rows = [{"weight": row.get("given", 0.0), **row} for row in rows]
    return Contributions.validate(pd.DataFrame([{**ordinary, **row} for row in rows], columns=list(ordinary)))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
