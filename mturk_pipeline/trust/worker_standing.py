"""Suggested standing of a worker, with reasons: `neutral`, `watch` or `exclude`. A person decides.

exclude
    With five answers or more that could be judged, even the upper end of the 95 % interval of reliability lies below
    `HOPELESS`; or the worker copies, with probability above 0.2, on two shared values or more (one pair in 150 is
    taken to copy to begin with). Nobody is excluded where there is nobody to compare with, nor of two who contradict
    each other.
watch
    The upper end lies below `POOR`, or other evidence is there (required fields left blank, invalid answers, the same
    value for different items, very short work, gold questions missed).

Reliability is the share of a worker's values that are right, by the model; its interval is Wilson's. Honest workers
meet hard items, traps and copied rivals, hence the low limits: an honest worker accused is worse than a lazy one kept.

Source: Wilson, JASA 22 (1927).
"""

import numpy as np

from mturk_pipeline.trust.answer_codes import Bools, Floats, Texts
from mturk_pipeline.trust.models.base import Copying, Scores
from mturk_pipeline.trust.models.worker_weighted import LEAN, crowd_mean
from mturk_pipeline.vocabulary.standings import EXCLUDE, NEUTRAL, WATCH

HOPELESS, POOR = 0.6, 0.7
FEWEST_ANSWERS, FEWEST_SHARED = 5, 2
SUSPECTED = 0.2
_Z = 1.96


def reliability(scores: Scores) -> tuple[Floats, Floats, Floats]:
    """Each worker's reliability, and the ends of its 95 % interval; missing where nothing could be judged."""
    right, given = scores.right, scores.given
    mean = crowd_mean(right, given)
    n = np.where(given > 0, given, np.nan)
    middle = np.clip((right + LEAN * mean) / (n + LEAN), 0, 1)
    low, high = wilson(np.clip(right / n, 0, 1), n)
    return middle, np.minimum(low, middle), np.maximum(high, middle)


def wilson(share: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Ends of Wilson's 95 % interval of a `share` of `n`.

    >>> low, high = wilson(np.array([0.0, 0.9]), np.array([5.0, 100.0]))
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 0.83], [0.43, 0.94])
    """
    square = _Z**2 / n
    centre = (share + square / 2) / (1 + square)
    half = np.sqrt(np.maximum(share * (1 - share) / n + square / (4 * n), 0)) * _Z / (1 + square)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def suspected(copying: Copying) -> Bools:
    """Which pairs are suspected of copying."""
    return (copying.probability > SUSPECTED) & (copying.shared >= FEWEST_SHARED)


def partners(copying: Copying, workers: int) -> list[list[int]]:
    """For each worker, those of whom copying is suspected."""
    out: list[list[int]] = [[] for _ in range(workers)]
    is_suspected = suspected(copying)
    for a, b in zip(copying.first[is_suspected].tolist(), copying.second[is_suspected].tolist(), strict=True):
        out[a].append(b)
        out[b].append(a)
    return [sorted(voters) for voters in out]


def standings(given: Floats, low: Floats, high: Floats, copies: Bools, stands_out: Bools) -> Texts:
    """Suggested standing of each worker, by the rules in this file's docstring."""
    judged = given >= FEWEST_ANSWERS
    hopeless = judged & (high < HOPELESS)
    poor = judged & (high < POOR)
    return np.select([hopeless | copies, poor | stands_out], [EXCLUDE, WATCH], NEUTRAL).astype(object)
