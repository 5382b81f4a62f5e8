"""Forgotten workers: tombstones, which hold no id and yet tell when one comes back in a file.

A tombstone is a keyed hash of an id of at least 8 letters and digits that looks like an id (`A1B2C3D4E5F6`), which is
known wherever it stands alone in a text. A shorter one (Turkle counts 1, 2, 3 …) means something only where a worker
is expected: its tombstone is made of the whole name (`turkle::5`). Beside them stand the forgotten workers'
surrogates, by which their rows are known in tables.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from filelock import FileLock

from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.folders.home import Home
from mturk_pipeline.workers.id_tokens import TOKEN
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.surrogates import Key, is_surrogate, key_if_made

# What version 0.1 wrote in place of a forgotten worker's id.
_ANONYMOUS = re.compile(r"(?s:.*:)?forgotten-[a-z]{6}")


def is_telling(worker_id: str) -> bool:
    """Whether an id can be looked for in any text: nothing else looks like it.

    >>> is_telling("A2XYZ0ABCDEF"), is_telling("5"), is_telling("anonymous")
    (True, False, False)
    """
    whole = TOKEN.fullmatch(worker_id) is not None
    return whole and (worker_id.isupper() or any(c.isdigit() for c in worker_id))


@dataclass(frozen=True)
class Tombstones:
    """Who was forgotten. False where nobody was.

    >>> key = Key(bytes(32))
    >>> stones = Tombstones(key, frozenset([key.tombstone("A2XYZ0ABCDEF")]))
    >>> stones.holds("mturk::A2XYZ0ABCDEF"), stones.holds("A2XYZ0ABCDEF"), stones.holds("A2XYZ0ABCDEFG")
    (True, True, False)
    """

    key: Key | None = None
    hashes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.key is not None and bool(self.hashes)

    def holds(self, worker: str) -> bool:
        """Whether a worker was forgotten: by surrogate, whole name or id, or as version 0.1 called the forgotten.

        An id that tells by itself is the same in any letter case.
        """
        return _holds(self, worker)


@lru_cache(maxsize=200_000)
def _holds(stones: Tombstones, worker: str) -> bool:
    if _ANONYMOUS.fullmatch(worker):
        return True
    if not stones or stones.key is None:
        return False
    if is_surrogate(worker):
        return worker in stones.hashes
    worker_id = worker.rpartition(":")[2]
    names = {worker, worker_id, worker_id.upper() if is_telling(worker_id) else worker_id}
    return bool({stones.key.tombstone(name) for name in names} & stones.hashes)


def forgotten(home: Home) -> Tombstones:
    """The home's tombstones.

    Raises OSError where their file or the key cannot be read: going on would revive whoever was forgotten.
    """
    store = Store.of(home)
    try:
        hashes = json.loads(store.tombstones.read_text(encoding="ascii"))
    except FileNotFoundError:
        return Tombstones()
    except ValueError:
        raise OSError(0, "is damaged; put a saved copy back", str(store.tombstones)) from None
    key = key_if_made(store)
    if key is None:
        raise OSError(0, "is gone, and forgotten workers are known by it alone; put a saved copy back", str(store.key))
    return Tombstones(key, frozenset(hashes))


def add_tombstones(home: Home, hashes: Iterable[str]) -> None:
    """Add tombstones or surrogates of forgotten workers; twice is once."""
    path, new = Store.of(home).tombstones, set(hashes)
    if new <= forgotten(home).hashes:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        write_atomically(path, json.dumps(sorted(forgotten(home).hashes | new), indent=1).encode())
