"""Drawn crowds of raters, with biases, drift, extreme and random raters; and crowds that tick boxes."""

from typing import NamedTuple

import numpy as np
import pandas as pd


class RatingCrowd(NamedTuple):
    """R ratings from 0 to 100; `level` is what the average of very many such workers would say of each item."""

    item: np.ndarray
    worker: np.ndarray
    value: np.ndarray
    level: np.ndarray
    items: int
    workers: int


def draw_ratings(seed: int, items: int = 60, workers: int = 30, each: int = 3) -> RatingCrowd:
    """A crowd of which 7 % rate everything with the ends of the scale, and 8 % by chance."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(10, 90, items)
    bias, spread = rng.normal(0, 10, workers), np.sqrt(rng.gamma(3, 20, workers))
    drift, habit = rng.normal(0, 0.1, workers), rng.choice(3, workers, p=[0.85, 0.07, 0.08])
    item = np.repeat(np.arange(items), each)
    worker = np.concatenate([rng.choice(workers, each, replace=False) for _ in range(items)])
    value = level[item] + bias[worker] + drift[worker] * (item - items / 2) + rng.normal(0, spread[worker])
    value = np.select(
        [habit[worker] == 1, habit[worker] == 2], [np.where(value > 50, 100, 0), rng.uniform(0, 100, len(item))], value
    )
    return RatingCrowd(item, worker, np.clip(value, 0, 100).round(), level, items, workers)


class SetCrowd(NamedTuple):
    """Votes for options as answers (contract Answers), and each item's right set, labels joined by "|"."""

    answers: pd.DataFrame
    truth: dict[str, str]


# Options, how careful workers are (Beta), how often a careless answer is wrong in an option, slips of careful ones,
# how usual options are (Beta), workers who tick by chance.
SETS = {
    "6 options": {},
    "4 options, careless": {"options": 4, "care": (5, 2)},
    "10 options, careless ones tick by chance": {"options": 10, "flip": 0.5},
    "8 options, a fifth spammers": {"options": 8, "spam": 0.2},
    "6 options, five answers": {"each": 5, "care": (4, 2)},
    "15 rare options": {"options": 15, "usual": (1, 6), "slip": 0.01},
}


def draw_sets(
    seed: int,
    options: int = 6,
    care: tuple[float, float] = (8, 2),
    flip: float = 0.35,
    slip: float = 0.02,
    usual: tuple[float, float] = (1, 2),
    spam: float = 0.0,
    each: int = 3,
    items: int = 120,
    workers: int = 20,
) -> SetCrowd:
    """A crowd whose mistakes come together: an answer is careful or not, and items are harder or not."""
    rng = np.random.default_rng(seed)
    labels = np.array([f"option{n}" for n in range(options)], dtype=object)
    real = rng.random((items, options)) < rng.beta(*usual, options)
    careful, spammer = rng.beta(*care, workers), rng.random(workers) < spam
    hard = rng.random(items) < 0.15
    rows = []
    for item in range(items):
        for worker in rng.choice(workers, each, replace=False):
            careless = rng.random() > careful[worker] * (0.6 if hard[item] else 1)
            given = real[item] ^ (rng.random(options) < (flip if careless else slip))
            given = rng.random(options) < 0.4 if spammer[worker] else given
            rows += [(item, worker, label) for label in labels[given]] or [(item, worker, None)]
    table = pd.DataFrame(rows, columns=["item", "worker", "value"])
    answers = pd.DataFrame(
        {"item_id": table["item"].map("I{:03d}".format), "worker": table["worker"].map("w{}".format)}
    )
    answers = answers.assign(element="", field="set", value=table["value"].astype("str"), raw="", suspicious=False)
    answers["state"] = np.where(table["value"].isna(), "none_declared", "valid")
    answers["assignment_id"] = answers["item_id"] + "-" + answers["worker"]
    answers["submitted_at"] = pd.Timestamp("2026-01-01", tz="UTC")
    answers = answers.assign(evidence="", note="", hit_id=answers["item_id"], work_seconds=60.0)
    truth = {f"I{n:03d}": "|".join(labels[on].tolist()) for n, on in enumerate(real)}
    return SetCrowd(answers, truth)
