"""All leads: the last phase's reviewed rows as leads, recipients and contacts, once per project."""

from typing import TYPE_CHECKING, Any

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, column_schema, records, row_problems, rows_of
from mturk_pipeline.orchestration.stages import PhaseAssets, all_leads_key, partitions_of, stage_asset
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline.projects.outcome_files import outcome_files
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.workflow.workflow import Workflow

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.leads.outcomes import OutcomesRead
    from mturk_pipeline.workflow.leads_spec import LeadsSpec

_CHECKS = {
    "own_files_untouched": "No file of the pipeline was changed by a person.",
    "outcomes_understood": "Every bounce, unsubscribe and suppression file could be read.",
    "segments": "Segments are told, and no lead is merged of more than two rows of different segments.",
}


def all_leads_definitions(workflow: Workflow) -> dg.Definitions:
    """The asset `[workflow, all_leads]`; it runs with the last phase."""
    last = PhaseAssets(workflow, workflow.last)
    key = all_leads_key(workflow.name)
    partitions = partitions_of(workflow.name)

    @stage_asset(
        f"{workflow.name}__all_leads",
        {"all_leads": dg.AssetOut.from_spec(_spec(workflow, key))},
        ins=last.ins("reviewed", "consensus", "raw_output"),
        checks=[
            dg.AssetCheckSpec("schema", asset=key, blocking=True, partitions_def=partitions),
            *(
                dg.AssetCheckSpec(name, asset=key, description=text, partitions_def=partitions)
                for name, text in _CHECKS.items()
            ),
        ],
    )
    def _all_leads(context: dg.AssetExecutionContext, workspace: Workspace, reviewed, consensus, raw_output):
        from mturk_pipeline.contracts.leads import AllLeads

        place = workspace.phase(context, workflow, workflow.last)
        read = _read_outcomes(place)
        leads = _leads(place, reviewed, consensus, raw_output, read.outcomes)
        files, kept, report = _written(place, leads)
        yield dg.MaterializeResult(
            asset_key=key,
            value=leads,
            metadata=_metadata(leads, read.outcomes, report, files),
            check_results=[
                check_schema(leads, AllLeads, key),
                _kept_check(key, kept),
                _outcomes_check(key, read.problems),
                _segments_check(key, leads, place.workflow.leads),
            ],
        )

    return dg.Definitions(assets=[_all_leads])


def _read_outcomes(place: ProjectPhase) -> "OutcomesRead":
    """What became of mail, kept as the table `outcomes` of the last phase."""
    from mturk_pipeline.leads.outcomes import read_outcomes

    read = read_outcomes([f.path for f in outcome_files(place)])
    place.keep("outcomes", read.outcomes)
    return read


def _leads(
    place: ProjectPhase,
    reviewed: "pd.DataFrame",
    consensus: "pd.DataFrame",
    raw_output: "pd.DataFrame",
    outcomes: "pd.DataFrame",
) -> "pd.DataFrame":
    from mturk_pipeline.intake.ancestors import item_inputs
    from mturk_pipeline.leads.gathering import gather_leads
    from mturk_pipeline.leads.sources import row_sources
    from mturk_pipeline.leads.suppression import mark_suppressed

    sources = row_sources(reviewed, raw_output, place.table("decisions"))
    leads = gather_leads(reviewed, consensus, place.spec, place.workflow.leads, item_inputs(raw_output), sources)
    return mark_suppressed(leads, outcomes, place.spec)


def _written(place: ProjectPhase, leads: "pd.DataFrame") -> tuple[list[str], list[str], "pd.DataFrame"]:
    """The names of the files written, those of changed files that were kept, and the report."""
    from mturk_pipeline.leads.contacts import contacts
    from mturk_pipeline.leads.recipients import recipients
    from mturk_pipeline.leads.report import report
    from mturk_pipeline.leads.writing import leads_files

    spec = place.workflow.leads
    mail = recipients(leads, place.spec, spec)
    place.keep("recipients", mail)
    figures = report(leads, _phases(place))
    writer = place.writer()
    written = []
    for name, content in leads_files(leads, mail, contacts(leads, place.spec, spec), figures, spec).items():
        written.append(f"{place.workflow.all_leads_folder}/{name}")
        writer.write(written[-1], content)
    return written, writer.kept, figures


def _phases(place: ProjectPhase) -> list[Any]:
    from mturk_pipeline.leads.report import PhaseTables

    found = []
    for phase in place.workflow.phases:
        assignments, reviewed = place.table("raw_output", phase), place.table("reviewed", phase)
        if assignments is not None and reviewed is not None:
            found.append(PhaseTables(assignments, reviewed))
    return found


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


def _kept_check(key: dg.AssetKey, kept: list[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not kept,
        check_name="own_files_untouched",
        asset_key=key,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"changed by a person and kept as {', '.join(kept)}" if kept else "untouched",
    )


def _outcomes_check(key: dg.AssetKey, problems: "pd.DataFrame") -> dg.AssetCheckResult:
    columns = ["source_file", "source_sheet", "source_row", "column", "rule", "reason"]
    return row_problems("outcomes_understood", key, problems, columns, "things in files about mail need a look")


def _segments_check(key: dg.AssetKey, leads: "pd.DataFrame", spec: "LeadsSpec") -> dg.AssetCheckResult:
    """Warns where no column tells the segment, or where segments clash in a way that precedence does not explain."""
    from mturk_pipeline.leads.segments import CLASH_COLUMNS, segment_clashes, segment_column

    if len(leads) and spec.segment and segment_column(list(leads.columns), spec) is None:
        return dg.AssetCheckResult(
            passed=False,
            check_name="segments",
            asset_key=key,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"segment: {spec.segment} is no key and no input of any phase; add it to the first list",
        )
    what = "leads merged of more than two rows of different segments"
    return row_problems("segments", key, segment_clashes(leads), CLASH_COLUMNS, what)


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
