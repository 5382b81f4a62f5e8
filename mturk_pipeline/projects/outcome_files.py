"""Files of mail outcomes: dropped into the folder of all leads, or kept beside the projects."""

import os
from pathlib import Path

from mturk_pipeline.folders.watching import PassedOver, WatchedFile, passed_over_files
from mturk_pipeline.leads.lead_files import is_own_file
from mturk_pipeline.leads.suppression import FILES
from mturk_pipeline.projects.phase import ProjectPhase


def outcome_files(phase: ProjectPhase) -> list[WatchedFile]:
    """Files that a person put into the project's folder of all leads, and the suppression lists for all projects.

    The last phase is due when they change; for any other phase there are none, nor where there are no leads.
    """
    spec = phase.workflow.leads
    if spec is None or phase.phase != phase.workflow.last:
        return []
    dropped = phase.files(phase.workflow.end_folder)
    return [*(f for f in dropped if not is_own_file(f.name, spec)), *_for_all_projects(phase)]


def passed_over_outcomes(phase: ProjectPhase) -> list[PassedOver]:
    """Links and broken downloads in the project's folder of all leads: what they say of addresses nobody reads."""
    spec = phase.workflow.leads
    if spec is None or phase.phase != phase.workflow.last:
        return []
    found = passed_over_files(Path(phase.project.path, phase.workflow.end_folder))
    return [file for file in found if "/" not in file.name and not is_own_file(file.name, spec)]


def _for_all_projects(phase: ProjectPhase) -> list[WatchedFile]:
    files = []
    for name in FILES:
        path = phase.home.projects / name
        try:
            stat = path.stat()
        except OSError:
            if os.path.lexists(path):  # a link that leads nowhere: whoever reads it says so
                files.append(WatchedFile(str(path.parent), name, 0, 0, 0))
            continue
        files.append(WatchedFile(str(path.parent), name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    return files
