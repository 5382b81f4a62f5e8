"""Inputs of ancestor phases beside each assignment: where an answer comes from, since the beginning."""

from collections.abc import Sequence

import pandas as pd

from mturk_pipeline.intake.column_names import find_column
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.sent_items import OFFER_COLUMNS, VERIFIED

_OWN = (VERIFIED, *OFFER_COLUMNS)


def with_ancestor_inputs(assignments: pd.DataFrame, upstream: pd.DataFrame | None, keys: Sequence[str]) -> pd.DataFrame:
    """`assignments` with the columns of the previous phase's `next_input` that the batch itself left out.

    Rows are matched by `keys`, this phase's own, compared as keys are; a row whose item is not in `upstream` gets
    nothing. Input columns of the batch win over those of `upstream`.
    """
    if upstream is None or upstream.empty or assignments.empty or not keys:
        return assignments
    inputs = [f"Input.{k}" for k in keys]
    present = list(map(str, assignments.columns))
    missing = [c for c in upstream.columns if c not in _OWN and find_column(present, c) is None]
    if not missing or not set(inputs) <= set(assignments.columns):
        return assignments
    left, right = item_ids(assignments[inputs]), item_ids(upstream[list(keys)])
    table = upstream[missing].set_axis(pd.Index(right)).loc[~right.duplicated().to_numpy()]
    inherited = table.reindex(left).set_axis(assignments.index)
    return assignments.assign(**{f"Input.{c}": inherited[c].astype("str") for c in missing})


def item_inputs(assignments: pd.DataFrame) -> pd.DataFrame:
    """One row per item: `parent_item_id` and its input columns without the `Input.` prefix, earliest answer first."""
    columns = [c for c in assignments.columns if c.startswith("Input.")]
    first = assignments.sort_values(["submitted_at", "assignment_id"], kind="stable").drop_duplicates("item_id")
    inputs = first[columns].rename(columns=lambda c: c.removeprefix("Input."))
    return inputs.assign(parent_item_id=first["item_id"]).sort_values("parent_item_id").reset_index(drop=True)
