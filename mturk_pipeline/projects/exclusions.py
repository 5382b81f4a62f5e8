"""Exclusion list of a phase's next batch: whoever has done it, and the blacklisted."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.lost_names import restore_names
from mturk_pipeline.projects.phase import project_phase

if TYPE_CHECKING:
    import pandas as pd


class Exclusions(NamedTuple):
    """The file, its rows (WorkerId, platform, server, why), and how many who have done the phase nobody can name."""

    path: Path
    workers: "pd.DataFrame"
    unnamed: int


def write_exclusions(installation: Installation, name: str, phase: str | None) -> Exclusions:
    """Write the exclusion list of a phase; with None of the only one.

    UserError where a phase has to be named, or has no answers yet.
    """
    import pandas as pd

    from mturk_pipeline.intake.unknown_workers import known
    from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes
    from mturk_pipeline.workers.identities import named_workers, with_surrogates
    from mturk_pipeline.workers.refreshing import refresh
    from mturk_pipeline.workers.worker_files import exclusion_list

    project = installation.project(name)
    workflow = installation.workflow(project.workflow)
    wanted = installation.phase(workflow, phase) or (workflow.first if len(workflow.phases) == 1 else None)
    if wanted is None:
        raise UserError(f"say which phase: --phase {' | '.join(workflow.phases)}", where=name)
    asked = project_phase(installation.home, project, workflow, wanted)
    answered = asked.table("raw_output")
    if answered is None:
        raise UserError(f"{wanted} has no answers yet", where=name, remedy=f"run it first: mturk-pipeline run {name}")
    unnamed = restore_names(asked, answered["worker"].dropna().unique())
    excluded = refresh(installation.home).excluded
    done = named_workers(with_surrogates(known(answered[["worker"]]), installation.home), installation.home)
    done = exclusion_list((w, "done") for w in done["worker"].unique())
    listed = pd.concat([excluded, done]).drop_duplicates(["WorkerId", "platform", "server"])
    target = f"{asked.folders.input}/_exclude_{wanted}.csv"
    asked.writer().write(target, csv_bytes(listed))
    return Exclusions(project.path / target, listed, len(unnamed))
