"""Running due phases of projects in this process: the command line's way, and the daily reconcile's."""

import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

import dagster as dg
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import release_run
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.folders.watching import QUIET_SECONDS
from mturk_pipeline.orchestration.abandoned_runs import RunWatch
from mturk_pipeline.orchestration.kept_connections import kept_connections
from mturk_pipeline.orchestration.resources import resource_definitions
from mturk_pipeline.orchestration.run_identity import identity_tags
from mturk_pipeline.orchestration.run_verdicts import run_tags, verdict
from mturk_pipeline.orchestration.stages import PhaseAssets, partitions_of
from mturk_pipeline.projects.due_phases import INTAKE_STAGES, Inputs, Signature, Verdict
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.workflow.loading import SHIPPED_DIR
from mturk_pipeline.workflow.workflow import Workflow, WorkflowError

# How long files that keep arriving are waited for.
ARRIVAL_SECONDS = 10.0

# The caller says what happens; the events of each step are in the UI.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


# So that the UI shows these runs, too, with the job that they are of.
_ORIGIN = {REPOSITORY_LABEL_TAG: "__repository__@mturk_pipeline"}


@dataclass(frozen=True)
class PhaseResult:
    """What became of one phase of one project."""

    project: Project
    phase: str
    verdict: Verdict
    success: bool | None = None
    run_id: str | None = None
    problem: str | None = None

    @property
    def ran(self) -> bool:
        return self.run_id is not None


def run_project(
    instance: dg.DagsterInstance,
    home: Home,
    project: Project,
    workflow: Workflow,
    job_of: Callable[[str], dg.JobDefinition],
    *,
    phases: tuple[str, ...] = (),
    wants: Callable[[Verdict], bool] = lambda v: v.runs,
    announce: Callable[[str], None] = lambda phase: None,
    patience: float = 60.0,
) -> Iterator[PhaseResult]:
    """Run the phases of a project that are due, in order, each in a run of its own; yields each phase's result.

    Parameters
    ----------
    job_of
        Job by name, from the loaded definitions.
    phases
        Only these; by default all.
    wants
        Which verdicts lead to a run.
    announce
        Called with a phase's name before it runs.
    patience
        Seconds to wait for a run of the same phase that is under way elsewhere. What follows it is not run on
        what it has not finished.
    """
    partitions = partitions_of(workflow.name)
    if not instance.has_dynamic_partition(str(partitions.name), project.id):
        instance.add_dynamic_partitions(str(partitions.name), [project.id])
    for name in phases or tuple(workflow.phases):
        try:
            phase = project_phase(home, project, workflow, name)
        except WorkflowError as error:
            yield PhaseResult(project, name, Verdict.DUE, success=False, problem=str(error))
            return
        found, signature = _settled_verdict(instance, phase, patience)
        if found is Verdict.RUNNING:
            yield PhaseResult(project, name, found)
            return
        if signature is None or not wants(found):
            yield PhaseResult(project, name, found)
            continue
        announce(name)
        yield _run(instance, phase, found, signature, job_of)


def job_named(name: str) -> dg.JobDefinition:
    """A job of the definitions that the UI loads too; loading them takes a second, once in a process."""
    return _repository().get_job(name)


def jobs_of(workflow: Workflow) -> Callable[[str], dg.JobDefinition]:
    """The jobs of one workflow by name, the same as `job_named` gives: nothing else is loaded, and nothing before a
    job is asked for.
    """

    @cache
    def repository() -> dg.RepositoryDefinition:
        with warnings.catch_warnings(action="ignore"):
            return dg.Definitions.merge(_definitions_of(workflow), resource_definitions()).get_repository_def()

    return lambda name: repository().get_job(name)


def _definitions_of(workflow: Workflow) -> dg.Definitions:
    """A workflow as `mturk_pipeline.definitions` has it: as components where it is shipped."""
    from mturk_pipeline.orchestration.own_workflows import workflow_definitions

    if workflow.source != SHIPPED_DIR / workflow.name:
        return workflow_definitions(workflow)
    return dg.ComponentTree.for_project(SHIPPED_DIR).build_defs_at_path(workflow.name)


@cache
def _repository() -> dg.RepositoryDefinition:
    from mturk_pipeline.definitions import defs

    return defs().get_repository_def()


def _settled_verdict(
    instance: dg.DagsterInstance, phase: ProjectPhase, patience: float
) -> tuple[Verdict, Signature | None]:
    """The verdict once files that just arrived are quiet, and a run of the phase that is under way has ended."""
    watch = RunWatch()
    deadline = time.monotonic() + patience
    arrived = time.monotonic() + ARRIVAL_SECONDS
    while True:
        found, signature = verdict(instance, phase, Inputs.of(phase))
        waits = {Verdict.ARRIVING: arrived, Verdict.RUNNING: deadline}.get(found, 0.0)
        if time.monotonic() >= waits:
            return found, signature
        time.sleep(QUIET_SECONDS / 4)
        watch.end_dead_runs(instance, phase.home)


def _run(
    instance: dg.DagsterInstance,
    phase: ProjectPhase,
    found: Verdict,
    signature: Signature,
    job_of: Callable[[str], dg.JobDefinition],
) -> PhaseResult:
    names = PhaseAssets(phase.workflow, phase.phase)
    job = job_of(names.job)
    selection = (
        decision_assets(names, job.asset_layer.executable_asset_keys) if found is Verdict.DECISIONS_DUE else None
    )
    run_id = str(uuid4())
    try:
        with kept_connections(instance):
            result = job.execute_in_process(
                instance=instance,
                run_id=run_id,
                partition_key=phase.project.id,
                tags=run_tags(phase, signature) | identity_tags(phase.home, run_id) | _ORIGIN,
                asset_selection=selection,
                run_config=_QUIET,
                raise_on_error=False,
            )
    finally:
        release_run(run_id)
    problem = None if result.success else first_failure(result)
    return PhaseResult(phase.project, phase.phase, found, result.success, result.run_id, problem)


def decision_assets(names: PhaseAssets, assets: Iterable[dg.AssetKey]) -> list[dg.AssetKey]:
    """Of a phase's `assets`, those that depend on reviewed files."""
    return sorted(set(assets) - {names.key(stage) for stage in INTAKE_STAGES})


def first_failure(result: dg.ExecuteInProcessResult) -> str:
    """Why a run failed, in one line: the failed check's own words, else the first error's first line."""
    for check in result.get_asset_check_evaluations():
        if not check.passed and check.blocking:
            return f"{'/'.join(check.asset_key.path)}: {check.description or check.check_name}"
    for event in result.all_events:
        if event.is_step_failure:
            own, error = event.step_failure_data.user_failure_data, event.step_failure_data.error
            if own and own.description:
                return f"{event.step_key}: {own.description.strip().splitlines()[0]}"
            while error and error.cause:
                error = error.cause
            lines = (error.message if error else "").strip().splitlines()
            return f"{event.step_key}: {lines[0] if lines else 'failed'}"
    return "the run failed; see it in the UI"


def outcome(results: Mapping[str, list[PhaseResult]]) -> bool:
    """Whether nothing failed."""
    return all(r.success is not False for phases in results.values() for r in phases)
