"""What workers did in the projects that are there: one row per worker, project and phase (contract Contributions)."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.projects import PROJECT_FILE
from mturk_pipeline.folders.tables import read_table_if_made, stored_tables, table_path
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.vocabulary.assignment_statuses import APPROVED, REJECTED
from mturk_pipeline.vocabulary.standings import NEUTRAL, NEUTRAL_BEFORE
from mturk_pipeline.workers.overrides import Overrides
from mturk_pipeline.workers.salted import PREFIX, Salt, ids_are_hashed, salt_if_made, salt_of
from mturk_pipeline.workers.store import Store
from mturk_pipeline.workers.tombstones import is_anonymous

_ID = re.compile(r"^id:\s*['\"]?([A-Za-z0-9][A-Za-z0-9_.-]*)", re.MULTILINE)
_NEEDED = {"worker", "judged", "judged_right"}
_ASSIGNMENT_COLUMNS = ["worker", "status", "auto_approved", "submitted_at"]


def present_projects(root: Path) -> set[str] | None:
    """Ids of the project folders that are there; None where nothing can be told (an unmounted drive).

    A drive that is not mounted leaves an empty folder, or none; the pipeline's own files lie where one is.
    """
    try:
        folders = [p for p in root.iterdir() if p.is_dir() and p.name[0] not in "._"]
        if not folders and not any(root.iterdir()):
            return None
    except OSError:
        return None
    return {project_id for p in folders for project_id in project_ids_of(p)}


def project_ids_of(project: Path) -> list[str]:
    """A project's id; with a project.yaml that cannot be read, the folder's name, which it usually is."""
    try:
        text = (project / PROJECT_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeError):
        return [project.name]
    found = _ID.search(text)
    return [found[1] if found else project.name]


def gather(home: Home) -> pd.DataFrame | None:
    """Contributions to all phases of the projects that are there; None where it cannot be told which are.

    Forgotten workers are left out. Workers bear hashes where ids are hashed.
    """
    present = present_projects(home.projects)
    if present is None:
        return None
    found = []
    for table in stored_tables(home.tables, "workers"):
        workers = read_table_if_made(table.path) if table.project_id in present else None
        if workers is not None and set(workers.columns) >= _NEEDED:
            raw = table_path(home.tables, table.workflow, table.phase, "raw_output", table.project_id)
            rows = contributions(workers, read_columns(raw, _ASSIGNMENT_COLUMNS))
            found.append(rows.assign(project_id=table.project_id, workflow=table.workflow, phase=table.phase))
    return united(found)


def contributions(workers: pd.DataFrame, assignments: pd.DataFrame | None) -> pd.DataFrame:
    """From a phase's workers (contract Workers) and assignments: a row per worker, forgotten and unknown ones left out.

    `project_id`, `workflow` and `phase` are the caller's to add.
    """
    kept = workers[~is_anonymous(workers["worker"]) & ~is_unknown(workers["worker"])]
    zero = pd.Series(0, index=kept.index)
    table = pd.DataFrame(
        {
            "worker": kept["worker"].astype("str"),
            "right": np.minimum(kept["judged_right"], kept["judged"]),
            "given": kept["judged"],
            "assignments": kept.get("total_contribution", zero),
            "gold_asked": kept.get("gold_asked", zero),
            "gold_right": kept.get("gold_right", zero),
            "approval_rate": kept.get("approval_rate", zero * np.nan).astype(float),
            "submitted_before": kept.get("submitted_before", zero.astype("Int64").mask(zero == 0)),
            "suggested": kept.get("standing", pd.Series(NEUTRAL, index=kept.index)).replace(NEUTRAL_BEFORE, NEUTRAL),
            "evidence": kept.get("evidence", pd.Series("", index=kept.index)),
        }
    )
    return table.join(_from_assignments(assignments), on="worker").fillna({"approved": 0, "rejected": 0})


def _from_assignments(assignments: pd.DataFrame | None) -> pd.DataFrame:
    """By worker: what the requester decided, and from when to when the worker was seen."""
    if assignments is None:
        none = pd.Series([], dtype="datetime64[us, UTC]")
        return pd.DataFrame({"approved": [], "rejected": [], "first_seen": none, "last_seen": none})
    decided = pd.DataFrame(
        {
            "worker": assignments["worker"],
            # What was approved because time ran out nobody has looked at.
            "approved": (assignments["status"] == APPROVED) & ~assignments["auto_approved"],
            "rejected": assignments["status"] == REJECTED,
            "at": assignments["submitted_at"],
        }
    ).groupby("worker")
    counts = decided[["approved", "rejected"]].sum()
    return counts.assign(first_seen=decided["at"].min(), last_seen=decided["at"].max())


def united(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """One table of all, as the contract has it."""
    from mturk_pipeline.contracts.workers_memory import Contributions

    some = [t for t in tables if len(t)]
    if not some:
        return Contributions.empty()
    names = list(Contributions.names())
    return Contributions.validate(pd.concat([t[names] for t in some], ignore_index=True))


def read_columns(path: Path, names: list[str]) -> pd.DataFrame | None:
    """Some columns of a table, the others unread; None where it was never made, is damaged or has not all of them."""
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        if not set(names) <= set(file.schema_arrow.names):
            return None
        return file.read(columns=names).to_pandas()
    except (OSError, ValueError):
        return None


def known_workers(home: Home, project_id: str = "*") -> list[str]:
    """Whole names of the workers in the raw output of a project, or of all; forgotten and unknown ones left out."""
    names: set[str] = set()
    for table in stored_tables(home.tables, "raw_output", project_id):
        column = read_columns(table.path, ["worker"])
        if column is not None:
            names.update(column["worker"].dropna().unique())
    workers = pd.Series(sorted(names), dtype="str")
    return workers[~is_anonymous(workers) & ~is_unknown(workers)].tolist()


def as_stored(table: pd.DataFrame, home: Home) -> pd.DataFrame:
    """`table` with its column `worker` as the store is to hold it: hashed where ids are hashed.

    Where they are not (any more), hashes whose workers stand in some project are named again.
    """
    store = Store.of(home)
    if ids_are_hashed():
        salt = salt_of(store)
        return table.assign(worker=_mapped(table["worker"], salt.hashed))
    salt = salt_if_made(store)
    if salt is None or not table["worker"].str.startswith(PREFIX).any():
        return table
    plain = _plain(salt, known_workers(home))
    return table.assign(worker=_mapped(table["worker"], lambda w: plain.get(w, w)))


def with_names(table: pd.DataFrame, home: Home, project_id: str) -> pd.DataFrame:
    """`table` with hashes of the project's own workers turned into their names, as trust knows them."""
    salt = salt_if_made(Store.of(home))
    if salt is None or not table["worker"].str.startswith(PREFIX).any():
        return table
    plain = _plain(salt, known_workers(home, project_id))
    return table.assign(worker=_mapped(table["worker"], lambda w: plain.get(w, w)))


def with_plain_names(overrides: Overrides, home: Home, project_id: str) -> Overrides:
    """`overrides` with what is said of hashes said under the project's workers' names too, as trust asks for it."""
    salt = salt_if_made(Store.of(home))
    if salt is None or not overrides.standing:
        return overrides
    plain = _plain(salt, known_workers(home, project_id))
    plain |= {name.removeprefix(PREFIX): worker for name, worker in plain.items()}
    told = {plain[name]: word for name, word in overrides.standing.items() if name in plain}
    return replace(overrides, standing={**overrides.standing, **told}) if told else overrides


def _plain(salt: Salt, workers: Iterable[str]) -> dict[str, str]:
    return {salt.hashed(w): w for w in workers}


def _mapped(workers: pd.Series, way) -> pd.Series:
    codes, uniques = pd.factorize(workers)
    return pd.Series(pd.array([way(str(u)) for u in uniques], dtype="str").take(codes), index=workers.index)
