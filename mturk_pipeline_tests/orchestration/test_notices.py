"""Who hears of waiting review and failed runs, how often, and what is never said."""

import json
import shlex
import shutil
import sys
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.orchestration import notices
from mturk_pipeline.orchestration.notices import COMMAND_VARIABLE, Notice, give, phase_of, waiting_notice
from mturk_pipeline.orchestration.run_identity import PHASE_TAG
from mturk_pipeline.orchestration.run_verdicts import BATCHES_TAG
from mturk_pipeline_tests.orchestration.conftest import WORKFLOWS, Installation


@pytest.fixture
def ears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command that notes what it is called with; the file holds one JSON per call."""
    heard = tmp_path / "heard.jsonl"
    script = tmp_path / "note it.py"
    script.write_text(
        "import json, sys\n"
        "told = json.load(sys.stdin)\n"
        "open(sys.argv[1], 'a').write(json.dumps({'line': sys.argv[-1], 'told': told}) + '\\n')\n"
    )
    monkeypatch.setenv(COMMAND_VARIABLE, shlex.join([sys.executable, str(script), str(heard)]))
    return heard


@pytest.fixture
def listen(installation: Installation):
    """Ticks of a run-status sensor until nothing is left, its cursor kept; gives the lines of the log so far."""
    cursors: dict[str, str | None] = {}

    def _listen() -> list[str]:
        for name in ("review_waiting", "run_failed"):
            sensor = installation.repository.get_sensor_def(name)
            for _ in range(10):
                context = dg.build_sensor_context(
                    instance=installation.instance,
                    cursor=cursors.get(name),
                    repository_def=installation.repository,
                    sensor_name=name,
                )
                sensor.evaluate_tick(context)
                if context.cursor == cursors.get(name):
                    break
                cursors[name] = context.cursor
        return _log(installation.home)

    _listen()  # A new sensor begins with what comes.
    return _listen


def _log(home: Home) -> list[str]:
    file = home.dagster / "notices.log"
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _run(installation: Installation, project, assignments: int | None, *, waits: int = 5) -> str:
    """Record a successful run as a real one leaves it, which counted so many assignments; None: it read none anew."""
    key = dg.AssetKey(["lead_gathering", "dirs", "raw_output"])
    run = installation.instance.create_run_for_job(
        installation.repository.get_job("lead_gathering__dirs"), tags=_tags(project)
    )
    if assignments is not None:
        made = dg.AssetMaterialization(key, partition=project.id, metadata={"dagster/row_count": assignments})
        installation.instance.report_runless_asset_event(made)
    kinds = ["waiting"] * waits
    queue = pd.DataFrame({"item_id": [str(n) for n in range(waits)], "kind": pd.Series(kinds, dtype="str")})
    write_table(table_path(installation.home.tables, "lead_gathering", "dirs", "review_queue", project.id), queue)
    _report(installation, run, "PIPELINE_START")
    _report(installation, run, "PIPELINE_SUCCESS")
    return run.run_id


def _report(installation: Installation, run: dg.DagsterRun, event: str) -> None:
    installation.instance.report_dagster_event(dg.DagsterEvent(event, run.job_name), run.run_id)


def _tags(project) -> dict[str, str]:
    return {PHASE_TAG: "lead_gathering/dirs", "dagster/partition": project.id, "project": project.name}


def _fail(installation: Installation, tags: dict[str, str], error: Exception) -> str:
    """A run whose only step raises."""

    @dg.op
    def step() -> None:
        raise error

    @dg.job
    def phase() -> None:
        step()

    return phase.execute_in_process(instance=installation.instance, raise_on_error=False, tags=tags).run_id


def test_new_answers_are_told_once_to_the_log_and_to_the_command(
    installation: Installation, ears: Path, listen
) -> None:
    project = installation.project(phases=())
    run_id = _run(installation, project, 30)
    [line] = listen()
    assert line.endswith("example dirs: review is waiting: 5 rows in 3_notebookProcessed_dirs/review_dirs.xlsx")
    assert listen() == [line]
    [heard] = [json.loads(text) for text in ears.read_text().splitlines()]
    assert heard["line"] == heard["told"]["line"] == line
    assert {k: v for k, v in heard["told"].items() if k not in ("line", "at", "text")} == {
        "kind": "review_waiting",
        "project": "example",
        "phase": "dirs",
        "rows": 5,
        "file": "3_notebookProcessed_dirs/review_dirs.xlsx",
        "run_id": run_id,
    }


def test_a_real_run_is_told_with_what_really_waits(finished: Installation) -> None:
    project = finished.named()
    for run in finished.instance.get_runs():
        place = phase_of(finished.home, WORKFLOWS, run)
        assert place is not None
        queue = finished.table(project, place.phase, "review_queue")
        notice = waiting_notice(finished.instance, place, run)
        assert (notice is not None) == (len(queue) > 0)
        if notice:
            assert notice.rows == len(queue)
            assert (project.path / str(notice.file)).is_file()


def test_only_more_answers_are_told_not_decisions_or_settings_or_an_empty_queue(
    installation: Installation, listen
) -> None:
    project = installation.project(phases=())
    told = []
    for assignments, waits in ((30, 5), (None, 4), (30, 6), (40, 6), (40, 7), (50, 0), (45, 3)):
        _run(installation, project, assignments, waits=waits)
        told.append(len(listen()))
    assert told == [1, 1, 1, 2, 2, 2, 2]


def test_several_runs_between_two_ticks_are_each_judged_by_the_one_before(installation: Installation, listen) -> None:
    project, other = installation.project(phases=()), installation.project("other", phases=())
    for assignments in (30, 30, 60):
        _run(installation, project, assignments)
        _run(installation, other, 30)
    assert [line.split()[1] for line in listen()] == ["example", "other", "example"]


def test_answers_that_a_failed_run_took_in_are_told_once_they_wait(installation: Installation, listen) -> None:
    project = installation.project(phases=())
    _run(installation, project, 30)
    raw = dg.AssetKey(["lead_gathering", "dirs", "raw_output"])
    installation.instance.report_runless_asset_event(
        dg.AssetMaterialization(raw, partition=project.id, metadata={"dagster/row_count": 60})
    )
    failed = _fail(installation, _tags(project), PermissionError(13, "Permission denied", "3_x/review_dirs.xlsx"))
    _, line = listen()
    problem = "step: [Errno 13] Permission denied: '3_x/review_dirs.xlsx'"
    assert line.endswith(f"example dirs: the run failed: {problem} (run {failed})")
    _run(installation, project, 60)
    assert "review is waiting" in listen()[-1]
    assert len(listen()) == 3


def test_own_words_are_told_and_of_other_errors_only_the_name(installation: Installation, listen) -> None:
    project = installation.project(phases=())
    _fail(installation, _tags(project), dg.Failure("spring: no usable column; see inspect\nmore", allow_retries=False))
    _fail(installation, {**_tags(project), BATCHES_TAG: "other"}, ValueError("cannot read anna@chess.example.edu"))
    first, second = listen()
    assert "the run failed: step: spring: no usable column; see inspect (run" in first
    assert "the run failed: step: ValueError; what it says is in the UI (run" in second


def test_another_try_on_the_same_files_is_not_told_again(installation: Installation, listen) -> None:
    project, other = installation.project(phases=()), installation.project("other", phases=())
    told = []
    for batches, about in (("a", project), ("a", project), ("a", other), ("b", project), ("a", project)):
        _fail(installation, {**_tags(about), BATCHES_TAG: batches}, OSError("no space"))
        told.append(len(listen()))
    _run(installation, project, 30)
    _fail(installation, {**_tags(project), BATCHES_TAG: "a"}, OSError("no space"))
    assert [*told, len(listen())] == [1, 1, 2, 3, 4, 6]


def test_a_failed_check_is_told_in_its_own_words(installation: Installation, listen) -> None:
    spec = dg.AssetCheckSpec("balance", asset="raw", blocking=True)

    @dg.asset(check_specs=[spec])
    def raw() -> dg.MaterializeResult:
        return dg.MaterializeResult(
            check_results=[dg.AssetCheckResult(passed=False, check_name="balance", description="2 rows are lost")]
        )

    tags = _tags(installation.project(phases=()))
    dg.materialize([raw], instance=installation.instance, raise_on_error=False, tags=tags, partition_key=None)
    [line] = listen()
    assert "the run failed: raw: 2 rows are lost (run" in line


def test_a_run_that_died_is_told(installation: Installation, listen) -> None:
    project = installation.project(phases=())
    run = installation.instance.create_run_for_job(
        installation.repository.get_job("lead_gathering__dirs"), tags=_tags(project)
    )
    installation.instance.report_run_failed(
        run, "The process of this run died before it ended; it runs again by itself."
    )
    assert "the run failed: The process of this run died" in listen()[0]


def test_runs_of_others_and_of_vanished_projects_say_nothing(installation: Installation, listen) -> None:
    project = installation.project(phases=())
    for tags in ({}, {PHASE_TAG: "unknown/dirs"}, {PHASE_TAG: "lead_gathering/unknown"}):
        _fail(installation, tags, OSError("not ours"))
    _run(installation, project, 30)
    shutil.rmtree(project.path)
    assert listen() == []


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("/nowhere/notify --now", "cannot be started (No such file or directory)"),
        ("notify 'unclosed", "cannot be read (No closing quotation)"),
        (shlex.join([sys.executable, "-c", "print('token'); raise SystemExit(7)"]), "failed with code 7"),
        (shlex.join([sys.executable, "-c", "import time; time.sleep(60)"]), "took longer than 0.5 seconds"),
    ],
)
def test_a_command_that_fails_is_a_line_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, problem: str
) -> None:
    home = Home(tmp_path, tmp_path, tmp_path)
    monkeypatch.setattr(notices, "COMMAND_SECONDS", 0.5)
    monkeypatch.setenv(COMMAND_VARIABLE, command)
    [said] = give(home, Notice("run_failed", "spring", "dirs", "the run failed"))
    assert problem in said
    first, second = _log(home)
    assert first.endswith("spring dirs: the run failed")
    assert problem in second
    assert "token" not in second


def test_a_log_that_cannot_be_written_does_not_keep_the_command_from_hearing(tmp_path: Path, ears: Path) -> None:
    (tmp_path / "notices.log").mkdir()
    [problem] = give(Home(tmp_path, tmp_path, tmp_path), Notice("run_failed", "spring", "dirs", "failed"))
    assert "notices.log could not be written" in problem
    assert len(ears.read_text().splitlines()) == 1


def test_a_large_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "LARGEST_LOG", 150)
    monkeypatch.delenv(COMMAND_VARIABLE, raising=False)
    home = Home(tmp_path, tmp_path, tmp_path)
    for n in range(5):
        assert give(home, Notice("run_failed", "spring", "dirs", f"number {n} {'x' * 60}")) == []
    before = (tmp_path / "notices.log.1").read_text().splitlines()
    assert [line.split()[4] for line in before + _log(home)] == ["2", "3", "4"]


def test_a_name_cannot_make_a_second_line_or_an_endless_one() -> None:
    notice = Notice("run_failed", "spr\ning\x00\u2028x\udc80", "dirs", "y" * 9999)
    assert len(notice.line) == notices.LONGEST_TEXT
    assert notice.line.isprintable()
    notice.line.encode()
    assert json.loads(notice.as_json())["line"] == notice.line
