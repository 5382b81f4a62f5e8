"""Runs that do little but hold the pipeline's own resource, as many as are wanted; also a program, to be killed.

    python small_runs.py RUNS SECONDS PROJECT

executes RUNS runs of SECONDS each for PROJECT, one after the other, and writes the id of each when it is under way.
"""

import sys
import time

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import release_run
from mturk_pipeline.orchestration.instance import open_instance
from mturk_pipeline.orchestration.run_identity import PHASE_TAG
from mturk_pipeline.orchestration.workspace import Workspace


def small_job(seconds: float = 0.0) -> dg.JobDefinition:
    @dg.op(required_resource_keys={"workspace"})
    def work(context: dg.OpExecutionContext) -> None:
        print(context.run_id, flush=True)
        time.sleep(seconds)

    @dg.job(name="small", resource_defs={"workspace": Workspace()}, logger_defs={})
    def _job() -> None:
        work()

    return _job


def run_small_job(instance: dg.DagsterInstance, project: str, seconds: float = 0.0) -> dg.ExecuteInProcessResult:
    """One run, signed by its resource alone, as a run is that the UI launched."""
    return small_job(seconds).execute_in_process(
        instance=instance,
        tags={"dagster/partition": project, "project": project, PHASE_TAG: "lead_gathering/dirs"},
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        raise_on_error=False,
    )


def main(runs: int, seconds: float, project: str) -> None:
    instance = open_instance(Home.from_environment())
    for number in range(runs):
        result = run_small_job(instance, project, seconds)
        # As the command line does; a process that was launched for one run holds its lock to its own end.
        if number % 2:
            release_run(result.run_id)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
