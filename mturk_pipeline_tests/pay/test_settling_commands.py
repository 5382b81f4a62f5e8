"""settle and pay in the terminal: first what they would do, then the files, and nothing a second time."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from mturk_pipeline.folders.project_folders import make_project
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflow
from mturk_pipeline_tests.intake.intake_files import row, write
from mturk_pipeline_tests.pay.made import blank
from mturk_pipeline_tests.terminal import Cli, terminal

LEADS = load_workflow(SHIPPED_DIR / "lead_gathering")
FOLDERS = LEADS.folders("leads")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("MTURK_PROJECTS_DIR", "MTURK_WORKFLOWS_DIR", "DAGSTER_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    made, _ = make_project(tmp_path / "MTURK_PROJECTS_DIR", "spring", LEADS, {})
    return made.path


@pytest.fixture
def cli(project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    return terminal(capsys, monkeypatch)


def batch(project: Path, rows: list[dict[str, str]], name: str = "Batch_1.csv", modified: int | None = None) -> Path:
    return write(project / FOLDERS.batches / name, rows, modified=modified)


def processed(project: Path) -> list[str]:
    return sorted(p.name for p in (project / FOLDERS.processed).iterdir())


def marks(project: Path, name: str) -> list[tuple[str, str]]:
    text = (project / FOLDERS.processed / name).read_bytes().decode()
    return [(r["Approve"], r["Reject"]) for r in csv.DictReader(io.StringIO(text, newline=""))]


BAD = {"Answer__email_1": "asdf", "Answer__website": "good"}


def test_settle_says_first_and_writes_then(cli: Cli, project: Path) -> None:
    batch(project, [row(0), row(1, **BAD), row(2, **BAD), blank(3)])
    said = cli("settle", "spring", "leads")
    assert said.code == 0, said.err
    assert processed(project) == []
    for line in (
        "leads: 4 assignments, 4 still Submitted",
        "cost so far $0.00, still to approve $0.16, with fees",
        "2 suggested for rejection, left open",
        "suggested for rejection, 2: None of the answers given can be used",
        "1 doubtful, left open",
        "Batch_1.csv: approves 1 ($0.04 with fees), rejects 0",
        "to write: --write",
    ):
        assert line in said.out, said.out
    assert not any(f"A{n}WORKER" in said.out or row(n)["AssignmentId"] in said.out for n in range(4))
    reviewed = project / FOLDERS.reviewed / "mine.csv"
    reviewed.write_text(f"assignment_id,settle,feedback\n{row(1)['AssignmentId']},Reject,\nA9,x,\n,maybe,\n")
    said = cli("settle", "spring", "--write")
    assert (said.code, processed(project)) == (0, ["_settlement_Batch_1.csv"])
    assert "1 pay decision names an assignment that this phase does not have" in said.out
    assert "mine.csv, row 4: no such word" in said.err
    found = marks(project, "_settlement_Batch_1.csv")
    assert [bool(reject) for _, reject in found] == [False, True, False, False]
    assert "unchanged" in cli("settle", "spring", "--write").out
    cli("settle", "spring", "--write", "--include-suggested-rejections")
    assert [bool(reject) for _, reject in marks(project, "_settlement_Batch_1.csv")] == [False, True, True, False]


def words_in_workbook(project: Path, *rows: tuple[str, str, str]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "assignments"
    for cells in [("assignment_id", "settle", "feedback"), *rows]:
        sheet.append(list(cells))
    book.save(project / FOLDERS.reviewed / "mine.xlsx")


def test_whose_word_cannot_be_used_is_neither_approved_nor_rejected(cli: Cli, project: Path) -> None:
    batch(project, [row(0), row(1), row(2), row(3, Approve="x"), row(4, AssignmentStatus="Approved")])
    ids = [row(n)["AssignmentId"] for n in range(5)]
    words_in_workbook(
        project, (ids[0], "reject", ""), (ids[1], "rejct", "Bad."), (ids[3], "reject", ""), (ids[4], "reject", "")
    )
    said = cli("settle", "spring", "--write")
    assert "3 held back: the reviewer's entry could not be understood" in said.out
    assert "mine.xlsx, sheet assignments, row 2: a rejection needs a reason" in said.err
    assert "mine.xlsx, sheet assignments, row 3: no such word" in said.err
    assert marks(project, "_settlement_Batch_1.csv") == [("", ""), ("", ""), ("x", ""), ("", ""), ("", "")]
    (project / FOLDERS.reviewed / "odd.txt").write_text("assignment_id,suggestion\n")
    words_in_workbook(project, (ids[0], "reject", "Wrong club."))
    assert "odd.txt: the sheet has no column settle" in cli("settle", "spring", "--write").err
    assert marks(project, "_settlement_Batch_1.csv")[0] == ("", "Wrong club.")


def test_whose_word_cannot_be_used_stands_on_no_pay_sheet(cli: Cli, project: Path) -> None:
    rows = [{k: v for k, v in row(n).items() if k not in ("AutoApprovalTime", "HITTypeId")} for n in range(2)]
    batch(project, rows)
    words_in_workbook(project, (row(0)["AssignmentId"], "reject", ""), (row(1)["AssignmentId"], "hm", ""))
    said = cli("pay", "spring", "--write")
    assert "2 held back: the reviewer's entry could not be understood" in said.out
    assert processed(project) == []
    words_in_workbook(project, (row(0)["AssignmentId"], "reject", ""))
    said = cli("pay", "spring")
    assert "1 to be paid" in said.out
    assert "1 held back" in said.out
    assert "nothing written (dry run); to write: --write" in said.out


UNREADABLE = {
    "mine.xlsx": b"PK\x03\x04nothing",  # damaged, or saved with a password
    "cut.xlsx": b"",
    "mine.pdf": b"%PDF-1.4",
    "renamed.csv": b"assignment,settle\nA1,reject\n",
    "photo.csv": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("command", ["settle", "pay"])
def test_a_reviewed_file_that_cannot_be_read_stops_its_phase(cli: Cli, project: Path, name: str, command: str) -> None:
    without = [{k: v for k, v in row(n).items() if k not in ("AutoApprovalTime", "HITTypeId")} for n in range(2)]
    batch(project, [row(0), row(1)] if command == "settle" else without)
    (project / FOLDERS.reviewed / "fine.csv").write_text(f"assignment_id,settle\n{row(0)['AssignmentId']},approve\n")
    path = project / FOLDERS.reviewed / name
    path.write_bytes(UNREADABLE[name])
    for words in ((), ("--write",), ("leads", "--write")):
        said = cli(command, "spring", *words)
        assert (said.code, said.err.count("\n"), processed(project)) == (1, 1, []), said.err
        assert f"leads: {FOLDERS.reviewed}/{name}: " in said.err
        assert "mend what is named, or move it out of that folder" in said.err
    path.unlink()
    assert cli(command, "spring", "--write").code == 0
    assert len(processed(project)) == 1


def test_a_reviewed_file_that_somebody_holds_open_stops_its_phase(
    cli: Cli, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch(project, [row(0), row(1)])
    words_in_workbook(project, (row(0)["AssignmentId"], "reject", "Wrong club."))
    read_bytes = Path.read_bytes

    def locked(path: Path) -> bytes:
        if path.name == "mine.xlsx":
            raise PermissionError(13, "Permission denied", str(path))  # as Windows says of a workbook open in Excel
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", locked)
    said = cli("settle", "spring", "--write")
    assert (said.code, said.err.count("\n"), processed(project)) == (1, 1, [])
    assert f"{FOLDERS.reviewed}/mine.xlsx: may not be read; close it where it is open" in said.err


def test_other_phases_are_settled_all_the_same(cli: Cli, project: Path) -> None:
    dirs = LEADS.folders("dirs")
    for folders in (dirs, FOLDERS):
        write(project / folders.batches / "Batch_1.csv", [row(0)])
    (project / dirs.reviewed / "mine.xlsx").write_bytes(b"PK\x03\x04nothing")
    said = cli("settle", "spring", "--write")
    assert (said.code, said.err.count("\n"), processed(project)) == (1, 1, ["_settlement_Batch_1.csv"])
    assert f"mturk-pipeline: dirs: {dirs.reviewed}/mine.xlsx: is a broken workbook" in said.err
    assert not list((project / dirs.processed).iterdir())


def test_files_that_nobody_looks_at_are_named(cli: Cli, project: Path) -> None:
    batch(project, [row(0)])
    (project / FOLDERS.reviewed / "anna").mkdir()
    (project / FOLDERS.reviewed / "anna" / "mine.csv").write_text("assignment_id,settle\n")
    said = cli("settle", "spring", "--write")
    assert (said.code, processed(project)) == (0, ["_settlement_Batch_1.csv"])
    assert f"not read: {FOLDERS.reviewed}/anna/mine.csv: lies in a folder inside it" in said.err


def test_a_later_download_takes_the_old_upload_away(cli: Cli, project: Path) -> None:
    batch(project, [row(0), row(1)], modified=1_000)
    cli("settle", "spring", "--write")
    batch(project, [row(0, AssignmentStatus="Approved"), row(1), row(2)], "Batch_1 (1).csv", modified=2_000)
    said = cli("settle", "spring", "--write")
    assert processed(project) == ["_settlement_Batch_1 (1).csv"], said.out
    assert marks(project, "_settlement_Batch_1 (1).csv") == [("", ""), ("x", ""), ("x", "")]


def test_an_upload_that_a_person_changed_is_kept(cli: Cli, project: Path) -> None:
    batch(project, [row(0)])
    cli("settle", "spring", "--write")
    upload = project / FOLDERS.processed / "_settlement_Batch_1.csv"
    upload.write_text("mine")
    said = cli("settle", "spring", "--write")
    assert "kept as" in said.out
    assert "mine" in [p.read_text() for p in (project / FOLDERS.processed).iterdir()]


def test_pay_says_first_writes_then_and_never_twice(cli: Cli, project: Path) -> None:
    rows = [{k: v for k, v in row(n).items() if k not in ("AssignmentStatus", "Reward")} for n in range(3)]
    batch(project, [{**cells, "Turkle.Username": "ann"} for cells in rows])
    said = cli("pay", "spring")
    assert said.out.splitlines() == [
        "leads: nothing new to pay: 3 without a reward in the file: say what each is paid with --reward; "
        "nothing written (dry run)"
    ]
    said = cli("pay", "spring", "leads", "--reward", "0.05")
    assert "3 to be paid, $0.15" in said.out
    assert processed(project) == []
    assert "wrote" in cli("pay", "spring", "leads", "--reward", "$0.05", "--write").out
    assert processed(project) == ["_pay_leads_1.csv"]
    before = (project / FOLDERS.processed / "_pay_leads_1.csv").read_bytes()
    said = cli("pay", "spring", "leads", "--reward", "0.05", "--write")
    assert (said.code, processed(project)) == (0, ["_pay_leads_1.csv"])
    assert "nothing new to pay: 3 on a pay sheet before\n" in said.out
    assert "dry run" not in said.out
    assert (project / FOLDERS.processed / "_pay_leads_1.csv").read_bytes() == before
    said = cli("settle", "spring", "--write")
    assert "is of the format turkle" in said.out
    assert processed(project) == ["_pay_leads_1.csv"]


def test_what_stands_on_a_pay_sheet_is_not_approved_on_the_site(cli: Cli, project: Path) -> None:
    bare = {k: v for k, v in row(0).items() if k not in ("AutoApprovalTime", "HITTypeId")}
    path = batch(project, [bare])
    cli("pay", "spring", "--write")
    assert processed(project) == ["_pay_leads_1.csv"]
    write(path, [row(0), row(1)])
    said = cli("settle", "spring", "--write")
    assert "1 left open: stands on a pay sheet" in said.out
    assert marks(project, "_settlement_Batch_1.csv") == [("", ""), ("x", "")]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("settle", "autumn"), "autumn: no such project"),
        (("settle", "spring"), "spring: no result files in any phase"),
        (("pay", "spring", "dirs"), "spring: no result files in 2_mOut_dirs"),
        (("pay", "spring", "phase9"), "phase9: no such phase"),
        (("pay", "spring", "--reward", "-1"), "--reward -1: is no amount"),
    ],
)
def test_what_a_person_can_cause_is_one_line(cli: Cli, words: tuple[str, ...], line: str) -> None:
    said = cli(*words)
    assert said.code == 1
    assert said.err.startswith(f"mturk-pipeline: {line}")
    assert said.err.count("\n") == 1


def test_a_damaged_ledger_is_one_line(cli: Cli, project: Path) -> None:
    batch(project, [row(0)])
    damaged = project / ".mturk_pipeline" / "paid" / "leads_1.csv"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("nothing")
    for command in ("settle", "pay"):
        said = cli(command, "spring")
        assert (said.code, said.err.count("\n")) == (1, 1)
        assert "leads_1.csv: cannot be read" in said.err


def test_broken_files_and_files_without_rows(cli: Cli, project: Path) -> None:
    (project / FOLDERS.batches / "broken.xlsx").write_bytes(b"PK\x03\x04nothing")
    batch(project, [], "empty.csv")
    said = cli("settle", "spring", "--write")
    assert said.code == 0, said.err
    assert "broken.xlsx: is a broken workbook" in said.out
    assert "hourly wage: unknown" in said.out
    assert cli("pay", "spring", "--write").code == 0
    assert processed(project) == []
