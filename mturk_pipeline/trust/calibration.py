"""Recalibration of trust by people's decisions.

From the items that a person has looked at::

    logit(trust') = a + b * logit(trust),   b > 0

is fitted by maximum likelihood with weak priors (a near 0, standard deviation 1; log b near 0, standard deviation
0.5), so that five decisions change little and a hundred much. A row that was drawn with a known probability counts
1 / probability. From rows that were reviewed because they were the worst, trust may only be lowered, never raised, and
only up to the best of them.

Source: Platt, Advances in Large Margin Classifiers (1999); weights of Horvitz & Thompson, JASA 47 (1952).
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.texts.counted import counted
from mturk_pipeline.trust.answer_codes import Floats

_OFFSET_SD, _SLOPE_SD = 1.0, 0.5
_EDGE = 1e-4
_LARGEST_WEIGHT = 20.0


@dataclass(frozen=True)
class Calibration:
    """Correction of trust, and how much evidence it rests on."""

    offset: float = 0.0
    slope: float = 1.0
    audited: int = 0  # decisions on items that were drawn by chance
    reviewed: int = 0  # all decisions that say whether a best guess was right
    highest: float = 1.0  # trust of the best reviewed item: without an audit nothing is known of better ones

    @property
    def only_lowers(self) -> bool:
        return self.audited == 0

    def __call__(self, trust: Floats) -> Floats:
        """Corrected trust; 0 stays 0, and what is certain stays certain."""
        if self.reviewed == 0:
            return trust
        corrected = 1 / (1 + np.exp(-(self.offset + self.slope * _logit(trust))))
        if self.only_lowers:
            corrected = np.where(trust <= self.highest, np.minimum(corrected, trust), trust)
        return np.where((trust <= 0) | (trust >= 1), trust, corrected)

    def __str__(self) -> str:
        if self.reviewed == 0:
            return "not calibrated: nobody has looked at any item yet"
        if self.only_lowers:
            decisions = counted(self.reviewed, "decision")
            return f"lowered where {decisions} on reviewed items ask for it; none was drawn by chance"
        return f"calibrated by {counted(self.audited, 'decision')} on items drawn by chance"


def calibrate(trust: Floats, right: Floats, inclusion: Floats) -> Calibration:
    """Estimate the correction of trust from n decisions.

    `trust` (n) is the best guesses' before anybody looked; `right` (n) is 1.0 where they were right; `inclusion` (n) is
    the probability with which the item was drawn, in (0, 1]; missing where it was not drawn by chance.
    """
    drawn = ~np.isnan(inclusion)
    if not len(trust):
        return Calibration()
    used = drawn if drawn.any() else np.ones(len(trust), dtype=bool)
    weight = 1 / np.clip(np.where(drawn, inclusion, 1.0)[used], 1e-3, 1.0)
    weight = np.minimum(weight / weight.mean(), _LARGEST_WEIGHT)
    offset, slope = _fit(_logit(trust[used]), right[used].astype(float), weight)
    return Calibration(offset, slope, int(drawn.sum()), len(trust), float(trust.max()))


def _fit(score: Floats, right: Floats, weight: Floats) -> tuple[float, float]:
    """(a, b) at the largest posterior, by Newton's method on (a, log b)."""
    a = s = 0.0
    for _ in range(50):
        b = np.exp(s)
        p = 1 / (1 + np.exp(-(a + b * score)))
        error, curve, scaled = weight * (right - p), weight * p * (1 - p), b * score
        gradient = np.array([error.sum() - a / _OFFSET_SD**2, (error * scaled).sum() - s / _SLOPE_SD**2])
        mixed = (curve * scaled).sum()
        hessian = np.array(
            [
                [curve.sum() + 1 / _OFFSET_SD**2, mixed],
                [mixed, max((curve * scaled**2).sum() - (error * scaled).sum(), 0) + 1 / _SLOPE_SD**2],
            ]
        )
        step = np.clip(np.linalg.solve(hessian + 1e-9 * np.eye(2), gradient), -1, 1)
        a, s = a + step[0], float(np.clip(s + step[1], -2, 2))
        if np.abs(step).max() < 1e-6:
            break
    return float(a), float(np.exp(s))


def _logit(trust: Floats) -> Floats:
    p = np.clip(trust, _EDGE, 1 - _EDGE)
    return np.log(p / (1 - p))
