"""inspect: what result files hold, and a phase file for them."""

from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from mturk_pipeline.cli.problems import UserProblem


def inspect_files(files: list[Path], suggest_phase: bool) -> None:
    from mturk_pipeline.intake.inspecting import inspect_file
    from mturk_pipeline.intake.suggesting import suggest_phase as suggest

    if suggest_phase:
        typer.echo(suggest(files, None), nl=False)
        return
    console = Console(highlight=False)
    broken = []
    for path in files:
        inspection = inspect_file(path)
        table = Table(title=str(path), title_justify="left", title_style="bold", box=None, show_header=False)
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        for name, value in inspection.summary():
            table.add_row(name, value)
        console.print(table)
        if inspection.problem:
            broken.append(f"{path}: {inspection.problem}")
    if broken:
        raise UserProblem("; ".join(broken))
