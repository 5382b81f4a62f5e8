"""Simulated crowds that list things (the clubs of a directory), with drawn parameters."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

PER_ITEM = 3


@dataclass(frozen=True)
class ListCrowd:
    """answers: item, worker, value, one row per element that a worker listed; who listed nothing has one row with a
    missing value. truth: item, value; items whose true list is empty have no row. items: all items."""

    answers: pd.DataFrame
    truth: pd.DataFrame
    items: list[str]


def list_crowd(seed: int) -> ListCrowd:
    """60 to 200 items with 0 to 40 elements each, three workers per item; some list the first page only.

    >>> crowd = list_crowd(3)
    >>> list(crowd.answers), list(crowd.truth)
    (['item', 'worker', 'value'], ['item', 'value'])
    """
    rng = np.random.default_rng([seed, 104729])
    items, workers = int(rng.integers(60, 201)), int(rng.integers(15, 61))
    sizes = np.where(rng.random(items) < 0.1, 0, np.minimum(40, rng.geometric(1 / rng.uniform(5, 18), items)))
    weights = rng.normal(0, rng.uniform(0.8, 1.8), workers)
    who = np.argsort(-(weights + rng.gumbel(size=(items, workers))), axis=1)[:, :PER_ITEM]
    item = np.repeat(np.arange(items), sizes)
    place = np.arange(len(item)) - np.repeat(np.cumsum(sizes) - sizes, sizes)  # position on the page

    recall = rng.beta(rng.uniform(4, 9), rng.uniform(0.8, 3), workers)
    first_page = np.where(rng.random(workers) < rng.uniform(0, 0.35), rng.integers(5, 16, workers), 99)
    hidden = rng.beta(0.6, 6, len(item))  # some elements are easily overlooked
    listed = rng.random((len(item), PER_ITEM)) < recall[who[item]] * (1 - hidden)[:, None]
    listed &= place[:, None] < first_page[who[item]]
    row, slot = np.nonzero(listed)
    right = pd.DataFrame({"item": item[row], "worker": who[item[row], slot], "value": row})

    false = _false_elements(who, sizes, workers, len(item), rng)
    answers = pd.concat([right, false]).drop_duplicates()
    every = pd.DataFrame({"item": np.repeat(np.arange(items), PER_ITEM), "worker": who.ravel()})
    answers = every.merge(answers, on=["item", "worker"], how="left")
    return _named(answers, pd.DataFrame({"item": item, "value": np.arange(len(item))}), items, workers, rng)


def _false_elements(
    who: np.ndarray, sizes: np.ndarray, workers: int, first: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Elements that do not belong: some everybody may take for one (a club of the sister campus), some invented."""
    items = len(who)
    rate = rng.gamma(0.7, rng.uniform(0.1, 0.6), workers)  # false elements per list
    lures = rng.binomial(4, rng.uniform(0.05, 0.3), items)  # plausible wrong elements of an item
    item = np.repeat(np.arange(items), lures)
    taken = rng.random((len(item), PER_ITEM)) < np.minimum(0.8, 0.15 + rate[who[item]])
    row, slot = np.nonzero(taken)
    popular = pd.DataFrame({"item": item[row], "worker": who[item[row], slot], "value": first + row})

    invented = rng.poisson(rate[who] * (0.3 + sizes[:, None] / 20))
    item, slot = (np.repeat(a.ravel(), invented.ravel()) for a in np.indices(who.shape))
    own = pd.DataFrame({"item": item, "worker": who[item, slot], "value": first + lures.sum() + np.arange(len(item))})
    return pd.concat([popular, own])


def _named(answers: pd.DataFrame, truth: pd.DataFrame, items: int, workers: int, rng: np.random.Generator) -> ListCrowd:
    """Texts for numbers, in an order that tells nothing."""
    count = int(max(answers["value"].max(), truth["value"].max())) + 1
    texts = np.array([f"e{n}" for n in rng.permutation(count)] + [None], dtype=object)
    names = np.array([f"item {n}" for n in rng.permutation(items)], dtype=object)
    ids = np.array([f"W{n}" for n in rng.permutation(workers)], dtype=object)
    said = pd.DataFrame({"item": names[answers["item"]], "worker": ids[answers["worker"]]})
    said["value"] = pd.Series(texts[answers["value"].fillna(-1).astype(int)], dtype="str")
    right = pd.DataFrame({"item": names[truth["item"]], "value": texts[truth["value"]]})
    return ListCrowd(said.sample(frac=1, random_state=rng).reset_index(drop=True), right, sorted(names))
