"""Past batches: each assignment counts once, however often and in whatever files it comes."""

from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.workers import batch_import
from mturk_pipeline.workers.archive import read_archive
from mturk_pipeline.workers.batch_import import import_batches
from mturk_pipeline.workers.forgetting import forget, whom
from mturk_pipeline.workers.identities import with_names
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.refreshing import refresh, take_snapshot
from mturk_pipeline_tests.slots_made import batch as slot_batch
from mturk_pipeline_tests.slots_made import slots
from mturk_pipeline_tests.workers.made import BAD, GOOD, LAZY, batch, write


@pytest.fixture
def past(tmp_path: Path) -> Path:
    return tmp_path / "past"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Votes counted in place of a model fitted: quick, where only what counts once is looked at."""
    real = batch_import.rate
    majority = {"model": "majority"}
    monkeypatch.setattr(batch_import, "rate", lambda rows, phase: real(rows, phase.model_copy(update=majority)))


def _said(home: Home, folder: Path) -> dict[str, str]:
    return {each.files[0]: each.said for each in import_batches(home, folder)}


def _assignments(home: Home) -> dict[str, int]:
    return with_names(read_archive(home), home).groupby("worker")["assignments"].sum().to_dict()


def test_twice_changes_nothing_and_what_cannot_be_read_is_named(home: Home, past: Path) -> None:
    workers = (GOOD, BAD, LAZY, "A4FINE00DDDD", "A5WELL00EEEE")
    write(past / "2019" / "a.csv", batch(range(12), workers=workers))
    write(past / "copy of a.csv", batch(range(12), workers=workers))
    write(past / "list.csv", "club,url\nchess,x\n")
    write(past / "broken.xlsx", "no workbook")
    write(past / "notes.md", "left alone")
    said = _said(home, past)
    assert said["2019/a.csv"] == "new"
    assert said["copy of a.csv"] == "a copy of 2019/a.csv"
    assert said["list.csv"].startswith("has no column")
    assert "broken.xlsx" in said
    assert "notes.md" not in said
    before = refresh(home).memory
    assert set(_said(home, past).values()) >= {"known already"}
    pd.testing.assert_frame_equal(refresh(home).memory, before)
    rows = with_names(before, home).set_index("worker")
    assert rows.loc[f"mturk::{BAD}", "reliability"] < rows.loc[f"mturk::{GOOD}", "reliability"]
    assert rows["assignments"].tolist() == [12] * 5


@pytest.mark.usefixtures("counted")
def test_a_later_download_replaces_the_earlier(home: Home, past: Path) -> None:
    file = write(past / "a.csv", batch(range(8)))
    _said(home, past)
    file.unlink()
    write(past / "later.csv", batch(range(12), status="Rejected"))
    assert _said(home, past) == {"later.csv": "replaces an earlier download"}
    assert _assignments(home) == dict.fromkeys([f"mturk::{w}" for w in (GOOD, BAD, LAZY)], 12)
    assert read_archive(home)["rejected"].tolist() == [12, 12, 12]
    write(past / "early again.csv", batch(range(8)))
    assert _said(home, past)["early again.csv"] == "known already, from another file"


@pytest.mark.usefixtures("counted")
def test_of_files_that_overlap_each_assignment_counts_once(home: Home, past: Path) -> None:
    write(past / "a.csv", batch(range(8)))
    _said(home, past)
    (past / "a.csv").unlink()
    write(past / "b.csv", batch(range(4, 14)))
    assert _said(home, past) == {"b.csv": "new; 12 assignments were known already"}
    write(past / "c.csv", batch(range(13, 20)))
    write(past / "d.csv", batch(range(18, 26)))
    _said(home, past)
    assert set(_assignments(home).values()) == {26}


@pytest.mark.usefixtures("counted")
def test_a_batch_that_lies_in_a_project_counts_there_alone(home: Home, past: Path) -> None:
    write(past / "a.csv", batch(range(8)))
    _said(home, past)
    table = take_snapshot(home)
    assert table is not None
    assert len(table) == 3
    raw = pd.DataFrame({"worker": [f"mturk::{GOOD}"], "assignment_id": [f"X3{GOOD}"]})
    write_table(table_path(home.tables, "w", "p", "raw_output", "one"), raw)
    table = take_snapshot(home)
    assert table is not None
    assert table.empty


@pytest.mark.usefixtures("counted")
def test_a_questionnaire_judges_nobody(home: Home, past: Path) -> None:
    write(past / "a.csv", batch(range(3)))
    _said(home, past)
    memory = refresh(home).memory
    assert memory["given"].tolist() == [0.0, 0.0, 0.0]
    assert set(memory["suggested"]) == {"neutral"}


@pytest.mark.usefixtures("counted")
def test_a_forgotten_worker_comes_not_back_by_an_import(home: Home, past: Path) -> None:
    forget(home, whom(home, BAD))
    write(past / "a.csv", batch(range(8)))
    _said(home, past)
    assert sorted(_assignments(home)) == [f"mturk::{GOOD}", f"mturk::{LAZY}"]


def test_answers_of_people_who_did_not_log_in_leave_nothing_behind(home: Home, past: Path) -> None:
    head = "HITId,AssignmentId,WorkerId,SubmitTime,Input.university,Answer.email,Turkle.Username\n"
    rows = [f"{n // 3},{n},,Sat Feb 22 05:11:00 UTC 2025,U {n // 3},a{n // 3}@x.edu,\n" for n in range(36)]
    write(past / "turkle.csv", head + "".join(rows))
    assert _said(home, past) == {"turkle.csv": "of people who did not log in: nobody to remember"}
    assert read_archive(home).empty


@pytest.mark.usefixtures("counted")
def test_what_the_version_before_called_ok_is_neutral(home: Home, past: Path) -> None:
    write(past / "a.csv", batch(range(12)))
    import_batches(home, past)
    archive = read_archive(home)
    write_table(Store.of(home).archive, archive.assign(suggested="ok"))
    (home.projects / "one").mkdir()
    (home.projects / "one" / "project.yaml").write_text("id: one\n")
    numbers = {"judged": [9.0, 9.0], "judged_right": [8.0, 1.0], "judged_weight": [9.0, 9.0]}
    workers = pd.DataFrame({"worker": ["mturk::A", "mturk::B"], "standing": ["ok", "exclude"], **numbers})
    write_table(table_path(home.tables, "w", "p", "workers", "one"), workers)
    snapshot = take_snapshot(home)
    assert snapshot is not None
    by_worker = with_names(snapshot, home).groupby("worker")["suggested"].agg(set)
    assert by_worker[["mturk::A", "mturk::B"]].tolist() == [{"neutral"}, {"exclude"}]
    assert set(by_worker.drop("mturk::B").explode()) == {"neutral"}


def test_a_batch_of_several_items_a_hit_counts_by_assignment_also_where_its_slots_are_prose(
    home: Home, past: Path, counted: None
) -> None:
    past.mkdir()
    moods = [slots(**{f"word{h}{n}": "good" for n in range(5)}) for h in range(4)]
    slot_batch(past / "moods.csv", *moods, mark="1")
    tales = [
        slots(**{f"tale{h}{n}": f"It was {h} o'clock, {n} past/Long ago {n}/Once {n} {h}" for n in range(5)})
        for h in range(4)
    ]
    slot_batch(past / "tales.csv", *[t | {"Answer.sure": "yes/no/yes"} for t in tales], mark="2")
    assert set(_said(home, past).values()) == {"new"}
    assert set(_assignments(home).values()) == {8}


@pytest.mark.usefixtures("counted")
def test_a_batch_that_an_earlier_version_judged_is_judged_anew(home: Home, past: Path) -> None:
    write(past / "a.csv", batch(range(12)))
    _said(home, past)
    fresh = read_archive(home)
    old = fresh.assign(given=60.0, right=1.0, suggested="exclude", evidence="about 1 of 60 values are right")
    write_table(Store.of(home).archive, old.drop(columns="weight"))
    memory = refresh(home).memory
    assert memory["given"].sum() == 0
    assert set(memory["suggested"]) == {"neutral"}
    assert memory["assignments"].tolist() == [12, 12, 12]
    assert _said(home, past) == {"a.csv": "judged anew"}
    pd.testing.assert_frame_equal(read_archive(home), fresh)
    assert _said(home, past) == {"a.csv": "known already"}
