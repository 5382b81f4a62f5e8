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
    salt
        What ids are hashed with; readable by its owner only, made once.
    tombstones
        Salted hashes of workers who were forgotten.
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
    def salt(self) -> Path:
        return self.folder / "salt"

    @property
    def tombstones(self) -> Path:
        return self.folder / "forgotten.json"


@cache
def _store(dagster: Path, locks: Path) -> Store:
    return Store(dagster / "workers", project_lock(locks, "_worker_memory"))
