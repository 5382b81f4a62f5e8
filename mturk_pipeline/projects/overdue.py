"""How long the rows of a phase have waited for a person."""

from typing import TYPE_CHECKING

from mturk_pipeline.errors import UserError
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import review_store
from mturk_pipeline.vocabulary.queue_kinds import WAITING

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.review.deadlines import Waiting


def waiting_in(phase: ProjectPhase, queue: "pd.DataFrame") -> "Waiting":
    """How long the rows of `queue` wait; DamagedJournal where it is damaged."""
    from mturk_pipeline.review.deadlines import waiting, waiting_since

    store = review_store(phase)
    return waiting(waiting_since(store.exports(), store.times(), queue), phase.spec.review_within_days)


def overdue_words(phase: ProjectPhase) -> str:
    """ ", 12 of them overdue": of the undecided rows, for a sentence that says how many there are; '' for none."""
    queue = phase.table("review_queue")
    if queue is None or queue.empty or phase.spec.review_within_days is None:
        return ""
    try:
        waits = waiting_in(phase, queue[queue["kind"] == WAITING])
    except UserError:
        return ""
    return f", {waits.overdue} of them overdue" if waits.overdue else ""
