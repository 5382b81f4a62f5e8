"""A phase of a project: its settings, folders and tables. Every use case begins here."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mturk_pipeline.folders.atomic_files import ProjectWriter
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.folders.tables import read_table_if_made, table_path, write_table
from mturk_pipeline.folders.watching import WatchedFile, watched_file, watched_files
from mturk_pipeline.intake.sent_items import sent_items
from mturk_pipeline.workers.overrides import Overrides, read_overrides
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.workflow import PhaseFolders, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from mturk_pipeline.intake.collecting import Collected
    from mturk_pipeline.intake.input_list import InputList


@dataclass(frozen=True)
class ProjectPhase:
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

    def files(self, folder: str) -> list[WatchedFile]:
        return watched_files(f"{self.project.path}/{folder}")

    def table(self, stage: str, phase: str | None = None) -> "pd.DataFrame | None":
        """A table of this project, or None where it was never made."""
        return read_table_if_made(self._table(phase or self.phase, stage))

    def stored(self, stage: str, phase: str | None = None) -> WatchedFile | None:
        """The file of a table as it is now, or None where it was never made."""
        return watched_file(self._table(phase or self.phase, stage))

    def all_leads(self) -> "pd.DataFrame | None":
        """The project's leads, or None where they were never made."""
        if self.workflow.leads is None:
            return None
        return read_table_if_made(table_path(self.home.tables, self.workflow.name, None, "all_leads", self.project.id))

    def keep(self, stage: str, frame: "pd.DataFrame") -> None:
        """Store a table beside the assets'."""
        write_table(self._table(self.phase, stage), frame)

    def in_phase(self, phase: str) -> "ProjectPhase":
        """Another phase of the same project."""
        return replace(self, phase=phase)

    def sent_item_ids(self) -> set[str]:
        """Items of this phase that have a HIT, according to the result files taken in."""
        return sent_items(self.table("raw_output"), self.table("set_aside"), self.spec.key_columns)

    def is_made(self) -> bool:
        """Whether the phase's tables, its workbook and, of the last phase, the files of results or leads are there.

        Somebody may have deleted them, and a version before this one made fewer.
        """
        workbook = self.project.path / self.folders.processed / f"review_{self.phase}.xlsx"
        stages = ("items", "review_seen", "cleaned_output", "reviewed", "review_queue")
        tables = (self._table(self.phase, stage) for stage in stages)
        return workbook.is_file() and all(file.is_file() for file in (*tables, *self._end_files()))

    def _end_files(self) -> "list[Path]":
        """Where the files of results or leads belong that the last phase makes."""
        from mturk_pipeline.leads.lead_files import leads_file_names
        from mturk_pipeline.leads.results import RESULTS_FILES

        if self.phase != self.workflow.last:
            return []
        leads = self.workflow.leads
        names = RESULTS_FILES if leads is None else leads_file_names(leads)
        return [self.project.path / self.workflow.end_folder / name for name in names]

    def worker_history(self) -> "tuple[pd.DataFrame, str]":
        """Workers' work in other projects, and the name of the snapshot."""
        from mturk_pipeline.workers.other_projects import read_history

        return read_history(self.home, self.project.id)

    def overrides(self) -> Overrides:
        """A person's ratings of workers, for all projects, by surrogate."""
        from mturk_pipeline.workers.named_workers import words_by_worker

        overrides = read_overrides(self.home.projects)
        words = words_by_worker(overrides.said, self.home)
        return replace(overrides, standing={worker: entry.standing for worker, entry in words.items()})

    def worker_memory(self) -> "pd.DataFrame | None":
        """Contract `WorkerMemory` as last made; None before."""
        from mturk_pipeline.workers.identities import with_surrogates
        from mturk_pipeline.workers.memory_folder import Store

        memory = read_table_if_made(Store.of(self.home).memory)
        return None if memory is None else with_surrogates(memory, self.home)

    def collect(self, files: "Sequence[Path]") -> "Collected":
        """Unite result files of the phase, with surrogates in place of workers' ids."""
        from mturk_pipeline.intake.collecting import collect
        from mturk_pipeline.workers.id_replacement import replace_in_names, replace_in_results, replacement_for

        collected = collect(files, self.spec)
        replaced = replace_in_results(self.home, collected.assignments, collected.set_aside)
        collected.assignments, collected.set_aside = replaced
        known = replacement_for(self.home)
        collected.files = replace_in_names(collected.files, known)
        collected.warnings = list(map(known.in_file_name, collected.warnings))
        return collected

    def read_input(self) -> "InputList":
        """Read the list that the first phase asks about, with surrogates in place of workers' ids."""
        from mturk_pipeline.intake.input_list import InputList, read_input
        from mturk_pipeline.workers.id_replacement import replace_in_list, replace_in_names, replacement_for

        known = replacement_for(self.home)
        files = [f.path for f in self.files(self.folders.input)]
        listed = read_input(files, self.spec, self.folders.batches)
        notes = tuple(map(known.in_file_name, listed.notes))
        items, problems = replace_in_list(self.home, listed.items), replace_in_names(listed.problems, known)
        return InputList(items, problems, notes, listed.slots)

    def without_ids(self, places: "pd.DataFrame") -> "pd.DataFrame":
        """A table of places in people's files, by names of files and sheets in which no worker's id stands."""
        from mturk_pipeline.workers.id_replacement import replace_in_names, replacement_for

        return replace_in_names(places, replacement_for(self.home))

    def file_naming(self) -> "Callable[[str], str]":
        """What files of people's are called in tables and messages: no worker's id stands in their names."""
        from mturk_pipeline.workers.id_replacement import replacement_for

        return replacement_for(self.home).in_file_name

    def writer(self) -> ProjectWriter:
        return ProjectWriter(self.project.path)

    def _table(self, phase: str, stage: str) -> Path:
        return table_path(self.home.tables, self.workflow.name, phase, stage, self.project.id)


def project_phase(home: Home, project: Project, workflow: Workflow, phase: str) -> ProjectPhase:
    """The phase with the project's overrides; WorkflowError, naming the project's file, where they do not fit."""
    return ProjectPhase(
        home, project, workflow.with_overrides(project.overrides, f"{project.name}/project.yaml"), phase
    )
