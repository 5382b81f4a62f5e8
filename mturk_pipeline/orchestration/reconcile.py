"""The asset `projects`: brings every project up to date in one run, and shows where each stands."""

from collections.abc import Mapping, Sequence

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import find_projects
from mturk_pipeline.orchestration.checks import records, warning
from mturk_pipeline.orchestration.own_workflows import all_workflows
from mturk_pipeline.orchestration.running import PhaseResult, job_named, run_project
from mturk_pipeline.projects.due_phases import failed_or_behind


def projects_asset() -> dg.AssetsDefinition:
    """All projects of all workflows: where each stands."""
    key = dg.AssetKey("projects")

    @dg.multi_asset(
        name="reconcile_projects",
        required_resource_keys={"workspace"},
        specs=[
            dg.AssetSpec(
                key,
                group_name="projects",
                description="Every project. Materializing it runs whatever is failed, stale or behind.",
                owners=["team:data"],
            )
        ],
        check_specs=[
            dg.AssetCheckSpec("workflows_usable", asset=key, description="Every workflow of the user's own loads."),
            dg.AssetCheckSpec("projects_usable", asset=key, description="Every project directory can be used."),
            dg.AssetCheckSpec("projects_up_to_date", asset=key, description="No phase of any project failed."),
        ],
    )
    def _projects(context: dg.AssetExecutionContext):
        home = Home.from_environment()
        workflows, broken = all_workflows()
        projects = find_projects(home.projects, workflows, broken)
        results: list[PhaseResult] = []
        for project in projects.found.values():
            results += run_project(
                context.instance,
                home,
                project,
                workflows[project.workflow],
                job_named,
                wants=failed_or_behind,
            )
        failed = [{"project": r.project.name, "phase": r.phase, "problem": r.problem} for r in results if r.problem]
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "projects": len(projects.found),
                "runs": sum(r.ran for r in results),
                "phases": records([_row(r) for r in results[:500]]),
            },
            check_results=[
                _listed(key, "workflows_usable", [{"workflow": line} for line in broken.values()]),
                _listed(key, "projects_usable", [{"project": line} for line in projects.problems]),
                _listed(key, "projects_up_to_date", failed),
            ],
        )

    return _projects


def _row(result: PhaseResult) -> dict[str, str]:
    state = result.verdict.value
    if result.success is not None:
        state = "ran" if result.success else "failed"
    return {"project": result.project.name, "phase": result.phase, "state": state}


def _listed(key: dg.AssetKey, name: str, rows: Sequence[Mapping[str, str | None]]) -> dg.AssetCheckResult:
    metadata = {"rows": records(rows)} if rows else {}
    return warning(name, key, not rows, f"{len(rows)} need a look" if rows else "all", metadata)
