"""Trust: the default model, an average of experts that are wrong in different ways.

Closed fields (classes that all items share)::

    trust = 0.65 * hierarchical confusion (`confusion`) + 0.35 * smoothed vote

Open fields (links, addresses, names, numbers)::

    trust = 0.75 * roles (`roles`), with copied values discounted (`copying`) + 0.25 * smoothed vote

The models see who is reliable and are too sure of themselves, most of all with three answers an item; the vote sees
nobody and never is. With shares of votes v among n, smoothed by one vote that nobody gave, v / (n + 1), the average
says best how often it is right. The vote says which value, not whether there is one: beside values that somebody gave,
'none' is as probable as the roles have it, and the vote has a say in what they leave. A value of low trust v is right
less often than that, the more so the more probable none is (n)::

    v < .5:  v * (2 v) ^ (1.3 * min(1, 2 n / (n + v)))

On drawn crowds (every other seed of open crowds and of simulated lead batches) an exponent of 1.3 has the best
likelihood, on the other half as well. In lists, what is said of a record's field is multiplied by the trust
that the record is real (`mturk_pipeline.trust.list_model`).

How good a worker is in one field tells of the others: closed fields lean on the worker's share of right answers in
the other fields, by the one-coin model (`worker_weighted`).

With fewer than 20 items the priors decide more than the data; a note says so.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import NEAR_MISS, VALID, Bools, Floats
from mturk_pipeline.trust.models.base import Copying, Priors, Scores
from mturk_pipeline.trust.models.closed_copying import find_closed_copying
from mturk_pipeline.trust.models.closed_fields import closed_field, closed_numbers, counted, is_of, of_candidates
from mturk_pipeline.trust.models.confusion import smoothed_vote
from mturk_pipeline.trust.models.copying import find_copying
from mturk_pipeline.trust.models.majority import speakers_for_none
from mturk_pipeline.trust.models.many_fields import classify_all
from mturk_pipeline.trust.models.record_existence import with_records
from mturk_pipeline.trust.models.roles import fit_roles, open_votes
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.models.worker_weighted import class_counts, worker_weighted
from mturk_pipeline.trust.questions import Asked
from mturk_pipeline.trust.votes import Ballots

CLOSED_SMOOTHING, OPEN_SMOOTHING = 0.35, 0.25
BESIDE_NONE = 1.3
FEW_ITEMS = 20
_ROUNDS, _TURNS = 3, 12


def trust(ballots: Ballots, asked: Asked, known: Priors) -> Scores:
    """The average of experts, field by field."""
    closed = closed_numbers(ballots, asked)
    is_open = ~is_of(closed, ballots.cells.field)
    scores = _open(ballots, asked, known, is_open) if is_open.any() else _nothing(ballots, known)
    if closed:
        scores = _with_closed(ballots, asked, known, closed, scores, CLOSED_SMOOTHING)
    if len(ballots.lists.item):
        scores = with_records(ballots, asked, scores, known)
    if 0 < len(np.unique(ballots.cells.item)) < FEW_ITEMS:
        scores = replace(scores, notes=(*scores.notes, f"fewer than {FEW_ITEMS} items: prior only"))
    return scores


def confusion(ballots: Ballots, asked: Asked, known: Priors) -> Scores:
    """Hierarchical confusion for closed fields, without the smoothed vote; one coin per worker for open ones."""
    closed = closed_numbers(ballots, asked)
    scores = worker_weighted(ballots, asked, known)
    if not closed:
        return replace(scores, notes=("no closed field: one coin per worker",))
    n = len(ballots.workers)
    only_open = replace(scores, right=np.zeros(n), given=np.zeros(n))
    return _with_closed(ballots, asked, known, closed, only_open, 0.0)


def _nothing(ballots: Ballots, known: Priors) -> Scores:
    return Scores(np.zeros(len(ballots.candidates.cell)), np.zeros(len(ballots.cells.field)), known.right, known.given)


def _open(ballots: Ballots, asked: Asked, known: Priors, is_open: Bools) -> Scores:
    votes = open_votes(ballots, asked, is_open)
    independent, roles, copying = np.ones(len(votes.cell)), None, Copying.nobody()
    value = pd.factorize(pd.Index(ballots.candidates.value))[0].astype(np.int64)
    for _ in range(_ROUNDS):
        roles = fit_roles(ballots, asked, votes, known, independent, roles, _TURNS)
        copying, independent = find_copying(votes, roles, ballots.candidates.cell, ballots.hit, value, independent)
    roles = fit_roles(ballots, asked, votes, known, independent, roles, _TURNS)
    cell = ballots.candidates.cell
    weight = independent * votes.part * known.weight[votes.worker]
    count = sums(votes.candidate, weight, len(cell))
    given = ballots.cells.weights[:, VALID]
    speakers, _ = speakers_for_none(ballots, asked)
    near = ballots.cells.unreadable_weights[:, NEAR_MISS]
    vote_none = np.where((given == 0) & is_open, speakers / (speakers + near + 1), 0)
    keep = 1 - OPEN_SMOOTHING
    # In a list the question whether a record is real is asked apart from that.
    contested = (given > 0) & (ballots.cells.element == "")
    may_exist = np.where(contested, 1 - roles.none, 1) * is_open
    vote = np.minimum(count / (given + 1)[cell], 1) * may_exist[cell]
    value = keep * roles.candidate + OPEN_SMOOTHING * vote
    return Scores(
        value_trust=less_beside_none(value, np.where(contested, roles.none, 0)[cell]),
        none_trust=np.where(contested, roles.none, keep * roles.none + OPEN_SMOOTHING * vote_none),
        right=roles.right,
        given=roles.given,
        copying=copying,
        copied=sums(votes.candidate, (independent < 0.5).astype(float), len(cell)) > 0,
    )


def less_beside_none(value: Floats, none: Floats) -> Floats:
    """Trust of values, lowered below one half as far as none is probable too; see this file's docstring.

    >>> less_beside_none(np.array([0.9, 0.3, 0.3, 0.3]), np.array([0.1, 0.0, 0.3, 0.6])).round(3).tolist()
    [0.9, 0.3, 0.154, 0.154]
    """
    rival = np.minimum(2 * none / np.maximum(none + value, 1e-9), 1.0)
    return value * np.minimum(2 * value, 1.0) ** (BESIDE_NONE * rival)


def _with_closed(
    ballots: Ballots, asked: Asked, known: Priors, closed: tuple[int, ...], scores: Scores, smoothing: float
) -> Scores:
    """`scores` with the closed fields' put in."""
    value, none = scores.value_trust.copy(), scores.none_trust.copy()
    sharp = value.copy(), none.copy()
    right, given, notes = scores.right.copy(), scores.given.copy(), list(scores.notes)
    coin = worker_weighted(ballots, asked, known) if len(asked.fields) > 1 else None
    names = list(asked.fields)
    fields = {n: closed_field(ballots, asked, n, known, *_elsewhere(ballots, known, coin, n)) for n in closed}
    fields = {number: field for number, field in fields.items() if len(field.votes.item)}
    classified = classify_all([field.votes for field in fields.values()], known.seed)
    for (number, field), (probabilities, taken) in zip(fields.items(), classified, strict=True):
        both = (1 - smoothing) * probabilities + smoothing * smoothed_vote(field.votes)
        value[field.candidate], none[field.cell] = of_candidates(field, both)
        sharp[0][field.candidate], sharp[1][field.cell] = of_candidates(field, probabilities)
        of_field = counted(field, probabilities)
        right, given = right + of_field[0], given + of_field[1]
        if taken > 0:
            notes.append(f"{names[number]}: weighting spreads the classes more evenly than the vote; held back")
    copying = scores.copying.beside(find_closed_copying(ballots, closed, class_counts(ballots, asked)))
    scores = replace(scores, value_trust=value, none_trust=none, right=right, given=given, notes=tuple(notes))
    return replace(scores, copying=copying, unsmoothed=sharp)


def _elsewhere(ballots: Ballots, known: Priors, coin: Scores | None, field: int) -> tuple[Floats, Floats]:
    """Each worker's right answers and answers, before and in all fields but this one."""
    if coin is None:
        return known.right, known.given
    of_vote = ballots.cells.field[ballots.candidates.cell[ballots.support_candidate]] == field
    worker = ballots.votes.worker[ballots.support_vote[of_vote]]
    here = coin.value_trust[ballots.support_candidate[of_vote]]
    n, weight = len(ballots.workers), ballots.votes.weight[ballots.support_vote[of_vote]]
    given = np.maximum(coin.given - sums(worker, weight, n), 0)
    return np.clip(coin.right - sums(worker, weight * here, n), 0, given), given
