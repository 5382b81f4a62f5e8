"""Locks that a killed process lets go of: one per project while it is worked on, one per run."""

import hashlib
import re
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout


def project_lock(locks: Path, project_id: str) -> BaseFileLock:
    """The lock of a project; held by whoever changes its tables and files."""
    return _lock(locks / "projects", project_id)


def run_lock(locks: Path, run_id: str) -> BaseFileLock:
    """The lock of one run; held from its start to its end, so that its death can be noticed."""
    return _lock(locks / "runs", run_id)


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


def _lock(folder: Path, name: str) -> BaseFileLock:
    folder.mkdir(parents=True, exist_ok=True)
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:60]
    if safe != name:
        safe += "-" + hashlib.blake2b(name.encode(), digest_size=6).hexdigest()
    return FileLock(folder / f"{safe}.lock", thread_local=False)
