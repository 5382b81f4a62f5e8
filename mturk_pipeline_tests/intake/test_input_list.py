"""The list of what to ask about, as people keep it."""

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.intake.input_list import ROWS, read_input
from mturk_pipeline.vocabulary.file_rules import NO_TABLE
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate({"keys": ["university"], "fields": {"url": {"kind": "url"}}})


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
def test_a_file_name_that_is_no_utf8_is_read_and_told_as_text(tmp_path: Path) -> None:
    good, bad = (Path(os.fsdecode(os.fsencode(tmp_path) + name)) for name in (b"/universit\xe4ten.csv", b"/\xe4.csv"))
    good.write_text("University\nExample\n")
    bad.write_text("Town\nExample\n")
    listed = read_input([good, bad], PHASE)
    table, problems = listed.items, listed.problems
    assert table["source_file"].tolist() == ["universit\ufffdten.csv"]
    assert problems["source_file"].tolist() == ["\ufffd.csv"]
    "".join([*table["source_file"], *problems["reason"]]).encode()


def test_a_bare_link_with_and_without_its_last_slash_is_one_item(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("university\nchess.example.edu/\nchess.example.edu\n")
    table = read_input([tmp_path / "list.csv"], PHASE).items
    assert len(table) == 1


def test_keys_that_a_spreadsheet_damaged_are_left_out_and_named(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text('university\nExample\n5-Mar\n#N/A\n""\n4.92E+11\nMay 12\n')
    listed = read_input([tmp_path / "list.csv"], PHASE)
    table, problems = listed.items, listed.problems
    assert table["university"].tolist() == ["Example", "May 12"]
    assert "3 rows whose key a spreadsheet" in problems["reason"].iloc[-1]
    assert "(row 3, 4, " in problems["reason"].iloc[-1]


@pytest.mark.parametrize("more", ["Input.university,Answer.url", "university,Answer.url", "Input.university"])
def test_results_are_no_list_and_are_named(tmp_path: Path, more: str) -> None:
    (tmp_path / "batch.csv").write_text(f"HITId,AssignmentId,WorkerId,{more}\n1,2,A3,Example,x\n")
    (tmp_path / "list.csv").write_text("university\nOther\n")
    listed = read_input(sorted(tmp_path.iterdir()), PHASE, "2_mOut_dirs")
    assert listed.items["university"].tolist() == ["Other"]
    why = "batch.csv: holds results, which are no list to ask about: put the file into 2_mOut_dirs"
    assert listed.problems.values.tolist() == [["batch.csv", why, NO_TABLE]]


def test_results_on_a_sheet_beside_the_list_are_named_and_the_list_is_read(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "both.xlsx") as book:
        pd.DataFrame({"university": ["Example"]}).to_excel(book, sheet_name="list", index=False)
        columns = ["HITId", "AssignmentId", "WorkerId", "Input.university", "Answer.url"]
        pd.DataFrame([["1", "2", "A3", "Other", "x"]], columns=columns).to_excel(book, sheet_name="got", index=False)
    listed = read_input([tmp_path / "both.xlsx"], PHASE)
    assert listed.items["university"].tolist() == ["Example"]
    assert listed.problems["reason"].str.startswith("both.xlsx, sheet got: holds results").tolist() == [True]
    assert listed.problems["rule"].tolist() == [ROWS]


def test_a_list_may_have_columns_that_results_have(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("university,HITId,AssignmentId,WorkerId\nExample,1,2,A3\n")
    listed = read_input([tmp_path / "list.csv"], PHASE)
    assert listed.items["university"].tolist() == ["Example"]
    assert listed.problems.empty
