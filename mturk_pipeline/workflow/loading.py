"""Loading of workflows from folders of YAML: `<directory>/<workflow>/<phase>/defs.yaml`."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from mturk_pipeline.workflow.leads_spec import LeadsSpec, gathers_leads
from mturk_pipeline.workflow.old_names import phase_with_new_names
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.settings_problems import settings_problem
from mturk_pipeline.workflow.workflow import Workflow, WorkflowError, checked_leads

SHIPPED_DIR = Path(__file__).parent.parent / "defs"
PHASE_TYPE = "mturk_pipeline.components.Phase"
LEADS_TYPE = "mturk_pipeline.components.AllLeads"
# Names become names of assets and jobs, which take ASCII only.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# A name such as adj_{i} that stands in a list of YAML without quotes.
_BARE_BRACES = re.compile(r"(?<=[\[,])\s*[^\s\[\],'\"{}:]*\{[in]\}[^\s\[\],'\"{}:]*")


def load_workflow(folder: Path) -> Workflow:
    """Load the workflow in `folder`, whose name it takes.

    Raises WorkflowError, one line with file and what to do, for anything that cannot be used.
    """
    phases: dict[str, PhaseSpec] = {}
    leads: LeadsSpec | None = None
    old_names: list[str] = []
    if not _NAME.fullmatch(folder.name):
        raise WorkflowError(
            "a workflow's name has letters (A to Z), digits and _ only", where=folder, remedy="rename the folder"
        )
    for path in sorted(folder.glob("*/defs.yaml")):
        name = path.parent.name
        if not _NAME.fullmatch(name):
            raise WorkflowError(
                "a phase's name has letters (A to Z), digits and _ only", where=path.parent, remedy="rename it"
            )
        type_name, attributes = _read(path)
        model = {PHASE_TYPE: PhaseSpec, LEADS_TYPE: LeadsSpec}.get(type_name)
        if model is None:
            raise WorkflowError(f"type is {type_name!r}", where=path, remedy=f"use {PHASE_TYPE} or {LEADS_TYPE}")
        try:
            if model is PhaseSpec:
                settings, lines = phase_with_new_names(attributes, str(path))
                phases[name] = PhaseSpec.model_validate(settings)
                old_names += lines
            else:
                leads = LeadsSpec.model_validate(attributes)
        except ValueError as error:
            raise WorkflowError(settings_problem(error, model), where=path) from None
    ordered = _in_order(phases, folder)
    return Workflow(folder.name, ordered, _leads_for(leads, ordered, folder), folder, tuple(old_names))


def load_workflows(directories: Iterable[Path]) -> tuple[dict[str, Workflow], dict[str, str]]:
    """Load all workflows under `directories`, by name; beside them a line for each broken one, which is left out.

    A name that stands in two directories belongs to the first; the line about the second stands by its folder.
    """
    workflows: dict[str, Workflow] = {}
    broken: dict[str, str] = {}
    for directory in directories:
        if not directory.is_dir():
            continue
        for folder in sorted(p for p in directory.iterdir() if p.is_dir() and any(p.glob("*/defs.yaml"))):
            if folder.name in workflows:
                broken[str(folder)] = f"{folder}: there is already a workflow {folder.name}; rename the folder"
                continue
            try:
                workflows[folder.name] = load_workflow(folder)
            except WorkflowError as error:
                broken[folder.name] = str(error)
    return workflows, broken


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, UnicodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        what = getattr(error, "problem", None) or getattr(error, "strerror", None) or "not UTF-8 text"
        braces = _BARE_BRACES.search(mark.buffer or "", 0) if mark and "'{'" in what else None
        remedy = f"put names with {{ }} in quotes: '{braces[0].strip()}'" if braces else ""
        raise WorkflowError(f"{path}:{line} cannot be read as YAML: {what}", remedy=remedy) from None
    except RecursionError:
        raise WorkflowError("cannot be read as YAML: nested too deeply", where=path) from None
    except ValueError as error:
        # A date or number that looks right and is none, such as 2020-13-45.
        why = " ".join(str(error).split())
        raise WorkflowError(
            f"holds a value that cannot be read ({why})", where=path, remedy="put it in quotes"
        ) from None
    if not isinstance(content, dict) or not isinstance(content.get("attributes"), dict):
        raise WorkflowError("'type:' and 'attributes:' are wanted at the top", where=path)
    type_name = content.get("type")
    return type_name if isinstance(type_name, str) else "no text", content["attributes"]


def _in_order(phases: dict[str, PhaseSpec], folder: Path) -> dict[str, PhaseSpec]:
    """Phases from the first to the last; they have to make one chain."""
    if not phases:
        raise WorkflowError("no phase in it", where=folder, remedy="each is a folder with a defs.yaml")
    following: dict[str | None, list[str]] = {}
    for name, spec in phases.items():
        following.setdefault(spec.after, []).append(name)
    ordered: dict[str, PhaseSpec] = {}
    place: str | None = None
    while successors := following.get(place):
        if len(successors) > 1:
            what = f"come after {place}" if place else "have no 'after'"
            raise WorkflowError(f"phases {sorted(successors)} all {what}", where=folder, remedy="phases make one chain")
        place = successors[0]
        if place in ordered:
            break
        ordered[place] = phases[place]
    left = sorted(set(phases) - set(ordered))
    if left:
        raise WorkflowError(
            f"phases {left} come after none of the others",
            where=folder,
            remedy="mend their 'after' (first phase: none)",
        )
    return ordered


def _leads_for(leads: LeadsSpec | None, phases: dict[str, PhaseSpec], folder: Path) -> LeadsSpec | None:
    """What the folder says of leads; by default each field of the last phase is a group, if one is a contact.

    None where nothing is a lead: the folder says so by empty groups, or the last phase does not gather any (see
    `gathers_leads`).
    """
    if leads is None:
        last = next(reversed(phases.values()))
        if not gathers_leads(last.fields):
            return None
        return LeadsSpec.model_validate({"lead_groups": {field: [field] for field in last.fields}})
    return checked_leads(leads, phases, str(folder / "all_leads" / "defs.yaml")) if leads.lead_groups else None
