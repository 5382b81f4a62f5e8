"""Lists: planted crowds, properties, and data with hardly anything in it."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.trust.list_model import Listing, fit_listing


@dataclass(frozen=True)
class Crowd:
    """Rows as `fit_listing` takes them; elements below `real` are real (per item), those from it on are not."""

    rows: np.ndarray  # (R, 3) item, element, worker
    asked: np.ndarray  # (Q, 2) item, worker
    real: int
    recall: np.ndarray  # (W)

    def fit(self) -> Listing:
        return fit_listing(*self.rows.T, *self.asked.T)


def planted(seed: int, items: int = 150, real: int = 12, colluders: int = 0, per_item: int = 3) -> Crowd:
    """Some workers are careful, some miss a lot, some invent; colluders list the same four inventions."""
    rng = np.random.default_rng(seed)
    workers = 20
    recall = np.where(np.arange(workers) % 2, 0.9, 0.5)
    invents = np.where(np.arange(workers) % 4 == 0, 2.5, 0.1)
    rows, asked = [], []
    for item in range(items):
        for worker in rng.choice(workers, per_item, replace=False).tolist():
            asked.append((item, worker))
            if worker < colluders:
                found = [real + e for e in range(4) if rng.random() < 0.9]
            else:
                found = np.flatnonzero(rng.random(real) < recall[worker]).tolist()
                found += (1000 + 10 * worker + np.arange(min(rng.poisson(invents[worker]), 9))).tolist()
            rows += [(item, element, worker) for element in found]
    return Crowd(np.array(rows), np.array(asked), real, recall)


def f1(kept: np.ndarray, real: np.ndarray, total: int) -> float:
    return 2 * (kept & real).sum() / (kept.sum() + total)


@pytest.mark.parametrize("seed", [1, 2])
def test_better_than_the_vote_at_each_threshold(seed: int) -> None:
    crowd = planted(seed)
    known = crowd.fit()
    real, total = known.element < crowd.real, crowd.real * 150
    for votes in (1, 2, 3):
        kept = known.votes >= votes
        assert f1(known.trust >= 0.5, real, total) > f1(kept, real, total) + 0.01
        best = np.argsort(-known.trust, kind="stable")[: kept.sum()]
        assert real[best].mean() >= real[kept].mean() - 0.003


def test_trust_is_a_probability_that_holds() -> None:
    known = planted(3, items=400).fit()
    real = known.element < 12
    for low, high in ((0, 0.3), (0.3, 0.7), (0.7, 0.95), (0.95, 1)):
        group = (known.trust >= low) & (known.trust <= high)
        assert known.trust[group].mean() == pytest.approx(real[group].mean(), abs=0.08)


def test_recall_and_mistakes_of_workers_are_found() -> None:
    crowd = planted(4, items=300)
    known = crowd.fit()
    assert known.recall == pytest.approx(crowd.recall, abs=0.08)
    inventors = known.worker % 4 == 0
    assert known.invented[inventors].min() > 1 > 0.5 > known.invented[~inventors].max()
    assert known.false_share[inventors].min() > known.false_share[~inventors].max()
    assert known.richness == pytest.approx(np.full(300, 12), abs=4)
    assert known.richness.mean() == pytest.approx(12, rel=0.05)


def test_what_a_group_invents_together_is_not_believed() -> None:
    crowd = planted(5, items=300, colluders=4)
    known = crowd.fit()
    together = (known.element >= 12) & (known.element < 1000) & (known.votes == 2)
    assert together.sum() > 10
    assert known.trust[together].mean() < 0.5
    assert known.trust[(known.element < 12) & (known.votes == 2)].mean() > 0.9


def test_a_short_answer_is_no_evidence_against_what_it_does_not_reach() -> None:
    """Worker 0 stops after two elements in half of the lists; there the lone elements of others stay likely."""
    rng = np.random.default_rng(6)
    rows = [
        (item, element, worker)
        for item in range(100)
        for worker in range(2)
        for element in range(2 if worker == 0 and item % 2 else 15)
        if rng.random() < 0.9
    ]
    rows += [(item, 50 + item, item % 2) for item in range(100)]
    rows = np.array(rows)
    known = fit_listing(*rows.T, rows[:, 0], rows[:, 2])
    real_lone = (known.votes == 1) & (known.element < 15)
    short, whole = known.item % 2 == 1, known.item % 2 == 0
    assert known.trust[real_lone & short].mean() > known.trust[real_lone & whole].mean()


def test_the_number_missed_by_all_is_counted() -> None:
    """Two workers with recall 0.5 see three quarters of what there is."""
    rng = np.random.default_rng(7)
    rows = np.argwhere(rng.random((300, 20, 2)) < 0.5)
    known = fit_listing(*rows.T, rows[:, 0], rows[:, 2])
    assert known.richness.sum() > 1.1 * len(known.item)
    assert known.richness.sum() < 1.5 * len(known.item)


rows_of_lists = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(0, 4)), max_size=40)
pairs_asked = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=10)


def fit(rows: list, asked: list) -> Listing:
    return fit_listing(*np.array(rows, dtype=int).reshape(-1, 3).T, *np.array(asked, dtype=int).reshape(-1, 2).T)


@settings(max_examples=30, deadline=None)
@given(rows_of_lists, pairs_asked, st.randoms())
def test_order_and_repeats_of_rows_change_nothing(rows: list, asked: list, random) -> None:
    known = fit(rows, asked)
    rows, asked = rows + rows[:3], [*asked, *asked[:2]]
    random.shuffle(rows)
    random.shuffle(asked)
    again = fit(rows, asked)
    for field in fields(Listing):
        np.testing.assert_array_equal(getattr(known, field.name), getattr(again, field.name), err_msg=field.name)


@settings(max_examples=30, deadline=None)
@given(rows_of_lists, pairs_asked)
def test_everything_stays_in_its_bounds(rows: list, asked: list) -> None:
    known = fit(rows, asked)
    assert list(zip(known.item, known.element, strict=True)) == sorted({(i, e) for i, e, _ in rows})
    assert known.votes.sum() == len(set(rows))
    assert known.lists.sum() == known.list_workers.sum() == len({(i, w) for i, _, w in rows} | set(asked))
    for shares in (known.trust, known.recall, known.falls_for, known.false_share, known.missed):
        assert ((shares >= 0) & (shares <= 1)).all()
    for sizes in (known.richness, known.invented, known.recall_weight, known.missed_doubt):
        assert (np.isfinite(sizes) & (sizes >= 0)).all()


@settings(max_examples=20, deadline=None)
@given(rows_of_lists, pairs_asked, st.permutations(range(5)), st.integers(1, 10**12))
def test_codes_are_only_names(rows: list, asked: list, renamed: list, apart: int) -> None:
    known = fit(rows, asked)
    far = fit([(i * apart, e * apart, renamed[w] if w < 5 else w) for i, e, w in rows],
              [(i * apart, renamed[w] if w < 5 else w) for i, w in asked])  # fmt: skip
    assert far.trust == pytest.approx(known.trust, abs=1e-9)
    assert (far.item == known.item * apart).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 59), st.integers(0, 11))
def test_one_more_supporter_never_lowers_trust(seed: int, item: int, element: int) -> None:
    """In a crowd of equals: the same element, listed by one more of those who were asked."""
    rng = np.random.default_rng(seed)
    rows = np.argwhere(rng.random((60, 12, 4)) < 0.7)
    asked = np.argwhere(np.ones((60, 4)))
    mine = (rows[:, 0] == item) & (rows[:, 1] == element)
    trusts = []
    for supporters in range(1, 5):
        with_them = np.vstack([rows[~mine], [(item, element, w) for w in range(supporters)]])
        known = fit_listing(*with_them.T, *asked.T)
        trusts.append(known.trust[(known.item == item) & (known.element == element)][0])
    assert (np.diff(trusts) >= -1e-3).all()


def test_more_votes_mean_more_trust_in_a_crowd_of_equals() -> None:
    rng = np.random.default_rng(8)
    rows = np.argwhere(rng.random((80, 10, 3)) < 0.6)
    rows = np.vstack([rows, [(i, 100 + w, w) for i in range(80) for w in range(3) if rng.random() < 0.4]])
    known = fit_listing(*rows.T, rows[:, 0], rows[:, 2])
    by_votes = [known.trust[known.votes == v] for v in (1, 2, 3)]
    assert by_votes[0].mean() < by_votes[1].min() <= by_votes[1].mean() < by_votes[2].mean()


def test_one_worker_gives_the_prior() -> None:
    known = fit([(0, e, 0) for e in range(10)], [])
    assert np.ptp(known.trust) == 0
    assert 0.75 < known.trust[0] < 0.95
    many = fit([(i, e, i) for i in range(30) for e in range(10)], [])
    assert many.trust == pytest.approx(known.trust[0], abs=0.1)


def test_everybody_agrees() -> None:
    known = fit([(i, e, w) for i in range(10) for e in range(5) for w in range(3)], [])
    assert known.trust.min() > 0.99
    assert known.recall.min() > 0.85
    assert known.richness == pytest.approx(np.full(10, 5), abs=0.3)


def test_nobody_lists_anything() -> None:
    known = fit([], [(0, 0), (0, 1), (1, 1)])
    assert len(known.trust) == 0
    assert known.list_workers.tolist() == [2, 1]
    assert known.lists.tolist() == [1, 2]
    assert known.recall_weight.max() < 1
    assert len(fit([], []).worker) == 0


def test_nobody_agrees() -> None:
    known = fit([(i, 10 * w + e, w) for i in range(40) for w in range(3) for e in range(4)], [])
    assert known.trust.max() < 0.5


def test_more_workers_than_bits_of_a_number() -> None:
    rows = [(0, e, w) for e in range(4) for w in range(70) if (e + w) % 4]
    few = [(i, e, w) for i in (1, 2) for e in range(4) for w in range(3)]
    known = fit(rows + few, [])
    assert known.trust.min() > 0.9
    assert known.votes[:4].max() > 50


def test_the_result_cannot_be_changed_by_accident() -> None:
    known = fit([(0, 0, 0)], [])
    with pytest.raises(AttributeError):
        known.trust = known.votes  # type: ignore[misc]
    assert replace(known, hard_share=0.0).hard_share == 0.0
