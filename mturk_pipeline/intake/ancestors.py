"""The inputs of ancestor phases, laid beside each assignment: where an answer comes from, since the beginning."""

import pandas as pd

from mturk_pipeline.intake.item_ids import normalise_key

_OWN = ("verified", "attempt")


def with_ancestor_inputs(assignments: pd.DataFrame, upstream: pd.DataFrame | None) -> pd.DataFrame:
    """`assignments` with the columns of the previous phase's `next_input` that the batch itself left out.

    Rows are matched by every input column that both have, compared as keys are; a batch that carries all
    columns itself is returned as it is. Input columns of the batch win over those of `upstream`.
    """
    if upstream is None or upstream.empty or assignments.empty:
        return assignments
    inputs = {c.removeprefix("Input."): c for c in assignments.columns if c.startswith("Input.")}
    shared = [c for c in upstream.columns if c in inputs]
    missing = [c for c in upstream.columns if c not in inputs and c not in _OWN]
    if not shared or not missing:
        return assignments
    # Columns that the crowd's page changed on the way would match nothing: those that name the item come first.
    while shared:
        left = _joined(assignments[[inputs[c] for c in shared]])
        right = _joined(upstream[shared])
        if left.isin(right).any():
            break
        shared = shared[:-1]
    if not shared:
        return assignments
    table = upstream[missing].set_axis(right).loc[~right.duplicated().to_numpy()]
    found = table.reindex(left).set_axis(assignments.index)
    return assignments.assign(**{f"Input.{c}": found[c].astype("str") for c in missing})


def item_inputs(assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per item: `parent_item_id` and its input columns without the `Input.` prefix, earliest answer first."""
    columns = [c for c in assignments.columns if c.startswith("Input.")]
    first = assignments.sort_values(["submitted_at", "assignment_id"], kind="stable").drop_duplicates("item_id")
    inputs = first[columns].rename(columns=lambda c: c.removeprefix("Input."))
    return inputs.assign(parent_item_id=first["item_id"]).sort_values("parent_item_id").reset_index(drop=True)


def _joined(keys: pd.DataFrame) -> pd.Series:
    parts = [keys[c].astype("str").fillna("").map(normalise_key) for c in keys.columns]
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + "\x1f" + part
    return joined
