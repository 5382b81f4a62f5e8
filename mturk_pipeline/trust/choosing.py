"""From a model's scores to one outcome for each cell."""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.coding import VALID, Bools, Floats, Ints
from mturk_pipeline.trust.models.scores import Scores, first_candidates
from mturk_pipeline.trust.votes import Ballots


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


def of_chosen(of_candidates: np.ndarray, best: Ints) -> np.ndarray:
    """Of each cell what its chosen candidate has; 0 or False without one."""
    return np.append(of_candidates, np.zeros(1, dtype=of_candidates.dtype))[best]


def patterns(ballots: Ballots, votes: Ints) -> list[str]:
    """'lone', '2:0', '2:1' … of each cell: workers for the outcome's value against the other workers with one."""
    valid = ballots.cells.counts[:, VALID].tolist()
    return ["0" if n == 0 else "lone" if n == 1 else f"{v}:{n - v}" for v, n in zip(votes.tolist(), valid, strict=True)]


def changed(ballots: Ballots, chosen: Chosen) -> Bools:
    """Where the outcome is another than the most supported value."""
    first = np.where(ballots.cells.candidates > 0, ballots.cells.start[:-1], -1)
    votes = np.append(ballots.candidates.votes, 0)
    return (first >= 0) & (chosen.best != first) & ((chosen.best < 0) | (votes[first] > votes[chosen.best]))
