"""Answers: one row per value that a worker gave for an item and a field."""

from mturk_pipeline.contracts.base import INTEGER, MOMENT, Column, Table
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, EVIDENCE


class Answers(Table):
    """Tidy answers of a phase, long.

    An assignment has at least one row for each scalar field (state `blank` where nothing was said) and one row
    per field of each record it listed; several values in one field are several rows. An item that nobody
    answered has none: that is `missing`.
    """

    item_id = Column(str, "The item asked about")
    element = Column(str, "For a list of records: which record of the item it is; '' for scalar fields")
    field = Column(str, "The field asked")
    worker = Column(str, "Who answered: as in raw output")
    raw = Column(str, "What the cell held, untouched", nullable=True)
    value = Column(str, "The normalised value; present exactly where state is valid", nullable=True)
    state = Column(str, "blank, none_declared ('there is none'), invalid or valid", isin=ANSWER_STATES)
    suspicious = Column(bool, "Valid in form but unlikely to be real: never accepted without a look")
    note = Column(str, "Why it is invalid, suspicious or was changed, in words; '' where plain")
    evidence = Column(
        str,
        "What an invalid answer speaks for: near_miss (looks like a value, so for one), none_in_words (for none), "
        "junk (for neither); '' for all other states",
        isin=EVIDENCE,
    )
    answer_column = Column(str, "The file's column, such as Answer.email_1")
    slot = Column(INTEGER, "Place in the worker's list of records (the n of the column)", nullable=True)
    hit_id = Column(str, "HITId")
    assignment_id = Column(str, "AssignmentId")
    submitted_at = Column(MOMENT, "SubmitTime, UTC", nullable=True)
    work_seconds = Column(float, "Accept to submit, seconds", nullable=True)
    source_file = Column(str, "Name of the result file")
    source_sheet = Column(str, "Sheet, for a workbook", nullable=True)
    source_row = Column(int, "Row as a spreadsheet counts it")
