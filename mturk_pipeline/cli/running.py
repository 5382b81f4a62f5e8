"""run: due phases in this process, with progress."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from mturk_pipeline.errors import UserError, line_for_user
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.workflow.workflow import Workflow

if TYPE_CHECKING:
    from mturk_pipeline.orchestration.running import PhaseResult


def run_projects(projects_dir: Path | None, name: str | None, phase: str | None, force: bool) -> None:
    from mturk_pipeline.workers.surrogates import retired_setting_line

    installation = Installation.here(projects_dir)
    if line := retired_setting_line():
        typer.echo(line, err=True)
    for line in installation.broken_workflows.values():
        typer.echo(f"left out: {line}", err=True)
    broken: list[str] = []  # a line for each project that cannot be used
    if name is None:
        projects = list(installation.projects.found.values())
        broken = installation.projects.problems
        if not projects and broken:
            raise UserError("; ".join(broken))
        if not projects:
            raise UserError(
                "no project yet", where=installation.home.projects, remedy="make one: mturk-pipeline init NAME"
            )
        known = {p for project in projects for p in installation.workflow(project.workflow).phases}
        if phase is not None and phase not in known:
            raise UserError("no project has such a phase", where=phase, remedy=f"there are: {', '.join(sorted(known))}")
    else:
        projects = [installation.project(name)]
        installation.phase(installation.workflow(projects[0].workflow), phase)
    failed, ran = run_each(installation, projects, phase, force)
    failed = [*broken, *failed]
    if failed:
        raise UserError("; ".join(failed))
    if not ran:
        typer.echo("Nothing changed since the last run, or nothing is there yet; nothing done.")


def run_each(
    installation: Installation, projects: list[Project], phase: str | None = None, force: bool = False
) -> tuple[list[str], int]:
    """Run what is due of `projects`; returns one line per failure, and how many phases ran.

    A phase of which some files could not be read is a failure, too, whether it ran now or before: each is named.
    """
    console = Console(highlight=False, stderr=False)
    with console.status("loading"):
        from mturk_pipeline.orchestration.instance import open_instance
        from mturk_pipeline.orchestration.running import jobs_of, run_project
        from mturk_pipeline.projects.due_phases import Verdict, failed_or_behind

        instance = open_instance(installation.home)
    jobs = {name: jobs_of(workflow) for name, workflow in installation.workflows.items()}

    def wanted(verdict: Verdict) -> bool:
        return verdict is not Verdict.ARRIVING if force else failed_or_behind(verdict)

    failures: list[str] = []
    ran = 0
    for project in projects:
        workflow = installation.workflow(project.workflow)
        if phase and phase not in workflow.phases:
            continue
        phases = (phase,) if phase else ()
        with console.status("") as spinner:

            def announce(current: str, project: Project = project, spinner=spinner) -> None:
                spinner.update(f"{project.name}: {current} …")

            results = run_project(
                instance,
                installation.home,
                project,
                workflow,
                jobs[workflow.name],
                phases=phases,
                wants=wanted,
                announce=announce,
                patience=900,
            )
            try:
                for result in results:
                    ran += result.ran
                    failures += _say_result(installation, project, workflow, result, console)
            except (UserError, OSError) as error:
                # A folder that may not be read, a damaged journal: the other projects run all the same.
                failures.append(f"{project.name}: {line_for_user(error)}")
    if ran:
        from mturk_pipeline.workers.overrides import WorkersFileError
        from mturk_pipeline.workers.refreshing import refresh

        try:
            problems = refresh(installation.home).overrides.problems
        except WorkersFileError as error:
            problems = ()
            if not any(str(error) in failure for failure in failures):
                failures.append(str(error))
        for problem in problems:
            console.print(problem, markup=False, soft_wrap=True)
    return failures, ran


def _say_result(
    installation: Installation, project: Project, workflow: Workflow, result: "PhaseResult", console: Console
) -> list[str]:
    """Print what became of a phase; what of it is a failure, in a line."""
    mark = {None: "[dim]–[/dim]", True: "[green]✓[/green]", False: "[red]✗[/red]"}[result.success]
    outcome = result.verdict.value if result.success is None else ("done" if result.success else "failed")
    console.print(f"{mark} {project.name}: {result.phase}: {outcome}")
    unread = _say_problems(installation, project, workflow, result, console)
    if result.success:
        _say_unreadable(installation, project, workflow, result.phase, console)
    if result.problem:
        return [f"{project.name}: {result.problem}"]
    if unread:
        return [f"{project.name}: {result.phase}: {counted(unread, 'file')} could not be read, named above"]
    return []


def _say_problems(
    installation: Installation, project: Project, workflow: Workflow, result: "PhaseResult", console: Console
) -> int:
    """Name each file that could not be read or lies where nobody looks; how many could not be read."""
    from mturk_pipeline.projects.due_phases import Verdict
    from mturk_pipeline.projects.file_problems import (
        entries_not_understood,
        files_not_read,
        gone_results,
        mail_held_back,
        rows_of_lists_left_out,
        unreadable_files,
    )
    from mturk_pipeline.projects.phase import project_phase
    from mturk_pipeline.projects.unknown_columns import unknown_columns
    from mturk_pipeline.workflow.workflow import WorkflowError

    try:
        phase = project_phase(installation.home, project, workflow, result.phase)
    except WorkflowError:  # the result says so
        return 0
    unreadable = unreadable_files(phase)
    for problem in [*unreadable, *files_not_read(phase)]:
        console.print(f"  not read: {problem.line}", markup=False, soft_wrap=True)
    told = [problem.line for problem in [*gone_results(phase), *rows_of_lists_left_out(phase)]]
    for line in (*filter(None, [mail_held_back(phase)]), *told, *unknown_columns(phase)):
        console.print(f"  {line}", markup=False, soft_wrap=True)
    if result.verdict is Verdict.NOTHING_THERE and phase.workflow.before(result.phase) is None:
        folders = f"the list to ask about into {phase.folders.input}, the crowd's result files into"
        console.print(f"  put {folders} {phase.folders.batches}", markup=False, soft_wrap=True)
    if result.success and (unclear := entries_not_understood(phase)):
        entries = counted(unclear, "entry in a reviewed file", "entries in reviewed files")
        where = f"sheet problems of {phase.folders.processed}/review_{result.phase}.xlsx"
        console.print(f"  {entries} could not be understood: {where}", markup=False, soft_wrap=True)
    return len(unreadable)


def _say_unreadable(
    installation: Installation, project: Project, workflow: Workflow, phase: str, console: Console
) -> None:
    """Print how many answers could not be read, by field."""
    from mturk_pipeline.answers.unreadable import unreadable, unreadable_line
    from mturk_pipeline.projects.phase import project_phase

    answers = project_phase(installation.home, project, workflow, phase).table("answers")
    if answers is not None and (line := unreadable_line(unreadable(answers))):
        console.print(f"  {line}", soft_wrap=True, markup=False)
