"""Runs whose process died: a kill -9 or a power cut leaves them STARTED, which would freeze their project."""

import time

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import is_held, run_lock
from mturk_pipeline.orchestration.due import ABANDONED_TAG

# Seconds that a run may take from its creation to holding its lock: a process has to start and load Python.
STARTING_PATIENCE = 45.0


def fail_abandoned_runs(instance: dg.DagsterInstance, home: Home) -> list[str]:
    """Report runs of projects that no living process works on as failed; returns their ids.

    A run holds a lock of its own from its start to its end. One that should have started long ago and whose
    lock is free has died.
    """
    ended = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=_SHOULD_LIVE), limit=500):
        run = record.dagster_run
        if PARTITION_NAME_TAG not in run.tags or is_held(run_lock(home.locks, run.run_id)):
            continue
        if time.time() - record.update_timestamp.timestamp() < _patience(record):
            continue
        # It may have ended properly between the two looks.
        now = instance.get_run_by_id(run.run_id)
        if now and now.status in _SHOULD_LIVE:
            instance.add_run_tags(run.run_id, {ABANDONED_TAG: "true"})
            instance.report_run_failed(
                now, "The process of this run died before it ended; the project runs again by itself."
            )
            ended.append(run.run_id)
    return ended


_SHOULD_LIVE = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def _patience(record: dg.RunRecord) -> float:
    """A started run takes its lock within seconds; one that still starts needs longer."""
    return 10.0 if record.dagster_run.status == dg.DagsterRunStatus.STARTED else STARTING_PATIENCE
