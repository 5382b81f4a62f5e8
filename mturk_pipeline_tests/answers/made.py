"""Made-up assignments for the tests of this room."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd


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
