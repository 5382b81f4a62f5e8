"""The next phase's input and the rework hold each item once, and only what belongs there."""

import pandas as pd

from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.sent_items import hits_of_items, unused_rows
from mturk_pipeline.offers.hit_history import asked_items, inputs_of_items
from mturk_pipeline.offers.next_input import next_input, not_yet_sent
from mturk_pipeline.offers.rework import rework
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.review.made import UNIVERSITY

NEXT = PhaseSpec.model_validate({"keys": ["club", "email"], "fields": {"dues": {"kind": "number"}}})


def reviewed_of(desk, *decisions):
    desk.save([{"university": UNIVERSITY, "club": c, "decision": d, **more} for c, d, more in decisions])
    return apply_decisions(desk.cleaned, desk.read(), desk.phase)


def back(reviewed, assignments, phase):
    nobody_took = pd.DataFrame({"item_id": pd.Series([], dtype="str"), "attempt": pd.Series([], dtype="int64")})
    items = asked_items(hits_of_items(assignments, None, phase.keys), nobody_took, phase)
    return rework(reviewed, items, inputs_of_items(assignments, unused_rows(None, phase.keys), None, phase), phase)


def test_next_input_is_what_is_good_with_the_next_keys_first(contacts):
    reviewed = reviewed_of(
        contacts, ("Chess Club", "accept", {}), ("Rowing", "redo", {}), ("Robotics", "", {"email": "bot@example.edu"})
    )
    handed = next_input(reviewed, None, contacts.phase, NEXT)
    assert handed.rows.columns.tolist() == ["club", "email", "university", "website", "note", "verified"]
    assert handed.rows.set_index("club")["verified"].to_dict() == {
        "Chess Club": "yes",
        "Drama": "unverified",
        "Robotics": "yes",
    }
    # Choir passed with "there is none": the next phase has nothing to ask about.
    assert handed.problems["rule"].tolist() == ["missing_key"]
    assert handed.problems["item_id"].tolist() == [contacts.id_of("Choir")]


def test_a_row_that_waits_was_rejected_or_dropped_is_not_handed_on(contacts):
    reviewed = reviewed_of(contacts, ("Chess Club", "reject", {}), ("Drama", "drop", {}))
    assert next_input(reviewed, None, contacts.phase, NEXT).rows.empty


def test_the_inputs_of_all_ancestors_are_carried_along(contacts):
    reviewed = reviewed_of(contacts, ("Chess Club", "accept", {}))
    lineage = pd.DataFrame(
        {
            "parent_item_id": contacts.cleaned["item_id"],
            "country": "US",
            "university": "not this one",
            "verified": "yes",
            "attempt": "2",
            "offer_id": "GGHF-XVJJ-TMLV-D",
        }
    )
    rows = next_input(reviewed, lineage, contacts.phase, NEXT).rows
    assert rows["country"].tolist() == ["US", "US"]
    assert set(rows["university"]) == {UNIVERSITY}
    assert rows["verified"].tolist() == ["yes", "unverified"]
    assert not {"attempt", "offer_id"} & set(rows)


def test_the_same_item_of_the_next_phase_is_there_once_and_verified_if_any_is(contacts):
    phase = PhaseSpec.model_validate({"keys": ["email"], "fields": {"dues": {"kind": "number"}}})
    reviewed = reviewed_of(contacts, ("Rowing", "", {"email": "DRAMA@example.edu"}))
    reviewed.loc[reviewed["club"] == "Rowing", "email"] = "DRAMA@example.edu"
    handed = next_input(reviewed, None, contacts.phase, phase)
    assert handed.rows[["club", "verified"]].values.tolist() == [["Rowing", "yes"]]
    assert sorted(handed.problems["rule"]) == ["duplicate", "missing_key"]


def test_what_has_been_sent_is_not_offered_again(contacts):
    reviewed = reviewed_of(contacts, ("Chess Club", "accept", {}))
    sent = set(item_ids(pd.DataFrame({"club": [" chess club"], "email": ["CHESS@example.edu"]})))
    whole = next_input(reviewed, None, contacts.phase, NEXT).rows
    assert not_yet_sent(whole, NEXT, sent)["club"].tolist() == ["Drama"]
    assert not_yet_sent(whole.iloc[:0], NEXT, sent).empty


def test_a_key_that_no_row_has_is_named(contacts):
    phase = PhaseSpec.model_validate({"keys": ["city"], "fields": {"dues": {"kind": "number"}}})
    handed = next_input(reviewed_of(contacts, ("Chess Club", "ok", {})), None, contacts.phase, phase)
    assert handed.rows.empty
    assert "city" in handed.problems["reason"].iloc[0]


def test_rework_is_the_inputs_of_redo_and_rejected_items_with_their_attempt(contacts):
    contacts.assignments["Input.attempt"] = "1"
    contacts.assignments["Input.city"] = "Sampletown"
    reviewed = reviewed_of(contacts, ("Chess Club", "redo", {}), ("Rowing", "reject", {}), ("Drama", "drop", {}))
    handed = back(reviewed, contacts.assignments, contacts.phase)
    assert handed.rows.values.tolist() == [
        [UNIVERSITY, "Chess Club", "Sampletown", 2, 3, contacts.id_of("Chess Club")],
        [UNIVERSITY, "Rowing", "Sampletown", 2, 3, contacts.id_of("Rowing")],
    ]
    assert handed.rows.columns.tolist() == ["university", "club", "city", "attempt", "answers_wanted", "offer_id"]
    assert handed.problems.empty


def test_an_item_is_offered_at_most_max_attempts_times(contacts):
    chess = contacts.assignments[contacts.assignments["Input.club"] == "Chess Club"]
    more = [chess.assign(hit_id=f"again{n}", assignment_id=f"again{n}" + chess["assignment_id"]) for n in range(2)]
    reviewed = reviewed_of(contacts, ("Chess Club", "redo", {}))
    twice = back(reviewed, pd.concat([contacts.assignments, more[0]]), contacts.phase)
    assert twice.rows["attempt"].tolist() == [3]
    thrice = back(reviewed, pd.concat([contacts.assignments, *more]), contacts.phase)
    assert thrice.rows.empty
    assert thrice.problems["rule"].tolist() == ["attempts_used_up"]


def test_one_bad_record_sends_its_item_back_once(clubs):
    rows = [{"university": UNIVERSITY, "club": c, "decision": "redo"} for c in ("Chess Club", "Rowing")]
    clubs.save(rows)
    reviewed = apply_decisions(clubs.cleaned, clubs.read(), clubs.phase)
    assert back(reviewed, clubs.assignments, clubs.phase).rows[["university", "attempt"]].values.tolist() == [
        [UNIVERSITY, 2]
    ]


def test_nothing_to_hand_on(contacts):
    reviewed = apply_decisions(contacts.cleaned, None, contacts.phase).iloc[:0]
    assert next_input(reviewed, None, contacts.phase, NEXT).rows.empty
    assert back(reviewed, contacts.assignments, contacts.phase).rows.empty
