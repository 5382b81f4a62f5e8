"""init, export, remove."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import typer

from mturk_pipeline.cli.output_file import OutputFile
from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.projects import Project, make_project
from mturk_pipeline.folders.tables import read_table
from mturk_pipeline.projects.site import Site
from mturk_pipeline.workflow.workflow import Workflow


def init_project(projects_dir: Path | None, name: str, workflow_name: str) -> None:
    site = Site.here(projects_dir)
    workflow = site.workflow(workflow_name)
    project, made = make_project(site.home.projects, name, workflow, site.projects.found)
    if not made:
        typer.echo(f"{project.path}: complete already, nothing changed")
        return
    typer.echo(f"{project.path}: made {len(made)} of {len(workflow.folder_names) + 1}")
    typer.echo(f"Next: put the list to ask about into {workflow.folders(workflow.first).input},")
    typer.echo(f"      the crowd's result files into {workflow.folders(workflow.first).batches},")
    typer.echo(f"      then: mturk-pipeline run {name}   (or leave the UI's sensors to it)")


def export_table(
    projects_dir: Path | None, name: str, table: str, phase: str | None, output: Path, force: bool = False
) -> None:
    site = Site.here(projects_dir)
    project = site.project(name)
    workflow = site.workflow_of(project)
    path = _table_path(site, project, workflow, table, site.phase(workflow, phase))
    file = OutputFile.of(output, site.home, (".csv", ".parquet", ".xlsx"), force=force)
    frame = read_table(path)
    if file.ending == ".parquet":
        file.write(path.read_bytes())
    else:
        file.write_table(frame, table)
    typer.echo(f"{output}: {len(frame):,} rows of {table}")


def remove_project(projects_dir: Path | None, name: str, yes: bool) -> None:
    site = Site.here(projects_dir)
    project = site.project(name)
    if not yes and not typer.confirm(f"Take {project.name} out? Its folder is kept in {site.home.projects}/_removed"):
        raise UserError("nothing removed", where=name)
    from mturk_pipeline.folders.locks import hold_project
    from mturk_pipeline.orchestration.instance import open_instance
    from mturk_pipeline.orchestration.stages import partitions_of

    instance = open_instance(site.home)
    with hold_project(site.home, project.id, timeout=600):
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        aside = site.home.projects / "_removed" / f"{project.name}-{stamp}"
        aside.parent.mkdir(exist_ok=True)
        shutil.move(project.path, aside)
        tables = list((site.home.tables / project.workflow).rglob(f"{project.id}.parquet"))
        for table in tables:
            table.unlink()
        partitions = str(partitions_of(project.workflow).name)
        if instance.has_dynamic_partition(partitions, project.id):
            instance.delete_dynamic_partition(partitions, project.id)
    typer.echo(f"{project.name}: {len(tables)} tables deleted; its folder is whole at {aside}")


def _table_path(site: Site, project: Project, workflow: Workflow, table: str, phase: str | None) -> Path:
    """Where a table lies; with a phase unsaid, the only phase that has it."""
    base = site.home.tables / workflow.name
    if table == "all_leads":
        candidates = {"all_leads": base / "all_leads" / f"{project.id}.parquet"}
    else:
        phases = [phase] if phase else list(workflow.phases)
        candidates = {p: base / p / table / f"{project.id}.parquet" for p in phases}
    made = {p: path for p, path in candidates.items() if path.is_file()}
    if len(made) == 1:
        return next(iter(made.values()))
    if made:
        raise UserError("several phases have it", where=table, remedy=f"say which: --phase {' | '.join(made)}")
    there = sorted({p.parent.name for p in base.rglob(f"{project.id}.parquet")})
    what = f"there are: {', '.join(there)}" if there else f"none is made yet: mturk-pipeline run {project.name}"
    raise UserError(f"{project.name} has no table {table}{f' in {phase}' if phase else ''}", remedy=f"{what}")
