"""settle and pay: first what they would do, with counts and money; the files only with --write."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd
import typer

from mturk_pipeline.crowd.money import Wages, costs, dollars, fee_floor, hourly_wages, total
from mturk_pipeline.crowd.spending import Spending, spending
from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.projects.site import Site

_LOCK_SECONDS = 600
_REASONS = 5
_DRY = "nothing written (dry run)"


@dataclass(frozen=True)
class _Phase:
    """A phase's assignments as its folders hold them now, with suggestions and people's words."""

    place: ProjectPhase
    files: list[Path]
    assignments: pd.DataFrame
    unusable_rows: int
    suggestions: pd.DataFrame
    words: pd.DataFrame
    problems: pd.DataFrame

    @property
    def unknown_words(self) -> int:
        return int((~self.words["assignment_id"].isin(self.assignments["assignment_id"])).sum())


def settle(projects_dir: Path | None, name: str, phase: str | None, write: bool, include_suggested: bool) -> None:
    """Uploads for the requester site, one for each result file with rows to settle."""
    for found in _phases(projects_dir, name, phase, write):
        _settle(found, write, include_suggested)


def pay(projects_dir: Path | None, name: str, phase: str | None, reward: str | None, write: bool) -> None:
    """A numbered pay sheet with all that is owed by hand and stands on none yet."""
    each = _reward(reward)
    for found in _phases(projects_dir, name, phase, write):
        _pay(found, each, write)


def _settle(found: _Phase, write: bool, include_suggested: bool) -> None:
    from mturk_pipeline.crowd.deciding_pay import decide_pay, leave_open
    from mturk_pipeline.crowd.pay_ledger import PayLedger
    from mturk_pipeline.crowd.settlement_file import settlement_files

    decided = decide_pay(found.suggestions, found.words, include_suggested)
    listed = PayLedger(found.place.project.path).holds(found.assignments, found.place.phase)
    by_hand = found.suggestions["paid_by"].eq("hand").to_numpy() | listed.to_numpy()
    decided = leave_open(decided, decided["assignment_id"][by_hand], "paid by hand")
    uploads = settlement_files(found.files, found.assignments, decided)
    _say_phase(found)
    _say_why(pd.concat([upload.decided for upload in uploads], ignore_index=True), found.suggestions)
    cost = costs(found.assignments).set_axis(found.assignments["assignment_id"])
    for upload in uploads:
        if upload.problem:
            typer.echo(f"  {upload.source}: {upload.problem}")
        elif upload.content is not None:
            _say_upload(upload.source, upload.decided, cost)
    _write_uploads(found, {u.name: u.content for u in uploads if u.content is not None}, write)


def _pay(found: _Phase, reward: Decimal | None, write: bool) -> None:
    from mturk_pipeline.crowd.deciding_pay import decide_pay
    from mturk_pipeline.crowd.pay_ledger import PayLedger
    from mturk_pipeline.crowd.pay_sheet import WHY, finish_pay_sheets, owed, write_pay_sheet

    place, writer = found.place, found.place.writer()
    folder = place.folders.processed
    if write:
        for finished in finish_pay_sheets(writer, folder, place.phase):
            typer.echo(f"{place.phase}: {place.project.path / finished}: was interrupted, now whole")
    paid = PayLedger(place.project.path).holds(found.assignments, place.phase)
    due = owed(found.assignments, found.suggestions, decide_pay(found.suggestions, found.words), paid, reward)
    if due.assignments.empty:
        whys = "; ".join(f"{count:,} {WHY[word]}" for word, count in due.why.items()) or "no assignments"
        typer.echo(f"{place.phase}: nothing new to pay: {whys}{'' if write else f'; {_DRY}'}")
        _say_unused(found)
        return
    _say_phase(found)
    for word, count in due.why.items():
        money = f", {dollars(total(due.assignments['reward']))}" if word == "pay" else ""
        typer.echo(f"  {count:,} {WHY[word]}{money}")
    workers = due.assignments["worker"].nunique()
    typer.echo(f"  {workers:,} workers; {_wages(hourly_wages(due.assignments))}")
    written = write_pay_sheet(writer, folder, place.phase, due) if write else None
    typer.echo(f"  wrote {place.project.path / written}" if written else f"  {_DRY}; to write: --write")


def _phases(projects_dir: Path | None, name: str, phase: str | None, write: bool) -> Iterator[_Phase]:
    """The project's phases that have result files, read afresh: money follows from nothing that is out of date."""
    from mturk_pipeline.folders.locks import hold_project

    site = Site.here(projects_dir)
    project = site.project(name)
    workflow = site.workflow_of(project)
    site.phase(workflow, phase)
    lock = hold_project(site.home, project.id, _LOCK_SECONDS) if write else nullcontext()
    seen = 0
    with lock:
        for each in [phase] if phase else list(workflow.phases):
            place = project_phase(site.home, project, site.workflow(project.workflow), each)
            files = [file.path for file in place.files(place.folders.batches)]
            if files:
                seen += 1
                yield _read(place, files)
    if not seen:
        where = workflow.folders(phase).batches if phase else "any phase"
        raise UserError(f"no result files in {where}", where=name, remedy="nothing to settle")


def _read(place: ProjectPhase, files: list[Path]) -> _Phase:
    from mturk_pipeline.answers.tidying import tidy
    from mturk_pipeline.crowd.suggestions import suggest_settlement
    from mturk_pipeline.intake.collecting import collect
    from mturk_pipeline.review.assignments_sheet import read_settle_words

    collected = collect(files, place.spec)
    suggestions = suggest_settlement(collected.assignments, tidy(collected.assignments, place.spec), place.spec)
    reviewed = [file.path for file in place.files(place.folders.reviewed)]
    words, problems = read_settle_words(reviewed, suggestions)
    aside = collected.set_aside
    unusable = int((aside["disposition"] != "superseded").sum())
    return _Phase(place, files, collected.assignments, unusable, suggestions, words, problems)


def _say_phase(found: _Phase) -> None:
    spent = spending(found.assignments, found.suggestions)
    typer.echo(f"{found.place.phase}: {spent.assignments:,} assignments, {spent.submitted:,} still Submitted")
    for line in _about(spent, hourly_wages(found.assignments)):
        typer.echo(f"  {line}")
    if floor := fee_floor(found.assignments[found.assignments["status"] != "Rejected"]):
        typer.echo(f"  {floor.sentence}")
    _say_unused(found)


def _say_unused(found: _Phase) -> None:
    """What of people's and the platform's files counts nowhere, and why."""
    if found.unusable_rows:
        rows = "1 row is" if found.unusable_rows == 1 else f"{found.unusable_rows:,} rows are"
        typer.echo(f"  {rows} quarantined or conflicting: settle on the site, by eye")
    if found.unknown_words:
        words = (
            "1 pay decision names an assignment"
            if found.unknown_words == 1
            else f"{found.unknown_words:,} pay decisions name assignments"
        )
        typer.echo(f"  {words} that this phase does not have")
    problems = found.problems.astype(object).where(found.problems.notna(), None)
    for row in problems.itertuples():
        parts = [("", row.source_file), ("sheet ", row.source_sheet), ("row ", row.source_row)]
        place = ", ".join(f"{word}{part}" for word, part in parts if part is not None)
        typer.echo(f"  {place}: {row.reason}", err=True)


def _about(spent: Spending, wages: Wages) -> Iterator[str]:
    yield f"cost so far {dollars(spent.approved)}, still to approve {dollars(spent.waiting)}, with fees"
    if spent.without_reward:
        yield f"{spent.without_reward:,} assignments without a reward are in no amount"
    if spent.unseen:
        text = f"{spent.unseen:,} approved because time ran out, nobody looked: {dollars(spent.unseen_cost)}"
        yield f"{text}; {spent.unseen_unusable:,} of them unusable ({dollars(spent.unseen_unusable_cost)})"
    yield _wages(wages)


def _wages(wages: Wages) -> str:
    if wages.median is None or wages.lowest_decile is None:
        return "hourly wage: unknown, no assignment has both reward and work time"
    left = f"; {wages.without_time:,} without a time left out" if wages.without_time else ""
    return f"hourly wage ${wages.median:.2f} (median), ${wages.lowest_decile:.2f} (lowest tenth){left}"


def _say_why(final: pd.DataFrame, suggestions: pd.DataFrame) -> None:
    """How many assignments go which way and why; whose they are stands in the workbook."""
    from mturk_pipeline.crowd.deciding_pay import WHY

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


def _write_uploads(found: _Phase, made: dict[str, bytes], write: bool) -> None:
    """Write the uploads, and take away earlier ones of which nothing is left to settle."""
    from mturk_pipeline.crowd.settlement_file import PREFIX
    from mturk_pipeline.workers.purging_files import anonymised_file
    from mturk_pipeline.workers.tombstones import forgotten

    place = found.place
    folder = place.folders.processed
    if not made:
        typer.echo("  nothing to upload" if write else f"  nothing to upload; {_DRY}")
    elif not write:
        typer.echo(f"  {_DRY}; to write: --write")
    if not write:
        return
    writer = place.writer()
    stones = forgotten(place.home)
    for name, content in made.items():
        changed = writer.write(f"{folder}/{name}", anonymised_file(content, stones))
        typer.echo(f"  {'wrote' if changed else 'unchanged:'} {place.project.path / folder / name}")
    for path in sorted((place.project.path / folder).glob(f"{PREFIX}*.csv")):
        if path.name not in made and ".kept-" not in path.name and writer.is_ours(path):
            writer.remove(f"{folder}/{path.name}")
            typer.echo(f"  took away {path.name}: nothing in it is left to settle")
    for kept in writer.kept:
        typer.echo(f"  changed by a person, kept as {kept}")


def _reward(text: str | None) -> Decimal | None:
    from mturk_pipeline.intake.amounts import money_of

    if text is None:
        return None
    amount = money_of(text)
    if amount is None:
        raise UserError(f"--reward {text}: is no amount in US dollars", remedy="write it as 0.05")
    return amount
