"""inspect: what result files hold, which of their rows do not count, and a phase file for them."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.home import Home
from mturk_pipeline.projects.output_file import TABLES, OutputFile
from mturk_pipeline.texts.counted import counted

if TYPE_CHECKING:
    from mturk_pipeline.intake.inspection import Inspection


def inspect_files(files: list[Path], suggest_phase: bool, rows: Path | None = None, force: bool = False) -> None:
    """Show what each of `files` holds; `rows`: a file for all rows that do not count, which `force` may replace."""
    from mturk_pipeline.intake.inspection import inspect_file, inspect_together
    from mturk_pipeline.intake.suggested_phase import suggest_phase as suggest

    if suggest_phase:
        typer.echo(suggest(files), nl=False)
        return
    output = None if rows is None else _output(rows, files, force)
    console = Console(highlight=False)
    inspections = [inspect_file(path) for path in files]
    whole = inspections[0] if len(files) == 1 else inspect_together(files)
    for inspection in inspections:
        _show(console, inspection)
    if whole.rows and whole is not inspections[0]:
        _show(console, whole)
    lines = whole.rows_not_counted()
    for line in lines:
        console.print(f"  {line}", markup=False, soft_wrap=True)
    if output is None and any(line.startswith("…") for line in lines):
        console.print("  all of them as a table: --rows FILE", markup=False)
    if output is not None:
        output.write_table(whole.not_counted, "rows")
        typer.echo(f"{rows}: {counted(len(whole.not_counted), 'row that does', 'rows that do')} not count")
    broken = [f"{inspection.path}: {inspection.problem}" for inspection in inspections if inspection.problem]
    if broken:
        several = f"{len(broken)} of {len(files)} files cannot be used as they are: see above what to do"
        raise UserError(broken[0] if len(files) == 1 else several)


def _show(console: Console, inspection: "Inspection") -> None:
    table = Table(box=None, show_header=False)
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for name, value in inspection.summary():
        table.add_row(name, value)
    console.print(str(inspection.path), style="bold", markup=False, soft_wrap=True)
    console.print(table)


def _output(rows: Path, files: list[Path], force: bool) -> OutputFile:
    """Where the rows go: never over a file that is inspected."""
    if any(path.exists() and rows.exists() and path.samefile(rows) for path in files):
        raise UserError("is one of the files to inspect", where=rows, remedy="name another for the rows")
    return OutputFile.of(rows, Home.from_environment(), TABLES, force=force)
