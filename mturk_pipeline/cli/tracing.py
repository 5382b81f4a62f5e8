"""trace: from a lead back to every answer, file, row, worker, rule and edit."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.tables import read_table_if_made
from mturk_pipeline.projects.phase import project_phase
from mturk_pipeline.projects.site import Site

if TYPE_CHECKING:
    import pandas as pd

# In the terminal; a page that is one address of 25 clubs is read by its lead ids.
SHOWN = 3


def show_trace(projects_dir: Path | None, name: str, lead: str, as_json: bool) -> None:
    from mturk_pipeline.tracing.following import trace
    from mturk_pipeline.tracing.project_tables import ProjectTables
    from mturk_pipeline.tracing.showing import tree_of

    site = Site.here(projects_dir)
    project = site.project(name)
    workflow = site.workflow_of(project)
    place = project_phase(site.home, project, site.workflow(project.workflow), workflow.last)

    def read(phase: str | None, stage: str) -> "pd.DataFrame | None":
        if phase is None:
            return read_table_if_made(site.home.tables / workflow.name / stage / f"{project.id}.parquet")
        return place.table(stage, phase)

    tables = ProjectTables(workflow, read, project.overrides)
    if tables.leads.empty and all(tables.table(phase, "reviewed").empty for phase in workflow.phases):
        raise UserError("nothing is made yet", where=name, remedy=f"first: mturk-pipeline run {name}")
    found = trace(lead, tables)
    if not found:
        raise UserError(
            f"no lead or row is {lead!r}",
            where=name,
            remedy="give a lead_id or item_id as in all_leads.xlsx or the review workbook (letters such as "
            "FQGW-NGMD-LFPG-F), or a whole value such as an e-mail address",
        )
    if as_json:
        typer.echo(json.dumps([node.as_dict() for node in found], indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for node in found[:SHOWN]:
        console.print(tree_of(node))
    if len(found) > SHOWN:
        ids = [str(node.facts.get("lead_id") or node.facts.get("item_id")) for node in found[SHOWN:]]
        more = ", ".join(ids[:10]) + (" …" if len(ids) > 10 else "")
        console.print(f"{len(ids)} more have it; give an id: {more}", soft_wrap=True, markup=False)
