"""Forgetting a worker: nothing leads back to the id any more, and told which files still hold it.

First the tombstone, then the row of the private table, then all else: a run that reads the same files meanwhile, or
after a kill, revives nobody, and the same command again completes what a kill cut short. Tables keep the surrogate,
from which nothing leads to the id; contributions to the memory are deleted. The id itself can stand only in texts and
in what version 0.1 wrote: it is replaced in tables and in the pipeline's own text files; workbooks of the pipeline's
own are deleted, as the next run makes them again. What cannot be changed without breaking it is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from mturk_pipeline.folders.atomic_files import ProjectWriter, write_atomically
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import hold_project
from mturk_pipeline.folders.tables import read_table, read_table_if_made, write_table
from mturk_pipeline.review.kept_files import (
    CELLS,
    ORIGINALS,
    ROWS,
    cells_as_text,
    read_kept_cells,
    read_kept_text,
    write_kept_text,
)
from mturk_pipeline.workers.contributions import project_ids_of, read_columns
from mturk_pipeline.workers.id_replacement import replace_in_table
from mturk_pipeline.workers.identities import identities, remove_identities
from mturk_pipeline.workers.ids_in_bytes import cells_without_ids, is_packed, is_text, names_person, without_ids
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.overrides import WorkersFileError
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline.workers.surrogates import key_of
from mturk_pipeline.workers.tombstones import add_tombstones
from mturk_pipeline.workers.worker_files import EXCLUDED, WORKBOOK
from mturk_pipeline.workers.worker_lookup import Person, person_of

MEMORY_FOLDER = ".mturk_pipeline"
_IDENTITY, _STORE, _TABLES, _OWN, _KEPT, _RUNS = (
    "private table of ids: rows deleted",
    "memory and imported batches: rows deleted",
    "tables of projects: rows without the id",
    "the pipeline's own files: places without the id",
    "what is kept of reviews and pay: places without the id",
    "logs of runs: places without the id",
)
PATIENCE = 1800.0
REMAINS = "still holds the id, which cannot go without breaking the file; delete it when its content is not needed"
UNREAD = (
    "cannot be read, and may hold the id: run its project once, where an earlier version kept it, and forget again; "
    "else delete it when nobody needs it"
)
OF_RUNS = "history of runs holds the id; delete the run that it belongs to in the UI (Runs), then compact or delete it"
THEIRS_TODO = "Open them and delete the id, or delete the files; the pipeline does not touch them."


@dataclass
class Purge:
    """What was found, or done: by kind of place how many files, and how often the worker stood there.

    `theirs` are people's own files that hold the id, relative to the projects folder; `problems` are lines about
    files that could not be looked at, or changed.
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
    # Tables of version 0.1 hold whole names.
    paths = [Store.of(home).contributions, Store.of(home).archive, *home.tables.glob("*/*/raw_output/*.parquet")]
    columns = [read_columns(path, ["worker"]) for path in paths]
    old = {w for column in columns if column is not None for w in column["worker"].dropna() if ":" in w}
    key = key_of(Store.of(home))
    rows = identities(home)
    # A surrogate of another home, whose row came along with its private table.
    given = rows.get(given, given)
    return person_of(given, {*rows.values(), *(w for w in old if not w.startswith("hash:"))}, key)


def look_for(home: Home, person: Person) -> Purge:
    """What `forget` would do; changes nothing."""
    return _purge(home, person, write=False)


def forget(home: Home, person: Person) -> Purge:
    """Tombstone, purge, and the memory made anew."""
    add_tombstones(home, person.tombstones | person.rows_of(identities(home)))
    done = _purge(home, person, write=True)
    try:
        refresh(home)
    except WorkersFileError as error:
        # The worker is forgotten all the same; the files for people are made with the next refresh.
        done.problems.append(str(error))
    return done


def _purge(home: Home, person: Person, *, write: bool) -> Purge:
    found = Purge()
    _purge_store(home, person, found, write=write)
    _purge_beside_projects(home, person, found, write=write)
    tables = _tables_by_project(home)
    for project_id, folder in _project_folders(home):
        with hold_project(home, project_id, PATIENCE):
            own = person.sparing(_texts_of_inputs(tables.get(project_id, [])))
            _purge_folder(home, folder, own, found, write=write)
            # Last, since they tell whom a short id means when a kill made a second call necessary.
            _purge_tables(tables.pop(project_id, []), own, found, write=write)
    for project_id, paths in tables.items():
        with hold_project(home, project_id, PATIENCE):
            _purge_tables(paths, person.sparing(_texts_of_inputs(paths)), found, write=write)
    _purge_history(home, person, found, write=write)
    # Last of all, for the same reason.
    found.add(_IDENTITY, len(person.rows_of(identities(home))))
    if write:
        remove_identities(home, person.rows_of(identities(home)))
    return found


def _texts_of_inputs(tables: list[Path]) -> set[str]:
    """What the requester asked about, in the tables of one project."""
    texts: set[str] = set()
    for path in tables:
        prefix = {"raw_output": "Input.", "input": ""}.get(path.parent.name)
        table = None if prefix is None else read_table_if_made(path)
        for name, column in () if table is None else table.items():
            if str(name).startswith(str(prefix)) and isinstance(column.dtype, pd.StringDtype):
                texts.update(column.dropna().unique())
    return texts


def _purge_store(home: Home, person: Person, found: Purge, *, write: bool) -> None:
    store = Store.of(home)
    with store.lock:
        for path in (store.archive, store.contributions, store.memory):
            table = read_table_if_made(path)
            if table is None:
                continue
            gone = person.surrogates | person.rows_of(identities(home))
            meant = table["worker"].map(lambda w, gone=gone: person.key.surrogate(str(w)) in gone).astype(bool)
            rest, named = replace_in_table(table[~meant], person.replacement)
            found.add(_STORE, int(meant.sum()) + named)
            if write and (meant.any() or named):
                write_table(path, rest)


def _purge_beside_projects(home: Home, person: Person, found: Purge, *, write: bool) -> None:
    """Ours beside the projects are made anew; what else lies there, a changed version of ours too, is somebody's."""
    writer = ProjectWriter(home.projects)
    for path in _files(home.projects, deep=False):
        if path.name in (WORKBOOK, EXCLUDED) and writer.is_unchanged(path):
            _purge_own(writer, path, person, found, write=write)
        else:
            _tell(home, path, person, found)


def _purge_folder(home: Home, folder: Path, person: Person, found: Purge, *, write: bool) -> None:
    writer = ProjectWriter(folder)
    for path in _files(folder):
        if MEMORY_FOLDER in path.relative_to(folder).parts[:1]:
            _purge_kept(path, person, found, write=write)
        elif writer.is_ours(path) and (writer.is_unchanged(path) or path.suffix == ".csv"):
            _purge_own(writer, path, person, found, write=write)
        else:
            _tell(home, path, person, found)


def _purge_kept(path: Path, person: Person, found: Purge, *, write: bool) -> None:
    """What the pipeline keeps in a project's folder: of reviews, of pay, of what it wrote."""
    if path.suffix == ".parquet":
        _purge_tables([path], person, found, kind=_KEPT, write=write)
    elif path.parent.name == "read":
        # What was read of kept files; it is made again.
        if write:
            path.unlink(missing_ok=True)
    elif path.parent.name == ROWS:
        _purge_rows(path, person, found, write=write)
    elif path.parent.name == ORIGINALS and not is_text(content := _content(path, found)):
        if names_person(content, person) or not is_packed(content):
            found.problems.append(f"{path}: {UNREAD}")
    else:
        # Lists of what was paid or written, and of files' names: nothing of the requester's own stands there.
        _purge_text(path, replace(person, inputs=frozenset()), found, _KEPT, write=write)


def _purge_rows(path: Path, person: Person, found: Purge, *, write: bool) -> None:
    """Cells of a reviewed file, as they are kept."""
    who = person.replacement
    try:
        if path.name.endswith(CELLS):
            sheets = [(title, *cells_without_ids(rows, who)) for title, rows in read_kept_cells(path)]
            titles = [who.in_text(title) for title, _, _ in sheets]
            places = sum(n + (a != b) for a, (b, _, n) in zip(titles, sheets, strict=True))
            new = cells_as_text([(a, rows) for a, (_, rows, _) in zip(titles, sheets, strict=True)])
        else:
            new, places = without_ids(read_kept_text(path), who)
    except OSError:
        found.problems.append(f"{path}: {UNREAD}")
        return
    found.add(_KEPT, places)
    if write and places:
        write_kept_text(path, new)


def _purge_text(path: Path, person: Person, found: Purge, kind: str, *, write: bool) -> None:
    content = _content(path, found)
    if not is_text(content):
        if names_person(content, person):
            found.problems.append(f"{path}: {REMAINS}")
        return
    new, places = without_ids(content, person.replacement)
    found.add(kind, places)
    if write and places:
        write_atomically(path, new)


def _purge_own(writer: ProjectWriter, path: Path, person: Person, found: Purge, *, write: bool) -> None:
    content = _content(path, found)
    if is_text(content):
        new, places = without_ids(content, person.replacement)
        found.add(_OWN, places)
        if write and places:
            writer.rewrite(path.relative_to(writer.project).as_posix(), new)
    elif names_person(content, person):
        found.add(_OWN, 1)
        if write:
            path.unlink()


def _tell(home: Home, path: Path, person: Person, found: Purge) -> None:
    """Note a person's file that holds the id, in its content or its name."""
    in_name = person.replacement.in_file_name(path.name) != path.name
    if in_name or names_person(_content(path, found), replace(person, inputs=frozenset())):
        found.theirs.append(path.relative_to(home.projects).as_posix())


def _purge_tables(paths: list[Path], person: Person, found: Purge, *, kind: str = _TABLES, write: bool) -> None:
    for path in paths:
        try:
            table = read_table(path)
        except (OSError, ValueError):
            found.problems.append(f"{path}: cannot be read; delete it, the next run makes it again")
            continue
        new, rows = replace_in_table(table, person.replacement)
        found.add(kind, rows)
        if write and rows:
            write_table(path, new)


def _purge_history(home: Home, person: Person, found: Purge, *, write: bool) -> None:
    """Dagster's logs and databases: ids are kept out of them, but an error's own words may have held one."""
    ours = (home.tables, home.locks, Store.of(home).folder, home.projects, home.workflows)
    for path in _files(home.dagster):
        if any(path.is_relative_to(folder) for folder in ours):
            continue
        if is_text(_content(path, found)):
            _purge_text(path, person, found, _RUNS, write=write)
        elif names_person(_content(path, found), person):
            found.problems.append(f"{path}: {OF_RUNS}")


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


def _content(path: Path, found: Purge) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        found.problems.append(f"{path}: cannot be read ({error.strerror}); look yourself whether the id stands there")
        return b""
