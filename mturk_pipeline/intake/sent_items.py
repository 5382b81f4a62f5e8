"""Which items the crowd has been asked about already, as far as result files tell."""

import json
from collections.abc import Sequence

import pandas as pd

from mturk_pipeline.intake.item_ids import item_ids


def sent_items(assignments: pd.DataFrame | None, set_aside: pd.DataFrame | None, keys: Sequence[str]) -> set[str]:
    """Ids of the items that have a HIT: answered ones, and those whose rows could not be used.

    A HIT without submissions, a conflicting or a quarantined row is a question asked all the same: whoever asked
    it again would pay twice.
    """
    sent = set() if assignments is None else set(assignments["item_id"])
    if set_aside is None or not keys:
        return sent
    unused = set_aside.loc[set_aside["disposition"] != "superseded", "row"]
    rows = [row for text in unused if isinstance(row := json.loads(text), dict)]
    texts = [[row.get(f"Input.{key}") for key in keys] for row in rows]
    complete = [[str(t) for t in each] for each in texts if all(t not in (None, "") for t in each)]
    return sent | set(item_ids(pd.DataFrame(complete, columns=list(keys), dtype="str")))
