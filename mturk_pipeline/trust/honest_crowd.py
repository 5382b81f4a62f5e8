"""How seldom honest workers of a phase are right: the limit that an accusation by agreement has to pass.

A worker's share of right answers is a mean over HITs. Honest workers differ, and are unlucky; in a hard phase they are
all seldom right. So a worker is compared with an honest crowd that has the same HITs:

    skill of an honest worker  ~  0.85 Beta(centre, spread) + 0.15 Beta(0.6 centre, 0.1 centre)
    HITs answered rightly      ~  Binomial(HITs / design effect, skill)

The centre is the median over the phase's workers; the spread is that of its better half, on which bad workers have no
influence, less what chance alone makes of it. It leans on a standard deviation of 0.06 as five workers would. The
second part are sloppy workers, who mean well: in every crowd that was looked at a tenth is right half as often as
others, and nothing but many HITs tells them from spammers. The tail probability of a worker is the share of such an
honest crowd that would be right as seldom as that.

With fewer than `FEWEST_WORKERS` there is no crowd to compare with: of two who contradict a third nobody knows who is
right.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import Bools, Floats

FEWEST_WORKERS = 4
SLOPPY, SLOPPY_SKILL, SLOPPY_SPREAD = 0.15, 0.6, 0.1
SPREAD, _SPREAD_WEIGHT = 0.06, 5.0
_KNOWN_HITS = 3  # from which a worker's share says something about the crowd's
_GRID = (np.arange(200) + 0.5) / 200
_TINY = 1e-12


@dataclass(frozen=True)
class HonestCrowd:
    """Skill of honest workers: how probable (G) each share of right answers (G) is; no shares without a crowd."""

    skill: Floats
    probability: Floats
    centre: float

    def tail(self, share: Floats, counted: Floats) -> Floats:
        """(W) Share of honest workers with as many answers `counted` whose share of right ones is not above `share`.

        1 where there is no crowd, or nothing is known of a worker.
        """
        out = np.ones(len(share))
        if not len(self.skill):
            return out
        hits = np.round(counted).astype(np.int64)
        low = (hits > 0) & (share < self.centre)
        for number in np.unique(hits[low]):
            here = low & (hits == number)
            out[here] = np.interp(share[here] * number, np.arange(number + 1), self._distribution(int(number)))
        return out

    def _distribution(self, hits: int) -> Floats:
        """(hits + 1) Probability that an honest worker has at most 0 … `hits` right."""
        right = np.arange(hits + 1)
        logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, hits + 1)))])
        ways = logs[hits] - logs - logs[::-1]
        of_skill = ways[:, None] + np.outer(right, np.log(self.skill)) + np.outer(hits - right, np.log(1 - self.skill))
        return np.minimum((np.exp(of_skill) @ self.probability).cumsum(), 1.0)


def honest_crowd(share: Floats, hits: Floats, counted: Floats) -> HonestCrowd:
    """The honest crowd that fits workers' shares of right answers (W).

    Each is a mean over so many `hits` (W), and says as much as `counted` (W) answers, each right or wrong.
    """
    known = hits >= _KNOWN_HITS
    if known.sum() < FEWEST_WORKERS:
        known = hits > 0
    if known.sum() < FEWEST_WORKERS:
        return HonestCrowd(np.zeros(0), np.zeros(0), 0.0)
    share, counted = share[known], counted[known]
    centre = float(np.clip(np.median(share), 0.02, 0.98))
    variance = _variance(share, counted, share >= centre, centre)
    usual = _beta(centre, variance)
    sloppy = _beta(SLOPPY_SKILL * centre, (SLOPPY_SPREAD * centre) ** 2)
    return HonestCrowd(_GRID, (1 - SLOPPY) * usual + SLOPPY * sloppy, centre)


def _variance(share: Floats, counted: Floats, better: Bools, centre: float) -> float:
    """Of skill, from the better half."""
    squares = (share[better] - centre) ** 2 - centre * (1 - centre) / counted[better]
    of_crowd = max(float(squares.mean()), 0.0)
    n = float(better.sum())
    return (n * of_crowd + _SPREAD_WEIGHT * SPREAD**2) / (n + _SPREAD_WEIGHT)


def _beta(mean: float, variance: float) -> Floats:
    """Probabilities of the grid's shares by a Beta distribution of this mean and variance."""
    strength = max(mean * (1 - mean) / variance - 1, 0.5)
    logs = (mean * strength - 1) * np.log(_GRID) + ((1 - mean) * strength - 1) * np.log(1 - _GRID)
    weight = np.exp(logs - logs.max())
    return weight / max(weight.sum(), _TINY)
