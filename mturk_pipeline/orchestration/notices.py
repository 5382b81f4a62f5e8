"""Notices: a line, and a command of the user's own, when review is waiting or a run has failed."""

import json
import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG
from filelock import FileLock, Timeout

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import find_projects
from mturk_pipeline.orchestration.run_failures import why_failed
from mturk_pipeline.orchestration.run_identity import PHASE_TAG
from mturk_pipeline.orchestration.run_verdicts import ABANDONED_TAG, BATCHES_TAG, DECISIONS_TAG
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.vocabulary.queue_kinds import SPOT_CHECK
from mturk_pipeline.workflow.workflow import Workflow, WorkflowError

COMMAND_VARIABLE = "MTURK_NOTIFY_COMMAND"
COMMAND_SECONDS = 30.0
LARGEST_LOG = 2_000_000
LONGEST_TEXT = 500


@dataclass(frozen=True)
class Notice:
    """Something that a person wants to hear of; counts and names of files, nothing of what is in them."""

    kind: Literal["review_waiting", "review_overdue", "run_failed", "command_failed"]
    project: str
    phase: str
    text: str
    rows: int | None = None
    file: str | None = None
    run_id: str | None = None
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def line(self) -> str:
        """The notice in one line.

        >>> Notice("review_waiting", "spring", "dirs", "3 rows\\nwait", at="2026-11-08T10:15:03+00:00").line
        '2026-11-08T10:15:03+00:00 spring dirs: 3 rows wait'
        """
        about = f"{self.at} {self.project} {self.phase}: {self.text}"
        return " ".join("".join(c if c.isprintable() else " " for c in about).split())[:LONGEST_TEXT]

    def as_json(self) -> str:
        told = {k: v for k, v in asdict(self).items() if v is not None}
        return json.dumps({**told, "line": self.line})


def give(home: Home, notice: Notice) -> list[str]:
    """Append the notice to `notices.log` in Dagster's home, and call $MTURK_NOTIFY_COMMAND with it, if that is set.

    Never raises for a file or a command: returns what went wrong, in lines without the command's output.
    """
    problems = _append(home, notice)
    problem = _call(os.environ.get(COMMAND_VARIABLE, ""), notice)
    if problem:
        problems += [problem, *_append(home, replace(notice, kind="command_failed", text=problem))]
    return problems


def review_sensor(workflows: Mapping[str, Workflow]) -> dg.SensorDefinition:
    """Says that review is waiting, after a run that brought new answers."""

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="review_waiting",
        minimum_interval_seconds=10,
        default_status=dg.DefaultSensorStatus.RUNNING,
        # Runs of the command line belong to no code location; those of others are told by their tags.
        monitor_all_code_locations=True,
        description="After a run that took in new answers: says how many rows wait for review, and where.",
    )
    def _sensor(context: dg.RunStatusSensorContext) -> Iterator[dg.RunRequest] | None:
        home = Home.from_environment()
        phase = phase_of(home, workflows, context.dagster_run)
        notice = waiting_notice(context.instance, phase, context.dagster_run) if phase else None
        return _given(context, home, notice) if notice else None

    return _sensor


def failure_sensor(workflows: Mapping[str, Workflow]) -> dg.SensorDefinition:
    """Says which run failed, and why."""

    @dg.run_failure_sensor(
        name="run_failed",
        minimum_interval_seconds=10,
        default_status=dg.DefaultSensorStatus.RUNNING,
        monitor_all_code_locations=True,
        description="After a run that failed: says of which project and phase, and why; once for the same files.",
    )
    def _sensor(context: dg.RunFailureSensorContext) -> Iterator[dg.RunRequest] | None:
        run = context.dagster_run
        workflow, _, phase = run.tags.get(PHASE_TAG, "").partition("/")
        if workflow not in workflows or phase not in workflows[workflow].phases:
            return None
        if _failed_before(context.instance, run):
            return None
        project = run.tags.get("project") or run.tags.get(PARTITION_NAME_TAG, "")
        text = f"the run failed: {why_failed(context.instance, run.run_id)} (run {run.run_id})"
        return _given(context, Home.from_environment(), Notice("run_failed", project, phase, text, run_id=run.run_id))

    return _sensor


def phase_of(home: Home, workflows: Mapping[str, Workflow], run: dg.DagsterRun) -> ProjectPhase | None:
    """The phase and project that a run was of; None for runs of anything else, or where the project is gone."""
    name, _, phase = run.tags.get(PHASE_TAG, "").partition("/")
    if name not in workflows or phase not in workflows[name].phases:
        return None
    project = find_projects(home.projects, dict(workflows)).found.get(run.tags.get(PARTITION_NAME_TAG, ""))
    try:
        return project_phase(home, project, workflows[name], phase) if project else None
    except WorkflowError:
        return None


def waiting_notice(instance: dg.DagsterInstance, phase: ProjectPhase, run: dg.DagsterRun) -> Notice | None:
    """That rows wait for review; None where nothing waits, or the run brought no new answers.

    A saved decision, new settings and the phase before make runs too: they say nothing that a person did not know.
    """
    queue = phase.table("review_queue") if _brought_answers(instance, phase, run) else None
    if queue is None or queue.empty:
        return None
    file = workbook_of(phase)
    spot = int((queue["kind"] == SPOT_CHECK).sum())
    text = f"review is waiting: {_rows(len(queue))}{f' ({spot} of them spot checks)' if spot else ''} in {file}"
    return Notice(
        "review_waiting", phase.project.name, phase.phase, text, rows=len(queue), file=file, run_id=run.run_id
    )


def workbook_of(phase: ProjectPhase) -> str:
    """The workbook's name, relative to the project."""
    return f"{phase.folders.processed}/review_{phase.phase}.xlsx"


def _brought_answers(instance: dg.DagsterInstance, phase: ProjectPhase, run: dg.DagsterRun) -> bool:
    """Whether more assignments count after `run` than after the successful one before it."""
    record = instance.get_run_record_by_id(run.run_id)
    if record is None:
        return False
    before = _run_before(instance, run, [dg.DagsterRunStatus.SUCCESS])
    known = _assignments(instance, phase, before.end_time) if before else 0
    return _assignments(instance, phase, record.end_time) > known


def _assignments(instance: dg.DagsterInstance, phase: ProjectPhase, until: float | None) -> int:
    """How many assignments counted at a moment; 0 before the first run."""
    key = PhaseAssets(phase.workflow, phase.phase).key("raw_output")
    asked = dg.AssetRecordsFilter(key, asset_partitions=[phase.project.id], before_timestamp=until)
    found = instance.fetch_materializations(asked, limit=1).records
    made = found[0].asset_materialization if found else None
    count = made.metadata.get("dagster/row_count") if made else None
    value: Any = count.value if count else 0
    return int(value or 0)


def _failed_before(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether the try before this one failed on the very same files and settings: that was told."""
    before = _run_before(instance, run, [])
    signature = (BATCHES_TAG, DECISIONS_TAG)
    return (
        before is not None
        and before.dagster_run.status is dg.DagsterRunStatus.FAILURE
        and ABANDONED_TAG not in before.dagster_run.tags
        and all(before.dagster_run.tags.get(tag) == run.tags.get(tag) for tag in signature)
    )


def _run_before(
    instance: dg.DagsterInstance, run: dg.DagsterRun, statuses: list[dg.DagsterRunStatus]
) -> dg.RunRecord | None:
    """The run of the same phase and project before `run`, of those with one of the statuses; [] for any."""
    record = instance.get_run_record_by_id(run.run_id)
    same = {tag: run.tags.get(tag, "") for tag in (PARTITION_NAME_TAG, PHASE_TAG)}
    earlier = dg.RunsFilter(tags=same, statuses=statuses, created_before=record.create_timestamp if record else None)
    return next(iter(instance.get_run_records(earlier, limit=1, order_by="id", ascending=False)), None)


def _given(context: dg.RunStatusSensorContext, home: Home, notice: Notice) -> Iterator[dg.RunRequest]:
    """Give the notice. Returning something, if only nothing at all, ends the tick: the command may have taken long."""
    context.log.info(notice.line)
    for problem in give(home, notice):
        context.log.warning(problem)
    return iter(())


def _append(home: Home, notice: Notice) -> list[str]:
    """Append the notice's line; a log that has grown large is put aside as notices.log.1."""
    log = home.dagster / "notices.log"
    try:
        home.locks.mkdir(parents=True, exist_ok=True)
        with FileLock(home.locks / "notices.lock").acquire(timeout=5):
            if log.exists() and log.stat().st_size > LARGEST_LOG:
                log.replace(log.with_name("notices.log.1"))
            with log.open("a", encoding="utf-8") as file:
                file.write(notice.line + "\n")
    except (OSError, Timeout) as error:
        return [f"{log.name} could not be written: {error}"]
    return []


def _call(command: str, notice: Notice) -> str | None:
    """Run the command with the line as its last argument and JSON on its input; what went wrong, or None."""
    try:
        words = shlex.split(command, posix=os.name == "posix")
        if not words:
            return None
        done = subprocess.run(
            [*words, notice.line],
            input=notice.as_json().encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{COMMAND_VARIABLE} took longer than {COMMAND_SECONDS:g} seconds and was ended"
    except ValueError as error:
        return f"{COMMAND_VARIABLE} cannot be read ({error}): check its quotes"
    except OSError as error:
        return f"{COMMAND_VARIABLE} cannot be started ({error.strerror})"
    return f"{COMMAND_VARIABLE} failed with code {done.returncode}" if done.returncode else None


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
