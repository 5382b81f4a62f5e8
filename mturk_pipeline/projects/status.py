"""Status of a project: per phase what came in, what came out, and what waits for whom."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mturk_pipeline.answers.unreadable import Unreadable, unreadable, unreadable_line
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.intake.slots import slot_lines, slots_of
from mturk_pipeline.intake.unknown_workers import worker_count
from mturk_pipeline.offers.hit_history import GRACE
from mturk_pipeline.offers.rework import UNDER_WAY as REWORK_UNDER_WAY
from mturk_pipeline.projects.due_phases import Inputs, Verdict
from mturk_pipeline.projects.file_problems import (
    entries_not_understood,
    files_not_read,
    gone_results,
    mail_held_back,
    named_in_short,
    unreadable_files,
)
from mturk_pipeline.projects.overdue import overdue_words
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.projects.unknown_columns import unknown_columns
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.vocabulary.dispositions import SUPERSEDED
from mturk_pipeline.vocabulary.missing_states import NO_HIT, SHORT, UNANSWERED, UNDER_WAY, UNUSABLE
from mturk_pipeline.vocabulary.queue_kinds import SPOT_CHECK
from mturk_pipeline.vocabulary.row_statuses import ACCEPTED_AUTOMATICALLY, UNDECIDED, UNSEEN
from mturk_pipeline.workflow.workflow import Workflow

_OF_VERDICT = {
    Verdict.ARRIVING: "the pipeline: files are still arriving",
    Verdict.RUNNING: "the pipeline: a run is under way",
    Verdict.WAITING: "the pipeline: the last run failed ({why}); it is tried again soon, or at once by: {run}",
    Verdict.GAVE_UP: "you: three runs failed on the same files ({why}); mend that, then: {run}",
    Verdict.DUE: "the pipeline: files or settings changed since the last run, or it broke off; it is run by: {run}",
    Verdict.DECISIONS_DUE: "the pipeline: reviewed files are new; it is run by: {run}",
}


@dataclass(frozen=True)
class PhaseStatus:
    """Counts of one phase of one project.

    `waiting` says in words what waits for whom, `notes` what is so and waits for nobody; `missing` counts items by
    `MissingUnits.state`, as it is now.
    """

    project: str
    phase: str
    state: str
    batches: int
    assignments: int
    items: int
    answers: int
    workers: int
    set_aside: int
    accepted_automatically: int
    to_review: int
    decided: int
    estimated_errors_left: str
    waiting: tuple[str, ...]
    notes: tuple[str, ...]
    missing: dict[str, int]
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def unreadable_line(self) -> str:
        """How many answers could not be read and why, in one line; '' where all could."""
        return unreadable_line(self.unreadable)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def project_status(
    home: Home, project: Project, workflow: Workflow, verdict: Callable[[ProjectPhase, Inputs], tuple[Verdict, str]]
) -> Iterator[PhaseStatus]:
    """Status of each phase, in order; reads tables and folders, changes nothing.

    `verdict` says what is to be done with a phase, given what lies in its folders, and why its last run failed.
    """
    for name in workflow.phases:
        phase = project_phase(home, project, workflow, name)
        inputs = Inputs.of(phase)
        yield _phase_status(phase, inputs, *verdict(phase, inputs))


def _phase_status(phase: ProjectPhase, inputs: Inputs, state: Verdict, why: str) -> PhaseStatus:
    raw, answers, aside = phase.table("raw_output"), phase.table("answers"), phase.table("set_aside")
    reviewed = phase.table("reviewed")
    statuses = {} if reviewed is None else {str(k): int(v) for k, v in reviewed["status"].value_counts().items()}
    missing = _missing_now(phase)
    decided = sum(n for s, n in statuses.items() if s not in UNSEEN)
    return PhaseStatus(
        project=phase.project.name,
        phase=phase.phase,
        state=state.value,
        batches=len(inputs.batches) if raw is None or raw.empty else int(raw["batch_id"].nunique()),
        assignments=0 if raw is None else len(raw),
        items=0 if raw is None else int(slots_of(raw, phase.spec)["item_id"].nunique()),
        answers=0 if answers is None else int((answers["state"] != "blank").sum()),
        workers=0 if raw is None else worker_count(raw),
        set_aside=0 if aside is None else int((aside["disposition"] != SUPERSEDED).sum()),
        accepted_automatically=int(statuses.get(ACCEPTED_AUTOMATICALLY, 0)),
        to_review=int(statuses.get(UNDECIDED, 0)),
        decided=int(decided),
        estimated_errors_left=_estimated_errors_left(phase),
        waiting=tuple(_waiting(phase, inputs, state, why, statuses, missing)),
        notes=(
            *unknown_columns(phase),
            *([] if raw is None else slot_lines(raw, phase.spec)),
            *_notes(missing),
            *(_passing(phase) if statuses.get(UNDECIDED) else ()),
        ),
        missing={str(k): int(v) for k, v in missing["state"].value_counts().items()},
        unreadable=() if answers is None else unreadable(answers),
    )


def _estimated_errors_left(phase: ProjectPhase) -> str:
    """Estimated errors among rows that pass without a look, in words; '' before the first run."""
    audit = phase.table("audit")
    return "" if audit is None or audit.empty else str(audit["sentence"].iloc[0])


def _passing(phase: ProjectPhase) -> Iterator[str]:
    """Why few rows pass, and which line would change that."""
    advice = phase.table("passing_advice")
    if advice is not None:
        yield from map(str, advice["note"])


def _waiting(
    phase: ProjectPhase, inputs: Inputs, state: Verdict, why: str, statuses: dict[str, int], missing: pd.DataFrame
) -> Iterator[str]:
    if state in _OF_VERDICT:
        yield _OF_VERDICT[state].format(why=why, run=f"mturk-pipeline run {phase.project.name}")
    yield from _of_files(phase, inputs)
    yield from _of_missing(phase, missing)
    if undecided := statuses.get(UNDECIDED):
        yield f"you: {counted(undecided, 'row')} to review in {phase.folders.processed}{overdue_words(phase)}"
    queue = phase.table("review_queue")
    if spot := 0 if queue is None else int((queue["kind"] == SPOT_CHECK).sum()):
        checks = counted(spot, "spot check")
        yield f"you: {checks} in the same workbook: they tell how many errors are left in what passes"
    if unclear := entries_not_understood(phase):
        entries = counted(unclear, "entry in reviewed files", "entries in reviewed files")
        yield f"you: {entries} that could not be understood: sheet problems of the workbook"
    yield from _not_asked_again(phase)
    following = phase.workflow.following(phase.phase)
    offers = [(following, f"{phase.folders.reviewed}/_mIn_{following}.csv")] if following else []
    numbers = range(1, phase.spec.max_attempts + 1)
    offers += [(phase.phase, f"{phase.folders.input}/_rework_{phase.phase}_{n}.csv") for n in numbers]
    for receiver, offer in offers:
        if rows := _rows_of(phase.project.path / offer):
            what = "HIT" if phase.workflow.phases[receiver].has_slots else "item"
            yield f"you: {counted(rows, what)} to upload from {offer}"


def _not_asked_again(phase: ProjectPhase) -> Iterator[str]:
    """Items that were sent back, or lack answers, and that nobody can be asked about once more, by reason."""
    left_out = phase.table("rework_left_out")
    if left_out is not None:
        reasons = left_out.loc[left_out["rule"] != REWORK_UNDER_WAY, "reason"].value_counts()
        yield from (f"you: {counted(int(n), 'item')} that rework cannot ask: {why}" for why, n in reasons.items())


def _of_files(phase: ProjectPhase, inputs: Inputs) -> Iterator[str]:
    """Files that are not read, rows of files that do not count, and folders in which there is nothing yet."""
    unreadable = unreadable_files(phase)
    if unreadable:
        yield f"you: {counted(len(unreadable), 'file')} that could not be read: {named_in_short(unreadable)}"
    if gone := gone_results(phase):
        yield f"you: {counted(len(gone), 'result file')} that the last run missed: {named_in_short(gone)}"
    if held := mail_held_back(phase):
        yield f"you: {held}"
    passed = files_not_read(phase)
    if passed:
        yield f"you: {counted(len(passed), 'file')} where nothing is read: {named_in_short(passed)}"
    aside = phase.table("set_aside")
    lost = 0 if aside is None else int((aside["disposition"] != SUPERSEDED).sum())
    if lost:
        yield f"you: {counted(lost, 'row')} of result files that do not count: mturk-pipeline inspect FILE names each"
    if not inputs.batches and phase.workflow.before(phase.phase) is None:
        what = "" if inputs.inputs else f"the list to ask about, in {phase.folders.input}, and "
        yield f"you: {what}result files, in {phase.folders.batches}: there is none yet"


def _of_missing(phase: ProjectPhase, missing: pd.DataFrame) -> Iterator[str]:
    """Items that wait for somebody, by what for."""
    open_still = missing[missing["state"] == UNDER_WAY]
    if some := int((open_still["answers"] == 0).sum()):
        yield f"the crowd: {counted(some, 'item')} without an answer, whose HITs are open"
    if some := int((open_still["answers"] > 0).sum()):
        yield f"the crowd: {counted(some, 'item')} with fewer answers than asked for, whose HITs are open"
    states = missing["state"].value_counts()
    if some := int(states.get(NO_HIT, 0)):
        yield f"you: {counted(some, 'item')} of the list in no result file: not uploaded yet, or nobody answered"
    if some := int(states.get(UNUSABLE, 0)):
        where = phase.folders.batches
        yield f"you: {counted(some, 'item')} answered only in rows that do not count: mend these in {where}"


def _notes(missing: pd.DataFrame) -> Iterator[str]:
    """Items whose HITs are over: nobody waits for these, and a person may ask again."""
    for state, words in (
        (UNANSWERED, "got no answer, and {their} HITs are over"),
        (SHORT, "got fewer answers than asked for ({came} of {wanted}), and {their} HITs are over"),
    ):
        items = missing[missing["state"] == state]
        if items.empty:
            continue
        again = int(items["top_up"].sum())
        text = f"{counted(len(items), 'item')} " + words.format(
            their="its" if len(items) == 1 else "their",
            came=f"{int(items['answers'].sum()):,}",
            wanted=f"{int(items['wanted'].sum()):,}",
        )
        if again == len(items):
            yield f"{text}: they may be asked again"
        else:
            yield f"{text}: download the batch again if that was done before their end; later they may be asked again"


def _missing_now(phase: ProjectPhase) -> pd.DataFrame:
    """The table `missing_units` as it is at this moment: HITs may have expired since the last run."""
    table = phase.table("missing_units")
    if table is None:
        return pd.DataFrame({"state": [], "answers": [], "wanted": [], "top_up": []})
    if "ends_at" not in table:  # made by an earlier version
        raw = phase.table("raw_output")
        ends = pd.Series(dtype="datetime64[us, UTC]") if raw is None else raw.groupby("item_id")["expires_at"].max()
        table = table.assign(ends_at=table["item_id"].map(ends))
    expired = (table["state"] == UNDER_WAY) & (pd.Timestamp.now("UTC") >= table["ends_at"] + GRACE)
    expired &= table["hits"] + 1 == table["attempt"]
    now = table["state"].mask(expired & (table["answers"] > 0), SHORT)
    return table.assign(state=now.mask(expired & (table["answers"] == 0), UNANSWERED))


def _rows_of(path: Path) -> int:
    """Rows of one of the pipeline's files, below its header."""
    try:
        return len(pd.read_csv(path, dtype="str", usecols=[0]))
    except (OSError, ValueError):
        return 0
