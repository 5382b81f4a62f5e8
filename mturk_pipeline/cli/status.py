"""status: a table for people, JSON for programs."""

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from mturk_pipeline.projects.installation import Installation

_WIDEST = 1000


def show_status(projects_dir: Path | None, name: str | None, as_json: bool) -> None:
    from mturk_pipeline.orchestration.instance import open_instance
    from mturk_pipeline.orchestration.run_verdicts import explained_verdict
    from mturk_pipeline.orchestration.runs_elsewhere import runs_elsewhere
    from mturk_pipeline.projects.status import project_status
    from mturk_pipeline.workflow.workflow import WorkflowError

    installation = Installation.here(projects_dir)
    projects = list(installation.projects.found.values()) if name is None else [installation.project(name)]
    problems = [*installation.broken_workflows.values(), *(installation.projects.problems if name is None else [])]
    instance = open_instance(installation.home)
    rows = []
    for project in projects:
        try:
            rows += project_status(
                installation.home,
                project,
                installation.workflow(project.workflow),
                lambda phase, inputs: explained_verdict(instance, phase, inputs),
            )
        except WorkflowError as error:
            if name is not None:
                raise
            problems.append(str(error))
    names = {project.id: project.name for project in installation.projects.found.values()}
    elsewhere = [run for run in runs_elsewhere(instance, installation.home, names) if name in (None, run.project)]
    if as_json:
        content = {
            "phases": [row.as_dict() for row in rows],
            "runs_elsewhere": [run.as_dict() for run in elsewhere],
            "problems": problems,
        }
        typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("project", "phase", "state"):
        table.add_column(column, no_wrap=True)
    for column in ("batches", "items", "answers", "accepted", "review", "decided"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        counts = (row.batches, row.items, row.answers, row.accepted_automatically, row.to_review, row.decided)
        table.add_row(row.project, row.phase, row.state, *(f"{n:,}" if n else "" for n in counts))
    if rows:
        # A row too long for the window goes on in the next line; a cell cut short says nothing.
        needed = Measurement.get(console, console.options.update(max_width=_WIDEST), table).maximum
        Console(highlight=False, width=max(console.width, needed)).print(table)
    for row in rows:
        if row.estimated_errors_left:
            console.print(f"  {row.project} {row.phase}: {row.estimated_errors_left}", soft_wrap=True, markup=False)
        if row.unreadable_line:
            console.print(f"  {row.project} {row.phase}: {row.unreadable_line}", soft_wrap=True, markup=False)
        for line in row.waiting:
            console.print(f"  {row.project} {row.phase} waits for {line}", soft_wrap=True, markup=False)
        for line in row.notes:
            console.print(f"  {row.project} {row.phase}: {line}", soft_wrap=True, markup=False)
    for run in elsewhere:
        console.print(f"  {run.sentence}", style="yellow", soft_wrap=True, markup=False)
    if not projects and not installation.projects.problems:
        console.print("no project yet; make one: mturk-pipeline init NAME")
    for line in problems:
        console.print(f"left out: {line}", style="yellow", soft_wrap=True, markup=False)
