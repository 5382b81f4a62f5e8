"""People's decisions in a project's phase, and all that is kept of its review."""

from typing import TYPE_CHECKING, NamedTuple

from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.phase import ProjectPhase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from mturk_pipeline.review.decisions import Reviews
    from mturk_pipeline.review.review_book import ReviewBook
    from mturk_pipeline.review.review_journal import ReviewStore, Version


def review_store(phase: ProjectPhase, items: "pd.DataFrame | None" = None) -> "ReviewStore":
    """Journal, kept files and exports of the phase; DamagedJournal where it is damaged.

    What is asked about, in the keys of `items`, is not taken for workers' ids.
    """
    from mturk_pipeline.review.item_rows import key_columns
    from mturk_pipeline.review.review_journal import ReviewStore
    from mturk_pipeline.workers.id_replacement import replacement_for
    from mturk_pipeline.workers.ids_in_bytes import cells_without_ids

    known = replacement_for(phase.home)
    if items is not None:
        known = known.sparing(text for key in key_columns(phase.spec) for text in items[key].dropna().unique())
    folder = phase.project.path / ".mturk_pipeline" / "review" / phase.phase
    return ReviewStore(folder, lambda rows: cells_without_ids(rows, known)[0], known.in_file_name)


def seed_of(phase: ProjectPhase) -> str:
    """Seed of spot checks: the same for a project's phase each time."""
    return f"{phase.project.id}/{phase.phase}"


def read_reviews(phase: ProjectPhase, items: "pd.DataFrame") -> "Reviews":
    """Merge every saved version of every reviewed file into decisions on the rows of `items`; new versions are kept."""
    from dataclasses import replace

    import pandas as pd

    from mturk_pipeline.review.decisions import read_versions
    from mturk_pipeline.review.problems import problem_table

    store = review_store(phase, items)
    files = [f.path for f in phase.files(phase.folders.reviewed)]
    unread = store.note_files(files)

    def read(versions: "Sequence[Version]", kept: "Path | None" = None) -> "Reviews":
        return read_versions(versions, items, store.exports(), phase.spec, kept, store.clean)

    unread += store.parse_originals(files, lambda before, after: same_decisions(read(before), read(after)))
    reviews = read(store.versions(files), store.folder / "read")
    problems = problem_table([*store.problems(files), *unread])
    return replace(reviews, problems=pd.concat([problems, reviews.problems], ignore_index=True))


def same_decisions(before: "Reviews", after: "Reviews") -> bool:
    """Whether two reviews hold the same decisions, added rows and comments."""
    return before.decisions.equals(after.decisions) and all(
        table.equals(after.tables()[name]) for name, table in before.tables().items()
    )


def keep_reviews(phase: ProjectPhase, reviews: "Reviews") -> None:
    """Store reviews beside the asset of decisions, for whatever lays them over rows."""
    for name, table in reviews.tables().items():
        phase.keep(f"review_{name}", table)


def kept_reviews(phase: ProjectPhase, decisions: "pd.DataFrame") -> "Reviews":
    """Reviews stored by `keep_reviews`, with the table of the asset of decisions."""
    from mturk_pipeline.review.decisions import Reviews

    def kept(name: str) -> "pd.DataFrame":
        table = phase.table(f"review_{name}")
        if table is None:
            raise UserError(
                "decisions were not read since the upgrade", where=phase.phase, remedy="run the whole phase once"
            )
        return table

    return Reviews.of(decisions, kept)


class Tables(NamedTuple):
    """Tables of a phase's workbook, as the assets of these names hold them."""

    cleaned_output: "pd.DataFrame"
    reviewed: "pd.DataFrame"
    decisions: "pd.DataFrame"
    answers: "pd.DataFrame"
    workers: "pd.DataFrame"
    settlement: "pd.DataFrame"
    raw_output: "pd.DataFrame"


def book_of(phase: ProjectPhase, tables: Tables, last_export: tuple[str, str] | None) -> "ReviewBook":
    """The workbook of the phase."""
    from mturk_pipeline.intake.ancestors import item_inputs
    from mturk_pipeline.review.review_book import ReviewBook

    return ReviewBook(
        phase_name=phase.phase,
        phase=phase.spec,
        cleaned=tables.cleaned_output,
        answers=tables.answers,
        workers=tables.workers,
        reviewed=tables.reviewed,
        decisions=tables.decisions,
        problems=phase.table("review_problems"),
        settlement=tables.settlement,
        memory=phase.worker_memory(),
        inputs=item_inputs(tables.raw_output, phase.spec),
        give_back_to=phase.folders.reviewed,
        facts=_facts(phase),
        seed=seed_of(phase),
        last_export=last_export,
    )


def _facts(phase: ProjectPhase) -> dict[str, str]:
    """Lines on the sheet `about`: how trust was found, why few rows pass where few do, and slots that are no items."""
    from mturk_pipeline.intake.slots import slot_lines

    names = {"trust": "trust_notes", "why few rows pass": "passing_advice"}
    tables = {name: phase.table(table) for name, table in names.items()}
    facts = {name: "; ".join(t["note"]) for name, t in tables.items() if t is not None and not t.empty}
    raw = phase.table("raw_output")
    slots = "" if raw is None else "\n".join(slot_lines(raw, phase.spec))
    return {**facts, "slots": slots} if slots else facts


def tables_of(phase: ProjectPhase) -> Tables | None:
    """The tables of the last run; None where any was never made."""
    tables = {name: phase.table(name) for name in Tables._fields}
    made = {name: table for name, table in tables.items() if table is not None}
    return Tables(**made) if len(made) == len(tables) else None
