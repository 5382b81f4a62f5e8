"""Reliability over HITs, its interval, and what is suggested about a worker from it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.trust.models.base import Copying, Scores
from mturk_pipeline.trust.worker_evidence import evidence, other_evidence, stands_out
from mturk_pipeline.trust.worker_standing import (
    ALONE,
    OtherEvidence,
    accusing_tail,
    judge,
    partners,
    reliability,
    standings,
    suspected,
    wilson,
)

GOOD = {f"good{n}": [0.97] * 9 + [0.1] for n in range(12)}


def judged(shares, fields=1):
    """Of a crowd: each worker's share of right answers in each HIT."""
    rows = [
        (worker, f"{worker}{hit}", f"f{field}", right)
        for worker, of_hits in shares.items()
        for hit, right in enumerate(of_hits)
        for field in range(fields)
    ]
    table = pd.DataFrame(rows, columns=["worker", "assignment_id", "field", "right"])
    return judge(table, pd.Index(list(shares), dtype="str"))


def suggested(shares, fields=1):
    found = judged(shares, fields)
    return dict(zip(shares, standings(found, OtherEvidence.nothing(len(shares))), strict=True))


def test_reliability_lies_in_its_interval_and_leans_on_the_crowd():
    found = judged({**GOOD, "few": [0.0, 0.0], "many": [0.9] * 100, "none": []})
    order = [*GOOD, "few", "many", "none"]
    few, many, none = (order.index(name) for name in ("few", "many", "none"))
    known = np.arange(none)
    assert ((found.low <= found.reliability) & (found.reliability <= found.high))[known].all()
    assert 0.3 < found.reliability[few] < found.reliability[many]  # two HITs say little
    assert found.high[many] - found.low[many] < 0.2 < found.high[few] - found.low[few]
    assert np.isnan([found.reliability[none], found.low[none], found.high[none]]).all()
    assert found.tail[none] == 1


def test_the_models_own_reliability_is_a_share_of_answers():
    [good, bad, unknown] = reliability(Scores(np.zeros(0), np.zeros(0), np.array([9.0, 1, 0]), np.array([10.0, 10, 0])))
    assert 0.1 < bad < 0.5 < good < 0.9
    assert np.isnan(unknown)


@given(st.floats(0, 1), st.floats(0.1, 1e6))
def test_wilson(share, n):
    [low], [high] = wilson(np.array([share]), np.array([n]))
    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1
    [narrow_low], [narrow_high] = wilson(np.array([share]), np.array([2 * n]))
    assert narrow_high - narrow_low < high - low


def test_five_values_of_one_hit_are_one_piece_of_evidence():
    shares = {**GOOD, "one": [0.0], "four": [0.0] * 4, "five": [0.0] * 5}
    found = judged(shares, fields=5)
    assert found.hits[-3:].tolist() == [1, 4, 5]
    assert [suggested(shares, fields=5)[name] for name in ("one", "four", "five")] == ["neutral", "neutral", "exclude"]


def test_who_is_seldom_right_is_compared_with_the_phase_s_own_crowd():
    bad = [0.1] * 20
    assert suggested({**GOOD, "bad": bad})["bad"] == "exclude"
    hard = {f"worker{n}": [0.1] * 8 + [0.9] * 2 for n in range(12)}
    found = suggested({**hard, "bad": bad})
    assert set(found.values()) == {"neutral"}


def test_sloppy_workers_mean_well():
    assert suggested({**GOOD, "sloppy": [0.97, 0.1] * 15})["sloppy"] != "exclude"


@pytest.mark.parametrize("others", [1, 2])
def test_a_few_workers_are_no_crowd_and_that_is_said(others):
    shares = {**dict(list(GOOD.items())[:others]), "bad": [0.0] * 30}
    assert set(suggested(shares).values()) == {"neutral"}
    assert judged(shares).notes == ("workers: fewer than 4 can be compared, so agreement accuses nobody",)


def test_without_evidence_that_is_said():
    assert judged({}).notes == (
        "workers: no wrong answer can be told from another good one here, so agreement accuses nobody",
    )
    short = judged({name: hits[:4] for name, hits in GOOD.items()})
    assert short.notes == ("workers: nobody has 5 HITs that can be judged, so agreement accuses nobody",)
    assert judged(GOOD).notes == ()


def test_rows_of_other_methods_and_of_strangers():
    rows = pd.DataFrame({"worker": ["a", "a", "x"], "assignment_id": ["1", "1", "2"], "field": ["f", "g", "f"]})
    found = judge(rows.assign(right=[1.0, 0.0, 1.0]), pd.Index(["a", "b"]))
    assert found.hits.tolist() == [1, 0]
    assert found.right.tolist() == [0.5, 0.0]


def test_other_evidence_counts_in_every_kind():
    found = judged({"a": [], "b": [], "c": [], "d": [], "e": []})
    yes = np.eye(5, dtype=bool)
    other = OtherEvidence(*yes)
    assert standings(found, other).tolist() == ["exclude", "exclude", "exclude", "neutral", "watch"]


def test_carelessness_accuses_only_beside_poor_agreement():
    shares = {**GOOD, "poor": [0.9, 0.1, 0.1, 0.1] * 3, "fine": [0.97] * 9}
    found = judged(shares)
    nothing = OtherEvidence.nothing(len(shares))
    assert standings(found, nothing)[-2:].tolist() == ["watch", "neutral"]
    careless = replace(nothing, careless=np.ones(len(shares), dtype=bool))
    assert standings(found, careless)[-2:].tolist() == ["exclude", "neutral"]


def test_who_is_alone_in_a_large_crowd_has_to_be_worse_than_who_has_company():
    crowd = {f"good{n}": GOOD[name] for n, name in enumerate(list(GOOD) * 8)}
    poor = [0.9, 0.1, 0.1, 0.1] * 3
    alone = suggested({**crowd, "poor0": poor})
    company = suggested({**crowd, **{f"poor{n}": poor for n in range(12)}})
    assert (alone["poor0"], company["poor0"]) == ("watch", "exclude")
    assert not {standing for name, standing in company.items() if name.startswith("good")} - {"neutral"}


@given(st.lists(st.floats(0, 0.1), max_size=40))
def test_of_those_accused_in_company_few_would_be_honest(tails):
    tail = np.array(tails)
    limit = accusing_tail(tail)
    others = (tail <= limit).sum() - 1
    assert limit == ALONE or limit * len(tail) <= 0.5 * others
    assert ALONE <= limit < 0.03


def test_that_others_are_hopeless_says_nothing_of_who_is_merely_poor():
    assert accusing_tail(np.array([0.02] + [1e-9] * 9 + [0.5] * 20)) == ALONE
    assert accusing_tail(np.array([0.025] * 2 + [0.5] * 20)) == ALONE
    assert accusing_tail(np.array([0.02] * 2 + [0.5] * 20)) == 0.02


def test_two_who_share_answers_and_are_both_seldom_right_are_suspected_sooner():
    pair = Copying(np.array([0]), np.array([1]), np.array([0.04]), np.array([6]))
    assert partners(pair, 2) == [[], []]
    assert partners(pair, 2, np.array([0.02, 0.05])) == [[1], [0]]
    assert partners(pair, 2, np.array([0.0, 1.0])) == [[], []]  # one of them is a good worker


def test_partners_are_mutual_and_need_more_than_one_shared_hit():
    pairs = Copying(np.array([0, 0, 1]), np.array([1, 2, 3]), np.array([0.9, 0.9, 0.1]), np.array([5, 1, 9]))
    assert suspected(pairs).tolist() == [True, False, False]
    assert partners(pairs, 4) == [[1], [0], [], []]
    assert partners(pairs.beside(pairs), 4) == [[1], [0], [], []]
    assert partners(Copying.nobody(), 2) == [[], []]


PLAIN = {
    "judged": 50.0,
    "judged_right": 45.0,
    "poor": False,
    "reliability_low": 0.8,
    "reliability_high": 0.95,
    "copy_partners": [],
    **dict.fromkeys(["value_partners", "text_partners", "shared_texts"], 0),
    "total_contribution": 10,
    "repeated_answers": 0,
    "valid": 50,
    "blank_required": 0,
    "asked_required": 20,
    "blank_required_hits": 0,
    "asked_required_hits": 10,
    "invalid": 0,
    "answers": 50,
    "gold_asked": 0,
    "gold_right": 0,
    "gold_hits": 0,
    "gold_hits_right": 0.0,
    "median_work_seconds": 60.0,
    "timed": 10,
    "fast": 0,
    "same_answers": 0,
    "free_texts": 0,
    "copied_texts": 0,
}


def test_where_most_leave_a_required_field_blank_the_setting_is_wrong_and_nobody_stands_out():
    workers = pd.DataFrame([PLAIN | {"blank_required": blank} for blank in (12, 14, 0)])
    assert not stands_out(workers, 60.0).any()
    assert evidence(workers, 60.0) == ["", "", ""]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"blank_required": 6}, "left a required field blank 6 of 20 times"),
        ({"invalid": 15}, "15 of 50 answers are invalid"),
        ({"repeated_answers": 10}, "the same value for different items 10 times"),
        ({"gold_asked": 5, "gold_right": 2, "gold_hits": 5}, "2 of 5 gold questions are right"),
        ({"median_work_seconds": 11.0}, "worked 11 s at the median; all workers of the phase 60 s"),
        ({"same_answers": 8}, "gave one answer to all 8 items of a question where others did not"),
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
        {"gold_asked": 2, "gold_hits": 2},
        {"gold_asked": 5, "gold_hits": 1},
        {"gold_asked": 5, "gold_right": 3, "gold_hits": 5},
        {"median_work_seconds": 12.0},
        {"median_work_seconds": np.nan},
    ],
)
def test_less_than_that_does_not(change):
    assert evidence(pd.DataFrame([PLAIN | change]), 60.0) == [""]


def test_poor_reliability_and_partners_are_said_in_words():
    poor = {"judged_right": 20.0, "poor": True, "reliability_low": 0.28, "reliability_high": 0.54}
    [said] = evidence(pd.DataFrame([PLAIN | poor | {"value_partners": 2}]), 60.0)
    assert said == (
        "right in about 20 of 50 HITs (28 to 54 %), seldom for this phase; shares wrong values with 2 other workers"
    )


GOLD = {"gold_asked": 4, "gold_right": 4, "gold_hits": 4, "gold_hits_right": 4.0}


@pytest.mark.parametrize(
    ("gold", "accused"),
    [
        ({"gold_hits": 3, "gold_hits_right": 0.0}, True),
        ({"gold_hits": 2, "gold_hits_right": 0.0}, False),
        ({"gold_hits": 12, "gold_hits_right": 3.0}, True),
        ({"gold_hits": 12, "gold_hits_right": 7.0}, False),
    ],
)
def test_gold_missed_in_three_hits(gold, accused):
    workers = pd.DataFrame([PLAIN | gold, *[PLAIN | GOLD] * 3])
    assert other_evidence(workers, 60.0).misses_gold.tolist() == [accused, False, False, False]
    # Gold that nearly all miss is wrong gold.
    assert not other_evidence(pd.DataFrame([PLAIN | gold] * 4), 60.0).misses_gold.any()


@pytest.mark.parametrize(("blank", "of", "accused"), [(5, 5, True), (4, 4, False), (6, 10, False), (18, 20, True)])
def test_required_fields_left_blank_in_five_hits(blank, of, accused):
    hits = {"blank_required_hits": blank, "asked_required_hits": of}
    workers = pd.DataFrame([PLAIN | hits, *[PLAIN] * 3])
    assert other_evidence(workers, 60.0).leaves_blank.tolist() == [accused, False, False, False]
    # What the whole crowd leaves blank is not required in earnest.
    assert not other_evidence(pd.DataFrame([PLAIN | hits] * 4), 60.0).leaves_blank.any()
