"""Draws the workers, and who works on which HIT."""

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator.crowd_params import Archetype, CrowdParams

RANGES = ("recall", "accuracy", "skip", "says_none", "makes_up", "noise", "seconds", "approval")
_LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))


def random_ids(rng: np.random.Generator, count: int, first: str, length: int) -> np.ndarray:
    """`count` ids of `length` capital letters and digits, each beginning with `first` (array of str)."""
    letters = _LETTERS[rng.integers(0, len(_LETTERS), (count, length - len(first)))]
    tails = np.ascontiguousarray(letters).view(f"<U{letters.shape[1]}").ravel() if count else np.array([], "U1")
    return np.array([first + tail for tail in tails.tolist()], dtype=object)


def draw_workers(params: CrowdParams, rng: np.random.Generator) -> pd.DataFrame:
    """The crowd: one row per worker.

    Returns
    -------
    DataFrame
        worker_id, archetype, honest, way, group (number of the colluding group, -1 for none), work (relative
        share of the work), recall, accuracy, skip, says_none, makes_up, noise (0..1 and up), seconds (median),
        approval (0..1) and judged_before (assignments this requester had judged before; 0 for a new worker).
    """
    kinds = _kinds(params, rng)
    workers = pd.DataFrame(
        {
            "worker_id": random_ids(rng, len(kinds), "A", 14),
            "archetype": [k.name for k in kinds],
            "honest": [k.honest for k in kinds],
            "way": [k.way for k in kinds],
        }
    )
    workers["group"] = _groups(workers["way"].to_numpy(), rng)
    # A few workers do most of the work, as in every crowd.
    workers["work"] = np.array([k.work for k in kinds]) * np.exp(0.5 * rng.standard_normal(len(kinds)))
    for name in RANGES:
        low, high = np.array([getattr(k, name) for k in kinds]).reshape(-1, 2).T
        workers[name] = low + (high - low) * rng.random(len(kinds))
    veteran = rng.random(len(kinds)) < 0.7
    workers["judged_before"] = np.where(veteran, (5 * 800 ** rng.random(len(kinds))).astype(int), 0)
    return workers


def assign(workers: pd.DataFrame, hits: int, per_hit: int, rng: np.random.Generator) -> np.ndarray:
    """Who works on each HIT: array (hits, per_hit) of rows of `workers`, all different within a HIT."""
    per_hit = min(per_hit, len(workers))
    rate = workers["work"].to_numpy()
    chosen = np.empty((hits, per_hit), dtype=np.int64)
    for start in range(0, hits, 4096):
        size = min(4096, hits - start)
        # Smallest first of exponential times with the workers' rates: weighted drawing without replacement.
        keys = -np.log1p(-rng.random((size, len(workers)))) / rate
        first = np.argpartition(keys, per_hit - 1, axis=1)[:, :per_hit]
        order = np.argsort(np.take_along_axis(keys, first, axis=1), axis=1)
        chosen[start : start + size] = np.take_along_axis(first, order, axis=1)
    return _bring_partners(chosen, workers["group"].to_numpy(), rng)


def _bring_partners(chosen: np.ndarray, group: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Colluding workers tell each other which HITs to take: often a partner takes another's place."""
    if chosen.shape[1] < 2:
        return chosen
    for number in range(group.max(initial=-1) + 1):
        members = np.flatnonzero(group == number)
        present = group[chosen] == number
        alone = np.flatnonzero((present.sum(axis=1) == 1) & (rng.random(len(chosen)) < 0.5))
        place = present[alone].argmax(axis=1)
        partner = members[(np.searchsorted(members, chosen[alone, place]) + 1) % len(members)]
        chosen[alone, (place + 1) % chosen.shape[1]] = np.where(
            partner == chosen[alone, place], chosen[alone, (place + 1) % chosen.shape[1]], partner
        )
    return chosen


def _kinds(params: CrowdParams, rng: np.random.Generator) -> list[Archetype]:
    """An archetype for each worker: shares rounded, and nobody forgotten in a small crowd."""
    total = sum(a.share for a in params.archetypes)
    least = [2 if a.way == "colludes" else 1 for a in params.archetypes]
    counts = [
        max(round(params.workers * a.share / total), low) for a, low in zip(params.archetypes, least, strict=True)
    ]
    kinds = [a for a, count in zip(params.archetypes, counts, strict=True) for _ in range(count)]
    return [kinds[i] for i in rng.permutation(len(kinds))]


def _groups(way: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Colluding workers in pairs, the last three together where their number is odd."""
    groups = np.full(len(way), -1)
    members = rng.permutation(np.flatnonzero(way == "colludes"))
    groups[members] = np.minimum(np.arange(len(members)) // 2, max(len(members) // 2 - 1, 0))
    return groups
