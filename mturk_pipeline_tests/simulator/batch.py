"""A batch's life on the platform: who accepted and submitted what when, and what the requester decided."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator.crowd import random_ids

HOUR, DAY = 3600, 86_400
AUTO_APPROVAL_DELAY = 3 * DAY
LIFETIME = 7 * DAY
# Why work is rejected, as the worker reads it.
REASONS = (
    "The same text was pasted into several fields.",
    "The answers do not concern the page that was asked about.",
    "Required fields were left blank although the page shows the values.",
)


@dataclass(frozen=True)
class PhasePage:
    """How a phase is published: what workers read, and when (`created`: seconds since 1970, UTC)."""

    title: str
    description: str
    keywords: str
    reward: str
    batch_id: int
    template_id: int
    created: int
    duration: int = 1800


@dataclass(frozen=True)
class BatchRecord:
    """One batch, before any file format.

    `work`: one row per assignment: hit_id, assignment_id, worker_no, worker_id, max_assignments; moments in seconds
    since 1970, UTC (accepted, submitted, auto_approval; approved and rejected, 0 for never), by_hand (approved by
    a person), feedback, and the worker's approval with this requester (text).
    `inputs`, `answers`: one row per assignment, columns without prefix; texts, '' for blank.
    `hit_type_id` belongs to the whole batch.
    """

    page: PhasePage
    hit_type_id: str
    work: pd.DataFrame
    inputs: pd.DataFrame
    answers: pd.DataFrame


def live(
    page: PhasePage, hit: np.ndarray, crew: pd.DataFrame, max_assignments: np.ndarray, rng: np.random.Generator
) -> tuple[str, pd.DataFrame]:
    """The HIT type's id and the `work` table of a batch (see `BatchRecord`).

    Parameters
    ----------
    hit
        For each assignment, the number of its HIT.
    crew
        For each assignment, its worker.
    max_assignments
        For each assignment, how many its HIT asks for.
    """
    n = len(hit)
    hit_ids = random_ids(rng, int(hit.max(initial=-1)) + 1, "3", 30)
    seconds = crew["seconds"].to_numpy() * np.exp(0.5 * rng.standard_normal(n))
    accepted = page.created + (60 - 20 * HOUR * np.log1p(-rng.random(n))).astype(np.int64).clip(60, 5 * DAY)
    submitted = accepted + seconds.round().astype(np.int64).clip(3, page.duration)
    work = pd.DataFrame(
        {
            "hit_id": hit_ids[hit],
            "assignment_id": random_ids(rng, n, "3", 30),
            "worker_no": crew["worker_no"].to_numpy(),
            "worker_id": crew["worker_id"].to_numpy(object),
            "max_assignments": max_assignments,
            "accepted": accepted,
            "submitted": submitted,
            "auto_approval": submitted + AUTO_APPROVAL_DELAY,
        }
    )
    work = work.assign(**_decisions(page, work, crew, rng))
    rates = _approval_rates(crew.drop_duplicates("worker_no"), rng)
    return str(random_ids(rng, 1, "3", 30)[0]), work.merge(rates, on="worker_no", how="left")


def _decisions(
    page: PhasePage, work: pd.DataFrame, crew: pd.DataFrame, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The requester looks twice and decides on part of what is there; the rest is approved when time runs out."""
    n = len(work)
    submitted = work["submitted"].to_numpy()
    looks_at = page.created + np.array([2 * DAY + 3 * HOUR, 4 * DAY + 7 * HOUR])
    session = looks_at[np.searchsorted(looks_at, submitted).clip(0, 1)] + np.arange(n) % 1800
    seen = (session > submitted) & (session < work["auto_approval"].to_numpy()) & (rng.random(n) < 0.45)
    bad = 1 - crew["approval"].to_numpy()
    reject = seen & (rng.random(n) < np.where(crew["honest"].to_numpy(), bad, np.maximum(bad, 0.4)))
    late = work["auto_approval"].to_numpy() + rng.integers(1, 313, n)
    reason = rng.integers(0, len(REASONS), n)
    return {
        "approved": np.where(reject, 0, np.where(seen, session, late)),
        "rejected": np.where(reject, session, 0),
        "by_hand": seen & ~reject,
        "feedback": np.where(reject, np.array(REASONS, dtype=object)[reason], ""),
    }


def _approval_rates(crew: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Each worker's approval with this requester: lifetime, last 30 and last 7 days, such as '98% (3984/4075)'."""
    judged = crew["judged_before"].to_numpy()
    rates = pd.DataFrame({"worker_no": crew["worker_no"].to_numpy()})
    for name, share in (("lifetime", 1.0), ("last_30_days", 0.4), ("last_7_days", 0.1)):
        count = (judged * share * (1 if share == 1 else rng.random(len(crew)))).astype(int)
        good = np.round(count * crew["approval"].to_numpy()).astype(int)
        rates[name] = [
            f"{round(100 * g / c) if c else 0}% ({g}/{c})" for g, c in zip(good.tolist(), count.tolist(), strict=True)
        ]
    return rates
