"""The sheet `assignments` and what comes back in it: any case and order, and nothing guessed."""

import csv
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mturk_pipeline.contracts.review import ReviewProblems
from mturk_pipeline.review.assignments_sheet import assignments_sheet, read_settle_words
from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes
from mturk_pipeline.sheets.workbook_writer import workbook_bytes


def suggestions(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """(assignment_id, suggestion, reason)."""
    frame = pd.DataFrame(rows, columns=["assignment_id", "suggestion", "reason"], dtype="str")
    for name in ("worker", "evidence", "status", "batch_id"):
        frame[name] = pd.Series(name, index=frame.index, dtype="str")
    return frame.assign(reward=pd.Series(None, index=frame.index, dtype=object))


KNOWN = suggestions(("A1", "approve", ""), ("A2", "reject", "It was empty."), ("=A3", "look", "?"), ("A4", "none", ""))


def saved(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = ("assignment_id", "settle")) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        return path
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cells in [header, *rows]:
        sheet.append(list(cells))
    book.save(path)
    return path


def read(*files: Path, known: pd.DataFrame | None = KNOWN) -> tuple[dict[str, tuple[str, str]], list[str]]:
    words, problems = read_settle_words(files, known)
    ReviewProblems.validate(problems)
    assert words.columns.tolist() == ["assignment_id", "settle", "feedback", "source_file", "source_row"]
    assert not problems["reason"].str.contains("\n").any()
    assert words["assignment_id"].is_unique
    found = zip(words["settle"], words["feedback"], strict=True)
    return dict(zip(words["assignment_id"], found, strict=True)), problems["rule"].tolist()


def test_rejections_come_first_and_what_is_settled_is_not_there() -> None:
    plan = assignments_sheet(KNOWN)
    cells = {column.name: column.cells.tolist() for column in plan.columns}
    assert plan.title == "assignments"
    assert cells["assignment_id"] == ["A2", "=A3", "A1"]
    assert cells["settle"] == cells["feedback"] == ["", "", ""]
    assert [c.name for c in plan.columns if c.yours] == ["settle", "feedback"]
    assert assignments_sheet(KNOWN.iloc[:0]).rows == 0


def test_there_and_back_through_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(workbook_bytes([assignments_sheet(KNOWN)]))
    assert read(path) == ({}, [])
    book = openpyxl.load_workbook(path)
    sheet = book["assignments"]
    names = [cell.value for cell in sheet[1]]
    for number, (word, feedback) in enumerate([("REJECT ", None), ("Approve.", None), ("reject", "=too short")], 2):
        sheet.cell(number, names.index("settle") + 1).value = word
        sheet.cell(number, names.index("feedback") + 1).value = feedback
        sheet.cell(number, names.index("feedback") + 1).data_type = "s"
    book.save(path)
    assert read(path) == ({"A2": ("reject", ""), "=A3": ("approve", ""), "A1": ("reject", "=too short")}, [])


def test_any_file_with_the_two_columns_counts(tmp_path: Path) -> None:
    header = ("my notes", "Settle", "ASSIGNMENT ID ", "Feedback")
    one = saved(tmp_path / "a.csv", [("x", " Pay", "A1", ""), ("", "", "A2", ""), ("", "later", "A3", "")], header)
    two = saved(tmp_path / "b.xlsx", [("A2", "x")])
    other = saved(tmp_path / "c.csv", [("ABC", "accept")], ("item_id", "decision"))
    assert read(one, two, other) == ({"A1": ("approve", ""), "A2": ("approve", "")}, [])


def test_ids_that_were_escaped_in_a_csv_come_back(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes(pd.DataFrame({"assignment_id": ["=A3"], "settle": ["approve"]}), bom=True))
    assert read(path) == ({"=A3": ("approve", "")}, [])


@pytest.mark.parametrize("word", ["no", "1", "aprove", "reject?", "approve or reject"])
def test_an_unknown_word_is_a_problem_and_no_guess(tmp_path: Path, word: str) -> None:
    path = saved(tmp_path / "a.csv", [("A1", word), ("A2", "approve")])
    words, problems = read_settle_words([path])
    assert dict(zip(words["assignment_id"], words["settle"], strict=True)) == {"A1": "unclear", "A2": "approve"}
    assert problems[["source_file", "source_row", "column", "rule"]].values.tolist() == [
        ["a.csv", 2, "settle", "unknown_word"]
    ]


def test_files_that_disagree_do_not_count(tmp_path: Path) -> None:
    header = ("assignment_id", "settle", "feedback")
    one = saved(tmp_path / "a.csv", [("A1", "reject", "No."), ("A2", "reject", ""), ("=A3", "reject", "No.")], header)
    two = saved(
        tmp_path / "b.csv", [("A1", "approve", ""), ("A2", "Reject", "Sorry"), ("=A3", "reject", "Yes.")], header
    )
    found, rules = read(one, two)
    assert {name: settle for name, (settle, _) in found.items()} == {"A1": "unclear", "A2": "reject", "=A3": "unclear"}
    assert (found["A2"], rules) == (("reject", "Sorry"), ["disagreement", "disagreement"])
    _, problems = read_settle_words([one, two])
    assert "a.csv, row 2; b.csv, row 2" in problems["reason"].iloc[0]
    assert read(two, one) == read(one, two)
    three = saved(tmp_path / "c.csv", [("A2", "perhaps")])
    found, rules = read(one, two, three)
    assert (found["A2"][0], rules.count("unknown_word")) == ("unclear", 1)


def test_a_rejection_needs_something_to_tell(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", [("A1", "reject"), ("A2", "reject")])
    assert read(path) == ({"A1": ("unclear", ""), "A2": ("reject", "")}, ["no_feedback"])
    header = ("assignment_id", "settle", "reason")
    path = saved(tmp_path / "b.csv", [("A1", "reject", "left empty"), ("A2", "reject", " ")], header)
    assert read(path, known=None) == ({"A1": ("reject", ""), "A2": ("unclear", "")}, ["no_feedback"])


def test_a_reason_may_stand_in_the_column_reason(tmp_path: Path) -> None:
    header = ("assignment_id", "settle", "feedback", "reason")
    suggested = KNOWN.set_index("assignment_id")["reason"]["A2"]
    rows = [("A1", "reject", "", "copied from another"), ("A2", "reject", "", f" {suggested}\n")]
    assert read(saved(tmp_path / "a.csv", rows, header)) == (
        {"A1": ("reject", "copied from another"), "A2": ("reject", "")}, [],
    )  # fmt: skip
    rows = [("A1", "reject", "Sorry.", "copied"), ("A2", "reject", "", "mine"), ("A4", "approve", "", "fine work")]
    assert read(saved(tmp_path / "b.xlsx", rows, header)) == (
        {"A1": ("reject", "Sorry."), "A2": ("reject", "mine"), "A4": ("approve", "")}, [],
    )  # fmt: skip


def test_reasons_that_differ_or_stand_in_two_columns_do_not_count(tmp_path: Path) -> None:
    header = ("assignment_id", "settle", "reason")
    one = saved(tmp_path / "a.csv", [("A1", "reject", "copied")], header)
    two = saved(tmp_path / "b.csv", [("A1", "reject", "left empty")], header)
    assert read(one, two) == ({"A1": ("unclear", "copied")}, ["disagreement"])
    twice = saved(tmp_path / "c.csv", [("A2", "reject", "x", "y")], (*header, "reason"))
    assert read(twice) == ({"A2": ("unclear", "")}, ["repeated_column"])


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04nothing")
    twice = saved(tmp_path / "twice.csv", [("A1", "approve", "reject")], ("assignment_id", "settle", "settle"))
    renamed = saved(tmp_path / "renamed.csv", [("A1", "look", "approve")], ("assignment_id", "suggestion", "my word"))
    nameless = saved(tmp_path / "nameless.csv", [("", "approve")])
    damaged = tmp_path / "damaged.csv"
    damaged.write_text('assignment_id,settle\nA1,approve\nA2,approve,"more",x\n')
    found, rules = read(broken, twice, renamed, nameless, damaged)
    # In one file the word about A1 is clear, in two of them it cannot be known; A2 stands in a damaged row.
    assert found == {"A1": ("unclear", ""), "A2": ("unclear", "")}
    assert read(damaged)[0] == {"A1": ("approve", ""), "A2": ("unclear", "")}
    assert sorted(rules) == [
        "damaged_row", "missing_column", "no_assignment", "repeated_column", "unreadable_file",
    ]  # fmt: skip


def test_a_column_called_settle_about_something_else_says_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", [("Rome", "1900"), ("Oslo", "")], ("town", "settle"))
    assert read(path) == ({}, [])
    path = saved(tmp_path / "b.xlsx", [("A1", "Reject")], ("my id", "settle"))
    assert read(path) == ({}, ["no_table"])


def test_whoever_stands_in_a_damaged_row_is_unclear(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    for text, expected in (
        ("assignment_id,settle\nA1,approve\n\"A2,reject\n'=A3,x\nB,x\n", {"A2"}),
        ("assignment_id,settle\nA1,approve\nA2,reject,no,reason\n'=A3,x,y\n", {"A2", "=A3"}),
        ("assignment_id;settle\nA1;approve\nA1;reject;no;reason\nA2;approve\n", {"A1"}),
    ):
        for encoding in ("utf-8-sig", "utf-16"):
            path.write_text(text, encoding=encoding)
            assert {name for name, (settle, _) in read(path)[0].items() if settle == "unclear"} == expected


def test_a_rejection_whose_text_stands_in_two_columns_is_unclear(tmp_path: Path) -> None:
    header = ("assignment_id", "settle", "feedback", "feedback")
    path = saved(tmp_path / "a.csv", [("A1", "approve", "", ""), ("A2", "reject", "", "Mine")], header)
    assert read(path) == ({"A1": ("approve", ""), "A2": ("unclear", "")}, ["repeated_column"])


def test_no_files_say_nothing() -> None:
    assert read() == ({}, [])
