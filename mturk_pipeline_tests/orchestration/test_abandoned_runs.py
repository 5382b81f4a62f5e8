"""A killed run frees its project; a living one, and one of another home, is left alone."""

import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from mturk_pipeline.folders.locks import hold_run, is_held, release_run, run_lock
from mturk_pipeline.folders.processes import ProcessIdentity
from mturk_pipeline.orchestration import abandoned_runs
from mturk_pipeline.orchestration.abandoned_runs import RunWatch
from mturk_pipeline.orchestration.run_identity import HOME_TAG, PHASE_TAG, PROCESS_TAG, identity_tags
from mturk_pipeline.orchestration.run_verdicts import ABANDONED_TAG
from mturk_pipeline.orchestration.runs_elsewhere import runs_elsewhere
from mturk_pipeline_tests.orchestration.conftest import Installation
from mturk_pipeline_tests.orchestration.small_runs import run_small_job

HOURS = 10_000.0
BEGUN = ("NOT_STARTED", "STARTING", "STARTED", "CANCELING")


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(abandoned_runs, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


@pytest.fixture
def look(installation: Installation, clock: Clock) -> Callable[..., list[str]]:
    """Look some seconds after the last look; returns the runs that this ended."""
    watch = RunWatch()

    def _look(seconds: float = 0.0) -> list[str]:
        clock.now += seconds
        return watch.end_dead_runs(installation.instance, installation.home)

    return _look


@cache
def _dead_process() -> str:
    code = "from mturk_pipeline.folders.processes import ProcessIdentity as P; print(P.of_this_process())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def _run(installation: Installation, status: str = "STARTED", process: str | None = None, **tags: str) -> dg.DagsterRun:
    job = installation.repository.get_job("lead_gathering__dirs")
    phase = {PHASE_TAG: "lead_gathering/dirs", "dagster/partition": "p"}
    run = installation.instance.create_run_for_job(
        job, status=dg.DagsterRunStatus[status], tags={**phase, **tags}, remote_job_origin=_origin("mturk_pipeline")
    )
    if process:
        installation.instance.add_run_tags(
            run.run_id, {HOME_TAG: installation.home.id, PROCESS_TAG: f"{run.run_id} {process}"}
        )
    return run


def _origin(location: str) -> RemoteJobOrigin:
    """Where the UI and the sensors launch a run from."""
    origin = RegisteredCodeLocationOrigin(location)
    return RemoteJobOrigin(RemoteRepositoryOrigin(origin, "__repository__"), "lead_gathering__dirs")


def _status(installation: Installation, run_id: str) -> dg.DagsterRunStatus:
    run = installation.instance.get_run_by_id(run_id)
    assert run
    return run.status


@pytest.mark.parametrize("status", BEGUN)
def test_a_run_whose_process_is_gone_is_failed_at_the_second_look(
    installation: Installation, look, status: str
) -> None:
    run = _run(installation, status, _dead_process())
    assert look() == look(1.0) == []
    assert look(1.5) == [run.run_id]
    after = installation.instance.get_run_by_id(run.run_id)
    assert after
    assert after.status is dg.DagsterRunStatus.FAILURE
    assert after.tags[ABANDONED_TAG] == "true"
    assert look(HOURS) == []


def test_one_look_ends_nothing_however_late_it_comes(installation: Installation, look) -> None:
    _run(installation, process=_dead_process())
    assert look(HOURS) == []


@pytest.mark.parametrize("status", BEGUN)
def test_a_free_lock_ends_no_run_whose_process_is_alive(installation: Installation, look, status: str) -> None:
    """The gap between a lock that is free and a success that is not stored yet, for as long as it may be."""
    run = _run(installation, status)
    installation.instance.add_run_tags(run.run_id, identity_tags(installation.home, run.run_id))
    assert look() == look(HOURS) == look(HOURS) == []


def test_a_held_lock_keeps_a_run_whose_process_cannot_be_told(installation: Installation, look) -> None:
    run = _run(installation)
    lock = run_lock(installation.home.locks, run.run_id)
    with lock.acquire():
        assert look() == look(HOURS) == []
    assert look() == []
    with lock.acquire():
        assert look(HOURS) == []
    # Whatever was seen before it was held again does not count.
    assert look(HOURS) == []
    assert look(HOURS) == [run.run_id]


def test_a_lock_that_cannot_be_looked_at_ends_nothing(installation: Installation, look) -> None:
    run = _run(installation, process=_dead_process())
    Path(run_lock(installation.home.locks, run.run_id).lock_file).mkdir()
    assert look() == look(HOURS) == []


def test_a_paused_success_is_not_taken_for_death(
    installation: Installation, look, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose success takes long to be stored still holds its lock; even without the lock it is not ended."""
    store = dg.DagsterInstance.handle_new_event
    looks: list[tuple[bool, list[str]]] = []

    def slow(instance: dg.DagsterInstance, event, **options) -> None:
        if event.dagster_event and event.dagster_event.is_job_success:
            for let_go in (False, True):
                if let_go:
                    release_run(event.run_id)
                held = is_held(run_lock(installation.home.locks, event.run_id))
                looks.append((held, look() + look(HOURS) + look(HOURS)))
        store(instance, event, **options)

    monkeypatch.setattr(dg.DagsterInstance, "handle_new_event", slow)
    result = run_small_job(installation.instance, "p")
    assert looks == [(True, []), (False, [])]
    assert _status(installation, result.run_id) is dg.DagsterRunStatus.SUCCESS
    assert look(HOURS) == []


def test_a_success_that_was_stored_before_the_process_ended_stays(installation: Installation, look) -> None:
    run = _run(installation, process=_dead_process())
    assert look() == []
    installation.instance.report_dagster_event(
        dg.DagsterEvent(event_type_value="PIPELINE_SUCCESS", job_name=run.job_name), run.run_id
    )
    assert look(HOURS) == look(HOURS) == []
    assert _status(installation, run.run_id) is dg.DagsterRunStatus.SUCCESS


@pytest.mark.parametrize("status", ["QUEUED", "SUCCESS", "FAILURE", "CANCELED"])
def test_runs_that_wait_for_their_turn_or_have_ended_are_left_alone(
    installation: Installation, look, status: str
) -> None:
    _run(installation, status, _dead_process())
    assert look() == look(HOURS) == look(HOURS) == []


def test_a_run_of_another_home_is_named_and_never_ended(installation: Installation, look) -> None:
    run = _run(installation, process=_dead_process())
    installation.instance.add_run_tags(run.run_id, {HOME_TAG: "0123456789ab"})
    assert look() == look(HOURS) == look(HOURS) == []
    [named] = runs_elsewhere(installation.instance, installation.home, {"p": "spring"})
    assert (named.run_id, named.project, named.phase, named.home) == (run.run_id, "spring", "dirs", "0123456789ab")
    assert named.sentence.endswith(f"if its computer is gone: mturk-pipeline end-run {run.run_id}")


def test_a_run_of_an_earlier_version_that_left_its_lock_is_ended_in_a_minute(installation: Installation, look) -> None:
    run = _run(installation)
    with run_lock(installation.home.locks, run.run_id).acquire():
        pass
    assert look() == look(50.0) == []
    assert look(11.0) == [run.run_id]


def test_a_run_without_any_trace_is_ended_when_it_had_time_to_begin(installation: Installation, look) -> None:
    run = _run(installation, "STARTING")
    assert look() == look(170.0) == []
    assert look(11.0) == [run.run_id]


def test_a_run_without_any_trace_is_only_named_where_another_home_has_runs(installation: Installation, look) -> None:
    run = _run(installation)
    _run(installation, "SUCCESS", **{HOME_TAG: "0123456789ab"})
    assert look() == look(HOURS) == look(HOURS) == []
    assert [(r.run_id, r.home) for r in runs_elsewhere(installation.instance, installation.home, {})] == [
        (run.run_id, "")
    ]


def test_a_restarted_container_ends_its_own_runs_and_a_copied_home_none_of_the_first(
    installation: Installation, look
) -> None:
    """The process was in another container: only a lock that was left here shows that the run was this home's."""
    _run(installation, "SUCCESS", **{HOME_TAG: "0123456789ab"})
    elsewhere = f"1@{_dead_process().split('@')[1]}@another boot:pid:[1]"
    restarted, copied = _run(installation, process=elsewhere), _run(installation, process=elsewhere)
    with run_lock(installation.home.locks, restarted.run_id).acquire():
        pass
    assert look() == []
    assert look(61.0) == [restarted.run_id]
    assert look(HOURS) == look(HOURS) == []
    assert [r.run_id for r in runs_elsewhere(installation.instance, installation.home, {})] == [copied.run_id]


def test_a_repeated_run_has_the_tags_of_the_one_before_but_not_its_process(installation: Installation, look) -> None:
    before = _run(installation, "FAILURE", _dead_process())
    known = installation.instance.get_run_by_id(before.run_id)
    assert known
    _run(installation, "STARTING", **known.tags)
    assert look() == look(10.0) == look(100.0) == []


@pytest.mark.parametrize(("location", "ours"), [("mturk_pipeline.definitions", True), ("sales", False), (None, False)])
def test_runs_of_other_programs_in_the_same_dagster_home_are_left_alone(
    installation: Installation, look, location: str | None, ours: bool
) -> None:
    """Assets that were materialized by hand carry no tags of ours: where they were loaded from shows whose they are."""
    job = installation.repository.get_job("lead_gathering__dirs")
    run = installation.instance.create_run_for_job(
        job,
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": "2026-11-28"},
        remote_job_origin=_origin(location) if location else None,
    )
    with run_lock(installation.home.locks, run.run_id).acquire():
        pass
    assert look() == []
    assert look(HOURS) == ([run.run_id] if ours else [])
    assert runs_elsewhere(installation.instance, installation.home, {}) == []


def test_a_run_carries_its_home_and_its_process(installation: Installation) -> None:
    result = run_small_job(installation.instance, "p")
    run = installation.instance.get_run_by_id(result.run_id)
    assert run
    assert run.tags[HOME_TAG] == installation.home.id
    assert run.tags[PROCESS_TAG] == f"{run.run_id} {ProcessIdentity.of_this_process()}"


def test_every_asset_and_check_signs_its_run(installation: Installation) -> None:
    """A run of any of them could die: all have the resource that gives it a lock and an identity."""
    keys = installation.repository.asset_graph.executable_asset_keys
    definitions = {**installation.repository.source_assets_by_key, **installation.repository.assets_defs_by_key}
    nodes = {definitions[key].op for key in keys}
    nodes |= {check.op for check in installation.repository.asset_checks_defs_by_key.values()}
    without = {op.name for op in nodes if "workspace" not in op.required_resource_keys}
    assert len(nodes) > 30
    assert not without


def test_the_sensor_ends_a_dead_run_and_takes_away_the_locks_of_ended_ones(
    installation: Installation, tick, clock: Clock
) -> None:
    dead, alive, ended = _run(installation, process=_dead_process()), _run(installation), _run(installation, "SUCCESS")
    for run in (dead, alive, ended):
        hold_run(installation.home.locks, run.run_id, 0)
    for run in (dead, ended):
        lock = Path(run_lock(installation.home.locks, run.run_id).lock_file)
        release_run(run.run_id)
        lock.touch()
    tick("abandoned_runs")
    clock.now += 15.0
    tick("abandoned_runs")
    tick("abandoned_runs")
    assert _status(installation, dead.run_id) is dg.DagsterRunStatus.FAILURE
    assert [path.stem for path in (installation.home.locks / "runs").iterdir()] == [alive.run_id]
    release_run(alive.run_id)


def test_the_command_line_goes_on_after_a_killed_run(
    installation: Installation, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for a run of the same phase ends it when it is dead."""
    project = installation.project(phases=("dirs",))
    _run(installation, process=_dead_process(), **{"dagster/partition": project.id})

    def passes(seconds: float) -> None:
        clock.now += seconds

    monkeypatch.setattr(
        "mturk_pipeline.orchestration.running.time", SimpleNamespace(monotonic=clock.monotonic, sleep=passes)
    )
    [result] = installation.run(project, phases=("dirs",))
    assert result.success
    assert result.run_id
    assert not list((installation.home.locks / "runs").iterdir())
