"""Priors from a worker's work in other projects: as much as its interval says, less what changes between projects.

A phase in which a worker was judged says what n single answers would, n being what the interval of the worker's
reliability stands on (`worker_standing.judge`); a phase without an interval says nothing. Answers of another project
say less of this one than this one's own: other questions are harder or easier, and people learn, tire, or lend
their account. With a drift t, the standard deviation of a worker's share m of right answers from project to project,
phase j tells of the worker with the variance v_j = m (1 - m) / n_j + t², and all of them together tell of the project
at hand with

    v = 1 / sum(1 / v_j) + t²

A Beta distribution of this variance about m stands on m (1 - m) / v answers: so many the history counts, with the
shares of the phases weighed by 1 / v_j. Three answers count as fewer than three; thousands as m (1 - m) / t² at most.

The drift is learnt from the workers who were judged in several phases: how much more their shares differ than chance
makes them. It leans on `DRIFT` as `_LEAN_ANSWERS` answers would. On drawn workers over three projects the error of
their reliability in the third is 8 % less than by counting half of each answer and 20 at most, whether they drift
much or not at all (`mturk_pipeline_tests/trust/test_worker_priors.py`).

Source: DerSimonian & Laird, Controlled Clinical Trials 7 (1986), for the drift; moments of the Beta distribution.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Floats, Ints
from mturk_pipeline.trust.models.base import Priors
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.models.worker_weighted import LEAN, crowd_mean
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.vocabulary.standings import BLACKLISTED, NEUTRAL, STARRED, WATCH

DRIFT, _LEAN_ANSWERS = 0.08, 100.0
_DRIFTS = (0.03, 0.3)
# What a person's word about a worker makes of each of the worker's votes.
WEIGHTS = {STARRED: 1.5, NEUTRAL: 1.0, WATCH: 0.5, BLACKLISTED: 0.0}


def contributions(workers: pd.DataFrame) -> pd.DataFrame:
    """From a phase's workers (contract Workers): worker, right, given, weight of those who could be judged."""
    judged = workers[workers["judged"] > 0]
    columns = {"right": "judged_right", "given": "judged", "weight": "judged_weight"}
    return pd.DataFrame({"worker": judged["worker"], **{name: judged[column] for name, column in columns.items()}})


def weight_of(worker: str, overrides: Mapping[str, str]) -> float:
    """What each of a worker's votes counts for, by a person's word (see `known_before`)."""
    return WEIGHTS[overrides.get(worker) or overrides.get(worker.rsplit(":", 1)[-1]) or NEUTRAL]


def known_before(
    ballots: Ballots, history: pd.DataFrame, overrides: Mapping[str, str], truth: "np.ndarray | None" = None
) -> Priors:
    """Priors of the ballots' workers.

    Parameters
    ----------
    history
        worker, right, given, weight (n of the interval): one row per worker and earlier phase, none of this project's
        own.
    overrides
        Standing by worker, a key of `WEIGHTS`; the worker named as in the tables or by the platform's id.
    truth
        Gold, as `Priors.truth`.
    """
    nothing = Priors.nothing(ballots)
    names = [str(w) for w in ballots.workers]
    weight: Floats = np.array([weight_of(n, overrides) for n in names], dtype=float)
    share, answers = _pseudo_answers(history, names)
    return Priors(
        truth=nothing.truth if truth is None else truth,
        right=share * answers,
        given=answers,
        weight=weight,
        seed=nothing.seed,
    )


def _pseudo_answers(history: pd.DataFrame, names: list[str]) -> tuple[Floats, Floats]:
    """Of each worker of `names`: the share of right answers before, and how many answers at hand it counts for."""
    known = history.reindex(columns=["worker", "right", "given", "weight"])
    known = known[(known["given"] > 0) & (known["weight"].astype(float) > 0)]
    worker, workers = pd.factorize(known["worker"])
    n, right, given = (known[name].to_numpy(dtype=float) for name in ("weight", "right", "given"))
    m, w = np.clip(right / given, 0, 1), len(workers)
    mean = crowd_mean(right, given)
    likely = (sums(worker, n * m, w) + LEAN * mean) / (sums(worker, n, w) + LEAN)
    single, drift = likely * (1 - likely), _drift(worker, m, n, w)
    precision = 1 / (single[worker] / n + drift**2)
    total = sums(worker, precision, w)
    answers = single / (1 / total + drift**2)
    found = pd.DataFrame({"share": sums(worker, precision * m, w) / total, "answers": answers}, index=workers)
    of_names = found.reindex(names).fillna(0.0).to_numpy(dtype=np.float64)
    return of_names[:, 0], of_names[:, 1]


def _drift(worker: Ints, share: Floats, n: Floats, workers: int) -> float:
    """Standard deviation of a worker's share from phase to phase, of so many answers `n` each, beyond chance."""
    answers, phases = sums(worker, n, workers), np.bincount(worker, minlength=workers)
    mean = sums(worker, n * share, workers) / answers
    several = (phases > 1) & (answers > 2)
    single = mean * (1 - mean) * answers / np.maximum(answers - 1, 1)
    beyond = (sums(worker, n * (share - mean[worker]) ** 2, workers) - (phases - 1) * single)[several].sum()
    told = (answers - sums(worker, n**2, workers) / answers)[several].sum()
    squared = (beyond + _LEAN_ANSWERS * DRIFT**2) / (told + _LEAN_ANSWERS)
    return float(np.clip(np.sqrt(max(squared, 0.0)), *_DRIFTS))
