"""Locks of projects and runs, and the id of a home."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import hold_project, hold_run, is_held, project_lock, release_run, run_lock
from mturk_pipeline.folders.project_folders import find_projects


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Home, Home]:
    """Two homes on one projects folder."""
    (tmp_path / "projects").mkdir()
    first, second = (Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / name) for name in ("a", "b"))
    return first, second


def test_a_lock_that_never_was_is_not_held(homes: tuple[Home, Home]) -> None:
    locks = homes[0].locks
    assert not is_held(run_lock(locks, "never"))
    lock = project_lock(locks, "odd name/with: things")
    with lock.acquire():
        assert is_held(project_lock(locks, "odd name/with: things"))
    assert not is_held(lock)


def test_homes_that_share_a_projects_folder_wait_for_each_other(homes: tuple[Home, Home]) -> None:
    first, second = homes
    with hold_project(first, "p", 0):
        with pytest.raises(Timeout), hold_project(second, "p", 0):
            pass
        with hold_project(second, "another", 0):
            pass
        # What the second home took before it had to give up is free again.
        assert not is_held(project_lock(second.locks, "p"))
    with hold_project(second, "p", 0):
        pass
    assert not find_projects(first.projects, {}).problems


def test_people_who_share_the_folder_share_its_locks(homes: tuple[Home, Home]) -> None:
    homes[0].projects.chmod(0o777)
    with hold_project(homes[0], "p", 0):
        assert homes[0].shared_locks.stat().st_mode & 0o777 == 0o777
        assert (homes[0].shared_locks / "p.lock").stat().st_mode & 0o666 == 0o666


def test_an_unmounted_drive_gets_no_folder_and_a_drive_without_locks_stops_nothing(homes: tuple[Home, Home]) -> None:
    first, second = homes
    (first.projects / ".mturk_pipeline").write_text("a file where a folder is wanted")
    with hold_project(first, "p", 0):
        assert is_held(project_lock(first.locks, "p"))
    shutil.rmtree(first.projects)
    with hold_project(second, "p", 0):
        assert not first.projects.exists()


def test_a_fault_inside_is_not_taken_for_one_of_the_lock(homes: tuple[Home, Home]) -> None:
    with pytest.raises(OSError, match="of the work"), hold_project(homes[0], "p", 0):
        raise OSError("of the work")
    assert not is_held(project_lock(homes[0].locks, "p"))
    assert not is_held(FileLock(homes[0].shared_locks / "p.lock"))


def test_a_run_is_held_until_it_is_released(homes: tuple[Home, Home]) -> None:
    locks = homes[0].locks
    hold_run(locks, "r", 0)
    hold_run(locks, "r", 0)
    assert is_held(run_lock(locks, "r"))
    release_run("r")
    assert not Path(run_lock(locks, "r").lock_file).exists()
    release_run("r")


def test_the_id_of_a_home_is_made_once_and_goes_with_its_folder(homes: tuple[Home, Home]) -> None:
    first, second = homes
    ids = {first.id, first.id, second.id}
    assert len(ids) == 2
    shutil.move(first.dagster, first.dagster.with_name("moved"))
    assert Home(first.projects, first.workflows, first.dagster.with_name("moved")).id in ids - {second.id}


def test_many_who_ask_at_once_hear_one_id(homes: tuple[Home, Home]) -> None:
    code = "from mturk_pipeline.folders.home import Home; print(Home.from_environment().id)"
    environment = {**os.environ, "DAGSTER_HOME": str(homes[0].dagster)}

    def ask(_: int) -> str:
        words = [sys.executable, "-c", code]
        return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {f"{homes[0].id}\n"}


@pytest.mark.parametrize("damage", [b"", b"\x00" * 13, b"\xff\xfe", b"12345"])
def test_a_damaged_id_is_made_anew(homes: tuple[Home, Home], damage: bytes) -> None:
    homes[0].dagster.mkdir()
    (homes[0].dagster / "home_id").write_bytes(damage)
    assert len(homes[0].id) == 12
    assert homes[0].id == homes[0].id
