"""What workers did in the projects that are there: one row per worker, project and phase (contract Contributions)."""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import PROJECT_FILE, unseen_folders
from mturk_pipeline.folders.tables import StoredTable, read_table_if_made, stored_tables, table_path
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.vocabulary.assignment_statuses import APPROVED, REJECTED
from mturk_pipeline.vocabulary.standings import NEUTRAL, NEUTRAL_BEFORE
from mturk_pipeline.workers.identities import with_surrogates
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.shared_assignments import KEYS, Held, keys_of, own_assignments, reduced
from mturk_pipeline.workers.tombstones import Tombstones, forgotten

_ID = re.compile(r"^id:\s*['\"]?([A-Za-z0-9][A-Za-z0-9_.-]*)", re.MULTILINE)
_NEEDED = {"worker", "judged", "judged_right"}
WEIGHT = "judged_weight"  # tables without it are of earlier versions
_NOBODY = Tombstones()
_ASSIGNMENT_COLUMNS = ["assignment_id", "worker", "status", "auto_approved", "submitted_at"]


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


def counted_projects(home: Home) -> set[str] | None:
    """Ids of the projects whose contributions count; None where it cannot be told (an unmounted drive).

    A project that is there no more does not count. While a folder cannot be seen (`unseen_folders`), or no project can,
    one that counted in the last snapshot, and was not removed with its tables, may lie there: it goes on counting.
    """
    present = present_projects(home.projects)
    if present is None:
        return None
    before = read_columns(Store.of(home).contributions, ["project_id"])
    stored = {table.project_id for table in stored_tables(home.tables, "workers")}
    absent = set() if before is None else (set(before["project_id"]) & stored) - present
    if absent and not present:
        return None
    return present | absent if unseen_folders(home.projects) else present


def gather(home: Home) -> pd.DataFrame | None:
    """Contributions to all phases of the projects that count; None where it cannot be told which do.

    Forgotten workers are left out.
    """
    present = counted_projects(home)
    if present is None:
        return None
    stones = forgotten(home)
    made = _made_tables(home, present)
    held = [_held(home, table, stones) for table, _ in made]
    found = []
    for (table, workers), (own, share) in zip(made, own_assignments(held), strict=True):
        rows = contributions(with_surrogates(workers, home), own, stones)
        rows = reduced(rows, share)
        found.append(rows.assign(project_id=table.project_id, workflow=table.workflow, phase=table.phase))
    return united(found)


def held_assignments(home: Home) -> list[Held]:
    """Assignments of each phase of the projects that count, forgotten workers left out."""
    stones = forgotten(home)
    return [_held(home, table, stones) for table, _ in _made_tables(home, counted_projects(home) or set())]


def _made_tables(home: Home, present: set[str]) -> list[tuple[StoredTable, pd.DataFrame]]:
    """Tables of workers that can be used, of the projects `present`."""
    tables = [t for t in stored_tables(home.tables, "workers") if t.project_id in present]
    read = [(table, read_table_if_made(table.path)) for table in tables]
    return [(table, workers) for table, workers in read if workers is not None and set(workers.columns) >= _NEEDED]


def _held(home: Home, table: StoredTable, stones: Tombstones) -> Held:
    raw = read_columns(
        table_path(home.tables, table.workflow, table.phase, "raw_output", table.project_id), _ASSIGNMENT_COLUMNS
    )
    if raw is not None:
        raw = raw[~raw["worker"].map(stones.holds).astype(bool) & ~is_unknown(raw["worker"])]
        raw = with_surrogates(raw, home).assign(key=keys_of(home, raw["assignment_id"]))
    return Held(table.project_id, f"{table.workflow}/{table.phase}", raw)


def contributions(
    workers: pd.DataFrame, assignments: pd.DataFrame | None, stones: Tombstones = _NOBODY
) -> pd.DataFrame:
    """From a phase's workers (contract Workers) and assignments: a row per worker, forgotten and unknown ones left out.

    `assignments` have the columns of contract Assignments and `key` (`shared_assignments.keys_of`). Of a table in which
    values were judged instead of HITs no verdict is taken (`withdrawn`). `project_id`, `workflow` and `phase` are the
    caller's to add.
    """
    kept = workers[~workers["worker"].map(stones.holds).astype(bool) & ~is_unknown(workers["worker"])]
    zero = pd.Series(0, index=kept.index)
    table = pd.DataFrame(
        {
            "worker": kept["worker"].astype("str"),
            "right": np.minimum(kept["judged_right"], kept["judged"]),
            "given": kept["judged"],
            "weight": kept.get(WEIGHT, zero * np.nan).astype(float),
            "assignments": kept.get("total_contribution", zero),
            "gold_asked": kept.get("gold_asked", zero),
            "gold_right": kept.get("gold_right", zero),
            "approval_rate": kept.get("approval_rate", zero * np.nan).astype(float),
            "submitted_before": kept.get("submitted_before", zero.astype("Int64").mask(zero == 0)),
            "suggested": kept.get("standing", pd.Series(NEUTRAL, index=kept.index)).replace(NEUTRAL_BEFORE, NEUTRAL),
            "evidence": kept.get("evidence", pd.Series("", index=kept.index)),
        }
    )
    table = withdrawn(table).join(_from_assignments(assignments), on="worker").fillna({"approved": 0, "rejected": 0})
    keys = [k if isinstance(k, list) else [] for k in table[KEYS]]
    return table.assign(**{KEYS: pd.Series(keys, index=table.index, dtype=object)})


def withdrawn(contributions: pd.DataFrame) -> pd.DataFrame:
    """Contributions without the verdicts of earlier versions, which judged each value, and kinds that cannot be wrong.

    They are known by having no weight, and go on having none. What was submitted, approved and rejected stays; the rest
    comes back when the project is run, or the batch imported, again.
    """
    if "weight" not in contributions:
        contributions = contributions.assign(weight=np.nan)
    old = contributions["weight"].isna()
    if not old.any():
        return contributions
    nothing = {"right": 0.0, "given": 0.0, "suggested": NEUTRAL, "evidence": ""}
    return contributions.assign(**{name: contributions[name].mask(old, value) for name, value in nothing.items()})


def _from_assignments(assignments: pd.DataFrame | None) -> pd.DataFrame:
    """By worker: what the requester decided, and from when to when the worker was seen."""
    if assignments is None:
        none = pd.Series([], dtype="datetime64[us, UTC]")
        return pd.DataFrame({"approved": [], "rejected": [], "first_seen": none, "last_seen": none, KEYS: []})
    decided = pd.DataFrame(
        {
            "worker": assignments["worker"],
            "key": assignments["key"],
            # What was auto-approved nobody has looked at.
            "approved": (assignments["status"] == APPROVED) & ~assignments["auto_approved"],
            "rejected": assignments["status"] == REJECTED,
            "at": assignments["submitted_at"],
        }
    ).groupby("worker")
    counts = decided[["approved", "rejected"]].sum()
    keys = decided["key"].agg(lambda of_worker: sorted(of_worker.tolist()))
    return counts.assign(first_seen=decided["at"].min(), last_seen=decided["at"].max(), **{KEYS: keys})


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


def present_workers(home: Home) -> set[str]:
    """Surrogates of the workers in the raw output of all projects; forgotten and unknown ones left out."""
    columns = [read_columns(table.path, ["worker"]) for table in stored_tables(home.tables, "raw_output")]
    names = pd.DataFrame({"worker": sorted({w for c in columns if c is not None for w in c["worker"].dropna()})})
    stones = forgotten(home)
    names = names[~names["worker"].map(stones.holds).astype(bool) & ~is_unknown(names["worker"])]
    return set(with_surrogates(names, home)["worker"])
