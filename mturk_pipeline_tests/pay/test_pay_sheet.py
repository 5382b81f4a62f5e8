"""Pay sheets: everybody who is owed something is on one, and nothing is on two."""

import io
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.folders import atomic_files
from mturk_pipeline.folders.atomic_files import ProjectWriter
from mturk_pipeline.pay.pay_decisions import decide_pay
from mturk_pipeline.pay.pay_ledger import FOLDER, LedgerError, PayLedger
from mturk_pipeline.pay.pay_sheet import AmountDue, finish_pay_sheets, owed, sheet_rows, write_pay_sheet
from mturk_pipeline_tests.intake.intake_files import row, write
from mturk_pipeline_tests.pay.made import NO_WORDS, STRICT, blank, collected, words

HAND = ("HITTypeId", "AutoApprovalTime", "AssignmentStatus")
SHEETS = "9_processed"
NAMES: dict[str, str] = {}


def by_hand(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows of a crowd that no platform pays."""
    return [{k: v for k, v in cells.items() if k not in HAND} for cells in rows]


def due(
    project: Path,
    rows: list[dict[str, str]],
    said: pd.DataFrame = NO_WORDS,
    phase: str = "leads",
    reward: Decimal | None = None,
    gone: tuple[str, ...] = (),
) -> AmountDue:
    project.mkdir(exist_ok=True)
    batch = collected([write(project / "b.csv", rows)], STRICT)
    paid = PayLedger(project).holds(batch.assignments, phase)
    known = {w: NAMES.get(w, w) for w in batch.assignments["worker"] if w not in gone}
    return owed(batch.assignments, batch.suggestions, decide_pay(batch.suggestions, said), paid, known, reward)


def sheet(project: Path, name: str | None) -> pd.DataFrame:
    assert name is not None
    return pd.read_csv(io.BytesIO((project / name).read_bytes()), dtype="str").set_index("worker_id")


def test_approved_work_is_paid_once(tmp_path: Path) -> None:
    rows = by_hand([row(0), row(1), blank(2), row(7)])
    writer = ProjectWriter(tmp_path)
    first = due(tmp_path, rows)
    assert first.why == {"pay": 3, "held": 1}
    name = write_pay_sheet(writer, SHEETS, "leads", first, NAMES)
    assert name == "9_processed/_pay_leads_1.csv"
    paid = sheet(tmp_path, name)
    assert paid.loc["A0WORKER"].tolist() == ["mturk::A0WORKER", "2", "0.06", "0.03", "1.8"]
    assert paid.loc["A1WORKER", "amount"] == "0.03"
    again = due(tmp_path, rows)
    assert again.why == {"paid": 3, "held": 1}
    assert write_pay_sheet(writer, SHEETS, "leads", again, NAMES) is None
    # A word and a new answer make another sheet, with them alone.
    later = due(tmp_path, [*rows, *by_hand([row(4)])], words((2, "approve", "")))
    name = write_pay_sheet(writer, SHEETS, "leads", later, NAMES)
    assert name == "9_processed/_pay_leads_2.csv"
    assert sheet(tmp_path, name)["assignments"].tolist() == ["1", "1"]
    assert len(PayLedger(tmp_path).entries()) == 5


def test_who_is_not_paid_here(tmp_path: Path) -> None:
    rows = by_hand([row(0), blank(1), row(3, Reward=""), row(4), row(5, Reward="")])
    rows += [row(6), {**by_hand([row(8)])[0], "AssignmentStatus": "Rejected"}]
    rows[3]["Reward"] = "$0.00"
    said = words((0, "reject", "No."), (5, "reject", ""))
    assert due(tmp_path, rows, said).why == {"pay": 1, "no reward": 1, "rejected": 3, "held": 1, "platform": 1}
    paid = due(tmp_path, rows, said, reward=Decimal("0.05"))
    assert paid.why == {"pay": 2, "rejected": 3, "held": 1, "platform": 1}
    assert sorted(sheet_rows(paid.assignments, {})["amount"]) == [Decimal("0.00"), Decimal("0.05")]


def test_who_was_forgotten_can_be_paid_by_nobody(tmp_path: Path) -> None:
    rows = by_hand([row(0), row(1)])
    assert due(tmp_path, rows, gone=("mturk::A0WORKER",)).why == {"pay": 1, "forgotten": 1}


def test_a_sheet_names_workers_as_their_platform_knows_them(tmp_path: Path) -> None:
    found, names = due(tmp_path, by_hand([row(0)])), {"mturk::A0WORKER": "turkle:lab:5"}
    name = write_pay_sheet(ProjectWriter(tmp_path), SHEETS, "leads", found, names)
    assert sheet(tmp_path, name).loc["5", "worker"] == "turkle:lab:5"


def test_the_ledger_knows_no_worker(tmp_path: Path) -> None:
    write_pay_sheet(ProjectWriter(tmp_path), SHEETS, "leads", due(tmp_path, by_hand([row(0)])), NAMES)
    (path,) = (tmp_path / FOLDER).iterdir()
    assert path.name == "leads_1.csv"
    assert "WORKER" not in path.read_text()


def test_a_renamed_phase_pays_nothing_again_and_other_servers_are_paid(tmp_path: Path) -> None:
    rows = by_hand([row(0)])
    write_pay_sheet(ProjectWriter(tmp_path), SHEETS, "leads", due(tmp_path, rows), NAMES)
    assert due(tmp_path, rows, phase="contacts").why == {"paid": 1}
    # The same number, given by a server that began anew, at another time.
    assert due(tmp_path, [{**rows[0], "SubmitTime": "Sun Feb 23 05:54:21 PST 2020"}], phase="contacts").why == {
        "pay": 1
    }


def test_a_sheet_that_was_taken_away_is_not_made_again(tmp_path: Path) -> None:
    writer = ProjectWriter(tmp_path)
    name = write_pay_sheet(writer, SHEETS, "leads", due(tmp_path, by_hand([row(0)])), NAMES)
    (tmp_path / str(name)).rename(tmp_path / "paid in March.csv")
    assert finish_pay_sheets(writer, SHEETS, "leads", NAMES) == []
    name = write_pay_sheet(writer, SHEETS, "leads", due(tmp_path, by_hand([row(0), row(1)])), NAMES)
    assert name == "9_processed/_pay_leads_2.csv"


def test_numbers_go_on_after_sheets_whose_list_is_lost(tmp_path: Path) -> None:
    (tmp_path / SHEETS).mkdir()
    (tmp_path / SHEETS / "_pay_leads_7.csv").write_text("mine")
    (tmp_path / SHEETS / "_pay_leads_x_9.csv").write_text("another phase")
    name = write_pay_sheet(ProjectWriter(tmp_path), SHEETS, "leads", due(tmp_path, by_hand([row(0)])), NAMES)
    assert name == "9_processed/_pay_leads_8.csv"


class Killed(BaseException):
    """The process ends."""


@pytest.mark.parametrize("step", range(6))
def test_a_kill_at_any_step_loses_nothing_and_pays_nothing_twice(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = by_hand([row(0), row(1), row(7)])
    steps = iter(range(100))
    real_write, real_unlink = atomic_files.write_atomically, Path.unlink

    def dies() -> None:
        if next(steps) == step:
            raise Killed

    def write_then(path: Path, content: bytes) -> None:
        dies()
        real_write(path, content)

    def unlink_then(path: Path, missing_ok: bool = False) -> None:
        if path.name.endswith(".pending.csv"):
            dies()
        real_unlink(path, missing_ok=missing_ok)

    owed_now = due(tmp_path, rows)
    with monkeypatch.context() as patch:
        patch.setattr(atomic_files, "write_atomically", write_then)
        patch.setattr("mturk_pipeline.pay.pay_ledger.write_atomically", write_then)
        patch.setattr(Path, "unlink", unlink_then)
        try:
            write_pay_sheet(ProjectWriter(tmp_path), SHEETS, "leads", owed_now, NAMES)
            finished = True
        except Killed:
            finished = False
    assert finished == (step == 5)
    writer = ProjectWriter(tmp_path)
    finish_pay_sheets(writer, SHEETS, "leads", NAMES)
    write_pay_sheet(writer, SHEETS, "leads", due(tmp_path, rows), NAMES)
    (only,) = (tmp_path / SHEETS).glob("*.csv")
    assert sheet(tmp_path, f"{SHEETS}/{only.name}")["assignments"].astype(int).sum() == 3
    assert [p.name for p in (tmp_path / FOLDER).iterdir()] == ["leads_1.csv"]
    assert writer.kept == []
    assert due(tmp_path, rows).why == {"paid": 3}


def test_a_sheet_taken_away_after_a_kill_is_not_made_again(tmp_path: Path) -> None:
    name = write_pay_sheet(ProjectWriter(tmp_path), SHEETS, "leads", due(tmp_path, by_hand([row(0)])), NAMES)
    listed = tmp_path / FOLDER / "leads_1.csv"
    listed.with_name("leads_1.pending.csv").write_bytes(listed.read_bytes())  # killed before it was taken away
    (tmp_path / str(name)).unlink()
    assert finish_pay_sheets(ProjectWriter(tmp_path), SHEETS, "leads", NAMES) == []
    assert [p.name for p in (tmp_path / FOLDER).iterdir()] == ["leads_1.csv"]


def test_a_damaged_ledger_stops_all_paying(tmp_path: Path) -> None:
    write_pay_sheet(ProjectWriter(tmp_path), SHEETS, "leads", due(tmp_path, by_hand([row(0)])), NAMES)
    (tmp_path / FOLDER / "leads_1.csv").write_bytes(b"\xff\xfenothing")
    with pytest.raises(LedgerError, match=r"leads_1\.csv: cannot be read"):
        due(tmp_path, by_hand([row(0)]))


def test_ids_that_look_like_formulas(tmp_path: Path) -> None:
    rows = by_hand([row(0, AssignmentId="=1+1", WorkerId="@A\n=2"), row(1, AssignmentId="'=1+1", HITId="+H;-1")])
    name = write_pay_sheet(ProjectWriter(tmp_path), SHEETS, "leads", due(tmp_path, rows), NAMES)
    assert (tmp_path / str(name)).read_text(encoding="utf-8-sig").splitlines()[1].startswith("\"'@A")
    assert due(tmp_path, rows).why == {"paid": 2}
