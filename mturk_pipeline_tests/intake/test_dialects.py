"""Each platform's format, to the contract's columns."""

from decimal import Decimal

import pandas as pd
import pytest

from mturk_pipeline.contracts.assignments import Assignments, SetAside
from mturk_pipeline.intake import ResultFile
from mturk_pipeline.intake.exploded_choices import join_exploded
from mturk_pipeline.intake.task_answers import unpack_task_answers
from mturk_pipeline.sheets.headers import clean_header
from mturk_pipeline.sheets.limits import Limits
from mturk_pipeline_tests.intake.intake_files import checked, row, rules, write


def test_columns_are_the_contracts_in_its_order(tmp_path):
    found = checked([write(tmp_path / "b.csv", [row(0), row(1, WorkerId="")])])
    assert tuple(c for c in found.assignments.columns if "." not in c) == Assignments.names()
    assert tuple(found.set_aside.columns) == SetAside.names()


def test_a_batch_row(tmp_path):
    changes = {"AssignmentStatus": "Approved", "ApprovalTime": "2020-02-25 13:54:30 UTC", "RequesterFeedback": "Thanks"}
    got = checked([write(tmp_path / "b.csv", [row(4, **changes)])]).assignments.iloc[0]
    assert got["reward"] == Decimal("0.03")
    assert (got["approved_before"], got["submitted_before"]) == (3984, 4075)
    assert str(got["accepted_at"]) == "2020-02-22 13:53:21+00:00"
    assert (got["work_seconds"], got["max_assignments"]) == (60, 3)
    assert got[["provider", "batch_id", "worker", "requester_feedback"]].tolist() == [
        "mturk", "3000011", "mturk::A4WORKER", "Thanks",
    ]  # fmt: skip
    assert got["auto_approved"]
    assert got["Answer.email_2"] == "{}"
    assert pd.isna(got["instruction_version"])


@pytest.mark.parametrize(
    ("approved", "by_time"),
    [("2020-02-25 13:54:21 UTC", True), ("2020-02-25 13:54:20 UTC", False), ("Sat Feb 22 08:00:00 PST 2020", False)],
)
def test_approved_by_a_person_is_told_from_approved_by_time(tmp_path, approved, by_time):
    path = write(tmp_path / "b.csv", [row(0, AssignmentStatus="Approved", ApprovalTime=approved)])
    assert checked([path]).assignments["auto_approved"].tolist() == [by_time]


def test_only_some_columns(tmp_path):
    cells = {"HITId": "1", "AssignmentId": "3X", "WorkerId": "W1", "Input.input": "-", "Answer.output": "A"}
    collected = checked([write(tmp_path / "part.csv", [cells])], None)
    got = collected.assignments.iloc[0]
    assert got[["status", "batch_id"]].tolist() == ["Submitted", "part"]
    assert got[["reward", "submitted_at", "work_seconds", "approval_rate"]].isna().all()
    assert any("WorkerId unlike" in w for w in collected.warnings)


def test_command_line_results(tmp_path):
    head = ["hitid", "title", "reward", "assignments", "annotation", "assignmentid", "workerid", "assignmentstatus"]
    head += ["autoapprovaltime", "assignmentaccepttime", "assignmentsubmittime", "assignmentapprovaltime"]
    head += ["feedback", "reject", "Answer.a", "Answer.b"]
    time = "Mon Mar 06 16:{}:42 CET 2017".format
    done = ["H1", "T", "$0.17", "5", "x.html", "3A1", "A1", "Approved", time(59), time(48), time(51), time(55), "", ""]
    unanswered = ["H2", "T", "$0.17", "5", "x.html"]
    lines = [head, [*done, "yes"], unanswered, [*unanswered, *[""] * 9], [*done[:5], "3A2", "A2", "Rejected"]]
    path = tmp_path / "task.results"
    path.write_text("".join("\t".join(f'"{c}"' for c in line) + "\n" for line in lines))
    collected = checked([path], None)
    assert rules(collected) == {3: "no_assignment", 4: "no_assignment", 5: "ragged_row"}
    assert "without an answer" in collected.set_aside["reason"].iloc[0]
    got = collected.assignments.iloc[0]
    assert got[["assignment_id", "status", "Answer.a", "batch_id"]].tolist() == ["3A1", "Approved", "yes", "task"]
    assert str(got["submitted_at"]) == "2017-03-06 15:51:42+00:00"
    assert got["work_seconds"] == 180
    assert not got["auto_approved"]


TURKLE = {
    "HITId": "5", "HITTypeId": "2", "Title": "T", "MaxAssignments": "3", "AssignmentId": "12", "WorkerId": "7",
    "AcceptTime": "Sat Feb 22 05:53:21 UTC 2020", "SubmitTime": "Sat Feb 22 05:54:21 UTC 2020",
    "WorkTimeInSeconds": "60", "Input.x": "a", "Answer.y": "b", "Turkle.Username": "someone",
}  # fmt: skip


def test_turkle_servers_count_from_one_each(tmp_path):
    one = ResultFile(write(tmp_path / "one.csv", [TURKLE]), server="one", instruction_version="v2")
    two = ResultFile(write(tmp_path / "two.csv", [TURKLE | {"Answer.y": "c"}]), server="two")
    got = checked([one, two], None).assignments
    assert got["worker"].tolist() == ["turkle:one:7", "turkle:two:7"]
    assert got["item_id"].is_unique
    assert got["status"].tolist() == ["Submitted", "Submitted"]
    assert got["instruction_version"].fillna("").tolist() == ["v2", ""]
    assert checked([one, two], None).files["dialect"].tolist() == ["turkle", "turkle"]


def test_turkle_without_ids_gets_them_from_hit_worker_and_time(tmp_path):
    cells = {k: v for k, v in TURKLE.items() if k != "AssignmentId"}
    other = cells | {"WorkerId": "77", "Turkle.Username": "seven"}
    one = write(tmp_path / "one.csv", [cells, other])
    copy = write(tmp_path / "one (1).csv", [cells, other])
    assert checked([one], None).assignments["assignment_id"].nunique() == 2
    got = checked([one, copy], None)
    assert len(got.assignments) == 2
    assert got.files["superseded"].sum() == 2


def test_without_ids_and_times_a_row_counts_once_in_whatever_download_it_stands(tmp_path):
    cells = {k: v for k, v in TURKLE.items() if k != "AssignmentId"} | {"SubmitTime": ""}
    one = write(tmp_path / "one.csv", [cells, cells])  # two people may say the same
    more = write(tmp_path / "later.csv", [cells, cells | {"Answer.email": "new@example.edu"}, cells])
    got = checked([one], None).assignments
    assert got["assignment_id"].nunique() == 2
    both = checked([one, more, write(tmp_path / "one copy.csv", [cells, cells])], None)
    assert set(got["assignment_id"]) < set(both.assignments["assignment_id"])
    assert (len(both.assignments), both.files["superseded"].sum()) == (3, 4)


def test_columns_of_one_name_that_nowhere_differ_are_one(tmp_path):
    rows = [row(n) | {"Answer.email_2": row(n)["Answer.email_1"] if n else ""} for n in range(3)]
    path = write(tmp_path / "b.csv", rows)
    path.write_text(
        path.read_text().replace('"Answer.email_1"', '"Answer.x"').replace('"Answer.email_2"', '"Answer.x"')
    )
    collected = checked([path], None)
    assert collected.assignments["Answer.x"].tolist() == [f"club{n}@example.edu" for n in range(3)]
    assert any("nowhere differ: read as one" in line for line in collected.warnings)


@pytest.mark.parametrize("damaged", ["#N/A", "5-Mar", "1.2E+10", "nan", "None"])
@pytest.mark.parametrize("name", ["AssignmentId", "WorkerId", "HITId"])
def test_an_id_that_a_spreadsheet_damaged_names_nobody(tmp_path, name, damaged):
    collected = checked([write(tmp_path / "b.csv", [row(0), row(1) | {name: damaged}, row(2) | {name: damaged}])])
    assert len(collected.assignments) == 1
    (rule,) = set(rules(collected).values())
    assert rule in ("damaged_id", "no_assignment", "no_worker", "no_hit")


def test_instruction_versions(tmp_path):
    noted = write(tmp_path / "a.csv", [row(0, RequesterAnnotation="BatchId:1;version=v3;")])
    told = write(tmp_path / "b.csv", [row(3) | {"Input.instruction_version": "7"}])
    assert checked([noted, told]).assignments["instruction_version"].tolist() == ["v3", "7"]


def test_stray_and_repeated_columns_are_said(tmp_path):
    path = write(tmp_path / "b.csv", [{"Unnamed: 0": "0", "Unnamed: 0.1": "0", "Mood": "x"} | row(0)])
    text = path.read_text().replace('"Answer.email_2"', '"Answer.email_1"')
    path.write_text(text)
    collected = checked([path])
    assert "Answer.email_1 (2)" in collected.assignments.columns
    assert not any("Unnamed" in c for c in collected.assignments.columns)
    said = " ".join(collected.warnings)
    assert "2 nameless" in said
    assert "'Mood'" in said
    assert "'Answer.email_1' occurs more than once" in said


def test_headers_are_unique_whatever_they_are():
    names, _ = clean_header(["a", "a", "a (2)", "", "", " a "])
    assert len(set(names)) == 6


def frame(**columns):
    return pd.DataFrame({f"Answer.{k.replace('__', '.')}": v for k, v in columns.items()}, dtype="str")


def test_checkbox_groups_are_joined():
    cells = pd.DataFrame(
        {
            "Answer.isRhyming.Poem 1": ["true", "false", None],
            "Answer.isRhyming.Poem 2": ["TRUE", "false", "true"],
            "Answer.emotion.label": ["joy", "anger", None],
            "Answer.other": ["true", "false", None],
        },
        dtype="str",
    )
    got = join_exploded(cells)
    assert list(got.columns) == ["Answer.isRhyming", "Answer.emotion.label", "Answer.other"]
    assert got["Answer.isRhyming"].fillna("").tolist() == ["Poem 1|Poem 2", "", "Poem 2"]


def test_groups_that_are_not_only_true_and_false_stay():
    cells = frame(Car__Car=["true", "maybe"], Car__Bus=["false", "true"], x__a=[None, None])
    assert join_exploded(cells).equals(cells)


def test_a_phase_decides_where_cells_do_not():
    blank = frame(Car__Car=[None], Car__Bus=[None])
    assert list(join_exploded(blank, {"Car"}).columns) == ["Answer.Car"]
    ticked = frame(Car__Car=["true"], Car__Bus=["false"])
    assert list(join_exploded(ticked, {"Car.Car", "Car.Bus"}).columns) == list(ticked.columns)
    taken = ticked.assign(**{"Answer.Car": "x"})
    assert join_exploded(taken).equals(taken)


def test_names_with_several_dots():
    cells = frame(Q1__1__yes=["true"], Q1__1__no=["false"], Q1__2__yes=["false"], Q1__2__no=["true"])
    got = join_exploded(cells)
    assert got.iloc[0].to_dict() == {"Answer.Q1.1": "yes", "Answer.Q1.2": "no"}
    label = pd.DataFrame({"Answer.place.U.S. only": ["true"], "Answer.place.Other": ["false"]}, dtype="str")
    assert join_exploded(label).iloc[0].to_dict() == {"Answer.place": "U.S. only"}


def test_task_answers_are_unpacked(tmp_path):
    cells = frame(
        taskAnswers=[
            '[{"Car":{"Car":true,"Bus":true},"emotion":{"label":"joy"},"n":2,"tags":["a","b"],"ok":true}]',
            "{}", "[1]", '[{"Car":{"Car":false,"Bus":false},"half":"\\ud83d"}]', "[" * 100_000, None,
        ]
    )  # fmt: skip
    got, broken = unpack_task_answers(cells, 100)
    assert broken.tolist() == [False, False, True, False, True, False]
    assert got.iloc[0].dropna().to_dict() == {
        "Answer.Car": "Car|Bus", "Answer.emotion.label": "joy", "Answer.n": "2",
        "Answer.tags": "a|b", "Answer.ok": "true",
    }  # fmt: skip
    assert pd.isna(got["Answer.Car"][3])
    path = write(tmp_path / "b.csv", [row(0) | {"Answer.taskAnswers": "[oops"}])
    assert rules(checked([path])) == {2: "unreadable_answers"}


def test_a_hostile_answer_cannot_make_endless_columns():
    many = "{" + ",".join(f'"k{i}":"v"' for i in range(50)) + "}"
    got, broken = unpack_task_answers(frame(taskAnswers=[many, '{"a":"b"}']), Limits(max_columns=10).max_columns)
    assert broken.tolist() == [True, False]
    assert list(got.columns) == ["Answer.a"]
