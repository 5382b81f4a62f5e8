"""Runs that this home cannot judge: of other homes on the same run history, and of nobody knows which."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG

from mturk_pipeline.folders.home import Home
from mturk_pipeline.orchestration.abandoned_runs import MOST_RUNS, UNDER_WAY, Evidence, evidence_of
from mturk_pipeline.orchestration.run_identity import HOME_TAG, PHASE_TAG, is_pipelines


@dataclass(frozen=True)
class RunElsewhere:
    """A run that has not ended and that only its own home, or a person, can end.

    Attributes
    ----------
    project
        The project's name; '' for a run over all projects.
    home
        Id of its home; '' for a run of an earlier version, which carries none.
    since
        When the run history last heard of it, UTC, ISO 8601 to the minute.
    """

    run_id: str
    project: str
    phase: str
    home: str
    state: str
    since: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self) | {"end_with": self.command}

    @property
    def command(self) -> str:
        return f"mturk-pipeline end-run {self.run_id}"

    @property
    def sentence(self) -> str:
        """One line that names the run and the command that ends it."""
        what = " ".join(filter(None, (self.project, self.phase))) or "all projects"
        whose = f"of another home ({self.home})" if self.home else "of a home that it does not name"
        under_way = f"is under way ({self.state}, last change {self.since} UTC)"
        return f"{what}: a run {whose} {under_way}; if its computer is gone: {self.command}"


def runs_elsewhere(instance: dg.DagsterInstance, home: Home, names: Mapping[str, str]) -> list[RunElsewhere]:
    """The runs under way that this home never ends by itself, newest first.

    Parameters
    ----------
    names
        Name of each project by its id.
    """
    records = instance.get_run_records(dg.RunsFilter(statuses=list(UNDER_WAY)), limit=MOST_RUNS)
    return [_described(record, names) for record in records if _is_elsewhere(instance, home, record.dagster_run)]


def _is_elsewhere(instance: dg.DagsterInstance, home: Home, run: dg.DagsterRun) -> bool:
    waits_here = run.status is dg.DagsterRunStatus.QUEUED and run.tags.get(HOME_TAG) in (None, home.id)
    return is_pipelines(run) and not waits_here and evidence_of(instance, home, run) is Evidence.ELSEWHERE


def _described(record: dg.RunRecord, names: Mapping[str, str]) -> RunElsewhere:
    run = record.dagster_run
    project_id = run.tags.get(PARTITION_NAME_TAG, "")
    return RunElsewhere(
        run_id=run.run_id,
        project=names.get(project_id) or run.tags.get("project") or project_id,
        phase=run.tags.get(PHASE_TAG, "").rpartition("/")[2],
        home=run.tags.get(HOME_TAG, ""),
        state=run.status.value.lower().replace("_", " "),
        since=f"{record.update_timestamp:%Y-%m-%d %H:%M}",
    )
