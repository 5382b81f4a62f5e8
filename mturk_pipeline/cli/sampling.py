"""sample: a pilot batch of the input, later the remainder."""

from pathlib import Path

import typer

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.watching import watched_files
from mturk_pipeline.folders.writing import ProjectWriter
from mturk_pipeline.intake.input_list import read_input
from mturk_pipeline.projects.offers import sent_to
from mturk_pipeline.projects.phase import project_phase
from mturk_pipeline.projects.site import Site


def write_sample(projects_dir: Path | None, name: str, n: int | None, seed: int) -> None:
    """With `n` a pilot of so many items; without, every item that is in no pilot so far."""
    site = Site.here(projects_dir)
    project = site.project(name)
    workflow = site.workflow_of(project)
    phase = workflow.first
    folder = workflow.folders(phase).input
    files = [f.path for f in watched_files(project.path / folder)]
    listed = read_input(files, workflow.phases[phase])
    table, problems = listed.items, listed.problems
    for reason in problems["reason"]:
        typer.echo(reason, err=True)
    if table.empty:
        raise UserError(
            "no input yet",
            where=project.path / folder,
            remedy=f"put a .csv or .xlsx with {_keys(workflow, phase)} there",
        )
    place = project_phase(site.home, project, site.workflow(project.workflow), phase)
    purged = place.table("purged")
    out = sent_to(place).items | (set() if purged is None else set(purged["item_id"]))
    table = table[~table["item_id"].isin(list(out))]
    pilots = sorted((project.path / folder).glob(f"_pilot_{phase}*.csv"))
    rests = sorted((project.path / folder).glob(f"_rest_{phase}*.csv"))
    if n is not None:
        if pilots:
            raise UserError(
                "is there already", where=pilots[0], remedy=f"for the remainder: mturk-pipeline sample {name} --rest"
            )
        chosen, target = table.sample(min(n, len(table)), random_state=seed), f"{folder}/_pilot_{phase}.csv"
    else:
        if not pilots:
            raise UserError(
                "no pilot batch yet", where=name, remedy=f"draw one first: mturk-pipeline sample {name} -n 20"
            )
        drawn = read_input([*pilots, *rests], workflow.phases[phase]).items
        chosen = table[~table["item_id"].isin(drawn["item_id"])]
        number = f"_{len(rests) + 1}" if rests else ""
        target = f"{folder}/_rest_{phase}{number}.csv"
    if chosen.empty:
        typer.echo(f"{name}: every item of the list has been drawn or asked already; nothing written")
        return
    upload = chosen.sort_index().drop(columns=["item_id", "source_file", "source_row"])
    text = upload.to_csv(index=False, lineterminator="\r\n")
    ProjectWriter(project.path).write(target, text.encode())
    typer.echo(f"{project.path / target}: {len(upload)} of {len(table)} items not asked yet, ready to upload")


def _keys(workflow, phase: str) -> str:
    return "the columns " + ", ".join(workflow.phases[phase].keys)
