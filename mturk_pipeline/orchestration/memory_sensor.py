"""The sensor that notes how workers did, once the runs that a drop or an edit brought are through."""

import time
from typing import Any

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.orchestration.run_identity import HOME_TAG, PHASE_TAG
from mturk_pipeline.orchestration.run_verdicts import UNDER_WAY

# Seconds without a run before workers are looked at, and after which they are in any case.
QUIET, LONGEST = 20.0, 900.0
_MOST_RUNS = 20


def memory_sensor(job: Any) -> dg.SensorDefinition:
    """Requests one run of `job` after the last of several runs of phases; its cursor is the run that it followed."""

    @dg.sensor(
        name="workers_after_runs",
        job=job,
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Notes how every worker did, once the runs of phases are through.",
    )
    def _sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        home = Home.from_environment()
        last = latest_success(context.instance, home)
        if last is None or last.dagster_run.run_id == context.cursor:
            return dg.SkipReason("no phase has run since workers were looked at")
        waited = time.time() - (last.end_time or 0.0)
        if waited < LONGEST and (waited < QUIET or _is_busy(context.instance, home)):
            return dg.SkipReason("waits for the runs that are under way")
        run_id = last.dagster_run.run_id
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=run_id)], cursor=run_id)

    return _sensor


def latest_success(instance: dg.DagsterInstance, home: Home) -> dg.RunRecord | None:
    """The successful run of a phase of this home that ended last; None before the first."""
    runs = dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS], tags={HOME_TAG: home.id})
    records = instance.get_run_records(runs, limit=_MOST_RUNS, order_by="update_timestamp")
    of_phases = [record for record in records if PHASE_TAG in record.dagster_run.tags]
    return max(of_phases, key=lambda record: record.end_time or 0.0, default=None)


def _is_busy(instance: dg.DagsterInstance, home: Home) -> bool:
    return bool(instance.get_run_records(dg.RunsFilter(statuses=UNDER_WAY, tags={HOME_TAG: home.id}), limit=1))
