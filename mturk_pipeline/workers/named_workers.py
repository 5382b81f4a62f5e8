"""Whom a person's file of workers means: by id, whole name or surrogate, or by a hash of version 0.1."""

from collections.abc import Iterable, Mapping

from mturk_pipeline.folders.home import Home
from mturk_pipeline.providers import whole_name
from mturk_pipeline.workers.identities import identities
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.overrides import Override
from mturk_pipeline.workers.surrogates import Key, key_of
from mturk_pipeline.workers.tombstones import forgotten


def words_by_worker(said: Iterable[Override], home: Home) -> dict[str, Override]:
    """A person's last word on each worker, by surrogate; nothing about who was forgotten."""
    said = list(said)
    if not said:
        return {}
    key, stones = key_of(Store.of(home)), forgotten(home)
    names = _names(identities(home))
    words = {worker: each for each in said for worker in _meant(each.worker, names, key)}
    gone = {worker for worker, each in words.items() if stones.holds(worker) or stones.holds(each.worker)}
    return {worker: each for worker, each in words.items() if worker not in gone}


def _names(known: Mapping[str, str]) -> dict[str, list[str]]:
    """Surrogates by whole name and by bare id; a bare id means that id on every platform."""
    names: dict[str, list[str]] = {}
    for surrogate, name in known.items():
        names.setdefault(name, []).append(surrogate)
        if ":" in name:
            names.setdefault(name.rpartition(":")[2], []).append(surrogate)
    # A bare id that stood in a file before any platform's worker had it.
    return {name: [s for s in found if known[s] != name or ":" in name] or found for name, found in names.items()}


def _meant(name: str, names: Mapping[str, list[str]], key: Key) -> list[str]:
    return names.get(name) or [key.surrogate(whole_name(name))]
