"""The list of what to ask about, as people keep it."""

import os
import sys
from pathlib import Path

import pytest

from mturk_pipeline.intake.input_list import read_input
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
