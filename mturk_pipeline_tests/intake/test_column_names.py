"""One rule by which columns of files match the names of a phase, in every room."""

import json

import pandas as pd
import pytest

from mturk_pipeline.answers.columns import Source, sources
from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.ancestors import with_ancestor_inputs
from mturk_pipeline.intake.column_names import ANSWER, INPUT, find_column, matching, missing_answer_columns, slot
from mturk_pipeline.intake.column_spellings import ColumnSpellings
from mturk_pipeline.intake.sent_items import sent_items, unused_rows
from mturk_pipeline.trust.gold import gold_notes, gold_truth
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import checked, rules, write

PHASE = PhaseSpec.model_validate(
    {
        "keys": ["university"],
        "fields": {
            "email": {"kind": "email", "gold": "right_email"},
            "club": {"kind": "name", "columns": ["club_{n}_name"]},
            "way": {"kind": "choice", "separator": "|"},
        },
    }
)


def batch(**columns: str) -> list[dict[str, str]]:
    return [
        {"HITId": f"3H{i // 2}", "AssignmentId": f"3A{i}", "WorkerId": f"A{i % 3}B"}
        | {name.replace("__", "."): text.format(i=i, item=i // 2) for name, text in columns.items()}
        for i in range(6)
    ]


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("Input.university", "Answer.email"),
        ("Input.University", "Answer.Email"),
        ("INPUT.UNIVERSITY", "ANSWER.EMAIL"),
        ("Input. university", "Answer. email"),
        ("input.University", "answer.eMail"),
    ],
)
def test_a_batch_under_another_spelling_is_read(tmp_path, key, answer):
    rows = batch(**{key.replace(".", "__"): "Univ {item}", answer.replace(".", "__"): "a{i}@x.edu"})
    collected = checked([write(tmp_path / "b.csv", rows)], PHASE)
    assert (collected.files["used"].item(), collected.files["problem"].isna().item()) == (6, True)
    assert collected.assignments["item_id"].nunique() == 3
    assert {"Input.university", "Answer.email"} <= set(collected.assignments.columns)
    assert collected.assignments["Answer.email"].notna().all()


def test_files_of_one_phase_that_differ_in_spelling_are_pooled(tmp_path):
    one = write(tmp_path / "1.csv", batch(Input__university="Univ {item}", Answer__email="a{i}@x.edu"))
    other = batch(Input__University="univ {item}", Answer__EMAIL="b{i}@x.edu")
    for row in other:
        row["AssignmentId"] += "B"
    two = write(tmp_path / "2.csv", other)
    collected = checked([one, two], PHASE)
    assert len(collected.assignments) == 12
    assert collected.assignments["item_id"].nunique() == 3
    assert [c for c in collected.assignments.columns if "mail" in c.casefold()] == ["Answer.email"]
    # Without a phase, too: the first file's spelling stands for both.
    assert checked([one, two], None).assignments["Answer.email"].notna().all()


def test_two_downloads_of_a_batch_agree_whatever_their_header_is_like(tmp_path):
    rows = batch(Input__university="Univ {item}", Answer__email="a{i}@x.edu")
    loud = [{(k.upper() if "." in k else k): v for k, v in row.items()} for row in rows]
    collected = checked([write(tmp_path / "1.csv", rows), write(tmp_path / "2.csv", loud)], PHASE)
    assert collected.files[["used", "superseded", "conflicting"]].sum().tolist() == [6, 6, 0]


def test_two_columns_of_a_file_that_differ_in_case_feed_one_field_and_it_is_said(tmp_path):
    rows = batch(Input__university="Univ {item}", Answer__Email="a{i}@x.edu", Answer__email="b{i}@x.edu")
    collected = checked([write(tmp_path / "b.csv", rows)], PHASE)
    assert any("'Answer.email' and 'Answer.Email' differ only in spelling" in w for w in collected.warnings)
    answers = tidy(collected.assignments, PHASE)
    assert answers.loc[answers["field"] == "email", "value"].str[0].value_counts().to_dict() == {"a": 6, "b": 6}


def test_a_name_that_a_field_writes_exactly_is_not_taken_by_another():
    phase = PhaseSpec.model_validate(
        {"fields": {"one": {"kind": "text", "columns": ["Name"]}, "two": {"kind": "text", "columns": ["name"]}}}
    )
    frame = pd.DataFrame({"Answer.Name": ["a"], "Answer.name": ["b"]}, dtype="str")
    assert sources(frame, phase, "one") == [Source("Answer.Name", 0)]
    assert sources(frame, phase, "two") == [Source("Answer.name", 0)]
    assert ColumnSpellings(phase).of(list(frame.columns)) == (["Answer.Name", "Answer.name"], [])


def test_numbered_columns_in_another_case(tmp_path):
    rows = batch(Input__university="Univ {item}", Answer__Club_1_NAME="Chess", Answer__Club_02_Name="Go")
    collected = checked([write(tmp_path / "b.csv", rows)], PHASE)
    assert {"Answer.club_1_name", "Answer.club_2_name"} <= set(collected.assignments.columns)
    listed = tidy(collected.assignments, PHASE)
    assert sorted(listed.loc[listed["field"] == "club", "value"].dropna().unique()) == ["Chess", "Go"]


def test_checkboxes_and_task_answers_in_another_case(tmp_path):
    ticked = {"Answer__Way__Bus": "true", "Answer__Way__Car": "TRUE"}
    joined = checked([write(tmp_path / "b.csv", batch(Input__university="U {item}", **ticked))], PHASE).assignments
    assert set(joined["Answer.way"]) == {"Bus|Car"}
    rows = batch(Input__university="U {item}")
    for row in rows:
        row["Answer.TaskAnswers"] = json.dumps([{"Email": "a@x.edu", "WAY": {"Bus": True, "Car": False}}])
    unpacked = checked([write(tmp_path / "t.csv", rows)], PHASE).assignments
    assert set(unpacked["Answer.email"]) == {"a@x.edu"}
    assert set(unpacked["Answer.way"]) == {"Bus"}


def test_rows_set_aside_name_their_items_in_any_case(tmp_path):
    files = []
    for number, key in enumerate(["Input__university", "Input__University"]):
        rows = batch(Answer__email="a{i}@x.edu", **{key: f"Univ {number}{{item}}"})
        for row in rows:
            row["WorkerId"], row["AssignmentId"] = (
                "" if row["HITId"] == "3H0" else "A1B",
                f"{row['AssignmentId']}{number}",
            )
        files.append(write(tmp_path / f"{number}.csv", rows))
    collected = checked(files, PHASE)
    assert set(rules(collected).values()) == {"no_worker"}
    unused = unused_rows(collected.set_aside, PHASE.keys)
    assert sorted(set(unused["Input.university"])) == ["Univ 00", "Univ 10"]
    assert "Input.University" not in unused
    assert len(sent_items(collected.assignments, collected.set_aside, PHASE.keys)) == 6


def test_gold_and_inputs_of_earlier_phases_in_another_case(tmp_path):
    rows = batch(Input__university="U {item}", Input__Right_Email="a{item}@x.edu", Answer__email="a{item}@x.edu")
    assignments = checked([write(tmp_path / "b.csv", rows)], PHASE).assignments
    loud = assignments.rename(columns={"Input.right_email": "Input.RIGHT_EMAIL"})
    for table in (assignments, loud):
        votes = ballots(tidy(table, PHASE), PHASE)
        assert (gold_truth(votes, table, PHASE) >= 0).sum() == 3
        assert gold_notes(table, PHASE) == ()
    upstream = pd.DataFrame({"university": ["u 0", "u 1"], "Right_Email": ["x", "x"], "city": ["A", "B"]}, dtype="str")
    beside = with_ancestor_inputs(assignments, upstream, PHASE.keys)
    assert "Input.Right_Email" not in beside
    assert beside["Input.city"].value_counts().to_dict() == {"A": 2, "B": 2}


def test_the_rule():
    assert [slot("a_{n}_b_{n}", name) for name in ("A_3_B_3", "a_03_b_3", "a_3_b_4", "a_x_b_x")] == [3, 3, None, None]
    assert slot("x.y*", "x.y*") == 0
    assert slot("x.y", "xzy") is None
    assert matching("Answer.email", ["answer.EMAIL", "Input.email"], ANSWER) == [("answer.EMAIL", 0)]
    assert find_column(["Input.Club Name"], "club_name", INPUT) == "Input.Club Name"
    assert find_column(["Input.club", "Input.Club"], "Club") == "Input.Club"
    assert missing_answer_columns(PHASE, ["Answer.EMAIL", "Answer.Club_7_Name"]) == ["way"]
