"""What a run carries as tags: the home that it belongs to, and the process that works on it."""

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.processes import ProcessIdentity

HOME_TAG = "mturk_pipeline/home"
PROCESS_TAG = "mturk_pipeline/process"
PHASE_TAG = "mturk_pipeline/phase"


def identity_tags(home: Home, run_id: str) -> dict[str, str]:
    """Tags of a run that this process works on.

    The process is named together with the run: a run that Dagster repeats takes over the tags of the one before,
    whose process is not its own.
    """
    process = ProcessIdentity.of_this_process()
    return {HOME_TAG: home.id, **({PROCESS_TAG: f"{run_id} {process}"} if process else {})}


def process_of(run: dg.DagsterRun) -> ProcessIdentity | None:
    """The process that works on `run`; None before it has begun, and for runs of earlier versions."""
    run_id, _, process = run.tags.get(PROCESS_TAG, "").partition(" ")
    return ProcessIdentity.parse(process) if run_id == run.run_id else None


def is_pipelines(run: dg.DagsterRun) -> bool:
    """Whether a run is of this pipeline: a Dagster home can have other people's code as well."""
    if HOME_TAG in run.tags or PHASE_TAG in run.tags:
        return True
    origin = run.remote_job_origin
    location = origin.repository_origin.code_location_origin.location_name if origin else ""
    return location.split(".")[0] == "mturk_pipeline"
