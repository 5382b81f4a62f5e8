"""What stories of many rounds brought to light, each in a few lines."""

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.decisions import read_reviewed
from mturk_pipeline_tests.review import made


def test_who_takes_over_a_row_in_which_there_is_none_says_the_same(office):
    office.desk.save([office.row("Rowing", email="none")], "anna.csv")
    office.run()
    shown = office.book.decided.set_index("club").loc["Rowing"]
    office.desk.save([office.row("Rowing", decision="accept", email=shown["email"])], "ben.csv")
    table = office.run()
    assert shown["email"] == "none"
    assert table["email"].isna()["Rowing"]


def test_a_column_of_ones_own_makes_no_old_word_a_new_one(office):
    rows = [office.row("Rowing", decision="accept", comment="")]
    office.desk.save(rows, "anna.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="redo")], "ben.csv")
    office.run()
    office.desk.save([{**rows[0], "my notes": "x"}], "anna.csv")
    assert office.run().at["Rowing", "status"] == "redo"


def test_comments_that_come_back_with_the_next_workbook_are_said_once(office):
    office.desk.save([office.row("Rowing", comment="phoned")], "anna.csv")
    office.desk.save([office.row("Rowing", comment="not sure")], "ben.csv")
    for turn in range(3):
        both = office.run().at["Rowing", "comment"]
        office.desk.save([office.row("Rowing", comment=both)], f"copy {turn}.csv")
    assert both == "phoned | not sure"


def test_a_record_whose_item_is_spelt_anew_keeps_its_decision(clubs):
    path = clubs.folder / "anna.csv"
    row = {"item_id": clubs.id_of("Chess Club"), "export": clubs.book().export, "decision": "drop"}
    clubs.save([row])
    later = clubs.cleaned.assign(
        item_id=[f"BCDF-GHJK-LMNP-{letter}" for letter in "BCD"],
        parent_item_id=clubs.cleaned["parent_item_id"].str.lower(),
        university=clubs.cleaned["university"] + " (new)",
    )
    reviews = read_reviewed([path], later, clubs.book().shown, made.CLUBS)
    status = apply_decisions(later, reviews, made.CLUBS).set_index("club")["status"]
    assert status["Chess Club"] == "dropped"
