"""Copying in closed fields and sets: pairs of workers who answer alike where everybody else says something else.

A closed question has few answers, so two who are wrong coincide now and then. What tells a pair that works together is
that it coincides on nearly all items that both saw, while others contradict. For each pair a, b, over the items c that
both answered beside others, s_c = 1 where they answered alike and alone::

    q_c   = t_a t_b prod(1 - t_o, o another) + (1 - t_a)(1 - t_b) w         if they work apart
    score = log mean over r in GRID of prod_c (r / q_c)^s_c ((1 - r) / (1 - q_c))^(1 - s_c)

t is how often a worker is right, as far as agreement with others (for a and b: than the partner) shows; w = max(1 /
(classes - 1), 0.3) is how often two wrong answers coincide: crowds go astray together. Several fields of one HIT are
one observation, the mean over them. Probability of copying: 1 / (1 + exp(8 - score)); with fewer than three such items
none.

Source: Dong, Berti-Equille & Srivastava, PVLDB 2 (2009), for dependence; t from agreement is of this project.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import VALID, Floats, Ints, pairs
from mturk_pipeline.trust.models.base import Copying
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.votes import Ballots

GRID = (0.5, 0.7, 0.9)
COINCIDE = 0.3
PRIOR, FEWEST = -8.0, 3
_NEAREST = 10  # voters of a cell that are compared with each
_LEAN = 2.0


@dataclass(frozen=True)
class _Seen:
    """What pairs of workers answered (R rows): of an item, one for each field."""

    pair: Ints  # (R) place in the pairs
    hit: Ints  # (R)
    cell: Ints  # (R)
    same: Floats  # (R) 1: they answered alike …
    alone: Floats  # (R) … and nobody else did
    first: Ints  # (P) worker
    second: Ints  # (P)


def find_closed_copying(ballots: Ballots, closed: tuple[int, ...], classes: Ints) -> Copying:
    """The pairs that share answers in the fields `closed`; `classes` (F) is how many answers each field has."""
    seen = _seen(ballots, closed)
    if not len(seen.pair):
        return Copying.nobody()
    skill, first, second = _skills(seen, len(ballots.workers))
    wrong = np.maximum(1 / np.maximum(classes - 1, 1), COINCIDE)[ballots.cells.field[seen.cell]]
    contradicted = (
        _all_wrong(ballots, skill)[seen.cell] / ((1 - skill[seen.first]) * (1 - skill[seen.second]))[seen.pair]
    )
    both, neither = (first * second)[seen.pair], ((1 - first) * (1 - second))[seen.pair]
    apart = np.clip(both * np.minimum(contradicted, 1.0) + neither * wrong, 0.02, 0.98)
    once, _ = pairs(seen.pair, seen.hit)
    share, n = 1 / np.bincount(once)[once], len(seen.first)
    logs = np.array([
        sums(seen.pair, share * np.where(seen.alone > 0, np.log(r / apart), np.log((1 - r) / (1 - apart))), n)
        for r in GRID
    ])  # fmt: skip
    alone = np.floor(sums(seen.pair, share * seen.alone, n) + 1e-9).astype(np.int64)
    score = np.log(np.exp(np.clip(logs, -30, 30)).mean(axis=0))
    probability = np.where(alone >= FEWEST, 1 / (1 + np.exp(-np.clip(score + PRIOR, -30, 30))), 0.0)
    shared = probability > 0
    return Copying(seen.first[shared], seen.second[shared], probability[shared], alone[shared])


def _skills(seen: _Seen, workers: int) -> tuple[Floats, Floats, Floats]:
    """How often workers (W) are right, and both of each pair (P) by the agreement with others than the partner."""
    same = sums(seen.pair, seen.same, len(seen.first))
    rows = np.bincount(seen.pair, minlength=len(seen.first)).astype(float)
    agree = sums(seen.first, same, workers) + sums(seen.second, same, workers)
    asked = sums(seen.first, rows, workers) + sums(seen.second, rows, workers)
    crowd = float(np.sqrt(np.clip((agree.sum() + _LEAN) / (asked.sum() + 2 * _LEAN), 0.05, 0.98)))

    def skill(agreed: Floats, of: Floats) -> Floats:
        return np.clip((agreed + _LEAN * crowd**2) / (of + _LEAN) / crowd, 0.02, 0.98)

    return (
        skill(agree, asked),
        skill(agree[seen.first] - same, asked[seen.first] - rows),
        skill(agree[seen.second] - same, asked[seen.second] - rows),
    )


def _all_wrong(ballots: Ballots, skill: Floats) -> Floats:
    """(C) how probable it is that all who gave a value are wrong."""
    votes = ballots.votes
    valid = votes.state == VALID
    return np.exp(sums(votes.cell[valid], np.log(1 - skill[votes.worker[valid]]), len(ballots.cells.field)))


def _seen(ballots: Ballots, closed: tuple[int, ...]) -> _Seen:
    cells, votes = ballots.cells, ballots.votes
    of_closed = np.isin(cells.field[votes.cell], np.array(closed, dtype=np.int64)) & ~ballots.unknown[votes.worker]
    # Votes are sorted by cell.
    row = np.flatnonzero(of_closed & (votes.state == VALID) & (cells.counts[votes.cell, VALID] > 2))
    answer = pairs(votes.cell, votes.token)[0]
    givers = np.bincount(answer, votes.state == VALID)
    first, second = (row[of_pair] for of_pair in _neighbours(votes.cell[row]))
    a = np.minimum(votes.worker[first], votes.worker[second])
    b = np.maximum(votes.worker[first], votes.worker[second])
    width = len(ballots.workers)
    codes, pair = np.unique(a * width + b, return_inverse=True)
    same = answer[first] == answer[second]
    return _Seen(
        pair=pair,
        hit=ballots.hit[votes.cell[first]],
        cell=votes.cell[first],
        same=same.astype(float),
        alone=(same & (givers[answer[first]] == 2)).astype(float),
        first=codes // width,
        second=codes % width,
    )


def _neighbours(cell: Ints) -> tuple[Ints, Ints]:
    """Pairs of rows of the same cell (sorted); of many each with its nearest."""
    first, second = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for lag in range(1, min(_NEAREST, len(cell) - 1) + 1):
        same = np.flatnonzero(cell[lag:] == cell[:-lag])
        if not len(same):
            break
        first.append(same)
        second.append(same + lag)
    return np.concatenate(first), np.concatenate(second)
