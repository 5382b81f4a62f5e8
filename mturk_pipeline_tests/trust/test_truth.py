"""People's decisions as truth for calibration; lists and numbers of a phase."""

import pandas as pd
import pytest

from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.list_completeness import list_completeness
from mturk_pipeline.trust.models.base import NO_VALUE, NOT_GIVEN, UNKNOWN
from mturk_pipeline.trust.truth import judged_of, with_outcomes
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate({"fields": {"email": {"kind": "email"}}})


def reviewed(rows, **more):
    table = pd.DataFrame(rows, columns=["parent_item_id", "status", "email"])
    return table.assign(item_id=table["parent_item_id"], element="", **more)


def test_what_decisions_say(make_answers) -> None:
    answers = make_answers([{"item": i, "worker": w, "value": f"{i.lower()}@uni.edu"} for i in "ABCD" for w in "xy"])
    votes = ballots(answers, PHASE)
    decisions = [("A", "accepted", "A@uni.edu"), ("B", "fixed", "b2@uni.edu"), ("C", "fixed", None)]
    found = judged_of(votes, reviewed([*decisions, ("D", "redo", "d@uni.edu"), ("Z", "fixed", "z@uni.edu")]), PHASE)
    assert found.truth.tolist() == [0, NOT_GIVEN, NO_VALUE, UNKNOWN]


@pytest.mark.parametrize("drawn", [1.0, None])
def test_only_rows_drawn_by_chance_raise_trust_by_calibration(make_answers, drawn: float | None) -> None:
    """Lone answers, all found right by a person."""
    items = [f"I{n}" for n in range(60)]
    answers = make_answers(
        [{"item": i, "worker": f"w{n % 6}", "value": f"{i}@uni.edu".lower()} for n, i in enumerate(items)]
    )
    votes = ballots(answers, PHASE)
    rows = [(i, "accepted", f"{i}@uni.edu".lower()) for i in items[:40]]
    judged = judged_of(votes, reviewed(rows, inclusion=drawn), PHASE)
    plain, calibrated = fit(answers, PHASE, votes=votes), fit(answers, PHASE, votes=votes, judged=judged)
    # The first is decided: its trust is what it was before, corrected.
    assert (calibrated.chosen.trust[0] > plain.chosen.trust[0] + 0.05) == (drawn is not None)
    assert str(calibrated.calibration).startswith("calibrated by 40" if drawn else "lowered")


def two_camps(make_answers):
    """Good and bad workers disagree one against one on each item; on the last ten nobody has decided yet."""
    rows = [
        {"item": f"I{n:02}", "worker": f"{kind}{n % 3}", "value": f"{kind}{n}@uni.edu"}
        for n in range(40)
        for kind in ("good", "bad")
    ]
    answers = make_answers(rows)
    votes = ballots(answers, PHASE)
    decided = reviewed([(f"I{n:02}", "fixed", f"good{n}@uni.edu") for n in range(30)])
    return answers, votes, decided


def test_decisions_teach_which_workers_are_right_about_what_nobody_decided(make_answers) -> None:
    answers, votes, decided = two_camps(make_answers)
    found = fit(answers, PHASE, votes=votes, judged=judged_of(votes, decided, PHASE))
    best = [votes.candidates.value[k] for k in found.chosen.best[30:]]
    assert best == [f"good{n}@uni.edu" for n in range(30, 40)]
    assert len(found.looks) == 30


def test_mail_that_came_back_refutes_a_value_and_blames_its_workers(make_answers) -> None:
    answers, votes, _ = two_camps(make_answers)
    told = [
        (f"I{n:02}", "", "email", f"{kind}{n}@uni.edu", kind == "good") for n in range(30) for kind in ("bad", "good")
    ]
    outcomes = pd.DataFrame(told, columns=["item_id", "element", "field", "value", "right"])
    nothing = judged_of(votes, reviewed([]), PHASE)
    judged = with_outcomes(nothing, votes, outcomes, PHASE)
    found = fit(answers, PHASE, votes=votes, judged=judged)
    assert [votes.candidates.value[k] for k in found.chosen.best[30:]] == [f"good{n}@uni.edu" for n in range(30, 40)]
    only_bad = outcomes[~outcomes["right"]].head(5)
    refuted = with_outcomes(nothing, votes, only_bad, PHASE)
    assert (refuted.truth == UNKNOWN).all()  # of two answers one is wrong: the other may be, too
    assert [votes.candidates.value[k] for k in refuted.refuted] == only_bad["value"].tolist()


LIST = PhaseSpec.model_validate({"accept": 0.5, "fields": {"club": {"kind": "name", "columns": ["c{n}"]}}})


def test_completeness_names_items_and_needs_three_workers(make_answers) -> None:
    rows = [
        {"item": f"I{i}", "worker": w, "element": f"e{e}", "field": "club", "value": f"club {e}"}
        for i in range(25)
        for w in ("a", "b", "c")[: 2 if i == 3 else 3]
        for e in range(8)
        if (e + ord(w) + i) % 8
    ]
    answers = make_answers(rows)
    found = fit(answers, LIST)
    table = list_completeness(found, find_consensus(answers, LIST, fitted=found)).set_index("item_id")
    assert len(table) == 25
    assert table.loc["I3", ["completeness", "low", "high"]].isna().all()
    full = table.drop("I3")
    assert (full["accepted"] == 8).all()
    assert full["completeness"].min() > 0.9
    assert list_completeness(fit(make_answers([]), PHASE), find_consensus(make_answers([]), PHASE)).empty


def test_numbers_say_where_the_middle_lies(make_answers) -> None:
    phase = PhaseSpec.model_validate({"fields": {"email": {"kind": "number"}}})
    answers = make_answers([{"worker": f"w{n}", "value": v} for n, v in enumerate(["10", "12", "12", "9000"])])
    [reasons] = find_consensus(answers, phase)["reasons"]
    assert "the middle answer is 12, half lie from 11.5 to" in reasons
