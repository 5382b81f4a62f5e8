"""The end of a workflow: all leads, or the results of one that gathers none."""

from typing import Any

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, column_schema, records, rows_of
from mturk_pipeline.orchestration.leads_assets import all_leads_definitions
from mturk_pipeline.orchestration.own_file_check import KEPT, MEANING, kept_check
from mturk_pipeline.orchestration.stages import PhaseAssets, end_group, end_key, partitions_of, stage_asset
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.workflow.workflow import Workflow


def end_definitions(workflow: Workflow) -> dg.Definitions:
    """The last table of a workflow, with its files."""
    return results_definitions(workflow) if workflow.leads is None else all_leads_definitions(workflow)


def results_definitions(workflow: Workflow) -> dg.Definitions:
    """The asset `[workflow, results]`; it runs with the last phase."""
    last, key, partitions = PhaseAssets(workflow, workflow.last), end_key(workflow), partitions_of(workflow.name)

    @stage_asset(
        workflow,
        workflow.last,
        f"{workflow.name}__results",
        {"results": dg.AssetOut.from_spec(_spec(workflow, key))},
        deps=[last.key("reviewed")],
        checks=[
            dg.AssetCheckSpec("schema", asset=key, blocking=True, partitions_def=partitions),
            dg.AssetCheckSpec(KEPT, asset=key, description=MEANING, partitions_def=partitions),
        ],
    )
    def _results(phase: ProjectPhase, reviewed, cleaned_output, raw_output):
        from mturk_pipeline.contracts.results import Results
        from mturk_pipeline.projects.stages.results import make_results

        made = make_results(phase, reviewed, cleaned_output, raw_output)
        statuses = {str(k): int(v) for k, v in made.results["status"].value_counts().items()}
        metadata: dict[str, Any] = {
            "dagster/row_count": len(made.results),
            "dagster/column_schema": column_schema(Results),
            "report": records(rows_of(made.figures)),
            "statuses": dg.MetadataValue.json(statuses),
            "files": dg.MetadataValue.json(made.files),
        }
        checks = [check_schema(made.results, Results, key), kept_check(key, made.kept, remedy="")]
        yield dg.MaterializeResult(asset_key=key, value=made.results, metadata=metadata, check_results=checks)

    return dg.Definitions(assets=[_results])


def _spec(workflow: Workflow, key: dg.AssetKey) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        description="Results: one row per item or record of the last phase, with its final values.",
        group_name=end_group(workflow),
        kinds={"parquet", "excel", "csv"},
        partitions_def=partitions_of(workflow.name),
        tags={"workflow": workflow.name},
    )
