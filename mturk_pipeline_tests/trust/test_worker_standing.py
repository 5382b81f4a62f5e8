"""Reliability, its interval, and what is suggested about a worker from it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.trust.models.base import Copying, Scores
from mturk_pipeline.trust.worker_evidence import evidence, stands_out
from mturk_pipeline.trust.worker_standing import partners, reliability, standings, suspected, wilson


def scores(right, given):
    return Scores(np.zeros(0), np.zeros(0), np.array(right, dtype=float), np.array(given, dtype=float))


def suggested(right, given, copies=False, stands_out=False):
    rated = scores([*right, 850], [*given, 1000])  # a crowd that is right in 85 %
    _, low, high = reliability(rated)
    n = len(rated.given)
    return standings(rated.given, low, high, np.full(n, copies), np.full(n, stands_out))[:-1].tolist()


def test_reliability_lies_in_its_interval_and_leans_on_the_crowd():
    middle, low, high = reliability(scores([0, 2, 90, 0], [2, 2, 100, 0]))
    assert ((low <= middle) & (middle <= high))[:3].all()
    assert 0.4 < middle[0] < middle[1] < 1  # two answers say little
    assert middle[2] == pytest.approx(0.9, abs=0.01)
    assert high[2] - low[2] < 0.15 < high[0] - low[0]
    assert np.isnan([middle[3], low[3], high[3]]).all()


@given(st.floats(0, 1), st.floats(0.1, 1e6))
def test_wilson(share, n):
    [low], [high] = wilson(np.array([share]), np.array([n]))
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    [narrow_low], [narrow_high] = wilson(np.array([share]), np.array([2 * n]))
    assert narrow_high - narrow_low < high - low


def test_few_answers_accuse_nobody():
    assert suggested([0, 0, 0], [4, 5, 50]) == ["neutral", "exclude", "exclude"]


def test_reliability_decides():
    assert suggested([95, 70, 55, 30], [100] * 4) == ["neutral", "neutral", "watch", "exclude"]


def test_other_evidence():
    assert suggested([95], [100], stands_out=True) == ["watch"]
    assert suggested([95], [100], copies=True) == ["exclude"]
    assert suggested([0], [0], stands_out=True) == ["watch"]
    assert suggested([0], [0]) == ["neutral"]


def test_partners_are_mutual_and_need_more_than_one_shared_value():
    pairs = Copying(np.array([0, 0, 1]), np.array([1, 2, 3]), np.array([0.9, 0.9, 0.1]), np.array([5, 1, 9]))
    assert suspected(pairs).tolist() == [True, False, False]
    assert partners(pairs, 4) == [[1], [0], [], []]
    assert partners(Copying.nobody(), 2) == [[], []]


PLAIN = {
    "given": 50.0,
    "right": 45.0,
    "reliability_low": 0.8,
    "reliability_high": 0.95,
    "copy_partners": [],
    "total_contribution": 10,
    "repeated_answers": 0,
    "valid": 50,
    "blank_required": 0,
    "asked_required": 20,
    "invalid": 0,
    "answers": 50,
    "gold_asked": 0,
    "gold_right": 0,
    "median_work_seconds": 60.0,
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"blank_required": 6}, "left a required field blank 6 of 20 times"),
        ({"invalid": 15}, "15 of 50 answers are invalid"),
        ({"repeated_answers": 10}, "the same value for different items 10 times"),
        ({"gold_asked": 5, "gold_right": 2}, "2 of 5 gold questions are right"),
        ({"median_work_seconds": 19.0}, "worked 19 s at the median; all workers of the phase 60 s"),
    ],
)
def test_each_fact_stands_out_from_three_assignments_on(change, says):
    workers = pd.DataFrame([PLAIN | change, PLAIN, PLAIN | change | {"total_contribution": 2}])
    assert stands_out(workers, 60.0).tolist() == [True, False, False]
    said = evidence(workers, 60.0)
    assert says in said[0]
    assert said[1:] == ["", ""]


@pytest.mark.parametrize(
    "change",
    [
        {"blank_required": 1, "asked_required": 1},
        {"blank_required": 5},
        {"invalid": 2, "answers": 2},
        {"invalid": 14},
        {"repeated_answers": 2, "valid": 2},
        {"repeated_answers": 9},
        {"gold_asked": 2},
        {"gold_asked": 5, "gold_right": 3},
        {"median_work_seconds": 20.0},
        {"median_work_seconds": np.nan},
    ],
)
def test_less_than_that_does_not(change):
    assert evidence(pd.DataFrame([PLAIN | change]), 60.0) == [""]


def test_poor_reliability_and_partners_are_said_in_words():
    poor = {"right": 20.0, "reliability_low": 0.28, "reliability_high": 0.54, "copy_partners": ["w1", "w2"]}
    [said] = evidence(pd.DataFrame([PLAIN | poor]), 60.0)
    assert said == "about 20 of 50 values are right (28 to 54 %); shares wrong values with 2 other workers"
