"""Runs under load, watched all the time by their own home and by another: none that lives is declared dead.

The long form is slow and run by hand: `make test-slow ARGS="-k living -s"`; MTURK_RUNS says how many runs (200).
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster as dg
import pytest

from mturk_pipeline.cli.main import main
from mturk_pipeline.folders.home import Home
from mturk_pipeline.orchestration import abandoned_runs
from mturk_pipeline.orchestration.abandoned_runs import Evidence, RunWatch
from mturk_pipeline_tests.orchestration import small_runs

RUNS = int(os.environ.get("MTURK_RUNS", "200"))
BURN = "while True: pass"


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Home, Home]:
    """Two homes on one projects folder and one run history, the first one's own."""
    (tmp_path / "projects").mkdir()
    first, second = (Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / name) for name in ("a", "b"))
    for home in (first, second):
        home.dagster.mkdir()
    history = json.dumps({"sqlite": {"base_dir": str(first.dagster)}})
    quiet = "telemetry: {enabled: false}\n"
    (first.dagster / "dagster.yaml").write_text(quiet)
    (second.dagster / "dagster.yaml").write_text(f"{quiet}storage: {history}\n")
    return first, second


@contextmanager
def _process(home: Home, *words: object) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "DAGSTER_HOME": str(home.dagster), "MTURK_PROJECTS_DIR": str(home.projects)}
    environment["MTURK_WORKFLOWS_DIR"] = str(home.workflows)
    command = [sys.executable, *map(str, words)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _watch_runs(homes: tuple[Home, Home], workers: int, each: int, burners: int) -> None:
    """Runs of several processes at once, half of them of each home; both homes look without a pause."""
    watches = [(home, RunWatch(), dg.DagsterInstance.from_config(str(home.dagster))) for home in homes]
    ended: list[str] = []
    looks = 0
    with ExitStack() as stack:
        for _ in range(burners):
            stack.enter_context(_process(homes[0], "-c", BURN))
        processes = [
            stack.enter_context(_process(homes[n % 2], small_runs.__file__, each, 0.02, f"p{n}"))
            for n in range(workers)
        ]
        while any(process.poll() is None for process in processes):
            for home, watch, instance in watches:
                ended += watch.end_dead_runs(instance, home)
                looks += 1
        assert [process.returncode for process in processes] == [0] * workers
    for home, watch, instance in watches * 2:
        ended += watch.end_dead_runs(instance, home)
    instance = watches[0][2]
    runs = instance.get_runs()
    statuses = [run.status.value for run in runs]
    reported = [r.run_id for r in runs if instance.all_logs(r.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)]
    print(f"\n{len(runs)} runs, {looks} looks: {len(ended)} ended, {len(reported)} reported as failed")
    assert statuses == ["SUCCESS"] * (workers * each)
    assert ended == reported == []


@pytest.fixture
def rash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two looks right after each other are enough: every gap there is gets looked into."""
    monkeypatch.setattr(
        abandoned_runs, "_SECONDS", {**dict.fromkeys(abandoned_runs._SECONDS, 0.0), Evidence.NO_TRACE: 180.0}
    )


@pytest.mark.usefixtures("rash")
def test_living_runs_of_two_homes_all_succeed(homes: tuple[Home, Home]) -> None:
    _watch_runs(homes, workers=2, each=4, burners=0)


@pytest.mark.slow
@pytest.mark.usefixtures("rash")
def test_many_living_runs_under_load_all_succeed(homes: tuple[Home, Home]) -> None:
    _watch_runs(homes, workers=5, each=RUNS // 5, burners=4)


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in a home; returns its exit code and what it wrote. Questions are answered with no."""

    def call(home: Home, *words: str) -> tuple[int, str]:
        for variable, folder in (("DAGSTER_HOME", home.dagster), ("MTURK_PROJECTS_DIR", home.projects)):
            monkeypatch.setenv(variable, str(folder))
        monkeypatch.setenv("MTURK_WORKFLOWS_DIR", str(home.workflows))
        monkeypatch.setattr(sys, "argv", ["mturk-pipeline", *words])
        monkeypatch.setattr("typer.confirm", lambda text: False)
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out + err

    return call


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_a_killed_run_is_ended_by_its_home_within_seconds_and_by_no_other(homes: tuple[Home, Home]) -> None:
    first, second = homes
    instance = dg.DagsterInstance.from_config(str(first.dagster))
    watches = {home: RunWatch() for home in homes}
    with _process(first, small_runs.__file__, 1, 600, "p") as process:
        assert process.stdout
        run_id = process.stdout.readline().strip()
        for home in homes:
            assert watches[home].end_dead_runs(instance, home) == []
        process.kill()
        process.wait()
        killed = time.monotonic()
        while not watches[first].end_dead_runs(instance, first):
            assert watches[second].end_dead_runs(instance, second) == []
            assert time.monotonic() - killed < 30
            time.sleep(0.2)
    run = instance.get_run_by_id(run_id)
    assert run
    assert run.status is dg.DagsterRunStatus.FAILURE


@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_a_person_ends_a_run_of_another_home_that_is_gone(homes: tuple[Home, Home], command: Command) -> None:
    first, second = homes
    instance = dg.DagsterInstance.from_config(str(first.dagster))
    with _process(first, small_runs.__file__, 1, 600, "p") as process:
        assert process.stdout
        run_id = process.stdout.readline().strip()
        _, listed = command(second, "status", "--json")
        [named] = json.loads(listed)["runs_elsewhere"]
        assert (named["run_id"], named["home"], named["end_with"]) == (
            run_id,
            first.id,
            f"mturk-pipeline end-run {run_id}",
        )
        assert json.loads(command(first, "status", "--json")[1])["runs_elsewhere"] == []
        for home in homes:
            code, line = command(home, "end-run", run_id, "--yes")
            assert (code, line.count("\n")) == (1, 1)
            assert f"is alive on this computer (process {process.pid})" in line
        process.kill()
        process.wait()
    assert f"end-run {run_id}" in command(second, "status")[1]
    code, line = command(second, "end-run", run_id)
    assert code == 1
    assert line.endswith(f"{run_id}: nothing changed\n")
    code, line = command(second, "end-run", run_id[:8], "--yes")
    assert (code, line) == (0, f"{run_id}: ended; its project runs again\n")
    run = instance.get_run_by_id(run_id)
    assert run
    assert run.status is dg.DagsterRunStatus.FAILURE
    assert run_id not in command(second, "status")[1]
    code, line = command(second, "end-run", run_id)
    assert (code, line) == (0, f"{run_id}: has ended already (FAILURE); nothing changed\n")


@pytest.mark.parametrize("word", ["", " ", "0000", "no-such-run", "00000000-0000-0000-0000-000000000000"])
def test_a_run_that_is_not_there_is_one_line(homes: tuple[Home, Home], command: Command, word: str) -> None:
    code, line = command(homes[0], "end-run", word, "--yes")
    assert (code, line.count("\n")) == (1, 1)
    assert "no such run under way" in line
