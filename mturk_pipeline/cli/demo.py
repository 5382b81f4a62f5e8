"""demo: the shipped example, through all phases."""

import shutil
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from mturk_pipeline.cli.running import run_each
from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.home import base_directory
from mturk_pipeline.folders.project_folders import find_projects, make_project
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.workflow.workflow import Workflow

EXAMPLE = "example"
WORKFLOW = "lead_gathering"


def run_demo(projects_dir: Path | None) -> None:
    installation = Installation.here(projects_dir)
    path, copied = place_example(installation)
    typer.echo(f"Example project: {path}" + (f" ({copied} files copied)" if copied else ""))
    projects = find_projects(installation.home.projects, installation.workflows)
    project = projects.named(EXAMPLE)
    failures, ran = run_each(installation, [project])
    if failures:
        raise UserError("; ".join(failures))
    if not ran and not copied:
        typer.echo("Nothing changed since the last run; nothing done.")
    _tell(path, installation.workflow(WORKFLOW))


def place_example(installation: Installation) -> tuple[Path, int]:
    """Copy the example's files that are not there yet into the projects folder; returns how many."""
    source = base_directory() / "data" / "example"
    if not source.is_dir():
        raise UserError("the example is not here", where=source, remedy="run this from a checkout of the project")
    installation.home.projects.mkdir(parents=True, exist_ok=True)
    workflow = installation.workflow(WORKFLOW)
    target = installation.home.projects / EXAMPLE
    known = find_projects(installation.home.projects, installation.workflows)
    make_project(installation.home.projects, EXAMPLE, workflow, known.found)
    copied = 0
    for folder in workflow.folder_names:
        for file in sorted((source / folder).glob("*")):
            if file.is_file() and not (target / folder / file.name).exists():
                shutil.copyfile(file, target / folder / file.name)
                copied += 1
    return target, copied


def _tell(path: Path, workflow: Workflow) -> None:
    """Tell what was made, where, and how to look at it."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for name in workflow.folder_names:
        for file in sorted(f for f in (path / name).glob("*") if f.is_file() and _is_made(f)):
            table.add_row(f"{name}/{file.name}", f"{file.stat().st_size / 1024:,.0f} KB")
    console = Console(highlight=False)
    console.print("Made:")
    console.print(table)
    look = "Look at it: make dev, then http://127.0.0.1:3000 (or: mturk-pipeline status example)"
    console.print(look, soft_wrap=True)


def _is_made(file: Path) -> bool:
    folder = file.parent.name
    return file.name.startswith("_") or "_notebookProcessed_" in folder or folder.endswith("_allLeads")
