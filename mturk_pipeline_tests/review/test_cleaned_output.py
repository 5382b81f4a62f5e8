"""One row per item or record, worst first, with the reasons why it waits."""

import pandas as pd

from mturk_pipeline.contracts.review import CleanedOutput
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.review import made


def test_rows_are_items_worst_first_with_guess_trust_runners_up(contacts):
    table = CleanedOutput.validate(contacts.cleaned)
    assert table["club"].tolist() == ["Chess Club", "Rowing", "Choir", "Drama"]
    assert table["needs_review"].tolist() == [True, True, False, False]
    chess = table.iloc[0]
    assert (chess["email"], chess["email_trust"], chess["email_runners_up"]) == (
        "chess@example.edu",
        0.3,
        ["other@example.edu"],
    )
    assert chess["priority"] == 0.7
    assert chess["answers"] == 2
    assert chess["assignment_ids"] == ["A00", "A01"]
    assert chess["hit_ids"] == ["H0"]
    assert table["reasons"].iloc[2] == ""


def test_none_and_unknown_have_no_value_but_are_told_apart(contacts):
    rows = contacts.cleaned.set_index("club")
    assert pd.isna(rows.at["Choir", "email"])
    assert rows.at["Choir", "email_outcome"] == "none"
    assert rows.at["Chess Club", "note_outcome"] == "unknown"


def test_reasons_name_the_gate_field_its_trust_and_the_threshold(contacts):
    assert contacts.cleaned["reasons"].iloc[0] == "email: they differ, 30 % of the votes, 60 % needed"


def test_records_are_rows_and_repeat_the_items_scalar_fields(clubs):
    table = CleanedOutput.validate(clubs.cleaned)
    here = table[table["university"] == "University of Example"].set_index("element")
    assert set(here.index) == {"chess", "rowing"}
    assert here["language"].tolist() == ["English", "English"]
    assert here["item_id"].nunique() == 2
    assert here["parent_item_id"].nunique() == 1
    assert here.at["rowing", "assignment_ids"] == ["A00"]
    assert here.at["chess", "assignment_ids"] == ["A00", "A01"]


def test_an_item_without_records_has_one_row_that_waits(clubs):
    row = clubs.cleaned[clubs.cleaned["university"] == "Sample College"]
    assert row["element"].tolist() == [""]
    assert row["item_id"].tolist() == row["parent_item_id"].tolist()
    assert row["needs_review"].tolist() == [True]
    assert row["club"].isna().all()


def test_keys_are_the_text_of_the_earliest_answer():
    given = made.assignments([{"university": "Example U", "club": "Chess"}])
    given.loc[1, "submitted_at"] -= pd.Timedelta(days=1)
    given.loc[1, "Input.club"] = "CHESS"
    told = made.consensus(given, [{"email": ("a@example.edu", 0.9)}], made.CONTACTS)
    assert clean(told, item_rows(made.answers(given, told), given, made.CONTACTS), made.CONTACTS)["club"].tolist() == [
        "CHESS"
    ]


def test_a_phase_without_keys_shows_the_hit():
    phase = PhaseSpec.model_validate({"fields": {"label": {"kind": "text"}}})
    given = made.assignments([{"text": "a"}, {"text": "b"}])
    told = made.consensus(given, [{"label": ("x", 0.9)}, {"label": ("y", 0.9)}], phase)
    assert clean(told, item_rows(made.answers(given, told), given, phase), phase)["hit_id"].tolist() == ["H0", "H1"]


def test_nothing_in_nothing_out():
    given = made.assignments([{"university": "Example U", "club": "Chess"}]).iloc[:0]
    told = made.consensus(given, [], made.CONTACTS)
    for phase in (made.CONTACTS, made.CLUBS):
        table = clean(told, item_rows(made.answers(given, told), given, phase), phase)
        assert CleanedOutput.validate(table).empty
