"""Project directories: find them, make them, identify them."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.workflow.settings_problems import nearest
from mturk_pipeline.workflow.workflow import Workflow

PROJECT_FILE = "project.yaml"
_SETTINGS = frozenset({"id", "workflow", "overrides"})
_NONE_BROKEN: Mapping[str, str] = {}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


class ProjectError(UserError):
    """A project that cannot be used: one line, where and what to do."""


@dataclass(frozen=True)
class Project:
    """A directory of one gathering effort."""

    id: str  # Who it is, from project.yaml: a renamed folder keeps it. The partition key in Dagster.
    path: Path  # The directory; its name is what people call the project
    workflow: str  # Name of its workflow
    # Settings laid over the workflow's, by phase
    overrides: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class Projects:
    """Projects in a directory."""

    found: dict[str, Project]  # Usable projects, by id
    problems: list[str]  # One line for each directory that looks like a project and cannot be used
    # False where the directory itself is not there (an unmounted drive): nothing follows from an empty `found`
    reachable: bool = True

    def of(self, workflow: str) -> list[Project]:
        return [p for p in self.found.values() if p.workflow == workflow]

    def named(self, name: str) -> Project:
        """The project in the folder `name`, or with that id; ProjectError, naming what there is."""
        for project in self.found.values():
            if project.name == name:
                return project
        for problem in self.problems:
            if problem.startswith(f"{name}:"):
                raise ProjectError(problem)
        if name in self.found:
            return self.found[name]
        known = ", ".join(sorted(p.name for p in self.found.values())[:8]) or "none yet"
        raise ProjectError(
            f"no such project (there are: {known})", where=name, remedy=f"make it with: mturk-pipeline init {name}"
        )


def find_projects(
    root: Path, workflows: Mapping[str, Workflow], broken_workflows: Mapping[str, str] = _NONE_BROKEN
) -> Projects:
    """The projects under `root`; reads only directory entries and project.yaml files, the latter when they changed.

    `broken_workflows` says by name what is wrong with workflows that cannot be used.
    """
    if not root.is_dir():
        return Projects({}, [f"{root}: the projects directory is not there (unmounted?); nothing is changed"], False)
    claims: dict[str, list[Project]] = {}
    problems: list[str] = []
    with os.scandir(root) as entries:
        names = sorted(e.name for e in entries if e.name[0] not in "._" and e.is_dir())
    for path in (root / name for name in names):
        try:
            project = _identify(path, workflows, broken_workflows)
        except ProjectError as error:
            problems.append(str(error))
            continue
        if project is not None:
            claims.setdefault(project.id, []).append(project)
    usable = {}
    for project_id, claimants in claims.items():
        # Of a folder and its copies, the one called as the id is the original; else nobody can tell.
        original = next((p for p in claimants if p.name == project_id), claimants[0] if len(claimants) == 1 else None)
        if original:
            usable[project_id] = original
        problems += [_shared_id(p, claimants) for p in claimants if p is not original]
    return Projects(usable, problems)


def unseen_folders(root: Path) -> list[str]:
    """Names in the directory of projects behind which a project may lie that cannot be seen now.

    Those are links that lead nowhere, folders that may not be read, and empty ones: where a drive is not mounted, an
    empty folder is left.
    """
    try:
        paths = sorted(path for path in root.iterdir() if path.name[0] not in "._")
    except OSError:
        return []
    return [path.name for path in paths if _is_unseen(path)]


def _is_unseen(path: Path) -> bool:
    try:
        return not path.exists() or (path.is_dir() and not any(path.iterdir()))
    except OSError:
        return True


def _shared_id(project: Project, claimants: list[Project]) -> str:
    others = ", ".join(p.name for p in claimants if p is not project)
    return (
        f"{project.name}: has the same id {project.id!r} as {others}; a copy needs an id of its own: "
        f"change 'id' in {project.name}/{PROJECT_FILE}"
    )


def make_project(root: Path, name: str, workflow: Workflow, taken: Mapping[str, Project]) -> tuple[Project, list[str]]:
    """Make what is missing of the project directory `name`; returns it and the names made now.

    Existing files and folders are left as they are: doing it twice changes nothing.
    """
    if not _NAME.fullmatch(name):
        raise ProjectError(
            f"{name!r}: a project's name has letters, digits, '_', '-' and '.', at most 80, a letter or digit first"
        )
    path = root / name
    made: list[str] = []
    known = next((p for p in taken.values() if p.path == path), None)
    if known and known.workflow != workflow.name:
        raise ProjectError(
            f"is a project of the workflow {known.workflow} already", where=name, remedy="choose another name"
        )
    path.mkdir(parents=True, exist_ok=True)
    if not (path / PROJECT_FILE).exists():
        project_id = name if name not in taken else f"{name}-{secrets.token_hex(3)}"
        made.append(PROJECT_FILE)
        _write_identity(path, project_id, workflow.name)
    for folder in workflow.folder_names:
        if not (path / folder).is_dir():
            (path / folder).mkdir()
            made.append(folder)
    return _from_file(path, {workflow.name: workflow}), made


def adopt(path: Path, workflow: str, taken: Mapping[str, Project]) -> None:
    """Give a directory that has a workflow's folders, but no project.yaml, its identity."""
    project_id = path.name if path.name not in taken else f"{path.name}-{secrets.token_hex(3)}"
    _write_identity(path, project_id, workflow)


def unidentified(root: Path, workflows: Mapping[str, Workflow]) -> list[tuple[Path, str]]:
    """Directories without project.yaml that hold a workflow's folders, each with that workflow's name."""
    if not root.is_dir():
        return []
    folders = []
    for path in sorted(root.iterdir()):
        if path.name.startswith((".", "_")) or (path / PROJECT_FILE).exists() or not _NAME.fullmatch(path.name):
            continue
        fitting = _fitting(path, workflows)
        if len(fitting) == 1:
            folders.append((path, fitting[0]))
    return folders


def _identify(path: Path, workflows: Mapping[str, Workflow], broken: Mapping[str, str]) -> Project | None:
    if os.path.lexists(f"{path}/{PROJECT_FILE}"):
        return _from_file(path, workflows, broken)
    fitting = _fitting(path, workflows)
    if fitting and not _NAME.fullmatch(path.name):
        raise ProjectError(
            "looks like a project, but a project's name has letters, digits, '_', '-' and '.' only",
            where=path.name,
            remedy="rename the folder",
        )
    if len(fitting) > 1:
        raise ProjectError(
            f"fits the workflows {', '.join(fitting)}",
            where=path.name,
            remedy=f"say which: mturk-pipeline init {path.name} --workflow NAME",
        )
    return None


def _fitting(path: Path, workflows: Mapping[str, Workflow]) -> list[str]:
    """Workflows whose result folders stand in `path`, those with most of them."""
    if not path.is_dir():
        return []
    present = {p.name for p in path.iterdir() if p.is_dir()}
    counts = {name: len(present & set(w.folder_names)) for name, w in workflows.items()}
    most = max(counts.values(), default=0)
    return [name for name, count in counts.items() if count == most > 0]


def _from_file(path: Path, workflows: Mapping[str, Workflow], broken: Mapping[str, str] = _NONE_BROKEN) -> Project:
    file = f"{path}/{PROJECT_FILE}"
    try:
        stat = os.stat(file)  # noqa: PTH116 (thousands of these at each tick of a sensor)
        content = _parsed(file, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ProjectError(f"{PROJECT_FILE} cannot be read: {error.strerror}", where=path.name) from None
    if isinstance(content, str):
        raise ProjectError(f"{PROJECT_FILE} {content}", where=path.name)
    for name in sorted(map(str, content.keys() - _SETTINGS)):
        # What is like none of them is a person's own note.
        if near := nearest(name, _SETTINGS, 0.85):
            raise ProjectError(
                f"{PROJECT_FILE} has the unknown setting {name!r}", where=path.name, remedy=f"did you mean {near!r}?"
            )
    project_id, workflow = content.get("id"), content.get("workflow")
    overrides = content.get("overrides") or {}
    if not isinstance(project_id, str | int) or not _NAME.fullmatch(str(project_id)):
        raise ProjectError(f"{PROJECT_FILE} needs 'id:', letters, digits, '_', '-' and '.' only", where=path.name)
    if isinstance(workflow, str) and workflow in broken and workflow not in workflows:
        raise ProjectError(f"its workflow {workflow} cannot be used: {broken[workflow]}", where=path.name)
    if not isinstance(workflow, str) or workflow not in workflows:
        known = ", ".join(workflows)
        raise ProjectError(
            f"{PROJECT_FILE} names the workflow {workflow!r}", where=path.name, remedy=f"there are: {known}"
        )
    if not isinstance(overrides, Mapping):
        raise ProjectError(f"{PROJECT_FILE}: 'overrides' maps phases to settings", where=path.name)
    return Project(str(project_id), path, workflow, overrides)


@lru_cache(maxsize=20_000)
def _parsed(file: str, mtime_ns: int, size: int) -> dict[str, Any] | str:
    """The content of a project.yaml, or what is wrong with it; time and size only make the cache right."""
    del mtime_ns, size
    try:
        content = yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    except UnicodeError:
        return "is not UTF-8 text; save it as UTF-8"
    except (ValueError, RecursionError):
        return "holds something that is no text, number or list; write id and workflow as plain words"
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        return f"is not YAML{line}: {getattr(error, 'problem', None) or 'mend it'}"
    return content if isinstance(content, dict) else "has to hold 'id:' and 'workflow:'"


def _write_identity(path: Path, project_id: str, workflow: str) -> None:
    text = (
        "# Who this project is. The folder may be renamed; a copy of it needs an id of its own.\n"
        f"id: {project_id}\n"
        f"workflow: {workflow}\n"
        "# Settings of this project alone, by phase, for example:\n"
        "# overrides:\n"
        "#   dirs: {accept: 0.7}\n"
    )
    write_atomically(path / PROJECT_FILE, text.encode())
