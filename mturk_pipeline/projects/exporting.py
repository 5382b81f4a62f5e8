"""Export of any table of a project to a file that the user names."""

from pathlib import Path

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.folders.tables import project_tables, read_table, table_path
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.output_file import OutputFile
from mturk_pipeline.workflow.workflow import Workflow


def export_table(
    installation: Installation, name: str, table: str, phase: str | None, output: Path, *, force: bool = False
) -> int:
    """Write a table, such as `consensus`, as .csv, .parquet or .xlsx; returns its number of rows.

    With `phase` None it is the only phase's that has it. UserError where there is no such table, several phases have
    it, or `output` may not be written; `force` replaces a file that is there.
    """
    project = installation.project(name)
    workflow = installation.workflow_of(project)
    path = _find_table(installation, project, workflow, table, installation.phase(workflow, phase))
    file = OutputFile.of(output, installation.home, (".csv", ".parquet", ".xlsx"), force=force)
    frame = read_table(path)
    if file.ending == ".parquet":
        file.write(path.read_bytes())
    else:
        file.write_table(frame, table)
    return len(frame)


def _find_table(
    installation: Installation, project: Project, workflow: Workflow, table: str, phase: str | None
) -> Path:
    base = installation.home.tables
    if table in ("all_leads", "results"):
        candidates = {table: table_path(base, workflow.name, None, table, project.id)}
    else:
        phases = [phase] if phase else list(workflow.phases)
        candidates = {p: table_path(base, workflow.name, p, table, project.id) for p in phases}
    made = {p: path for p, path in candidates.items() if path.is_file()}
    if len(made) == 1:
        return next(iter(made.values()))
    if made:
        raise UserError("several phases have it", where=table, remedy=f"say which: --phase {' | '.join(made)}")
    tables = sorted({path.parent.name for path in project_tables(base, workflow.name, project.id)})
    remedy = f"there are: {', '.join(tables)}" if tables else f"none is made yet: mturk-pipeline run {project.name}"
    raise UserError(f"{project.name} has no table {table}{f' in {phase}' if phase else ''}", remedy=remedy)
