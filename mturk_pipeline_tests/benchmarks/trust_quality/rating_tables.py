"""Tables of ratings and of sets: how near estimates come, whether intervals and trust hold."""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.agreements.closed_sets import Ticks
from mturk_pipeline.trust.agreements.rating_model import Ratings, fit_levels
from mturk_pipeline.trust.consensus import find_consensus
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.benchmarks.trust_quality.rating_crowds import SETS, RatingCrowd, draw_ratings, draw_sets
from mturk_pipeline_tests.benchmarks.trust_quality.scores import brier, calibration_error

_INSIDE = {0.5: 0.6745, 0.8: 1.2816, 0.95: 1.96}
_PHASE = PhaseSpec.model_validate({"keys": ["item"], "fields": {"set": {"kind": "choices"}}})


def rating_report(crowds: int) -> None:
    """Root mean squared error beside mean and median, paired over crowds; coverage of intervals."""
    errors = pd.DataFrame([_errors(draw_ratings(seed)) for seed in range(crowds)])
    print(f"\nRatings, {crowds} crowds of 60 items x 3, 30 raters with bias, drift, extreme and random ones")
    print(errors.mean().round(2).to_frame("RMSE").T.to_string())
    for other in ("mean", "median"):
        less = errors["rating"] - errors[other]
        half = 1.96 * less.std() / np.sqrt(crowds)
        between = f"({less.mean() - half:.2f} to {less.mean() + half:.2f})"
        print(f"  rating - {other}: {less.mean():.2f} {between}, better in {int((less < 0).sum())} of {crowds}")
    items = [_inside(draw_ratings(seed)) for seed in range(crowds)]
    left_out = [_inside_left_out(draw_ratings(seed, each=4), seed) for seed in range(crowds)]
    table = pd.DataFrame(
        {"of the true level": np.mean(items, axis=0), "of workers left out": np.mean(left_out, axis=0)}
    )
    print(table.set_axis([f"{share:.0%} interval" for share in _INSIDE]).round(3).to_string())


def _fit(crowd: RatingCrowd, kept: np.ndarray | None = None):
    kept = np.ones(len(crowd.item), dtype=bool) if kept is None else kept
    data = (crowd.item[kept], crowd.worker[kept], crowd.value[kept], np.ones(int(kept.sum())))
    return fit_levels(Ratings(*data, crowd.items, crowd.workers, np.full(crowd.items, np.nan), 100.0))


def _errors(crowd: RatingCrowd) -> dict[str, float]:
    by_item = pd.Series(crowd.value).groupby(crowd.item)
    guesses = {"rating": _fit(crowd).level, "mean": by_item.mean().to_numpy(), "median": by_item.median().to_numpy()}
    return {name: float(np.sqrt(np.mean((guess - crowd.level) ** 2))) for name, guess in guesses.items()}


def _inside(crowd: RatingCrowd) -> list[float]:
    found = _fit(crowd)
    off = np.abs(found.level - crowd.level) / np.sqrt(found.variance)
    return [float(np.mean(off <= z)) for z in _INSIDE.values()]


def _inside_left_out(crowd: RatingCrowd, seed: int) -> list[float]:
    """Of each item one rating is left out: how often it lies in the interval for another worker's rating."""
    lot = np.random.default_rng(seed).random(len(crowd.item))
    last = pd.Series(lot).groupby(crowd.item).transform("max").to_numpy() == lot
    found = _fit(crowd, ~last)
    item, worker = crowd.item[last], crowd.worker[last]
    spread = np.sqrt(found.variance[item] + found.spread[worker] ** 2)
    off = np.abs(crowd.value[last] - found.level[item] - found.bias[worker]) / spread
    return [float(np.mean(off <= z)) for z in _INSIDE.values()]


def set_report(crowds: int) -> None:
    """Whole sets right, and how well trust says so, beside the vote and Dawid-Skene for each option by itself."""
    rows = {name: _mean(name, crowds) for name in SETS}
    print(f"\nSets, {crowds} crowds of each sort, 120 items x 3: whole sets right, Brier score, calibration error")
    table = pd.DataFrame(rows).T
    print(table.round(3).to_string())
    print(table.mean().round(3).to_frame("all").T.to_string())


def _mean(name: str, crowds: int) -> pd.Series:
    draws = [_scores(draw_sets(1000 + seed, **SETS[name])) for seed in range(crowds)]
    return pd.DataFrame(draws).mean()


def _scores(crowd) -> dict[tuple[str, str], float]:
    items = sorted(crowd.truth)
    truth = np.array([crowd.truth[item] for item in items], dtype=object)
    found = find_consensus(crowd.answers, _PHASE).set_index("item_id").loc[items]
    guesses = {"sets": (found["value"].where(found["outcome"] == "value", "").to_numpy(dtype=object),
                        found["trust"].to_numpy())}  # fmt: skip
    ticks, labels = _ticks(crowd.answers, items)
    vote = (pd.DataFrame(ticks.ticked).groupby(ticks.item).sum().to_numpy() + 0.5) / (
        np.bincount(ticks.item)[:, None] + 1
    )
    for name, belongs in (("vote", vote), ("Dawid-Skene", _each_option(ticks))):
        value = np.array(["|".join(labels[on].tolist()) for on in belongs >= 0.5], dtype=object)
        guesses[name] = (value, np.maximum(belongs, 1 - belongs).prod(axis=1))
    out: dict[tuple[str, str], float] = {}
    for name, (value, trust) in guesses.items():
        right = (value == truth).astype(float)
        out[name, "right"], out[name, "Brier"] = float(right.mean()), brier(right, trust)
        out[name, "ECE"] = calibration_error(right, trust)
    return out


def _ticks(answers: pd.DataFrame, items: list[str]) -> tuple[Ticks, np.ndarray]:
    labels = np.array(sorted(answers["value"].dropna().unique()), dtype=object)
    votes = answers.drop_duplicates("assignment_id").sort_values("item_id", kind="stable")
    place = {assignment: n for n, assignment in enumerate(votes["assignment_id"])}
    ticked = np.zeros((len(votes), len(labels)), dtype=bool)
    given = answers.dropna(subset=["value"])
    ticked[given["assignment_id"].map(place), np.searchsorted(labels, given["value"].to_numpy(dtype=object))] = True
    item, worker = pd.Index(items).get_indexer(votes["item_id"]), pd.factorize(votes["worker"])[0]
    return Ticks(item, worker, ticked, np.ones(len(votes)), len(items), int(worker.max()) + 1), labels


def _each_option(ticks: Ticks) -> np.ndarray:
    """Dawid-Skene with two classes for each option by itself, without care and without pooling."""
    columns = []
    for option in range(ticks.ticked.shape[1]):
        x = ticks.ticked[:, option].astype(float)
        q = np.bincount(ticks.item, x) / np.bincount(ticks.item)
        for _ in range(50):
            of = q[ticks.item]
            total, other = np.bincount(ticks.worker, of) + 2, np.bincount(ticks.worker, 1 - of) + 2
            s, t = (
                (np.bincount(ticks.worker, of * x) + 1) / total,
                (np.bincount(ticks.worker, (1 - of) * (1 - x)) + 1) / other,
            )
            s, t = s[ticks.worker], t[ticks.worker]
            prior = np.clip(q.mean(), 0.01, 0.99)
            logs = np.where(x > 0, np.log(s / (1 - t)), np.log((1 - s) / t))
            q = 1 / (1 + np.exp(-np.clip(np.log(prior / (1 - prior)) + np.bincount(ticks.item, logs), -30, 30)))
        columns.append(q)
    return np.clip(np.column_stack(columns), 1e-3, 1 - 1e-3)
