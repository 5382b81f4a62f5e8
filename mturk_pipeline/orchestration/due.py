"""Whether a phase of a project has to run: what lies in its folders against its last successful run.

Nothing is remembered for this but the runs themselves: each run that a sensor or the command line starts carries
the signature of what it is to read as a tag. A phase is due while its signature differs from the one on its last
successful run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG

import mturk_pipeline
from mturk_pipeline.folders.watching import (
    WatchedFile,
    content_digest,
    own_looking_files,
    quick_digest,
    settled,
)
from mturk_pipeline.folders.worker_overrides import overrides_stamp
from mturk_pipeline.orchestration.run_identity import HOME_TAG, PHASE_TAG
from mturk_pipeline.projects.offers import taken_files
from mturk_pipeline.projects.outcome_files import outcome_files
from mturk_pipeline.projects.phase import ProjectPhase

BATCHES_TAG = "mturk_pipeline/batches"
DECISIONS_TAG = "mturk_pipeline/decisions"
ABANDONED_TAG = "mturk_pipeline/abandoned"

# Stages that do not follow from reviewed files: what people decided teaches trust, and all that comes after it.
INTAKE_STAGES = ("input", "purged", "raw_output", "set_aside", "answers")

# Seconds to wait before a failed signature is tried a second and a third time.
BACK_OFF = (30.0, 120.0)


class Verdict(Enum):
    """What is to be done with a phase of a project."""

    NOTHING_THERE = "nothing there yet"
    UP_TO_DATE = "up to date"
    ARRIVING = "files still arriving"
    RUNNING = "running"
    WAITING = "waiting before the next try"
    GAVE_UP = "failed three times; waits for a change"
    DUE = "due"
    DECISIONS_DUE = "decisions due"

    @property
    def runs(self) -> bool:
        return self in (Verdict.DUE, Verdict.DECISIONS_DUE)


@dataclass(frozen=True)
class Signature:
    """Digests of all that a phase reads: batches (with input, settings and upstream) and reviewed files."""

    batches: str
    decisions: str

    def tags(self, place: ProjectPhase) -> dict[str, str]:
        """Tags of a run that brings the phase to this signature."""
        return {
            PHASE_TAG: f"{place.workflow.name}/{place.phase}",
            BATCHES_TAG: self.batches,
            DECISIONS_TAG: self.decisions,
            HOME_TAG: place.home.id,
            "project": place.project.name,
        }


@dataclass(frozen=True)
class Inputs:
    """What lies in the folders of a phase at one moment."""

    batches: tuple[WatchedFile, ...]
    inputs: tuple[WatchedFile, ...]
    reviewed: tuple[WatchedFile, ...]
    upstream: tuple[WatchedFile, ...]
    settings: str

    @classmethod
    def of(cls, place: ProjectPhase) -> "Inputs":
        folders = place.folders
        first = place.workflow.before(place.phase) is None
        return cls(
            tuple(place.files(folders.batches)),
            tuple(place.files(folders.input)) if first else taken_files(place),
            (*place.files(folders.reviewed), *outcome_files(place)),
            _upstream_file(place.upstream),
            f"{mturk_pipeline.__version__} {place.spec.digest}{_leads_settings(place)}"
            f"{overrides_stamp(place.home.projects)}",
        )

    @property
    def all_files(self) -> tuple[WatchedFile, ...]:
        return self.batches + self.inputs + self.reviewed

    @property
    def quick(self) -> str:
        return quick_digest(self.all_files + self.upstream, [self.settings])

    def signature(self) -> Signature:
        batches = content_digest(self.batches + self.inputs + self.upstream, [self.settings])
        return Signature(batches, content_digest(self.reviewed, [self.settings]))


def verdict(instance: dg.DagsterInstance, place: ProjectPhase, inputs: Inputs) -> tuple[Verdict, Signature | None]:
    """What is to be done, and the signature that a run would have."""
    if not settled(inputs.all_files):
        return Verdict.ARRIVING, None
    signature = inputs.signature()
    done = _last_run(instance, place, [dg.DagsterRunStatus.SUCCESS])
    if done is None and not inputs.all_files:
        return Verdict.NOTHING_THERE, signature
    tags = done.dagster_run.tags if done else {}
    same_batches = tags.get(BATCHES_TAG) == signature.batches and place.is_made()
    if same_batches and tags.get(DECISIONS_TAG) == signature.decisions:
        return Verdict.UP_TO_DATE, signature
    under_way = _last_run(instance, place, _UNDER_WAY)
    if under_way:
        return Verdict.RUNNING, signature
    held = _held_back(instance, place, signature)
    if held:
        return held, signature
    return (Verdict.DECISIONS_DUE if same_batches else Verdict.DUE), signature


def failed_or_behind(verdict: Verdict) -> bool:
    """Whether the daily reconcile takes the phase up: it tries once more what gave up."""
    return verdict.runs or verdict in (Verdict.GAVE_UP, Verdict.WAITING)


def unknown_own_files(place: ProjectPhase) -> list[Path]:
    """Files that look like the pipeline's own (`_…`) in the phase's folders, but were not written by it."""
    writer = place.writer()
    folders = {place.folders.input, place.folders.reviewed}
    files = [f for name in sorted(folders) for f in own_looking_files(place.project.path / name)]
    return [f for f in files if not writer.is_ours(f)]


_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def _last_run(
    instance: dg.DagsterInstance, place: ProjectPhase, statuses: Sequence[dg.DagsterRunStatus]
) -> dg.RunRecord | None:
    records = instance.get_run_records(
        dg.RunsFilter(tags=_identity(place), statuses=list(statuses)), limit=1, order_by="id", ascending=False
    )
    return records[0] if records else None


def _held_back(instance: dg.DagsterInstance, place: ProjectPhase, signature: Signature) -> Verdict | None:
    """Whether failures of this very signature speak against another try now.

    Runs that died with their process (a kill, a power cut) say nothing about the data: they do not count.
    """
    tags = {**_identity(place), BATCHES_TAG: signature.batches, DECISIONS_TAG: signature.decisions}
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


def _leads_settings(place: ProjectPhase) -> str:
    """What the last phase's leads are made by: a change makes them due."""
    return place.workflow.leads.model_dump_json() if place.phase == place.workflow.last else ""


def _identity(place: ProjectPhase) -> dict[str, str]:
    return {PARTITION_NAME_TAG: place.project.id, PHASE_TAG: f"{place.workflow.name}/{place.phase}"}


def _upstream_file(path: Path | None) -> tuple[WatchedFile, ...]:
    try:
        stat = path.stat() if path else None
    except OSError:
        stat = None
    return (
        (WatchedFile(str(path.parent), path.name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns),)
        if path and stat
        else ()
    )
