"""Results of a project whose workflow gathers no leads: from the last phase's reviewed rows, with their files."""

from dataclasses import dataclass

import pandas as pd

from mturk_pipeline.intake.ancestors import item_inputs
from mturk_pipeline.leads.provenance import row_sources
from mturk_pipeline.leads.report import results_report
from mturk_pipeline.leads.results import gather_results, results_files
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.stages.all_leads import tables_of_phases


@dataclass(frozen=True)
class ProjectResults:
    """Contract `Results`, the figures of the report, and the files.

    `files` are the names of those written, `kept` of those that a person had changed, set aside.
    """

    results: pd.DataFrame
    figures: pd.DataFrame
    files: list[str]
    kept: list[str]


def make_results(
    phase: ProjectPhase, reviewed: pd.DataFrame, cleaned: pd.DataFrame, raw_output: pd.DataFrame
) -> ProjectResults:
    """Gather the results of a project, whose last phase is `phase`, and write their files."""
    decisions = phase.table("decisions")
    sources = row_sources(reviewed, raw_output, decisions)
    results = gather_results(reviewed, cleaned, phase.spec, item_inputs(raw_output, phase.spec), sources, decisions)
    figures = results_report(results, tables_of_phases(phase))
    writer, written = phase.writer(), []
    for name, content in results_files(results, figures).items():
        written.append(f"{phase.workflow.end_folder}/{name}")
        writer.write(written[-1], content)
    return ProjectResults(results, figures, written, writer.kept)
