"""Past batches, years of them at once: every result file under a folder goes into the archive."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.intake.unknown_workers import worker_count
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.workers.archive import (
    all_keys,
    archived,
    counted_elsewhere,
    outdated,
    read_archive,
    replaced_by,
    state_of,
    write_archive,
)
from mturk_pipeline.workers.id_replacement import replacement_for
from mturk_pipeline.workers.identities import lost_names, surrogates_of
from mturk_pipeline.workers.imported_ratings import batch_of, rate, suggested_phase
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.shared_assignments import keys_of
from mturk_pipeline.workers.tombstones import forgotten

ENDINGS = (".csv", ".tsv", ".txt", ".results", ".xlsx")


@dataclass(frozen=True)
class Imported:
    """What became of a file, or of several that hold one batch: said in words; counts of what was added."""

    files: tuple[str, ...]
    said: str
    assignments: int = 0
    workers: int = 0
    failed: bool = False


@dataclass
class _Batch:
    files: list[Path] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)


def result_files(folder: Path) -> list[Path]:
    """Files under `folder` that can be result files by their endings; hidden and lock files left out."""
    found = (p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS and not p.name.startswith((".", "~$")))
    return sorted(p for p in found if p.is_file() and not p.is_symlink())


def import_batches(home: Home, folder: Path) -> Iterator[Imported]:
    """Rate the workers of every result file under `folder` and keep what they did; yields as it goes.

    A file that cannot be used is told and the rest goes on. Doing it twice changes nothing.
    """
    with Store.of(home).lock:
        batches = _Batches(home, folder)
        archive = read_archive(home)
        current = ~archive["project_id"].isin(list(outdated(archive)))
        known = {d for files in archive.loc[current, "files"] for d in files}
        lost = archive["worker"].isin(list(lost_names(archive["worker"], home)))
        nameless = {d for files in archive.loc[lost, "files"] for d in files}
        for path in result_files(folder):
            said = batches.take_in(path, known, nameless)
            if said:
                yield said
        for batch in batches.united():
            yield _import_one(home, folder, batch)


class _Batches:
    """Files read so far, joined where they have assignments in common."""

    def __init__(self, home: Home, folder: Path) -> None:
        self._home, self._folder = home, folder
        self._paths: list[Path] = []
        self._digests: dict[str, Path] = {}
        self._keys: list[np.ndarray] = []

    def take_in(self, path: Path, known: set[str], nameless: set[str]) -> Imported | None:
        """Read a file; what became of it where it adds nothing. Of `nameless` ones the workers' names are restored."""
        name = _name(path, self._folder)
        try:
            digest = _digest(path)
        except OSError as error:
            return Imported((name,), f"cannot be read: {error.strerror}", failed=True)
        if digest in known:
            if digest in nameless:
                surrogates_of(self._home, map(str, collect([path], None).assignments["worker"]))
            return Imported((name,), "known already")
        if digest in self._digests:
            return Imported((name,), f"a copy of {_name(self._digests[digest], self._folder)}")
        collected = collect([path], None)
        if collected.assignments.empty:
            problem = collected.files["problem"].dropna().tolist()
            return Imported((name,), problem[0] if problem else "has no usable row", failed=True)
        if not worker_count(collected.assignments):
            return Imported((name,), "of people who did not log in: nobody to remember")
        self._digests[digest] = path
        self._paths.append(path)
        self._keys.append(keys_of(self._home, collected.assignments["assignment_id"]))
        return None

    def united(self) -> list[_Batch]:
        """Batches: files of which one shares assignments with the next."""
        group = _joined(self._keys)
        batches: dict[int, _Batch] = {}
        digests = list(self._digests)
        for place, path in enumerate(self._paths):
            batch = batches.setdefault(group[place], _Batch())
            batch.files.append(path)
            batch.digests.append(digests[place])
        return list(batches.values())


def _joined(keys: list[np.ndarray]) -> list[int]:
    """For each file the number of the first one that it is joined with, over any number of steps.

    >>> _joined([np.array([1, 2]), np.array([9]), np.array([2, 3]), np.array([3])])
    [0, 1, 0, 0]
    """
    parent = list(range(len(keys)))

    def root(place: int) -> int:
        while parent[place] != place:
            place = parent[place]
        return place

    table = pd.DataFrame({"file": np.repeat(np.arange(len(keys)), [len(k) for k in keys])})
    table["key"] = np.concatenate(keys) if keys else []
    table["first"] = table.groupby("key")["file"].transform("min")
    for file, first in table.loc[table["file"] != table["first"], ["file", "first"]].drop_duplicates().to_numpy():
        low, high = sorted((root(int(file)), root(int(first))))
        parent[high] = low
    return [root(place) for place in range(len(keys))]


def _import_one(home: Home, folder: Path, batch: _Batch) -> Imported:
    names = tuple(_name(path, folder) for path in batch.files)
    try:
        phase = suggested_phase(batch.files)
    except UnreadableFileError as error:
        return Imported(names, str(error), failed=True)
    assignments = batch_of(batch.files, phase)
    archive = read_archive(home)
    keys = keys_of(home, assignments["assignment_id"])
    judged_before = outdated(archive)
    old = replaced_by(archive, np.unique(keys), state_of(assignments))
    archive = archive[~archive["project_id"].isin(old)]
    new = ~np.isin(keys, all_keys(archive))
    if not new.any():
        return Imported(names, "known already, from another file")
    assignments = assignments[new]
    title = replacement_for(home, map(str, assignments["worker"].unique())).in_file_name(_title(names))
    rows = archived(home, rate(assignments, phase), batch.digests, title, forgotten(home))
    write_archive(home, pd.concat([archive, rows], ignore_index=True) if len(archive) else rows)
    said = "new" if not old else "judged anew" if set(old) <= judged_before else "replaces an earlier download"
    if not new.all():
        said += f"; {int((~new).sum()):,} assignments were known already"
    if counted_elsewhere(home, rows):
        said += "; counts in the project that holds it"
    return Imported(names, said, len(assignments), len(rows))


def _title(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix().encode("utf-8", "replace").decode("utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
