"""The queue of what waits for a person, and the workbook that they work through."""

from typing import NamedTuple

from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import Tables, book_of, review_store
from mturk_pipeline.review.exports import write_review
from mturk_pipeline.review.review_book import ReviewBook


class WrittenReview(NamedTuple):
    """The workbook, the names of the files written, and of those that a person had changed, set aside."""

    book: ReviewBook
    files: list[str]
    kept: list[str]


def make_review_queue(phase: ProjectPhase, tables: Tables) -> WrittenReview:
    """Write the review workbook of a phase into its folder."""
    store, writer = review_store(phase), phase.writer()
    book = book_of(phase, tables, store.last_export())
    written = write_review(writer, phase.folders.processed, book, store)
    return WrittenReview(book, list(written), writer.kept)
