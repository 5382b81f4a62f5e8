"""fit_predict takes any frame: what it returns, and that neither rows' order nor odd types play a part."""

from importlib import import_module
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.trust import fit_predict
from mturk_pipeline.trust.api_answers import KINDS
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS

COLUMNS = ["item", "worker", "value"]
QUICK = ("majority", "worker_weighted")


def frame(text, **more):
    """'1aX 2bY' -> worker a gave item 1 the value X, b gave 2 the value Y; '-' is a blank."""
    rows = [(word[0], word[1], None if word[2] == "-" else word[2]) for word in text.split()]
    return pd.DataFrame(rows, columns=COLUMNS).assign(**more)


def crowd(n_items=30, n_workers=6, right=0.8, values=("x", "y", "z"), seed=0):
    """Three answers each; of each item the right value is that of its number."""
    rng = np.random.default_rng(seed)
    rows = []
    for item in range(n_items):
        for worker in rng.choice(n_workers, 3, replace=False):
            shift = 0 if rng.random() < right else int(rng.integers(1, len(values)))
            rows.append((item, f"w{worker}", values[(item + shift) % len(values)]))
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object).astype({"item": "int64", "worker": "str"})
    return table if any(isinstance(v, str) for v in values) else table.infer_objects()


def assert_sound(result):
    consensus, workers = result.consensus, result.workers
    assert list(consensus) == ["item", "field", "value", "trust", "runners_up", "pattern", "reasons"]
    assert consensus["trust"].between(0, 1).all()
    for best, runners_up in zip(consensus["trust"], consensus["runners_up"], strict=True):
        trusts = [trust for _, trust in runners_up]
        assert trusts == sorted(trusts, reverse=True)
        assert all(0 <= trust <= 1 for trust in trusts)
        assert not trusts or trusts[0] <= best + 1e-4 or consensus["value"].isna().any()
    share = workers[["reliability_low", "reliability", "reliability_high"]].dropna()
    assert (share.to_numpy() >= 0).all()
    assert (share.to_numpy() <= 1).all()
    assert (np.diff(share.to_numpy(), axis=1) >= 0).all()
    assert set(workers["standing"]) <= {"neutral", "watch", "exclude"}


def assert_same(one, other):
    pd.testing.assert_frame_equal(one.consensus, other.consensus)
    pd.testing.assert_frame_equal(one.workers, other.workers)
    assert (one.notes, one.calibration) == (other.notes, other.calibration)


@pytest.fixture(scope="module", autouse=True)
def few_draws():
    """What is checked here holds for any number of draws."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("mturk_pipeline.trust.models.confusion"), "sweeps", lambda votes: (12, 4))
        yield


ROWS = st.lists(
    st.tuples(
        st.sampled_from([1, 2, "1", "ä"]),
        st.sampled_from(["a", "b", 7, "大"]),
        st.sampled_from(["x", "y", "", " ", None, float("nan"), 5, "5", "nein"]),
        st.sampled_from([None, None, "valid", "invalid", "blank", "none_declared"]),
        st.sampled_from(["f", "g"]),
        st.sampled_from([None, "p", 3]),
    ),
    max_size=12,
)


@settings(max_examples=20)
@given(rows=ROWS, order=st.randoms(use_true_random=False), kind=st.sampled_from(KINDS), model=st.sampled_from(QUICK))
def test_any_rows_in_any_order(rows, order, kind, model):
    check_any_rows(rows, order, kind, model)


@settings(max_examples=8)
@given(rows=ROWS, order=st.randoms(use_true_random=False), kind=st.sampled_from(KINDS))
@pytest.mark.parametrize("model", ["confusion", "trust"])
def test_any_rows_in_any_order_for_the_models_that_draw(rows, order, kind, model):
    check_any_rows(rows, order, kind, model)


def check_any_rows(rows, order, kind, model):
    columns = [*COLUMNS, "state", "field", "pool"]
    answers = pd.DataFrame(rows, columns=columns, dtype=object)
    before = answers.copy(deep=True)
    result = fit_predict(answers, model, kind, none_values=("nein",))
    assert_sound(result)
    pd.testing.assert_frame_equal(answers, before)
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert_same(result, fit_predict(pd.DataFrame(shuffled, columns=columns, dtype=object), model, kind, ("nein",)))
    assert len(result.workers) == answers["worker"].nunique()
    if kind != "list":
        assert len(result.consensus) == len(answers.drop_duplicates(["item", "field"]))


@pytest.mark.parametrize(("model", "kind"), [*product(TRUST_MODELS, KINDS)])
def test_larger_crowds_in_any_order(model, kind):
    answers = crowd(12)
    result = fit_predict(answers, model, kind)
    assert_sound(result)
    assert_same(result, fit_predict(answers.sample(frac=1, random_state=1), model, kind))


def test_the_seed_is_used():
    answers = crowd(12)
    one, same, other = (fit_predict(answers, seed=seed).consensus["trust"] for seed in (1, 1, 2))
    assert one.equals(same)
    assert not one.equals(other)


@pytest.mark.parametrize(("model", "kind"), [*product(TRUST_MODELS, KINDS)])
def test_no_rows(model, kind):
    for nothing in (pd.DataFrame(columns=COLUMNS), crowd(2).iloc[:0]):
        result = fit_predict(nothing, model, kind)
        assert result.consensus.empty
        assert result.workers.empty
        assert_sound(result)


@pytest.mark.parametrize("model", TRUST_MODELS)
def test_one_answer_per_item_and_one_worker(model):
    lone = frame("1aX 2bY 3cX 4dZ")
    for answers in (lone, lone.assign(worker="a"), lone.iloc[:1]):
        for kind in ("closed", "open"):
            result = fit_predict(answers, model, kind)
            assert_sound(result)
            assert result.consensus["value"].tolist() == answers["value"].tolist()
            assert set(result.consensus["pattern"]) == {"lone"}
            assert set(result.workers["standing"]) == {"neutral"}


@pytest.mark.parametrize(("model", "kind"), [*product(TRUST_MODELS, KINDS)])
@pytest.mark.parametrize("blank", [None, " \t", pd.NA])
def test_all_blank(model, kind, blank):
    answers = frame("1aX 1bX 2aX").assign(value=pd.Series([blank] * 3, dtype=object))
    result = fit_predict(answers, model, kind)
    assert_sound(result)
    assert result.consensus["value"].isna().all()
    assert set(result.consensus["pattern"]) == {"0"}
    assert result.workers["blank"].tolist() == [2, 1]
    assert result.workers["reliability"].isna().all()


@pytest.mark.parametrize("model", TRUST_MODELS)
@pytest.mark.parametrize("kind", ["closed", "open"])
def test_ties_are_broken_the_same_way(model, kind):
    result = fit_predict(frame("1aY 1bX 2bX 2aY 3aX 3bY 4bY 4aX"), model, kind)
    assert_sound(result)
    assert set(result.consensus["pattern"]) == {"1:1"}
    assert (result.consensus["trust"] <= 0.7).all()


@pytest.mark.parametrize(
    "values",
    [
        (1, 2, 3),
        ("x", "y", "z"),
        ("Universität", "大学", "🎓"),
        (1, "1", 2.5),
        (True, "True", False),
        ((1, 2), (1,), ("a", None)),
        (0.5, 1.5, np.inf),
        (pd.Timestamp(0), pd.Timestamp(1), pd.Timestamp(2)),
        (b"\xff", b"a", b"b"),
        ("\ud800", "a\x00", "b"),
        ("x" * 100_000, "x" * 99_999, "y"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_values_come_back_as_they_came_in(values, kind):
    answers = crowd(9, right=1, values=values)
    result = fit_predict(answers, "worker_weighted", kind)
    assert [*map(repr, result.consensus["value"])] == [
        *map(repr, pd.Series([values[i % 3] for i in range(9)], dtype=answers["value"].dtype))
    ]
    assert_same(result, fit_predict(answers[::-1], "worker_weighted", kind))


@pytest.mark.parametrize("dtype", ["str", "string", "category", "Int64", "float64", "uint8", "int64[pyarrow]"])
def test_types_of_columns(dtype):
    answers = crowd(9, right=1, values=(1, 2, 3)).assign(worker=lambda t: t["worker"].str[1:].astype(int))
    result = fit_predict(answers.astype(dtype), "worker_weighted")
    for column in ("item", "value"):
        assert result.consensus[column].dtype == answers[column].astype(dtype).dtype or dtype == "category"
    assert result.consensus["value"].astype("float").tolist() == [1.0, 2.0, 3.0] * 3


def test_whole_numbers_stay_whole_beside_a_consensus_of_none():
    answers = frame("1aX 1bX 2aX 2bX").assign(value=[7, 7, -1, -1])
    first, second = fit_predict(answers, none_values=[-1]).consensus["value"]
    assert repr(first) == "7"
    assert pd.isna(second)


def test_rows_are_sorted_as_numbers_are():
    answers = pd.DataFrame({"item": [10, 9, 100], "worker": [20, 3, 3], "value": "x"})
    result = fit_predict(answers, "majority")
    assert result.consensus["item"].tolist() == [9, 10, 100]
    assert result.workers["worker"].tolist() == [3, 20]


def test_1_and_its_text_are_two_things():
    answers = pd.DataFrame({"item": [1, "1"], "worker": [2, "2"], "value": [3, "3"]}, dtype=object)
    for rows in (answers, answers[::-1]):
        result = fit_predict(rows, "majority")
        assert result.consensus["item"].tolist() == [1, "1"]
        assert result.workers["worker"].tolist() == [2, "2"]
        assert result.consensus["value"].tolist() == [3, "3"]


def test_neither_the_index_nor_other_columns_matter():
    answers = crowd(12)
    odd = answers.assign(trust=object(), field_=1, work_seconds="soon").set_axis([0] * len(answers))
    assert_same(fit_predict(answers), fit_predict(odd))
    assert_same(fit_predict(answers), fit_predict(answers.set_index(["item", "worker"], drop=False)))


def test_none_values():
    answers = frame("1aN 1bN 1cX 2aX 2bX 2cN")
    for none_values in (["N"], "N", {"N"}, pd.Series(["N"])):
        result = fit_predict(answers, "majority", none_values=none_values)
        assert result.consensus["value"].fillna("").tolist() == ["X", "X"]  # counted trust: nobody's none beats a value
        assert result.consensus["pattern"].tolist() == ["lone", "2:0"]
    found = fit_predict(answers, "worker_weighted", none_values="N").consensus
    assert found["value"].fillna("").tolist() == ["", "X"]
    assert "said that there is none" in found["reasons"][0]


def test_states_count_before_values():
    answers = frame("1aX 1bX 1cY 2aX 2bY 2cY", state=["invalid", "blank", None, "valid", "valid", "none_declared"])
    result = fit_predict(answers, "majority")
    assert result.consensus["value"].tolist() == ["Y", "X"]
    assert result.consensus["pattern"].tolist() == ["lone", "1:1"]
    blank = fit_predict(frame("1a- 1bX", state="valid"), "majority").consensus
    assert (blank["value"][0], blank["pattern"][0]) == ("X", "lone")


def test_repeated_rows_count_once():
    answers = frame("1aX 1aX 1aX 1bY 1cY")
    for kind in ("closed", "open"):
        row = fit_predict(answers, "majority", kind).consensus.iloc[0]
        assert (row["value"], row["pattern"]) == ("Y", "2:1")
    for model in TRUST_MODELS:
        twice = pd.concat([crowd(9), crowd(9)])
        pd.testing.assert_frame_equal(fit_predict(twice, model).consensus, fit_predict(crowd(9), model).consensus)


def test_two_values_of_one_answer_are_no_rivals():
    rows = [(item, worker, f"{value}{item}") for item in range(8) for worker in "abc" for value in "XY"]
    result = fit_predict(pd.DataFrame(rows, columns=COLUMNS), kind="open")
    assert (result.consensus["trust"] > 0.9).all()
    assert all(trust > 0.9 for [(_, trust)] in result.consensus["runners_up"])
    assert set(result.workers["standing"]) == {"neutral"}


def test_one_answer_of_two_values_is_not_taken_for_none():
    rows = [(item, worker, f"X{item}") for item in range(30) for worker in "abc"]
    both = [(0, worker, "Y0") for worker in "abc"]
    result = fit_predict(pd.DataFrame(rows + both, columns=COLUMNS), kind="open")
    assert result.consensus["trust"].min() > 0.9


def test_fields_and_pools():
    answers = pd.concat([crowd(9).assign(field="g", pool="p"), crowd(9, seed=1).assign(field=1, pool=2)])
    result = fit_predict(answers)
    assert_sound(result)
    assert result.consensus["field"].tolist() == ["1", "g"] * 9
    assert result.workers["worker"].is_unique
    assert result.workers["contributions"].sum() == len(answers.drop_duplicates(["item", "worker"]))


@pytest.mark.parametrize("dtype", ["float64", "Int64", "category", "str", "datetime64[us]"])
def test_pools_may_be_missing(dtype):
    answers = crowd(9)
    pool = answers["item"].mod(2).where(answers["item"] > 3).astype(dtype)
    assert_sound(fit_predict(answers.assign(pool=pool), "worker_weighted"))
    without = fit_predict(answers, "worker_weighted")
    assert_same(without, fit_predict(answers.assign(pool=None), "worker_weighted"))


def test_lists_have_a_row_for_each_element():
    answers = frame("1aX 1aY 1bX 1cX 2aZ 2bZ 2c- 3a- 3b-")
    consensus = fit_predict(answers, kind="list").consensus
    assert consensus[["item", "value"]].fillna("").to_numpy().tolist() == [
        ["1", "X"],
        ["1", "Y"],
        ["2", "Z"],
        ["3", ""],
    ]
    trust = consensus.set_index("value")["trust"]
    assert trust["X"] > trust["Y"]
    assert trust["Z"] > trust["Y"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.drop(columns="value"), r"lack the columns \['value'\].*'item', 'worker'"),
        (lambda t: t.assign(item=t["item"].where(t["item"] != "2")), "1 answers have no item, the first in row 1"),
        (lambda t: t.assign(worker=None), "2 answers have no worker, the first in row 0"),
        (lambda t: t.assign(field=[None, "f"]), "no field.*row 0"),
        (lambda t: t.assign(state="good"), "state is one of blank.*'good'"),
        (lambda t: t.assign(value=[[1], [2]]), "'value' holds lists"),
        (lambda t: pd.concat([t, t[["item"]]], axis=1), "more than one column 'item'"),
        (lambda t: t.to_dict("list"), "DataFrame with the columns item, worker and value, not dict"),
    ],
)
def test_bad_frames_are_named(change, says):
    with pytest.raises(ValueError, match=says):
        fit_predict(change(frame("1aX 2bY")))


def test_bad_names_are_named():
    with pytest.raises(ValueError, match="no model of trust 'glad'; there are majority"):
        fit_predict(crowd(3), model="glad")
    with pytest.raises(ValueError, match="kind is one of closed, open, list, not 'shut'"):
        fit_predict(crowd(3), kind="shut")


@pytest.mark.parametrize("seed", [None, -1, "7", 1.5])
def test_a_seed_that_is_none_is_named(seed) -> None:
    answers = pd.DataFrame({"item": [1], "worker": ["a"], "value": ["x"]})
    with pytest.raises(ValueError, match="seed"):
        fit_predict(answers, seed=seed)
