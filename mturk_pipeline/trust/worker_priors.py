"""Priors from a worker's work in other projects: worth something, but never more than the work at hand.

Each earlier HIT that could be judged counts half an answer now, however many values it had, and all of them together
at most `MOST` (another project has other questions, and people change). So a worker of three HITs, whose interval is
wide, is hardly known.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Floats
from mturk_pipeline.trust.models.base import Priors
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.vocabulary.standings import BLACKLISTED, NEUTRAL, STARRED, WATCH

DISCOUNT, MOST = 0.5, 20.0
# What a person's word about a worker makes of each of the worker's votes.
WEIGHTS = {STARRED: 1.5, NEUTRAL: 1.0, WATCH: 0.5, BLACKLISTED: 0.0}


def contributions(workers: pd.DataFrame) -> pd.DataFrame:
    """From a phase's workers (contract Workers): worker, right, given, those who could be judged."""
    judged = workers[workers["judged"] > 0]
    return pd.DataFrame({"worker": judged["worker"], "right": judged["judged_right"], "given": judged["judged"]})


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
        worker, right, given: one row per worker and earlier phase, none of this project's own.
    overrides
        Standing by worker, a key of `WEIGHTS`; the worker named as in the tables or by the platform's id.
    truth
        Gold, as `Priors.truth`.
    """
    nothing = Priors.nothing(ballots)
    names = [str(w) for w in ballots.workers]
    total = history.groupby("worker")[["right", "given"]].sum().reindex(names).fillna(0)
    given = total["given"].to_numpy(dtype=float)
    scale = np.minimum(DISCOUNT, MOST / np.maximum(given, 1e-9))
    weight: Floats = np.array([weight_of(n, overrides) for n in names], dtype=float)
    return Priors(
        truth=nothing.truth if truth is None else truth,
        right=total["right"].to_numpy(dtype=float) * scale,
        given=given * scale,
        weight=weight,
        seed=nothing.seed,
    )
