"""review: what waits, how far people agree, and a workbook for each of several people."""

from pathlib import Path

import typer

from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.splitting import phases_in_review


def show_review(projects_dir: Path | None, name: str, phase: str | None) -> None:
    for each in phases_in_review(Installation.here(projects_dir), name, phase):
        queue, audit = each.table("review_queue"), each.table("audit")
        if queue is None:
            continue
        kinds = queue["kind"].value_counts()
        counts = f"{kinds.get('waiting', 0):,} wait, {kinds.get('look_again', 0):,} to look at again"
        typer.echo(f"{each.phase}: {counts}, {kinds.get('spot_check', 0):,} spot checks in {_workbook(each)}")
        if audit is not None and len(audit):
            typer.echo(f"  {audit['sentence'].iloc[0]}")
        _say_agreement(each)


def split_review(projects_dir: Path | None, name: str, phase: str | None, split: str, overlap: str) -> None:
    from mturk_pipeline.projects import splitting
    from mturk_pipeline.review.splitting import reviewer_names, share_of

    people, share = reviewer_names(split), share_of(overlap)
    for divided in splitting.split_review(Installation.here(projects_dir), name, phase, people, share):
        if not divided.shares:
            typer.echo(f"{divided.phase}: nothing waits")
        for each in divided.shares:
            typer.echo(f"{each.phase}: {each.person}: {each.rows:,} of {each.of:,} rows: {each.path}")
        for kept in divided.kept:
            typer.echo(f"  changed by a person, kept as {kept}")


def _say_agreement(phase: ProjectPhase) -> None:
    from mturk_pipeline.review.audit import exact_interval

    table = phase.table("review_agreement")
    if table is None:
        return
    for row in table.to_dict("records"):
        low, high = exact_interval(row["same"] / row["both"], row["both"])
        agreement = f"agree about {row['same']} of {row['both']} rows ({low:.0%} to {high:.0%})"
        typer.echo(f"  {row['file']} and {row['other_file']} {agreement}")


def _workbook(phase: ProjectPhase) -> Path:
    return phase.project.path / phase.folders.processed / f"review_{phase.phase}.xlsx"
