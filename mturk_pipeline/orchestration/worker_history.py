"""Assets of workers across projects: `worker_history`, the snapshot that trust reads, and `worker_memory`.

Both lie downstream of each phase's workers. Trust reads the snapshot as it was before the run, the source
`worker_history_before`: an edge back from the one that is made of consensus would be a cycle. What a project reads
leaves its own contributions out.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.orchestration.checks import warning
from mturk_pipeline.orchestration.own_file_check import KEPT, MEANING, kept_check
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.workers.other_projects import read_history

if TYPE_CHECKING:
    from mturk_pipeline.workers.refreshing import Refreshed
    from mturk_pipeline.workflow.workflow import Workflow

HISTORY, MEMORY = dg.AssetKey("worker_history"), dg.AssetKey("worker_memory")
BEFORE = dg.AssetKey("worker_history_before")
UNDERSTOOD = "workers_file_understood"
_SHOWN = 20


def worker_history_asset(workflows: "Iterable[Workflow]" = ()) -> dg.AssetsDefinition:
    """What workers did before, in all projects and imported batches."""
    phases = [PhaseAssets(workflow, phase).key("workers") for workflow in workflows for phase in workflow.phases]

    @dg.asset(
        key=HISTORY,
        required_resource_keys={"workspace"},
        deps=[dg.AssetKey("projects"), *phases],
        group_name="projects",
        owners=["team:data"],
        description=(
            "How reliable each worker was in each project: the prior of later projects. A snapshot; a project's own "
            "contributions are left out when it reads it."
        ),
    )
    def _worker_history() -> dg.MaterializeResult:
        from mturk_pipeline.workers.refreshing import take_snapshot

        home = Home.from_environment()
        table = take_snapshot(home)
        snapshot = read_history(home, "")[1]
        if table is None:
            note = "the projects directory is not there (unmounted?); the last snapshot stands"
            return dg.MaterializeResult(metadata={"snapshot": snapshot, "note": note})
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(table),
                "workers": int(table["worker"].nunique()),
                "projects": int(table.loc[table["workflow"] != "archive", "project_id"].nunique()),
                "imported_batches": int(table.loc[table["workflow"] == "archive", "project_id"].nunique()),
                "snapshot": snapshot,
            }
        )

    return _worker_history


def worker_history_before() -> dg.SourceAsset:
    """The snapshot of worker history that runs read which begin now."""

    @dg.observable_source_asset(
        key=BEFORE,
        required_resource_keys={"workspace"},
        group_name="projects",
        description="Worker history as it was before a run: what trust knows of workers from other projects.",
    )
    def _observe() -> dg.DataVersion:
        return dg.DataVersion(read_history(Home.from_environment(), "")[1])

    return _observe


def worker_memory_asset() -> dg.AssetsDefinition:
    """One row per worker, and the files beside the projects."""

    @dg.asset(
        key=MEMORY,
        required_resource_keys={"workspace"},
        deps=[HISTORY],
        group_name="projects",
        owners=["team:data"],
        kinds={"parquet", "excel"},
        description=(
            "Every worker over all projects: reliability, evidence, and a person's word. Written beside the projects "
            "as _workers.xlsx; saved there as workers.xlsx it says how workers stand."
        ),
        check_specs=[
            dg.AssetCheckSpec("schema", asset=MEMORY, description="The table keeps its contract (Pandera)."),
            dg.AssetCheckSpec(
                UNDERSTOOD,
                asset=MEMORY,
                description="workers.xlsx or workers.csv could be used, and names workers known.",
            ),
            dg.AssetCheckSpec(KEPT, asset=MEMORY, description=MEANING),
        ],
    )
    def _worker_memory() -> dg.MaterializeResult:
        from mturk_pipeline.contracts.workers_memory import WorkerMemory
        from mturk_pipeline.orchestration.checks import check_schema, column_schema
        from mturk_pipeline.workers.contributions import counted_projects
        from mturk_pipeline.workers.refreshing import make_memory

        home = Home.from_environment()
        found = make_memory(home, reachable=counted_projects(home) is not None)
        kept = kept_check(MEMORY, found.kept, "save it as workers.xlsx to have it read")
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": len(found.memory),
                "dagster/column_schema": column_schema(WorkerMemory),
                **{f"standing_{k}": int(v) for k, v in found.memory["standing"].value_counts().items()},
                **{f"suggested_{k}": int(v) for k, v in found.memory["suggested"].value_counts().items()},
                "blacklisted_without_id": found.unnamed,
                "folders_not_seen": len(found.unseen),
            },
            check_results=[check_schema(found.memory, WorkerMemory, MEMORY), _understood(found), kept],
        )

    return _worker_memory


def _understood(found: "Refreshed") -> dg.AssetCheckResult:
    """Warns with what could not be used in a person's file, and counts its rows about workers nobody knows."""
    problems = list(found.overrides.problems)
    more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
    said = [*problems[:_SHOWN], *more] or ["nothing to mend"]
    if found.strangers:
        rows = ", ".join(map(str, found.strangers[:_SHOWN])) + (" …" if len(found.strangers) > _SHOWN else "")
        who = "1 worker is" if len(found.strangers) == 1 else f"{len(found.strangers):,} workers are"
        said.append(f"{who} in no project and no imported batch (rows {rows}): mistyped, or of another crowd")
    metadata = {"problems": len(problems), "unknown_workers": len(found.strangers)}
    return warning(UNDERSTOOD, MEMORY, not problems and not found.strangers, "; ".join(said), metadata)
