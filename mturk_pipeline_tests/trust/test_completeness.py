"""How complete lists are: coverage of the interval on planted crowds, and data with hardly anything in it."""

import random
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mturk_pipeline.trust.completeness import chao2_unseen, completeness
from mturk_pipeline.trust.list_model import Listing, fit_listing


def planted(seed: int, workers: int, hard: float = 0.0, invented: float = 0.2) -> tuple[Listing, np.ndarray]:
    """120 lists of 0 to about 25 elements; recalls differ, and a share of elements is hard to find. Codes of real
    elements are below 1000. Also the number of real elements of each list."""
    rng = np.random.default_rng(seed)
    lists, crowd = 120, 12
    recall, invents = rng.beta(6, 3, crowd), rng.gamma(1, invented, crowd)
    sizes = rng.poisson(rng.gamma(3, 3, lists))
    rows, asked = [], []
    for item, size in enumerate(sizes):
        ease = np.where(rng.random(size) < hard, 0.5, 1)
        for worker in rng.choice(crowd, workers, replace=False).tolist():
            asked.append((item, worker))
            found = np.flatnonzero(rng.random(size) < recall[worker] * ease).tolist()
            found += (1000 + 10 * worker + np.arange(min(rng.poisson(invents[worker]), 9))).tolist()
            rows += [(item, element, worker) for element in found]
    return fit_listing(*np.array(rows).T, *np.array(asked).T), sizes


def covered(known: Listing, sizes: np.ndarray, threshold: float) -> tuple[float, float, float]:
    """Share of the lists whose interval holds the truth, mean width, mean error of the completeness."""
    accepted = known.trust >= threshold
    table = completeness(known, accepted)
    right = np.bincount(known.item[accepted & (known.element < 1000)], minlength=len(sizes))
    truth = (right / np.maximum(sizes, 1))[sizes > 0]
    table = table[sizes > 0]
    within = (table["low"] <= truth + 1e-9) & (truth - 1e-9 <= table["high"])
    return (
        float(within.mean()),
        float((table["high"] - table["low"]).mean()),
        float((table["completeness"] - truth).mean()),
    )


@pytest.mark.parametrize("hard", [0.0, 0.3])
@pytest.mark.parametrize(("workers", "widest"), [(3, 0.5), (5, 0.35), (7, 0.3)])
def test_the_interval_covers_the_truth(workers: int, widest: float, hard: float) -> None:
    found = np.array([covered(*planted(seed, workers, hard), threshold=0.5) for seed in (1, 2)]).mean(axis=0)
    assert found[0] >= 0.9
    assert found[1] < widest
    assert abs(found[2]) < 0.08


def test_the_interval_covers_the_truth_where_little_is_accepted() -> None:
    assert covered(*planted(3, 3), threshold=0.9)[0] >= 0.9


def test_unknown_under_three_workers() -> None:
    rows = np.array([(i, e, w) for i, workers in enumerate((1, 2, 3)) for w in range(workers) for e in range(4)])
    known = fit_listing(*rows.T, rows[:, 0], rows[:, 2])
    table = completeness(known, known.trust >= 0.5)
    assert table["workers"].tolist() == [1, 2, 3]
    assert table["listed"].tolist() == table["accepted"].tolist() == [4, 4, 4]
    unknown = table[["richness", "completeness", "low", "high"]].isna()
    assert unknown.all(axis=1).tolist() == [True, True, False]
    assert unknown.any(axis=1).tolist() == [True, True, False]


def test_overlap_means_complete() -> None:
    """Six elements that all list, against six different elements in each of the lists of the same workers."""
    together = [(i, e, w) for i in range(30) for w in range(3) for e in range(6)]
    apart = [(30, 10 * w + e, w) for w in range(3) for e in range(2)] + [(30, e, w) for w in range(3) for e in (90, 91)]
    rows = np.array(together + apart)
    known = fit_listing(*rows.T, rows[:, 0], rows[:, 2])
    table = completeness(known, np.ones(len(known.trust), dtype=bool)).set_index("item")
    assert table.loc[0, "low"] > 0.8
    assert table.loc[30, "low"] < table.loc[0, "low"]


def test_chao2_as_published() -> None:
    """Every element certain: m = 3, Q1 = 4, Q2 = 2 gives (2 / 3) * 4 * 3 / (2 * 3) = 4 / 3."""
    rows = [(0, e, 0) for e in range(4)] + [(0, e, w) for e in (4, 5) for w in (0, 1)]
    rows += [(0, e, w) for e in (6, 7) for w in range(3)]
    known = fit_listing(*np.array(rows).T, np.zeros(3, dtype=int), np.arange(3))
    certain = Listing(**{**vars(known), "trust": np.ones(8)})
    assert chao2_unseen(certain, np.zeros(8, dtype=int)) == pytest.approx([4 / 3])
    table = completeness(certain, np.ones(8, dtype=bool))
    assert table.loc[0, "low"] <= 8 / (8 + 4 / 3)


def test_empty_lists_lack_nothing_that_is_known_of() -> None:
    none = np.zeros(0, dtype=int)
    known = fit_listing(none, none, none, np.zeros(3, dtype=int), np.arange(3))
    table = completeness(known, np.zeros(0, dtype=bool))
    assert table[["listed", "accepted"]].to_numpy().tolist() == [[0, 0]]
    assert table["richness"].notna().all()
    assert completeness(fit_listing(none, none, none, none, none), np.zeros(0, dtype=bool)).empty


rows_of_lists = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(0, 4)), min_size=1, max_size=40)


LONE_LISTS = [(0, 0, 0), (0, 0, 1), (0, 0, 2), (1, 0, 0), (1, 1, 1), (1, 2, 2)]


@settings(max_examples=30, deadline=None)
@given(rows_of_lists, st.floats(0, 1), st.randoms())
@example(LONE_LISTS, 0.0, random.Random(0))
def test_bounds_and_order(rows: list, threshold: float, order: random.Random) -> None:
    table = fitted(rows, threshold)
    rows = order.sample(rows, len(rows))
    pd.testing.assert_frame_equal(table, fitted(rows, threshold))
    known = table.dropna()
    assert known["workers"].ge(3).equals(table["workers"].ge(3)[known.index])
    assert ((known["low"] >= 0) & (known["low"] <= known["completeness"] + 1e-9)).all()
    assert ((known["completeness"] <= known["high"] + 1e-9) & (known["high"] <= 1)).all()
    assert (table["accepted"] <= table["listed"]).all()


@settings(max_examples=30, deadline=None)
@given(rows_of_lists)
def test_accepting_more_never_lowers_completeness(rows: list) -> None:
    known = fit(rows)
    tables = [completeness(known, known.trust >= threshold).dropna() for threshold in (0.95, 0.7, 0.3, 0)]
    for strict, lenient in pairwise(tables):
        assert (lenient["completeness"] >= strict["completeness"] - 1e-9).all()


def fit(rows: list) -> Listing:
    columns = np.array(rows, dtype=int)
    return fit_listing(*columns.T, columns[:, 0], columns[:, 2])


def fitted(rows: list, threshold: float) -> pd.DataFrame:
    known = fit(rows)
    return completeness(known, known.trust >= threshold)
