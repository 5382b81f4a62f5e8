"""Answers: one row per value that a worker gave for an item and a field."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Moment, Table
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, EVIDENCE


class Answers(Table):
    """Tidy answers of a phase, long.

    An assignment has at least one row for each scalar field (state `blank` where nothing was said) and one row
    per field of each record it listed; several values in one field are several rows. An item that nobody
    answered has none: that is `missing`.
    """

    item_id: Series[str] = pa.Field(description="The item asked about")
    element: Series[str] = pa.Field(
        description="For a list of records: which record of the item it is; '' for scalar fields"
    )
    field: Series[str] = pa.Field(description="The field asked")
    worker: Series[str] = pa.Field(description="Who answered: provider:server:id")
    raw: Series[str] = pa.Field(nullable=True, description="What the cell held, untouched")
    value: Series[str] = pa.Field(
        nullable=True, description="The normalised value; present exactly where state is valid"
    )
    state: Series[str] = pa.Field(
        isin=ANSWER_STATES, description="blank, none_declared ('there is none'), invalid or valid"
    )
    suspicious: Series[bool] = pa.Field(
        description="Valid in form but unlikely to be real: never accepted without a look"
    )
    note: Series[str] = pa.Field(description="Why it is invalid, suspicious or was changed, in words; '' where plain")
    evidence: Series[str] = pa.Field(
        isin=EVIDENCE,
        description=(
            "What an invalid answer speaks for: near_miss (looks like a value, so for one), none_in_words (for none), "
            "junk (for neither); '' for all other states"
        ),
    )
    answer_column: Series[str] = pa.Field(description="The file's column, such as Answer.email_1")
    slot: Series[pd.Int64Dtype] = pa.Field(
        nullable=True, description="Place in the worker's list of records (the n of the column)"
    )
    hit_id: Series[str] = pa.Field(description="HITId")
    assignment_id: Series[str] = pa.Field(description="AssignmentId")
    submitted_at: Series[Moment] = pa.Field(nullable=True, description="SubmitTime, UTC")
    work_seconds: Series[float] = pa.Field(nullable=True, description="Accept to submit, seconds")
    source_file: Series[str] = pa.Field(description="Name of the result file")
    source_sheet: Series[str] = pa.Field(nullable=True, description="Sheet, for a workbook")
    source_row: Series[int] = pa.Field(description="Row as a spreadsheet counts it")
