"""sample: a pilot batch of the input, later the remainder."""

from pathlib import Path

import typer

from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.sampling import draw_sample


def write_sample(projects_dir: Path | None, name: str, n: int | None, seed: int) -> None:
    """With `n` a pilot of so many items; without, every item that is in no pilot so far."""
    sample = draw_sample(Installation.here(projects_dir), name, n, seed)
    for problem in sample.problems:
        typer.echo(problem, err=True)
    if sample.path is None:
        typer.echo(f"{name}: every item of the list has been drawn or asked already; nothing written")
    else:
        typer.echo(f"{sample.path}: {sample.rows} of {sample.of} items not asked yet, ready to upload")
