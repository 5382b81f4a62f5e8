"""status: a table for people, JSON for programs."""

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from mturk_pipeline.cli.site import Site


def show_status(projects_dir: Path | None, name: str | None, as_json: bool) -> None:
    from mturk_pipeline.orchestration.instance import open_instance
    from mturk_pipeline.orchestration.status import project_status
    from mturk_pipeline.workflow.workflow import WorkflowError

    site = Site.here(projects_dir)
    projects = list(site.projects.found.values()) if name is None else [site.project(name)]
    problems = [*site.workflow_problems, *(site.projects.problems if name is None else [])]
    instance = open_instance(site.home)
    rows = []
    for project in projects:
        try:
            rows += project_status(instance, site.home, project, site.workflow(project.workflow))
        except WorkflowError as error:
            problems.append(str(error))
    if as_json:
        content = {"phases": [row.as_dict() for row in rows], "problems": problems}
        typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("project", "phase", "state"):
        table.add_column(column, no_wrap=True)
    for column in ("batches", "items", "answers", "accepted", "review", "decided"):
        table.add_column(column, justify="right")
    for row in rows:
        counts = (row.batches, row.items, row.answers, row.accepted_automatically, row.to_review, row.decided)
        table.add_row(row.project, row.phase, row.state, *(f"{n:,}" if n else "" for n in counts))
    if rows:
        console.print(table)
    for row in rows:
        if row.if_you_stop_here:
            console.print(f"  {row.project} {row.phase}: {row.if_you_stop_here}", soft_wrap=True, markup=False)
        if row.unreadable_line:
            console.print(f"  {row.project} {row.phase}: {row.unreadable_line}", soft_wrap=True, markup=False)
        for line in row.waiting:
            console.print(f"  {row.project} {row.phase} waits for {line}", soft_wrap=True, markup=False)
    if not rows:
        console.print("no project yet; make one: mturk-pipeline init NAME")
    for line in problems:
        console.print(f"left out: {line}", style="yellow", soft_wrap=True, markup=False)
