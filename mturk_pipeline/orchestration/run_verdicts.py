"""Whether a phase of a project has to run: what lies in its folders against its last successful run.

Nothing is remembered for this but the runs themselves: each run that a sensor or the command line starts carries
the signature of what it is to read as a tag. A phase is due while its signature differs from the one on its last
successful run, and after a later run that ended badly: that one may have replaced tables.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG

from mturk_pipeline.folders.watching import settled
from mturk_pipeline.orchestration.run_failures import why_failed
from mturk_pipeline.orchestration.run_identity import HOME_TAG, PHASE_TAG
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.projects.due_phases import Inputs, Signature, Verdict
from mturk_pipeline.projects.phase import ProjectPhase

BATCHES_TAG = "mturk_pipeline/batches"
DECISIONS_TAG = "mturk_pipeline/decisions"
ABANDONED_TAG = "mturk_pipeline/abandoned"

# Seconds to wait before a failed signature is tried a second and a third time.
BACK_OFF = (30.0, 120.0)
# So many runs are looked through for those that ended badly, and for what happened to a project last.
_MOST_RUNS = 50


def run_tags(phase: ProjectPhase, signature: Signature) -> dict[str, str]:
    """Tags of a run that brings the phase to this signature."""
    return {
        PHASE_TAG: f"{phase.workflow.name}/{phase.phase}",
        BATCHES_TAG: signature.batches,
        DECISIONS_TAG: signature.decisions,
        HOME_TAG: phase.home.id,
        "project": phase.project.name,
    }


def verdict(instance: dg.DagsterInstance, phase: ProjectPhase, inputs: Inputs) -> tuple[Verdict, Signature | None]:
    """What is to be done, and the signature that a run would have."""
    if not settled(inputs.all_files):
        return Verdict.ARRIVING, None
    signature = inputs.signature()
    done = _last_run(instance, phase, [dg.DagsterRunStatus.SUCCESS])
    if done is None and not inputs.all_files:
        return Verdict.NOTHING_THERE, signature
    tags = done.dagster_run.tags if done else {}
    ended_badly = _ended_badly_since(instance, phase, done)
    read = [tags, *(run.tags for run in ended_badly)]
    same_batches = all(of.get(BATCHES_TAG) == signature.batches for of in read) and phase.is_made()
    if same_batches and not ended_badly and tags.get(DECISIONS_TAG) == signature.decisions:
        return Verdict.UP_TO_DATE, signature
    under_way = _last_run(instance, phase, UNDER_WAY)
    if under_way:
        return Verdict.RUNNING, signature
    held = _held_back(_failures_of(instance, phase, signature, done))
    if held:
        return held, signature
    return (Verdict.DECISIONS_DUE if same_batches else Verdict.DUE), signature


def explained_verdict(instance: dg.DagsterInstance, phase: ProjectPhase, inputs: Inputs) -> tuple[Verdict, str]:
    """What is to be done, and where failures hold it up, why the last of them failed."""
    state, signature = verdict(instance, phase, inputs)
    failures = _failures_of(instance, phase, signature) if signature and state in _HELD_BACK else []
    return state, why_failed(instance, failures[0].dagster_run.run_id) if failures else ""


_HELD_BACK = (Verdict.WAITING, Verdict.GAVE_UP)
UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_ENDED_BADLY = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def _last_run(
    instance: dg.DagsterInstance, phase: ProjectPhase, statuses: Sequence[dg.DagsterRunStatus]
) -> dg.RunRecord | None:
    records = instance.get_run_records(
        dg.RunsFilter(tags=_identity(phase), statuses=list(statuses)), limit=1, order_by="id", ascending=False
    )
    return records[0] if records else None


def _ended_badly_since(
    instance: dg.DagsterInstance, phase: ProjectPhase, done: dg.RunRecord | None
) -> list[dg.DagsterRun]:
    """Runs of the phase since its last successful one that failed, were cancelled or died: tables may be theirs."""
    records = instance.get_run_records(
        dg.RunsFilter(tags={PARTITION_NAME_TAG: phase.project.id}, statuses=_ENDED_BADLY),
        limit=_MOST_RUNS,
        order_by="id",
        ascending=True,
        cursor=done.dagster_run.run_id if done else None,
    )
    return [record.dagster_run for record in records if _is_of(record.dagster_run, phase)]


def _is_of(run: dg.DagsterRun, phase: ProjectPhase) -> bool:
    """Whether a run of the project makes tables of the phase; the UI starts runs that do not say of which they are."""
    if named := run.tags.get(PHASE_TAG):
        return named == _identity(phase)[PHASE_TAG]
    place = [phase.workflow.name, phase.phase]
    selected = [list(key.path[:2]) for key in run.asset_selection or ()]
    return place in selected or run.job_name == PhaseAssets(phase.workflow, phase.phase).job


def _failures_of(
    instance: dg.DagsterInstance, phase: ProjectPhase, signature: Signature, done: dg.RunRecord | None = None
) -> list[dg.RunRecord]:
    """Failures of this very signature, newest first; of those after `done` where it is given.

    Runs that died with their process (a kill, a power cut) say nothing about the data: they do not count.
    """
    tags = {**_identity(phase), BATCHES_TAG: signature.batches, DECISIONS_TAG: signature.decisions}
    failed = instance.get_run_records(
        dg.RunsFilter(tags=tags, statuses=_ENDED_BADLY), limit=_MOST_RUNS, order_by="id", ascending=False
    )
    after = done.storage_id if done else 0
    return [r for r in failed if r.storage_id > after and ABANDONED_TAG not in r.dagster_run.tags]


def _held_back(failures: Sequence[dg.RunRecord]) -> Verdict | None:
    """Whether failures of one signature, newest first, speak against another try now."""
    if not failures:
        return None
    if len(failures) > len(BACK_OFF):
        return Verdict.GAVE_UP
    ended = failures[0].end_time or failures[0].update_timestamp.timestamp()
    waited = datetime.now(UTC).timestamp() - ended
    return Verdict.WAITING if waited < BACK_OFF[len(failures) - 1] else None


def latest_runs(instance: dg.DagsterInstance) -> dict[str, str]:
    """Id of a project -> its newest run and its state, of the newest runs of all projects."""
    latest: dict[str, str] = {}
    for record in instance.get_run_records(limit=_MOST_RUNS, order_by="id", ascending=False):
        run = record.dagster_run
        latest.setdefault(run.tags.get(PARTITION_NAME_TAG, ""), f"{run.run_id[:8]} {run.status.value}")
    return latest


def _identity(phase: ProjectPhase) -> dict[str, str]:
    return {PARTITION_NAME_TAG: phase.project.id, PHASE_TAG: f"{phase.workflow.name}/{phase.phase}"}
