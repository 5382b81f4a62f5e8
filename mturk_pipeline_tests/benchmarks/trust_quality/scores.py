"""Scores of a consensus and its trust. `right`: 0 or 1 per item; `trust`: the probability given to it; equal length."""

import numpy as np

BINS = 10


def wrong_after_review(right: np.ndarray, trust: np.ndarray, share: float = 0.2) -> float:
    """Share of all items still wrong after a person has put right the `share` of least trust.

    Of items with equal trust at the border the expected number is reviewed.

    >>> wrong_after_review(np.array([0, 0, 1, 1, 1]), np.array([0.1, 0.9, 0.9, 0.9, 0.9]))
    0.2
    >>> wrong_after_review(np.array([0, 0, 1, 1]), np.full(4, 0.5), share=0.5)
    0.25
    """
    if not len(right):
        return float("nan")
    _, level = np.unique(np.round(trust, 9), return_inverse=True)
    size = np.bincount(level)
    wrong = np.bincount(level, weights=1.0 - right)
    before = np.cumsum(size) - size
    reviewed = np.clip((share * len(right) - before) / size, 0, 1)
    return round(float((wrong * (1 - reviewed)).sum() / len(right)), 12)


def calibration_error(right: np.ndarray, trust: np.ndarray) -> float:
    """Expected calibration error: mean distance of trust and share of right in 10 bins of equal width, by items.

    >>> calibration_error(np.array([1, 0, 1, 1]), np.array([0.75, 0.75, 0.75, 0.75]))
    0.0
    """
    return float(_errors(right[None, :].astype(float), trust)[0])


def expected_error(trust: np.ndarray, seed: int = 0, draws: int = 200) -> float:
    """The calibration error that trusts like these would show if each were exactly its probability."""
    drawn = np.random.default_rng(seed).random((draws, len(trust))) < trust
    return float(_errors(drawn.astype(float), trust).mean())


def _errors(right: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """One error per row of `right` (draws × items)."""
    bins = np.clip((trust * BINS).astype(int), 0, BINS - 1)
    inside = (bins[:, None] == np.arange(BINS)).astype(float)
    return np.abs((right - trust) @ inside).sum(axis=1) / max(1, len(trust))


def brier(right: np.ndarray, trust: np.ndarray) -> float:
    """Mean squared distance of the trust from what happened (Brier 1950); 0 is best.

    >>> brier(np.array([1, 0]), np.array([1.0, 0.5]))
    0.125
    """
    return float(((right - trust) ** 2).mean())


def paired_interval(right: np.ndarray, other: np.ndarray, seed: int = 0, draws: int = 2000) -> tuple[float, float]:
    """95 % bootstrap interval, over items, of the difference in accuracy of two methods on the same items.

    Items may carry means over several runs.
    """
    difference = np.asarray(right, dtype=float) - np.asarray(other, dtype=float)
    picks = np.random.default_rng(seed).integers(0, len(difference), (draws, len(difference)))
    low, high = np.quantile(difference[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def precision_recall_f1(hits: float, claimed: float, wanted: float) -> tuple[float, float, float]:
    """From counts: hits among claimed, hits among wanted, their harmonic mean; 0 where nothing is claimed.

    >>> precision_recall_f1(2, 4, 2)
    (0.5, 1.0, 0.6666666666666666)
    """
    precision, recall = hits / claimed if claimed else 0.0, hits / wanted if wanted else 0.0
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0
