"""Hierarchical confusion of many fields at once: the sampler of `confusion`, with a matrix of its own for each field.

A draw for a field of fifteen answers takes as long as one for a thousand: nearly all of it is the calling of numpy. The
small fields of a phase are therefore drawn together, as if they were one, both beliefs of each beside each other; what
they share is the stream of random numbers alone. A field stands for itself where it has many answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import Bools, Floats, Ints
from mturk_pipeline.trust.models import confusion
from mturk_pipeline.trust.models.confusion import (
    CROWD_LEAN,
    HARD,
    HARD_SHARE,
    HARD_WEIGHT,
    LEAN,
    MOST_DRAWS,
    TINY,
    ClosedVotes,
    beliefs,
    classify,
    digamma,
    mixed,
    smoothed_vote,
    typical,
)
from mturk_pipeline.trust.models.row_groups import sums

_MOST_VOTES = 200_000  # drawn together, both beliefs counted


def classify_all(fields: Sequence[ClosedVotes], seed: int) -> list[tuple[Floats, float]]:
    """`classify` of each field."""
    found: dict[int, tuple[Floats, float]] = {}
    for together in _groups(fields):
        if len(together) == 1:
            found[together[0]] = classify(fields[together[0]], seed)
            continue
        votes = [fields[n] for n in together]
        drawn = _sample([(v, belief) for v in votes for belief in beliefs(v)], seed)
        for place, number in enumerate(together):
            found[number] = mixed(votes[place], *drawn[2 * place : 2 * place + 2])
    return [found[n] for n in range(len(fields))]


def _groups(fields: Sequence[ClosedVotes]) -> Iterator[list[int]]:
    """Which fields are drawn together: small ones with as many classes, in their order."""
    open_groups: dict[int, tuple[list[int], int]] = {}
    for number, votes in enumerate(fields):
        if confusion.sweeps(votes)[0] < MOST_DRAWS:
            yield [number]
            continue
        members, size = open_groups.get(votes.classes, ([], 0))
        if members and size + 2 * len(votes.item) > _MOST_VOTES:
            yield members
            members, size = [], 0
        open_groups[votes.classes] = ([*members, number], size + 2 * len(votes.item))
    yield from (members for members, _ in open_groups.values())


@dataclass
class _Together:
    """Fields of K classes, end to end: G fields, n items, R votes, P pairs of a field and a worker with votes in it."""

    classes: int
    item: Ints  # (R)
    pair: Ints  # (R)
    label: Ints  # (R)
    part: Floats | None  # (R); None: 1
    field_of_item: Ints  # (n)
    field_of_pair: Ints  # (P)
    skill: Floats  # (P)
    weight: Floats  # (P)
    truth: Ints  # (n)
    shares: Floats  # (G, K): prior votes for the shares of the classes
    chance: Floats  # (G, K)
    right: Ints  # (n): as drawn last
    hard: Bools  # (n)
    hard_share: Floats  # (G)
    crowd: Floats  # (G, K, K)
    confusion: Floats  # (P, K, K)

    @classmethod
    def of(cls, fields: Sequence[tuple[ClosedVotes, Floats]], rng: np.random.Generator) -> "_Together":
        votes, k = [v for v, _ in fields], fields[0][0].classes
        first_item = np.cumsum([0, *(v.items for v in votes)])
        unique = [np.unique(v.worker, return_inverse=True) for v in votes]
        pairs = [workers for workers, _ in unique]
        parts = [np.ones(len(v.item)) if v.part is None else v.part for v in votes]
        first_pair = np.cumsum([0, *map(len, pairs)])
        overall = np.stack([v.counts.sum(axis=0) + k for v in votes])
        smoothed = np.concatenate([smoothed_vote(v) for v in votes])
        field_of_pair = np.repeat(np.arange(len(votes)), [len(p) for p in pairs])
        return cls(
            classes=k,
            item=np.concatenate([v.item + at for v, at in zip(votes, first_item[:-1], strict=True)]),
            pair=np.concatenate([of_vote + at for (_, of_vote), at in zip(unique, first_pair[:-1], strict=True)]),
            label=np.concatenate([v.label for v in votes]),
            part=np.concatenate(parts) if any(v.part is not None for v in votes) else None,
            field_of_item=np.repeat(np.arange(len(votes)), [v.items for v in votes]),
            field_of_pair=field_of_pair,
            skill=np.concatenate([v.skill[p] for v, p in zip(votes, pairs, strict=True)]),
            weight=np.concatenate([v.weight[p] for v, p in zip(votes, pairs, strict=True)]),
            truth=np.concatenate([v.truth for v in votes]),
            shares=np.stack([shares for _, shares in fields]),
            chance=0.5 * overall / overall.sum(axis=1, keepdims=True) + 0.5 / k,
            right=(smoothed + rng.random(smoothed.shape) * 1e-3).argmax(axis=1),
            hard=np.zeros(len(smoothed), dtype=bool),
            hard_share=np.full(len(votes), HARD_SHARE),
            crowd=np.broadcast_to(typical(k), (len(votes), k, k)),
            confusion=np.broadcast_to(typical(k), (len(field_of_pair), k, k)),
        )


def _sample(fields: Sequence[tuple[ClosedVotes, Floats]], seed: int) -> list[Floats]:
    """Of each field (n, K): the classes' probabilities, averaged over the draws; with it go its prior votes (K)."""
    rng = np.random.default_rng(seed)
    state = _Together.of(fields, rng)
    draws, left_out = confusion.sweeps(fields[0][0])
    items, starts = np.unique(state.item, return_index=True)
    total = np.zeros((len(state.truth), state.classes))
    for draw in range(draws):
        _draw_confusions(state, rng)
        code = state.field_of_item * state.classes + state.right
        counts = np.bincount(code, minlength=state.shares.size).reshape(state.shares.shape)
        drawn = np.maximum(rng.gamma(counts + state.shares), TINY)
        prior = np.log(np.maximum(drawn / drawn.sum(axis=1, keepdims=True), TINY))
        probabilities = _draw_classes(state, rng, prior, items, starts)
        if draw >= left_out:
            total += probabilities
    ends = np.cumsum([votes.items for votes, _ in fields])
    return np.split(total / (draws - left_out), ends[:-1])


def _draw_confusions(state: _Together, rng: np.random.Generator) -> None:
    """Matrices (P, K, K) given the classes: Dirichlet, leaning on those of each field's crowd."""
    k, right, hard = state.classes, state.right[state.item], state.hard[state.item]
    own = np.where(hard, HARD, 1.0) * state.confusion[state.pair, right, state.label]
    guess = np.where(hard, 1 - HARD, 0.0) * state.chance[state.field_of_pair[state.pair], state.label]
    counted = rng.random(len(right)) * (own + guess) < own
    code = (state.pair[counted] * k + right[counted]) * k + state.label[counted]
    weights = state.weight[state.pair[counted]]
    weights = weights if state.part is None else weights * state.part[counted]
    counts = sums(code, weights, state.confusion.size).reshape(state.confusion.shape)
    crowd = rng.gamma(CROWD_LEAN * typical(k) + _tables(state, counts))
    state.crowd = np.maximum(crowd / crowd.sum(axis=2, keepdims=True), 1e-4)
    leaning = state.crowd[state.field_of_pair]
    better = np.exp(state.skill)[:, None, None]
    raised = np.where(np.eye(k, dtype=bool), leaning * better, leaning)
    raised = raised / raised.sum(axis=2, keepdims=True)
    drawn = np.maximum(rng.gamma(np.maximum(counts + LEAN * raised, 1e-3)), TINY)
    state.confusion = drawn / drawn.sum(axis=2, keepdims=True)


def _tables(state: _Together, counts: Floats) -> Floats:
    """(G, K, K): how many of the pairs' counts speak for the matrix of each field's crowd, in expectation."""
    leaning = LEAN * state.crowd
    pair, right, label = seen = np.nonzero(counts)
    field = state.field_of_pair[pair]
    lean = leaning[field, right, label]
    tables = lean * (digamma(lean + counts[seen]) - digamma(leaning)[field, right, label])
    k = state.classes
    return sums((field * k + right) * k + label, tables, leaning.size).reshape(leaning.shape)


def _draw_classes(state: _Together, rng: np.random.Generator, prior: Floats, items: Ints, starts: Ints) -> Floats:
    """Draw each item's class and whether it is hard; return (n, K) probabilities of the classes."""
    k, field = state.classes, state.field_of_item
    by_label = state.confusion.transpose(0, 2, 1).reshape(-1, k)
    chances = state.chance[state.field_of_pair].reshape(-1, 1)
    tables = np.concatenate([np.maximum(by_label, TINY), HARD * by_label + (1 - HARD) * chances], axis=1)
    tables = (np.log(tables) * np.repeat(state.weight, k)[:, None]).astype(np.float32)
    of_votes = tables.take(state.pair * k + state.label, axis=0)
    if state.part is not None:
        of_votes *= state.part.astype(np.float32)[:, None]
    logs = np.zeros((len(field), 2 * k), dtype=np.float32)
    logs[items] = np.add.reduceat(of_votes, starts, axis=0)
    share = state.hard_share[:, None]
    logs += np.concatenate([prior + np.log(1 - share), prior + np.log(share)], axis=1).astype(np.float32)[field]
    logs -= logs.max(axis=1, keepdims=True)
    joint = np.exp(logs).astype(float)
    joint /= joint.sum(axis=1, keepdims=True)
    known = np.flatnonzero(state.truth >= 0)
    if len(known):
        joint[known] = 0
        joint[known, state.truth[known]] = 1 - state.hard_share[field[known]]
        joint[known, state.truth[known] + k] = state.hard_share[field[known]]
    drawn = (joint.cumsum(axis=1) < rng.random((len(field), 1))).sum(axis=1).clip(0, 2 * k - 1)
    state.right, state.hard = drawn % k, drawn >= k
    hard, every = (np.bincount(field[at], minlength=len(share)) for at in (state.hard, slice(None)))
    state.hard_share = rng.beta(hard + HARD_SHARE * HARD_WEIGHT, every - hard + (1 - HARD_SHARE) * HARD_WEIGHT)
    return joint[:, :k] + joint[:, k:]
