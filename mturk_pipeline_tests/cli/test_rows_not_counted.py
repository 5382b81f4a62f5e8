"""inspect names each row that does not count; all of them go into a file of the user's own, and into no other."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline_tests.terminal import Cli

HEADER = ["HITId", "HITTypeId", "MaxAssignments", "AssignmentId", "WorkerId", "AssignmentStatus", "SubmitTime"]
HEADER += ["Input.town", "Answer.mayor"]
TIME = "Fri Apr 17 13:38:03 PDT 2020"


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """30 rows without a worker, one with a strange status, one good row twice."""
    rows = [["H", "T", "3", f"A{n}", "", "Submitted", TIME, "Ames", "Jo"] for n in range(30)]
    rows.append(["H", "T", "3", "B", "AW1", "Paid", TIME, "Ames", "Jo"])
    rows += [["H", "T", "3", "C", "AW2", "Submitted", TIME, "Ames", "Jo"]] * 2
    path = tmp_path / "batch [1].csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def test_twenty_rows_of_each_reason_are_named(cli: Cli, batch: Path) -> None:
    out = cli("inspect", batch).out
    lines = [line.strip() for line in out.splitlines() if ", row " in line]
    assert lines[0].startswith("batch [1].csv, row 2: quarantined, no_worker: has no worker id")
    assert sum("no_worker" in line for line in lines) == 20
    assert "… and 10 rows more: quarantined, no_worker" in out
    assert "all of them as a table: --rows FILE" in out
    assert any("row 32: quarantined, unknown_status" in line for line in lines)
    assert any("superseded" in line for line in lines)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_all_rows_go_into_a_file(cli: Cli, batch: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"rows.{ending}"
    said = cli("inspect", batch, "--rows", target)
    assert f"{target}: 32 rows that do not count" in said.out
    read = pd.read_csv if ending == "csv" else lambda path: pd.read_excel(path, engine="calamine")
    table = read(target)
    assert list(table.columns) == ["file", "sheet", "row", "disposition", "rule", "reason", "assignment_id"]
    assert table["disposition"].value_counts().to_dict() == {"quarantined": 31, "superseded": 1}
    assert "Jo" not in target.read_bytes().decode("latin-1")  # what people answered is nobody's business here
    before = target.read_bytes()
    assert (cli("inspect", batch, "--rows", target).code, target.read_bytes()) == (1, before)
    assert cli("inspect", batch, "--rows", target, "--force").code == 0


def test_a_paid_result_file_is_never_the_place_for_rows(cli: Cli, home: Path, batch: Path) -> None:
    before = batch.read_bytes()
    said = cli("inspect", batch, "--rows", batch, "--force")
    assert (said.code, batch.read_bytes()) == (1, before)
    assert "is one of the files to inspect" in said.err
    cli("init", "kept")
    inside = home / "projects/kept/2_mOut_dirs/rows.csv"
    said = cli("inspect", batch, "--rows", inside, "--force")
    assert (said.code, said.err.count("\n"), inside.exists()) == (1, 1, False)
    said = cli("inspect", batch, "--rows", batch.with_suffix(".json"))
    assert "ends with none of .csv, .xlsx" in said.err
