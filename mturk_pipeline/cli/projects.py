"""init, export, remove."""

from pathlib import Path

import typer

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.project_folders import make_project
from mturk_pipeline.projects.installation import Installation


def init_project(projects_dir: Path | None, name: str, workflow_name: str) -> None:
    installation = Installation.here(projects_dir)
    workflow = installation.workflow(workflow_name)
    project, made = make_project(installation.home.projects, name, workflow, installation.projects.found)
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
    from mturk_pipeline.projects import exporting

    rows = exporting.export_table(Installation.here(projects_dir), name, table, phase, output, force=force)
    typer.echo(f"{output}: {rows:,} rows of {table}")


def remove_project(projects_dir: Path | None, name: str, yes: bool) -> None:
    installation = Installation.here(projects_dir)
    project = installation.project(name)
    if not yes and not typer.confirm(
        f"Take {project.name} out? Its folder is kept in {installation.home.projects}/_removed"
    ):
        raise UserError("nothing removed", where=name)
    from mturk_pipeline.orchestration.instance import open_instance
    from mturk_pipeline.orchestration.stages import partitions_of
    from mturk_pipeline.projects import project_removal

    removed = project_removal.remove_project(installation, project)
    instance, partitions = open_instance(installation.home), str(partitions_of(project.workflow).name)
    if instance.has_dynamic_partition(partitions, project.id):
        instance.delete_dynamic_partition(partitions, project.id)
    typer.echo(f"{project.name}: {removed.tables} tables deleted; its folder is whole at {removed.folder}")
