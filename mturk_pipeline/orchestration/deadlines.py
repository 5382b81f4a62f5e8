"""Deadlines of review: a check in every run, and a sensor between runs, for time passes without them.

Dagster's freshness policies are about assets; whether review is late is about one project's rows.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.projects import Projects, find_projects
from mturk_pipeline.orchestration.notices import Notice, give, workbook_of
from mturk_pipeline.orchestration.reviewing import review_store
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.orchestration.workspace import PhaseOfProject, phase_of_project
from mturk_pipeline.workflow.workflow import Workflow, WorkflowError

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.review.deadlines import Waiting

CHECK = "review_in_time"
HOUR = 3600
# Seconds after which a tick begins no other project: a notice's command may take thirty more, the daemon allows sixty.
TICK_SECONDS = 20.0


def in_time_spec(names: PhaseAssets) -> dg.AssetCheckSpec:
    return names.check(CHECK, "review_queue", "No row waits for a person longer than `review_within_days`.")


def in_time_check(names: PhaseAssets, place: PhaseOfProject, queue: "pd.DataFrame") -> dg.AssetCheckResult:
    """The check as a run finds it; the project's workbook is written already."""
    found = waiting_in(place, queue)
    return dg.AssetCheckResult(
        passed=not found.overdue,
        check_name=CHECK,
        asset_key=names.key("review_queue"),
        severity=dg.AssetCheckSeverity.WARN,
        description=found.sentence,
        metadata=_counts(found),
    )


def waiting_in(place: PhaseOfProject, queue: "pd.DataFrame") -> "Waiting":
    """How long the rows of `queue` wait; Failure, in one line, where the journal is damaged."""
    from mturk_pipeline.review.deadlines import waiting, waiting_since

    store = review_store(place)
    return waiting(waiting_since(store.exports(), store.times(), queue), place.spec.review_within_days)


def overdue_words(place: PhaseOfProject) -> str:
    """ ", 12 of them overdue": of the undecided rows, for a sentence that says how many there are; '' for none."""
    queue = place.table("review_queue")
    if queue is None or queue.empty or place.spec.review_within_days is None:
        return ""
    try:
        found = waiting_in(place, queue[queue["kind"] == "waiting"])
    except dg.Failure:
        return ""
    return f", {found.overdue} of them overdue" if found.overdue else ""


def deadlines_sensor(workflows: Mapping[str, Workflow]) -> dg.SensorDefinition:
    """Between runs: fails the check of projects whose rows wait too long, and says so once."""

    @dg.sensor(
        name="review_deadlines",
        minimum_interval_seconds=HOUR,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Each hour: which rows wait for review longer than their phase allows. Says so once.",
        target=None,
    )
    def _sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = Home.from_environment()
        projects = find_projects(home.projects, dict(workflows))
        said, first = _cursor(context.cursor)
        overdue: dict[str, str] = {} if projects.reachable else said
        events: list[dg.AssetCheckEvaluation] = []
        started, stopped_at = time.monotonic(), ""
        for name, place in _in_turn(_places(projects, workflows, home), first):
            if stopped_at or time.monotonic() - started > TICK_SECONDS:
                # Next time it goes on from here.
                stopped_at = stopped_at or name
                overdue |= {name: said[name]} if name in said else {}
                continue
            found = _overdue(context, place)
            if found is None:
                continue
            overdue[name] = found.sentence
            if said.get(name) != found.sentence:
                events.append(_evaluation(place, found))
            if name not in said:
                for problem in give(home, _notice(place, found)):
                    context.log.warning(problem)
        return dg.SensorResult(
            asset_events=events,
            cursor=json.dumps({"overdue": overdue, "first": stopped_at}, sort_keys=True),
            skip_reason=f"{len(overdue)} phases of projects have rows that wait too long",
        )

    return _sensor


def _overdue(context: dg.SensorEvaluationContext, place: PhaseOfProject) -> "Waiting | None":
    """What waits, where some of it waits too long. Nothing is read of phases whose queue is empty."""
    if place.spec.review_within_days is None:
        return None
    queue = place.table("review_queue")
    if queue is None or queue["kind"].eq("spot_check").all():
        return None
    try:
        found = waiting_in(place, queue)
    except (dg.Failure, OSError) as error:
        context.log.warning(f"{place.project.name} {place.phase}: {error}")
        return None
    return found if found.overdue else None


def _evaluation(place: PhaseOfProject, found: "Waiting") -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=PhaseAssets(place.workflow, place.phase).key("review_queue"),
        check_name=CHECK,
        passed=False,
        severity=dg.AssetCheckSeverity.WARN,
        description=found.sentence,
        metadata=_counts(found),
        partition=place.project.id,
        blocking=False,
    )


def _notice(place: PhaseOfProject, found: "Waiting") -> Notice:
    file = workbook_of(place)
    text = f"review is overdue: {found.sentence}, in {file}"
    return Notice("review_overdue", place.project.name, place.phase, text, rows=found.overdue, file=file)


def _counts(found: "Waiting") -> dict[str, int | str]:
    since = {} if found.oldest is None else {"oldest_since": found.oldest.isoformat()}
    return {"rows": found.rows, "overdue": found.overdue, **since}


def _places(projects: Projects, workflows: Mapping[str, Workflow], home: Home) -> Iterator[tuple[str, PhaseOfProject]]:
    """Each phase of each project, by a name for the cursor; what cannot be used is other sensors' to say."""
    for project in projects.found.values():
        workflow = workflows[project.workflow]
        for phase in workflow.phases:
            try:
                yield f"{project.id}/{workflow.name}/{phase}", phase_of_project(home, project, workflow, phase)
            except WorkflowError:
                break


def _in_turn(places: Iterator[tuple[str, PhaseOfProject]], first: str) -> list[tuple[str, PhaseOfProject]]:
    """In the order of their names, those from `first` on before the others."""
    return sorted(places, key=lambda named: (named[0] < first, named[0]))


def _cursor(text: str | None) -> tuple[dict[str, str], str]:
    try:
        content = json.loads(text or "{}")
        return dict(content.get("overdue", {})), str(content.get("first", ""))
    except (ValueError, AttributeError, TypeError):
        return {}, ""
