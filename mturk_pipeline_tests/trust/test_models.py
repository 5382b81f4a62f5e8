"""Models of trust on planted crowds, where it is known who is good and what is right; and their small parts."""

import math
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.trust import fit_predict
from mturk_pipeline.trust.api_answers import read_frame
from mturk_pipeline.trust.models import model_named
from mturk_pipeline.trust.models.base import NO_VALUE, NOT_GIVEN, Priors
from mturk_pipeline.trust.models.confusion import ClosedVotes, digamma
from mturk_pipeline.trust.models.row_groups import largest, shares, sums
from mturk_pipeline.trust.models.worker_weighted import MOST_FALSE_VALUES, coincidence, crowd_mean
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS

COLUMNS = ["item", "worker", "value"]


@pytest.fixture
def few_draws(monkeypatch):
    """For what holds for any number of draws."""
    monkeypatch.setattr(import_module("mturk_pipeline.trust.models.confusion"), "sweeps", lambda votes: (40, 10))


def coin(right, k):
    """(k, k) right with the same probability in each class."""
    return np.full((k, k), (1 - right) / (k - 1)) + np.eye(k) * (right - (1 - right) / (k - 1))


def planted(matrix_of, n_items, n_workers, class_shares, seed):
    """Three answers each by workers with a confusion matrix (right, said) each; answers and the right values."""
    rng = np.random.default_rng(seed)
    k = len(class_shares)
    right = rng.choice(k, n_items, p=class_shares)
    rows = [
        (item, f"w{worker:02}", f"v{rng.choice(k, p=matrix_of(worker)[of_item])}")
        for item, of_item in enumerate(right)
        for worker in rng.choice(n_workers, 3, replace=False)
    ]
    return pd.DataFrame(rows, columns=COLUMNS), np.array([f"v{r}" for r in right])


def accuracy(result, right):
    return float((result.consensus["value"].to_numpy() == right).mean())


def test_few_experts_among_many_who_guess():
    answers, right = planted(lambda w: coin(0.95 if w < 6 else 0.4, 3), 240, 15, [1 / 3] * 3, seed=3)
    vote = accuracy(fit_predict(answers, "majority"), right)
    for model, gain in (("worker_weighted", 0.1), ("confusion", 0.06), ("trust", 0.05)):
        result = fit_predict(answers, model)
        assert accuracy(result, right) > vote + gain
        reliability = result.workers["reliability"].to_numpy()
        assert reliability[:6].min() > reliability[6:].max()


def test_workers_who_take_one_class_for_another_are_undone():
    swaps = np.array([[0.05, 0.9, 0.05], [0.9, 0.05, 0.05], [0.05, 0.05, 0.9]])
    answers, right = planted(lambda w: swaps if w < 4 else coin(0.85, 3), 240, 12, [1 / 3] * 3, seed=0)
    vote = accuracy(fit_predict(answers, "majority"), right)
    found = accuracy(fit_predict(answers, "confusion"), right)
    assert found > vote + 0.05
    assert found > 0.88


def test_whoever_always_says_the_same_is_found_and_nobody_else():
    always = np.zeros((3, 3))
    always[:, 0] = 1
    answers, right = planted(lambda w: always if w < 3 else coin(0.85, 3), 240, 12, [1 / 3] * 3, seed=0)
    vote = accuracy(fit_predict(answers, "majority"), right)
    result = fit_predict(answers)
    assert accuracy(result, right) > vote + 0.03
    assert set(result.workers["standing"].iloc[:3]) == {"exclude"}
    assert set(result.workers["standing"].iloc[3:]) == {"neutral"}
    assert result.workers["evidence"].iloc[:3].str.contains("about .* right").all()
    assert (result.workers["evidence"].iloc[3:] == "").all()


def test_rare_classes_do_not_make_the_model_worse_than_the_vote():
    answers, right = planted(lambda w: coin(0.8, 2), 240, 15, [0.92, 0.08], seed=1)
    vote = fit_predict(answers, "majority")
    for model in ("confusion", "trust"):
        result = fit_predict(answers, model)
        assert accuracy(result, right) >= accuracy(vote, right)
        assert result.notes == ()


def test_a_shared_bias_on_a_scale_is_noted_and_held_back():
    grade = np.arange(4)
    likely = np.exp(-0.5 * ((grade[None, :] - grade[:, None] + 0.5) / 1.3) ** 2)
    lower = likely / likely.sum(axis=1, keepdims=True)
    answers, right = planted(lambda w: lower, 200, 20, [0.1, 0.2, 0.3, 0.4], seed=1)
    result = fit_predict(answers)
    assert [n for n in result.notes if "held back" in n]
    assert accuracy(result, right) >= accuracy(fit_predict(answers, "majority"), right) - 0.02


def test_the_safeguard_takes_the_first_belief_away():
    """Workers who say neighbouring grades at random: a consensus more even than the vote is not believed."""
    confusion = import_module("mturk_pipeline.trust.models.confusion")
    rng = np.random.default_rng(0)
    item = np.repeat(np.arange(150), 3)
    label = np.where(rng.random(450) < 0.75, 0, rng.integers(0, 4, 450))
    votes = ClosedVotes(item, rng.integers(0, 15, 450), label, 150, 15, 4, np.zeros(15), np.ones(15), np.full(150, -1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(confusion, "SAFE_ENTROPY", (-2.0, -1.0))
        probabilities, taken = confusion.classify(votes, 0)
        patch.setattr(confusion, "SAFE_ENTROPY", (5.0, 6.0))
        both, nothing = confusion.classify(votes, 0)
    assert (taken, nothing) == (1, 0)
    free = confusion._sample(votes, confusion.beliefs(votes)[1], 1)
    np.testing.assert_allclose(probabilities, free)
    assert np.abs(both - free).max() > 0.05


def test_hard_items_are_not_blamed_on_workers():
    """Ten workers, all good; nobody knows the answer of every fourth item."""
    rng = np.random.default_rng(0)
    rows = []
    for item in range(160):
        for worker in rng.choice(10, 3, replace=False):
            knows = item % 4 > 0 and rng.random() < 0.95
            rows.append((item, worker, "abc"[item % 3] if knows else "abc"[rng.integers(3)]))
    result = fit_predict(pd.DataFrame(rows, columns=COLUMNS))
    assert set(result.workers["standing"]) == {"neutral"}
    trust = result.consensus["trust"].to_numpy()
    hard = np.arange(160) % 4 == 0
    assert trust[hard].mean() < trust[~hard].mean() - 0.15


def test_trust_is_near_the_share_that_is_right():
    answers, right = planted(lambda w: coin(0.55 + 0.03 * w, 3), 300, 12, [0.5, 0.3, 0.2], seed=2)
    result = fit_predict(answers)
    assert -0.15 < result.consensus["trust"].mean() - accuracy(result, right) < 0.05  # rather too low than too high


# --- 'There is none' ---------------------------------------------------------------------------------------------


def found_or_not(lazy, inventive):
    """Open answers: half of 40 items have a value; four good workers, one of each sort, two last items to judge."""
    rows = []
    for item in range(40):
        value = f"v{item}" if item % 2 else None
        rows += [(item, f"good{k}", value) for k in range(4)]
        rows += [(item, "lazy", None)] * lazy + [(item, "inventive", f"made up {item}")] * inventive
    rows += [(98, "good0", "v98"), (98, "lazy", None), (99, "inventive", "v99"), (99, "good0", None)]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_lazy_blanks_are_told_from_real_ones():
    rows = fit_predict(found_or_not(lazy=True, inventive=True), kind="open").consensus
    even = rows.iloc[:40:2]
    assert even["value"].isna().all()
    assert rows.iloc[1:40:2]["value"].tolist() == [f"v{i}" for i in range(1, 40, 2)]
    assert rows["value"].iloc[-2] == "v98"  # against a worker who never finds anything
    assert pd.isna(rows["value"].iloc[-1])  # from a worker who finds what is not there
    assert "hardly right" in rows["reasons"].iloc[-1]


@pytest.mark.usefixtures("few_draws")
def test_none_is_a_class_of_closed_answers():
    rows = [(i, w, "none" if i % 3 == 0 else "ab"[i % 2]) for i in range(30) for w in "xyz"]
    for model in TRUST_MODELS:
        consensus = fit_predict(pd.DataFrame(rows, columns=COLUMNS), model, none_values=["none"]).consensus
        assert consensus["value"].isna().tolist() == [i % 3 == 0 for i in range(30)]
        assert consensus["trust"].min() > 0.7


# --- What is known beforehand ------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["closed", "open"])
def split(request):
    """30 items where a and b agree, one (the last) where they do not."""
    rows = [(i, w, f"v{i % 3}") for i in range(30) for w in "ab"] + [(30, "a", "v0"), (30, "b", "v1")]
    frame = read_frame(pd.DataFrame(rows, columns=COLUMNS), request.param, ())
    return frame.ballots, frame.questions


@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize("model", ["worker_weighted", "confusion", "trust"])
def test_history_and_weights_decide_a_tie(split, model):
    ballots, questions = split
    nothing = Priors.nothing(ballots)

    def trusts(**known):
        return model_named(model)(ballots, questions, Priors(**(vars(nothing) | known))).value_trust[-2:]

    good = np.array([0.0, 20.0])
    a, b = trusts(right=good, given=np.array([20.0, 20.0]))
    assert b > a + 0.1
    a, b = trusts(weight=np.array([0.0, 1.0]))
    assert b > a + 0.2
    a, b = trusts(weight=np.array([1.5, 0.5]))
    assert a > b


@pytest.mark.parametrize("model", ["worker_weighted", "confusion", "trust"])
@pytest.mark.parametrize("kind", ["closed", "open"])
def test_a_weight_of_0_is_as_if_the_worker_had_not_answered(model, kind):
    rows = [(i, w, f"v{i % 3}") for i in range(30) for w in "abcdef"]
    rows += [(99, w, "v0" if w < "c" else "v1") for w in "abcdef"]
    answers = pd.DataFrame(rows, columns=COLUMNS)
    found = []
    for table, weight in ((answers, [1.0] * 2 + [0.0] * 4), (answers[answers["worker"] < "c"], [1.0] * 2)):
        frame = read_frame(table, kind, ())
        known = Priors(**(vars(Priors.nothing(frame.ballots)) | {"weight": np.array(weight)}))
        trust = model_named(model)(frame.ballots, frame.questions, known).value_trust
        is_v0 = (frame.ballots.candidates.value == 0) & (
            frame.items[frame.ballots.cells.item[frame.ballots.candidates.cell]] == 99
        )
        found.append(trust[is_v0])
    np.testing.assert_allclose(*found, atol=0.12)


@pytest.mark.usefixtures("few_draws")
@pytest.mark.parametrize("model", ["worker_weighted", "confusion", "trust"])
def test_known_truths_are_taken(split, model):
    ballots, questions = split
    known = Priors.nothing(ballots)
    last = len(ballots.candidates.cell) - 1
    for truth, of_last, of_none in ((last, 1, 0), (NOT_GIVEN, 0, 0), (NO_VALUE, 0, 1)):
        cells = known.truth.copy()
        cells[-1] = truth
        now = Priors(**(vars(known) | {"truth": cells}))
        scores = model_named(model)(ballots, questions, now).settled(ballots, now)
        assert scores.value_trust[-2:].tolist() == [0, of_last]
        assert scores.none_trust[-1] == of_none
        assert (scores.none_trust[:-1] < 0.5).all()


def test_other_fields_tell_who_is_good():
    """In field g only, a and b disagree; in f, a is right with the others and b is not."""
    rows = [(i, w, f"v{i % 3}" if w != "b" else f"v{(i + 1 + i // 3 % 2) % 3}", "f") for i in range(60) for w in "abcd"]
    rows += [(i, w, f"v{(i + (w == 'b')) % 3}", "g") for i in range(12) for w in "ab"]
    answers = pd.DataFrame(rows, columns=[*COLUMNS, "field"])
    consensus = fit_predict(answers).consensus
    in_g = consensus[consensus["field"] == "g"]
    assert (in_g["value"] == [f"v{i % 3}" for i in in_g["item"]]).mean() > 0.9


def test_pools_are_counted_apart():
    """The same worker is good in one pool and poor in the other."""
    rows = [(i, w, f"v{i % 3}", "easy") for i in range(40) for w in "abcd"]
    rows += [(100 + i, w, f"v{(i + (w == 'a')) % 3}", "other") for i in range(40) for w in "abcd"]
    rows += [(999, "a", "v1", "other"), (999, "b", "v0", "other")]
    answers = pd.DataFrame(rows, columns=[*COLUMNS, "pool"])
    apart = fit_predict(answers, "worker_weighted").consensus.iloc[-1]
    together = fit_predict(answers[COLUMNS], "worker_weighted").consensus.iloc[-1]
    assert apart["value"] == together["value"] == "v0"
    assert apart["trust"] > together["trust"] + 0.01


@pytest.mark.usefixtures("few_draws")
def test_few_items_are_said():
    rows = pd.DataFrame([(i, w, f"v{i % 2}") for i in range(20) for w in "ab"], columns=COLUMNS)
    for kind in ("closed", "open", "list"):
        assert fit_predict(rows, kind=kind).notes == ()
        assert fit_predict(rows[rows["item"] > 0], kind=kind).notes == ("fewer than 20 items: prior only",)


def test_many_classes_are_taken_for_open_answers():
    rows = [(i, w, f"v{i}") for i in range(70) for w in "abc"]
    result = fit_predict(pd.DataFrame(rows, columns=COLUMNS), "confusion")
    assert result.notes == ("no closed field: one coin per worker",)
    assert (result.consensus["trust"] > 0.9).all()


def test_a_page_pasted_as_one_answer_is_no_matter():
    rows = [(0, w, n) for w in "ab" for n in range(300)] + [(i, w, -i) for i in range(1, 30) for w in "abc"]
    result = fit_predict(pd.DataFrame(rows, columns=COLUMNS), kind="open")
    assert result.consensus["trust"].iloc[1:].min() > 0.85
    assert len(result.consensus["runners_up"].iloc[0]) == 299


def test_large_matrices_are_drawn_less_often():
    sweeps = import_module("mturk_pipeline.trust.models.confusion").sweeps

    def draws(items, workers, classes):
        nothing = np.zeros(items, dtype=np.int64)
        votes = ClosedVotes(nothing, nothing, nothing, 1, workers, classes, nothing, nothing, nothing)
        return sweeps(votes)[0]

    assert draws(1000, 100, 5) == 240
    assert draws(1_000_000, 100, 5) == 12
    assert 12 < draws(1000, 300, 60) < 60


# --- Parts -------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(0.01, 1e4), min_size=1, max_size=20))
def test_digamma(x):
    x = np.array(x)
    np.testing.assert_allclose(digamma(x + 1), digamma(x) + 1 / x, rtol=1e-8, atol=1e-8)
    slope = [(math.lgamma(v * (1 + 1e-5)) - math.lgamma(v * (1 - 1e-5))) / (2e-5 * v) for v in x]
    np.testing.assert_allclose(digamma(x), slope, rtol=1e-3, atol=1e-4)


@settings(max_examples=50)
@given(st.lists(st.lists(st.floats(-800, 800), max_size=4), min_size=1, max_size=6), st.floats(-800, 800))
def test_shares_are_probabilities(groups, other):
    lengths = [len(g) for g in groups]
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    group = np.repeat(np.arange(len(groups)), lengths)
    logs = np.array([v for g in groups for v in g], dtype=float)
    rows, rest = shares(start, group, logs, np.full((1, len(groups)), other))
    np.testing.assert_allclose(sums(group, rows, len(groups)) + rest[0], 1)
    assert (rows >= 0).all()
    most = largest(start, logs)
    assert most.tolist() == [max(g, default=-np.inf) for g in groups]


def test_false_values_are_learnt_from_coincidences():
    """Wrong answers that never coincide speak for many false values, those that always do for few."""
    cell = np.repeat(np.arange(200), 3)
    everywhere = np.ones(200, dtype=bool)
    never = coincidence(np.ones(600), np.arange(600), cell, everywhere)
    always = coincidence(np.ones(600), cell, np.arange(200), everywhere)
    assert never == MOST_FALSE_VALUES
    assert 1.5 <= always < 3
    assert coincidence(np.ones(600), np.arange(600), cell, ~everywhere) == pytest.approx(6)


def test_the_crowds_mean_leans_on_a_typical_one():
    assert crowd_mean(np.zeros(0), np.zeros(0)) == pytest.approx(0.7)
    assert crowd_mean(np.array([900.0]), np.array([1000.0])) == pytest.approx(0.9, abs=0.01)
    assert crowd_mean(np.array([0.0]), np.array([1000.0])) == 0.3
