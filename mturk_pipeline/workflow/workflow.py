"""Workflow: phases in a chain, the names of a project's folders, and its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mturk_pipeline.errors import UserError
from mturk_pipeline.workflow.kind_settings import without_foreign
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.old_names import phase_with_new_names, tell_once
from mturk_pipeline.workflow.phase_spec import FIELD_MARK, PhaseSpec, column_of
from mturk_pipeline.workflow.settings_problems import settings_problem


class WorkflowError(UserError):
    """A workflow or a project's overrides that cannot be used: one line, where and what to do."""


@dataclass(frozen=True)
class PhaseFolders:
    """Names of the four folders that a phase reads and writes, inside the project's directory."""

    input: str
    batches: str
    processed: str
    reviewed: str


@dataclass(frozen=True)
class Workflow:
    """Phases in their order, and the leads of the last one.

    A project of k phases has 3k + 2 folders: one input, then three for each phase, then all leads, or the results of a
    workflow that gathers none.
    """

    name: str
    phases: Mapping[str, PhaseSpec]
    leads: LeadsSpec | None  # None: the last table is called results, and nothing is a lead
    source: Path
    old_names: tuple[str, ...] = field(default=(), compare=False)  # a line for each old name of a setting in its files

    @property
    def first(self) -> str:
        return next(iter(self.phases))

    @property
    def last(self) -> str:
        return next(reversed(list(self.phases)))

    def before(self, phase: str) -> str | None:
        return self.phases[phase].after

    def following(self, phase: str) -> str | None:
        """The phase that takes `phase`'s cleaned output as its input; None for the last."""
        return next((name for name, spec in self.phases.items() if spec.after == phase), None)

    def folders(self, phase: str) -> PhaseFolders:
        """The names of a phase's folders."""
        return self._folders[phase]

    @cached_property
    def _folders(self) -> dict[str, PhaseFolders]:
        return {phase: self._folders_at(place, phase) for place, phase in enumerate(self.phases)}

    def _folders_at(self, place: int, phase: str) -> PhaseFolders:
        start = 3 * place + 1
        reviewed = f"{start + 3}_manualCleaned_" + ("" if phase == self.last else "mIn_") + phase
        if place == 0:
            input_folder = f"1_mIn_{self.phases[phase].input_label}"
        else:
            input_folder = f"{start}_manualCleaned_mIn_{self.before(phase)}"
        return PhaseFolders(
            input_folder, f"{start + 1}_mOut_{phase}", f"{start + 2}_notebookProcessed_{phase}", reviewed
        )

    @property
    def end_folder(self) -> str:
        """The last folder: all leads, or results."""
        return f"{3 * len(self.phases) + 2}_{'results' if self.leads is None else 'allLeads'}"

    @property
    def folder_names(self) -> tuple[str, ...]:
        """Every folder of a project, in order of their numbers."""
        names = [self.folders(self.first).input]
        for phase in self.phases:
            folders = self.folders(phase)
            names += [folders.batches, folders.processed, folders.reviewed]
        return (*names, self.end_folder)

    def with_overrides(self, overrides: Mapping[str, Any], where: str) -> "Workflow":
        """The workflow with a project's own settings laid over it; what a project uses passes here.

        Old names of settings, in the workflow's files and in `overrides`, are logged once.

        `overrides` maps a phase's name (or `all_leads`) to settings; nested settings are merged, others replaced.
        Raises WorkflowError, naming `where`, for an unknown phase or setting, another order of phases, or leads
        that the last phase does not ask.
        """
        for line in self.old_names:
            tell_once(line)
        if not overrides:
            return self
        unknown = sorted(map(str, set(overrides) - set(self.phases) - {"all_leads"}))
        if unknown:
            known = ", ".join(self.phases)
            raise WorkflowError(f"overrides for {unknown}, but {self.name} has the phases {known}", where=where)
        phases = {
            name: _override(spec, overrides.get(name), f"{where}: overrides of {name}")
            for name, spec in self.phases.items()
        }
        for name, spec in self.phases.items():
            if phases[name].after != spec.after:
                raise WorkflowError(
                    f"overrides of {name}: 'after' is the workflow's own",
                    where=where,
                    remedy="take it out, or write a workflow with another order of phases",
                )
        return Workflow(self.name, phases, self._leads_with(overrides.get("all_leads"), phases, where), self.source)

    def _leads_with(self, changes: Any, phases: Mapping[str, PhaseSpec], where: str) -> LeadsSpec | None:
        if self.leads is None:
            if changes:
                raise WorkflowError(
                    f"overrides of all_leads, but {self.name} gathers no leads",
                    where=where,
                    remedy=f"take them out, or give {self.name} a folder all_leads with a defs.yaml",
                )
            return None
        place = f"{where}: overrides of all_leads"
        return checked_leads(_override(self.leads, changes, place), phases, place)


def checked_leads(leads: LeadsSpec, phases: Mapping[str, PhaseSpec], where: str) -> LeadsSpec:
    """`leads` with their fields as their columns are called; WorkflowError where the last phase does not ask one."""
    last, asked = list(phases)[-1], list(phases.values())[-1].fields
    groups = {g: [column_of(f, FIELD_MARK, asked) for f in fields] for g, fields in leads.lead_groups.items()}
    unknown = {f for fields in groups.values() for f in fields} - set(asked)
    if unknown:
        raise WorkflowError(
            f"lead_groups names {sorted(unknown)}, which the last phase {last} does not ask", where=where
        )
    return leads.model_copy(update={"lead_groups": groups})


def _override(spec: Any, changes: Any, where: str) -> Any:
    if not changes:
        return spec
    if not isinstance(changes, Mapping):
        raise WorkflowError(f"settings are written as 'name: value', not as {changes!r}", where=where)
    try:
        if isinstance(spec, PhaseSpec):
            changes, lines = phase_with_new_names(changes, where)
            for line in lines:
                tell_once(line)
            if isinstance(fields := changes.get("fields"), Mapping):
                asked = {*spec.fields, *fields}
                changes = {**changes, "fields": {column_of(str(f), FIELD_MARK, asked): s for f, s in fields.items()}}
        return type(spec).model_validate(_merge(_kept_of(spec, changes), changes))
    except ValueError as error:
        raise WorkflowError(settings_problem(error, type(spec)), where=where) from None


def _kept_of(spec: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of `spec`; of a field that gets another kind, those that this one reads."""
    kept, fields = spec.model_dump(exclude_unset=True), changes.get("fields")
    if isinstance(spec, PhaseSpec) and isinstance(fields, Mapping):
        for name in fields.keys() & kept["fields"].keys():
            kind = fields[name].get("kind") if isinstance(fields[name], Mapping) else None
            kept["fields"][name] = without_foreign(kept["fields"][name], kind)
    return kept


def _merge(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in changes.items():
        old = merged.get(name)
        merged[name] = _merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return merged
