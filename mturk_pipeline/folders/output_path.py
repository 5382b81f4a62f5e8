"""Where a command may write the file that a user names: never over something, never where the pipeline keeps its own.

A file in a project's folder is a crowd's paid work, a person's decisions, or the pipeline's; in Dagster's home lie the
tables. Nothing that a user asks to have written out belongs there.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import PROJECT_FILE

# Beside the projects, for all of them: read as what people say, or written by the pipeline.
_OF_ALL_PROJECTS = frozenset({"suppression.csv", "suppression.xlsx", "workers.csv", "workers.xlsx"})
_MEMORY = ".mturk_pipeline"


class OutputError(UserError):
    """A file that must not be written: one line, which, why and what to do."""


def output_path(path: Path, homes: list[Home], *, force: bool = False) -> Path:
    """The file to write for what the user named: the same place, its links followed.

    `homes` are the installations whose places are out of bounds. `force` replaces a file and opens nothing else.

    Raises
    ------
    OutputError
        The file is there already; its folder is not; it is a folder or a device; it lies in a project's folder (also
        of a project that was removed), in the folder of workflows or in Dagster's home.

    >>> output_path(Path("/dev/null"), [])
    Traceback (most recent call last):
    ...
    mturk_pipeline.folders.output_path.OutputError: /dev/null: is no file to write to; name another
    """
    try:
        named, target = _whole(path), path.expanduser().resolve()
    except (RuntimeError, ValueError):
        raise OutputError("no such place", where=path, remedy="name another") from None
    if target.is_dir():
        raise OutputError("is a folder", where=path, remedy="name a file in it")
    if not target.parent.is_dir():
        raise OutputError("no such folder", where=path.parent, remedy="make it first")
    _refuse_owned(path, (named, target), homes)
    if target.exists() and not target.is_file():
        raise OutputError("is no file to write to", where=path, remedy="name another")
    if os.path.lexists(named) and not force:
        raise OutputError("is there already", where=path, remedy="name another file, or replace it with --force")
    return target


def output_folder(folder: Path, homes: list[Home], *, force: bool = False) -> Path:
    """The same for a folder that is to be filled: with something in it already only by `force`."""
    try:
        target = folder.expanduser().resolve()
    except (RuntimeError, ValueError):
        raise OutputError("no such place", where=folder, remedy="name another") from None
    _refuse_owned(folder, (target / "file",), homes)
    if target.is_dir() and any(target.iterdir()) and not force:
        raise OutputError("is not empty", where=folder, remedy="name another folder, or write over it with --force")
    return target


def _refuse_owned(path: Path, places: tuple[Path, ...], homes: list[Home]) -> None:
    for place in places:
        owner = next((owner for home in homes if (owner := _owner(place, home))), None) or _project_above(place)
        if owner:
            raise OutputError(
                f"lies in {owner}, where only its own files belong", where=path, remedy="name another place"
            )


def _whole(path: Path) -> Path:
    """`path` from the root on as the user means it: the links of its folder followed, a link at its end not."""
    path = path.expanduser()
    return path.parent.resolve() / path.name


def _owner(place: Path, home: Home) -> str | None:
    """Whose `place` is, as a person would say it; None where it is nobody's of this installation."""
    if _is_within(place, home.dagster):
        return f"the pipeline's home {home.dagster}"
    if _is_within(place, home.workflows):
        return f"the folder of workflows {home.workflows}"
    if _is_same(place.parent, home.projects):
        name = place.name.casefold()
        # What is kept beside the projects counts for all of them.
        return f"the folder of projects {home.projects}" if name in _OF_ALL_PROJECTS or name[0] in "._" else None
    return f"a project's folder, {home.projects}" if _is_within(place, home.projects) else None


def _project_above(place: Path) -> str | None:
    """The project that `place` lies in, wherever it stands."""
    marked = (p for p in place.parents if (p / _MEMORY).is_dir() or _is_project(p))
    return next((f"a project's folder, {project}" for project in marked), None)


def _is_project(folder: Path) -> bool:
    return (folder / PROJECT_FILE).is_file() and any(folder.glob("*_mOut_*"))


def _is_within(place: Path, folder: Path) -> bool:
    return any(_is_same(parent, folder) for parent in place.parents)


def _is_same(one: Path, other: Path) -> bool:
    """Whether two names are of one folder: a disk may take names in any case, or show a folder in two places."""
    try:
        return one.samefile(other)
    except OSError:
        return one == other


def homes_around(home: Home) -> Iterator[Home]:
    """`home`, and the ones that the surroundings name where a command is told of another."""
    yield home
    try:
        yield Home.from_environment()
    except OSError:  # the surroundings name a place that cannot be
        return
