"""Reasons: each thing a reviewer should know is said, and nothing else."""

import re
from itertools import product

import pandas as pd
import pytest

from mturk_pipeline.trust import fit_predict
from mturk_pipeline.trust.consensus import find_consensus
from mturk_pipeline.trust.distinct_rows import texts_of_cases
from mturk_pipeline.trust.reasons import reason
from mturk_pipeline.workflow.phase_spec import PhaseSpec

COLUMNS = ["item", "worker", "value"]
ALL = {"outcome": "value", "workers": 3, "votes": 3, "valid": 3, "blank": 0, "none_declared": 0, "invalid": 0}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "all 3 workers agree"),
        ({"votes": 1, "valid": 1, "blank": 2}, "only 1 of 3 workers gave a value; 2 left it blank"),
        ({"workers": 1, "votes": 1, "valid": 1}, "only 1 worker answered"),
        ({"workers": 1, "votes": 1, "valid": 1, "supporters": 90}, "only 1 worker answered (reliable at 90 %)"),
        ({"supporters": 90}, "all 3 workers agree"),
        (
            {"votes": 2, "supporters": 90, "rivals": 55},
            "2 of 3 workers agree (reliable at 90 %); 1 gave another value (reliable at 55 %)",
        ),
        (
            {"votes": 1, "supporters": 40, "rivals": 55},
            "3 of 3 workers gave a value, no two the same (reliable at 40 %)",
        ),
        ({"copied": True}, "all 3 workers agree; workers who gave it may have copied from each other"),
        ({"suspicious": True}, "all 3 workers agree; the value looks unlikely to be real"),
        ({"fast": 2}, "all 3 workers agree; 2 answered in less than a third of the usual time"),
        ({"footer_items": 7}, "all 3 workers agree; the same value stands for 7 items: a footer or head office?"),
        ({"footer_items": 4}, "all 3 workers agree"),
        ({"notes": "on another site than the input's"}, "all 3 workers agree; on another site than the input's"),
        (
            {"votes": 2, "valid": 2, "invalid": 1, "notes": "has no @"},
            "2 of 3 workers agree; 1 gave nothing valid (has no @)",
        ),
        (
            {"votes": 2, "valid": 2, "blank": 1, "required": True},
            "2 of 3 workers agree; 1 left it blank although it is required",
        ),
        ({"is_record": True, "absent": 1}, "3 of 4 workers listed it; all 3 workers agree"),
        ({"is_record": True}, "all 3 workers listed it; all 3 workers agree"),
        (
            {"is_record": True, "workers": 1, "votes": 1, "valid": 1},
            "the only worker listed it; only 1 worker answered",
        ),
        (
            {"outcome": "none", "votes": 0, "valid": 2, "blank": 1},
            "no value: 1 left it blank; 2 gave values that are hardly right",
        ),
        (
            {"outcome": "unknown", "votes": 0, "valid": 0, "invalid": 3},
            "nothing usable: 3 gave nothing valid",
        ),
    ],
)
def test_each_case_in_words(change, says):
    assert reason(**(ALL | change)) == says


def test_numbers_of_workers_add_up_in_every_small_case():
    for outcome, valid, blank, none, invalid in product(["value", "none", "unknown"], *[range(3)] * 4):
        workers = valid + blank + none + invalid
        for votes in range(1, valid + 1) if outcome == "value" else [0]:
            said = reason(
                outcome=outcome,
                workers=workers,
                votes=votes,
                valid=valid,
                blank=blank,
                none_declared=none,
                invalid=invalid,
            )
            assert ("left it blank" in said) == (blank > 0)
            assert ("there is none" in said) == (none > 0)
            assert ("nothing valid" in said) == (invalid > 0)
            assert ("another value" in said or "no two the same" in said) == (outcome == "value" and valid > votes)
            assert not said.startswith(";")
            assert "; ;" not in said


def test_each_different_case_is_worded_once():
    asked = []

    def text(case):
        asked.append(case)
        return f"{case['a']} {case['b']}"

    table = pd.DataFrame({"a": [1, 2, 1, 1], "b": ["x", "y", "x", "z"]}, index=[7, 7, 7, 7])
    assert texts_of_cases(table, text).tolist() == ["1 x", "2 y", "1 x", "1 z"]
    assert len(asked) == 3
    assert texts_of_cases(table.head(0), text).tolist() == []


def test_reliability_is_said_where_somebody_disagrees_and_only_of_those_who_gave_enough():
    rows = [(i, w, f"v{i}") for i in range(12) for w in "abc"]
    rows += [(20, "a", "right"), (20, "b", "right"), (20, "new", "other"), (21, "new", "lone")]
    consensus = fit_predict(pd.DataFrame(rows, columns=COLUMNS), kind="open").consensus.set_index("item")
    assert consensus.loc[0, "reasons"] == "all 3 workers agree"
    assert re.fullmatch(
        r"2 of 3 workers agree \(reliable at (90|95|100) %\); 1 gave another value", consensus.loc[20, "reasons"]
    )
    assert consensus.loc[21, "reasons"] == "only 1 worker answered"


def test_nobody_is_named():
    rows = [(i, f"worker-{k}", "abc"[(i + k // 2) % 3]) for i in range(20) for k in range(3)]
    assert not fit_predict(pd.DataFrame(rows, columns=COLUMNS)).consensus["reasons"].str.contains("worker-").any()


def test_what_was_invalid_and_how_fast_it_was_come_from_the_answers(make_answers):
    spec = PhaseSpec.model_validate({"fields": {"email": {"kind": "email", "required": True}}})
    rows = [{"worker": f"w{k}", "item": item, "value": f"{item}@x.edu"} for item in "ABCDEF" for k in range(3)]
    rows[1] |= {"value": None, "state": "invalid", "raw": "a at x"}
    rows[4] |= {"value": None}
    answers = make_answers(rows)
    answers.loc[1, "note"] = "has no @"
    answers.loc[6, "work_seconds"] = 5.0
    reasons = find_consensus(answers, spec)["reasons"].tolist()
    assert reasons[:4] == [
        "2 of 3 workers agree; 1 gave nothing valid (has no @)",
        "2 of 3 workers agree; 1 left it blank although it is required",
        "all 3 workers agree; 1 answered in less than a third of the usual time",
        "all 3 workers agree",
    ]
