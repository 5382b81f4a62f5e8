"""Review files of a phase: written, and recorded in the history of exports."""

from typing import Protocol

from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.review.review_journal import ReviewStore
from mturk_pipeline.review.workbook import rest_csv, workbook_bytes


class Writer(Protocol):
    """What writes into a project's folders, such as `ProjectWriter`."""

    def write(self, name: str, content: bytes) -> bool: ...

    def remove(self, name: str) -> bool: ...


def write_review(writer: Writer, folder: str, book: ReviewBook, store: ReviewStore) -> list[str]:
    """Write `review_<phase>.xlsx` and, where it has no room for all, `review_<phase>_rest.csv`; returns their names.

    `folder` is relative to the project; `store` remembers what the workbook shows, before anybody can see it.
    """
    store.note_export(book.export, book.content, book.shown)
    name = f"{folder}/review_{book.phase_name}.xlsx"
    writer.write(name, workbook_bytes(book))
    written, rest, beside = [name], rest_csv(book), f"{folder}/review_{book.phase_name}_rest.csv"
    if rest is None:
        writer.remove(beside)
    else:
        writer.write(beside, rest)
        written.append(beside)
    return written
