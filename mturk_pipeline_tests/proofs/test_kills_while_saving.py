"""Kill -9 at random moments of runs while a person saves reviewed files: no file damaged, no decision lost.

Slow (some seconds a kill); run by hand: `make test-slow ARGS="-k saving -s"`; MTURK_KILLS says how many (200).
Runs are forked from a server that has everything loaded, so that kills meet work and not the start.
"""

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from filelock import FileLock

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import is_held
from mturk_pipeline.folders.project_folders import find_projects
from mturk_pipeline.folders.tables import read_table
from mturk_pipeline.review.kept_files import kept_file, kept_sheets
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflows
from mturk_pipeline_tests.proofs.saving_person import PHASES, Person
from mturk_pipeline_tests.proofs.test_kills import _command, _drop, _nothing_is_damaged

KILLS = int(os.environ.get("MTURK_KILLS", "200"))
SEED = int(os.environ.get("MTURK_SEED", "1"))
LOADED = ["mturk_pipeline.definitions", "mturk_pipeline.cli.running", "mturk_pipeline.contracts.review", "openpyxl"]


def run_forked(environment: dict[str, str], words: list[str]) -> None:
    """`mturk-pipeline WORDS` in a process group of its own."""
    os.setsid()
    os.environ.update(environment)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    sys.argv = ["mturk-pipeline", *words]
    from mturk_pipeline.cli.main import main

    main()


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_killed_while_a_person_saves_no_decision_is_lost(tmp_path: Path) -> None:
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    environment = {**os.environ, "MTURK_PROJECTS_DIR": str(home.projects), "DAGSTER_HOME": str(home.dagster)}
    environment["MTURK_WORKFLOWS_DIR"] = str(home.workflows)
    project = home.projects / "example"
    subprocess.run(_command("init", "example"), env=environment, check=True, stdout=subprocess.DEVNULL)
    _drop(project, 0)
    subprocess.run(_command("run", "example"), env=environment, check=True, stdout=subprocess.DEVNULL)
    chance = random.Random(SEED)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    person = Person(project, random.Random(SEED))
    person.start()
    met, longest = 0, 0.0
    for kill in range(KILLS):
        # One phase or all, what is due or everything; the first run may end, to know how long one takes.
        words = ["run", "example", *(["--force"] if kill == 0 or chance.random() < 0.5 else [])]
        words += ["--phase", chance.choice(list(PHASES))] if kill == 0 or chance.random() < 0.8 else []
        process = context.Process(target=run_forked, args=(environment, words))
        process.start()
        begun = _wait_for_work(home, process)
        process.join(chance.uniform(0, longest) if kill else None)
        if process.is_alive():
            met += is_held(FileLock(home.locks / "projects" / "example.lock"))
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
        else:
            assert process.exitcode == 0, f"run {kill} failed"
            longest = max(longest, time.monotonic() - begun)
        with person.lock:
            _is_whole(home, project, person)
    person.stop()
    print(f"\n{KILLS} runs, {met} of them killed at work; {person.saves} files saved; {_told(person)}")
    subprocess.run(_command("run", "example"), env=environment, check=True, stdout=subprocess.DEVNULL)
    _is_whole(home, project, person)
    _nothing_is_damaged(home, project)
    _every_decision_counts(home, person)


def _wait_for_work(home: Home, process) -> float:
    lock = FileLock(home.locks / "projects" / "example.lock")
    while not is_held(lock) and process.is_alive():
        time.sleep(0.01)
    return time.monotonic()


def _is_whole(home: Home, project: Path, person: Person) -> None:
    """What a kill left behind: each file of ours is the old or the new one; people's files are as they were saved."""
    for table in home.tables.rglob("*.parquet"):
        read_table(table)
    for book in project.rglob("_*.xlsx"):
        assert zipfile.ZipFile(book).testzip() is None
    json.loads((project / ".mturk_pipeline" / "written.json").read_text())
    for phase, (processed, _, _) in PHASES.items():
        assert zipfile.ZipFile(project / processed / f"review_{phase}.xlsx").testzip() is None
        kept = project / ".mturk_pipeline" / "review" / phase
        entries = json.loads((kept / "journal.json").read_text())
        assert [e["number"] for e in entries] == sorted({e["number"] for e in entries})
        for entry in entries:
            if entry["kind"] == "file":
                assert kept_sheets(kept_file(kept, entry["id"]), lambda names: "decision" in names)
        read_table(kept / "exports.parquet")
    for path, content in person.contents.items():
        assert path.read_bytes() == content, f"{path.name} is not as it was saved"


def _told(person: Person) -> str:
    told = [person.expected(phase) for phase in PHASES]
    disputed = sum(status == "" for each in told for status, _ in each.values())
    return f"{sum(map(len, told))} items decided, {disputed} of them disputed"


def _every_decision_counts(home: Home, person: Person) -> None:
    workflows, _ = load_workflows([SHIPPED_DIR])
    project_id = find_projects(home.projects, workflows).named("example").id
    for phase, (_, _, link) in PHASES.items():
        reviewed = read_table(home.tables / "lead_gathering" / phase / "reviewed" / f"{project_id}.parquet")
        rows = reviewed.set_index("item_id")
        for item, (status, url) in person.expected(phase).items():
            row = rows.loc[item]
            if status == "":
                assert (row["status"], row["look_again"][:15]) == ("undecided", "people disagree"), (phase, item)
            else:
                assert row["status"] == status, (phase, item)
                assert status != "fixed" or row[link] == url, (phase, item)
