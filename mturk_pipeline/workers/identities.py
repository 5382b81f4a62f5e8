"""Who is behind a surrogate: the home's one private table, and the only module that reads it.

Read where an id has to reach a platform or the requester: exclusion lists, pay sheets, `_workers.xlsx`, `trace`. A
worker gets a row when an id comes in from a file, and loses it when forgotten; a project that is opened in another
home gets its rows there, from its result files.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd
from filelock import FileLock

from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.folders.home import Home
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.surrogates import is_hash, is_surrogate, key_of
from mturk_pipeline.workers.tombstones import add_tombstones, forgotten

_COLUMNS = ["surrogate", "provider", "server", "worker_id"]
# What is longer is no id, but a cell of a broken row.
_LONGEST_ID = 200


def identities(home: Home) -> Mapping[str, str]:
    """Whole name (`provider:server:id`) by surrogate; OSError where the table is damaged."""
    state = state_of_table(home)
    return _parsed(*state) if state else {}


def state_of_table(home: Home) -> tuple[str, int, int] | None:
    """What changes whenever the private table does; None before it is made."""
    path = Store.of(home).identities
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return str(path), status.st_mtime_ns, status.st_ino


def surrogates_of(home: Home, workers: Iterable[str]) -> dict[str, str]:
    """Surrogate by whole name; who is new gets a row in the private table, who was forgotten none.

    Surrogates, hashes of version 0.1 and unknown workers may be among `workers`: they add no row.
    """
    store = Store.of(home)
    names = sorted(set(workers))
    if not names:
        return {}
    key = key_of(store)
    found = {name: key.surrogate(name) for name in names}
    ids = [n for n in names if not is_surrogate(n) and not is_hash(n) and len(n) <= _LONGEST_ID]
    ids = [n for n, unknown in zip(ids, is_unknown(ids), strict=True) if not unknown]
    stones = forgotten(home)
    gone = [n for n in ids if stones.holds(n)]
    add_tombstones(home, [found[n] for n in gone])
    _add(home, {found[n]: n for n in set(ids) - set(gone)})
    return found


def with_surrogates(table: pd.DataFrame, home: Home) -> pd.DataFrame:
    """`table` with surrogates in its column `worker`, whatever stood there; ids that come in get their rows."""
    codes, names = pd.factorize(table["worker"])
    new = surrogates_of(home, map(str, names))
    if all(new[str(n)] == n for n in names):
        return table
    spelt = pd.array([*(new[str(n)] for n in names), None], dtype="str").take(codes)
    return table.assign(worker=pd.Series(spelt, index=table.index))


def with_names(table: pd.DataFrame, home: Home) -> pd.DataFrame:
    """`table` with whole names in its column `worker`, as far as the private table leads back."""
    names = identities(home)
    spelt = [names.get(str(w), str(w)) for w in table["worker"]]
    return table.assign(worker=pd.Series(spelt, index=table.index, dtype="str"))


def named_workers(table: pd.DataFrame, home: Home) -> pd.DataFrame:
    """The same without the rows of whom nothing leads back to: workers who were forgotten."""
    named = with_names(table, home)
    return named[~named["worker"].map(is_surrogate).astype(bool)]


def lost_names(workers: Iterable[str], home: Home) -> set[str]:
    """Those of `workers`, by surrogate, to whom nothing leads back although they were not forgotten."""
    found = {w for w in workers if is_surrogate(w)} - identities(home).keys()
    return found - forgotten(home).hashes if found else found


def remove_identities(home: Home, surrogates: Iterable[str]) -> None:
    """Delete the rows of workers who are forgotten."""
    gone = set(surrogates)
    with _lock(home):
        left = {s: name for s, name in identities(home).items() if s not in gone}
        _write(home, left)


def _add(home: Home, rows: Mapping[str, str]) -> None:
    if rows.keys() <= identities(home).keys():
        return
    with _lock(home):
        # Whoever was forgotten since these names were looked at stays so.
        stones = forgotten(home)
        new = {s: name for s, name in rows.items() if not stones.holds(s)}
        _write(home, {**identities(home), **new})


def _write(home: Home, rows: Mapping[str, str]) -> None:
    target = io.StringIO(newline="")
    table = csv.writer(target, lineterminator="\n")
    table.writerow(_COLUMNS)
    for surrogate, name in sorted(rows.items()):
        before, _, worker_id = name.rpartition(":")
        provider, _, server = before.partition(":")
        table.writerow([surrogate, provider, server, worker_id])
    write_atomically(Store.of(home).identities, target.getvalue().encode("utf-8", "surrogatepass"), private=True)


@lru_cache(maxsize=4)
def _parsed(path: str, mtime_ns: int, inode: int) -> dict[str, str]:
    """Time and number of the file only make the cache right."""
    del mtime_ns, inode
    try:
        text = Path(path).read_bytes().decode("utf-8", "surrogatepass")
        header, *rows = csv.reader(io.StringIO(text, newline=""))
        if header != _COLUMNS:
            raise ValueError(header)
        return {surrogate: f"{provider}:{server}:{i}" if provider else i for surrogate, provider, server, i in rows}
    except (ValueError, csv.Error):
        raise OSError(0, "is damaged; put a saved copy back", path) from None


def _lock(home: Home) -> FileLock:
    """Held for a moment only: two runs may take in workers at the same time."""
    path = Store.of(home).identities
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(f"{path}.lock")
