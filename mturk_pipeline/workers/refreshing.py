"""Bringing the memory up to date: the snapshot that trust reads, the memory made of it, and the files for people."""

from dataclasses import dataclass

import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import read_table_if_made, write_table
from mturk_pipeline.providers import whole_name
from mturk_pipeline.vocabulary.standings import NEUTRAL
from mturk_pipeline.workers.archive import counted_elsewhere, read_archive, write_archive
from mturk_pipeline.workers.contributions import as_stored, gather, known_workers, united
from mturk_pipeline.workers.for_people import blacklisted, write_files
from mturk_pipeline.workers.memory import remember, words_by_worker
from mturk_pipeline.workers.overrides import Overrides, Said, read_overrides
from mturk_pipeline.workers.salted import PREFIX, Salt, ids_are_hashed, salt_if_made, salt_of
from mturk_pipeline.workers.store import Store
from mturk_pipeline.workers.tombstones import forgotten


@dataclass(frozen=True)
class Refreshed:
    """The memory as it is now.

    Attributes
    ----------
    memory
        Contract WorkerMemory.
    excluded
        The exclusion list of the blacklisted, as it is uploaded.
    overrides
        What a person's file says, and what of it could not be used.
    strangers
        Numbers of the file's rows whose worker no project and no imported batch knows.
    unnamed
        Blacklisted workers whose hash no project's worker belongs to: they stand on no exclusion list.
    kept
        Files beside the projects that a person had changed, under their new names.
    reachable
        False where the projects could not be seen (an unmounted drive): the last snapshot stands.
    """

    memory: pd.DataFrame
    excluded: pd.DataFrame
    overrides: Overrides
    strangers: tuple[int, ...]
    unnamed: int
    kept: tuple[str, ...]
    reachable: bool


def refresh(home: Home) -> Refreshed:
    """Snapshot, memory and files, in this order."""
    with Store.of(home).lock:
        reachable = take_snapshot(home) is not None
        return make_memory(home, reachable=reachable)


def take_snapshot(home: Home) -> pd.DataFrame | None:
    """Write what workers did in all projects that are there, and in the imported batches (contract Contributions).

    None, leaving the last one as it is, where the projects cannot be seen.
    """
    store = Store.of(home)
    with store.lock:
        projects = gather(home)
        if projects is None:
            return None
        archive = read_archive(home)
        if len(archive):
            write_archive(home, archive)  # hashed, or named again, where the setting changed
            archive = read_archive(home)
            archive = archive[~archive["project_id"].isin(counted_elsewhere(home, archive))]
        table = as_stored(united([projects, archive]), home)
        table = table.sort_values(["project_id", "workflow", "phase", "worker"], ignore_index=True)
        write_table(store.contributions, table)
        return table


def make_memory(home: Home, *, reachable: bool = True) -> Refreshed:
    """The memory from the last snapshot and a person's file; files for people where the projects can be seen."""
    store = Store.of(home)
    with store.lock:
        snapshot = read_table_if_made(store.contributions)
        overrides = read_overrides(home.projects)
        stones, known = forgotten(home), known_workers(home)
        said = tuple(s for s in overrides.said if not (stones.of_worker(s.worker) or stones.of_id(s.worker)))
        hashed = ids_are_hashed()
        salt = salt_of(store) if hashed else salt_if_made(store)
        memory = remember(united([]) if snapshot is None else snapshot, said, salt, hashed=hashed, others=known)
        write_table(store.memory, memory)
        named = [*known, *(whole_name(s.worker) for s in said if not s.worker.startswith(PREFIX))]
        excluded, unnamed = blacklisted(memory, named, stones, salt)
        kept = write_files(home, memory, excluded) if reachable and home.projects.is_dir() else []
        strangers = _strangers(memory, said, known, salt)
        return Refreshed(memory, excluded, overrides, strangers, unnamed, tuple(kept), reachable)


def _strangers(memory: pd.DataFrame, said: tuple[Said, ...], known: list[str], salt: Salt | None) -> tuple[int, ...]:
    """Rows of a person's file that say something of workers who are in no project and no imported batch."""
    there = {*known, *memory.loc[memory["projects"] > 0, "worker"]}
    telling = [s for s in said if s.standing != NEUTRAL]
    return tuple(s.row for s in telling if not any(w in there for w in words_by_worker([s], there, salt)))
