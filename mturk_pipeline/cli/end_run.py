"""end-run: end a run whose computer is gone, so that its project runs again."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.installation import Installation

if TYPE_CHECKING:
    import dagster as dg

_FEWEST_CHARACTERS = 6


def end_run(projects_dir: Path | None, text: str, yes: bool) -> None:
    """Report a run as failed, unless it lives in this home or on this computer."""
    from mturk_pipeline.orchestration.abandoned_runs import Evidence, evidence_of, fail_run
    from mturk_pipeline.orchestration.instance import open_instance
    from mturk_pipeline.orchestration.run_identity import HOME_TAG

    installation = Installation.here(projects_dir)
    instance = open_instance(installation.home)
    run = _run_named(instance, text.strip().lower())
    if run.is_finished:
        typer.echo(f"{run.run_id}: has ended already ({run.status.value}); nothing changed")
        return
    _refuse_living(instance, installation, run)
    evidence = evidence_of(instance, installation.home, run)
    if evidence is not Evidence.PROCESS_GONE and not yes:
        home = run.tags.get(HOME_TAG, "not named")
        typer.echo(f"{run.run_id} (home {home}, {run.status.value}) cannot be seen from here.")
        typer.echo("If it still runs on another computer, it goes on, beside the next run of its project.")
        if not typer.confirm("Is its computer or container gone, and shall the run end?"):
            raise UserError("nothing changed", where=run.run_id)
    time.sleep(Evidence.PROCESS_GONE.seconds or 0)
    _refuse_living(instance, installation, run)
    ended = fail_run(instance, run.run_id, "A person ended this run with end-run")
    typer.echo(f"{run.run_id}: {'ended; its project runs again' if ended else 'has just ended by itself'}")


def _run_named(instance: "dg.DagsterInstance", text: str) -> "dg.DagsterRun":
    """The run with this id, or the only one under way whose id begins so; no other program's run."""
    import dagster as dg

    from mturk_pipeline.orchestration.abandoned_runs import UNDER_WAY
    from mturk_pipeline.orchestration.run_identity import is_pipelines

    run = instance.get_run_by_id(text) if text else None
    if run is None:
        under_way = instance.get_runs(dg.RunsFilter(statuses=list(UNDER_WAY)))
        runs = [r for r in under_way if len(text) >= _FEWEST_CHARACTERS and r.run_id.startswith(text)]
        if len(runs) != 1:
            raise UserError(
                "no such run under way", where=text or "no id", remedy="`mturk-pipeline status` names those to end"
            )
        run = runs[0]
    if not is_pipelines(run):
        raise UserError("is no run of mturk_pipeline", where=run.run_id, remedy="end it in the Dagster UI")
    return run


def _refuse_living(instance: "dg.DagsterInstance", installation: Installation, run: "dg.DagsterRun") -> None:
    from dagster import DagsterRunStatus

    from mturk_pipeline.folders.processes import Life
    from mturk_pipeline.orchestration.abandoned_runs import Evidence, evidence_of
    from mturk_pipeline.orchestration.run_identity import HOME_TAG, process_of

    process = process_of(run)
    if process and process.life() is Life.ALIVE:
        raise UserError(
            f"is alive on this computer (process {process.pid})",
            where=run.run_id,
            remedy="terminate it in the UI, or stop it where it runs",
        )
    if evidence_of(instance, installation.home, run) is Evidence.ALIVE:
        raise UserError(
            "is alive in this home", where=run.run_id, remedy="terminate it in the UI, or stop it where it runs"
        )
    if run.status is DagsterRunStatus.QUEUED and run.tags.get(HOME_TAG) == installation.home.id:
        raise UserError("waits for its turn in this home", where=run.run_id, remedy="cancel it in the UI")
