"""The review workbook, which a person works through in Excel or LibreOffice."""

from mturk_pipeline.review.review_book import MOST_ROWS, ReviewBook
from mturk_pipeline.review.review_sheets import SHEETS, review_rows
from mturk_pipeline.sheets import workbook_writer
from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes


def workbook_bytes(book: ReviewBook) -> bytes:
    """The workbook of `book`; the same tables give the same bytes."""
    plans = [make(book) for make in SHEETS]
    return workbook_writer.workbook_bytes([plan for plan in plans if plan is not None])


def rest_csv(book: ReviewBook) -> bytes | None:
    """The waiting rows that the workbook has no room for, as CSV to be written beside it; None for none.

    It is read back like the workbook. Text that looks like a formula has an apostrophe in front.
    """
    rest = review_rows(book).iloc[MOST_ROWS:]
    return csv_bytes(rest, bom=True) if len(rest) else None
