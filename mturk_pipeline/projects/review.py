"""Reading what people decided in a project's phase, with all that is kept of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from mturk_pipeline.folders.watching import WatchedFile
from mturk_pipeline.projects.outcome_files import outcome_files
from mturk_pipeline.projects.phase import ProjectPhase

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.review.reading import Reviews
    from mturk_pipeline.review.review_book import ReviewBook
    from mturk_pipeline.review.store import ReviewStore
    from mturk_pipeline.trust.judged import Judged
    from mturk_pipeline.trust.votes import Ballots


def review_store(place: ProjectPhase) -> "ReviewStore":
    """Journal, originals and exports of the phase; DamagedJournal where it is damaged."""
    from mturk_pipeline.review.store import ReviewStore
    from mturk_pipeline.workers.purging_files import anonymised_file
    from mturk_pipeline.workers.tombstones import forgotten

    stones = forgotten(place.home)
    folder = place.project.path / ".mturk_pipeline" / "review" / place.phase
    return ReviewStore(folder, lambda content: anonymised_file(content, stones))


def seed_of(place: ProjectPhase) -> str:
    """For the drawing of spot checks: a project's phase always draws alike."""
    return f"{place.project.id}/{place.phase}"


def reviews_of(place: ProjectPhase, cleaned: "pd.DataFrame") -> "Reviews":
    """What all files that ever came back come to, on the rows of `cleaned`; new originals are kept."""
    from dataclasses import replace

    import pandas as pd

    from mturk_pipeline.review.problems import problem_table
    from mturk_pipeline.review.reading import read_versions

    store = review_store(place)
    files = [f.path for f in place.files(place.folders.reviewed)]
    unread = problem_table([*store.problems(), *store.note_files(files)])
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


def book_of(place: ProjectPhase, tables: Tables, last_export: tuple[str, str] | None) -> "ReviewBook":
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


def tables_of(place: ProjectPhase) -> Tables | None:
    """The tables as the last run left them; None where any was never made."""
    found = {name: place.table(name) for name in Tables._fields}
    made = {name: table for name, table in found.items() if table is not None}
    return Tables(**made) if len(made) == len(found) else None


class RawTables(NamedTuple):
    """What rows are made of."""

    consensus: "pd.DataFrame"
    answers: "pd.DataFrame"
    assignments: "pd.DataFrame"


def judged_so_far(place: ProjectPhase, votes: "Ballots", tables: RawTables) -> "Judged | None":
    """What people decided, and what became of mail, as truth for `votes`; None where neither says anything."""
    from mturk_pipeline.review.cleaning import clean
    from mturk_pipeline.review.deciding import apply_decisions
    from mturk_pipeline.trust.judged import judged_of, with_outcomes

    mail = outcome_files(place)
    if not mail and not place.files(place.folders.reviewed) and not review_store(place).versions([]):
        return None
    cleaned = clean(tables.consensus, tables.answers, tables.assignments, place.spec)
    reviewed = apply_decisions(cleaned, reviews_of(place, cleaned), place.spec, seed_of(place))
    judged = judged_of(votes, reviewed, place.spec)
    if mail:
        judged = with_outcomes(judged, votes, _mail_truth(place, mail, reviewed, tables), place.spec)
    return judged


def _mail_truth(
    place: ProjectPhase, files: Sequence[WatchedFile], reviewed: "pd.DataFrame", tables: RawTables
) -> "pd.DataFrame":
    """What became of mail to the phase's leads, as truth."""
    from mturk_pipeline.leads.gathering import gather_leads
    from mturk_pipeline.leads.outcome_truth import outcomes_as_truth
    from mturk_pipeline.leads.outcomes import read_outcomes

    leads = gather_leads(reviewed, tables.consensus, place.spec, place.workflow.leads)
    return outcomes_as_truth(read_outcomes([f.path for f in files]).outcomes, leads, reviewed, place.spec)
