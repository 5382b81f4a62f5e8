"""All that Dagster knows of one phase: assets, job, sensors."""

import dagster as dg

from mturk_pipeline.orchestration.deadline_sensor import deadlines_sensor, in_time_check
from mturk_pipeline.orchestration.intake_assets import (
    answers_asset,
    input_asset,
    items_asset,
    purged_asset,
    raw_output_assets,
)
from mturk_pipeline.orchestration.offer_assets import (
    missing_units_asset,
    next_input_asset,
    offer_asset,
    redundancy_advice_asset,
    rework_asset,
)
from mturk_pipeline.orchestration.review_assets import (
    cleaned_output_asset,
    decisions_asset,
    review_queue_asset,
    reviewed_asset,
)
from mturk_pipeline.orchestration.sensors import phase_sensor
from mturk_pipeline.orchestration.settlement_assets import settlement_asset
from mturk_pipeline.orchestration.stages import PhaseAssets, end_key
from mturk_pipeline.orchestration.trust_assets import consensus_assets
from mturk_pipeline.workflow.workflow import Workflow


def phase_definitions(workflow: Workflow, phase: str) -> dg.Definitions:
    """Assets with their checks, the job that makes them for one project, and the sensors that request it.

    The job offers the next phase what is handed on, too; the last phase's makes all leads, or the results.
    """
    names = PhaseAssets(workflow, phase)
    following = workflow.following(phase)
    assets = [
        *([input_asset(names), purged_asset(names)] if names.is_first else []),
        raw_output_assets(names),
        offer_asset(names),
        answers_asset(names),
        items_asset(names),
        settlement_asset(names),
        decisions_asset(names),
        consensus_assets(names),
        cleaned_output_asset(names),
        reviewed_asset(names),
        review_queue_asset(names),
        *([next_input_asset(names, following)] if following else []),
        missing_units_asset(names),
        rework_asset(names),
        redundancy_advice_asset(names),
    ]
    keys = [key for asset in assets for key in asset.keys]
    keys.append(names.key("offer", following) if following else end_key(workflow))
    job = dg.define_asset_job(
        names.job,
        selection=dg.AssetSelection.assets(*keys),
        partitions_def=names.partitions,
        description=f"Everything of the phase {phase} for one project.",
    )
    return dg.Definitions(
        assets=assets,
        asset_checks=[in_time_check(names)],
        jobs=[job],
        sensors=[phase_sensor(names, job, keys), deadlines_sensor(names, job)],
    )
