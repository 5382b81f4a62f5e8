"""Forgotten workers: salted tombstones, and the name that stands where an id stood.

A tombstone is a salted hash: it holds no id, yet tells when one comes back in a file. Whoever was forgotten appears
as `forgotten-abcdef`: the same name each time, so that answers can still be compared, but nothing leads from it back
to the id without the salt.

Ids of at least 8 letters and digits that look like an id (`A1B2C3D4E5F6`) are replaced wherever they stand alone in
a text. Shorter ones (Turkle counts 1, 2, 3 …) mean something only where a worker is expected: they are forgotten by
their whole name (`turkle::5`) and replaced in columns and lists of workers.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.writing import write_atomically
from mturk_pipeline.providers import PROVIDERS, any_provider, providers_of_row, whole_names
from mturk_pipeline.workers.salted import Salt, salt_if_made, salt_of
from mturk_pipeline.workers.store import Store

_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{8,64}(?![A-Za-z0-9])")
_NEVER = re.compile(r"(?!)")


def is_telling(worker_id: str) -> bool:
    """Whether an id can be looked for in any text: nothing else looks like it.

    >>> is_telling("A2XYZ0ABCDEF"), is_telling("5"), is_telling("anonymous")
    (True, False, False)
    """
    whole = _TOKEN.fullmatch(worker_id) is not None
    return whole and (worker_id.isupper() or any(c.isdigit() for c in worker_id))


@dataclass(frozen=True)
class Tombstones:
    """Who was forgotten. False where nobody was."""

    salt: Salt | None = None
    hashes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.salt is not None and bool(self.hashes)

    def with_one_more(self, key: str, salt: Salt) -> "Tombstones":
        return Tombstones(salt, self.hashes | {salt.tombstone(key)})

    def of_id(self, worker_id: str) -> str | None:
        """The anonymous name for a platform's id that was forgotten; None for another."""
        return _lookup(self, worker_id)

    def of_worker(self, worker: str) -> str | None:
        """The same for `provider:server:id`: whole, with the anonymous name as its id.

        >>> salt = Salt(bytes(32))
        >>> stones = Tombstones(salt, frozenset([salt.tombstone("A2XYZ0ABCDEF")]))
        >>> stones.of_worker("mturk::A2XYZ0ABCDEF") == "mturk::" + salt.anonymous("A2XYZ0ABCDEF")
        True
        >>> stones.of_worker("mturk::A2XYZ0ABCDEFG") is None
        True
        """
        before, colon, worker_id = worker.rpartition(":")
        name = _lookup(self, worker) or _lookup(self, worker_id)
        return f"{before}{colon}{name}" if name else None

    def in_text(self, text: str) -> str:
        """`text` with every forgotten id and whole name in it replaced."""
        if text.partition(":")[0] in PROVIDERS and (name := self.of_worker(text)):
            return name
        whole_name = rf"\b{any_provider()}:[^\s:;,\"']*:[^\s:;,\"'#]+"
        text = re.sub(whole_name, lambda m: self.of_worker(m[0]) or m[0], text)
        return _TOKEN.sub(lambda m: (self.of_id(m[0]) if is_telling(m[0]) else None) or m[0], text)


@lru_cache(maxsize=200_000)
def _lookup(tombstones: Tombstones, name: str) -> str | None:
    salt = tombstones.salt
    return salt.anonymous(name) if salt and salt.tombstone(name) in tombstones.hashes else None


def forgotten(home: Home) -> Tombstones:
    """The installation's tombstones.

    Raises OSError where their file or the salt cannot be read: going on would revive whoever was forgotten.
    """
    store = Store.of(home)
    try:
        hashes = json.loads(store.tombstones.read_text(encoding="ascii"))
    except FileNotFoundError:
        return Tombstones()
    except ValueError:
        raise OSError(0, "is damaged; put a saved copy back", str(store.tombstones)) from None
    salt = salt_if_made(store)
    if salt is None:
        raise OSError(0, "is gone, and forgotten workers are known by it alone; put a saved copy back", str(store.salt))
    return Tombstones(salt, frozenset(hashes))


def bury(home: Home, key: str) -> Tombstones:
    """Leave a tombstone for an id, or for a whole name; twice is once."""
    store = Store.of(home)
    with store.lock:
        salt = salt_of(store)
        stones = forgotten(home).with_one_more(key, salt)
        write_atomically(store.tombstones, json.dumps(sorted(stones.hashes), indent=1).encode())
    return stones


def anonymised(assignments: pd.DataFrame, tombstones: Tombstones) -> pd.DataFrame:
    """Raw output (contract Assignments) with an anonymous name in place of each forgotten worker's id.

    Ids inside inputs, answers and ids made from them go too. The table itself where nobody was forgotten.
    """
    return anonymised_table(assignments, tombstones)[0] if tombstones else assignments


def anonymised_set_aside(set_aside: pd.DataFrame, tombstones: Tombstones) -> pd.DataFrame:
    """The same for rows set aside (contract SetAside), whose `row` holds a whole row as JSON."""
    return anonymised_table(set_aside, tombstones)[0] if tombstones else set_aside


def anonymised_table(frame: pd.DataFrame, tombstones: Tombstones) -> tuple[pd.DataFrame, int]:
    """Any table of the pipeline without forgotten workers, and in how many rows something was replaced."""
    changed = pd.Series(False, index=frame.index)
    columns: dict[str, pd.Series] = {}
    for name in map(str, frame.columns):
        old = frame[name]
        new = _replaced(old, _way(name, tombstones))
        if name == "worker_id" and "worker" in frame:
            new = _ids_beside_workers(old, frame["worker"], tombstones)
        if new is not None:
            changed |= _differ(old, new)
            columns[name] = new
    return (frame.assign(**columns), int(changed.sum())) if changed.any() else (frame, 0)


def _way(column: str, tombstones: Tombstones) -> Callable[[str], str]:
    """How a text of the column is made anonymous."""
    if column == "worker":
        return lambda text: tombstones.of_worker(text) or text
    if column == "worker_id":
        return lambda text: tombstones.of_id(text) or text
    if column == "row":
        return lambda text: _in_json(text, tombstones)
    if column in ("assignment_id", "assignment_ids"):
        return lambda text: _in_made_id(text, tombstones)
    return tombstones.in_text


def _replaced(old: pd.Series, way: Callable[[str], str]) -> pd.Series | None:
    """The column with each distinct text replaced; None where it holds neither texts nor lists, or nothing changes."""
    if isinstance(old.dtype, pd.StringDtype):
        codes, uniques = pd.factorize(old)
        texts = [way(str(u)) for u in uniques]
        if all(t == u for t, u in zip(texts, uniques, strict=True)):
            return None
        return pd.Series(pd.array([*texts, None], dtype=old.dtype).take(codes), index=old.index)
    if old.dtype != object:
        return None
    return pd.Series([_in_cell(cell, way) for cell in old.tolist()], index=old.index, dtype=object)


def _in_cell(cell: Any, way: Callable[[str], str]) -> Any:
    if isinstance(cell, str):
        return way(cell)
    return [_in_cell(each, way) for each in cell] if isinstance(cell, list) else cell


def _differ(old: pd.Series, new: pd.Series) -> pd.Series:
    """Where a cell changed; missing cells never do."""
    if old.dtype == object:
        pairs = zip(old.tolist(), new.tolist(), strict=True)
        return pd.Series([isinstance(a, str | list) and a != b for a, b in pairs], index=old.index, dtype=bool)
    return (old != new).fillna(False).astype(bool) & old.notna()


def _ids_beside_workers(ids: pd.Series, workers: pd.Series, tombstones: Tombstones) -> pd.Series | None:
    """A short id tells nothing by itself: the whole name beside it says whose it is."""
    names = {w: tombstones.of_worker(str(w)) for w in workers.dropna().unique()}
    ends = {w: name.rpartition(":")[2] for w, name in names.items() if name}
    return ids.mask(workers.isin(list(ends)), workers.map(ends).astype(ids.dtype)) if ends else None


def _in_made_id(text: str, tombstones: Tombstones) -> str:
    """An assignment's id; where the platform had none it was made of HIT, worker and time, joined by '#'."""
    parts = text.split("#")
    if len(parts) == 3:
        names = map(tombstones.of_worker, whole_names(parts[1]))
        parts[1] = next((n.rpartition(":")[2] for n in names if n), parts[1])
    return tombstones.in_text("#".join(parts))


def _in_json(text: str, tombstones: Tombstones) -> str:
    """A row of a result file as JSON: its worker's id, and the user name beside it."""
    try:
        row = json.loads(text)
    except ValueError:
        return tombstones.in_text(text)
    if not isinstance(row, dict):
        return tombstones.in_text(text)
    providers = providers_of_row(row)
    new = {key: _in_json_value(value, tombstones) for key, value in row.items()}
    for key in row:
        if key.casefold() != "workerid" or not isinstance(row[key], str | int):
            continue
        names = (tombstones.of_worker(f"{p.name}::{row[key]}") for p in providers)
        if name := next(filter(None, names), None):
            new[key] = name.rpartition(":")[2]
            new |= {p.user_name: new[key] for p in providers if p.user_name}
    return text if new == row else json.dumps(new, ensure_ascii=False, separators=(",", ":"))


def _in_json_value(value: Any, tombstones: Tombstones) -> Any:
    if isinstance(value, str):
        return tombstones.in_text(value)
    return [_in_json_value(v, tombstones) for v in value] if isinstance(value, list) else value


def is_anonymous(workers: pd.Series) -> pd.Series:
    """Which workers (whole names or ids) are forgotten ones."""
    return workers.astype("str").str.fullmatch(r"(?s:.*:)?forgotten-[a-z]{6}").astype(bool)


def text_pattern(keys: Iterable[str]) -> re.Pattern[str]:
    """Finds any of `keys` standing alone, not as a part of a longer id; nothing where there are none.

    >>> [m.start() for m in text_pattern(["A1B2"]).finditer("A1B2, XA1B2, A1B23; (A1B2)")]
    [0, 21]
    """
    alone = "|".join(sorted(map(re.escape, keys), key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{alone})(?![A-Za-z0-9])") if alone else _NEVER
