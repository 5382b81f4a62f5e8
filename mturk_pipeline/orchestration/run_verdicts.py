"""Whether a phase of a project has to run: what lies in its folders against its last successful run.

Nothing is remembered for this but the runs themselves: each run that a sensor or the command line starts carries
the signature of what it is to read as a tag. A phase is due while its signature differs from the one on its last
successful run.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG

from mturk_pipeline.folders.watching import settled
from mturk_pipeline.orchestration.run_identity import HOME_TAG, PHASE_TAG
from mturk_pipeline.projects.due_phases import Inputs, Signature, Verdict
from mturk_pipeline.projects.phase import ProjectPhase

BATCHES_TAG = "mturk_pipeline/batches"
DECISIONS_TAG = "mturk_pipeline/decisions"
ABANDONED_TAG = "mturk_pipeline/abandoned"

# Seconds to wait before a failed signature is tried a second and a third time.
BACK_OFF = (30.0, 120.0)


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
    same_batches = tags.get(BATCHES_TAG) == signature.batches and phase.is_made()
    if same_batches and tags.get(DECISIONS_TAG) == signature.decisions:
        return Verdict.UP_TO_DATE, signature
    under_way = _last_run(instance, phase, _UNDER_WAY)
    if under_way:
        return Verdict.RUNNING, signature
    held = _held_back(instance, phase, signature)
    if held:
        return held, signature
    return (Verdict.DECISIONS_DUE if same_batches else Verdict.DUE), signature


_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def _last_run(
    instance: dg.DagsterInstance, phase: ProjectPhase, statuses: Sequence[dg.DagsterRunStatus]
) -> dg.RunRecord | None:
    records = instance.get_run_records(
        dg.RunsFilter(tags=_identity(phase), statuses=list(statuses)), limit=1, order_by="id", ascending=False
    )
    return records[0] if records else None


def _held_back(instance: dg.DagsterInstance, phase: ProjectPhase, signature: Signature) -> Verdict | None:
    """Whether failures of this very signature speak against another try now.

    Runs that died with their process (a kill, a power cut) say nothing about the data: they do not count.
    """
    tags = {**_identity(phase), BATCHES_TAG: signature.batches, DECISIONS_TAG: signature.decisions}
    failed = instance.get_run_records(
        dg.RunsFilter(tags=tags, statuses=[dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]),
        limit=50,
        order_by="id",
        ascending=False,
    )
    counted = [record for record in failed if ABANDONED_TAG not in record.dagster_run.tags]
    if not counted:
        return None
    if len(counted) > len(BACK_OFF):
        return Verdict.GAVE_UP
    ended = counted[0].end_time or counted[0].update_timestamp.timestamp()
    waited = datetime.now(UTC).timestamp() - ended
    return Verdict.WAITING if waited < BACK_OFF[len(counted) - 1] else None


def _identity(phase: ProjectPhase) -> dict[str, str]:
    return {PARTITION_NAME_TAG: phase.project.id, PHASE_TAG: f"{phase.workflow.name}/{phase.phase}"}
