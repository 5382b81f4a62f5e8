"""The worker table: what is counted, and what is said only with enough behind it."""

import pandas as pd
import pytest

from mturk_pipeline.contracts.consensus import Workers
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate({"fields": {"email": {"kind": "email", "required": True}, "open": {"kind": "choice"}}})


def assignments_of(answers, **seconds):
    """The assignments behind `answers`; `seconds` of work by worker name, 60 for others."""
    table = answers.drop_duplicates("assignment_id")[["assignment_id", "item_id", "worker", "submitted_at"]]
    ids = table["worker"].str.rsplit(":", n=1).str[-1]
    return table.assign(
        work_seconds=[float(seconds.get(w, 60)) for w in ids],
        approval_rate=[0.5 + day / 10 for day in table["submitted_at"].dt.day],
        approved_before=pd.array([3] * len(table), dtype="Int64"),
        submitted_before=pd.array([None] * len(table), dtype="Int64"),
    )


@pytest.fixture
def rated(make_answers):
    def rate(rows, **seconds):
        answers = make_answers(rows)
        table = rate_workers(answers, assignments_of(answers, **seconds), PHASE)
        return Workers.validate(table).assign(id=table["worker"].str.rpartition(":")[2]).set_index("id")

    return rate


def given_everywhere(worker, value, items="ABCDE"):
    return [{"worker": worker, "item": item, "value": value} for item in items]


def test_counts_and_agreement(rated):
    rows = [
        {"worker": "w1", "value": "a"},
        {"worker": "w2", "value": "a"},
        {"worker": "w3", "value": "b"},
        {"worker": "w1", "field": "open", "value": "no"},
        {"worker": "w1", "item": "B", "value": "c"},
        {"worker": "w2", "item": "B"},
    ]
    table = rated(rows)
    columns = ["total_contribution", "items", "answers", "valid", "blank", "blank_required", "compared", "agreeing"]
    assert table.loc["w1", columns].tolist() == [2, 2, 3, 3, 0, 0, 1, 1]
    assert table.loc["w2", columns].tolist() == [2, 2, 1, 1, 1, 1, 1, 1]
    assert table.loc["w3", columns].tolist() == [1, 1, 1, 1, 0, 0, 1, 0]
    assert table["agreement"].tolist() == [1, 1, 0]


def test_a_field_of_two_columns_is_blank_once_and_only_if_both_are(rated):
    rows = [{"worker": "w1", "value": "a"}, {"worker": "w1"}, {"worker": "w2"}, {"worker": "w2"}]
    assert rated(rows)["blank"].tolist() == [0, 1]


def test_latest_lifetime_numbers(rated):
    table = rated([{"worker": "w1", "value": "a", "day": 2}, {"worker": "w1", "item": "B", "value": "b", "day": 1}])
    assert table["approval_rate"].item() == pytest.approx(0.8)
    assert table["submitted_before"].isna().all()


def test_repeats_are_counted_beyond_the_first(rated):
    table = rated([*given_everywhere("w1", "spam"), *given_everywhere("w2", None)])
    assert table["repeated_answers"].tolist() == [4, 0]
    assert "same value for different items 4 times" in table.loc["w1", "evidence"]
    assert "left a required field blank 5 of 5 times" in table.loc["w2", "evidence"]


def test_repeats_that_others_confirm_are_none(rated):
    table = rated([*given_everywhere("w1", "shared", "ABC"), *given_everywhere("w2", "shared", "AB")])
    assert table["repeated_answers"].tolist() == [1, 0]


def test_footers_and_closed_fields_are_no_repeats(rated):
    footer = [{"worker": f"w{n % 3}", "item": f"I{n}", "value": "office"} for n in range(9)]
    closed = [{"worker": "w0", "item": f"I{n}", "field": "open", "value": "no"} for n in range(9)]
    assert rated([*footer, *closed])["repeated_answers"].tolist() == [0, 0, 0]


def test_no_evidence_from_two_assignments(rated):
    assert rated(given_everywhere("w1", None, "AB"))["evidence"].tolist() == [""]


def test_short_work(rated):
    rows = [
        *given_everywhere("w1", "a", "ABC"),
        *given_everywhere("w2", "b", "ABC"),
        *given_everywhere("w3", "c", "ABC"),
    ]
    table = rated(rows, w1=10)
    assert "worked 10 s at the median" in table.loc["w1", "evidence"]
    assert "worked" not in table.loc["w2", "evidence"]


def test_nobody(make_answers):
    answers = make_answers([])
    assert Workers.validate(rate_workers(answers, assignments_of(answers), PHASE)).empty


def test_items_of_one_assignment_are_one_piece_of_evidence(make_answers):
    """Ten slots of a HIT say of their worker what one says."""
    crowd = [{"worker": w, "item": i, "value": f"right {i}"} for w in ("w1", "w2", "w3") for i in "ABCDEFGHJKLM"]
    spam = [{"worker": "w4", "item": i, "value": "spam"} for i in "ABCDEFGHJKLM"]
    answers = make_answers([*crowd, *spam])
    alone = rate_workers(answers, assignments_of(answers), PHASE).set_index("worker")
    hit = answers["item_id"].map({i: n // 4 for n, i in enumerate(sorted(answers["item_id"].unique()))}).astype("str")
    together = answers.assign(assignment_id=answers["worker"] + "/" + hit, hit_id=hit)
    rated = rate_workers(together, assignments_of(together), PHASE).set_index("worker")
    worst = next(w for w in rated.index if w.endswith("w4"))
    assert alone.loc[worst, "total_contribution"] == 12
    assert rated.loc[worst, "total_contribution"] == 3
    assert alone.loc[worst, "judged"] == pytest.approx(4 * rated.loc[worst, "judged"])
    assert alone.loc[worst, "repeated_answers"] == 11
    assert rated.loc[worst, "repeated_answers"] == 2
    assert rated.loc[worst, "reliability_high"] > alone.loc[worst, "reliability_high"]
    assert (alone.loc[worst, "standing"], rated.loc[worst, "standing"]) == ("exclude", "neutral")
