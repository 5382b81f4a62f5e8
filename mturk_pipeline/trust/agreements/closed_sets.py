"""Sets of options that all items share: one two-valued question for each option, and answers with or without care.

A worker w gives an answer with care with probability c_w. With care, w ticks an option that belongs to the item with
probability s_w (sensitivity), and leaves one that does not with probability t_w (specificity), each pooled over the
options, for a worker ticks few of any. Without care, each option is ticked as often as the crowd ticks it, whatever the
item: so a careless answer is wrong in several options at once. Option o belongs to an item with probability p_o
(prevalence); with r_v the probability that answer v was given with care::

    odds of o for item c = p_o / (1 - p_o) * prod((s_w / (1 - t_w)) ^ r_v, who ticked o) * prod(((1 - s_w) / t_w) ^ r_v)
    odds of care         = c_w / (1 - c_w) * exp(expected log-likelihood of v with care - that without)

All are estimated by turns (variational expectation-maximisation); those of a worker lean on the crowd's, those of the
crowd on a prior, those of an option on all options'.

Source: Dawid & Skene, Applied Statistics 28 (1979), with two classes; the pooling over options as in Duan, Oyama, Sato
& Kurihara, Expert Systems with Applications 41 (2014); care as spamming in Hovy et al., NAACL (2013).
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import Bools, Floats, Ints

_LEAN, _CROWD, _OPTION = 12.0, 20.0, 4.0
_SENSITIVITY, _SPECIFICITY, _PREVALENCE = 0.8, 0.95, 0.3
_LIMITS = (0.03, 0.97)
_CARE = 0.85
_TURNS, _SETTLED = 50, 1e-4


@dataclass(frozen=True)
class Ticks:
    """V votes on C items, each with a truth value for each of O options; sorted by item, each item has a vote."""

    item: Ints  # (V)
    worker: Ints  # (V)
    ticked: Bools  # (V, O)
    weight: Floats  # (V)
    items: int
    workers: int


@dataclass(frozen=True)
class Options:
    """Estimates of closed sets."""

    belongs: Floats  # (C, O) probability that the option belongs to the item
    sensitivity: Floats  # (W)
    specificity: Floats  # (W)
    careful: Floats  # (V) probability that the answer was given with care


def fit_options(ticks: Ticks, known: Floats | None = None) -> Options:
    """Estimate which options belong to which items.

    `known` (C, O) has 1.0 and 0.0 where the right answer is known, missing elsewhere.

    Examples
    --------
    >>> ticked = np.array([[True, False], [True, False], [True, True]])
    >>> ticks = Ticks(np.zeros(3, int), np.arange(3), ticked, np.ones(3), 1, 3)
    >>> fit_options(ticks).belongs.round(1).tolist()
    [[1.0, 0.1]]
    """
    x, weight = ticks.ticked.astype(float), ticks.weight[:, None]
    belongs = _known(
        known, (_by(ticks.item, weight * x, ticks.items) + _PREVALENCE) / _by(ticks.item, weight, ticks.items, 1)
    )
    sensitivity = specificity = np.zeros(ticks.workers)
    careful = np.full(len(ticks.item), _CARE)
    chance = np.clip((weight * x).sum(axis=0) / max(ticks.weight.sum(), 1e-9), 0.02, 0.98)
    careless = (x * np.log(chance) + (1 - x) * np.log(1 - chance)).sum(axis=1)
    for _ in range(_TURNS):
        of_vote = belongs[ticks.item]
        share = (weight[:, 0] * careful)[:, None]
        sensitivity = _rate(share * of_vote * x, share * of_vote, ticks, _SENSITIVITY)
        specificity = _rate(share * (1 - of_vote) * (1 - x), share * (1 - of_vote), ticks, _SPECIFICITY)
        s, t = sensitivity[ticks.worker][:, None], specificity[ticks.worker][:, None]
        real, other = np.where(ticks.ticked, np.log(s), np.log(1 - s)), np.where(ticks.ticked, np.log(1 - t), np.log(t))
        fits = (of_vote * real + (1 - of_vote) * other).sum(axis=1)
        care = _care(careful, ticks)[ticks.worker]
        careful = 1 / (1 + np.exp(np.clip(np.log(1 - care) + careless - np.log(care) - fits, -30, 30)))
        prevalence = _prevalence(belongs)
        odds = np.log(prevalence / (1 - prevalence))
        odds = odds + _by(ticks.item, (weight[:, 0] * careful)[:, None] * (real - other), ticks.items)
        before, belongs = belongs, _known(known, 1 / (1 + np.exp(-np.clip(odds, -30, 30))))
        if np.abs(belongs - before).max(initial=0) < _SETTLED:
            break
    return Options(belongs, sensitivity, specificity, careful)


def _care(careful: Floats, ticks: Ticks) -> Floats:
    """(W) share of each worker's answers that are careful, leaning on the crowd's."""
    done = np.bincount(ticks.worker, ticks.weight * careful, ticks.workers)
    given = np.bincount(ticks.worker, ticks.weight, ticks.workers)
    crowd = (done.sum() + _CROWD * _CARE) / (given.sum() + _CROWD)
    return np.clip((done + 4 * crowd) / (given + 4), 0.02, 0.98)


def _rate(hits: Floats, chances: Floats, ticks: Ticks, prior: float) -> Floats:
    """(W) hits among chances, leaning on the crowd's share, which leans on `prior`."""
    hit = np.bincount(ticks.worker, hits.sum(axis=1), ticks.workers)
    chance = np.bincount(ticks.worker, chances.sum(axis=1), ticks.workers)
    crowd = (hit.sum() + _CROWD * prior) / (chance.sum() + _CROWD)
    return np.clip((hit + _LEAN * crowd) / (chance + _LEAN), *_LIMITS)


def _prevalence(belongs: Floats) -> Floats:
    """(O) share of items to which each option belongs, leaning on that of all options."""
    n = len(belongs)
    mean = (belongs.sum() + _OPTION * _PREVALENCE) / (belongs.size + _OPTION)
    return np.clip((belongs.sum(axis=0) + _OPTION * mean) / (n + _OPTION), 0.005, 0.995)


def _by(item: Ints, values: Floats, items: int, more: float = 0) -> Floats:
    """(C, …) sums of `values` (V, …) over the votes of each item."""
    return np.add.reduceat(values, np.searchsorted(item, np.arange(items)), axis=0) + more


def _known(known: Floats | None, belongs: Floats) -> Floats:
    return belongs if known is None else np.where(np.isnan(known), belongs, known)
