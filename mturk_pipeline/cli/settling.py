"""settle and pay: first what they would do, with counts and money; the files only with --write."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd
import typer

from mturk_pipeline.errors import UserError
from mturk_pipeline.pay.assignment_costs import Wages, costs, dollars, fee_floor, hourly_wages, total
from mturk_pipeline.pay.spending import Spending, spending
from mturk_pipeline.projects import settlement
from mturk_pipeline.projects.file_problems import files_not_read
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.settlement import PhaseAssignments, Settled
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.texts.source_place import source_place
from mturk_pipeline.vocabulary.assignment_statuses import REJECTED

_REASONS = 5
_DRY = "nothing written (dry run)"


def settle(projects_dir: Path | None, name: str, phase: str | None, write: bool, include_suggested: bool) -> None:
    """Uploads for the requester site, one for each result file with rows to settle."""
    for held in settlement.phases_to_settle(Installation.here(projects_dir), name, phase, write=write):
        _say_settled(held, settlement.settle(held, write=write, include_suggested=include_suggested), write)


def pay(projects_dir: Path | None, name: str, phase: str | None, reward: str | None, write: bool) -> None:
    """A numbered pay sheet with all that is owed by hand and stands on none yet."""
    each = _reward(reward)
    for held in settlement.phases_to_settle(Installation.here(projects_dir), name, phase, write=write):
        _say_paid(held, settlement.pay(held, each, write=write), write)


def _say_settled(phase: PhaseAssignments, settled: Settled, write: bool) -> None:
    _say_phase(phase)
    _say_why(pd.concat([upload.decided for upload in settled.uploads], ignore_index=True), phase.suggestions)
    cost = costs(phase.assignments).set_axis(phase.assignments["assignment_id"])
    for upload in settled.uploads:
        if upload.problem:
            typer.echo(f"  {upload.source}: {upload.problem}")
        elif upload.content is not None:
            _say_upload(upload.source, upload.decided, cost)
    if all(upload.content is None for upload in settled.uploads):
        typer.echo("  nothing to upload" if write else f"  nothing to upload; {_DRY}")
    elif not write:
        typer.echo(f"  {_DRY}; to write: --write")
    for path, changed in settled.written:
        typer.echo(f"  {'wrote' if changed else 'unchanged:'} {path}")
    for name in settled.removed:
        typer.echo(f"  took away {name}: nothing in it is left to settle")
    for kept in settled.kept:
        typer.echo(f"  changed by a person, kept as {kept}")


def _say_paid(held: PhaseAssignments, paid: settlement.Paid, write: bool) -> None:
    from mturk_pipeline.pay.pay_sheet import WHY

    phase, due = held.phase.phase, paid.due
    for finished in paid.finished:
        typer.echo(f"{phase}: {finished}: was interrupted, now whole")
    if due.assignments.empty:
        whys = "; ".join(f"{count:,} {WHY[word]}" for word, count in due.why.items()) or "no assignments"
        typer.echo(f"{phase}: nothing new to pay: {whys}{'' if write else f'; {_DRY}'}")
        _say_unused(held)
        return
    _say_phase(held)
    for word, count in due.why.items():
        money = f", {dollars(total(due.assignments['reward']))}" if word == "pay" else ""
        typer.echo(f"  {count:,} {WHY[word]}{money}")
    workers = due.assignments["worker"].nunique()
    typer.echo(f"  {workers:,} workers; {_wages(hourly_wages(due.assignments))}")
    typer.echo(f"  wrote {paid.sheet}" if paid.sheet else f"  {_DRY}; to write: --write")


def _say_phase(phase: PhaseAssignments) -> None:
    spent = spending(phase.assignments, phase.suggestions)
    typer.echo(f"{phase.phase.phase}: {spent.assignments:,} assignments, {spent.submitted:,} still Submitted")
    for line in _about(spent, hourly_wages(phase.assignments)):
        typer.echo(f"  {line}")
    if floor := fee_floor(phase.assignments[phase.assignments["status"] != REJECTED]):
        typer.echo(f"  {floor.sentence}")
    _say_unused(phase)


def _say_unused(phase: PhaseAssignments) -> None:
    """Print which entries of people's and the platform's files count nowhere, and why."""
    if phase.unusable_rows:
        rows = counted(phase.unusable_rows, "row is", "rows are")
        typer.echo(f"  {rows} quarantined or conflicting: settle on the site, by eye")
    if phase.unknown_words:
        words = counted(phase.unknown_words, "pay decision names an assignment", "pay decisions name assignments")
        typer.echo(f"  {words} that this phase does not have")
    problems = phase.problems.astype(object).where(phase.problems.notna(), None)
    for row in problems.itertuples():
        place = source_place(str(row.source_file), row.source_sheet, row.source_row)
        typer.echo(f"  {place}: {row.reason}", err=True)
    for problem in files_not_read(phase.phase, [phase.phase.folders.reviewed]):
        typer.echo(f"  not read: {problem.line}", err=True)


def _about(spent: Spending, wages: Wages) -> Iterator[str]:
    yield f"cost so far {dollars(spent.approved)}, still to approve {dollars(spent.waiting)}, with fees"
    if spent.without_reward:
        yield f"{spent.without_reward:,} assignments without a reward are in no amount"
    if spent.unseen:
        text = f"{spent.unseen:,} auto-approved, nobody looked: {dollars(spent.unseen_cost)}"
        yield f"{text}; {spent.unseen_unusable:,} of them unusable ({dollars(spent.unseen_unusable_cost)})"
    yield _wages(wages)


def _wages(wages: Wages) -> str:
    if wages.median is None or wages.lowest_decile is None:
        return "hourly wage: unknown, no assignment has both reward and work time"
    left = f"; {wages.without_time:,} without a time left out" if wages.without_time else ""
    return f"hourly wage ${wages.median:.2f} (median), ${wages.lowest_decile:.2f} (lowest tenth){left}"


def _say_why(final: pd.DataFrame, suggestions: pd.DataFrame) -> None:
    """Print how many assignments go which way and why; whose they are stands in the workbook."""
    from mturk_pipeline.pay.pay_decisions import WHY

    counts = final["why"].value_counts()
    for why, text in WHY.items():
        if counts.get(why):
            typer.echo(f"  {int(counts[why]):,} {text}")
    reasons = suggestions.loc[suggestions["suggestion"] == "reject", "reason"].value_counts()
    for reason, count in list(reasons.items())[:_REASONS]:
        typer.echo(f"    suggested for rejection, {int(count):,}: {reason}")
    if len(reasons) > _REASONS:
        typer.echo(f"    and {int(reasons.iloc[_REASONS:].sum()):,} for other reasons")


def _say_upload(source: str, decided: pd.DataFrame, cost: pd.Series) -> None:
    approved = decided.loc[decided["verdict"] == "approve", "assignment_id"]
    rejected = int((decided["verdict"] == "reject").sum())
    money = dollars(total(cost.reindex(approved)))
    typer.echo(f"  {source}: approves {len(approved):,} ({money} with fees), rejects {rejected:,}")


def _reward(text: str | None) -> Decimal | None:
    from mturk_pipeline.intake.amounts import money_of

    if text is None:
        return None
    amount = money_of(text)
    if amount is None:
        raise UserError(f"--reward {text}: is no amount in US dollars", remedy="write it as 0.05")
    return amount
