"""Ratings on a scale: items' levels, and each worker's bias and spread.

    y_iw = m_i + b_w + e,   e ~ N(0, s_w^2),  b_w ~ N(0, t^2),  m_i ~ N(mu, o^2)

m_i is what the average of very many such workers would say of item i. Items, biases and spreads are estimated by
turns (expectation and conditional maximisation). A bias counts for an item with its own doubt v_w::

    precision of m_i   1 / o^2 + sum of 1 / (s_w^2 + v_w) over the item's ratings
    bias b_w           shrunk to 0 by t^2; those of all ratings have a mean of zero; 0 below five ratings (v_w = t^2)
    spread s_w^2       (5 s^2 + sum of (residual^2 + doubt of m_i)) / (5 + ratings)
    crowd's spread s   a median, which leans on a sixth of the scale with the weight of three comparisons of two ratings

Where an item's ratings lie farther apart than the crowd's do (few people know what to make of it), its variance grows
by their chi-square over its degrees of freedom, leaning on 1 with the weight of 4. Known levels (gold) fix m_i. Without
any, the mean bias of W workers is that of very many only up to t^2 / W: each item's variance gets that on top.

Source: the additive model of Paun et al., TACL 6 (2018), in its form for continuous labels (Raykar et al., JMLR 11
(2010), section 6), with a random bias as in Ipeirotis, Provost & Wang, HCOMP (2010); ECM by Meng & Rubin, Biometrika
80 (1993).
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import Bools, Floats, Ints
from mturk_pipeline.trust.models.row_groups import sums

FEWEST_RATINGS = 5
_LEAN = 5.0
_SCATTER = 4.0
_UNSEEN = 3.0
_TURNS, _SETTLED = 200, 1e-6


@dataclass(frozen=True)
class Ratings:
    """R ratings of C items by W workers; every item has one. `weight` 0 leaves a rating out."""

    item: Ints
    worker: Ints
    value: Floats
    weight: Floats
    items: int
    workers: int
    known: Floats  # (C) the right level, missing where it is not known
    width: float  # of the scale, or of the ratings where it has no ends


@dataclass(frozen=True)
class Levels:
    """Estimates of ratings."""

    level: Floats  # (C)
    variance: Floats  # (C)
    bias: Floats  # (W)
    spread: Floats  # (W) standard deviation beside the bias
    crowd_spread: float
    others: Floats  # (R) the level of each rating's item by all other ratings of it


def fit_levels(ratings: Ratings) -> Levels:
    """Estimate the level of each item.

    Examples
    --------
    The third worker rates two steps too high, and is understood:

    >>> levels, biases, noise = np.arange(20) % 5, np.array([0.0, 0.0, 2.0]), np.random.default_rng(0)
    >>> item, worker = np.repeat(np.arange(20), 3), np.tile(np.arange(3), 20)
    >>> value = levels[item] + biases[worker] + noise.normal(0, 0.2, 60)
    >>> fit = fit_levels(Ratings(item, worker, value, np.ones(60), 20, 3, np.full(20, np.nan), 4))
    >>> (fit.bias - fit.bias.mean()).round(1).tolist()
    [-0.7, -0.7, 1.4]
    """
    item, worker, y, w = ratings.item, ratings.worker, ratings.value, ratings.weight
    number = sums(worker, w, ratings.workers)
    level = _medians(item, y, ratings.items)
    bias = np.zeros(ratings.workers)
    count = np.maximum(np.bincount(item, minlength=ratings.items), 1)
    means = np.bincount(item, y, ratings.items) / count
    compared, usual = float((count - 1).sum()), (max(ratings.width, 1e-9) / 6) ** 2
    base = (float(((y - means[item]) ** 2).sum()) + _UNSEEN * usual) / (compared + _UNSEEN)
    off = sums(worker, w * (y - level[item]) ** 2, ratings.workers)
    spread, doubt = (usual + off) / (1 + number), np.full(ratings.workers, base / 4)
    between, tau, variance = max(float(level.var()), base), base / 4, np.full(ratings.items, base)
    known, crowd, total = ~np.isnan(ratings.known), base, np.full(ratings.items, 1 / base)
    for _ in range(_TURNS):
        before = level
        precision = w / (spread + doubt)[worker]
        centre = float(level.mean())
        total = 1 / between + sums(item, precision, ratings.items)
        level = (centre / between + sums(item, precision * (y - bias[worker]), ratings.items)) / total
        level, variance = np.where(known, ratings.known, level), np.where(known, 0.0, 1 / total)
        between = max(float((level - level.mean()) @ (level - level.mean()) + variance.sum()) / len(level), base / 100)
        bias, doubt = _biases(ratings, level, variance, spread, tau, number, anchored=bool(known.any()))
        tau = max(float(np.average(bias**2 + doubt, weights=number + 1e-9)), base / 1e4)
        residual = (y - level[item] - bias[worker]) ** 2 + variance[item] + doubt[worker] * (number[worker] > 1)
        crowd = (compared * (np.median(np.sqrt(residual)) * 1.4826) ** 2 + _UNSEEN * usual) / (compared + _UNSEEN)
        crowd = max(float(crowd), base / 100)
        spread = (_LEAN * crowd + sums(worker, w * residual, ratings.workers)) / (_LEAN + number)
        if np.abs(level - before).max(initial=0) < _SETTLED * np.sqrt(base):
            break
    precision = w / (spread + doubt)[worker]
    rest = np.maximum(total[item] - precision, 1e-12)
    others = np.where(known[item], level[item], (level[item] * total[item] - precision * (y - bias[worker])) / rest)
    off = w * (y - level[item] - bias[worker]) ** 2 / (np.minimum(spread[worker], crowd) + doubt[worker])
    scatter = (_SCATTER + sums(item, off, ratings.items)) / (_SCATTER + np.maximum(sums(item, w, ratings.items) - 1, 0))
    variance = variance * np.maximum(scatter, 1)
    # That the biases of these workers have a mean of zero is true of very many workers only.
    of_crowd = 0.0 if known.any() else tau / max(int((number > 0).sum()), 1)
    variance = np.where(known, 0.0, variance + of_crowd)
    return Levels(level, variance, bias, np.sqrt(spread), float(np.sqrt(crowd)), others)


def _biases(
    ratings: Ratings, level: Floats, variance: Floats, spread: Floats, tau: float, number: Floats, anchored: bool
) -> tuple[Floats, Floats]:
    """(W) each worker's bias and its variance; with known levels the mean bias need not be zero."""
    item, worker = ratings.item, ratings.worker
    precision = ratings.weight / (spread[worker] + variance[item])
    total = 1 / tau + sums(worker, precision, ratings.workers)
    bias = sums(worker, precision * (ratings.value - level[item]), ratings.workers) / total
    enough = number >= FEWEST_RATINGS
    bias, doubt = np.where(enough, bias, 0.0), np.where(enough, 1 / total, tau)
    if enough.any() and not anchored:
        bias = np.where(enough, bias - np.average(bias, weights=number * enough), 0.0)
    return bias, doubt


def _medians(item: Ints, y: Floats, items: int) -> Floats:
    order = np.lexsort((y, item))
    start = np.searchsorted(item[order], np.arange(items + 1))
    sorted_y = y[order]
    middle = (start[:-1] + start[1:] - 1) / 2
    return (sorted_y[np.floor(middle).astype(int)] + sorted_y[np.ceil(middle).astype(int)]) / 2


def krippendorff_alpha(item: Ints, y: Floats) -> float:
    """Krippendorff's alpha for intervals: 1 full agreement, 0 as by chance; missing where nothing can be compared.

    Source: Krippendorff, Educational and Psychological Measurement 30 (1970); Content Analysis (2004), chapter 11.

    >>> krippendorff_alpha(np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 5.0, 5.0]))
    1.0
    """
    number = np.bincount(item)
    paired: Bools = number[item] > 1
    item, y = item[paired], y[paired]
    if len(y) < 2 or np.ptp(y) == 0:
        return float("nan")
    number, total = np.bincount(item), np.bincount(item, y)
    within = (sums(item, y * y, len(number)) * number - total**2)[number > 1] / (number[number > 1] - 1)
    n = len(y)
    expected = (n * (y @ y) - y.sum() ** 2) / (n - 1)
    return float(1 - within.sum() / expected)
