"""Workers are looked at once the runs of phases are through, and once for each burst of them."""

import time
from types import SimpleNamespace

import dagster as dg
import pytest

from mturk_pipeline.orchestration import memory_sensor as module
from mturk_pipeline.orchestration.memory_sensor import memory_sensor
from mturk_pipeline.orchestration.run_identity import HOME_TAG, PHASE_TAG
from mturk_pipeline_tests.orchestration.conftest import Installation
from mturk_pipeline_tests.orchestration.small_runs import run_small_job


class Watch:
    """The sensor as the daemon calls it: with the cursor that it left, at a time of our own."""

    def __init__(self, instance: dg.DagsterInstance, clock: SimpleNamespace) -> None:
        self.sensor, self.instance, self.clock = memory_sensor(dg.define_asset_job("workers")), instance, clock
        self.cursor: str | None = None

    def after(self, seconds: float) -> int:
        self.clock.now += seconds
        found = self.sensor(dg.build_sensor_context(self.instance, cursor=self.cursor))
        if not isinstance(found, dg.SensorResult):
            return 0
        self.cursor = found.cursor
        return len(found.run_requests or [])


@pytest.fixture
def watch(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Watch:
    clock = SimpleNamespace(now=time.time(), time=lambda: clock.now)
    monkeypatch.setattr(module, "time", clock)
    return Watch(installation.instance, clock)


def test_once_after_the_last_of_several_runs(watch: Watch, installation: Installation) -> None:
    assert watch.after(60) == 0
    run_small_job(installation.instance, "one")
    run_small_job(installation.instance, "two")
    watch.clock.now = time.time()
    assert watch.after(5) == 0
    assert watch.after(60) == 1
    assert watch.after(60) == 0
    run_small_job(installation.instance, "one")
    assert watch.after(60) == 1


def test_while_runs_are_under_way_it_waits_but_not_for_ever(watch: Watch, installation: Installation) -> None:
    run_small_job(installation.instance, "one")
    tags = {HOME_TAG: installation.home.id, PHASE_TAG: "lead_gathering/dirs"}
    installation.instance.create_run_for_job(SMALL, status=dg.DagsterRunStatus.STARTED, tags=tags)
    watch.clock.now = time.time()
    assert watch.after(60) == 0
    assert watch.after(1_000) == 1


def test_runs_of_another_home_and_of_no_phase_are_nothing_to_it(watch: Watch, installation: Installation) -> None:
    for tags in ({HOME_TAG: "another", PHASE_TAG: "lead_gathering/dirs"}, {HOME_TAG: installation.home.id}):
        SMALL.execute_in_process(instance=installation.instance, tags=tags)
    watch.clock.now = time.time()
    assert watch.after(60) == 0


@dg.op
def nothing() -> None:
    """Do nothing."""


@dg.job(logger_defs={})
def SMALL() -> None:
    nothing()
