"""Surrogates of workers: keyed hashes that stand in every table in place of the platform's ids.

A surrogate is made from a worker's whole name (`provider:server:id`) with the home's key: the same worker has the same
one in all projects of a home, and another one in another home. Nobody can read an id from it; the private table
(`identities.py`) leads back. Without its key a home's tombstones are dead: back it up with the rest of the folder.
"""

import hashlib
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mturk_pipeline.intake.item_ids import LETTERS, letters_of
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.workers.memory_folder import Store

# Version 0.1 hashed ids where this said so.
RETIRED_SETTING = "MTURK_HASH_WORKERS"
_HASH = re.compile(r"hash:[0-9a-f]{20}")
_SURROGATE = re.compile(rf"WK(?:-[{LETTERS}]{{4}}){{3}}")
_BYTES = 32


def is_surrogate(worker: str) -> bool:
    """Whether `worker` is a surrogate.

    >>> is_surrogate("WK-BCDF-GHJK-LMNP"), is_surrogate("mturk::A2XYZ0ABCDEF")
    (True, False)
    """
    return _SURROGATE.fullmatch(worker) is not None


def is_hash(worker: str) -> bool:
    """Whether `worker` is a hash as version 0.1 wrote it."""
    return _HASH.fullmatch(worker) is not None


@dataclass(frozen=True)
class Key:
    """A home's key, and what is made with it; each use has hashes of its own that say nothing about another's.

    >>> key = Key(bytes(32))
    >>> key.surrogate("mturk::A1") == key.surrogate("mturk::A1") != key.surrogate("turkle::A1")
    True
    >>> key.surrogate(key.surrogate("mturk::A1")) == key.surrogate("mturk::A1"), key.surrogate("turkle::unknown")
    (True, 'turkle::unknown')
    """

    key: bytes

    def surrogate(self, worker: str) -> str:
        """The surrogate of a whole name, or of a hash as version 0.1 wrote it; unknown workers keep their name."""
        if is_surrogate(worker) or is_unknown([worker])[0]:
            return worker
        digits = worker.removeprefix("hash:") if is_hash(worker) else self._digest(worker, b"worker", 10)
        letters = letters_of(int(digits[:16], 16))
        return f"WK-{letters[:4]}-{letters[4:8]}-{letters[8:]}"

    def tombstone(self, worker: str) -> str:
        """What tells that `worker` was forgotten."""
        return self._digest(worker, b"tombstone", 16)

    @property
    def siphash_key(self) -> str:
        """16 characters, for numbers of assignments."""
        return self._digest("", b"assignments", 8)

    def _digest(self, text: str, use: bytes, size: int) -> str:
        content = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(content, key=self.key, person=use, digest_size=size).hexdigest()


def key_of(store: Store) -> Key:
    """The home's key, made now where there is none.

    Raises OSError where it was there: another one in its place would give every worker a second surrogate.
    """
    try:
        return _read(store.key)
    except FileNotFoundError:
        if not store.identities.exists():
            _make(store.key)
    try:
        return _read(store.key)  # or another run has made both files by now
    except FileNotFoundError:
        raise OSError(0, "is missing; put the saved copy back", str(store.key)) from None


def key_if_made(store: Store) -> Key | None:
    """The home's key, or None before the first worker."""
    try:
        return _read(store.key)
    except FileNotFoundError:
        return None


def retired_setting_line() -> str:
    """What to tell who still has the setting of version 0.1; '' for others."""
    if not os.environ.get(RETIRED_SETTING, "").strip():
        return ""
    return (
        f"{RETIRED_SETTING} is not needed any more: all tables hold surrogates of workers, always; ids stand in the "
        "private table of Dagster's home and in the files that you act on (_workers.xlsx, exclusion lists, pay sheets)"
    )


def _read(path: Path) -> Key:
    status = path.stat()
    return _parsed(str(path), status.st_mtime_ns, status.st_ino)


@cache
def _parsed(path: str, mtime_ns: int, inode: int) -> Key:
    """Time and number of the file only make the cache right."""
    del mtime_ns, inode
    try:
        key = bytes.fromhex(Path(path).read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        # Another key in its place would revive everybody who was forgotten.
        raise OSError(0, "is damaged; put the saved copy back", path)
    return Key(key)


def _make(path: Path) -> None:
    """Write a new key unless another process was quicker; whole from the first moment, for its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".salt.", suffix=".tmp")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not path.exists():
                Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
