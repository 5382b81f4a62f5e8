"""Which item a row of a reviewed sheet is about."""

import pandas as pd

from mturk_pipeline.contracts.review import Reviewed
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline_tests.review.made import KEYS, UNIVERSITY, rules, told, with_export


def test_ids_survive_case_hyphens_and_spaces(contacts):
    changes = [str.lower, lambda t: t.replace("-", ""), lambda t: f" {t.lower()} ", lambda t: t.replace("-", "–")]
    ids = contacts.cleaned["item_id"].tolist()
    contacts.save([{"item_id": change(i), "decision": "ok"} for change, i in zip(changes, ids, strict=True)])
    assert contacts.read().decisions["item_id"].tolist() == ids


def test_rows_without_an_id_are_found_by_their_keys(contacts):
    contacts.save([{"University": UNIVERSITY.upper(), "Club": " chess  club", "Decision": "ok"}])
    assert contacts.read().decisions["item_id"].tolist() == [contacts.id_of("Chess Club")]


def test_a_damaged_id_falls_back_to_keys_and_is_a_problem_without(contacts):
    contacts.save([{"item_id": "1.2E+05", **KEYS, "club": "Rowing", "decision": "ok"}], "keys.csv")
    contacts.save([{"item_id": "1.2E+05", "decision": "ok"}], "none.csv")
    reviews = contacts.read()
    assert reviews.decisions["item_id"].tolist() == [contacts.id_of("Rowing")]
    assert rules(reviews) == ["damaged_id"]


def test_an_id_of_another_phase_adds_nothing(contacts):
    contacts.save([{"item_id": "GGHF-XVJJ-TMLV-D", **KEYS, "club": "New", "email": "new@example.edu"}])
    reviews = contacts.read()
    assert (told(reviews), rules(reviews)) == (set(), ["unknown_item"])


def test_the_workbook_of_another_phase_is_one_problem_of_the_file(contacts, clubs):
    (contacts.folder / "clubs.xlsx").write_bytes(workbook_bytes(clubs.book()))
    contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": "ok"}])
    reviews = contacts.read()
    assert told(reviews) == {("", "accept", None)}
    assert rules(reviews) == ["no_table"]
    [problem] = reviews.problems.to_dict("records")
    assert problem["source_file"] == "clubs.xlsx"
    assert pd.isna(problem["source_row"])
    assert "none of its 3 rows is about an item of this phase: not used; move the file" in problem["reason"]
    files = reviews.files.set_index("source_file")
    assert files["problem"].to_dict()["clubs.xlsx"] == problem["reason"]
    assert files["problems"].to_dict() == {"anna.csv": 0, "clubs.xlsx": 1}


def test_rows_of_another_phase_among_ones_own_are_told_one_by_one(contacts, clubs):
    strangers = clubs.cleaned["item_id"].tolist()
    contacts.save([{"item_id": item, "decision": "ok"} for item in [*strangers, contacts.id_of("Rowing")]])
    assert rules(contacts.read()) == ["unknown_item"] * len(strangers)


def test_after_sorting_only_some_columns_nothing_is_used(contacts):
    row = {"item_id": contacts.id_of("Rowing"), **KEYS, "club": "Chess Club", "decision": "reject"}
    contacts.save([row])
    reviews = contacts.read()
    assert (told(reviews), rules(reviews)) == (set(), ["mixed_up_row"])


def test_a_corrected_key_is_said_and_the_row_counts(contacts):
    contacts.save([{"item_id": contacts.id_of("Rowing"), **KEYS, "club": "Rowing Club", "decision": "ok"}])
    reviews = contacts.read()
    assert (told(reviews), rules(reviews)) == ({("", "accept", None)}, ["changed_keys"])


def test_a_row_of_ones_own_is_added_and_comes_back_from_the_workbook_untouched(contacts):
    contacts.save([{**KEYS, "club": "Robotics", "email": "Robots@example.edu", "comment": "found it"}])
    reviews = contacts.read()
    assert told(reviews) == {("", "add", None), ("email", "add", reviews.added["email"].iloc[0])}
    reviewed = Reviewed.validate(apply_decisions(contacts.cleaned, reviews, contacts.phase))
    row = reviewed[reviewed["status"] == "added"].iloc[0]
    assert (row["club"], row["comment"], row["verified"]) == ("Robotics", "found it", True)
    book = contacts.book(reviewed=reviewed)
    (contacts.folder / "again.xlsx").write_bytes(workbook_bytes(book))
    again = contacts.read(with_export(contacts.book().shown, book.shown))
    pd.testing.assert_frame_equal(again.added, reviews.added)
    assert rules(again) == []


def test_a_row_without_any_value_is_no_addition(contacts):
    contacts.save([{**KEYS, "club": "Robotics", "decision": "ok"}])
    reviews = contacts.read()
    assert (len(reviews.added), rules(reviews)) == (0, ["no_match"])


def test_records_are_found_by_link_then_by_name_and_else_added(clubs):
    base = {"university": UNIVERSITY}
    clubs.save(
        [
            {**base, "club": "", "club_url": "http://example.edu/chess/", "decision": "ok"},
            {**base, "club": " Rowing ", "club_url": "https://example.edu/rowing", "decision": ""},
            {**base, "club": "Sailing", "club_url": "https://example.edu/sail", "decision": ""},
        ]
    )
    reviews = clubs.read()
    table = apply_decisions(clubs.cleaned, reviews, clubs.phase)
    table = Reviewed.validate(table)[table["university"] == UNIVERSITY].set_index("club")
    assert table["status"].to_dict() == {"Chess Club": "accepted", "Rowing": "fixed", "Sailing": "added"}
    assert table.at["Rowing", "club_url"] == "https://example.edu/rowing"
    assert table["parent_item_id"].nunique() == 1
    assert table["item_id"].nunique() == 3
    assert rules(reviews) == []


def test_an_item_without_records_is_decided_by_its_keys_alone(clubs):
    clubs.save([{"university": "sample college", "decision": "accept"}])
    table = apply_decisions(clubs.cleaned, clubs.read(), clubs.phase).set_index("university")
    assert table.at["Sample College", "status"] == "accepted"
