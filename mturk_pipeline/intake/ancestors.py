"""Inputs of ancestor phases beside each assignment: where an answer comes from, since the beginning."""

from collections.abc import Mapping, Sequence

import pandas as pd

from mturk_pipeline.intake.column_names import INPUT, find_column
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.sent_items import OFFER_COLUMNS, VERIFIED
from mturk_pipeline.intake.slots import columns_of_keys, has_slots, slot_numbers, slots_of, with_bare_names
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.slot_names import numbered

_OWN = (VERIFIED, *OFFER_COLUMNS)


def with_ancestor_inputs(
    assignments: pd.DataFrame, upstream: pd.DataFrame | None, keys: Sequence[str] | Mapping[str, str]
) -> pd.DataFrame:
    """`assignments` with the columns of the previous phase's `next_input` that the batch itself left out.

    Rows are matched by `keys`, this phase's own (or their columns by name), compared as keys are; a row whose item is
    not in `upstream` gets nothing. Input columns of the batch win over those of `upstream`. Where keys have slots, each
    slot gets columns of its own (`Input.university_1`).
    """
    if upstream is None or upstream.empty or assignments.empty or not keys:
        return assignments
    columns = columns_of_keys(keys)
    present = list(map(str, assignments.columns))
    known = upstream.set_axis(pd.Index(item_ids(upstream[list(columns)])))
    known = known.loc[~known.index.duplicated()]
    numbers = slot_numbers(present, columns) if has_slots(columns) else [None]
    inherited: dict[str, pd.Series] = {}
    for number in numbers:
        inputs = [INPUT + (c if number is None else numbered(c, number)) for c in columns.values()]
        end = "" if number is None else f"_{number}"
        missing = [c for c in upstream.columns if c not in (*_OWN, *columns) and not _has(present, str(c), end)]
        if set(inputs) <= set(present):
            table = known[missing].reindex(item_ids(assignments[inputs])).set_axis(assignments.index)
            inherited |= {f"{INPUT}{c}{end}": table[c].astype("str") for c in missing}
    return assignments.assign(**inherited)


def _has(present: Sequence[str], name: str, end: str) -> bool:
    """Whether inputs have a column of that name, for the whole HIT or for a slot."""
    return find_column(present, name) is not None or (bool(end) and find_column(present, name + end) is not None)


def item_inputs(assignments: pd.DataFrame, phase: PhaseSpec | None = None) -> pd.DataFrame:
    """One row per item: `parent_item_id` and its input columns without the `Input.` prefix, earliest answer first.

    With a `phase` whose HITs ask about several items, one row for each of these, and its own inputs under names without
    `{i}`.
    """
    slots = assignments if phase is None else slots_of(assignments, phase)
    columns = [c for c in slots.columns if c.startswith(INPUT)]
    first = slots.sort_values(["submitted_at", "assignment_id"], kind="stable").drop_duplicates("item_id")
    inputs = first[columns].rename(columns=lambda c: c.removeprefix(INPUT))
    inputs = inputs if phase is None else with_bare_names(inputs)
    return inputs.assign(parent_item_id=first["item_id"]).sort_values("parent_item_id").reset_index(drop=True)
