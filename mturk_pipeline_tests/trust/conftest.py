"""Small made-up answers."""

from collections.abc import Callable

import pandas as pd
import pytest

from mturk_pipeline.contracts.answers import Answers

Make = Callable[..., pd.DataFrame]
_DAY = pd.Timestamp("2026-01-01", tz="UTC").as_unit("us")


@pytest.fixture(scope="session")
def make_answers() -> Make:
    """Rows -> contract Answers. Each row: worker, and value or state; item, element, field, day where they matter."""

    nothing = Answers.empty()

    def make(rows: list[dict], *, check: bool = True) -> pd.DataFrame:
        if not rows:
            return nothing
        table = pd.DataFrame([_row(n, **row) for n, row in enumerate(rows)])
        return Answers.validate(table) if check else table.astype({"value": "str", "raw": "str"})

    return make


def _row(
    number: int,
    worker: str = "w1",
    value: str | None = None,
    state: str | None = None,
    item: str = "A",
    element: str = "",
    field: str = "email",
    suspicious: bool = False,
    raw: str | None = None,
    evidence: str | None = None,
    day: int = 0,
    assignment: str | None = None,
) -> dict:
    state = state or ("valid" if value else "blank")
    return {
        "item_id": item,
        "element": element,
        "field": field,
        "worker": f"mturk::{worker}",
        "raw": raw or value,
        "value": value,
        "state": state,
        "suspicious": suspicious,
        "note": "",
        "evidence": ("junk" if state == "invalid" else "") if evidence is None else evidence,
        "answer_column": f"Answer.{field}",
        "slot": None,
        "hit_id": f"H{item}",
        "assignment_id": assignment or f"{item}-{worker}-{day}",
        "submitted_at": _DAY + pd.Timedelta(days=day),
        "work_seconds": 60.0,
        "source_file": "b.csv",
        "source_sheet": None,
        "source_row": number + 2,
    }
