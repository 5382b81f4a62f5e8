"""review: what waits, how far people agree, and a workbook for each of several people."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import typer

from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.projects.site import Site

_LOCK_SECONDS = 600


def show_review(projects_dir: Path | None, name: str, phase: str | None) -> None:
    for place in _phases(Site.here(projects_dir), name, phase):
        queue, audit = place.table("review_queue"), place.table("audit")
        if queue is None:
            continue
        kinds = queue["kind"].value_counts()
        counts = f"{kinds.get('waiting', 0):,} wait, {kinds.get('look_again', 0):,} to look at again"
        typer.echo(f"{place.phase}: {counts}, {kinds.get('spot_check', 0):,} spot checks in {_workbook(place)}")
        if audit is not None and len(audit):
            typer.echo(f"  {audit['sentence'].iloc[0]}")
        _say_agreement(place)


def split_review(projects_dir: Path | None, name: str, phase: str | None, split: str, overlap: str) -> None:
    """Writes `review_<phase>_<person>.xlsx` beside the phase's workbook, which stays as it is."""
    from mturk_pipeline.folders.locks import hold_project
    from mturk_pipeline.projects.review import book_of, review_store, seed_of, tables_of
    from mturk_pipeline.review.splitting import reviewer_names, share_of, split_queue
    from mturk_pipeline.review.workbook import workbook_bytes

    people, share = reviewer_names(split), share_of(overlap)
    site = Site.here(projects_dir)
    with hold_project(site.home, site.project(name).id, _LOCK_SECONDS):
        for place in _phases(site, name, phase):
            tables = tables_of(place)
            if tables is None:
                continue
            store, writer = review_store(place), place.writer()
            book = book_of(place, tables, store.last_export())
            if book.queue.empty:
                typer.echo(f"{place.phase}: nothing waits")
                continue
            store.note_export(book.export, book.content, book.shown)
            for person, rows in split_queue(book.queue, people, share, seed_of(place)).items():
                own = replace(book, only=frozenset(rows), facts={**book.facts, "for": person})
                file = f"{place.folders.processed}/review_{place.phase}_{person}.xlsx"
                writer.write(file, workbook_bytes(own))
                typer.echo(
                    f"{place.phase}: {person}: {len(rows):,} of {len(book.queue):,} rows: {place.project.path / file}"
                )
            for kept in writer.kept:
                typer.echo(f"  changed by a person, kept as {kept}")


def _phases(site: Site, name: str, phase: str | None) -> Iterator[ProjectPhase]:
    project = site.project(name)
    workflow = site.workflow(project.workflow)
    site.phase(workflow, phase)
    found = [project_phase(site.home, project, workflow, each) for each in ([phase] if phase else workflow.phases)]
    made = [place for place in found if place.table("review_queue") is not None]
    if not made:
        raise UserError("nothing to review yet", where=name, remedy=f"first: mturk-pipeline run {name}")
    yield from made


def _say_agreement(place: ProjectPhase) -> None:
    from mturk_pipeline.review.audit import exact_interval

    table = place.table("agreement")
    if table is None:
        return
    for row in table.to_dict("records"):
        low, high = exact_interval(row["same"] / row["both"], row["both"])
        told = f"agree about {row['same']} of {row['both']} rows ({low:.0%} to {high:.0%})"
        typer.echo(f"  {row['file']} and {row['other_file']} {told}")


def _workbook(place: ProjectPhase) -> Path:
    return place.project.path / place.folders.processed / f"review_{place.phase}.xlsx"
