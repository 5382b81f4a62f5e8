"""Where the memory of workers lies: one folder in the installation's home."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from filelock import BaseFileLock

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import project_lock


@dataclass(frozen=True)
class Store:
    """Files of the memory.

    Attributes
    ----------
    contributions
        The snapshot that trust reads (contract Contributions).
    archive
        Imported batches (contract Archived); cannot be made anew from the projects.
    memory
        One row per worker (contract WorkerMemory).
    key
        What surrogates are made with; readable by its owner only, made once.
    identities
        The private table that leads from surrogates back to ids; readable by its owner only.
    tombstones
        Keyed hashes and surrogates of workers who were forgotten.
    """

    folder: Path
    lock: BaseFileLock

    @classmethod
    def of(cls, home: Home) -> "Store":
        """The store of an installation; the same one each time, so that who holds its lock can take it again."""
        return _store(home.dagster, home.locks)

    @property
    def contributions(self) -> Path:
        return self.folder / "contributions.parquet"

    @property
    def archive(self) -> Path:
        return self.folder / "archive.parquet"

    @property
    def memory(self) -> Path:
        return self.folder / "memory.parquet"

    @property
    def key(self) -> Path:
        return self.folder / "salt"

    @property
    def identities(self) -> Path:
        return self.folder / "identities.csv"

    @property
    def tombstones(self) -> Path:
        return self.folder / "forgotten.json"


@cache
def _store(dagster: Path, locks: Path) -> Store:
    return Store(dagster / "workers", project_lock(locks, "_worker_memory"))
