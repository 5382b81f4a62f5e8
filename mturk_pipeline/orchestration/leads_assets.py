"""All leads: the last phase's reviewed rows as leads, once per project."""

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, column_schema
from mturk_pipeline.orchestration.stages import PhaseAssets, all_leads_key, partitions_of
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline.workflow.workflow import Workflow


def all_leads_definitions(workflow: Workflow) -> dg.Definitions:
    """The asset `[workflow, all_leads]`; it runs with the last phase."""
    last = PhaseAssets(workflow, workflow.last)
    key = all_leads_key(workflow.name)
    partitions = partitions_of(workflow.name)

    @dg.multi_asset(
        name=f"{workflow.name}__all_leads",
        outs={"all_leads": dg.AssetOut.from_spec(_spec(workflow, key))},
        ins=last.ins("reviewed", "consensus", "raw_output"),
        check_specs=[
            dg.AssetCheckSpec("schema", asset=key, blocking=True, partitions_def=partitions),
            dg.AssetCheckSpec("own_files_untouched", asset=key, partitions_def=partitions),
        ],
    )
    def _all_leads(context: dg.AssetExecutionContext, workspace: Workspace, reviewed, consensus, raw_output):
        from mturk_pipeline.contracts.leads import AllLeads
        from mturk_pipeline.intake.ancestors import item_inputs
        from mturk_pipeline.leads.gathering import gather_leads
        from mturk_pipeline.leads.summary import leads_summary
        from mturk_pipeline.leads.writing import leads_files

        place = workspace.phase(context, workflow, workflow.last)
        spec = place.workflow.leads
        leads = gather_leads(reviewed, consensus, place.spec, spec, item_inputs(raw_output))
        writer = place.writer()
        files = leads_files(leads, spec)
        for name, content in files.items():
            writer.write(f"{workflow.all_leads_folder}/{name}", content)
        yield dg.MaterializeResult(
            asset_key=key,
            value=leads,
            metadata={
                "dagster/row_count": len(leads),
                "dagster/column_schema": column_schema(AllLeads),
                "summary": dg.MetadataValue.json(leads_summary(leads)),
                "files": dg.MetadataValue.json([f"{workflow.all_leads_folder}/{n}" for n in files]),
            },
            check_results=[
                check_schema(leads, AllLeads, key),
                dg.AssetCheckResult(
                    passed=not writer.kept,
                    check_name="own_files_untouched",
                    asset_key=key,
                    severity=dg.AssetCheckSeverity.WARN,
                    description=f"changed by a person and kept as {', '.join(writer.kept)}"
                    if writer.kept
                    else "untouched",
                ),
            ],
        )

    return dg.Definitions(assets=[_all_leads])


def _spec(workflow: Workflow, key: dg.AssetKey) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        description=f"All leads: one row per lead, without duplicates.\n\n{workflow.leads.description}".strip(),
        group_name=f"{workflow.name}_{len(workflow.phases) + 1}_all_leads",
        kinds={"parquet", "excel", "csv"},
        owners=[workflow.leads.owner] if workflow.leads.owner else None,
        partitions_def=partitions_of(workflow.name),
        tags={"workflow": workflow.name},
    )
