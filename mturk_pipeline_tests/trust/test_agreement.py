"""Agreement: as counted, and beyond what chance brings."""

import numpy as np
import pytest

from mturk_pipeline.trust.agreement import agreement
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

CLOSED = PhaseSpec.model_validate({"fields": {"open": {"kind": "choice"}}})
OPEN = PhaseSpec.model_validate({"fields": {"open": {"kind": "name"}}})


@pytest.fixture
def table(make_answers):
    """Agreement of workers who gave these values to items 0, 1, 2 …; '-' blank, '0' none, '.' not asked."""

    def make(spec=CLOSED, **values):
        states = {"-": {"state": "blank"}, "0": {"state": "none_declared"}, "x": {"state": "invalid"}}
        rows = [
            {"worker": worker, "item": f"I{n:03}", "field": "open", **states.get(value, {"value": value})}
            for worker, given in values.items()
            for n, value in enumerate(given)
            if value != "."
        ]
        found = agreement(ballots(make_answers(rows), spec), spec)
        return found.set_axis(found.index.str[-1])

    return make


def test_full_agreement_is_1_and_chance_is_0(table):
    found = table(a="yyynnn", b="yyynnn", c="ynynyn")
    assert found["compared"].tolist() == [6, 6, 6]
    assert found["agreeing"].tolist() == [6, 6, 4]
    beyond = found["chance_corrected_agreement"]
    assert beyond["a"] == beyond["b"] > 0.3
    assert beyond["c"] == pytest.approx((4 / 6 - 0.5) / 0.5, abs=0.01)
    assert table(a="yn", b="yn")["chance_corrected_agreement"].tolist() == [1, 1]


def test_saying_what_most_say_is_hardly_more_than_chance(table):
    """In nine of ten items 'n' is right: whoever always says so agrees often, but says nothing."""
    good = "nnnnnnnnny" * 4
    found = table(a=good, b=good, c="n" * 40)
    assert found.loc["c", "agreeing"] / found.loc["c", "compared"] == 0.9
    assert found.loc["c", "chance_corrected_agreement"] < 0.5 < found.loc["a", "chance_corrected_agreement"]


def test_in_open_fields_hardly_anything_agrees_by_chance(table):
    values = [f"v{n}" for n in range(20)]
    found = table(OPEN, a=values, b=values[:10] + ["w"] * 10)
    assert found["chance_corrected_agreement"].tolist() == pytest.approx([0.5, 0.5], abs=0.07)


def test_blanks_and_the_invalid_are_no_votes(table):
    found = table(a="y-x", b="yyy", c="y..")
    assert found["compared"].tolist() == [1, 1, 1]
    assert found["agreeing"].tolist() == [1, 1, 1]


def test_none_is_a_vote_where_it_is_an_answer(table):
    assert table(a="00", b="0y")[["compared", "agreeing"]].to_numpy().tolist() == [[2, 1], [2, 1]]
    abstention = PhaseSpec.model_validate({"fields": {"open": {"kind": "choice", "none_policy": "abstention"}}})
    assert table(abstention, a="00", b="0y")["compared"].tolist() == [0, 0]


def test_nothing_to_compare_is_missing(table):
    found = table(a="y.", b=".n")
    assert found["compared"].tolist() == [0, 0]
    assert np.isnan(found["chance_corrected_agreement"]).all()
    assert np.isnan(table(a="yy", b="yy")["chance_corrected_agreement"]).all()  # one answer only: all is chance
    assert np.isnan(table(a="--", b="--")["chance_corrected_agreement"]).all()
