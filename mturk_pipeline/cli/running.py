"""run: due phases in this process, with progress."""

from pathlib import Path

import typer
from rich.console import Console

from mturk_pipeline.cli.problems import UserProblem
from mturk_pipeline.cli.site import Site
from mturk_pipeline.folders.projects import Project
from mturk_pipeline.workflow.workflow import Workflow


def run_projects(projects_dir: Path | None, name: str | None, phase: str | None, force: bool) -> None:
    site = Site.here(projects_dir)
    for line in site.workflow_problems:
        typer.echo(f"left out: {line}", err=True)
    if name is None:
        for line in site.projects.problems:
            typer.echo(f"left out: {line}", err=True)
        projects = list(site.projects.found.values())
        if not projects:
            raise UserProblem(f"{site.home.projects}: no project yet; make one: mturk-pipeline init NAME")
        known = {p for project in projects for p in site.workflow(project.workflow).phases}
        if phase is not None and phase not in known:
            raise UserProblem(f"{phase}: no project has such a phase; there are: {', '.join(sorted(known))}")
    else:
        projects = [site.project(name)]
        site.phase(site.workflow(projects[0].workflow), phase)
    failed, ran = run_each(site, projects, phase, force)
    if failed:
        raise UserProblem("; ".join(failed))
    if not ran:
        typer.echo("Nothing changed since the last run; nothing done.")


def run_each(
    site: Site, projects: list[Project], phase: str | None = None, force: bool = False
) -> tuple[list[str], int]:
    """Run what is due of `projects`; returns one line per failure, and how many phases ran."""
    console = Console(highlight=False, stderr=False)
    with console.status("loading"):
        from mturk_pipeline.orchestration.abandoned_runs import fail_abandoned_runs
        from mturk_pipeline.orchestration.due import Verdict, failed_or_behind
        from mturk_pipeline.orchestration.instance import open_instance
        from mturk_pipeline.orchestration.running import job_named, run_project

        instance = open_instance(site.home)
        fail_abandoned_runs(instance, site.home)
        job_named("reconcile")

    def wanted(verdict: Verdict) -> bool:
        return verdict is not Verdict.ARRIVING if force else failed_or_behind(verdict)

    failures: list[str] = []
    ran = 0
    for project in projects:
        workflow = site.workflow(project.workflow)
        if phase and phase not in workflow.phases:
            continue
        phases = (phase,) if phase else ()
        with console.status("") as spinner:

            def announce(current: str, project: Project = project, spinner=spinner) -> None:
                spinner.update(f"{project.name}: {current} …")

            for result in run_project(
                instance,
                site.home,
                project,
                workflow,
                job_named,
                phases=phases,
                wants=wanted,
                announce=announce,
                patience=900,
            ):
                ran += result.ran
                mark = {None: "[dim]–[/dim]", True: "[green]✓[/green]", False: "[red]✗[/red]"}[result.success]
                said = result.verdict.value if result.success is None else ("done" if result.success else "failed")
                console.print(f"{mark} {project.name}: {result.phase}: {said}")
                if result.success:
                    _say_problems(site, project, workflow, result.phase, console)
                    _say_unreadable(site, project, workflow, result.phase, console)
                if result.problem:
                    failures.append(f"{project.name}: {result.problem}")
    if ran:
        from mturk_pipeline.workers.refreshing import refresh

        refresh(site.home)
    return failures, ran


def _say_problems(site: Site, project: Project, workflow: Workflow, phase: str, console: Console) -> None:
    """What of the files that people saved was not understood."""
    from mturk_pipeline.orchestration.workspace import phase_of_project

    place = phase_of_project(site.home, project, workflow, phase)
    problems = place.table("review_problems")
    if problems is not None and len(problems):
        where = f"sheet problems of {place.folders.processed}/review_{phase}.xlsx"
        console.print(f"  {len(problems)} things in saved files were not understood: {where}", markup=False)


def _say_unreadable(site: Site, project: Project, workflow: Workflow, phase: str, console: Console) -> None:
    """How many answers could not be read, by field."""
    from mturk_pipeline.answers.unreadable import unreadable, unreadable_line
    from mturk_pipeline.orchestration.workspace import phase_of_project

    answers = phase_of_project(site.home, project, workflow, phase).table("answers")
    if answers is not None and (line := unreadable_line(unreadable(answers))):
        console.print(f"  {line}", soft_wrap=True, markup=False)
