"""The snapshot of what workers did: others' contributions only, and no harm from what is damaged or gone."""

import shutil
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import read_table, table_path, write_table
from mturk_pipeline.orchestration.worker_history import (
    read_history,
    worker_history_asset,
    worker_memory_asset,
)
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline.workers.identities import with_names
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.refreshing import refresh, take_snapshot


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "p", tmp_path / "w", tmp_path / "d")
    for project, right in (("one", 3.0), ("two", 5.0)):
        judged = {"judged": [6.0, 0.0], "judged_right": [right, 0.0], "judged_weight": [6.0, 0.0]}
        table = pd.DataFrame({"worker": ["mturk::W", "mturk::X"], **judged})
        write_table(table_path(home.tables, "gathering", "leads", "workers", project), table)
        (home.projects / f"folder of {project}").mkdir(parents=True)
        (home.projects / f"folder of {project}" / "project.yaml").write_text(f"# who\nid: {project}\nworkflow: w\n")
    return home


def _read(home: Home, project: str) -> list[list[object]]:
    history = with_names(read_history(home, project)[0], home)
    history = history[history["given"] > 0]
    return history[["project_id", "phase", "worker", "right", "given"]].to_numpy().tolist()


def test_a_project_reads_what_others_did(home: Home) -> None:
    assert read_history(home, "one")[1] == "none yet"
    damaged = table_path(home.tables, "gathering", "dirs", "workers", "two")
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"no table")
    take_snapshot(home)
    assert _read(home, "one") == [["two", "leads", "mturk::W", 5.0, 6.0]]
    snapshot = read_history(home, "one")[1]
    take_snapshot(home)
    assert read_history(home, "one")[1] == snapshot
    Store.of(home).contributions.write_bytes(b"no table")
    assert read_history(home, "one")[0].empty


def test_a_project_whose_folder_is_gone_stays_not_in_the_snapshot(home: Home) -> None:
    take_snapshot(home)
    shutil.rmtree(home.projects / "folder of two")
    take_snapshot(home)
    assert _read(home, "one") == []
    assert _read(home, "two") == [["one", "leads", "mturk::W", 3.0, 6.0]]


def test_an_unmounted_drive_changes_nothing(home: Home) -> None:
    take_snapshot(home)
    aside = home.projects.rename(home.projects.with_name("elsewhere"))
    assert take_snapshot(home) is None
    home.projects.mkdir()
    assert take_snapshot(home) is None
    assert _read(home, "one") == [["two", "leads", "mturk::W", 5.0, 6.0]]
    home.projects.rmdir()
    aside.rename(home.projects)
    assert take_snapshot(home) is not None


def test_the_assets_write_the_files_and_say_what_is_wrong(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    monkeypatch.setenv("MTURK_PROJECTS_DIR", str(home.projects))
    (home.projects / "workers.csv").write_text("worker,standing\nW,blacklisted\nNOBODY,watch\nX,odd\n")
    with dg.DagsterInstance.ephemeral() as instance:
        assets = [worker_history_asset(), worker_memory_asset()]
        result = dg.materialize(assets, instance=instance, resources={"workspace": Workspace()})
    checks = {c.check_name: c for c in result.get_asset_check_evaluations()}
    assert checks["schema"].passed
    assert not checks["workers_file_understood"].passed
    said = checks["workers_file_understood"].description or ""
    assert "row 4: standing is not one of" in said
    assert "(rows 3)" in said
    assert "NOBODY" not in said
    assert (home.projects / "_workers.xlsx").is_file()
    assert (home.projects / "_excluded_workers.csv").read_text().splitlines() == [
        "WorkerId,platform,server,why",
        "W,mturk,,blacklisted",
    ]


@pytest.mark.parametrize("left", [".Trash", "lost+found", "_workers.xlsx", "notes.txt"])
def test_a_drive_whose_mount_point_holds_something_changes_nothing_either(home: Home, left: str) -> None:
    take_snapshot(home)
    home.projects.rename(home.projects.with_name("elsewhere"))
    home.projects.mkdir()
    (home.projects / left).mkdir()
    assert take_snapshot(home) is None
    assert _read(home, "one") == [["two", "leads", "mturk::W", 5.0, 6.0]]


@pytest.mark.parametrize("gone", ["link", "mount point"])
def test_a_project_on_a_drive_of_its_own_that_is_not_mounted_goes_on_counting(home: Home, gone: str) -> None:
    take_snapshot(home)
    folder = home.projects / "folder of two"
    shutil.rmtree(folder)
    if gone == "link":
        folder.symlink_to("nowhere")
    else:
        folder.mkdir()
    found = refresh(home)
    assert (found.reachable, found.unseen) == (True, ("folder of two",))
    assert _read(home, "one") == [["two", "leads", "mturk::W", 5.0, 6.0]]
    for path in home.tables.rglob("workers/two.parquet"):
        path.unlink()  # as `remove` does
    refresh(home)
    assert _read(home, "one") == []


def test_what_you_said_of_workers_stays_in_the_memory_while_the_drive_is_away(home: Home) -> None:
    (home.projects / "workers.csv").write_text("worker,standing\nW,blacklisted\nNOBODY,watch\n")
    before = refresh(home).memory
    assert set(before["standing"]) == {"blacklisted", "watch", "neutral"}
    home.projects.rename(home.projects.with_name("elsewhere"))
    Store.of(home).contributions.write_bytes(b"no table")
    found = refresh(home)
    assert not found.reachable
    pd.testing.assert_frame_equal(found.memory, before)
    pd.testing.assert_frame_equal(read_table(Store.of(home).memory), before)
    assert len(found.excluded) == 1
