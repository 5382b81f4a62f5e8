"""Where a project stands: per phase what came in, what came out, and what waits for whom."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from mturk_pipeline.answers.unreadable import Unreadable, unreadable, unreadable_line
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.projects import Project
from mturk_pipeline.orchestration.deadlines import overdue_words
from mturk_pipeline.orchestration.due import Inputs, Verdict, verdict
from mturk_pipeline.orchestration.workspace import PhaseOfProject, phase_of_project
from mturk_pipeline.workflow.workflow import Workflow

UNDECIDED = "undecided"


@dataclass(frozen=True)
class PhaseStatus:
    """Counts of one phase of one project; `waiting` says in words what waits for whom."""

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
    if_you_stop_here: str
    waiting: tuple[str, ...]
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def unreadable_line(self) -> str:
        """How many answers could not be read and why, in one line; '' where all could."""
        return unreadable_line(self.unreadable)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def project_status(
    instance: dg.DagsterInstance, home: Home, project: Project, workflow: Workflow
) -> Iterator[PhaseStatus]:
    """The status of each phase, in order; reads tables and folders, changes nothing."""
    for phase in workflow.phases:
        place = phase_of_project(home, project, workflow, phase)
        inputs = Inputs.of(place)
        state, _ = verdict(instance, place, inputs)
        yield _phase_status(place, inputs, state)


def _phase_status(place: PhaseOfProject, inputs: Inputs, state: Verdict) -> PhaseStatus:
    raw, answers, aside = place.table("raw_output"), place.table("answers"), place.table("set_aside")
    reviewed = place.table("reviewed")
    statuses = {} if reviewed is None else {str(k): int(v) for k, v in reviewed["status"].value_counts().items()}
    decided = sum(n for s, n in statuses.items() if s not in (UNDECIDED, "accepted_automatically"))
    return PhaseStatus(
        project=place.project.name,
        phase=place.phase,
        state=state.value,
        batches=len(inputs.batches),
        assignments=0 if raw is None else len(raw),
        items=0 if raw is None else int(raw["item_id"].nunique()),
        answers=0 if answers is None else int((answers["state"] != "blank").sum()),
        workers=0 if raw is None else int(raw["worker"].nunique()),
        set_aside=0 if aside is None else int((aside["disposition"] != "superseded").sum()),
        accepted_automatically=int(statuses.get("accepted_automatically", 0)),
        to_review=int(statuses.get(UNDECIDED, 0)),
        decided=int(decided),
        if_you_stop_here=_if_you_stop_here(place),
        waiting=tuple(_waiting(place, state, statuses)),
        unreadable=() if answers is None else unreadable(answers),
    )


def _if_you_stop_here(place: PhaseOfProject) -> str:
    """What is known of rows that pass without a look; '' before the first run."""
    found = place.table("audit")
    return "" if found is None or found.empty else str(found["sentence"].iloc[0])


def _waiting(place: PhaseOfProject, state: Verdict, statuses: dict[str, int]) -> Iterator[str]:
    if state not in (Verdict.UP_TO_DATE, Verdict.NOTHING_THERE):
        yield f"the pipeline: {state.value}"
    unanswered = _unanswered(place)
    if unanswered:
        yield f"the crowd: {unanswered} items of the input have no answer yet"
    if undecided := statuses.get(UNDECIDED):
        yield f"you: {undecided} rows to review in {place.folders.processed}{overdue_words(place)}"
    queue, problems = place.table("review_queue"), place.table("review_problems")
    if spot := 0 if queue is None else int((queue["kind"] == "spot_check").sum()):
        yield f"you: {spot} spot checks in the same workbook: they tell how many errors are left in what passes"
    if problems is not None and len(problems):
        yield f"you: {len(problems)} things in saved files were not understood: sheet problems of the workbook"
    following = place.workflow.following(place.phase)
    offers = [f"{place.folders.reviewed}/_mIn_{following}.csv"] if following else []
    offers += [f"{place.folders.input}/_rework_{place.phase}_{n}.csv" for n in range(1, place.spec.max_attempts + 1)]
    for offer in offers:
        if rows := _rows_of(place.project.path / offer):
            yield f"you: {rows} items to upload from {offer}"


def _unanswered(place: PhaseOfProject) -> int:
    missing = place.table("missing_units")
    return 0 if missing is None else int((missing["state"] != "short").sum())


def _rows_of(path: Path) -> int:
    """Rows of a file of ours below its header."""
    try:
        return len(pd.read_csv(path, dtype="str", usecols=[0]))
    except (OSError, ValueError):
        return 0
