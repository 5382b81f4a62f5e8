"""The asset `worker_history`: what workers did in all projects, as one snapshot that trust reads as a prior.

Trust reads it through `Workspace`, not as an upstream asset: history is made from consensus, and an edge back would
be a cycle. What a project reads leaves its own contributions out.
"""

from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import read_table_if_made, write_table

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["project_id", "workflow", "phase", "worker", "right", "given"]


def history_path(home: Home):
    """Where the snapshot lies."""
    return home.tables / "worker_history.parquet"


def read_history(home: Home, project_id: str) -> "tuple[pd.DataFrame, str]":
    """Rows of all other projects, and the snapshot's name ('none yet' before the first)."""
    import hashlib

    import pandas as pd

    path = history_path(home)
    table = read_table_if_made(path)
    if table is None or not set(COLUMNS) <= set(table.columns):
        return pd.DataFrame({name: [] for name in COLUMNS}), "none yet"
    name = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    return table[table["project_id"] != project_id], name


def gather_history(home: Home) -> "pd.DataFrame":
    """All workers tables of all projects, one row for each worker of a phase."""
    import pandas as pd

    from mturk_pipeline.trust.history import contributions

    found = []
    for path in sorted(home.tables.glob("*/*/workers/*.parquet")):
        table = read_table_if_made(path)
        if table is not None and {"worker", "judged", "judged_right"} <= set(table.columns):
            phase, workflow = path.parts[-3], path.parts[-4]
            found.append(contributions(table).assign(project_id=path.stem, workflow=workflow, phase=phase))
    nothing = pd.DataFrame({name: pd.Series([], dtype="str") for name in COLUMNS[:4]})
    nothing = nothing.assign(right=pd.Series([], dtype=float), given=pd.Series([], dtype=float))
    return pd.concat(found, ignore_index=True)[COLUMNS] if found else nothing


def worker_history_asset() -> dg.AssetsDefinition:
    """What workers did before, in all projects."""

    @dg.asset(
        key=dg.AssetKey("worker_history"),
        deps=[dg.AssetKey("projects")],
        group_name="projects",
        owners=["team:data"],
        description=(
            "How reliable each worker was in each project: the prior of later projects. A snapshot; a project's own "
            "contributions are left out when it reads it."
        ),
    )
    def _worker_history() -> dg.MaterializeResult:
        home = Home.from_environment()
        table = gather_history(home)
        write_table(history_path(home), table)
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(table),
                "workers": int(table["worker"].nunique()),
                "projects": int(table["project_id"].nunique()),
                "snapshot": read_history(home, "")[1],
            }
        )

    return _worker_history
