"""Reading what people decided in a project's phase, with all that is kept of it."""

from typing import TYPE_CHECKING, NamedTuple

import dagster as dg

from mturk_pipeline.orchestration.workspace import PhaseOfProject

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.review.reading import Reviews
    from mturk_pipeline.review.review_book import ReviewBook
    from mturk_pipeline.review.store import ReviewStore


def review_store(place: PhaseOfProject) -> "ReviewStore":
    """Journal, originals and exports of the phase; Failure, in one line, where the journal is damaged."""
    from mturk_pipeline.review.store import DamagedJournal, ReviewStore
    from mturk_pipeline.workers.purging_files import anonymised_file
    from mturk_pipeline.workers.tombstones import forgotten

    stones = forgotten(place.home)
    folder = place.project.path / ".mturk_pipeline" / "review" / place.phase
    try:
        return ReviewStore(folder, lambda content: anonymised_file(content, stones))
    except DamagedJournal as error:
        raise dg.Failure(f"{place.project.name}: {error}", allow_retries=False) from None


def seed_of(place: PhaseOfProject) -> str:
    """For the drawing of spot checks: a project's phase always draws alike."""
    return f"{place.project.id}/{place.phase}"


def reviews_of(place: PhaseOfProject, cleaned: "pd.DataFrame") -> "Reviews":
    """What all files that ever came back come to, on the rows of `cleaned`; new originals are kept."""
    from dataclasses import replace

    import pandas as pd

    from mturk_pipeline.review.problems import problem_table
    from mturk_pipeline.review.reading import read_versions

    store = review_store(place)
    files = [f.path for f in place.files(place.folders.reviewed)]
    unread = problem_table(store.note_files(files))
    reviews = read_versions(store.versions(files), cleaned, store.exports(), place.spec, store.folder / "read")
    return replace(reviews, problems=pd.concat([unread, reviews.problems], ignore_index=True))


class Tables(NamedTuple):
    """What a phase's workbook is made of, as the assets of these names hold it."""

    cleaned_output: "pd.DataFrame"
    reviewed: "pd.DataFrame"
    decisions: "pd.DataFrame"
    answers: "pd.DataFrame"
    workers: "pd.DataFrame"
    settlement: "pd.DataFrame"


def book_of(place: PhaseOfProject, tables: Tables, last_export: tuple[str, str] | None) -> "ReviewBook":
    """The workbook of the phase."""
    from mturk_pipeline.review.review_book import ReviewBook

    notes = place.table("trust_notes")
    return ReviewBook(
        phase_name=place.phase,
        phase=place.spec,
        cleaned=tables.cleaned_output,
        answers=tables.answers,
        workers=tables.workers,
        reviewed=tables.reviewed,
        decisions=tables.decisions,
        problems=place.table("review_problems"),
        settlement=tables.settlement,
        memory=place.worker_memory(),
        give_back_to=place.folders.reviewed,
        facts={} if notes is None or notes.empty else {"trust": "; ".join(notes["note"])},
        seed=seed_of(place),
        last_export=last_export,
    )


def tables_of(place: PhaseOfProject) -> Tables | None:
    """The tables as the last run left them; None where any was never made."""
    found = {name: place.table(name) for name in Tables._fields}
    made = {name: table for name, table in found.items() if table is not None}
    return Tables(**made) if len(made) == len(found) else None


def decided_so_far(place: PhaseOfProject) -> "pd.DataFrame | None":
    """Contract `Reviewed` from the files of now, on the rows of the run before; None before the first run.

    Trust learns from it: the rows of this run are made of what trust finds.
    """
    from mturk_pipeline.review.cleaning import field_columns, key_columns
    from mturk_pipeline.review.deciding import apply_decisions

    cleaned = place.table("cleaned_output")
    wanted = {*key_columns(place.spec), *(column for field in place.spec.fields for column in field_columns(field))}
    if cleaned is None or not wanted <= set(cleaned.columns):
        # The phase's settings changed: the next run knows.
        return None
    return apply_decisions(cleaned, reviews_of(place, cleaned), place.spec, seed_of(place))


def mail_truth(place: PhaseOfProject, reviewed: "pd.DataFrame | None") -> "pd.DataFrame | None":
    """What became of mail to the leads of the run before, as truth; None where nothing is known.

    Parameters
    ----------
    reviewed
        What `decided_so_far` gave.
    """
    from mturk_pipeline.leads.outcome_truth import outcomes_as_truth
    from mturk_pipeline.leads.outcomes import read_outcomes
    from mturk_pipeline.orchestration.outcome_files import outcome_files

    files, leads = outcome_files(place), place.all_leads()
    if not files or leads is None or reviewed is None:
        return None
    return outcomes_as_truth(read_outcomes([f.path for f in files]).outcomes, leads, reviewed, place.spec)
