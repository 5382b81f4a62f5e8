"""All leads: the last phase's reviewed rows as leads, recipients and contacts, once per project."""

from typing import TYPE_CHECKING, Any

import dagster as dg

from mturk_pipeline.contracts.review import ReviewProblems
from mturk_pipeline.orchestration.checks import check_schema, column_schema, records, row_problems, rows_of, warning
from mturk_pipeline.orchestration.own_file_check import KEPT, MEANING, kept_check
from mturk_pipeline.orchestration.stages import (
    PhaseAssets,
    end_group,
    end_key,
    mail_outcomes_key,
    partitions_of,
    stage_asset,
)
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.workflow.workflow import Workflow

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.workflow.leads_spec import LeadsSpec

_CHECKS = {
    KEPT: MEANING,
    "outcomes_understood": "Every bounce, unsubscribe and suppression file could be read.",
    "segments": "Segments are told, and no lead is merged of more than two rows of different segments.",
}


def all_leads_definitions(workflow: Workflow) -> dg.Definitions:
    """The asset `[workflow, all_leads]`; it runs with the last phase."""
    if workflow.leads is None:
        raise ValueError(f"{workflow.name} gathers no leads")
    last, spec = PhaseAssets(workflow, workflow.last), workflow.leads
    key = end_key(workflow)
    partitions = partitions_of(workflow.name)

    @stage_asset(
        workflow,
        workflow.last,
        f"{workflow.name}__all_leads",
        {"all_leads": dg.AssetOut.from_spec(_spec(workflow, spec, key))},
        deps=[last.key("reviewed"), mail_outcomes_key(workflow)],
        checks=[
            dg.AssetCheckSpec("schema", asset=key, blocking=True, partitions_def=partitions),
            *(
                dg.AssetCheckSpec(name, asset=key, description=text, partitions_def=partitions)
                for name, text in _CHECKS.items()
            ),
        ],
    )
    def _all_leads(phase: ProjectPhase, reviewed, consensus, raw_output):
        from mturk_pipeline.contracts.leads import AllLeads
        from mturk_pipeline.projects.stages.all_leads import make_leads

        made = make_leads(phase, reviewed, consensus, raw_output)
        leads, outcomes = made.leads, made.outcomes
        yield dg.MaterializeResult(
            asset_key=key,
            value=leads,
            metadata=_metadata(leads, outcomes.outcomes, made.figures, made.files),
            check_results=[
                check_schema(leads, AllLeads, key),
                kept_check(key, made.kept, remedy=""),
                _outcomes_check(key, outcomes.problems),
                _segments_check(key, leads, phase.workflow.leads or spec),
            ],
        )

    return dg.Definitions(assets=[_all_leads, _mail_outcomes(workflow)])


def _mail_outcomes(workflow: Workflow) -> dg.SourceAsset:
    """What became of mail: files that a person drops, as they are before a run; trust and leads read them."""

    @dg.observable_source_asset(
        key=mail_outcomes_key(workflow),
        required_resource_keys={"workspace"},
        group_name=end_group(workflow),
        partitions_def=partitions_of(workflow.name),
        description="What became of mail to leads: files dropped into the folder of all leads, and suppression lists.",
    )
    def _observe() -> dg.DataVersionsByPartition:
        from mturk_pipeline.folders.home import Home
        from mturk_pipeline.folders.project_folders import find_projects
        from mturk_pipeline.folders.watching import quick_digest
        from mturk_pipeline.projects.outcome_files import outcome_files
        from mturk_pipeline.projects.phase import project_phase

        home = Home.from_environment()
        projects = find_projects(home.projects, {workflow.name: workflow}).of(workflow.name)
        phases = {project.id: project_phase(home, project, workflow, workflow.last) for project in projects}
        return dg.DataVersionsByPartition(
            {id: quick_digest(tuple(outcome_files(phase)), []) for id, phase in phases.items()}
        )

    return _observe


def _metadata(
    leads: "pd.DataFrame", outcomes: "pd.DataFrame", report: "pd.DataFrame", files: list[str]
) -> dict[str, Any]:
    from mturk_pipeline.contracts.leads import AllLeads
    from mturk_pipeline.leads.summary import leads_summary

    told = {str(k): int(v) for k, v in outcomes["outcome"].value_counts().items()}
    return {
        "dagster/row_count": len(leads),
        "dagster/column_schema": column_schema(AllLeads),
        "report": records(rows_of(report)),
        "summary": dg.MetadataValue.json(leads_summary(leads)),
        "outcomes_of_mail": dg.MetadataValue.json(told),
        "files": dg.MetadataValue.json(files),
    }


def _outcomes_check(key: dg.AssetKey, problems: "pd.DataFrame") -> dg.AssetCheckResult:
    from mturk_pipeline.leads.suppression import may_be_mailed

    columns = list(ReviewProblems.names())
    what = "things in files about mail need a look"
    if not may_be_mailed(problems):
        what += "; while one of these files cannot be read there are no recipients and no crm.csv"
    return row_problems("outcomes_understood", key, problems, columns, what)


def _segments_check(key: dg.AssetKey, leads: "pd.DataFrame", spec: "LeadsSpec") -> dg.AssetCheckResult:
    """Warns where no column tells the segment, or where segments clash in a way that precedence does not explain."""
    from mturk_pipeline.leads.segments import CLASH_COLUMNS, segment_clashes, segment_column

    if len(leads) and spec.segment and segment_column(list(leads.columns), spec) is None:
        text = f"segment: {spec.segment} is no key and no input of any phase; add it to the first list"
        return warning("segments", key, passed=False, description=text)
    what = "leads merged of more than two rows of different segments"
    return row_problems("segments", key, segment_clashes(leads), CLASH_COLUMNS, what)


def _spec(workflow: Workflow, spec: "LeadsSpec", key: dg.AssetKey) -> dg.AssetSpec:
    return dg.AssetSpec(
        key,
        description=f"All leads: one row per lead, without duplicates.\n\n{spec.description}".strip(),
        group_name=end_group(workflow),
        kinds={"parquet", "excel", "csv"},
        owners=[spec.owner] if spec.owner else None,
        partitions_def=partitions_of(workflow.name),
        tags={"workflow": workflow.name},
    )
