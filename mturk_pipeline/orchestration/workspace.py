"""The resource through which assets reach a project's folders; it locks the project, and signs the run."""

import contextlib
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG
from pydantic import PrivateAttr

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import hold_project, hold_run
from mturk_pipeline.folders.projects import Project, find_projects
from mturk_pipeline.folders.tables import read_table_if_made, table_path, write_table
from mturk_pipeline.folders.watching import WatchedFile, watched_files
from mturk_pipeline.folders.worker_overrides import Overrides, read_overrides
from mturk_pipeline.folders.writing import ProjectWriter
from mturk_pipeline.intake.sent_items import sent_items
from mturk_pipeline.orchestration.run_identity import identity_tags
from mturk_pipeline.orchestration.worker_history import read_history
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.workflow import PhaseFolders, Workflow

if TYPE_CHECKING:
    import pandas as pd

# How long a run waits for another one of the same project, in seconds.
LOCK_PATIENCE = 1800.0


@dataclass(frozen=True)
class PhaseOfProject:
    """One phase of one project: its settings with the project's overrides, its folders, its tables."""

    home: Home
    project: Project
    workflow: Workflow
    phase: str

    @property
    def spec(self) -> PhaseSpec:
        return self.workflow.phases[self.phase]

    @property
    def folders(self) -> PhaseFolders:
        return self.workflow.folders(self.phase)

    @property
    def upstream(self) -> Path | None:
        """Where the previous phase's next_input lies; None for the first phase."""
        before = self.workflow.before(self.phase)
        return self._table(before, "next_input") if before else None

    def files(self, folder: str) -> list[WatchedFile]:
        return watched_files(f"{self.project.path}/{folder}")

    def table(self, stage: str, phase: str | None = None) -> "pd.DataFrame | None":
        """A table of this project, or None where it was never made."""
        return read_table_if_made(self._table(phase or self.phase, stage))

    def keep(self, stage: str, frame: "pd.DataFrame") -> None:
        """Store a table beside the assets'."""
        write_table(self._table(self.phase, stage), frame)

    def in_phase(self, phase: str) -> "PhaseOfProject":
        """Another phase of the same project."""
        return replace(self, phase=phase)

    def sent_item_ids(self) -> set[str]:
        """Items of this phase that have a HIT, as far as result files have been taken in."""
        return sent_items(self.table("raw_output"), self.table("set_aside"), self.spec.keys)

    def is_made(self) -> bool:
        """Whether the phase's tables and its workbook are there: somebody may have deleted them."""
        workbook = self.project.path / self.folders.processed / f"review_{self.phase}.xlsx"
        tables = (self._table(self.phase, stage) for stage in ("cleaned_output", "reviewed", "review_queue"))
        return workbook.is_file() and all(table.is_file() for table in tables)

    def worker_history(self) -> "tuple[pd.DataFrame, str]":
        """What workers did in other projects, and the name of the snapshot."""
        return read_history(self.home, self.project.id)

    def overrides(self) -> Overrides:
        """What a person says of workers, for all projects."""
        from mturk_pipeline.workers.contributions import with_plain_names

        return with_plain_names(read_overrides(self.home.projects), self.home, self.project.id)

    def worker_memory(self) -> "pd.DataFrame | None":
        """Contract `WorkerMemory` as it was made last, with the names of the project's own workers; None before."""
        from mturk_pipeline.workers.contributions import with_names
        from mturk_pipeline.workers.store import Store

        memory = read_table_if_made(Store.of(self.home).memory)
        return None if memory is None else with_names(memory, self.home, self.project.id)

    def writer(self) -> ProjectWriter:
        return ProjectWriter(self.project.path)

    def _table(self, phase: str, stage: str) -> Path:
        return table_path(self.home.tables, self.workflow.name, phase, stage, self.project.id)


def phase_of_project(home: Home, project: Project, workflow: Workflow, phase: str) -> PhaseOfProject:
    """Raises WorkflowError, naming the project's file, where its overrides do not fit."""
    return PhaseOfProject(
        home, project, workflow.with_overrides(project.overrides, f"{project.name}/project.yaml"), phase
    )


class Workspace(dg.ConfigurableResource):
    """Projects on disk. A run that has this resource holds its project, and a lock of its own until its end is stored.

    It carries its home and its process as tags, so that its death can be noticed and nobody else's is taken for it.
    """

    projects_dir: str | None = None
    _home: Home = PrivateAttr()

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["Workspace", None, None]:
        self._home = Home.from_environment(Path(self.projects_dir) if self.projects_dir else None)
        run = context.run
        if run:
            hold_run(self._home.locks, run.run_id, LOCK_PATIENCE)
            identity = identity_tags(self._home, run.run_id)
            if context.instance and not identity.items() <= run.tags.items():
                context.instance.add_run_tags(run.run_id, identity)
        project_id = run.tags.get(PARTITION_NAME_TAG) if run else None
        with hold_project(self._home, project_id, LOCK_PATIENCE) if project_id else contextlib.nullcontext():
            yield self

    def phase(self, context: dg.AssetExecutionContext, workflow: Workflow, phase: str) -> PhaseOfProject:
        """The phase that a run works on; UserError where its project is not usable."""
        projects = find_projects(self._home.projects, {workflow.name: workflow})
        project = projects.found.get(context.partition_key) or projects.named(context.partition_key)
        return phase_of_project(self._home, project, workflow, phase)
