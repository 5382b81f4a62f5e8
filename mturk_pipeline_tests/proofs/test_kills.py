"""Kill -9 of everything at random moments: no file damaged, and the project finishes by itself.

Slow (about 25 s a kill); run by hand: `make test-slow ARGS="-k kill -s"`; MTURK_KILLS says how many (50).
"""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import is_held
from mturk_pipeline.folders.project_folders import find_projects
from mturk_pipeline.folders.tables import read_table
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflows

EXAMPLE = Path(__file__).parents[2] / "data" / "example"
KILLS = int(os.environ.get("MTURK_KILLS", "50"))
SEED = int(os.environ.get("MTURK_SEED", "1"))
PATIENCE = 300.0


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_killed_at_random_moments_the_project_finishes_by_itself(tmp_path: Path) -> None:
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    environment = {
        **os.environ,
        "MTURK_PROJECTS_DIR": str(home.projects),
        "MTURK_WORKFLOWS_DIR": str(home.workflows),
        "DAGSTER_HOME": str(home.dagster),
    }
    project = home.projects / "example"
    subprocess.run(_command("init", "example"), env=environment, check=True, stdout=subprocess.DEVNULL)
    chance = random.Random(SEED)
    running = 0
    for kill in range(KILLS):
        _drop(project, kill)
        _start(environment, tmp_path)
        # Loading takes some seconds; most kills are to meet runs under way.
        time.sleep(chance.uniform(8, 30))
        running += _kill_everything(home.dagster)
    _drop(project, KILLS)
    _start(environment, tmp_path)
    try:
        _wait_for_rest(environment)
    finally:
        _kill_everything(home.dagster)
    print(f"\n{KILLS} kills, {running} of them met a run under way")
    _nothing_is_damaged(home, project)
    _is_what_an_undisturbed_project_gives(home, project, tmp_path / "undisturbed")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_runs_by_hand_killed_in_the_middle_are_finished_by_the_next(tmp_path: Path) -> None:
    """Kills that all meet a run: the process is killed while it holds its project's lock."""
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    environment = {**os.environ, "MTURK_PROJECTS_DIR": str(home.projects), "DAGSTER_HOME": str(home.dagster)}
    environment["MTURK_WORKFLOWS_DIR"] = str(home.workflows)
    project = home.projects / "example"
    subprocess.run(_command("init", "example"), env=environment, check=True, stdout=subprocess.DEVNULL)
    chance = random.Random(SEED)
    met = 0
    for kill in range(KILLS):
        _drop(project, kill)
        process = subprocess.Popen(_command("run", "example", "--force"), env=environment, stdout=subprocess.DEVNULL)
        lock = FileLock(home.locks / "projects" / "example.lock")
        while not is_held(lock) and process.poll() is None:
            time.sleep(0.02)
        time.sleep(chance.uniform(0, 6))
        met += process.poll() is None
        process.kill()
        process.wait()
    subprocess.run(_command("run", "example"), env=environment, check=True, stdout=subprocess.DEVNULL)
    print(f"\n{KILLS} kills, {met} of them met a run under way")
    _nothing_is_damaged(home, project)
    _is_what_an_undisturbed_project_gives(home, project, tmp_path / "undisturbed")


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "mturk_pipeline.cli.main", *words]


def _drop(project: Path, kill: int) -> None:
    """All files of the example; the leads batch has one more row each time, so that there is always something to do."""
    for folder in sorted(p for p in EXAMPLE.iterdir() if p.is_dir() and p.name[0].isdigit()):
        for file in folder.iterdir():
            target = project / folder.name / file.name
            if not target.exists():
                shutil.copyfile(file, target)
    for name in ("2_mOut_dirs/Batch_4817203_batch_results.csv", "8_mOut_leads/Batch_4821733_batch_results.csv"):
        lines = (EXAMPLE / name).read_bytes().splitlines(keepends=True)
        (project / name).write_bytes(b"".join(lines) + b"\r\n" * (kill + 1))


def _start(environment: dict[str, str], folder: Path) -> None:
    with (folder / "log.txt").open("ab") as log:
        command = _command("dev", "--port", str(_free_port()))
        subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _kill_everything(dagster_home: Path) -> bool:
    """Kill -9 each process of this home, all at once; returns whether a run was under way."""
    mine = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("DAGSTER_HOME") == str(dagster_home):
                mine.append(process)
        except psutil.Error:
            continue
    under_way = any(is_held(FileLock(lock)) for lock in (dagster_home / "locks" / "runs").glob("*.lock"))
    for process in mine:
        try:
            process.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(mine, timeout=20)
    return under_way


def _wait_for_rest(environment: dict[str, str]) -> None:
    import json

    deadline = time.monotonic() + PATIENCE
    states: list[str] = []
    while time.monotonic() < deadline:
        said = subprocess.run(_command("status", "--json"), env=environment, capture_output=True, text=True, check=True)
        states = [phase["state"] for phase in json.loads(said.stdout)["phases"]]
        if states and set(states) == {"up to date"}:
            return
        time.sleep(5)
    pytest.fail(f"the project did not finish by itself: {states}")


def _nothing_is_damaged(home: Home, project: Path) -> None:
    from openpyxl import load_workbook

    for table in home.tables.rglob("*.parquet"):
        read_table(table)
    for book in project.rglob("*.xlsx"):
        load_workbook(book, read_only=True).close()
    assert not list(project.rglob("*.kept-*")), "the pipeline took a file of its own for a person's"
    for folder in EXAMPLE.iterdir():
        if folder.is_dir() and folder.name.startswith(("1_", "4_", "5_")):
            for file in folder.iterdir():
                assert (project / folder.name / file.name).read_bytes() == file.read_bytes()


def _is_what_an_undisturbed_project_gives(home: Home, project: Path, folder: Path) -> None:
    """The same files in a new home, run once by the command line, give the same reviewed rows and leads."""
    import pandas as pd

    other = Home(folder / "projects", folder / "workflows", folder / "dagster")
    shutil.copytree(project, other.projects / "example", ignore=shutil.ignore_patterns("_*", ".*", "3_*", "6_*", "9_*"))
    environment = {**os.environ, "MTURK_PROJECTS_DIR": str(other.projects), "DAGSTER_HOME": str(other.dagster)}
    environment["MTURK_WORKFLOWS_DIR"] = str(other.workflows)
    # With the same key, workers have the same surrogates.
    key = Store.of(other).key
    key.parent.mkdir(parents=True)
    shutil.copyfile(Store.of(home).key, key)
    subprocess.run(_command("init", "example"), env=environment, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(_command("run", "example"), env=environment, check=True, stdout=subprocess.DEVNULL)
    workflows, _ = load_workflows([SHIPPED_DIR])
    project_id = find_projects(home.projects, workflows).named("example").id
    for name in ("dirs/reviewed", "clubs/reviewed", "leads/reviewed", "leads/workers", "all_leads"):
        pd.testing.assert_frame_equal(
            read_table(home.tables / "lead_gathering" / name / f"{project_id}.parquet"),
            read_table(other.tables / "lead_gathering" / name / f"{project_id}.parquet"),
            obj=name,
        )
