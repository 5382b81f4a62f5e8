"""The sensors: one per phase watches its folders, one registers projects, one notices dead runs."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Projects, adopt, find_projects, unidentified
from mturk_pipeline.orchestration.abandoned_runs import RunWatch, remove_locks_of_ended_runs
from mturk_pipeline.orchestration.run_verdicts import latest_runs, run_tags, verdict
from mturk_pipeline.orchestration.running import decision_assets
from mturk_pipeline.orchestration.stages import PhaseAssets, partitions_of
from mturk_pipeline.projects.due_phases import Inputs, Signature, Verdict
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.workflow.workflow import Workflow, WorkflowError

# A tick requests at most this many runs; the next ones take up the rest.
RUNS_PER_TICK = 20
# Seconds that a tick may take; the daemon gives up on one after sixty.
TICK_SECONDS = 30.0
# Nothing to do until a file changes or the project runs: the quick digest and its latest run are all to compare.
_AT_REST = (Verdict.UP_TO_DATE, Verdict.NOTHING_THERE, Verdict.GAVE_UP)


def phase_sensor(names: PhaseAssets, job: Any, assets: list[dg.AssetKey]) -> dg.SensorDefinition:
    """Requests a run for each project whose folders of this phase hold something that no successful run has read."""

    @dg.sensor(
        name=f"{names.job}__folders",
        job=job,
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Watches input, batches and reviewed files of the phase {names.phase} in every project.",
    )
    def _sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = Home.from_environment()
        projects = find_projects(home.projects, {names.workflow.name: names.workflow})
        known = _cursor(context.cursor)
        requests: list[dg.RunRequest] = []
        seen: dict[str, str] = {}
        started = time.monotonic()
        latest = latest_runs(context.instance)
        for phase in _phases(projects, home, names, context):
            project_id = phase.project.id
            if project_id in known:
                seen[project_id] = known[project_id]
            try:
                inputs = Inputs.of(phase)
            except OSError as error:
                context.log.warning(f"{phase.project.name}: {error.filename}: {error.strerror}")
                continue
            # A run of the command line, or of the UI, may have replaced tables although no file differs.
            quick = f"{inputs.quick} {latest.get(project_id, '')}".rstrip()
            if known.get(project_id) == quick:
                continue
            if len(requests) >= RUNS_PER_TICK or time.monotonic() - started > TICK_SECONDS:
                continue
            found, signature = verdict(context.instance, phase, inputs)
            if found in _AT_REST:
                seen[project_id] = quick
            elif found.runs and signature:
                requests.append(_request(names, phase, found, signature, assets))
        return dg.SensorResult(
            run_requests=requests,
            # An unreachable directory says nothing about what was known of its projects.
            cursor=json.dumps(seen if projects.reachable else known, sort_keys=True),
            dynamic_partitions_requests=_new_partitions(context.instance, names.workflow, requests),
            skip_reason=None if requests else _skip_reason(projects, names.workflow.name),
        )

    return _sensor


def projects_sensor(workflows: Mapping[str, Workflow], broken: Mapping[str, str]) -> dg.SensorDefinition:
    """Registers project directories as they appear; takes none away, whatever vanishes."""

    @dg.sensor(
        name="projects",
        minimum_interval_seconds=10,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Registers project directories as partitions when they appear. Never deletes one.",
        target=None,
    )
    def _sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = Home.from_environment()
        taken = find_projects(home.projects, workflows).found
        for path, workflow in unidentified(home.projects, workflows):
            adopt(path, workflow, taken)
        projects = find_projects(home.projects, workflows, broken)
        for problem in projects.problems:
            context.log.warning(problem)
        wanted = []
        for workflow in workflows:
            there = set(context.instance.get_dynamic_partitions(str(partitions_of(workflow).name)))
            new = [p.id for p in projects.of(workflow) if p.id not in there]
            if new:
                wanted.append(partitions_of(workflow).build_add_request(new))
        reason = "; ".join(projects.problems) or f"{len(projects.found)} projects"
        return dg.SensorResult(dynamic_partitions_requests=wanted, skip_reason=None if wanted else reason)

    return _sensor


def abandoned_runs_sensor() -> dg.SensorDefinition:
    """Reports runs whose process was killed as failed, so that nothing stays frozen."""
    watch = RunWatch()

    @dg.sensor(
        name="abandoned_runs",
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Reports runs whose process died as failed, so that their projects run again.",
        target=None,
    )
    def _sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        home = Home.from_environment()
        ended = watch.end_dead_runs(context.instance, home)
        remove_locks_of_ended_runs(context.instance, home)
        reason = f"ended {len(ended)} runs whose process died" if ended else "no run of this home died"
        return dg.SensorResult(skip_reason=reason)

    return _sensor


def _phases(
    projects: Projects, home: Home, names: PhaseAssets, context: dg.SensorEvaluationContext
) -> Iterator[ProjectPhase]:
    for project in projects.of(names.workflow.name):
        try:
            yield project_phase(home, project, names.workflow, names.phase)
        except WorkflowError as error:
            context.log.warning(str(error))


def _request(
    names: PhaseAssets, phase: ProjectPhase, found: Verdict, signature: Signature, assets: list[dg.AssetKey]
) -> dg.RunRequest:
    only_decisions = decision_assets(names, assets) if found is Verdict.DECISIONS_DUE else None
    return dg.RunRequest(
        partition_key=phase.project.id, tags=run_tags(phase, signature), asset_selection=only_decisions
    )


def _new_partitions(
    instance: dg.DagsterInstance, workflow: Workflow, requests: list[dg.RunRequest]
) -> list[dg.AddDynamicPartitionsRequest]:
    """A project that is due before the projects sensor saw it."""
    if not requests:
        return []
    partitions = partitions_of(workflow.name)
    there = set(instance.get_dynamic_partitions(str(partitions.name)))
    new = [str(r.partition_key) for r in requests if r.partition_key not in there]
    return [partitions.build_add_request(new)] if new else []


def _skip_reason(projects: Projects, workflow: str) -> str:
    if not projects.reachable:
        return projects.problems[0]
    return f"{len(projects.of(workflow))} projects, nothing new"


def _cursor(text: str | None) -> dict[str, str]:
    try:
        content = json.loads(text or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
