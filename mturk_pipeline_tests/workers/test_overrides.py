"""workers.csv and workers.xlsx: what a person says of workers, whatever the file looks like."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mturk_pipeline.workers.overrides import Override, Overrides, WorkersFileError, overrides_stamp, read_overrides


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert read_overrides(tmp_path) == Overrides()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_with_any_separator_and_any_case(tmp_path: Path, separator: str) -> None:
    lines = [["Worker", "Standing", "reason"], [" W1 ", "BLACKLISTED", "spam"], ["W2", "starred", ""]]
    (tmp_path / "workers.csv").write_text("\n".join(separator.join(line) for line in lines), encoding="utf-8-sig")
    assert read_overrides(tmp_path) == Overrides({"W1": "blacklisted", "W2": "starred"})


def test_a_workbook_goes_before_a_csv(tmp_path: Path) -> None:
    pd.DataFrame({"worker": ["W1"], "standing": ["watch"]}).to_excel(tmp_path / "workers.xlsx", index=False)
    (tmp_path / "workers.csv").write_text("worker,standing\nW1,starred\n")
    assert read_overrides(tmp_path).standing == {"W1": "watch"}


def test_an_unknown_standing_is_named_and_the_rest_counts(tmp_path: Path) -> None:
    (tmp_path / "workers.csv").write_text("worker,standing\nW1,banned\nW2,watch\n,watch\nW3,\n")
    found = read_overrides(tmp_path)
    assert found.standing == {"W2": "watch"}
    assert found.problems == (
        "workers.csv, row 2: standing is not one of starred, neutral, watch, blacklisted: 'banned'",
        "workers.csv, row 4: has a standing but no worker; fill in whose it is",
    )


@pytest.mark.parametrize("line", ["watch,ann", "W2,A2CDEFGH3JKLMN", "W1,bob", "W1,ann@x.edu"])
def test_a_worker_in_the_wrong_column_is_not_shown(tmp_path: Path, line: str) -> None:
    (tmp_path / "workers.csv").write_text(f"worker,standing\n{line}\nBob,watch\n")
    [problem] = read_overrides(tmp_path).problems
    assert problem.endswith("blacklisted")


def test_why_who_and_when_are_kept_as_written(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "worker": ["W1", ""],
            "worker_id": ["", "5"],
            "standing": ["Watch", "starred"],
            "reason": ["slow ", None],
            "who": ["Anna", "Ben"],
            "when": [pd.Timestamp("2024-02-03"), pd.NaT],
        }
    )
    table.to_excel(tmp_path / "workers.xlsx", index=False)
    assert read_overrides(tmp_path).said == (
        Override("W1", "watch", "slow", "Anna", "2024-02-03", 2),
        Override("5", "starred", "", "Ben", "", 3),
    )


def test_of_two_rows_that_disagree_the_last_counts_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "workers.csv").write_text("worker,standing\nW1,watch\nW2,watch\nW2,watch\nW1,starred\n")
    found = read_overrides(tmp_path)
    assert found.standing == {"W1": "starred", "W2": "watch"}
    [problem] = found.problems
    assert problem.startswith("workers.csv, row 5: ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("workers.xlsx", b"no workbook"),
        ("workers.csv", b"\xff\xfe\x00broken"),
        ("workers.csv", b"name,rank\na,b\n"),
        ("workers.csv", b""),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WorkersFileError) as error:
        read_overrides(tmp_path)
    assert str(error.value).startswith(f"{tmp_path / name}: ")
    assert "\n" not in str(error.value)


def test_a_link_that_leads_nowhere_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "workers.xlsx").symlink_to(tmp_path / "drive" / "workers.xlsx")
    with pytest.raises(WorkersFileError, match=r"workers.xlsx: is not there any more"):
        read_overrides(tmp_path)


def test_a_workbook_that_would_exhaust_the_memory_is_one_line(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["worker", "standing"])
    book.worksheets[0]["XFD1048576"] = "stray"
    book.save(tmp_path / "workers.xlsx")
    with pytest.raises(WorkersFileError, match=r"workers.xlsx: has a sheet of 1048576 rows by 16384 columns"):
        read_overrides(tmp_path)


def test_a_damaged_row_is_named_and_the_others_count(tmp_path: Path) -> None:
    (tmp_path / "workers.csv").write_text('worker,standing,reason\nW1,watch,"slow\nW2,starred,a,b\nW3,watch,x\n')
    found = read_overrides(tmp_path)
    assert found.standing == {"W3": "watch"}
    assert [problem[:18] for problem in found.problems] == ["workers.csv, row 2", "workers.csv, row 3"]


def test_a_title_above_the_header_and_a_word_with_spaces(tmp_path: Path) -> None:
    (tmp_path / "workers.csv").write_text("My workers;\nWorker ID;Standing\n7;watch\n")
    assert read_overrides(tmp_path).said == (Override("7", "watch", row=3),)


def test_the_stamp_changes_with_the_file_only(tmp_path: Path) -> None:
    assert overrides_stamp(tmp_path) == ""
    (tmp_path / "workers.csv").write_text("worker,standing\nW1,watch\n")
    before = overrides_stamp(tmp_path)
    assert before == overrides_stamp(tmp_path) != ""
    (tmp_path / "workers.csv").write_text("worker,standing\nW1,blacklisted\n")
    assert overrides_stamp(tmp_path) != before
