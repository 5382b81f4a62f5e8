"""Copying: pairs of workers who share wrong values, and what their agreement is then worth.

Independent workers who give the same value are nearly always right: it is hard to be wrong in the same way. So where
two workers agree and reliable others say something else, again and again, one copies from the other, or both take
part in the same scheme. For each pair, over the cells where both gave the same value::

    x_c   = P(votes of the others in cell c | the shared value is right) / P(… | it is wrong)
    score = log mean over r in GRID of  prod_c (r x_c + 1 - r) / (i x_c + 1 - i)

where i is the share of right ones among the values that independent pairs share (learnt from all pairs, near 0.95)
and r that of a copying pair (unknown, so averaged over a grid up to 0.65): a Bayes factor. Two workers are suspected
with probability 1 / (1 + exp(5 - score)): a lone coincidence never suffices, and honest pairs have scores near 0.
Others' votes count by their reliability, and less where these may be copied too; silence speaks against the value,
as far as the worker would have found it, since wrong values are often given where there is none.

A value of a worker who may have copied it from a more reliable supporter counts as (1 - 0.95 P(copied)).
A value that a pair shares on many items counts once: a link that everybody finds on many pages is a footer, no copying.
Nobody is suspected of what was shared in one HIT.

Source: Dong, Berti-Equille & Srivastava, Integrating conflicting data: the role of source dependence, PVLDB 2 (2009).
"""

import numpy as np

from mturk_pipeline.trust.answer_codes import Floats, Ints
from mturk_pipeline.trust.models.base import Copying
from mturk_pipeline.trust.models.roles import MADE_UP, OpenVotes, Roles
from mturk_pipeline.trust.models.row_groups import sums

GRID = (0.05, 0.2, 0.35, 0.5, 0.65)
PRIOR = -5.0
INDEPENDENT_RIGHT = (18.6, 1.4)  # weak prior of i: right and wrong shared values
COPIED = 0.95
_NEAREST = 10  # supporters of a value that are compared with each
_MOST = 50.0


def find_copying(
    votes: OpenVotes, roles: Roles, cell: Ints, hit: Ints, value: Ints, independent: Floats
) -> tuple[Copying, Floats]:
    """The pairs of workers who share a value, and (S) what each value given counts for.

    `cell` (K) is each candidate's cell, `hit` (C) each cell's HIT, `value` (K) its value as a code, the same in
    different cells where the values are equal; `independent` (S) is what each value given counted for when `roles` were
    estimated.
    """
    first, second = _sharing(votes.candidate)
    # Answers of people who did not log in may all be one person's: that is no copying.
    pair_of_people = ~(votes.unknown[first] | votes.unknown[second])
    first, second = first[pair_of_people], second[pair_of_people]
    a = np.minimum(votes.worker[first], votes.worker[second])
    b = np.maximum(votes.worker[first], votes.worker[second])
    width = int(votes.worker.max(initial=0)) + 1
    pair_codes, pair, shared = np.unique(a * width + b, return_inverse=True, return_counts=True)
    del a, b
    # One shared value is no pattern; with many workers nearly all pairs are such, and cost the most.
    often = shared[pair] > 1
    first, second, pair = first[often], second[often], (np.cumsum(shared > 1) - 1)[pair[often]]
    pair_codes, shared = pair_codes[shared > 1], shared[shared > 1]
    ratio = _others_say(votes, roles, cell, independent, first, second)
    # The same value for many items (a footer that both found) is shared once, not many times.
    candidate = votes.candidate[first]
    times, values = _times(pair, value[candidate], len(pair_codes))
    once = 1 / times
    shared = np.minimum(values, _times(pair, hit[cell[candidate]], len(pair_codes))[1])
    probability = _suspicion(ratio, pair, len(pair_codes), once)
    rank = _rank(votes, roles)
    late = np.where(rank[first] < rank[second], second, first)
    copying = Copying(pair_codes // width, pair_codes % width, probability, shared)
    return copying, np.exp(sums(late, np.log(1 - COPIED * probability[pair]), len(votes.worker)))


def _times(pair: Ints, thing: Ints, pairs: int) -> tuple[Ints, Ints]:
    """How often each row's pair and thing stand together, and how many different things each pair has."""
    both, place, times = np.unique(
        pair * (int(thing.max(initial=0)) + 1) + thing, return_inverse=True, return_counts=True
    )
    return times[place], np.bincount(both // (int(thing.max(initial=0)) + 1), minlength=pairs)


def _sharing(candidate: Ints) -> tuple[Ints, Ints]:
    """Pairs of rows with the same candidate; of many supporters each with its nearest."""
    order = np.argsort(candidate, kind="stable")
    ordered, first, second = candidate[order], [order[:0]], [order[:0]]
    for lag in range(1, min(_NEAREST, len(order) - 1) + 1):
        same = np.flatnonzero(ordered[lag:] == ordered[:-lag])
        if not len(same):
            break
        first.append(order[same])
        second.append(order[same + lag])
    return np.concatenate(first), np.concatenate(second)


def _others_say(votes: OpenVotes, roles: Roles, cell: Ints, independent: Floats, first: Ints, second: Ints) -> Floats:
    """x: how much likelier the others' votes are where the shared value is right."""
    right = np.clip(roles.finds / (roles.finds + roles.errs + 0.02), 0.3, 0.95)[votes.worker]
    weight = independent * votes.part
    agrees = weight * np.log(right * roles.false_values / (1 - right))
    differs = weight * np.log((1 - right) / (1 - 0.2 * right))
    n_cells = len(votes.open)
    supporting = sums(votes.candidate, agrees, len(cell))
    differs *= votes.share
    of_vote = sums(votes.vote, differs, int(votes.vote.max(initial=-1)) + 1)
    opposing = sums(votes.cell, differs, n_cells)[cell] - sums(votes.candidate, of_vote[votes.vote], len(cell))
    candidate = votes.candidate[first]
    opposing = opposing + _silence(votes, roles)[cell]
    logs = supporting[candidate] - agrees[first] - agrees[second] + opposing[candidate]
    return np.clip(np.exp(np.clip(logs, -30, 30)), 1 / _MOST, _MOST)


def _silence(votes: OpenVotes, roles: Roles) -> Floats:
    """(C) log of how much likelier it is that the silent workers found nothing where the shared value is right."""
    missed = np.maximum(1 - roles.finds - roles.errs, 1e-3)
    empty = roles.none[votes.open].mean() if votes.open.any() else 0.0
    ratio = missed / (empty * (1 - MADE_UP) + (1 - empty) * missed)
    return sums(votes.silent_cell, votes.silent_part * np.log(ratio)[votes.silent_worker], len(votes.open))


def _suspicion(ratio: Floats, pair: Ints, n_pairs: int, once: Floats) -> Floats:
    """(P) probability of copying; i is found by turns, from the pairs that are not suspected."""
    telling = np.abs(np.log(ratio)) > 0.3
    right, wrong = INDEPENDENT_RIGHT
    share, probability = right / (right + wrong), np.zeros(n_pairs)
    for _ in range(3):
        weight = np.where(telling, once * (1 - probability[pair]), 0.0)
        is_right = share * ratio / (share * ratio + 1 - share)
        share = float(np.clip((right + (weight * is_right).sum()) / (right + wrong + weight.sum()), 0.8, 0.98))
        alone = sums(pair, once * np.log(share * ratio + 1 - share), n_pairs)
        copied = np.stack([sums(pair, once * np.log(r * ratio + 1 - r), n_pairs) for r in GRID])
        most = copied.max(axis=0)
        score = most + np.log(np.exp(copied - most).mean(axis=0)) - alone
        probability = 1 / (1 + np.exp(-np.clip(score + PRIOR, -30, 30)))
    return probability


def _rank(votes: OpenVotes, roles: Roles) -> Ints:
    """(S) place of each row's worker, the most reliable first."""
    place = np.empty(len(roles.finds), dtype=np.int64)
    place[np.argsort(-roles.finds, kind="stable")] = np.arange(len(roles.finds))
    return place[votes.worker]
