"""Decisions over several workbooks and files: who knew of what, and what holds."""

import pytest

from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline_tests.review.made import UNIVERSITY


def test_a_decision_outlives_its_file(office):
    path = office.desk.save([office.row("Rowing", decision="accept")])
    assert office.run().at["Rowing", "status"] == "accepted"
    path.unlink()
    assert office.run().at["Rowing", "status"] == "accepted"
    assert office.reviews.decisions["source_file"].tolist() == ["anna.csv"]
    assert office.reviews.files.empty


def test_a_file_saved_again_under_its_name_takes_back_only_what_it_takes_out(office):
    rows = [office.row("Rowing", decision="accept"), office.row("Chess Club", decision="reject")]
    office.desk.save(rows)
    office.run()
    office.desk.save([{**rows[0], "decision": ""}])
    table = office.run()
    assert table.at["Rowing", "status"] == "undecided"  # taken out
    assert table.at["Chess Club", "status"] == "rejected"  # the row is only missing


def test_the_next_workbook_saved_over_the_last_one_loses_nothing(office):
    office.desk.save([office.row("Rowing", decision="accept")], "mine.csv")
    office.run()
    (office.desk.folder / "mine.csv").unlink()
    (office.desk.folder / "mine.xlsx").write_bytes(workbook_bytes(office.book))
    assert office.run().at["Rowing", "status"] == "accepted"


def test_who_decides_in_a_later_workbook_knew_of_the_earlier_decision(office):
    office.desk.save([office.row("Rowing", decision="accept")], "anna.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="redo")], "ben.csv")
    assert office.run().at["Rowing", "status"] == "redo"
    assert office.rules == []


def test_an_older_workbook_after_a_newer_one_is_a_dispute_until_somebody_decides_in_the_newest(office):
    old = office.row("Rowing", decision="reject")
    office.desk.save([office.row("Chess Club", decision="accept")], "first.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="accept")], "anna.csv")
    office.run()
    office.desk.save([old], "late.csv")
    table = office.run()
    assert (table.at["Rowing", "status"], office.rules) == ("undecided", ["conflicting_decisions"])
    assert table.at["Rowing", "look_again"] == "people disagree: see the sheet problems"
    waiting = office.book.waiting.set_index("club")
    assert "people disagree" in waiting.at["Rowing", "reasons"]
    office.desk.save([office.row("Rowing", decision="drop")], "settled.csv")
    assert (office.run().at["Rowing", "status"], office.rules) == ("dropped", [])


def test_a_later_edit_keeps_the_earlier_ones(office):
    office.desk.save([office.row("Rowing", email="right@example.edu")], "anna.csv")
    office.run()
    shown = office.book.decided.set_index("club").loc["Rowing"]
    row = office.row("Rowing", email=shown["email"], website="https://example.edu/rowing")
    office.desk.save([row], "ben.csv")
    table = office.run()
    assert table.loc["Rowing", ["email", "website"]].tolist() == ["right@example.edu", "https://example.edu/rowing"]
    assert office.rules == []


def test_undo_takes_a_decision_back(office):
    office.desk.save([office.row("Drama", decision="drop")], "anna.csv")
    assert office.run().at["Drama", "status"] == "dropped"
    office.desk.save([office.row("Drama", decision="Undo")], "ben.csv")
    assert office.run().at["Drama", "status"] == "accepted_automatically"


def test_an_item_whose_answers_changed_comes_back_with_the_decision_in_view(office):
    office.desk.save([office.row("Rowing", decision="accept", email="row@example.edu")])
    office.run()
    place = office.desk.cleaned.index[office.desk.cleaned["club"] == "Rowing"][0]
    office.desk.cleaned.at[place, "answers"] = 5
    office.desk.cleaned.loc[place, ["email", "given"]] = ["later@example.edu", "two values"]
    table = office.run()
    assert table.loc["Rowing", ["status", "email"]].tolist() == ["accepted", "row@example.edu"]
    row = office.book.waiting.set_index("club").loc["Rowing"]
    assert office.book.queue.set_index("item_id").at[row["item_id"], "kind"] == "look_again"
    assert "accept in anna.csv" in row["reasons"]
    assert row["email_trust"] != row["email_trust"]  # trust in what the crowd says is none in what the cell shows
    assert row["website_trust"] == 0.8
    # Deciding once more, in the workbook that shows it, settles it.
    office.desk.save([office.row("Rowing", decision="fix", email="later@example.edu")], "again.csv")
    table = office.run()
    assert table.loc["Rowing", ["email", "look_again"]].tolist() == ["later@example.edu", ""]


def test_a_row_that_a_person_decided_has_no_trust_of_the_crowds_guess(office):
    before = office.run()["trust"]
    rows = [office.row("Rowing", decision="accept"), office.row("Chess Club", email="right@example.edu")]
    office.desk.save([*rows, office.row("Drama", decision="redo")])
    table = office.run()
    assert table["trust"].isna().to_dict() == {"Rowing": True, "Chess Club": True, "Drama": False, "Choir": False}
    assert table["trust"].dropna().to_dict() == before[["Drama", "Choir"]].to_dict()


def test_more_of_the_same_answers_is_no_reason_to_look_again(office):
    office.desk.save([office.row("Rowing", decision="accept")])
    office.run()
    office.desk.cleaned.loc[office.desk.cleaned["club"] == "Rowing", "answers"] = 5
    assert office.run().at["Rowing", "look_again"] == ""


def test_a_redo_in_a_sheet_of_ones_own_lapses_too(office):
    office.desk.save([{"university": UNIVERSITY, "club": "Rowing", "decision": "redo"}])
    assert office.run().at["Rowing", "status"] == "redo"
    place = office.desk.cleaned.index[office.desk.cleaned["club"] == "Rowing"][0]
    office.desk.cleaned.at[place, "hit_ids"] = ["H1", "again"]
    table = office.run()
    assert table.loc["Rowing", ["status", "look_again"]].tolist() == [
        "undecided",
        "sent back to the crowd, and answered since",
    ]


def test_after_a_lapsed_redo_an_older_decision_does_not_come_back(office):
    office.desk.save([office.row("Rowing", decision="accept")], "anna.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="redo")], "ben.csv")
    office.run()
    place = office.desk.cleaned.index[office.desk.cleaned["club"] == "Rowing"][0]
    office.desk.cleaned.at[place, "hit_ids"] = ["H1", "again"]
    assert office.run().at["Rowing", "status"] == "undecided"


def test_other_keys_keep_decisions(office):
    office.desk.save([office.row("Rowing", decision="accept"), office.row("Chess Club", email="c@example.edu")])
    office.run()
    table = office.desk.cleaned
    table["item_id"] = table["parent_item_id"] = [f"BCDF-GHJK-LMNP-{letter}" for letter in "BCDF"]
    later = office.run()
    assert later["status"].to_dict()["Rowing"] == "accepted"
    assert later.loc["Chess Club", ["status", "email"]].tolist() == ["fixed", "c@example.edu"]


def test_an_item_that_is_gone_is_an_orphan_and_counts_again_when_it_is_back(office):
    office.desk.save([office.row("Rowing", decision="accept")])
    office.run()
    whole = office.desk.cleaned
    office.desk.cleaned = whole[whole["club"] != "Rowing"]
    office.run()
    assert office.rules == ["orphan"]
    office.desk.cleaned = whole
    assert office.run().at["Rowing", "status"] == "accepted"


def test_agreement_of_two_people(office):
    for name, word in (("anna.csv", "accept"), ("ben.csv", "drop")):
        office.desk.save([office.row("Rowing", decision=word), office.row("Drama", decision="accept")], name)
    office.run()
    assert office.reviews.agreement.to_dict("records") == [
        {"file": "anna.csv", "other_file": "ben.csv", "both": 2, "same": 1}
    ]


def test_an_added_row_can_be_taken_back(office):
    office.desk.save([{"university": UNIVERSITY, "club": "Robotics", "email": "robots@example.edu"}])
    assert office.run().at["Robotics", "status"] == "added"
    added = office.reviews.added.iloc[0]
    row = {"item_id": added["item_id"], "export": office.book.export, "university": UNIVERSITY, "club": "Robotics"}
    office.desk.save([{**row, "email": "robots@example.edu", "decision": "undo"}], "later.csv")
    assert "Robotics" not in office.run().index
    assert office.rules == []


def test_a_text_that_nobody_sees_is_no_edit(office):
    office.desk.save([office.row("Rowing", email="\u200b", note="\u202e=1+1 ")])
    assert office.run().at["Rowing", "status"] == "undecided"


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "Err:502"])
def test_errors_of_newer_spreadsheets_are_no_values(office, error):
    office.desk.save([office.row("Rowing", email=error)])
    assert office.run().at["Rowing", "status"] == "undecided"
    assert office.rules == ["error_text"]


def test_a_row_without_its_empty_comment_column_is_no_new_word(office):
    row = office.row("Rowing", decision="accept")
    office.desk.save([{**row, "comment": ""}], "anna.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="drop")], "ben.csv")
    assert office.run().at["Rowing", "status"] == "dropped"
    office.desk.save([row], "anna.csv")
    assert office.run().at["Rowing", "status"] == "dropped"
