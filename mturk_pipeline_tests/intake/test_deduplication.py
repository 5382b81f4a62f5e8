"""Several downloads of one batch: later states win, contradictions are set apart, nothing is lost."""

import os
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mturk_pipeline.intake import collect
from mturk_pipeline_tests.intake.intake_files import PHASE, checked, row, rules, write

SUBMITTED = {"AssignmentStatus": "Submitted"}
APPROVED = {"AssignmentStatus": "Approved", "ApprovalTime": "2020-02-23 10:00:00 UTC"}
REJECTED = {"AssignmentStatus": "Rejected", "RejectionTime": "2020-02-24 10:00:00 UTC", "RequesterFeedback": "Blank"}
OVERRIDDEN = REJECTED | {"AssignmentStatus": "Approved", "ApprovalTime": "2020-02-25 10:00:00 UTC"}


@pytest.mark.parametrize(
    ("states", "winner"),
    [
        ([SUBMITTED, APPROVED], "Approved"),
        ([APPROVED, SUBMITTED], "Approved"),
        ([APPROVED, REJECTED, SUBMITTED], "Rejected"),
        ([REJECTED, OVERRIDDEN, APPROVED], "Approved"),
    ],
)
def test_the_later_state_counts_whichever_file_is_newer(tmp_path, states, winner):
    files = [write(tmp_path / f"{n}.csv", [row(0, **s)], modified=1000 + n) for n, s in enumerate(states)]
    collected = checked(files)
    assert collected.assignments["status"].tolist() == [winner]
    assert collected.set_aside["disposition"].tolist() == ["superseded"] * (len(states) - 1)


def test_among_equal_states_the_newer_file_counts(tmp_path):
    old = write(tmp_path / "z.csv", [row(0, RequesterFeedback="old")], modified=1000)
    new = write(tmp_path / "a.csv", [row(0, RequesterFeedback="new")], modified=2000)
    collected = checked([old, new])
    assert collected.assignments["requester_feedback"].tolist() == ["new"]
    assert "a.csv, row 2" in collected.set_aside["reason"][0]


def test_the_same_file_twice_changes_nothing(tmp_path):
    first = write(tmp_path / "b.csv", [row(n) for n in range(5)], modified=1000)
    alone = checked([first])
    copy = tmp_path / "a copy.csv"
    copy.write_bytes(first.read_bytes())
    both = checked([first, copy, first])
    pd.testing.assert_frame_equal(both.assignments, alone.assignments)
    assert both.files["superseded"].tolist() == [5, 0]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"WorkerId": "AOTHER"}, "worker"),
        ({"Input.club": "Go Club"}, "inputs"),
        ({"Answer.website": "https://other.example.edu"}, "answers"),
    ],
)
def test_contradictions_are_set_apart_whole(tmp_path, change, kind):
    a = write(tmp_path / "a.csv", [row(0), row(1)])
    b = write(tmp_path / "b.csv", [row(0), row(0) | change])
    collected = checked([a, b])
    assert collected.assignments["assignment_id"].tolist() == [row(1)["AssignmentId"]]
    assert collected.set_aside["disposition"].tolist() == ["conflicting"] * 3
    reason = collected.set_aside["reason"][0]
    assert kind in reason
    assert "a.csv, row 2; b.csv, row 2; b.csv, row 3" in reason
    assert not any(v in reason for v in change.values())


def test_spelling_of_blanks_and_line_ends_is_no_contradiction(tmp_path):
    a = write(tmp_path / "a.csv", [row(0, Answer__email_2="{}", Answer__website="a\r\nb")])
    b = write(tmp_path / "b.csv", [row(0, Answer__email_2="", Answer__website="a\nb")])
    assert len(checked([a, b]).assignments) == 1


def test_a_column_that_a_file_lacks_contradicts_nothing_and_is_filled_in(tmp_path):
    whole = write(tmp_path / "whole.csv", [row(0)], modified=1000)
    lean = {k: v for k, v in row(0, **APPROVED).items() if k not in ("Answer.email_1", "Reward", "Title", "AcceptTime")}
    later = write(tmp_path / "later.csv", [lean], modified=2000)
    collected = checked([later, whole])
    got = collected.assignments.iloc[0]
    assert got[["status", "source_file", "Answer.email_1", "title"]].tolist() == [
        "Approved", "later.csv", "club0@example.edu", "Find contacts",
    ]  # fmt: skip
    assert str(got["reward"]) == "0.03"
    assert got["accepted_at"] == pd.Timestamp("2020-02-22 13:53:21", tz="UTC")


def test_two_files_of_one_name_are_told_apart(tmp_path):
    paths = []
    for n, folder in enumerate(("first", "second")):
        (tmp_path / folder).mkdir()
        paths.append(write(tmp_path / folder / "b.csv", [row(n)]))
    assert checked(paths).files["source_file"].tolist() == ["first/b.csv", "second/b.csv"]


def test_no_files_at_all():
    collected = checked([])
    assert collected.assignments.empty
    assert collected.files.empty


def test_one_worker_with_two_assignments_on_one_item_keeps_both_rows(tmp_path):
    path = write(tmp_path / "b.csv", [row(0, WorkerId="A1"), row(1, WorkerId="A1")])
    assert len(checked([path]).assignments) == 2


def test_rules_of_the_quarantine(tmp_path):
    bad = [
        row(0, AssignmentId=""), row(1, WorkerId=" "), row(2, HITId=""), row(3, Input__club="  "),
        row(4, AssignmentStatus="Pending"), row(5),
    ]  # fmt: skip
    collected = checked([write(tmp_path / "b.csv", bad)])
    assert rules(collected) == {2: "no_assignment", 3: "no_worker", 4: "no_hit", 5: "no_key", 6: "unknown_status"}
    texts = " ".join(collected.set_aside["reason"]) + " ".join(collected.warnings)
    assert "example.edu" not in texts
    assert "WORKER" not in texts


def test_keys_that_a_spreadsheet_damaged_name_no_item(tmp_path):
    clubs = ["5-Mar", "4.92E+11", "#N/A", "Nov-50", "May 12", "Class of 5-Mar", "1e5", "2026"]
    path = write(tmp_path / "b.csv", [row(n, Input__club=club) for n, club in enumerate(clubs)])
    collected = checked([path])
    assert rules(collected) == dict.fromkeys(range(2, 6), "damaged_key")
    assert len(collected.assignments) == 4
    assert "3-5" in collected.set_aside["reason"].iloc[0]


def test_a_file_of_another_phase(tmp_path):
    no_key = [{k: v for k, v in row(n).items() if k != "Input.club"} for n in range(2)]
    no_answer = [{k: v for k, v in row(n).items() if not k.startswith("Answer.")} for n in range(3)]
    paths = [
        write(tmp_path / "a.csv", no_key),
        write(tmp_path / "b.csv", no_answer),
        write(tmp_path / "c.csv", [row(9)]),
    ]
    collected = checked(paths)
    problems = collected.files["problem"].tolist()
    assert "no key column Input.club" in problems[0]
    assert "no answer column" in problems[1]
    assert pd.isna(problems[2])
    assert collected.set_aside["rule"].tolist() == ["no_key_column"] * 2 + ["no_answer_column"] * 3


def test_all_rows_of_another_phases_file_are_told_so_and_hits_without_answers_are_told_as_such(tmp_path):
    other = [{k: v for k, v in row(n).items() if not k.startswith("Answer.")} | {"Answer.other": "x"} for n in range(3)]
    other[1]["AssignmentId"] = other[2]["WorkerId"] = ""
    unanswered = [{k: v for k, v in o.items() if k != "Answer.other"} | {"AssignmentId": ""} for o in other[:2]]
    collected = checked([write(tmp_path / "a.csv", other), write(tmp_path / "b.csv", unanswered)])
    assert collected.files["problem"].str.contains("no answer column").all()
    assert collected.set_aside["rule"].tolist() == ["no_answer_column"] * 3 + ["no_assignment"] * 2


def test_a_file_with_a_part_of_the_answers(tmp_path):
    cells = {k: v for k, v in row(0).items() if k != "Answer.website"}
    collected = checked([write(tmp_path / "b.csv", [cells])])
    assert any("Answer.website" in w for w in collected.warnings)
    assert len(collected.assignments) == 1


def test_submitted_before_accepted_is_only_said(tmp_path):
    late = row(0, AcceptTime="Sat Feb 22 05:59:21 PST 2020", WorkTimeInSeconds="")
    collected = checked([write(tmp_path / "b.csv", [late, row(1, SubmitTime="soon", Reward="much")])])
    assert len(collected.assignments) == 2
    said = " ".join(collected.warnings)
    assert "before the accept time" in said
    assert "SubmitTime: 1 row has a text that cannot be read" in said
    assert "Reward: 1 row" in said


CELLS = st.fixed_dictionaries(
    {
        "AssignmentId": st.sampled_from(["", "3A", "3B", "3C"]),
        "WorkerId": st.sampled_from(["A1", "A1", "A1", "A2", ""]),
        "Input.club": st.sampled_from(["Chess", "Chess", "Go", ""]),
        "Answer.website": st.sampled_from(["x", "x", "", "{}"]),
        "AssignmentStatus": st.sampled_from(["Submitted", "Approved", "Rejected", "", "Lost"]),
        "ApprovalTime": st.sampled_from(["", "2020-02-23 10:00:00 UTC", "2020-02-26 10:00:00 UTC", "never"]),
        "RejectionTime": st.sampled_from(["", "Mon Feb 24 10:00:00 PST 2020"]),
        "HITId": st.sampled_from(["3H", "3H", ""]),
    }
)
FILES = st.lists(
    st.tuples(st.lists(CELLS, max_size=6), st.integers(0, 2), st.sampled_from(["", ",cut", "lean"])),
    min_size=1,
    max_size=3,
)


@settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(FILES, st.randoms())
def test_every_row_is_accounted_for_and_the_order_of_files_does_not_matter(files, random):
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for n, (cells, modified, quirk) in enumerate(files):
            rows = [row(0) | c for c in cells]
            if quirk == "lean":
                rows = [{k: v for k, v in r.items() if k != "Answer.email_1"} for r in rows]
            path = write(Path(folder) / f"{n}.csv", rows)
            if quirk == ",cut":
                path.write_bytes(
                    path.read_bytes() + b'"3H","x"\r\n' + b"".join(path.read_bytes().splitlines(True)[-1:])
                )
            os.utime(path, (1000 + modified, 1000 + modified))
            paths.append(path)
        first = collect(paths, PHASE)
        random.shuffle(paths)
        second = collect(paths, PHASE)
    pd.testing.assert_frame_equal(first.assignments, second.assignments)
    pd.testing.assert_frame_equal(first.set_aside, second.set_aside)
    pd.testing.assert_frame_equal(first.files, second.files)
    assert first.warnings == second.warnings
    contents = [c for c in first.assignments.columns if c.startswith(("Input.", "Answer."))]
    assert set(first.assignments[contents].dtypes) == {pd.Series([], dtype="str").dtype}
    counts = first.files[["used", "superseded", "quarantined", "conflicting"]].sum(axis=1)
    assert first.files["rows"].tolist() == counts.tolist()
    # A torn row and the last line once more; of a file without rows that is its header, which is no row.
    more = [(1 + bool(cells)) * (quirk == ",cut") for cells, _, quirk in files]
    assert first.files["rows"].tolist() == [len(cells) + n for (cells, _, _), n in zip(files, more, strict=True)]
    conflicting = first.set_aside.loc[first.set_aside["disposition"] == "conflicting", "assignment_id"]
    assert not set(conflicting) & set(first.assignments["assignment_id"])
