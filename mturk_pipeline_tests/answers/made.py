"""Made-up assignments for the tests of this room."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.answers import Answers
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def assignments(rows: Sequence[Mapping[str, str | None]]) -> pd.DataFrame:
    """Assignments of `rows`: item and worker (default: item 'A', one worker per row), Answer.* and Input.* cells."""
    frame = pd.DataFrame(
        {
            "item_id": [row.get("item", "A") for row in rows],
            "assignment_id": [row.get("id", f"S{place}") for place, row in enumerate(rows)],
            "worker": [f"mturk::{row.get('worker', f'W{place}')}" for place, row in enumerate(rows)],
            "hit_id": [f"H{row.get('item', 'A')}" for row in rows],
            "source_file": "batch.csv",
        },
        dtype="str",
    )
    frame["source_sheet"] = pd.Series(np.nan, index=frame.index, dtype="str")
    frame["submitted_at"] = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")
    frame["work_seconds"] = 60.0
    frame["source_row"] = np.arange(len(frame)) + 2
    for column in sorted({c for row in rows for c in row if c.casefold().startswith(("answer.", "input."))}):
        frame[column] = pd.Series([row.get(column) for row in rows], dtype="str")
    return frame


def said(phase: PhaseSpec, *rows: dict[str, str | None]) -> list[tuple]:
    """What tidy makes of rows: (field, value or None, state), in its order; the contract holds."""
    out = tidy(assignments(rows), phase)
    Answers.validate(out)
    value = out["value"].astype(object).where(out["value"].notna(), None)
    return list(zip(out["field"], value, out["state"], strict=True))


def one(kind: str, raw: str | None, **settings: object) -> pd.Series:
    """The one answer that a cell gives in a field of `kind`."""
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": kind, **settings}}})
    out = tidy(assignments([{"Answer.f": raw}]), phase)
    assert len(out) == 1
    return out.iloc[0]
