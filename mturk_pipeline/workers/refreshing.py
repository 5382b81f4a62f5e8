"""Bringing the memory up to date: the snapshot that trust reads, the memory made of it, and the files for people."""

from dataclasses import dataclass

import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import unseen_folders
from mturk_pipeline.folders.tables import read_table_if_made, write_table
from mturk_pipeline.providers import whole_name
from mturk_pipeline.vocabulary.standings import NEUTRAL
from mturk_pipeline.workers.archive import counted_elsewhere, read_archive, write_archive
from mturk_pipeline.workers.contributions import gather, present_workers, united, withdrawn
from mturk_pipeline.workers.identities import identities, surrogates_of, with_surrogates
from mturk_pipeline.workers.memory import remember
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.named_workers import words_by_worker
from mturk_pipeline.workers.overrides import Overrides, read_overrides
from mturk_pipeline.workers.surrogates import is_hash, is_surrogate
from mturk_pipeline.workers.worker_files import blacklisted, write_files


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
        Blacklisted workers of whom no id is known: they stand on no exclusion list.
    kept
        Files beside the projects that a person had changed, under their new names.
    reachable
        False where the projects could not be seen (an unmounted drive): the last snapshot and memory stand.
    unseen
        Names beside the projects behind which one may lie that cannot be seen: what was done there counts as before.
    """

    memory: pd.DataFrame
    excluded: pd.DataFrame
    overrides: Overrides
    strangers: tuple[int, ...]
    unnamed: int
    kept: tuple[str, ...]
    reachable: bool
    unseen: tuple[str, ...]


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
            write_archive(home, archive)  # by surrogate, where version 0.1 wrote it
            archive = read_archive(home)
            archive = archive[~archive["project_id"].isin(counted_elsewhere(home, archive))]
        table = united([projects, archive])
        table = table.sort_values(["project_id", "workflow", "phase", "worker"], ignore_index=True)
        write_table(store.contributions, table)
        return table


def make_memory(home: Home, *, reachable: bool = True) -> Refreshed:
    """The memory from the last snapshot and a person's file; files for people where the projects can be seen.

    Where they cannot, the person's file cannot either: the last memory stands, where there is one.
    """
    store = Store.of(home)
    with store.lock:
        last = None if reachable else _last_memory(home)
        if last is not None:
            excluded, unnamed = blacklisted(last, identities(home))
            return Refreshed(last, excluded, Overrides(), (), unnamed, (), reachable, ())
        snapshot = read_table_if_made(store.contributions)
        contributions = united([]) if snapshot is None else with_surrogates(withdrawn(snapshot), home)
        present = {*contributions["worker"], *present_workers(home)}
        overrides = read_overrides(home.projects)
        words = words_by_worker(overrides.said, home)
        strangers = {w: s for w, s in words.items() if w not in present and s.standing != NEUTRAL}
        # The file itself says who they are: an exclusion list needs their ids.
        surrogates_of(home, [whole_name(s.worker) for s in strangers.values() if not _is_ours(s.worker)])
        memory = remember(contributions, words)
        write_table(store.memory, memory)
        excluded, unnamed = blacklisted(memory, identities(home))
        kept = write_files(home, memory, excluded) if reachable and home.projects.is_dir() else []
        rows = tuple(sorted({said.row for said in strangers.values()}))
        unseen = tuple(unseen_folders(home.projects))
        return Refreshed(memory, excluded, overrides, rows, unnamed, tuple(kept), reachable, unseen)


def _last_memory(home: Home) -> pd.DataFrame | None:
    """Contract WorkerMemory as last made; None before, and where an earlier version made another."""
    from mturk_pipeline.contracts.workers_memory import WorkerMemory

    table = read_table_if_made(Store.of(home).memory)
    return None if table is None or not WorkerMemory.holds(table) else with_surrogates(table, home)


def _is_ours(name: str) -> bool:
    return is_surrogate(name) or is_hash(name)
