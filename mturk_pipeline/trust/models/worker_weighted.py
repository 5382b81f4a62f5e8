"""One coin per worker: each has one reliability, whatever the question and the value.

The model of the 'one-coin' Dawid & Skene, on the values that a cell's workers gave instead of a matrix of classes. A
worker j gives the right value with probability a_j, and each of N wrong ones with probability (1 - a_j) / N::

    weight of j's vote      w_j = log(a_j) - log((1 - a_j) / N)
    P(value k is right)     proportional to exp(sum of w_j over the workers who gave k)
    P(none of the values)   proportional to N + 1 - (values given)
    reliability             a_j = (A m + sum of P(own value is right)) / (A + votes)              A = 4

by turns until nothing changes (expectation-maximisation), beginning with shares of votes. m is the crowd's mean
reliability, so that a worker of few answers counts as an average one.

N: in fields with classes, the number of classes less one. In open fields (a link, an address) nobody can count the
wrong values; what matters is how often two wrong answers coincide, 1 / N. N is learnt from that, leans on 6, and is
at most 10: however many strings are possible, crowds go astray together.

'There is none', in whatever words, is a value like any other here; blanks are no votes, nor is junk. A near miss speaks
against 'none' where nobody gave a value.

Source: Dawid & Skene, Applied Statistics 28 (1979); Zhang, Chen, Zhou & Jordan, JMLR 17 (2016), for one coin; Dong,
Berti-Equille & Srivastava, PVLDB 2 (2009), for false values.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import NEAR_MISS, NONE, NONE_IN_WORDS, VALID, Bools, Floats, Ints
from mturk_pipeline.trust.models.base import Priors, Scores, settled
from mturk_pipeline.trust.models.majority import speakers_for_none
from mturk_pipeline.trust.models.row_groups import shares, sums
from mturk_pipeline.trust.questions import Asked, of_field, shares_classes
from mturk_pipeline.trust.votes import Ballots

FALSE_VALUES, MOST_FALSE_VALUES = 6.0, 10.0
_FALSE_WEIGHT = 200.0  # pairs of wrong answers that the prior of N counts for
LEAN = 4.0  # answers that the crowd's mean counts for in a worker's reliability
_TURNS, _SETTLED = 30, 1e-3
_LIMITS = (0.02, 0.98)


@dataclass(frozen=True)
class _Votes:
    """Values given (S supports), and who said that there is none (D)."""

    worker: Ints  # (S)
    candidate: Ints  # (S)
    weight: Floats  # (S) several values in one answer share its weight
    none_cell: Ints  # (D)
    none_worker: Ints  # (D)
    none_weight: Floats  # (D)
    says_none: Bools  # (C) 'there is none' stands among the values: somebody said so


def worker_weighted(ballots: Ballots, asked: Asked, known: Priors) -> Scores:
    """The posterior of the one-coin model, and each worker's expected right answers."""
    votes = _votes(ballots, asked, known)
    of_candidate, of_none = _first_guess(ballots, votes)
    false_values = _false_values(ballots, asked, votes, of_candidate)
    n_workers = len(ballots.workers)
    given = sums(votes.worker, votes.weight, n_workers) + sums(votes.none_worker, votes.none_weight, n_workers)
    right = np.zeros(n_workers)
    for _ in range(_TURNS):
        right = sums(votes.worker, votes.weight * of_candidate[votes.candidate], n_workers)
        right += sums(votes.none_worker, votes.none_weight * of_none[votes.none_cell], n_workers)
        reliability = _reliability(right + known.right, given + known.given)
        # People who did not log in contradict each other: that makes the answers of none speak against themselves.
        reliability = np.where(ballots.unknown, np.maximum(reliability, 0.5), reliability)
        false_values = _false_values(ballots, asked, votes, of_candidate)
        before = of_candidate
        of_candidate, of_none = _posterior(ballots, votes, reliability, false_values, known)
        if len(before) == 0 or np.abs(of_candidate - before).max() < _SETTLED:
            break
    supporters, silent = speakers_for_none(ballots, asked)
    near = ballots.cells.unreadable_weights[:, NEAR_MISS]
    said_nothing = supporters / (1 + supporters + silent + near)
    valued = ballots.cells.counts[:, VALID] > 0
    of_none = np.where(valued, of_none, of_none / (1 + near))
    return Scores(
        value_trust=of_candidate,
        none_trust=np.where(valued, of_none, np.maximum(of_none, said_nothing)),
        right=right + known.right,
        given=given + known.given,
    )


def crowd_mean(right: Floats, given: Floats) -> float:
    """The crowd's share of right answers, leaning on 0.7."""
    return float(np.clip((right.sum() + 7) / (given.sum() + 10), 0.3, 0.95))


def _reliability(right: Floats, given: Floats) -> Floats:
    mean = crowd_mean(right, given)
    return np.clip((right + LEAN * mean) / (given + LEAN), *_LIMITS)


def _votes(ballots: Ballots, asked: Asked, known: Priors) -> _Votes:
    votes = ballots.votes
    is_value = of_field([s.none_policy == "answer" for s in asked.fields.values()], ballots.cells.field)
    none = ((votes.state == NONE) | (votes.evidence == NONE_IN_WORDS)) & is_value[votes.cell]
    values = np.bincount(ballots.support_vote, minlength=len(votes.cell))
    worker = votes.worker[ballots.support_vote]
    return _Votes(
        worker=worker,
        candidate=ballots.support_candidate,
        weight=known.weight[worker] * votes.weight[ballots.support_vote] / values[ballots.support_vote],
        none_cell=votes.cell[none],
        none_worker=votes.worker[none],
        none_weight=votes.weight[none],
        says_none=np.bincount(votes.cell[none], minlength=len(is_value)) > 0,
    )


def _first_guess(ballots: Ballots, votes: _Votes) -> tuple[Floats, Floats]:
    """Shares of votes, with one more for what nobody gave."""
    n_cells, cell = len(ballots.cells.field), ballots.candidates.cell
    nones = sums(votes.none_cell, votes.none_weight, n_cells)
    count = sums(votes.candidate, votes.weight, len(cell))
    total = sums(cell, count, n_cells) + nones + 1
    return count / total[cell], nones / total


def _false_values(ballots: Ballots, asked: Asked, votes: _Votes, of_candidate: Floats) -> Floats:
    """N of each cell (C)."""
    cells, cell = ballots.cells, ballots.candidates.cell
    wrong = votes.weight * (1 - of_candidate[votes.candidate])
    closed = of_field([shares_classes(s) for s in asked.fields.values()], cells.field)
    learnt = coincidence(wrong, votes.candidate, cell, ~closed)
    classes = class_counts(ballots, asked)
    return np.where(closed, np.maximum(classes[cells.field] - 1, 1), learnt)


def coincidence(wrong: Floats, candidate: Ints, cell: Ints, among: Bools) -> float:
    """N for open fields: pairs of wrong answers over pairs that coincide, in the cells `among` (C)."""
    here = among[cell[candidate]]
    wrong, candidate = wrong[here], candidate[here]
    squares = (wrong**2).sum()
    same = (sums(candidate, wrong, len(cell)) ** 2).sum() - squares
    together = (sums(cell[candidate], wrong, len(among)) ** 2).sum() - squares
    return float(np.clip((together + _FALSE_WEIGHT) / (same + _FALSE_WEIGHT / FALSE_VALUES), 1.5, MOST_FALSE_VALUES))


def class_counts(ballots: Ballots, asked: Asked) -> Ints:
    """Different answers of each field (F): those its phase names, or those given; at least two."""
    field = ballots.cells.field[ballots.candidates.cell]
    seen = np.array([len(set(ballots.candidates.value[field == f])) for f in range(len(asked.fields))], dtype=np.int64)
    named = np.array([len(s.choices) for s in asked.fields.values()], dtype=np.int64)
    return np.maximum(np.maximum(seen, named), 2)


def _posterior(
    ballots: Ballots, votes: _Votes, reliability: Floats, false_values: Floats, known: Priors
) -> tuple[Floats, Floats]:
    cells, cell = ballots.cells, ballots.candidates.cell
    odds = np.log(reliability / (1 - reliability))
    support = sums(votes.candidate, votes.weight * odds[votes.worker], len(cell))
    count = sums(votes.candidate, votes.weight, len(cell))
    logs = support + count * np.log(false_values)[cell]
    n_cells = len(cells.field)
    for_none = odds[votes.none_worker] + np.log(false_values)[votes.none_cell]
    nones = sums(votes.none_cell, votes.none_weight * for_none, n_cells)
    unseen = np.maximum(false_values + 1 - cells.candidates - votes.says_none, 1e-3)
    others = np.vstack([np.log(unseen), np.where(votes.says_none, nones, -np.inf)])
    of_candidate, (_, of_none) = shares(cells.start, cell, logs, others)
    return settled(ballots, of_candidate, of_none, known)
