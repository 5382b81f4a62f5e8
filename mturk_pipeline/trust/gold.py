"""Gold questions: items whose right answer the requester knew, and put into an input column."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mturk_pipeline.trust.coding import Ints
from mturk_pipeline.trust.models.scores import NO_VALUE, NOT_GIVEN, UNKNOWN
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.workflow.phase_spec import FieldSpec

if TYPE_CHECKING:
    from mturk_pipeline.workflow.phase_spec import PhaseSpec


def gold_truth(ballots: Ballots, assignments: pd.DataFrame, phase: "PhaseSpec") -> Ints:
    """For each cell what the gold column of its field says (as `Known.truth`); UNKNOWN where there is no gold.

    A gold cell with "none" (or another of the field's `none_tokens`) says that there is none; an empty one nothing.
    Fields of a list's records have no gold. Of an item that was sent with two different answers, the first counts.
    """
    truth = np.full(len(ballots.cells.field), UNKNOWN, dtype=np.int64)
    for number, (name, spec) in enumerate(phase.fields.items()):
        column = f"Input.{spec.gold}"
        if spec.gold is None or column not in assignments or name in phase.record_fields:
            continue
        said = assignments[["item_id", column]].dropna().drop_duplicates("item_id")
        read = {item: _read(text, spec) for item, text in zip(said["item_id"], said[column], strict=True)}
        known = {item: right for item, right in read.items() if right is not None}
        _mark(truth, ballots, number, known, spec.kind)
    return truth


def _read(text: object, spec: FieldSpec) -> tuple[str, bool] | None:
    """The right value in its normalised form, and whether there is one; None for a cell that says nothing."""
    from mturk_pipeline.answers.kinds import read

    plain = str(text).strip()
    if plain.casefold() in spec.nones:
        return "", False
    if plain.casefold() in spec.blanks:
        return None
    return read(plain, spec).value or plain, True


def _mark(truth: Ints, ballots: Ballots, field: int, known: dict[str, tuple[str, bool]], kind: str) -> None:
    from mturk_pipeline.answers.kinds import key_of

    cells, candidates = ballots.cells, ballots.candidates
    for cell in np.flatnonzero(cells.field == field):
        right = known.get(cells.item_id[cell])
        if right is None:
            continue
        here = slice(cells.start[cell], cells.start[cell + 1])
        match = [n for n, value in enumerate(candidates.value[here]) if key_of(value, kind) == key_of(right[0], kind)]
        truth[cell] = NO_VALUE if not right[1] else NOT_GIVEN if not len(match) else cells.start[cell] + match[0]
