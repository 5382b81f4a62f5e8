"""Suggested standing of a worker, with reasons: `neutral`, `watch` or `exclude`. A person decides.

exclude
    One of these is there:

    - *agreement*: of five HITs or more that could be judged, so few are right that even the upper end of the 95 %
      interval lies below `HOPELESS`, and that an honest crowd of this phase (`mturk_pipeline.trust.honest_crowd`) would
      hardly show it: fewer than one in 250 of its workers would be right so seldom; or, where others are about as
      poor, fewer than one in 33, and of as many honest workers at most half as many as those others (after Benjamini &
      Hochberg). Fewer than three in 20 suffice where the worker also took impossibly little time, or gave one answer to
      everything, in five HITs or more;
    - *copying*, with probability above 0.2 (one pair in 150 is taken to copy to begin with, and more of two who are
      both seldom right: the odds are divided by the share of an honest crowd that would be right as seldom as the
      better of them), on two HITs or more; or two long texts or more that hardly anybody else gave, over as many HITs
      (`mturk_pipeline.trust.shared_texts`);
    - *gold questions* missed in three HITs or more, so that the upper end of the interval lies below `HOPELESS`
      (`mturk_pipeline.trust.gold_answers` says when a set or a rating is missed);
    - *required fields left blank* in five HITs or more, and in more than half of all by the lower end.
watch
    Agreement as low as one in 20 workers of an honest crowd would show, or other evidence: invalid answers, the same
    value for different items, very short work, some required fields left blank, some gold questions missed.

A HIT is the unit of evidence: five values of one are right or wrong together. Reliability is the mean over a worker's
HITs of how far their answers are right, by the model. Its interval is Wilson's; HITs of several values vary less than
single answers do, so n is raised by how much less the HITs of this phase vary (`judge`).

Source: Wilson, JASA 22 (1927); Kish, Survey Sampling (1965), for the design effect; Benjamini & Hochberg, JRSS B 57
(1995), for how many of those accused may be honest.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Bools, Floats, Ints, Texts
from mturk_pipeline.trust.honest_crowd import FEWEST_WORKERS, HonestCrowd, honest_crowd
from mturk_pipeline.trust.models.base import Copying, Scores
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.models.worker_weighted import LEAN, crowd_mean
from mturk_pipeline.vocabulary.standings import EXCLUDE, NEUTRAL, WATCH

HOPELESS = 0.6
FEWEST_HITS, FEWEST_SHARED = 5, 2
ACCUSED, DOUBTED, CARELESS = 0.03, 0.05, 0.15
ALONE, HONEST_PER_OTHER, AS_POOR = 0.004, 0.5, 5.0
SUSPECTED = 0.2
_LEAST_EFFECT = 0.1  # of the design effect: more than ten times as much as one answer no HIT says
_LEAST_TAIL = 0.005
_Z = 1.96


@dataclass(frozen=True)
class Judged:
    """What agreement says of W workers."""

    hits: Floats  # HITs that could be judged …
    right: Floats  # … and how many are expected to be right
    weight: Floats  # single answers that these HITs say as much as
    reliability: Floats  # share that is right, leaning on the crowd's; missing without HITs
    low: Floats  # ends of the 95 % interval
    high: Floats
    tail: Floats  # share of an honest crowd that would be right so seldom
    notes: tuple[str, ...]  # whom agreement cannot accuse, in words

    @property
    def hopeless(self) -> Bools:
        enough = self.hits >= FEWEST_HITS
        return enough & (self.high < HOPELESS) & (self.tail <= accusing_tail(self.tail[enough]))

    @property
    def poor(self) -> Bools:
        return (self.hits >= FEWEST_HITS) & (self.tail < DOUBTED)

    @property
    def weak(self) -> Bools:
        """Too little by itself for anything."""
        return (self.hits >= FEWEST_HITS) & (self.tail < CARELESS)


@dataclass(frozen=True)
class OtherEvidence:
    """Of W workers: evidence that holds in every kind of question."""

    copies: Bools
    misses_gold: Bools
    leaves_blank: Bools  # what is required
    careless: Bools  # impossibly fast, or one answer to everything: too little by itself
    stands_out: Bools  # anything for a person to look at

    @classmethod
    def nothing(cls, workers: int) -> "OtherEvidence":
        no = np.zeros(workers, dtype=bool)
        return cls(no, no, no, no, no)


def judge(rows: pd.DataFrame, workers: pd.Index) -> Judged:
    """Rate `workers` by evidence on their answers.

    Parameters
    ----------
    rows
        worker, assignment_id, field, right (0..1), as of `judged_answers.evidence_rows`: those of all methods.
    workers
        Different names; rows of others are left out.
    """
    worker = workers.get_indexer(pd.Index(rows["worker"]))
    known = worker >= 0
    worker, right = worker[known], rows["right"].to_numpy(dtype=float)[known]
    assignment, names = pd.factorize(rows["assignment_id"].to_numpy()[known])
    hit, of_answer = np.unique(worker * (len(names) + 1) + assignment, return_inverse=True)
    worker_of, n = hit // (len(names) + 1), len(workers)
    share = sums(of_answer, right, len(hit)) / np.bincount(of_answer, minlength=len(hit))
    hits, total = np.bincount(worker_of, minlength=n).astype(float), sums(worker_of, share, n)
    mean = total / np.where(hits > 0, hits, np.nan)
    counted = hits / _design_effect(share, worker_of, mean, hits)
    crowd = honest_crowd(np.nan_to_num(mean), hits, counted)
    middle, low, high = _reliability(total, hits, counted)
    tail = crowd.tail(np.nan_to_num(mean, nan=1.0), counted)
    return Judged(hits, total, counted, middle, low, high, tail, _notes(hits, counted, crowd))


def accusing_tail(tail: Floats) -> float:
    """The tail probability up to which these workers (W) are accused.

    Company counts only if it is about as poor (`AS_POOR`): that many are hopeless says nothing of somebody who is twice
    as good.

    >>> accusing_tail(np.array([0.01, 0.3, 0.5, 0.9, 0.9])), accusing_tail(np.array([0.01, 0.02, 0.02, 0.02, 0.02]))
    (0.004, 0.02)
    """
    ordered = np.sort(tail)
    others = np.arange(len(ordered)) - np.searchsorted(ordered, ordered / AS_POOR)
    passes = ordered * len(ordered) <= HONEST_PER_OTHER * others
    return float(ordered[passes & (ordered < ACCUSED)].max(initial=ALONE))


def _design_effect(share: Floats, worker: Ints, mean: Floats, hits: Floats) -> float:
    """How much HITs vary about their worker's mean, as a part of what a single right or wrong answer would."""
    several = hits > 1
    seen = several[worker]
    squares = ((share - mean[worker])[seen] ** 2).sum()
    single = (mean * (1 - mean) * (hits - 1))[several].sum()
    # Ten HITs of single answers are what it leans on.
    return float(np.clip((squares + 1.6) / (single + 1.6), _LEAST_EFFECT, 1.0))


def _notes(hits: Floats, counted: Floats, crowd: HonestCrowd) -> tuple[str, ...]:
    if not (hits > 0).any():
        return ("workers: no wrong answer can be told from another good one here, so agreement accuses nobody",)
    if not len(crowd.skill):
        return (f"workers: fewer than {FEWEST_WORKERS} can be compared, so agreement accuses nobody",)
    if hits.max() < FEWEST_HITS:
        return (f"workers: nobody has {FEWEST_HITS} HITs that can be judged, so agreement accuses nobody",)
    if crowd.tail(np.zeros(1), np.array([counted.max()]))[0] >= ACCUSED:
        return ("workers: an honest crowd of this size would show the same, so agreement accuses nobody",)
    return ()


def reliability(scores: Scores) -> Floats:
    """Each worker's reliability as the model has it, history and gold included; missing where nothing was judged."""
    return _reliability(scores.right, scores.given, scores.given)[0]


def _reliability(right: Floats, hits: Floats, counted: Floats) -> tuple[Floats, Floats, Floats]:
    mean = crowd_mean(right, hits)
    n = np.where(hits > 0, hits, np.nan)
    middle = np.clip((right + LEAN * mean) / (n + LEAN), 0, 1)
    low, high = wilson(np.clip(right / n, 0, 1), np.where(hits > 0, counted, np.nan))
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


def suspected(copying: Copying, tail: Floats | None = None) -> Bools:
    """Which pairs are suspected of copying; `tail` (W) is as in `Judged`, where workers were judged."""
    odds = copying.probability / np.maximum(1 - copying.probability, 1e-12)
    if tail is not None:
        odds = odds / np.maximum(np.maximum(tail[copying.first], tail[copying.second]), _LEAST_TAIL)
    return (odds > SUSPECTED / (1 - SUSPECTED)) & (copying.shared >= FEWEST_SHARED)


def partners(copying: Copying, workers: int, tail: Floats | None = None) -> list[list[int]]:
    """For each worker, those of whom copying is suspected; `tail` as in `suspected`."""
    out: list[list[int]] = [[] for _ in range(workers)]
    is_suspected = suspected(copying, tail)
    for a, b in zip(copying.first[is_suspected].tolist(), copying.second[is_suspected].tolist(), strict=True):
        out[a].append(b)
        out[b].append(a)
    return [sorted(set(voters)) for voters in out]


def standings(judged: Judged, other: OtherEvidence) -> Texts:
    """Suggested standing of each worker, by the rules in this file's docstring."""
    exclude = judged.hopeless | (judged.weak & other.careless)
    exclude |= other.copies | other.misses_gold | other.leaves_blank
    return np.select([exclude, judged.poor | other.stands_out], [EXCLUDE, WATCH], NEUTRAL).astype(object)
