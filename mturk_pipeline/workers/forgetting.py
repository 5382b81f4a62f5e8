"""Forgetting a worker: out of every store of ours, and told which of people's own files still hold the id.

First the tombstone, then the purge: a run that reads the same files meanwhile, or after a kill, revives nobody, and
the same command again completes what a kill cut short. Tables, the pipeline's own files and kept originals stay,
with an anonymous name in place of the id; contributions to the memory are deleted, caches of reviewed files too.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import hold_project
from mturk_pipeline.folders.tables import read_table, read_table_if_made, write_table
from mturk_pipeline.folders.writing import ProjectWriter, write_atomically
from mturk_pipeline.workers.contributions import known_workers, project_ids_of, read_columns
from mturk_pipeline.workers.for_people import EXCLUDED, WORKBOOK
from mturk_pipeline.workers.person import Person, person_of
from mturk_pipeline.workers.purging_files import purge_database, purged
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline.workers.salted import PREFIX, salt_of
from mturk_pipeline.workers.store import Store
from mturk_pipeline.workers.tombstones import anonymised_table, bury, forgotten

MEMORY_FOLDER = ".mturk_pipeline"
_STORE, _TABLES, _OWN, _KEPT, _RUNS = (
    "memory and imported batches: rows deleted",
    "tables of projects: rows made anonymous",
    "the pipeline's own files: places made anonymous",
    "kept originals and exports of reviews: places made anonymous",
    "run history and logs: places made anonymous",
)
PATIENCE = 1800.0
REMAINS = "still holds the id, which cannot go without breaking the file; delete it when its content is not needed"
THEIRS_TODO = "Open them and delete the id, or delete the files; the pipeline does not touch them."


@dataclass
class Purge:
    """What was found, or done: by kind of place how many files, and how often the worker stood there.

    `theirs` are people's own files that hold the id, relative to the projects folder; `problems` are lines about
    files that could not be looked at.
    """

    files: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    theirs: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, kind: str, places: int) -> None:
        if places:
            self.files[kind] = self.files.get(kind, 0) + 1
            self.places[kind] = self.places.get(kind, 0) + places


def whom(home: Home, given: str) -> Person:
    """Who is meant; UnknownWorkerError, one line, where nobody or more than one is."""
    store = Store.of(home)
    known = set(known_workers(home))
    for path in (store.contributions, store.archive):
        column = read_columns(path, ["worker"])
        known.update(() if column is None else (w for w in column["worker"] if not w.startswith(PREFIX)))
    return person_of(given, known, forgotten(home), salt_of(store))


def look_for(home: Home, person: Person) -> Purge:
    """What `forget` would do; changes nothing."""
    return _purge(home, person, write=False)


def forget(home: Home, person: Person) -> Purge:
    """Tombstone, purge, and the memory made anew."""
    bury(home, person.key)
    done = _purge(home, person, write=True)
    refresh(home)
    return done


def _purge(home: Home, person: Person, *, write: bool) -> Purge:
    found = Purge()
    _purge_store(home, person, found, write=write)
    _purge_beside_projects(home, person, found, write=write)
    tables = _tables_by_project(home)
    for project_id, folder in _project_folders(home):
        with hold_project(home, project_id, PATIENCE):
            _purge_folder(home, folder, person, found, write=write)
            # Last, since they tell whom a short id means when a kill made a second call necessary.
            _purge_tables(tables.pop(project_id, []), person, found, write=write)
    for project_id, paths in tables.items():
        with hold_project(home, project_id, PATIENCE):
            _purge_tables(paths, person, found, write=write)
    _purge_history(home, person, found, write=write)
    return found


def _purge_store(home: Home, person: Person, found: Purge, *, write: bool) -> None:
    store = Store.of(home)
    with store.lock:
        for path in (store.archive, store.contributions, store.memory):
            table = read_table_if_made(path)
            if table is None:
                continue
            meant = table["worker"].map(person.is_meant).astype(bool)
            rest, named = anonymised_table(table[~meant], person.stones)
            found.add(_STORE, int(meant.sum()) + named)
            if write and (meant.any() or named):
                write_table(path, rest)


def _purge_beside_projects(home: Home, person: Person, found: Purge, *, write: bool) -> None:
    """Ours beside the projects, earlier versions kept; what else lies there is somebody's."""
    writer = ProjectWriter(home.projects)
    for path in _files(home.projects, deep=False):
        if path.name in (WORKBOOK, EXCLUDED) or (path.name.startswith("_") and ".kept-" in path.name):
            _purge_own(writer, path, person, found, _OWN, write=write)
        else:
            _tell(home, path, person, found)


def _purge_folder(home: Home, folder: Path, person: Person, found: Purge, *, write: bool) -> None:
    writer = ProjectWriter(folder)
    for path in _files(folder):
        if MEMORY_FOLDER in path.relative_to(folder).parts[:1]:
            _purge_kept(path, person, found, write=write)
        elif writer.is_ours(path):
            _purge_own(writer, path, person, found, _OWN, write=write)
        else:
            _tell(home, path, person, found)


def _purge_kept(path: Path, person: Person, found: Purge, *, write: bool) -> None:
    """What the pipeline keeps in a project's folder: originals of reviewed files, exports, caches."""
    if path.suffix == ".parquet":
        _purge_tables([path], person, found, kind=_KEPT, write=write)
    elif path.name.endswith(".json.gz"):
        # Parsed files; they are made again from the originals.
        if write:
            path.unlink(missing_ok=True)
    else:
        new, places = _looked_at(path, person, found)
        found.add(_KEPT, places)
        if write and places:
            write_atomically(path, new)


def _purge_own(writer: ProjectWriter, path: Path, person: Person, found: Purge, kind: str, *, write: bool) -> None:
    new, places = _looked_at(path, person, found)
    found.add(kind, places)
    if write and places:
        writer.rewrite(path.relative_to(writer.project).as_posix(), new)


def _tell(home: Home, path: Path, person: Person, found: Purge) -> None:
    """Note a person's file that holds the id, in its content or its name."""
    in_name = person.tells and person.pattern.search(path.name) is not None
    content = purged(_content(path, found), person)
    if in_name or content.places or content.remains:
        found.theirs.append(path.relative_to(home.projects).as_posix())


def _purge_tables(paths: list[Path], person: Person, found: Purge, *, kind: str = _TABLES, write: bool) -> None:
    for path in paths:
        try:
            table = read_table(path)
        except (OSError, ValueError):
            found.problems.append(f"{path}: cannot be read; delete it, the next run makes it again")
            continue
        new, rows = anonymised_table(table, person.stones)
        found.add(kind, rows)
        if write and rows:
            write_table(path, new)


def _purge_history(home: Home, person: Person, found: Purge, *, write: bool) -> None:
    """Dagster's databases and logs: ids are kept out of them, but an error's own words may hold one."""
    ours = (home.tables, home.locks, Store.of(home).folder, home.projects, home.workflows)
    for path in _files(home.dagster):
        if any(path.is_relative_to(folder) for folder in ours) or path.name.endswith(("-wal", "-shm", "-journal")):
            continue
        if path.suffix == ".db":
            found.add(_RUNS, purge_database(path, person, write=write))
            continue
        new, places = _looked_at(path, person, found)
        found.add(_RUNS, places)
        if write and places:
            write_atomically(path, new)


def _tables_by_project(home: Home) -> dict[str, list[Path]]:
    """Tables under the id of their project, raw output last."""
    tables: dict[str, list[Path]] = {}
    for path in sorted(home.tables.rglob("*.parquet"), key=lambda p: (p.parent.name == "raw_output", p)):
        tables.setdefault(path.stem, []).append(path)
    return tables


def _project_folders(home: Home) -> Iterator[tuple[str, Path]]:
    """Every folder beside the projects with its project's id, removed ones too; other folders under their names."""
    roots = [home.projects, home.projects / "_removed"]
    for root in roots:
        for folder in sorted(root.iterdir()) if root.is_dir() else []:
            if folder.is_dir() and not folder.is_symlink() and folder not in (*roots, home.projects / MEMORY_FOLDER):
                yield (project_ids_of(folder) or [folder.name])[0], folder


def _files(folder: Path, *, deep: bool = True) -> Iterator[Path]:
    found = sorted(folder.rglob("*") if deep else folder.glob("*")) if folder.is_dir() else []
    return (p for p in found if p.is_file() and not p.is_symlink())


def _looked_at(path: Path, person: Person, found: Purge) -> tuple[bytes, int]:
    """A file of ours without the id, and in how many places it stood; told where it cannot go."""
    new = purged(_content(path, found), person)
    if new.remains:
        found.problems.append(f"{path}: {REMAINS}")
    return new.content, new.places


def _content(path: Path, found: Purge) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        found.problems.append(f"{path}: cannot be read ({error.strerror}); look yourself whether the id stands there")
        return b""
