"""The command line: a thin shell over the functions that Dagster's assets call."""

import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="mturk-pipeline",
    help="Cheap, redundant, messy crowd answers in; data that people trust out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Name = Annotated[str, typer.Argument(help="The project: its folder's name.", show_default=False)]
ProjectsDir = Annotated[
    Path | None,
    typer.Option(
        "--projects-dir",
        envvar="MTURK_PROJECTS_DIR",
        help="Where projects live (default: data/projects).",
        show_default=False,
        show_envvar=True,
    ),
]
Replace = Annotated[bool, typer.Option("--force", help="Replace the file where it is there already.")]
PhaseName = Annotated[str | None, typer.Option("--phase", help="Only this phase.", show_default=False)]

# Python looks for unreachable objects each time that 700 more of them are there, which is most often while modules are
# loaded, where there are none: a fifth of a command's start.
_COLLECTIONS = (50_000, 20, 20)


@app.command()
def init(
    name: Name,
    workflow: Annotated[str, typer.Option(help="The workflow it follows.")] = "lead_gathering",
    projects_dir: ProjectsDir = None,
) -> None:
    """Make a project: its folders and its project.yaml. What is there already stays as it is."""
    from mturk_pipeline.cli.projects import init_project

    init_project(projects_dir, name, workflow)


@app.command()
def run(
    name: Annotated[str | None, typer.Argument(help="The project; none with --all.", show_default=False)] = None,
    all_projects: Annotated[bool, typer.Option("--all", help="Every project, one after the other.")] = False,
    phase: PhaseName = None,
    force: Annotated[bool, typer.Option(help="Run even what is up to date.")] = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """Run the phases whose files changed since their last successful run."""
    if (name is None) == (not all_projects):
        raise typer.BadParameter("name a project, or say --all")
    from mturk_pipeline.cli.running import run_projects

    run_projects(projects_dir, name, phase, force)


@app.command()
def status(
    name: Annotated[str | None, typer.Argument(help="One project; by default all.", show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """Show where projects stand: batches, items, answers, and what waits for whom."""
    from mturk_pipeline.cli.status import show_status

    show_status(projects_dir, name, as_json)


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(help="Result files.", show_default=False)],
    suggest_phase: Annotated[
        bool, typer.Option("--suggest-phase", help="Print a ready phase file (YAML) for these files.")
    ] = False,
    rows: Annotated[
        Path | None,
        typer.Option("--rows", help="File for all rows that do not count: .csv or .xlsx.", show_default=False),
    ] = None,
    force: Replace = False,
) -> None:
    """Show what a result file holds: format, rows, HITs, workers, answers, and which rows do not count, with why."""
    from mturk_pipeline.cli.inspecting import inspect_files

    inspect_files(files, suggest_phase, rows, force)


@app.command()
def export(
    name: Name,
    table: Annotated[str, typer.Argument(help="Such as answers, consensus, workers, reviewed, all_leads or results.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write: .csv, .parquet or .xlsx.")],
    phase: PhaseName = None,
    force: Replace = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """Write any table of a project to a file: answers, consensus, workers, reviewed, all_leads, results …"""
    from mturk_pipeline.cli.projects import export_table

    export_table(projects_dir, name, table, phase, output, force)


@app.command()
def trace(
    name: Name,
    lead: Annotated[str, typer.Argument(help="A lead_id, an item_id, or a value such as an e-mail address.")],
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """Trace a lead or result (a lead_id, an item_id, a value) back to each answer, file, row, worker, rule, edit."""
    if not lead.strip():
        typer.echo("mturk-pipeline: trace: name a lead: its lead_id, an item_id, or an e-mail address", err=True)
        raise typer.Exit(2)
    from mturk_pipeline.cli.tracing import show_trace

    show_trace(projects_dir, name, lead, as_json)


@app.command()
def sample(
    name: Name,
    n: Annotated[int | None, typer.Option("-n", min=1, help="Items in the pilot batch.", show_default=False)] = None,
    rest: Annotated[bool, typer.Option("--rest", help="All items that are not in the pilot batch.")] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Another seed draws other items.")] = 0,
    projects_dir: ProjectsDir = None,
) -> None:
    """Write a pilot batch of the input, ready to upload; later the remainder."""
    if (n is None) == (not rest):
        raise typer.BadParameter("say how many items (-n 20), or --rest for the remainder")
    from mturk_pipeline.cli.sampling import write_sample

    write_sample(projects_dir, name, n, seed)


PhaseWord = Annotated[str | None, typer.Argument(help="One phase; by default all.", show_default=False)]
Write = Annotated[bool, typer.Option("--write", help="Write the files; without it only say what would be done.")]


@app.command()
def review(
    name: Name,
    phase: Annotated[str | None, typer.Argument(help="Only this phase.", show_default=False)] = None,
    split: Annotated[str | None, typer.Option(help="A workbook for each of them: anna,ben", show_default=False)] = None,
    overlap: Annotated[str, typer.Option(help="Share of the rows that all of them get.")] = "5%",
    projects_dir: ProjectsDir = None,
) -> None:
    """Show what waits for review and how far reviewers agree; with --split a workbook for each of several people."""
    from mturk_pipeline.cli.reviewing import show_review, split_review

    if split is None:
        show_review(projects_dir, name, phase)
    else:
        split_review(projects_dir, name, phase, split, overlap)


@app.command()
def settle(
    name: Name,
    phase: PhaseWord = None,
    write: Write = False,
    include_suggested: Annotated[
        bool, typer.Option("--include-suggested-rejections", help="Reject also what no person has confirmed.")
    ] = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """Make the uploads that approve and reject assignments on the requester site; first say what they would do."""
    from mturk_pipeline.cli.settling import settle as settle_phases

    settle_phases(projects_dir, name, phase, write, include_suggested)


@app.command()
def pay(
    name: Name,
    phase: PhaseWord = None,
    reward: Annotated[
        str | None, typer.Option(help="US dollars for each assignment whose file gives none.", show_default=False)
    ] = None,
    write: Write = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """Make a pay sheet per worker for crowds that are paid by hand; nothing is on two sheets."""
    from mturk_pipeline.cli.settling import pay as pay_phases

    pay_phases(projects_dir, name, phase, reward, write)


@app.command()
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """Remove a project: its tables are deleted, its folder is moved aside, whole, into _removed."""
    from mturk_pipeline.cli.projects import remove_project

    remove_project(projects_dir, name, yes)


@app.command("end-run")
def end_run(
    run_id: Annotated[str, typer.Argument(help="The run's id, as status shows it.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """End a run whose computer is gone, so that its project runs again; refuses a run that is alive here."""
    from mturk_pipeline.cli.end_run import end_run as end

    end(projects_dir, run_id, yes)


@app.command()
def workers(projects_dir: ProjectsDir = None) -> None:
    """Show workers over all projects: their ratings, and who stands out."""
    from mturk_pipeline.cli.workers import show_workers

    show_workers(projects_dir)


@app.command("import-batches")
def import_batches(
    folder: Annotated[Path, typer.Argument(help="Where past result files lie.", show_default=False)],
    projects_dir: ProjectsDir = None,
) -> None:
    """Remember what workers did in past batches: every result file under a folder."""
    from mturk_pipeline.cli.workers import import_past_batches

    import_past_batches(projects_dir, folder)


@app.command()
def exclude(name: Name, phase: PhaseName = None, projects_dir: ProjectsDir = None) -> None:
    """List who has done a phase, and who is blacklisted, to keep them out of its next batch."""
    from mturk_pipeline.cli.workers import write_exclusions

    write_exclusions(projects_dir, name, phase)


@app.command()
def forget(
    worker: Annotated[str, typer.Argument(help="The platform's id, or whole: turkle::5.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    projects_dir: ProjectsDir = None,
) -> None:
    """Forget a worker: the id goes out of everything the pipeline holds; your own files with it are listed."""
    from mturk_pipeline.cli.workers import forget_worker

    forget_worker(projects_dir, worker, yes)


@app.command()
def demo(projects_dir: ProjectsDir = None) -> None:
    """Run the shipped example through all phases to all leads."""
    from mturk_pipeline.cli.demo import run_demo

    run_demo(projects_dir)


@app.command()
def dev(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port on this machine.")] = 3000,
    projects_dir: ProjectsDir = None,
) -> None:
    """Open the Dagster UI with sensors and schedules on; only this machine can reach it."""
    from mturk_pipeline.cli.dev import open_ui

    open_ui(projects_dir, port)


def main() -> None:
    """Entry point: what a user can cause ends in one line and exit code 1, wrong usage in 2."""
    from mturk_pipeline.errors import line_for_user

    gc.set_threshold(*_COLLECTIONS)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        line = line_for_user(error)
        if line is None:
            raise
        typer.echo(f"mturk-pipeline: {line}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
