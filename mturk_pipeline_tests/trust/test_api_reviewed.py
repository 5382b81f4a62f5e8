"""What people found right: read from any frame, and put into consensus, reliability and calibration."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.trust import fit_predict
from mturk_pipeline.trust.api_answers import KINDS
from mturk_pipeline.trust.calibration import Calibration
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS

VALUES = ("x", "y", "z")
RIGHT = pd.DataFrame({"item": range(40), "value": [VALUES[i % 3] for i in range(40)]})


@pytest.fixture(scope="module", autouse=True)
def few_draws():
    """What is checked here holds for any number of draws."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("mturk_pipeline.trust.models.confusion"), "sweeps", lambda votes: (12, 4))
        yield


@pytest.fixture(scope="module")
def answers():
    """Three answers to each of 40 items by ten workers, right six times in ten."""
    rng = np.random.default_rng(1)
    rows = []
    for item, right in enumerate(RIGHT["value"]):
        for worker in rng.choice(10, 3, replace=False):
            rows.append((item, f"w{worker}", right if rng.random() < 0.6 else str(rng.choice(VALUES))))
    return pd.DataFrame(rows, columns=["item", "worker", "value"])


@pytest.mark.parametrize("model", TRUST_MODELS)
@pytest.mark.parametrize("kind", ["closed", "open"])
def test_what_was_found_right_is_the_consensus(answers, model, kind):
    looked = RIGHT.head(20)
    result = fit_predict(answers, model, kind, reviewed=looked)
    given = [value in set(answers.loc[answers["item"] == item, "value"]) for item, value in looked.to_numpy()]
    rows = result.consensus.head(20)
    assert (rows["value"] == looked["value"]).tolist() == given
    assert rows["trust"].tolist() == [float(g) for g in given]
    assert all(trust == 0 for runners_up in rows["runners_up"] for _, trust in runners_up)
    assert result.consensus["trust"].iloc[20:].between(0, 1, inclusive="neither").all()
    assert result.calibration.audited == 20


@pytest.mark.parametrize("model", TRUST_MODELS)
@pytest.mark.parametrize("kind", ["closed", "open"])
@pytest.mark.parametrize("nothing", [None, " ", "none"])
def test_no_value_may_be_right(answers, model, kind, nothing):
    looked = pd.DataFrame({"item": [3, 4], "value": [nothing, nothing]})
    result = fit_predict(answers, model, kind, none_values=["none"], reviewed=looked)
    rows = result.consensus.iloc[3:5]
    assert rows["value"].isna().all()
    assert rows["trust"].tolist() == [1, 1]
    assert result.consensus["value"].notna().sum() == 38


def test_reviewed_items_teach_who_is_reliable(answers):
    """Worker w9 is right against everybody else, which only the decisions can tell."""
    others = [(item, f"w{k}", "abc"[item % 3] * 2) for item in range(60) for k in range(2)]
    lone = [(item, "w9", "abc"[item % 3]) for item in range(60)]
    table = pd.DataFrame(others + lone, columns=["item", "worker", "value"])
    looked = pd.DataFrame({"item": range(30), "value": ["abc"[item % 3] for item in range(30)]})
    for kind in ("closed", "open"):
        before, after = (
            fit_predict(table, kind=kind, reviewed=reviewed).workers.set_index("worker")["reliability"]
            for reviewed in (None, looked)
        )
        assert before["w9"] < before["w1"]
        assert after["w9"] > after["w1"] + 0.2


def test_fields_and_types_are_matched(answers):
    both = pd.concat([answers.assign(field="f"), answers.assign(field=2)])
    looked = pd.DataFrame({"item": [0, 0], "field": ["f", 2], "value": ["x", "z"]})
    rows = fit_predict(both, "majority", reviewed=looked).consensus.head(2)
    assert rows["field"].tolist() == ["2", "f"]
    assert rows["trust"].tolist() == [float("z" in set(answers["value"][:3])), float("x" in set(answers["value"][:3]))]
    tuples = answers.assign(value=[(v, 1) for v in answers["value"]], item=[(i, i) for i in answers["item"]])
    looked = pd.DataFrame({"item": [(1, 1), (2, 2)], "value": [("y", 1), ("z", 1)]})
    assert fit_predict(tuples, "majority", reviewed=looked).calibration.audited == 2


def test_lists_are_reviewed_element_by_element():
    rows = [(item, worker, value) for item in "12" for worker in "abc" for value in ("p", "q")]
    table = pd.DataFrame([*rows, ("1", "a", "r"), ("3", "a", "")], columns=["item", "worker", "value"])
    looked = pd.DataFrame({"item": ["1", "1", "2"], "value": ["p", "r", None]})
    result = fit_predict(table, kind="list", reviewed=looked)
    found = result.consensus.set_index(["item", "value"])["trust"]
    assert found[("1", "p")] == found[("1", "r")] == 1
    assert found[("1", "q")] == found[("2", "p")] == found[("2", "q")] == 0
    assert result.calibration.audited == 5


def test_of_several_rows_for_an_item_the_last_counts(answers):
    looked = pd.concat([RIGHT.assign(value="q"), RIGHT])
    one, other = (fit_predict(answers, "majority", reviewed=r).consensus for r in (looked, RIGHT))
    pd.testing.assert_frame_equal(one, other)


def test_decisions_that_meet_no_answer_are_said(answers):
    result = fit_predict(answers, "majority", reviewed=RIGHT.assign(item=RIGHT["item"].astype(str)))
    assert result.calibration == Calibration()
    assert result.notes == ("none of the 40 reviewed rows is about an item and field of the answers",)
    result = fit_predict(answers, "majority", reviewed=RIGHT.assign(value=7))
    assert result.notes == ("no answer holds any of the values that were found right",)
    assert fit_predict(answers, "majority", reviewed=RIGHT).notes == ()


def test_worst_first_rows_alone_never_raise_trust(answers):
    before = fit_predict(answers)
    chosen = before.consensus[["item", "value"]]  # all are right, it is said
    looked = chosen.head(20).assign(inclusion=None)
    after = fit_predict(answers, "majority", reviewed=looked)
    plain = fit_predict(answers, "majority").consensus["trust"].iloc[20:]
    assert (after.consensus["trust"].iloc[20:] <= plain).all()
    assert "none was drawn by chance" in str(after.calibration)
    audited = fit_predict(answers, "majority", reviewed=looked.assign(inclusion=1))
    assert (audited.consensus["trust"].iloc[20:] > plain).all()


@settings(max_examples=15)
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from([0, 1, 39, 999, -1, None, "0"]),
            st.sampled_from(["x", "y", "nobody's", "", None, 3]),
            st.sampled_from([None, 1, 0.2, "0.5", 1e-12]),
        ),
        max_size=8,
    ),
    kind=st.sampled_from(KINDS),
)
def test_any_decisions(answers, rows, kind):
    looked = pd.DataFrame(rows, columns=["item", "value", "inclusion"], dtype=object)
    result = fit_predict(answers, "worker_weighted", kind, reviewed=looked)
    assert result.consensus["trust"].between(0, 1).all()
    assert all(0 <= trust <= 1 for runners_up in result.consensus["runners_up"] for _, trust in runners_up)
    if kind != "list":
        assert result.calibration.reviewed == looked.loc[looked["item"].isin([0, 1, 39]), "item"].nunique()


@pytest.mark.parametrize("model", TRUST_MODELS)
@pytest.mark.parametrize("kind", KINDS)
def test_decisions_about_no_answers(model, kind, answers):
    assert fit_predict(answers.head(0), model, kind, reviewed=RIGHT).consensus.empty
    nothing = fit_predict(answers.head(3), model, kind, reviewed=pd.DataFrame())
    assert nothing.calibration == Calibration()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t[["item"]], r"reviewed lacks the columns \['value'\]; it has \['item'\]"),
        (lambda t: t.assign(inclusion=0), r"inclusion is a probability in \(0, 1\].*row 0 has 0"),
        (lambda t: t.assign(inclusion=[1.0] * 39 + [-0.5]), "row 39 has -0.5"),
        (lambda t: t.assign(inclusion=1.5), "has 1.5"),
        (lambda t: t.assign(inclusion=np.inf), "has inf"),
        (lambda t: t.assign(inclusion="often"), "has often"),
        (lambda t: t.assign(value=[["x"]] * 40), "'value' holds lists"),
        (lambda t: t.assign(item=[{}] * 40), "'item' holds lists"),
        (lambda t: pd.concat([t, t[["value"]]], axis=1), "more than one column 'value'"),
        (lambda t: t.to_dict("list"), "DataFrame.*not dict"),
    ],
)
def test_bad_decisions_are_named(answers, change, says):
    with pytest.raises(ValueError, match=says):
        fit_predict(answers, "majority", reviewed=change(RIGHT))


def test_a_field_has_to_be_named_where_there_are_several(answers):
    both = pd.concat([answers.assign(field="f"), answers.assign(field="g")])
    with pytest.raises(ValueError, match=r"lacks the columns \['field'\]"):
        fit_predict(both, "majority", reviewed=RIGHT)
