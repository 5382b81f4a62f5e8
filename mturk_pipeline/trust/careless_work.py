"""Work without looking, in any kind of question: impossibly fast, or one answer to everything.

fast
    In five HITs or more, and in more than half of the worker's, the work took less than a fifth of what is usual in the
    phase (its median). Honest workers differ in speed by a factor of two or three.
one answer
    In a field with choices, five answers or more are all the same, while the items differ so much that a worker who
    is right in half of them would hardly (one in 1000) have come to that.

Neither accuses by itself (`mturk_pipeline.trust.worker_standing`): some know the work, some items all look alike.
"""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Bools, Floats, Ints, pairs
from mturk_pipeline.trust.judged_answers import telling_fields
from mturk_pipeline.trust.models.base import Scores
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.questions import Asked, of_field, shares_classes
from mturk_pipeline.trust.votes import Ballots

IMPOSSIBLE = 0.2  # of the phase's median work time
FEWEST = 5
HARDLY = 0.001
_SKILL = 0.5


def fast_hits(hits: pd.DataFrame) -> pd.DataFrame:
    """By worker: `timed` HITs, and how many of them were done impossibly `fast`; `hits`: worker, work_seconds."""
    seconds = pd.to_numeric(hits["work_seconds"], errors="coerce").to_numpy(dtype=float)
    timed = seconds > 0
    usual = float(np.median(seconds[timed])) if timed.any() else 0.0
    fast = timed & (seconds < IMPOSSIBLE * usual)
    counts = pd.DataFrame({"timed": timed.astype(int), "fast": fast.astype(int)}, index=hits.index)
    return counts.groupby(hits["worker"]).sum()


def fast_workers(answers: pd.DataFrame, workers: pd.Index) -> Bools:
    """Which of `workers` hardly look at the items; `answers`: item, worker and, perhaps, work_seconds."""
    if "work_seconds" not in answers:
        return np.zeros(len(workers), dtype=bool)
    counts = fast_hits(answers.drop_duplicates(["item", "worker"])).reindex(workers).fillna(0)
    return is_fast(counts["timed"].to_numpy(dtype=float), counts["fast"].to_numpy(dtype=float))


def is_fast(timed: Floats, fast: Floats) -> Bools:
    """Whether so many HITs were done impossibly fast that it is no chance."""
    return (fast >= FEWEST) & (2 * fast > timed)


def same_answers(ballots: Ballots, asked: Asked, scores: Scores) -> Ints:
    """(W) answers of each worker to a field with choices that are all the same, where that is no chance; else 0."""
    field, n = ballots.cells.field, len(ballots.workers)
    has_classes = np.array([shares_classes(s) for s in asked.fields.values()], dtype=bool) & telling_fields(
        ballots, asked
    )
    candidate = ballots.support_candidate
    row = np.flatnonzero(of_field(has_classes.tolist(), field[ballots.candidates.cell[candidate]]))
    if not len(row):
        return np.zeros(n, dtype=np.int64)
    candidate, worker = candidate[row], ballots.votes.worker[ballots.support_vote[row]]
    cell = ballots.candidates.cell[candidate]
    value = pd.factorize(pd.Index(ballots.candidates.value[candidate]))[0].astype(np.int64)
    of_value, values = pairs(field[cell], value)
    share = np.bincount(of_value) / np.bincount(field[cell])[values[:, 0]]
    trust = (scores.value_trust if scores.unsmoothed is None else scores.unsmoothed[0])[candidate]
    by_chance = np.log(np.maximum(_SKILL * trust + (1 - _SKILL) * share[of_value], 1e-9))
    of_pair, worker_fields = pairs(worker, field[cell])
    first = np.full(len(worker_fields), -1, dtype=np.int64)
    first[of_pair] = value
    differs = np.bincount(of_pair, value != first[of_pair], minlength=len(worker_fields)) > 0
    given, logs = np.bincount(of_pair), sums(of_pair, by_chance, len(worker_fields))
    odd = ~differs & (given >= FEWEST) & (logs < np.log(HARDLY / max(has_classes.sum(), 1)))
    most = np.zeros(n, dtype=np.int64)
    np.maximum.at(most, worker_fields[odd, 0], given[odd])
    most[ballots.unknown] = 0
    return most
