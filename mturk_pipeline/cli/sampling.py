"""sample: a pilot batch of the input, later the remainder."""

from pathlib import Path

import typer

from mturk_pipeline.cli.problems import UserProblem
from mturk_pipeline.cli.site import Site
from mturk_pipeline.folders.watching import watched_files
from mturk_pipeline.folders.writing import ProjectWriter
from mturk_pipeline.intake.input_list import read_input


def write_sample(projects_dir: Path | None, name: str, n: int | None, seed: int) -> None:
    """With `n` a pilot of so many items; without, every item that is in no pilot so far."""
    site = Site.here(projects_dir)
    project = site.project(name)
    workflow = site.workflow_of(project)
    phase = workflow.first
    folder = workflow.folders(phase).input
    files = [f.path for f in watched_files(project.path / folder)]
    table, problems = read_input(files, workflow.phases[phase])
    for reason in problems["reason"]:
        typer.echo(reason, err=True)
    if table.empty:
        raise UserProblem(
            f"{project.path / folder}: no input yet; put a .csv or .xlsx with {_keys(workflow, phase)} there"
        )
    pilot_name = f"{folder}/_pilot_{phase}.csv"
    pilot = _pilot_ids(project.path / pilot_name, workflow, phase)
    if n is not None:
        if pilot:
            raise UserProblem(f"{pilot_name} is there already; for the remainder: mturk-pipeline sample {name} --rest")
        chosen, target = table.sample(min(n, len(table)), random_state=seed), pilot_name
    else:
        if not pilot:
            raise UserProblem(f"{name}: no pilot batch yet; draw one first: mturk-pipeline sample {name} -n 20")
        chosen, target = table[~table["item_id"].isin(pilot)], f"{folder}/_rest_{phase}.csv"
    upload = chosen.sort_index().drop(columns=["item_id", "source_file", "source_row"])
    text = upload.to_csv(index=False, lineterminator="\r\n")
    ProjectWriter(project.path).write(target, text.encode())
    typer.echo(f"{project.path / target}: {len(upload)} of {len(table)} items, ready to upload")


def _pilot_ids(path: Path, workflow, phase: str) -> set[str]:
    if not path.is_file():
        return set()
    table, _ = read_input([path], workflow.phases[phase])
    return set(table["item_id"])


def _keys(workflow, phase: str) -> str:
    return "the columns " + ", ".join(workflow.phases[phase].keys)
