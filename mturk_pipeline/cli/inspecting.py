"""inspect: what result files hold, which of their rows do not count, and a phase file for them."""

from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from mturk_pipeline.cli.output_file import TABLES, OutputFile
from mturk_pipeline.cli.problems import UserProblem
from mturk_pipeline.folders.home import Home


def inspect_files(files: list[Path], suggest_phase: bool, rows: Path | None = None, force: bool = False) -> None:
    """Show what each of `files` holds; `rows`: a file for all rows that do not count, which `force` may replace."""
    from mturk_pipeline.intake.inspecting import inspect_file
    from mturk_pipeline.intake.suggesting import suggest_phase as suggest

    if suggest_phase:
        typer.echo(suggest(files, None), nl=False)
        return
    output = None if rows is None else _output(rows, files, force)
    console = Console(highlight=False)
    broken, not_counted = [], []
    for path in files:
        inspection = inspect_file(path)
        table = Table(box=None, show_header=False)
        table.add_column(style="dim")
        table.add_column(overflow="fold")
        for name, value in inspection.summary():
            table.add_row(name, value)
        console.print(str(path), style="bold", markup=False, soft_wrap=True)
        console.print(table)
        lines = inspection.rows_not_counted()
        for line in lines:
            console.print(f"  {line}", markup=False, soft_wrap=True)
        if output is None and any(line.startswith("…") for line in lines):
            console.print("  all of them as a table: --rows FILE", markup=False)
        not_counted.append(inspection.not_counted)
        if inspection.problem:
            broken.append(f"{path}: {inspection.problem}")
    if output is not None:
        import pandas as pd

        table_of_rows = pd.concat(not_counted, ignore_index=True)
        output.write_table(table_of_rows, "rows")
        count = len(table_of_rows)
        typer.echo(f"{rows}: {count:,} {'row that does' if count == 1 else 'rows that do'} not count")
    if broken:
        raise UserProblem("; ".join(broken))


def _output(rows: Path, files: list[Path], force: bool) -> OutputFile:
    """Where the rows go: never over a file that is inspected."""
    if any(path.exists() and rows.exists() and path.samefile(rows) for path in files):
        raise UserProblem(f"{rows}: is one of the files to inspect; name another for the rows")
    return OutputFile.of(rows, Home.from_environment(), TABLES, force=force)
