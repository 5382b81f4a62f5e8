"""Settling and paying the assignments of a project: uploads for the requester site, pay sheets for what goes by hand.

Read afresh from the folders each time: money follows from nothing that is out of date. Nothing is written, and nothing
is paid, unless `write` says so.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.locks import hold_project
from mturk_pipeline.intake.made_ids import ids_among
from mturk_pipeline.pay.approval_suggestions import suggest_settlement
from mturk_pipeline.pay.pay_decisions import decide_pay, leave_open
from mturk_pipeline.pay.pay_ledger import PayLedger
from mturk_pipeline.pay.pay_sheet import AmountDue, finish_pay_sheets, owed, write_pay_sheet
from mturk_pipeline.pay.settlement_file import PREFIX, SettlementFile, settlement_files
from mturk_pipeline.projects.file_problems import FileProblem
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.review.assignments_sheet import read_settle_words
from mturk_pipeline.vocabulary.dispositions import SUPERSEDED
from mturk_pipeline.vocabulary.file_rules import OF_WHOLE_FILES
from mturk_pipeline.workers.id_replacement import Replacement, current_ids
from mturk_pipeline.workers.identities import identities
from mturk_pipeline.workers.ids_in_bytes import without_ids
from mturk_pipeline.workers.tombstones import forgotten

_LOCK_SECONDS = 600


@dataclass(frozen=True)
class PhaseAssignments:
    """A phase's assignments as its folders hold them now, with suggestions and people's pay decisions."""

    phase: ProjectPhase
    files: list[Path]
    assignments: pd.DataFrame
    unusable_rows: int  # Rows of result files that are quarantined or conflicting: they are settled by eye
    suggestions: pd.DataFrame
    # words, problems: pay decisions of reviewed files, and what could not be read of them
    words: pd.DataFrame
    problems: pd.DataFrame

    @property
    def unknown_words(self) -> int:
        """Pay decisions that name assignments which the phase does not have."""
        return int((~self.words["assignment_id"].isin(self.assignments["assignment_id"])).sum())

    @property
    def unread(self) -> list[FileProblem]:
        """Reviewed files that cannot be read, or name no assignment: nobody knows whose pay is decided in them."""
        whole = self.problems[self.problems["rule"].isin(list(OF_WHOLE_FILES))]
        folder = self.phase.folders.reviewed
        return [FileProblem(f"{folder}/{r.source_file}", str(r.reason)) for r in whole.itertuples()]


class Settled(NamedTuple):
    """Settlement of a phase, and the files written.

    `written` gives each upload's path and whether its content is new, `removed` earlier uploads of which nothing is
    left to settle, `kept` the names of those that a person had changed.
    """

    uploads: list[SettlementFile]
    written: list[tuple[Path, bool]]
    removed: list[str]
    kept: list[str]


class Paid(NamedTuple):
    """Amounts owed by hand, the pay sheet that was written, and interrupted sheets that are whole now."""

    due: AmountDue
    sheet: Path | None
    finished: list[Path]


def phases_to_settle(
    installation: Installation, name: str, phase: str | None, *, write: bool
) -> Iterator[PhaseAssignments]:
    """The project's phases that have result files; UserError where none has.

    The project is held while they are worked on, where `write`. A phase with a reviewed file that cannot be read is
    left out: a rejection may stand there. A UserError names such files once the other phases are done.
    """
    project = installation.project(name)
    workflow = installation.workflow_of(project)
    installation.phase(workflow, phase)
    seen = 0
    refused: list[str] = []
    with hold_project(installation.home, project.id, _LOCK_SECONDS) if write else nullcontext():
        for each in [phase] if phase else list(workflow.phases):
            held = project_phase(installation.home, project, installation.workflow(project.workflow), each)
            files = [file.path for file in held.files(held.folders.batches)]
            if files:
                seen += 1
                read = _read(held, files)
                if read.unread:
                    refused.append(_refusal(read))
                else:
                    yield read
    if refused:
        raise UserError("; ".join(refused))
    if not seen:
        where = workflow.folders(phase).batches if phase else "any phase"
        raise UserError(f"no result files in {where}", where=name, remedy="nothing to settle")


def settle(held: PhaseAssignments, *, write: bool, include_suggested: bool) -> Settled:
    """Uploads for the requester site, one for each result file with rows to settle."""
    decided = decide_pay(held.suggestions, held.words, include_suggested)
    ledger = PayLedger(held.phase.project.path)
    listed = ledger.holds(held.assignments, held.phase.phase, _current_ids(held.phase, held.assignments))
    by_hand = held.suggestions["paid_by"].eq("hand").to_numpy() | listed.to_numpy()
    decided = leave_open(decided, decided["assignment_id"][by_hand], "paid by hand")
    uploads = settlement_files(held.files, held.assignments, decided, held.phase.file_naming())
    if not write:
        return Settled(uploads, [], [], [])
    phase, gone = held.phase, Replacement({}, forgotten(held.phase.home))
    folder, writer = phase.folders.processed, phase.writer()
    made = {upload.name: upload.content for upload in uploads if upload.content is not None}
    written, removed = [], []
    for name, content in made.items():
        changed = writer.write(f"{folder}/{name}", without_ids(content, gone)[0] if gone.stones else content)
        written.append((phase.project.path / folder / name, changed))
    for path in sorted((phase.project.path / folder).glob(f"{PREFIX}*.csv")):
        if path.name not in made and ".kept-" not in path.name and writer.is_ours(path):
            writer.remove(f"{folder}/{path.name}")
            removed.append(path.name)
    return Settled(uploads, written, removed, writer.kept)


def pay(held: PhaseAssignments, reward: Decimal | None, *, write: bool) -> Paid:
    """A numbered pay sheet with all that is owed by hand and stands on none yet."""
    phase, writer = held.phase, held.phase.writer()
    folder, path = phase.folders.processed, phase.project.path
    names = identities(phase.home)
    finished = [path / name for name in finish_pay_sheets(writer, folder, phase.phase, names)] if write else []
    paid = PayLedger(path).holds(held.assignments, phase.phase, _current_ids(phase, held.assignments))
    due = owed(held.assignments, held.suggestions, decide_pay(held.suggestions, held.words), paid, names, reward)
    if due.assignments.empty or not write:
        return Paid(due, None, finished)
    sheet = write_pay_sheet(writer, folder, phase.phase, due, names)
    return Paid(due, path / sheet if sheet else None, finished)


def _refusal(held: PhaseAssignments) -> str:
    """Why nothing of a phase is settled or paid, in one line."""
    files = "; ".join(problem.line for problem in held.unread)
    return (
        f"{held.phase.phase}: {files}; a rejection may stand there, so nothing of this phase is settled or paid: "
        "mend what is named, or move it out of that folder, and try again"
    )


def _read(phase: ProjectPhase, files: list[Path]) -> PhaseAssignments:
    collected = phase.collect(files)
    suggestions = suggest_settlement(collected.assignments, tidy(collected.assignments, phase.spec), phase.spec)
    reviewed = [file.path for file in phase.files(phase.folders.reviewed)]
    told = read_settle_words(reviewed, suggestions, _current_ids(phase, collected.assignments))
    words, problems = map(phase.without_ids, told)
    unusable = int((collected.set_aside["disposition"] != SUPERSEDED).sum())
    return PhaseAssignments(phase, files, collected.assignments, unusable, suggestions, words, problems)


def _current_ids(phase: ProjectPhase, assignments: pd.DataFrame) -> Callable[[pd.Series], pd.Series]:
    """What gives ids that earlier versions made, or another home, as `assignments` has them."""
    return lambda ids: ids_among(current_ids(phase.home, ids), assignments["assignment_id"])
