"""What people decided about item-fields, as truth for calibration."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline.trust.calibration import Calibration, calibrate
from mturk_pipeline.trust.choosing import choose
from mturk_pipeline.trust.coding import Floats, Ints
from mturk_pipeline.trust.models.scores import NO_VALUE, NOT_GIVEN, UNKNOWN, Scores
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Decisions that say what is right: an accepted row's shown values are, a fixed row's written ones.
TELLING = ("accepted", "fixed")


@dataclass(frozen=True)
class Judged:
    """For each of C cells what a person found right, and how the cell came before the person."""

    truth: Ints  # (C) candidate, or UNKNOWN (nobody looked), NO_VALUE, NOT_GIVEN
    inclusion: Floats  # (C) probability with which it was drawn; missing where it was not drawn by chance


def calibration_of(ballots: Ballots, scores: Scores, judged: Judged) -> Calibration:
    """How the `scores` of a model that has not seen the decisions have to be corrected."""
    chosen = choose(ballots, scores)
    looked = judged.truth != UNKNOWN
    right = np.where(judged.truth == NO_VALUE, chosen.best < 0, chosen.best == judged.truth)
    return calibrate(chosen.trust[looked], right[looked].astype(float), judged.inclusion[looked])


def judged_of(ballots: Ballots, reviewed: pd.DataFrame, phase: PhaseSpec) -> Judged:
    """From reviewed rows (contract Reviewed; with a column `inclusion` where rows were drawn by chance).

    Values are compared as their kind compares them; a value that nobody gave is known as such.
    """
    cells = ballots.cells
    truth = np.full(len(cells.field), UNKNOWN, dtype=np.int64)
    inclusion = np.full(len(cells.field), np.nan)
    rows = reviewed[reviewed["status"].isin(TELLING) & reviewed["parent_item_id"].notna()]
    if rows.empty:
        return Judged(truth, inclusion)
    names = np.array(list(phase.fields), dtype=object)
    keys = [cells.item_id, cells.element, names[cells.field]]
    place = pd.Series(np.arange(len(truth)), index=pd.MultiIndex.from_arrays(keys))
    drawn = rows["inclusion"] if "inclusion" in rows else pd.Series(np.nan, index=rows.index)
    for name in (n for n in phase.fields if n in rows):
        where = pd.MultiIndex.from_arrays([rows["parent_item_id"], rows["element"], [name] * len(rows)])
        cell = place.reindex(where).to_numpy(dtype=float)
        asked = ~np.isnan(cell)
        at = cell[asked].astype(np.int64)
        truth[at] = _candidates(ballots, at, rows.loc[asked, name].tolist(), phase, name)
        inclusion[at] = pd.to_numeric(drawn[asked], errors="coerce").to_numpy(dtype=float)
    return Judged(truth, inclusion)


def _candidates(ballots: Ballots, cells: Ints, said: list[object], phase: PhaseSpec, name: str) -> list[int]:
    """The candidate of each of `cells` that is what the person `said`."""
    from mturk_pipeline.answers.kinds import key_of, read

    spec = phase.fields[name]
    start, values = ballots.cells.start, ballots.candidates.value
    found = []
    for cell, text in zip(cells.tolist(), said, strict=True):
        if not isinstance(text, str) or not text.strip():
            found.append(NO_VALUE)
            continue
        right = key_of(read(text, spec).value or text, spec.kind)
        here = range(start[cell], start[cell + 1])
        found.append(next((k for k in here if key_of(values[k], spec.kind) == right), NOT_GIVEN))
    return found
