"""Projects: the sensors that register them and free them from dead runs, and the daily reconcile."""

import dagster as dg

from mturk_pipeline.orchestration.own_workflows import all_workflows
from mturk_pipeline.orchestration.reconcile import projects_asset
from mturk_pipeline.orchestration.sensors import abandoned_runs_sensor, projects_sensor


@dg.definitions
def projects() -> dg.Definitions:
    workflows, _ = all_workflows()
    asset = projects_asset()
    job = dg.define_asset_job("reconcile", selection=[asset], description="Runs what is failed, stale or behind.")
    daily = dg.ScheduleDefinition(
        name="daily_reconcile",
        job=job,
        cron_schedule="30 4 * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Each night: whatever is failed, stale or behind, in one run.",
    )
    return dg.Definitions(
        assets=[asset], jobs=[job], schedules=[daily], sensors=[projects_sensor(workflows), abandoned_runs_sensor()]
    )
