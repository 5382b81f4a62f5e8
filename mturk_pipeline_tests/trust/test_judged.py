"""People's decisions as truth for calibration; lists and numbers of a phase."""

import pandas as pd
import pytest

from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.judged import judged_of
from mturk_pipeline.trust.models.scores import NO_VALUE, NOT_GIVEN, UNKNOWN
from mturk_pipeline.trust.phase_lists import list_completeness
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


@pytest.mark.parametrize(("drawn", "changes"), [(1.0, True), (None, False)])
def test_only_rows_drawn_by_chance_raise_trust(make_answers, drawn: float | None, changes: bool) -> None:
    """Lone answers, all found right by a person."""
    items = [f"I{n}" for n in range(60)]
    answers = make_answers(
        [{"item": i, "worker": f"w{n % 6}", "value": f"{i}@uni.edu".lower()} for n, i in enumerate(items)]
    )
    votes = ballots(answers, PHASE)
    rows = [(i, "accepted", f"{i}@uni.edu".lower()) for i in items[:40]]
    judged = judged_of(votes, reviewed(rows, inclusion=drawn), PHASE)
    plain, calibrated = fit(answers, PHASE, votes=votes), fit(answers, PHASE, votes=votes, judged=judged)
    assert (calibrated.chosen.trust[-1] > plain.chosen.trust[-1] + 0.05) == changes
    assert str(calibrated.calibration).startswith("calibrated by 40" if changes else "lowered")


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
