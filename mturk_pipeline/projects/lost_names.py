"""Names of workers that the private table lost: they are restored from the result files in which they stand."""

from collections.abc import Iterable
from contextlib import suppress

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.tables import stored_tables
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.phase import ProjectPhase, project_phase

# What to do about those whom no result file names any more.
REMEDY = (
    "put a saved copy of identities.csv into $DAGSTER_HOME/workers, or their result files back and run, or import "
    "their batches again (import-batches)"
)


def restore_names(phase: ProjectPhase, workers: Iterable[str]) -> set[str]:
    """Restore rows of the private table from the result files of a phase; the workers, of these, who have none yet."""
    from mturk_pipeline.workers.identities import lost_names

    lost = lost_names(workers, phase.home)
    if lost:
        phase.collect([file.path for file in phase.files(phase.folders.batches)])
    return lost_names(lost, phase.home)


def restore_all_names(installation: Installation) -> None:
    """The same for all phases of all projects."""
    from mturk_pipeline.workers.contributions import read_columns
    from mturk_pipeline.workers.identities import lost_names

    for table in stored_tables(installation.home.tables, "raw_output"):
        project = installation.projects.found.get(table.project_id)
        columns = read_columns(table.path, ["worker"])
        if project is None or columns is None:
            continue
        workers = columns["worker"].dropna().unique()
        if lost_names(workers, installation.home):
            # A workflow that cannot be used is told to whoever runs it.
            with suppress(UserError):
                workflow = installation.workflow(project.workflow)
                if table.phase in workflow.phases:
                    restore_names(project_phase(installation.home, project, workflow, table.phase), workers)
