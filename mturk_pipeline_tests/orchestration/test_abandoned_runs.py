"""A killed run frees its project; a living one is left alone."""

import dagster as dg
import pytest

from mturk_pipeline.folders.locks import is_held, project_lock, run_lock
from mturk_pipeline.orchestration import abandoned_runs
from mturk_pipeline.orchestration.due import ABANDONED_TAG
from mturk_pipeline_tests.orchestration.conftest import Site


def _run(site: Site, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    job = site.repository.get_job("lead_gathering__dirs")
    return site.instance.create_run_for_job(job, status=status, tags={"dagster/partition": "p", **tags})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abandoned_runs, "_patience", lambda record: 0.0)


@pytest.mark.parametrize("status", ["NOT_STARTED", "STARTING", "STARTED", "CANCELING"])
def test_a_run_without_its_lock_is_reported_failed(site: Site, status: str) -> None:
    run = _run(site, dg.DagsterRunStatus[status])
    assert abandoned_runs.fail_abandoned_runs(site.instance, site.home) == [run.run_id]
    after = site.instance.get_run_by_id(run.run_id)
    assert after
    assert after.status is dg.DagsterRunStatus.FAILURE
    assert after.tags[ABANDONED_TAG] == "true"


def test_a_run_that_holds_its_lock_lives(site: Site) -> None:
    run = _run(site, dg.DagsterRunStatus.STARTED)
    with run_lock(site.home.locks, run.run_id).acquire():
        assert abandoned_runs.fail_abandoned_runs(site.instance, site.home) == []
    assert abandoned_runs.fail_abandoned_runs(site.instance, site.home) == [run.run_id]


def test_ended_runs_are_left_alone(site: Site) -> None:
    for status in ("SUCCESS", "FAILURE", "CANCELED"):
        _run(site, dg.DagsterRunStatus[status])
    assert abandoned_runs.fail_abandoned_runs(site.instance, site.home) == []


def test_a_lock_that_never_was_is_not_held(site: Site) -> None:
    assert not is_held(run_lock(site.home.locks, "never"))
    lock = project_lock(site.home.locks, "odd name/with: things")
    with lock.acquire():
        assert is_held(project_lock(site.home.locks, "odd name/with: things"))
    assert not is_held(lock)
