"""Salted hashes of worker ids: keyed BLAKE2, the key in a private file beside the store.

Setting: the environment variable `MTURK_HASH_WORKERS`. With 1 (yes, true, on) the memory of workers and the files
that it writes beside the projects hold `hash:<20 hexadecimal digits>` in place of ids. Who has the salt can tell
whether an id belongs to a hash; nobody can read an id from a hash. Without its salt file the memory is worthless
and the tombstones are dead: back it up with the store, or not at all.
"""

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mturk_pipeline.workers.store import Store

SETTING = "MTURK_HASH_WORKERS"
PREFIX = "hash:"
_BYTES = 32


def ids_are_hashed() -> bool:
    """Whether the memory is to hold hashes."""
    return os.environ.get(SETTING, "").strip().casefold() in ("1", "yes", "true", "on")


@dataclass(frozen=True)
class Salt:
    """The key, and what is made with it; each use has hashes of its own that say nothing about another's.

    >>> salt = Salt(bytes(32))
    >>> salt.hashed("mturk::A1") == salt.hashed("mturk::A1") != salt.tombstone("mturk::A1")
    True
    >>> salt.hashed(salt.hashed("mturk::A1")) == salt.hashed("mturk::A1"), len(salt.anonymous("A1"))
    (True, 16)
    """

    key: bytes

    def hashed(self, worker: str) -> str:
        """What stands for `worker` where ids are hashed; a hash stays as it is."""
        return worker if worker.startswith(PREFIX) else PREFIX + self._digest(worker, b"worker", 10)

    def tombstone(self, worker: str) -> str:
        """What tells that `worker` was forgotten."""
        return self._digest(worker, b"tombstone", 16)

    def anonymous(self, worker: str) -> str:
        """The name that stands where a forgotten worker's id stood: `forgotten-` and six letters."""
        number = int(self._digest(worker, b"anonymous", 8), 16)
        letters = []
        for _ in range(6):
            number, place = divmod(number, 26)
            letters.append(chr(ord("a") + place))
        return "forgotten-" + "".join(letters)

    @property
    def siphash_key(self) -> str:
        """16 characters, for keys of assignments."""
        return self._digest("", b"assignments", 8)

    def _digest(self, text: str, use: bytes, size: int) -> str:
        content = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(content, key=self.key, person=use, digest_size=size).hexdigest()


def salt_of(store: Store) -> Salt:
    """The store's salt, made now where there is none."""
    try:
        return _read(store.salt)
    except FileNotFoundError:
        _make(store.salt)
        return _read(store.salt)


def salt_if_made(store: Store) -> Salt | None:
    """The store's salt, or None where nothing was ever salted."""
    try:
        return _read(store.salt)
    except FileNotFoundError:
        return None


def _read(path: Path) -> Salt:
    status = path.stat()
    return _parsed(str(path), status.st_mtime_ns, status.st_ino)


@cache
def _parsed(path: str, mtime_ns: int, inode: int) -> Salt:
    """Time and number of the file only make the cache right."""
    del mtime_ns, inode
    try:
        key = bytes.fromhex(Path(path).read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        # Another salt in its place would revive everybody who was forgotten.
        raise OSError(0, "is damaged; put the saved copy back", path)
    return Salt(key)


def _make(path: Path) -> None:
    """Write a new salt unless another process was quicker; whole from the first moment, for its owner only."""
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
