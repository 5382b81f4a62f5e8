"""Imported batches: what workers did in them, kept so that no assignment ever counts twice (contract Archived).

A batch is what files with assignments in common make together. Its rows are keyed by the digests of its files: the
same files again change nothing. A later download that has all of an earlier one's assignments replaces it; of one
that shares only some, the others are added. A batch that lies in a project too counts there alone.
One that an earlier version judged (`outdated`) counts by what was submitted and decided, until its files are imported
again.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import read_table_if_made, stored_tables, write_table
from mturk_pipeline.vocabulary.assignment_statuses import SUBMITTED
from mturk_pipeline.vocabulary.standings import NEUTRAL, NEUTRAL_BEFORE
from mturk_pipeline.workers.contributions import contributions, read_columns, withdrawn
from mturk_pipeline.workers.identities import with_surrogates
from mturk_pipeline.workers.imported_ratings import Rated
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.shared_assignments import KEYS, keys_of
from mturk_pipeline.workers.tombstones import Tombstones

ARCHIVE = "archive"


def read_archive(home: Home) -> pd.DataFrame:
    """Everything imported so far; an OSError where the table is there and cannot be read: it cannot be made anew."""
    from mturk_pipeline.contracts.workers_memory import Archived

    path = Store.of(home).archive
    table = read_table_if_made(path)
    if table is None:
        if path.exists():
            raise OSError(0, "is damaged; put a saved copy back, or remove it and import the batches again", str(path))
        return Archived.empty()
    return withdrawn(table.replace({"suggested": {NEUTRAL_BEFORE: NEUTRAL}}))


def write_archive(home: Home, table: pd.DataFrame) -> None:
    """Keep `table`, its workers by surrogate."""
    from mturk_pipeline.contracts.workers_memory import Archived

    names = list(Archived.names())
    stored = with_surrogates(table, home)[names].sort_values(["project_id", "worker"], ignore_index=True)
    write_table(Store.of(home).archive, Archived.validate(stored))


def state_of(assignments: pd.DataFrame) -> tuple[int, pd.Timestamp | None]:
    """How far the requester had decided: of two downloads of the same assignments the further one is the later."""
    decided = assignments["status"] != SUBMITTED
    last = assignments[["approved_at", "rejected_at"]].max(axis=1).max()
    return int(decided.sum()), None if pd.isna(last) else last


def archived(home: Home, rated: Rated, files: Sequence[str], name: str, tombstones: Tombstones) -> pd.DataFrame:
    """Rows of the archive for a batch; `files` are the digests of its files. Forgotten workers are left out."""
    assignments = rated.assignments.assign(key=keys_of(home, rated.assignments["assignment_id"]))
    rows = contributions(rated.workers, assignments, tombstones)
    decided, last = state_of(rated.assignments)
    source = hashlib.blake2b("".join(sorted(files)).encode(), digest_size=8).hexdigest()
    return rows.assign(
        project_id=f"{ARCHIVE}:{source}",
        workflow=ARCHIVE,
        phase=name,
        files=pd.Series([sorted(files)] * len(rows), index=rows.index, dtype=object),
        decided=decided,
        decided_at=pd.Series(last, index=rows.index, dtype="datetime64[us, UTC]"),
    )


def all_keys(table: pd.DataFrame) -> np.ndarray:
    """Keys of all assignments of `table`, sorted."""
    lists = table[KEYS].tolist()
    return np.unique(np.concatenate([np.asarray(k, dtype="int64") for k in lists])) if lists else np.zeros(0, "int64")


def replaced_by(archive: pd.DataFrame, keys: np.ndarray, state: tuple[int, pd.Timestamp | None]) -> list[str]:
    """Earlier batches that a download with these assignments, in this state, is a later state of."""
    replaced, old = [], outdated(archive)
    for source, rows in archive.groupby("project_id"):
        before = all_keys(rows)
        if not np.isin(before, keys).all():
            continue
        if (
            source in old
            or len(keys) > len(before)
            or _later(state, (int(rows["decided"].iloc[0]), rows["decided_at"].iloc[0]))
        ):
            replaced.append(str(source))
    return replaced


def outdated(archive: pd.DataFrame) -> set[str]:
    """Batches whose workers an earlier version judged."""
    return set(archive.loc[archive["weight"].isna(), "project_id"])


def _later(new: tuple[int, pd.Timestamp | None], old: tuple[int, pd.Timestamp | None]) -> bool:
    times = [pd.Timestamp(0, tz="UTC") if t is None or pd.isna(t) else t for t in (new[1], old[1])]
    return (new[0], times[0]) > (old[0], times[1])


def counted_elsewhere(home: Home, archive: pd.DataFrame, project_id: str = "*") -> list[str]:
    """Imported batches with an assignment that lies in a project (or in this one) too: they count there alone."""
    if archive.empty:
        return []
    found: set[str] = set()
    keys = archive[["project_id", KEYS]].explode(KEYS)
    for table in stored_tables(home.tables, "raw_output", project_id):
        ids = read_columns(table.path, ["assignment_id"])
        if ids is not None and len(ids):
            found.update(keys.loc[keys[KEYS].isin(keys_of(home, ids["assignment_id"])), "project_id"])
    return sorted(found)
