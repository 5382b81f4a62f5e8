"""Removal of a project: its tables are deleted, its folder is kept whole beside the others."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from mturk_pipeline.folders.locks import hold_project
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.folders.tables import project_tables
from mturk_pipeline.projects.installation import Installation

_LOCK_SECONDS = 600


class Removed(NamedTuple):
    """How many tables were deleted, and where the project's folder is now."""

    tables: int
    folder: Path


def remove_project(installation: Installation, project: Project) -> Removed:
    """Move a project's folder to `_removed` and delete its tables."""
    with hold_project(installation.home, project.id, _LOCK_SECONDS):
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        aside = installation.home.projects / "_removed" / f"{project.name}-{stamp}"
        aside.parent.mkdir(exist_ok=True)
        shutil.move(project.path, aside)
        tables = project_tables(installation.home.tables, project.workflow, project.id)
        for table in tables:
            table.unlink()
    return Removed(len(tables), aside)
