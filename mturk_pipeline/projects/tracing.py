"""Tracing of a lead of a project back to everything it was made of."""

from typing import TYPE_CHECKING

from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.phase import project_phase

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.tracing.node import Node


def trace_lead(installation: Installation, name: str, lead: str) -> "list[Node]":
    """The trees behind a lead_id, an item_id, or a value; never none.

    UserError where nothing is made yet, or nothing is called so.
    """
    from mturk_pipeline.tracing.ancestry import trace
    from mturk_pipeline.tracing.project_tables import ProjectTables
    from mturk_pipeline.workers.identities import with_names

    project = installation.project(name)
    plain = installation.workflow(project.workflow)
    phase = project_phase(installation.home, project, plain, plain.last)
    workflow = phase.workflow

    def read(of: str | None, stage: str) -> "pd.DataFrame | None":
        table = phase.all_leads() if of is None else phase.table(stage, of)
        # The requester asks: workers by the ids that their platform knows.
        return table if table is None or "worker" not in table else with_names(table, installation.home)

    tables = ProjectTables(workflow, read, project.overrides)
    if tables.leads.empty and all(tables.table(each, "reviewed").empty for each in workflow.phases):
        raise UserError("nothing is made yet", where=name, remedy=f"first: mturk-pipeline run {name}")
    trees = trace(lead, tables)
    if not trees:
        what, ids, file = ("lead or row", "a lead_id or item_id", "all_leads.xlsx")
        if workflow.leads is None:
            what, ids, file = "row", "an item_id", "results.xlsx"
        raise UserError(
            f"no {what} is {lead!r}",
            where=name,
            remedy=f"give {ids} as in {file} or the review workbook (letters such as "
            "FQGW-NGMD-LFPG-F), or a whole value such as an e-mail address",
        )
    return trees
