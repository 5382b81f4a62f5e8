"""Exclusion list of a phase's next batch: whoever has done it, and the blacklisted."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.phase import project_phase

if TYPE_CHECKING:
    import pandas as pd


class Exclusions(NamedTuple):
    """The file, and its rows: WorkerId, platform, server, why."""

    path: Path
    workers: "pd.DataFrame"


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
    if len(named_workers(answered, installation.home)) < len(answered):
        # Whoever has no row in the private table gets one from the result files, but for those who were forgotten.
        asked.collect([file.path for file in asked.files(asked.folders.batches)])
    excluded = refresh(installation.home).excluded
    workers = named_workers(with_surrogates(known(answered[["worker"]]), installation.home), installation.home)[
        "worker"
    ]
    done = exclusion_list((w, "done") for w in workers.unique())
    listed = pd.concat([excluded, done]).drop_duplicates(["WorkerId", "platform", "server"])
    target = f"{asked.folders.input}/_exclude_{wanted}.csv"
    asked.writer().write(target, csv_bytes(listed))
    return Exclusions(project.path / target, listed)
