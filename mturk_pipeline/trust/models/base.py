"""Interface of trust models: what each takes and returns."""

from dataclasses import dataclass, field, replace

import numpy as np

from mturk_pipeline.trust.answer_codes import Bools, Floats, Ints
from mturk_pipeline.trust.votes import Ballots

# What `Known.truth` says where it names no candidate: nothing; that there is none; a value that nobody gave.
UNKNOWN, NO_VALUE, NOT_GIVEN = -1, -2, -3


@dataclass(frozen=True)
class Priors:
    """Prior knowledge of C cells and W workers.

    `truth` comes from gold questions and reviewed items; `right` and `given` from a worker's history; `weight` from
    a person who trusts a worker more or less than the model would (0 = answers count for nothing).
    """

    truth: Ints  # (C) the candidate that is right, or UNKNOWN, NO_VALUE, NOT_GIVEN
    right: Floats  # (W) right answers before, as far as they count here
    given: Floats  # (W) answers before
    weight: Floats  # (W) 0 … 1 … 2
    seed: int = 0

    @staticmethod
    def nothing(ballots: Ballots, seed: int = 0) -> "Priors":
        """No prior knowledge of anybody."""
        n = len(ballots.workers)
        unknown = np.full(len(ballots.cells.field), UNKNOWN, dtype=np.int64)
        return Priors(unknown, np.zeros(n), np.zeros(n), np.ones(n), seed)


@dataclass(frozen=True)
class Copying:
    """Pairs of workers who gave the same values oftener than independent workers would."""

    first: Ints  # (P) worker
    second: Ints  # (P) worker
    probability: Floats  # (P) that one copies from the other, or both from a third
    shared: Ints  # (P) HITs with different values that they share

    @staticmethod
    def nobody() -> "Copying":
        none = np.zeros(0, dtype=np.int64)
        return Copying(none, none, np.zeros(0), none)

    def beside(self, other: "Copying") -> "Copying":
        """These pairs and others."""
        return Copying(
            np.concatenate([self.first, other.first]),
            np.concatenate([self.second, other.second]),
            np.concatenate([self.probability, other.probability]),
            np.concatenate([self.shared, other.shared]),
        )


@dataclass(frozen=True)
class Scores:
    """A model's estimates for the ballots: K candidates, C cells, W workers."""

    value_trust: Floats  # (K) probability that the candidate is right
    none_trust: Floats  # (C) probability that there is none
    right: Floats  # (W) expected number of right answers among …
    given: Floats  # (W) … those that count; history and gold included
    copying: Copying = field(default_factory=Copying.nobody)
    copied: Bools | None = None  # (K) some supporter may have copied the value; None where nobody looked
    # (K), (C): the trusts of closed fields before the vote smooths them: workers are judged by these. None: by trusts
    unsmoothed: tuple[Floats, Floats] | None = None
    notes: tuple[str, ...] = ()  # what a reader of the results should know, in words

    def with_trust(self, value_trust: Floats, none_trust: Floats) -> "Scores":
        return replace(self, value_trust=value_trust, none_trust=none_trust)

    def settled(self, ballots: Ballots, known: Priors) -> "Scores":
        """With known answers put in: trust of 1 in what is right, of 0 in all else in its cell."""
        return self.with_trust(*settled(ballots, self.value_trust, self.none_trust, known))


def settled(ballots: Ballots, of_candidate: Floats, of_none: Floats, known: Priors) -> tuple[Floats, Floats]:
    """Probabilities (K) and (C) with known answers put in."""
    sure = known.truth != UNKNOWN
    if not sure.any():
        return of_candidate, of_none
    of_candidate = np.where(sure[ballots.candidates.cell], 0.0, of_candidate)
    of_candidate[known.truth[known.truth >= 0]] = 1.0
    return of_candidate, np.where(sure, known.truth == NO_VALUE, of_none)


def first_candidates(ballots: Ballots, value: Floats) -> Ints:
    """Each cell's candidate with the highest `value` (K), ties to the first; -1 where a cell has none."""
    cell = ballots.candidates.cell
    order = np.lexsort((np.arange(len(cell)), -value, cell))
    best = np.full(len(ballots.cells.field), -1, dtype=np.int64)
    ordered = cell[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    best[ordered[first]] = order[first]
    return best
