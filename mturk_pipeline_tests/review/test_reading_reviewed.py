"""What people save comes back as the decisions they made: one example for each rule."""

import pandas as pd
import pytest

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.decision_words import decision_of
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline_tests.review.made import KEYS, rules, told, with_export


def test_a_decision_has_few_words_in_any_case():
    assert {decision_of(w) for w in ["accept", "ACCEPT", " Ok. ", "yes", "Y", "x", "keep", "✓"]} == {"accept"}
    assert [decision_of(w) for w in ["Redo", "REJECTED", "drop!", "fixed"]] == ["redo", "reject", "drop", "fix"]
    assert {decision_of(w) for w in ["no", "maybe", "acept", "1"]} == {None}
    assert {decision_of(w) for w in ["", " ", "-", "Later"]} == {""}


def test_accept(contacts):
    contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": " OK. "}])
    assert told(contacts.read()) == {("", "accept", None)}
    assert contacts.status().at["Rowing", "status"] == "accepted"


def test_decisions_become_statuses(contacts):
    words = {"Chess Club": "redo", "Rowing": "Reject", "Drama": "DROP", "Choir": "-"}
    contacts.save([{"item_id": contacts.id_of(club), "decision": word} for club, word in words.items()])
    rows = contacts.status()
    assert [rows.at[c, "status"] for c in words] == ["redo", "rejected", "dropped", "accepted_automatically"]
    assert [rows.at[c, "verified"] for c in words] == [True, True, True, False]
    assert contacts.read().look_again.empty


def test_an_edit_alone_is_a_fix(contacts):
    contacts.save([{"item_id": contacts.id_of("Chess Club"), "email": "NEW@Example.edu ", "website": ""}])
    reviews = contacts.read()
    assert told(reviews) == {("email", "fix", "NEW@example.edu")} or told(reviews) == {
        ("email", "fix", "new@example.edu")
    }
    assert reviews.decisions["before"].tolist() == ["chess@example.edu"]
    row = contacts.status().loc["Chess Club"]
    assert (row["status"], row["email"].lower()) == ("fixed", "new@example.edu")
    assert row["website"] == "https://example.edu/chess"


def test_accept_with_an_edit_is_a_fix_and_redo_stays_redo(contacts):
    contacts.save(
        [
            {"item_id": contacts.id_of("Chess Club"), "decision": "accept", "email": "new@example.edu"},
            {"item_id": contacts.id_of("Rowing"), "decision": "redo", "email": "new@example.edu"},
        ]
    )
    assert contacts.status().loc[["Chess Club", "Rowing"], "status"].tolist() == ["fixed", "redo"]


def test_an_untouched_copy_says_nothing(contacts):
    (contacts.folder / "copy.xlsx").write_bytes(workbook_bytes(contacts.book()))
    reviews = contacts.read()
    assert told(reviews) == set()
    assert rules(reviews) == []
    assert reviews.files.iloc[0].to_dict() == {
        "source_file": "copy.xlsx",
        "sheets": 3,
        "rows": 4,
        "decided": 0,
        "edits": 0,
        "additions": 0,
        "mended": 0,
        "problems": 0,
        "problem": pytest.approx(float("nan"), nan_ok=True),
    }


def test_damage_that_was_undone_is_counted_for_each_file(contacts):
    contacts.save(
        [{"item_id": contacts.id_of("Chess Club"), "website": '="https://example.edu/caf%C3%A9"', "note": "cafÃ©"}]
    )
    reviews = contacts.read()
    assert reviews.files["mended"].tolist() == [2]
    assert ("note", "fix", "café") in told(reviews)


def test_the_same_value_in_another_spelling_is_no_edit(contacts):
    contacts.save([{"item_id": contacts.id_of("Chess Club"), "website": "http://www.example.edu/chess/"}])
    assert told(contacts.read()) == set()


def test_the_word_none_says_that_there_is_none(contacts):
    contacts.save([{"item_id": contacts.id_of("Chess Club"), "email": "NONE ", "website": "not found", "note": "none"}])
    assert told(contacts.read()) == {(field, "fix", None) for field in ("email", "website", "note")}
    row = contacts.status().loc["Chess Club"]
    assert (row["status"], pd.isna(row["email"])) == ("fixed", True)


def test_a_cleared_cell_means_none_only_with_the_decision_fix_and_an_id(contacts):
    chess, rowing = contacts.id_of("Chess Club"), contacts.id_of("Rowing")
    contacts.save(
        [
            {"item_id": chess, "university": "", "club": "", "decision": "fix", "email": ""},
            {"item_id": rowing, "university": "", "club": "", "decision": "", "email": ""},
            {"item_id": "", **KEYS, "club": "Drama", "decision": "fix", "email": ""},
        ]
    )
    reviews = contacts.read()
    assert told(reviews) == {("", "fix", None), ("email", "fix", None)}
    assert set(reviews.decisions["item_id"]) == {chess}
    assert rules(reviews) == ["fix_without_change"]


def test_a_blank_word_changes_nothing_and_is_said(contacts):
    contacts.save([{"item_id": contacts.id_of("Chess Club"), "email": "n/a"}])
    reviews = contacts.read()
    assert told(reviews) == set()
    assert rules(reviews) == ["blank_word"]


def test_an_odd_value_is_kept_as_written_and_said(contacts):
    contacts.save([{"item_id": contacts.id_of("Chess Club"), "email": "ask the dean"}])
    reviews = contacts.read()
    assert told(reviews) == {("email", "fix", "ask the dean")}
    problem = reviews.problems.iloc[0]
    assert (problem["rule"], problem["source_row"], problem["column"]) == ("odd_value", 2, "email")
    assert "dean" not in problem["reason"]


def test_an_unknown_word_leaves_the_row_undecided_and_names_the_place(contacts):
    contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": "perhaps", "email": "new@example.edu"}])
    reviews = contacts.read()
    assert told(reviews) == set()
    problem = reviews.problems.iloc[0]
    assert problem[["source_file", "source_row", "column"]].tolist() == ["anna.csv", 2, "decision"]
    assert "perhaps" not in problem["reason"]  # reasons are kept for long: no personal data
    assert "accept, fix, redo, reject, drop" in problem["reason"]


def test_two_files_that_disagree_leave_the_row_undecided_and_name_both(contacts):
    drama = contacts.id_of("Drama")
    contacts.save([{"item_id": drama, "decision": "accept"}], "anna.csv")
    contacts.save([{"item_id": drama, "decision": "reject"}], "ben.csv")
    reviews = contacts.read()
    assert told(reviews) == set()
    assert rules(reviews) == ["conflicting_decisions"]
    problem = reviews.problems.iloc[0]
    assert problem["source_file"] == "anna.csv"
    assert "ben.csv, row 2" in problem["reason"]
    # It had passed automatically; now it waits, and the workbook says why.
    reviewed = apply_decisions(contacts.cleaned, reviews, contacts.phase)
    assert contacts.status().at["Drama", "status"] == "undecided"
    assert "Drama" in set(contacts.book(reviewed=reviewed).waiting["club"])


def test_files_that_agree_are_one_decision(contacts):
    for name in ("anna.csv", "ben.csv"):
        contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": "fix", "email": "new@example.edu"}], name)
    contacts.save([{"item_id": contacts.id_of("Rowing"), "email": "new@example.edu"}], "carl.csv")
    reviews = contacts.read()
    assert len(reviews.decisions) == 2
    assert rules(reviews) == []


def test_accepting_what_a_colleague_wrote_agrees_with_it(contacts):
    rowing = contacts.id_of("Rowing")
    contacts.save([{"item_id": rowing, "email": "new@example.edu"}], "anna.csv")
    contacts.save([{"item_id": rowing, "decision": "ok", "email": "new@example.edu"}], "ben.csv")
    assert rules(contacts.read()) == []
    assert contacts.status().at["Rowing", "status"] == "fixed"


def test_accepting_an_older_export_accepts_what_it_showed(contacts):
    old = contacts.book()
    export = old.export
    contacts.cleaned.loc[contacts.cleaned["club"] == "Rowing", "email"] = "later@example.edu"
    shown = with_export(old.shown, contacts.book().shown)
    row = {"item_id": contacts.id_of("Rowing"), "export": export, "decision": "ok", "email": "row@example.edu"}
    contacts.save([row])
    reviews = contacts.read(shown)
    assert told(reviews) == {("", "accept", None)}
    reviewed = apply_decisions(contacts.cleaned, reviews, contacts.phase).set_index("club")
    assert reviewed.loc["Rowing", ["status", "email"]].tolist() == ["accepted", "row@example.edu"]


def test_with_its_export_a_value_of_another_export_is_an_edit(contacts):
    old = contacts.book()
    assert {"email", "website", "note"} < set(old.shown["field"])
    contacts.cleaned.loc[contacts.cleaned["club"] == "Rowing", "email"] = "later@example.edu"
    new = contacts.book()
    shown = with_export(old.shown, new.shown)
    row = {"item_id": contacts.id_of("Rowing"), "email": "row@example.edu"}
    contacts.save([row])
    assert told(contacts.read(shown)) == set()
    contacts.save([{**row, "export": new.export}])
    assert told(contacts.read(shown)) == {("email", "fix", "row@example.edu")}


@pytest.mark.parametrize("word", ["redo", "reject", "drop", "accept"])
def test_what_was_sent_back_is_open_again_when_the_crowd_has_answered(contacts, word):
    old = contacts.book()
    contacts.save([{"item_id": contacts.id_of("Rowing"), "export": old.export, "decision": word}])
    assert [decision for _, decision, _ in told(contacts.read(old.shown))] == [word]
    more = contacts.assignments[contacts.assignments["Input.club"] == "Rowing"]
    more = more.assign(assignment_id="B" + more["assignment_id"], hit_id="again")
    row = contacts.cleaned.index[contacts.cleaned["club"] == "Rowing"][0]
    contacts.cleaned.at[row, "assignment_ids"] = ["A10", "A11", *more["assignment_id"]]
    contacts.cleaned.at[row, "hit_ids"] = ["H1", "again"]
    reviews = contacts.read(with_export(old.shown, contacts.book().shown))
    if word in ("redo", "reject"):
        assert (told(reviews), rules(reviews)) == (set(), ["answered_since"])
    else:
        assert (told(reviews), rules(reviews)) == ({("", word, None)}, [])


@pytest.mark.parametrize("word", ["redo", "reject"])
def test_a_late_answer_of_the_same_hit_leaves_a_decision_as_it_is(contacts, word):
    shown = contacts.book().shown
    contacts.save([{"item_id": contacts.id_of("Drama"), "export": contacts.book().export, "decision": word}])
    row = contacts.cleaned.index[contacts.cleaned["club"] == "Drama"][0]
    contacts.cleaned.at[row, "assignment_ids"] = [*contacts.cleaned.at[row, "assignment_ids"], "late"]
    reviews = contacts.read(with_export(shown, contacts.book().shown))
    assert (told(reviews), rules(reviews)) == ({("", word, None)}, [])


def test_a_row_whose_redo_lapsed_waits_for_a_person_even_if_it_passes_now(contacts):
    shown, drama = contacts.book().shown, contacts.id_of("Drama")
    contacts.save([{"item_id": drama, "export": contacts.book().export, "decision": "redo", "comment": "odd"}])
    row = contacts.cleaned.index[contacts.cleaned["club"] == "Drama"][0]
    contacts.cleaned.at[row, "hit_ids"] = [*contacts.cleaned.at[row, "hit_ids"], "again"]
    shown = with_export(shown, contacts.book().shown)
    reviews = contacts.read(shown)
    reviewed = apply_decisions(contacts.cleaned, reviews, contacts.phase).set_index("club")
    assert reviewed.loc["Drama", ["status", "verified", "comment"]].tolist() == ["undecided", False, "odd"]
    assert "Drama" in set(contacts.book(reviewed=reviewed.reset_index()).waiting["club"])
    # What the person then decides in the newest workbook counts.
    contacts.save([{"item_id": drama, "export": contacts.book().export, "decision": "ok"}], "new.csv")
    reviewed = apply_decisions(contacts.cleaned, contacts.read(shown), contacts.phase).set_index("club")
    assert reviewed.at["Drama", "status"] == "accepted"


def test_a_comment_alone_is_kept_and_decides_nothing(contacts):
    contacts.save([{"item_id": contacts.id_of("Rowing"), "comment": "ask Ben"}])
    row = contacts.status().loc["Rowing"]
    assert (row["status"], row["comment"]) == ("undecided", "ask Ben")


def test_values_that_spreadsheets_spoil_are_no_edits(contacts):
    contacts.save(f"item_id,note\n{contacts.id_of('Rowing')},'=1+1\n{contacts.id_of('Drama')},00123\n")
    assert told(contacts.read()) == set()


def runs(desk, times=3):
    """What the pipeline makes of the saved files when it runs again and again: (reviewed, decisions) each time."""
    shown = reviewed = None
    for _ in range(times):
        shown = with_export(shown, desk.book(reviewed=reviewed).shown)
        reviews = desk.read(shown)
        reviewed = apply_decisions(desk.cleaned, reviews, desk.phase)
        yield reviewed, reviews.decisions


def test_a_sheet_of_ones_own_says_the_same_however_often_the_pipeline_runs(contacts):
    contacts.save(
        [
            {**KEYS, "club": "Chess Club", "decision": "accept", "email": "right@example.edu"},
            {**KEYS, "club": "Rowing", "decision": "", "website": "https://example.edu/row"},
            {**KEYS, "club": "Choir", "decision": "fix", "email": "choir@example.edu", "note": "sings"},
            {**KEYS, "club": "Robotics", "decision": "", "email": "robots@example.edu"},
            {**KEYS, "club": "Drama", "decision": "ok", "email": "drama@example.edu"},
        ]
    )
    (reviewed, decisions), *later = runs(contacts)
    status = reviewed.set_index("club")["status"].to_dict()
    fixed = dict.fromkeys(["Chess Club", "Rowing", "Choir"], "fixed")
    assert status == {**fixed, "Robotics": "added", "Drama": "accepted"}
    assert len(later) == 2
    for reviewed_again, decisions_again in later:
        pd.testing.assert_frame_equal(reviewed_again, reviewed)
        pd.testing.assert_frame_equal(decisions_again, decisions)


def accepted_email(desk, shown) -> str:
    """The address of Rowing, which is accepted and not edited."""
    reviews = desk.read(shown)
    assert told(reviews) == {("", "accept", None)}
    return apply_decisions(desk.cleaned, reviews, desk.phase).set_index("club").at["Rowing", "email"]


def test_what_the_crowd_once_said_is_accepted_whatever_people_decided_since(contacts):
    """The same value, shown by the crowd and later as a decision of somebody's, stays what the crowd said."""
    contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": "ok", "email": "row@example.edu"}])
    ((reviewed, _),) = runs(contacts, 1)
    shown = with_export(contacts.book().shown, contacts.book(reviewed=reviewed).shown)
    contacts.cleaned.loc[contacts.cleaned["club"] == "Rowing", "email"] = "later@example.edu"
    shown = with_export(shown, contacts.book(reviewed=reviewed).shown)
    assert accepted_email(contacts, shown) == "row@example.edu"


def test_an_untouched_copy_of_decided_rows_says_nothing(contacts):
    mine = contacts.save([{"item_id": contacts.id_of("Chess Club"), "email": "right@example.edu"}])
    (reviewed, _), _ = runs(contacts, 2)
    book = contacts.book(reviewed=reviewed)
    mine.unlink()
    (contacts.folder / "copy.xlsx").write_bytes(workbook_bytes(book))
    assert told(contacts.read(with_export(contacts.book().shown, book.shown))) == set()


def test_what_was_kept_before_it_said_whose_a_value_is_still_counts(contacts):
    kept = contacts.book().shown.drop(columns="by_crowd")
    contacts.cleaned.loc[contacts.cleaned["club"] == "Rowing", "email"] = "later@example.edu"
    contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": "ok", "email": "row@example.edu"}])
    assert accepted_email(contacts, kept) == "row@example.edu"
    assert accepted_email(contacts, with_export(kept, contacts.book().shown)) == "row@example.edu"


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_text_of_a_person_keeps_its_lines(contacts, ending):
    """All texts of a cell stand in it, one a line: who corrects one of them keeps the others apart."""
    given = contacts.cleaned
    contacts.cleaned = given.assign(note=given["note"].mask(given["club"] == "Drama", "one text\nanother text"))
    texts = {"Drama": "one text\nanother, better text  \n", "Rowing": '\'Twas  a boat,  \r\n\r\n  "she" said'}
    rows = pd.DataFrame([{"item_id": contacts.id_of(club), "note": text} for club, text in texts.items()])
    path = contacts.folder / f"anna{ending}"
    rows.to_csv(path, index=False) if ending == ".csv" else rows.to_excel(path, index=False)
    notes = contacts.status()["note"]
    assert notes["Drama"] == "one text\nanother, better text"
    assert notes["Rowing"] == '\'Twas  a boat,\n\n  "she" said'


def test_who_joins_two_lines_of_a_text_changed_it(contacts):
    given = contacts.cleaned
    contacts.cleaned = given.assign(note=given["note"].mask(given["club"] == "Drama", "one\ntwo"))
    contacts.save([{"item_id": contacts.id_of("Drama"), "note": "one two"}])
    assert contacts.status()["note"]["Drama"] == "one two"


def test_an_accepted_text_keeps_its_lines_when_the_crowd_says_more(contacts):
    given = contacts.cleaned
    contacts.cleaned = given.assign(note=given["note"].mask(given["club"] == "Drama", "one\ntwo"))
    shown, contacts.cleaned = contacts.book().shown, given
    export = str(shown["export"].iloc[0])
    contacts.save([{"item_id": contacts.id_of("Drama"), "export": export, "decision": "accept", "note": "one\ntwo"}])
    table = apply_decisions(given, contacts.read(shown), contacts.phase).set_index("club")
    assert table["note"]["Drama"] == "one\ntwo"
