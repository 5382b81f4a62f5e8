"""From a model's scores to one outcome for each cell."""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import BLANK, NEAR_MISS, NONE, NONE_IN_WORDS, VALID, Bools, Floats, Ints, Texts
from mturk_pipeline.trust.models.base import NO_VALUE, UNKNOWN, Priors, Scores, first_candidates
from mturk_pipeline.trust.questions import Asked, blank_means_none, of_field
from mturk_pipeline.trust.votes import Ballots

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Chosen:
    """The outcome of each of C cells."""

    best: Ints  # candidate; -1 where it is 'none' or nothing usable
    trust: Floats
    votes: Ints  # workers who gave the best candidate


def choose(ballots: Ballots, scores: Scores) -> Chosen:
    """The most probable outcome of each cell: a value, or none (ties go to the value)."""
    best = first_candidates(ballots, scores.value_trust)
    of_value = of_chosen(scores.value_trust, best)
    best = np.where((best >= 0) & (of_value >= scores.none_trust), best, -1)
    trust = np.where(best >= 0, of_value, scores.none_trust)
    return Chosen(best, np.clip(trust, 0, 1), of_chosen(ballots.candidates.votes, best))


def outcomes(ballots: Ballots, scores: Scores, chosen: Chosen) -> Texts:
    """(C) 'value', 'none', or 'unknown': nothing usable, or near misses that make a value more probable than none."""
    nearly = (ballots.cells.unreadable[:, NEAR_MISS] > 0) & (ballots.cells.counts[:, VALID] == 0)
    is_none = (scores.none_trust > 0) & ~(nearly & (scores.none_trust < 0.5))
    return np.where(chosen.best >= 0, "value", np.where(is_none, "none", "unknown")).astype(object)


def of_chosen(of_candidates: np.ndarray, best: Ints) -> np.ndarray:
    """Values of each cell's chosen candidate; 0 or False without one."""
    return np.append(of_candidates, np.zeros(1, dtype=of_candidates.dtype))[best]


def patterns(ballots: Ballots, best: Ints) -> list[str]:
    """'lone', '2:0', '2:1' … of each cell: workers for the value `best` against the other workers with one.

    Votes that may be one person's count as one worker.
    """
    valid = at_least(ballots.cells.weights[:, VALID]).tolist()
    votes = at_least(of_chosen(ballots.candidates.weight, best)).tolist()
    return ["0" if n == 0 else "lone" if n == 1 else f"{v}:{n - v}" for v, n in zip(votes, valid, strict=True)]


def at_least(weights: Floats) -> Ints:
    """How many people stand behind votes of these weights, a part of one taken for one."""
    return np.ceil(weights - _ROUNDING).astype(np.int64)


def checked_workers(ballots: Ballots, known: Priors) -> Bools:
    """(W) workers for or against whom there is evidence: equal answers, history, or gold."""
    together = ballots.cells.people + ballots.cells.absent > 1
    together |= known.truth != UNKNOWN
    seen = np.bincount(ballots.votes.worker[together[ballots.votes.cell]], minlength=len(ballots.workers)) > 0
    return seen | (known.given > 0)


def checked_cells(ballots: Ballots, known: Priors) -> Bools:
    """(C) cells with an answer of a worker who was checked at all: the others rest on a prior alone."""
    votes = ballots.votes
    checked = checked_workers(ballots, known)[votes.worker]
    return np.bincount(votes.cell[checked], minlength=len(ballots.cells.field)) > 0


def changed(ballots: Ballots, chosen: Chosen, for_none: Floats) -> Bools:
    """Where the outcome has less support than another value; `for_none` (C) is the weight of 'there is none'."""
    first = np.where(ballots.cells.candidates > 0, ballots.cells.start[:-1], -1)
    weight = np.append(ballots.candidates.weight, 0)
    support = np.where(chosen.best >= 0, weight[chosen.best], for_none)
    return (first >= 0) & (chosen.best != first) & (weight[first] > support + _ROUNDING)


def none_backed(ballots: Ballots, asked: Asked, known: Priors) -> Bools:
    """(C) where 'none' may pass without a look, if it is trusted enough: somebody who counts for anything said so or
    left the field blank where that says so, and nobody nearly wrote a value. Junk alone says nothing."""
    votes, field = ballots.votes, ballots.cells.field
    specs = list(asked.fields.values())
    blank = of_field([blank_means_none(s) for s in specs], field)[votes.cell]
    declared = of_field([s.none_policy == "answer" or blank_means_none(s) for s in specs], field)[votes.cell]
    says_none = declared & ((votes.state == NONE) | (votes.evidence == NONE_IN_WORDS)) | blank & (votes.state == BLANK)
    counts = known.weight[votes.worker] > 0
    for_none = np.bincount(votes.cell[says_none & counts], minlength=len(field))
    nearly = np.bincount(votes.cell[(votes.evidence == NEAR_MISS) & counts], minlength=len(field))
    return ((for_none > 0) & (nearly == 0)) | (known.truth == NO_VALUE)
