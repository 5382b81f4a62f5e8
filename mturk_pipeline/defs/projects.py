"""Projects: sensors that register them, free them from dead runs, give notice, note workers; the daily reconcile."""

import dagster as dg

from mturk_pipeline.orchestration.memory_sensor import memory_sensor
from mturk_pipeline.orchestration.notices import failure_sensor, review_sensor
from mturk_pipeline.orchestration.own_workflows import all_workflows
from mturk_pipeline.orchestration.reconcile import projects_asset
from mturk_pipeline.orchestration.sensors import abandoned_runs_sensor, projects_sensor
from mturk_pipeline.orchestration.worker_history import worker_history_asset, worker_history_before, worker_memory_asset


@dg.definitions
def projects() -> dg.Definitions:
    workflows, broken = all_workflows()
    asset, history, memory = projects_asset(), worker_history_asset(workflows.values()), worker_memory_asset()
    job = dg.define_asset_job(
        "reconcile",
        selection=[asset, history, memory],
        description="Runs what is failed, stale or behind, then notes how workers did.",
    )
    after_runs = dg.define_asset_job("workers", selection=[history, memory], description="Notes how workers did.")
    daily = dg.ScheduleDefinition(
        name="daily_reconcile",
        job=job,
        cron_schedule="30 4 * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Each night: whatever is failed, stale or behind, in one run.",
    )
    return dg.Definitions(
        assets=[asset, history, memory, worker_history_before()],
        jobs=[job, after_runs],
        schedules=[daily],
        sensors=[
            projects_sensor(workflows, broken),
            abandoned_runs_sensor(),
            review_sensor(workflows),
            failure_sensor(workflows),
            memory_sensor(after_runs),
        ],
    )
