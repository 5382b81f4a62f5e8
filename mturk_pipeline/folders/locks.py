"""Locks that end with their process: of a project while it is worked on, of a run until its end is stored."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import BaseFileLock, FileLock, Timeout

if TYPE_CHECKING:
    from mturk_pipeline.folders.home import Home

# The locks of runs that this process works on.
_held: dict[str, BaseFileLock] = {}


def project_lock(locks: Path, project_id: str) -> BaseFileLock:
    """The lock of a project in one home; held by whoever changes its tables."""
    return _lock(locks / "projects", project_id)


@contextmanager
def hold_project(home: "Home", project_id: str, timeout: float) -> Iterator[None]:
    """Hold a project's tables, by a lock of the home, and its files, by a lock beside the projects.

    Homes that share a projects folder see each other by the second lock. Where the folder cannot hold locks (it is
    read-only, or its drive has none), the home's lock is all there is. After `timeout` seconds for either lock:
    Timeout, an OSError.
    """
    with ExitStack() as locks:
        locks.enter_context(project_lock(home.locks, project_id).acquire(timeout=timeout))
        try:
            # An unmounted drive's folder is not made anew.
            if home.projects.is_dir():
                locks.enter_context(_shared_lock(home, project_id).acquire(timeout=timeout))
        except Timeout:
            raise
        except (OSError, NotImplementedError):
            pass
        yield


def run_lock(locks: Path, run_id: str) -> BaseFileLock:
    """The lock of one run, by which its death can be noticed."""
    return _lock(locks / "runs", run_id)


def hold_run(locks: Path, run_id: str, timeout: float) -> None:
    """Hold a run's lock until `release_run`, else to the end of this process.

    Dagster stores a run's success after its resources are gone: a resource that lets go of the lock at its own end
    lets a run that succeeds look dead.
    """
    if run_id not in _held:
        lock = run_lock(locks, run_id)
        lock.acquire(timeout=timeout)
        _held[run_id] = lock


def release_run(run_id: str) -> None:
    """Let go of a run's lock, once its end is stored; what remains of the lock is nothing."""
    lock = _held.pop(run_id, None)
    if lock:
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


def is_held(lock: BaseFileLock) -> bool:
    """Whether a living process holds `lock`; a lock whose file never was is not held."""
    if not Path(lock.lock_file).exists():
        return False
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _shared_lock(home: "Home", project_id: str) -> BaseFileLock:
    """A lock for whoever may write to the projects folder. A drive without locks is an OSError, not a file instead:
    a computer that crashed would leave that behind.
    """
    folder = home.shared_locks
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for made in (folder.parent, folder):
            made.chmod(home.projects.stat().st_mode & 0o777)
    return FileLock(folder / _file_name(project_id), thread_local=False, mode=0o666, fallback_to_soft=False)


def _lock(folder: Path, name: str) -> BaseFileLock:
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / _file_name(name), thread_local=False)


def _file_name(name: str) -> str:
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:60]
    if safe != name:
        safe += "-" + hashlib.blake2b(name.encode(), digest_size=6).hexdigest()
    return f"{safe}.lock"
