"""workers, import-batches, exclude, forget: workers over all projects."""

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.vocabulary.standings import EXCLUDE, NEUTRAL, WATCH

if TYPE_CHECKING:
    from mturk_pipeline.folders.home import Home
    from mturk_pipeline.workers.refreshing import Refreshed

_SHOWN = 10


def show_workers(projects_dir: Path | None) -> None:
    """Bring the memory up to date, and show who stands out."""
    from mturk_pipeline.projects.lost_names import restore_all_names
    from mturk_pipeline.workers.identities import lost_names, with_names
    from mturk_pipeline.workers.refreshing import refresh
    from mturk_pipeline.workers.surrogates import retired_setting_line
    from mturk_pipeline.workers.worker_files import EXCLUDED, WORKBOOK

    if line := retired_setting_line():
        typer.echo(line, err=True)
    installation = Installation.here(projects_dir)
    restore_all_names(installation)
    refreshed = refresh(installation.home)
    memory = with_names(refreshed.memory, installation.home)
    _say_what_is_amiss(installation.home, refreshed)
    if refreshed.unnamed:
        typer.echo(
            f"{refreshed.unnamed} of the blacklisted are on no exclusion list, as their ids are not known: "
            "name them by the platform's id in workers.xlsx",
            err=True,
        )
    if lost := lost_names(refreshed.memory["worker"], installation.home):
        _say_unnamed(len(lost), "stand here by surrogate")
    for name in refreshed.kept:
        typer.echo(f"{name}: you changed the pipeline's file; save it as workers.xlsx to have it read", err=True)
    if memory.empty:
        typer.echo(
            "No worker is known yet: run a project, or import past batches (mturk-pipeline import-batches FOLDER)"
        )
        return
    console = Console(highlight=False)
    console.print(
        f"{len(memory):,} workers: {_counted(memory['standing'])}; suggested: {_counted(memory['suggested'])}"
    )
    console.print(_standing_out(memory, console.width))
    if refreshed.reachable:
        typer.echo(
            f"All of them: {installation.home.projects / WORKBOOK}; save it as workers.xlsx to say how workers stand"
        )
        typer.echo(f"Blacklisted, ready to upload: {installation.home.projects / EXCLUDED}")


def _say_what_is_amiss(home: "Home", refreshed: "Refreshed") -> None:
    """What cannot be seen or read, what counts elsewhere, and whom nobody knows: a line each."""
    from mturk_pipeline.workers.contributions import held_assignments
    from mturk_pipeline.workers.shared_assignments import shared_lines

    if not refreshed.reachable:
        typer.echo(f"{home.projects}: no project there (unmounted?); this is the last snapshot", err=True)
    for name in refreshed.unseen:
        what = "nothing can be seen there (a drive that is not mounted?); projects that are not there go on counting"
        typer.echo(f"{home.projects / name}: {what}; if none is to come back, remove it", err=True)
    for line in shared_lines(held_assignments(home)):
        typer.echo(line, err=True)
    for line in refreshed.overrides.problems:
        typer.echo(line, err=True)
    if refreshed.strangers:
        rows, first = len(refreshed.strangers), ", ".join(map(str, refreshed.strangers[:20]))
        typer.echo(f"{rows} of the workers file's rows name workers of no project: {first}", err=True)


def import_past_batches(projects_dir: Path | None, folder: Path) -> None:
    """Rate the workers of every result file under `folder`; a table of what became of each."""
    from mturk_pipeline.workers.batch_import import import_batches
    from mturk_pipeline.workers.overrides import WorkersFileError
    from mturk_pipeline.workers.refreshing import refresh

    if not folder.is_dir():
        raise UserError("no such folder", where=folder, remedy="name the one in which the result files lie")
    installation = Installation.here(projects_dir)
    console = Console(highlight=False)
    table = _table("file", "assignments", "workers", "note", title="Imported")
    unreadable, assignments, seen = 0, 0, 0
    with console.status("reading"):
        for each in import_batches(installation.home, folder):
            seen += 1
            name = each.files[0] + (f" and {len(each.files) - 1} more" if len(each.files) > 1 else "")
            if each.failed:
                unreadable += 1
                typer.echo(f"{name}: {each.said}", err=True)
                continue
            assignments += each.assignments
            table.add_row(name, f"{each.assignments:,}", f"{each.workers:,}", each.said)
    if not seen:
        raise UserError("no .csv, .tsv, .txt, .results or .xlsx file in it", where=folder)
    console.print(table)
    left = f"; {unreadable} files could not be used" if unreadable else ""
    added = f"{assignments:,} assignments added{left}."
    try:
        known = len(refresh(installation.home).memory)
    except WorkersFileError:
        typer.echo(added)
        raise
    typer.echo(f"{added} {known:,} workers are known now: mturk-pipeline workers")


def write_exclusions(projects_dir: Path | None, name: str, phase: str | None) -> None:
    """List who has done a phase, and who is blacklisted, to keep them out of its next batch."""
    from mturk_pipeline.projects import exclusions

    written = exclusions.write_exclusions(Installation.here(projects_dir), name, phase)
    typer.echo(f"{written.path}: {_counted(written.workers['why'])}")
    if written.unnamed:
        _say_unnamed(written.unnamed, "are missing there")


def forget_worker(projects_dir: Path | None, worker: str, yes: bool) -> None:
    """Show what would go, ask, and forget the worker."""
    from mturk_pipeline.workers.forgetting import THEIRS_TODO, forget, look_for, whom

    installation = Installation.here(projects_dir)
    person = whom(installation.home, worker.strip())
    console = Console(highlight=False)
    with console.status("looking"):
        match = look_for(installation.home, person)
    if not match.places:
        typer.echo("This worker is not stored anywhere, and will not be stored again.")
    else:
        _tell_places(console, "Would be forgotten", match.files, match.places)
    if not yes and not typer.confirm("Forget this worker? It cannot be undone"):
        raise UserError("nothing forgotten")
    with console.status("forgetting"):
        done = forget(installation.home, person)
    if done.places:
        _tell_places(console, "Forgotten", done.files, done.places)
    for line in done.problems:
        typer.echo(line, err=True)
    typer.echo("Answers stay, by a surrogate from which nothing leads to the worker, also when files are read again.")
    if done.theirs:
        typer.echo(
            f"{len(done.theirs)} files of people's own in {installation.home.projects} still hold it; they are yours:"
        )
        for name in done.theirs:
            typer.echo(f"  {name}")
        typer.echo(THEIRS_TODO)


def _say_unnamed(count: int, what: str) -> None:
    from mturk_pipeline.projects.lost_names import REMEDY

    typer.echo(f"{count} workers {what}, as their ids are lost and no result file has them: {REMEDY}", err=True)


def _tell_places(console: Console, title: str, files: Mapping[str, int], places: Mapping[str, int]) -> None:
    table = _table("where", "files", "places", title=title)
    for kind, count in places.items():
        table.add_row(kind, f"{files[kind]:,}", f"{count:,}")
    console.print(table)


def _standing_out(memory: pd.DataFrame, width: int) -> Table:
    """The first rows that are not neutral (the memory has the worst first), each in one line of the terminal."""
    notable = memory[(memory["standing"] != NEUTRAL) | memory["suggested"].isin([WATCH, EXCLUDE])]
    rows = [_told(row) for row in notable.head(_SHOWN).to_dict("records")]
    names = ("worker", "standing", "reliability", "judged", "evidence")
    taken = sum(max(map(len, cells)) + 2 for cells in list(zip(names, *rows, strict=True))[:-1])
    room = max(width - taken - 2, 12)
    table = _table(*names, title="Who stands out (?: suggested)")
    for *cells, evidence in rows:
        table.add_row(*cells, evidence if len(evidence) <= room else evidence[: room - 1] + "…")
    return table


def _told(row: dict[Hashable, Any]) -> tuple[str, ...]:
    low, high = row["reliability_low"], row["reliability_high"]
    reliability = "" if pd.isna(low) else f"{row['reliability']:.2f} ({low:.2f}–{high:.2f})"
    word = f"{row['suggested']}?" if row["standing"] == NEUTRAL else row["standing"]
    return row["worker"], word, reliability, f"{row['given']:.0f}", row["reason"] or row["evidence"]


def _counted(words: "pd.Series") -> str:
    return ", ".join(f"{count:,} {word}" for word, count in words.value_counts().items()) or "nobody"


def _table(*columns: str, title: str | None = None) -> Table:
    table = Table(box=None, title=title, title_justify="left", title_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        numbers = name in ("assignments", "workers", "files", "places", "judged", "projects")
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    return table
