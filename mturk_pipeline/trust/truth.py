"""People's decisions on item-fields, as truth for calibration."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import key_of, read
from mturk_pipeline.trust.agreements.base import CELL, no_values
from mturk_pipeline.trust.answer_codes import Floats, Ints
from mturk_pipeline.trust.calibration import Calibration, calibrate
from mturk_pipeline.trust.choosing import choose
from mturk_pipeline.trust.models.base import NO_VALUE, NOT_GIVEN, UNKNOWN, Priors, Scores
from mturk_pipeline.trust.questions import Asked
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.vocabulary.row_statuses import SAYS_WHAT_IS_RIGHT
from mturk_pipeline.workflow.phase_spec import PhaseSpec

Model = Callable[[Ballots, Asked, Priors], Scores]


@dataclass(frozen=True)
class Truth:
    """Right values of C cells according to people, and how each cell came before them."""

    truth: Ints  # (C) candidate, or UNKNOWN (nobody looked), NO_VALUE, NOT_GIVEN
    inclusion: Floats  # (C) probability with which it was drawn; missing where it was not drawn by chance
    refuted: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # candidates known to be wrong

    @staticmethod
    def nothing(ballots: Ballots) -> "Truth":
        """No decision on any cell."""
        n = len(ballots.cells.field)
        return Truth(np.full(n, UNKNOWN, dtype=np.int64), np.full(n, np.nan))


def looks(ballots: Ballots, scores: Scores, judged: Truth) -> pd.DataFrame:
    """Cells that a person looked at: trust in the best guess, whether that is right (0, 1), inclusion.

    `scores` are those of a model that has not seen the decisions.
    """
    chosen = choose(ballots, scores)
    looked = (judged.truth != UNKNOWN) | np.isin(chosen.best, judged.refuted)
    right = np.where(judged.truth == NO_VALUE, chosen.best < 0, chosen.best == judged.truth)
    columns = {"trust": chosen.trust, "right": right.astype(float), "inclusion": judged.inclusion}
    return pd.DataFrame({name: column[looked] for name, column in columns.items()})


def calibration_of(ballots: Ballots, scores: Scores, judged: Truth) -> Calibration:
    """Correction for the `scores` of a model that has not seen the decisions."""
    seen = looks(ballots, scores, judged)
    return calibrate(*(seen[name].to_numpy(dtype=float) for name in ("trust", "right", "inclusion")))


def taught(model: Model, ballots: Ballots, phase: Asked, known: Priors, before: Scores, judged: Truth) -> Scores:
    """`model`'s scores with workers judged by people's decisions too.

    The cells that they decided keep the trust that they had `before`: a best guess is not more trusted for having
    been looked at, else nobody could say any more how far trust holds.
    """
    is_decided = judged.truth != UNKNOWN
    truth = np.where(known.truth == UNKNOWN, judged.truth, known.truth)
    after = model(ballots, phase, replace(known, truth=truth))
    value = np.where(is_decided[ballots.candidates.cell], before.value_trust, after.value_trust)
    return after.with_trust(value, np.where(is_decided, before.none_trust, after.none_trust))


def judged_of(ballots: Ballots, reviewed: pd.DataFrame, phase: PhaseSpec) -> Truth:
    """Truth from reviewed rows (contract Reviewed; with `inclusion` where rows were drawn by chance).

    Values are compared as their kind compares them; a value that nobody gave is known as such.
    """
    cells = ballots.cells
    truth = np.full(len(cells.field), UNKNOWN, dtype=np.int64)
    inclusion = np.full(len(cells.field), np.nan)
    rows = reviewed[reviewed["status"].isin(SAYS_WHAT_IS_RIGHT) & reviewed["parent_item_id"].notna()]
    if rows.empty:
        return Truth(truth, inclusion)
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
    return Truth(truth, inclusion)


def decided_values(reviewed: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """What people found of fields whose answers are sets or ratings: item_id, element, field, value, inclusion.

    `reviewed` is contract Reviewed; a value is missing for "there is none".
    """
    rows = reviewed[reviewed["status"].isin(SAYS_WHAT_IS_RIGHT) & reviewed["parent_item_id"].notna()]
    parts = [no_values()]
    for name, spec in phase.fields.items():
        if spec.has_one_value or not spec.can_be_wrong or name not in rows:
            continue
        element = rows["element"] if name in phase.record_fields else ""
        texts = {text: read(text, spec).value or text for text in rows[name].dropna().unique()}
        part = {"item_id": rows["parent_item_id"], "element": element, "field": name, "value": rows[name].map(texts)}
        drawn = rows["inclusion"].astype(float) if "inclusion" in rows else float("nan")
        parts.append(pd.DataFrame(part, dtype="str").assign(inclusion=drawn).drop_duplicates(CELL))
    return pd.concat(parts, ignore_index=True)


def with_outcomes(judged: Truth, ballots: Ballots, outcomes: pd.DataFrame, phase: PhaseSpec) -> Truth:
    """`judged` with the outcomes of values in use, such as bounced mail.

    `outcomes` has item_id, element, field, value and right (bool). What a person decided counts more. That a value is
    wrong says something of the other answers only where there are none.
    """
    cells, values = ballots.cells, ballots.candidates.value
    names = list(phase.fields)
    keys = pd.MultiIndex.from_arrays([cells.item_id, cells.element, np.array(names, dtype=object)[cells.field]])
    place = pd.Series(np.arange(len(judged.truth)), index=keys)
    where = pd.MultiIndex.from_frame(outcomes[["item_id", "element", "field"]])
    truth, refuted = judged.truth.copy(), judged.refuted.tolist()
    for cell, name, value, right in zip(
        place.reindex(where), outcomes["field"], outcomes["value"], outcomes["right"], strict=True
    ):
        if np.isnan(cell) or truth[at := int(cell)] != UNKNOWN:
            continue
        kind = phase.fields[name].kind
        here = range(cells.start[at], cells.start[at + 1])
        match = next((k for k in here if key_of(values[k], kind) == key_of(value, kind)), None)
        if match is None:
            continue
        if right:
            truth[at] = match
        else:
            refuted.append(match)
            truth[at] = NOT_GIVEN if len(here) == 1 else UNKNOWN
    return replace(judged, truth=truth, refuted=np.array(refuted, dtype=np.int64))


def _candidates(ballots: Ballots, cells: Ints, given: list[object], phase: PhaseSpec, name: str) -> list[int]:
    """Candidate of each of `cells` that equals the person's value."""
    spec = phase.fields[name]
    start, values = ballots.cells.start, ballots.candidates.value
    places = []
    for cell, text in zip(cells.tolist(), given, strict=True):
        if not isinstance(text, str) or not text.strip():
            places.append(NO_VALUE)
            continue
        right = key_of(read(text, spec).value or text, spec.kind)
        here = range(start[cell], start[cell + 1])
        places.append(next((k for k in here if key_of(values[k], spec.kind) == right), NOT_GIVEN))
    return places
