"""All leads of a project: from the last phase's reviewed rows, with the files that people work with."""

from dataclasses import dataclass

import pandas as pd

from mturk_pipeline.intake.ancestors import item_inputs
from mturk_pipeline.leads.all_leads import gather_leads
from mturk_pipeline.leads.contacts import contacts
from mturk_pipeline.leads.lead_files import MAILED, leads_files
from mturk_pipeline.leads.mail_outcome_files import OutcomesRead, read_outcomes
from mturk_pipeline.leads.provenance import row_sources
from mturk_pipeline.leads.recipients import recipients
from mturk_pipeline.leads.report import PhaseTables, report
from mturk_pipeline.leads.suppression import mark_suppressed, may_be_mailed
from mturk_pipeline.projects.outcome_files import outcome_files, passed_over_outcomes
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.review.problems import problem, problem_table
from mturk_pipeline.vocabulary.file_rules import UNREADABLE_FILE


@dataclass(frozen=True)
class ProjectLeads:
    """Contract `AllLeads`, mail outcomes, the figures of the report, and the files.

    `files` are the names of those written, `kept` of those that a person had changed, set aside.
    """

    leads: pd.DataFrame
    outcomes: OutcomesRead
    figures: pd.DataFrame
    files: list[str]
    kept: list[str]


def make_leads(
    phase: ProjectPhase, reviewed: pd.DataFrame, consensus: pd.DataFrame, raw_output: pd.DataFrame
) -> ProjectLeads:
    """Gather the leads of a project, whose last phase is `phase`, and write their files.

    While a file about mail cannot be read, there are no recipients and none of the files `MAILED`.
    """
    outcomes = _outcomes(phase)
    phase.keep("outcomes", outcomes.outcomes)
    phase.keep("outcome_problems", outcomes.problems)
    spec = phase.workflow.leads
    if spec is None:
        raise ValueError(f"{phase.workflow.name} gathers no leads")
    sources = row_sources(reviewed, raw_output, phase.table("decisions"))
    leads = gather_leads(reviewed, consensus, phase.spec, spec, item_inputs(raw_output, phase.spec), sources)
    leads = mark_suppressed(leads, outcomes.outcomes, phase.spec)
    mailed = may_be_mailed(outcomes.problems)
    mail = recipients(leads if mailed else leads.iloc[:0], phase.spec, spec)
    phase.keep("recipients", mail)
    figures = report(leads, tables_of_phases(phase))
    writer = phase.writer()
    written = []
    for name, content in leads_files(leads, mail, contacts(leads, phase.spec, spec), figures, spec).items():
        place = f"{phase.workflow.end_folder}/{name}"
        if name in MAILED and not mailed:
            writer.remove(place)
            continue
        written.append(place)
        writer.write(place, content)
    return ProjectLeads(leads, outcomes, figures, written, writer.kept)


def _outcomes(phase: ProjectPhase) -> OutcomesRead:
    """What files say of mail; those that are passed over are unreadable ones."""
    read = read_outcomes([file.path for file in outcome_files(phase)])
    unseen = [
        problem(file.name, None, None, None, UNREADABLE_FILE, f"{file.name} {file.why}")
        for file in passed_over_outcomes(phase)
    ]
    problems = pd.concat([read.problems, problem_table(unseen)], ignore_index=True) if unseen else read.problems
    return OutcomesRead(phase.without_ids(read.outcomes), phase.without_ids(problems))


def tables_of_phases(phase: ProjectPhase) -> list[PhaseTables]:
    """What the report counts, of each phase that has it."""
    tables = []
    for name in phase.workflow.phases:
        assignments, reviewed = phase.table("raw_output", name), phase.table("reviewed", name)
        if assignments is not None and reviewed is not None:
            tables.append(PhaseTables(assignments, reviewed))
    return tables
