"""Deadlines of review: a check in every run, and a sensor between runs, for time passes without them.

Dagster's freshness policies are about assets; whether review is late is about one project's rows. An evaluation
without a run would be cheaper, but Dagster keeps only one such for each partition of a check.
"""

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Projects, find_projects
from mturk_pipeline.orchestration.notices import Notice, give, workbook_of
from mturk_pipeline.orchestration.run_identity import HOME_TAG
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline.projects.overdue import waiting_in
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.vocabulary.queue_kinds import SPOT_CHECK
from mturk_pipeline.workflow.workflow import WorkflowError

if TYPE_CHECKING:
    from mturk_pipeline.review.deadlines import Waiting

CHECK = "review_in_time"
HOUR = 3600
# What a tick does at most; the next one goes on. A notice's command may take thirty seconds, the daemon allows sixty.
TICK_SECONDS = 20.0
CHECKS_PER_TICK = 20


def in_time_check(names: PhaseAssets) -> dg.AssetChecksDefinition:
    """Whether rows wait too long; by itself, so that it can be evaluated between runs too."""

    @dg.asset_check(
        asset=names.key("review_queue"),
        name=CHECK,
        description="No row waits for a person longer than `review_within_days`.",
        partitions_def=names.partitions,
    )
    def _in_time(context: dg.AssetCheckExecutionContext, workspace: Workspace) -> dg.AssetCheckResult:
        of_run: Any = context.op_execution_context
        phase = workspace.phase(of_run, names.workflow, names.phase)
        queue = phase.table("review_queue")
        found = None if queue is None else waiting_in(phase, queue)
        since = {"oldest_since": found.oldest.isoformat()} if found and found.oldest is not None else {}
        return dg.AssetCheckResult(
            passed=found is None or not found.overdue,
            severity=dg.AssetCheckSeverity.WARN,
            description=found.sentence if found else "there is no queue yet",
            metadata={"rows": found.rows, "overdue": found.overdue, **since} if found else {},
        )

    return _in_time


def deadlines_sensor(names: PhaseAssets, job: Any) -> dg.SensorDefinition:
    """Between runs: has the check evaluated for projects whose rows wait too long, and says so once."""

    @dg.sensor(
        name=f"{names.job}__deadlines",
        job=job,
        minimum_interval_seconds=HOUR,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Each hour: which projects' rows wait for review longer than the phase allows. Says so once.",
    )
    def _sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = Home.from_environment()
        projects = find_projects(home.projects, {names.workflow.name: names.workflow})
        said, first = _cursor(context.cursor)
        overdue: dict[str, str] = {} if projects.reachable else said
        requests: list[dg.RunRequest] = []
        started, stopped_at = time.monotonic(), ""
        for phase in _in_turn(_phases(projects, names, home), first):
            project_id = phase.project.id
            if stopped_at or len(requests) >= CHECKS_PER_TICK or time.monotonic() - started > TICK_SECONDS:
                stopped_at = stopped_at or project_id
                overdue |= {project_id: said[project_id]} if project_id in said else {}
                continue
            found = _overdue(context, phase)
            if found is None:
                continue
            overdue[project_id] = found.sentence
            if said.get(project_id) != found.sentence:
                requests += _evaluation(context, names, phase)
            if project_id not in said:
                for problem in give(home, _notice(phase, found)):
                    context.log.warning(problem)
        return dg.SensorResult(
            run_requests=requests,
            cursor=json.dumps({"overdue": overdue, "first": stopped_at}, sort_keys=True),
            skip_reason=None if requests else f"{len(overdue)} projects have rows that wait too long",
        )

    return _sensor


def _overdue(context: dg.SensorEvaluationContext, phase: ProjectPhase) -> "Waiting | None":
    """What waits, where some of it waits too long. Little is read of phases where nothing waits."""
    if phase.spec.review_within_days is None:
        return None
    queue = phase.table("review_queue")
    if queue is None or queue["kind"].eq(SPOT_CHECK).all():
        return None
    try:
        found = waiting_in(phase, queue)
    except (UserError, OSError) as error:
        context.log.warning(f"{phase.project.name} {phase.phase}: {error}")
        return None
    return found if found.overdue else None


def _evaluation(context: dg.SensorEvaluationContext, names: PhaseAssets, phase: ProjectPhase) -> list[dg.RunRequest]:
    """A run of the check alone; none for a project that Dagster does not know (any more)."""
    if not context.instance.has_dynamic_partition(str(names.partitions.name), phase.project.id):
        return []
    check = dg.AssetCheckKey(names.key("review_queue"), CHECK)
    tags = {"project": phase.project.name, HOME_TAG: phase.home.id}
    return [dg.RunRequest(partition_key=phase.project.id, asset_selection=[], asset_check_keys=[check], tags=tags)]


def _notice(phase: ProjectPhase, found: "Waiting") -> Notice:
    file = workbook_of(phase)
    text = f"review is overdue: {found.sentence}, in {file}"
    return Notice("review_overdue", phase.project.name, phase.phase, text, rows=found.overdue, file=file)


def _phases(projects: Projects, names: PhaseAssets, home: Home) -> Iterator[ProjectPhase]:
    """The phase in each project that can be used; of the others the phase's own sensor tells."""
    for project in projects.of(names.workflow.name):
        try:
            yield project_phase(home, project, names.workflow, names.phase)
        except WorkflowError:
            continue


def _in_turn(places: Iterator[ProjectPhase], first: str) -> list[ProjectPhase]:
    """In the order of their projects' ids, those from `first` on before the others."""
    return sorted(places, key=lambda phase: (phase.project.id < first, phase.project.id))


def _cursor(text: str | None) -> tuple[dict[str, str], str]:
    """What was said of which project, and where to go on."""
    try:
        content = json.loads(text or "{}")
        return dict(content.get("overdue", {})), str(content.get("first", ""))
    except (ValueError, AttributeError, TypeError):
        return {}, ""
