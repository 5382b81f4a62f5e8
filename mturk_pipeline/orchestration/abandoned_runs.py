"""Runs whose process died: a kill -9 or a power cut leaves them STARTED, which would freeze their project.

A run that lives is never taken for dead: it holds its lock until its end is stored, and names its home and its
process. A home judges its own runs only; those of others can be ended by a person (`end-run`).
"""

import time
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG
from filelock import BaseFileLock

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import is_held, run_lock
from mturk_pipeline.folders.processes import Life
from mturk_pipeline.orchestration.run_identity import HOME_TAG, is_pipelines, process_of
from mturk_pipeline.orchestration.run_verdicts import ABANDONED_TAG

_BEGUN = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
UNDER_WAY = (dg.DagsterRunStatus.QUEUED, *_BEGUN)
MOST_RUNS = 500


class Evidence(Enum):
    """What speaks for or against the life of a run."""

    ALIVE = "it holds its lock, or its process is there"
    ELSEWHERE = "it is another home's, or nothing here shows whose"
    PROCESS_GONE = "its lock is free and its process is gone"
    LOCK_LEFT = "it had its lock here, the lock is free, and its process cannot be seen from here"
    NO_TRACE = "neither a lock nor a process of it is to be seen here"

    @property
    def seconds(self) -> float | None:
        """How long it has to stand, from a first look to a later one, until the run is dead; None: never is."""
        return _SECONDS.get(self)


# A process that is gone stores nothing any more: the second look only makes sure that its last word has arrived.
# As long as Dagster's own monitoring waits, a run may need until its process is there.
_SECONDS = {Evidence.PROCESS_GONE: 2.0, Evidence.LOCK_LEFT: 60.0, Evidence.NO_TRACE: 180.0}


@dataclass
class RunWatch:
    """Looks at runs again and again. Time is measured from look to look: setting the clock ends nothing.

    Attributes
    ----------
    suspects
        Per run the evidence of its death, and since when (time.monotonic) each look has shown the same.
    """

    suspects: dict[str, tuple[Evidence, float]] = field(default_factory=dict)

    def end_dead_runs(self, instance: dg.DagsterInstance, home: Home) -> list[str]:
        """Report runs of this home that looked dead long enough as failed; returns their ids."""
        before, self.suspects = self.suspects, {}
        ended = []
        for record in instance.get_run_records(dg.RunsFilter(statuses=list(_BEGUN)), limit=MOST_RUNS):
            run = record.dagster_run
            evidence = evidence_of(instance, home, run)
            if evidence.seconds is None:
                continue
            now = time.monotonic()
            known, since = before.get(run.run_id, (evidence, now))
            since = since if known is evidence else now
            if run.run_id in before and now - since >= evidence.seconds:
                if fail_run(instance, run.run_id, "The process of this run died before it ended"):
                    ended.append(run.run_id)
            else:
                self.suspects[run.run_id] = evidence, since
        return ended


def evidence_of(instance: dg.DagsterInstance, home: Home, run: dg.DagsterRun) -> Evidence:
    """What can be seen of a run that has not ended."""
    owner, process = run.tags.get(HOME_TAG), process_of(run)
    if not is_pipelines(run) or owner not in (None, home.id):
        return Evidence.ELSEWHERE
    lock = run_lock(home.locks, run.run_id)
    life = process.life() if process else Life.UNSEEN
    if life is Life.ALIVE or _may_be_held(lock):
        return Evidence.ALIVE
    if life is Life.GONE:
        return Evidence.PROCESS_GONE
    if Path(lock.lock_file).exists():
        return Evidence.LOCK_LEFT
    # Nothing shows that it was ever here: where homes share a history, a copy of this home has the same id.
    takes_a_lock = owner is not None or PARTITION_NAME_TAG in run.tags
    return Evidence.NO_TRACE if takes_a_lock and _has_history_of_its_own(instance, home) else Evidence.ELSEWHERE


def fail_run(instance: dg.DagsterInstance, run_id: str, why: str) -> bool:
    """Report a run as failed in a way that does not count against its files; False where it has ended by now."""
    run = instance.get_run_by_id(run_id)
    if run is None or run.status not in UNDER_WAY:
        return False
    instance.add_run_tags(run_id, {ABANDONED_TAG: "true"})
    instance.report_run_failed(run, f"{why}; the project runs again by itself.")
    return True


def remove_locks_of_ended_runs(instance: dg.DagsterInstance, home: Home) -> None:
    """Take away what processes that ended with their run have left: empty files."""
    files = {path.stem: path for path in (home.locks / "runs").glob("*.lock")}
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    for run in instance.get_runs(dg.RunsFilter(run_ids=list(files), statuses=ended)) if files else ():
        files[run.run_id].unlink(missing_ok=True)


def _may_be_held(lock: BaseFileLock) -> bool:
    try:
        return is_held(lock)
    except OSError:
        return True


def _has_history_of_its_own(instance: dg.DagsterInstance, home: Home) -> bool:
    """Whether the run history lies in this home, where Dagster puts it, and no other home writes to it."""
    if any(map(instance.get_settings, ("storage", "run_storage", "local_artifact_storage"))):
        return False
    homes = dict(instance.get_run_tags(tag_keys=[HOME_TAG])).get(HOME_TAG, set())
    return homes <= {home.id}
