"""Rules by which best guesses pass without review, and which rows a person has to see."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import VALID, Bools, Floats
from mturk_pipeline.trust.choosing import checked_cells, none_backed
from mturk_pipeline.trust.models.base import NO_VALUE, Priors
from mturk_pipeline.trust.reasons import given_in_a_hurry
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_ROUNDING = 1e-9


class Guesses(NamedTuple):
    """Best guesses of C cells: trust, whether 'none', whether suspicious, votes for none."""

    trust: Floats
    is_none: Bools
    suspicious: Bools
    for_none: Floats


def accepted(
    votes: Ballots, phase: PhaseSpec, known: Priors, guesses: Guesses, accept: Floats, answers: pd.DataFrame
) -> Bools:
    """(C) whether the best guess passes: trusted enough, by checked workers, not suspicious, and 'none' only if backed.

    `accept` is each field's threshold (`thresholds_of`); `answers` is contract `Answers`.
    """
    limit = np.where(guesses.is_none, _limits_of_none(votes, phase, accept), accept[votes.cells.field])
    enough = (guesses.trust >= limit - _ROUNDING) & ~guesses.suspicious & checked_cells(votes, known)
    backed = none_backed(votes, phase, known) & ~_outvoted(votes, phase, known, guesses.for_none, answers)
    return enough & (~guesses.is_none | backed)


def thresholds_of(phase: PhaseSpec, given: Mapping[str, float]) -> Floats:
    """Threshold of each of the phase's fields, in their order."""
    unknown = sorted(set(given) - set(phase.fields) - {"*"})
    if unknown:
        raise ValueError(f"a threshold is given for {unknown}, which is no field of {list(phase.fields)}")
    return np.array([given.get(f, given.get("*", phase.threshold(f))) for f in phase.fields], dtype=float)


def _limits_of_none(votes: Ballots, phase: PhaseSpec, accept: Floats) -> Floats:
    """(C) trust from which 'none' is accepted; where somebody gave a value, midway between that and the value's."""
    cells = votes.cells
    none = np.minimum(accept, [phase.threshold_of_none(name) for name in phase.fields])
    contested = cells.counts[:, VALID] > 0
    return np.where(contested, (none[cells.field] + accept[cells.field]) / 2, none[cells.field])


def _outvoted(votes: Ballots, phase: PhaseSpec, known: Priors, for_none: Floats, answers: pd.DataFrame) -> Bools:
    """(C) where more people gave a value than said that there is none (`for_none`), not counting hurried ones.

    Values that differ from each other look wrong to a model whichever side is wrong: that some took no time for the
    work is evidence of another sort. Nobody doubts what a gold question says.
    """
    gave = votes.cells.weights[:, VALID] - given_in_a_hurry(votes, phase, answers)
    return (gave > for_none + _ROUNDING) & (known.truth != NO_VALUE)
