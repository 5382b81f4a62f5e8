"""A review workbook for each of several people."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.locks import hold_project
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.projects.review import book_of, review_store, seed_of, tables_of

_LOCK_SECONDS = 600


class Share(NamedTuple):
    """One person's share of a phase: how many of the waiting rows, and the workbook."""

    phase: str
    person: str
    rows: int
    of: int
    path: Path


class Split(NamedTuple):
    """The shares of a phase's people; none where nothing waits. `kept`: files that a person had changed, set aside."""

    phase: str
    shares: tuple[Share, ...]
    kept: tuple[str, ...]


def phases_in_review(installation: Installation, name: str, phase: str | None) -> list[ProjectPhase]:
    """The phases of a project, or the one named, that have a review queue; UserError where none has."""
    project = installation.project(name)
    workflow = installation.workflow(project.workflow)
    installation.phase(workflow, phase)
    phases = [
        project_phase(installation.home, project, workflow, each) for each in ([phase] if phase else workflow.phases)
    ]
    made = [each for each in phases if each.table("review_queue") is not None]
    if not made:
        raise UserError("nothing to review yet", where=name, remedy=f"first: mturk-pipeline run {name}")
    return made


def split_review(
    installation: Installation, name: str, phase: str | None, people: Sequence[str], overlap: float
) -> list[Split]:
    """Write `review_<phase>_<person>.xlsx` beside each phase's workbook, which stays as it is.

    `people` are names that can be parts of file names; `overlap` is the share of rows that everybody gets.
    """
    with hold_project(installation.home, installation.project(name).id, _LOCK_SECONDS):
        return [
            split for each in phases_in_review(installation, name, phase) for split in _split(each, people, overlap)
        ]


def _split(phase: ProjectPhase, people: Sequence[str], overlap: float) -> Iterator[Split]:
    from mturk_pipeline.review.splitting import split_queue
    from mturk_pipeline.review.workbook import workbook_bytes

    tables = tables_of(phase)
    if tables is None:
        return
    store, writer = review_store(phase), phase.writer()
    book = book_of(phase, tables, store.last_export())
    if book.queue.empty:
        yield Split(phase.phase, (), ())
        return
    store.note_export(book.export, book.content, book.shown)
    shares = []
    for person, rows in split_queue(book.queue, people, overlap, seed_of(phase)).items():
        part = replace(book, only=frozenset(rows), facts={**book.facts, "for": person})
        file = f"{phase.folders.processed}/review_{phase.phase}_{person}.xlsx"
        writer.write(file, workbook_bytes(part))
        shares.append(Share(phase.phase, person, len(rows), len(book.queue), phase.project.path / file))
    yield Split(phase.phase, tuple(shares), tuple(writer.kept))
