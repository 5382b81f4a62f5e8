"""Review: what goes out to a person, what came back, and what is handed on."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Table
from mturk_pipeline.vocabulary.decisions import DECISIONS
from mturk_pipeline.vocabulary.row_statuses import ROW_STATUSES


class CleanedOutput(Table):
    """One row per item (or record of its list): what the crowd's answers come to. What the workbook shows.

    Beside these columns stand one column per key (as the batch's input had it), and per field `f` three:
    `f` (best guess, missing for none), `f_trust` (0..1), `f_runners_up` (list).
    """

    item_id: Series[str] = pa.Field(
        unique=True, description="The item, or the record of its list, that the row is about"
    )
    parent_item_id: Series[str] = pa.Field(
        description="The item asked about; equal to item_id where the phase has no list"
    )
    element: Series[str] = pa.Field(description="Which record of the item's list; '' for scalar fields")
    needs_review: Series[bool] = pa.Field(description="A gate field's trust is below its threshold")
    priority: Series[float] = pa.Field(ge=0, description="Sum over the fields of cost x (1 - trust): worst first")
    reasons: Series[str] = pa.Field(description="Why the row waits for a look, in words; '' where it passed")
    answers: Series[int] = pa.Field(ge=0, description="Assignments behind the row")
    hit_ids: Series[object] = pa.Field(description="List of the HITIds behind the row")
    assignment_ids: Series[object] = pa.Field(description="List of the AssignmentIds behind the row")

    class Config(Table.Config):
        strict = False


class Decisions(Table):
    """Each thing that a person said about a row, with where it was said."""

    item_id: Series[str] = pa.Field(description="The row decided on")
    field: Series[str] = pa.Field(description="The field edited; '' for a decision on the whole row")
    decision: Series[str] = pa.Field(
        isin=DECISIONS,
        description="What it means; an edit alone is a fix, an unmatched row an addition",
    )
    before: Series[str] = pa.Field(nullable=True, description="The value shown in the workbook")
    after: Series[str] = pa.Field(nullable=True, description="The value a person wrote")
    comment: Series[str] = pa.Field(description="The person's comment; '' where none")
    decided_at: Series[str] = pa.Field(
        description="When a file that says so was first seen, ISO 8601, UTC; '' where nothing is kept of files"
    )
    source_file: Series[str] = pa.Field(description="Reviewed file")
    source_sheet: Series[str] = pa.Field(nullable=True, description="Sheet, for a workbook")
    source_row: Series[int] = pa.Field(ge=1, description="Row as a spreadsheet counts it")


class ReviewProblems(Table):
    """What could not be understood in a reviewed file, and what to do."""

    source_file: Series[str] = pa.Field(description="Reviewed file")
    source_sheet: Series[str] = pa.Field(nullable=True, description="Sheet, for a workbook")
    source_row: Series[pd.Int64Dtype] = pa.Field(nullable=True, description="Row, where it is one row")
    column: Series[str] = pa.Field(nullable=True, description="Column, where it is one column")
    rule: Series[str] = pa.Field(description="Short name of the rule, such as 'unknown_decision'")
    reason: Series[str] = pa.Field(description="What is wrong and what to do, in one line")


class ReviewQueue(Table):
    """Rows that a person is to look at, in the order in which the workbook has them."""

    item_id: Series[str] = pa.Field(unique=True, description="The row")
    kind: Series[str] = pa.Field(
        isin=["waiting", "look_again", "spot_check"],
        description="Undecided; decided but answered since; or passed, and drawn by chance",
    )
    blind: Series[bool] = pa.Field(description="Trust and reasons are hidden in the workbook")
    priority: Series[float] = pa.Field(ge=0, description="Sum over the fields of cost x (1 - trust)")
    reasons: Series[str] = pa.Field(description="Why the row is here, in words")
    inclusion: Series[float] = pa.Field(
        nullable=True, gt=0, le=1, description="Probability with which a spot check was drawn"
    )


class Reviewed(Table):
    """Cleaned output with people's decisions laid over it.

    Beside these columns stand one column per key and one per field, with the final value.
    """

    item_id: Series[str] = pa.Field(
        unique=True, description="The item, or the record of its list; of an added row, its own"
    )
    parent_item_id: Series[str] = pa.Field(nullable=True, description="The item asked about; missing for an added row")
    element: Series[str] = pa.Field(description="Which record of the item's list; '' for scalar fields")
    status: Series[str] = pa.Field(isin=ROW_STATUSES, description="Where the row stands")
    verified: Series[bool] = pa.Field(description="A person has seen it; False for what passed automatically")
    trust: Series[float] = pa.Field(
        nullable=True, ge=0, le=1, description="Lowest trust of the gate fields; missing for an added row"
    )
    comment: Series[str] = pa.Field(description="The person's comment; '' where none")
    look_again: Series[str] = pa.Field(description="Why a person has to look once more, in words; '' for no reason")
    inclusion: Series[float] = pa.Field(
        nullable=True,
        gt=0,
        le=1,
        description="Probability with which the row was drawn as a spot check of what passes; missing where it was not",
    )
    hit_ids: Series[object] = pa.Field(description="List of the HITIds behind the row")
    assignment_ids: Series[object] = pa.Field(description="List of the AssignmentIds behind the row")

    class Config(Table.Config):
        strict = False


def next_input_model(keys: tuple[str, ...]) -> type[Table]:
    """The contract of a next phase's input: its keys present in every row and together unique, `verified` said.

    Columns beside them are what the phases so far found and were given.
    """

    class NextInput(Table):
        """One row per item of the next phase, as it is uploaded."""

        verified: Series[str] = pa.Field(isin=["yes", "unverified"], description="Whether a person has seen the row")

        class Config(Table.Config):
            strict = False

        @pa.dataframe_check(name="keys_present")
        def keys_present(cls, frame: pd.DataFrame) -> bool:
            return all(k in frame.columns and bool(frame[k].notna().all()) for k in keys)

        @pa.dataframe_check(name="items_unique")
        def items_unique(cls, frame: pd.DataFrame) -> bool:
            named = [k for k in keys if k in frame.columns]
            return not named or not frame.duplicated(named).any()

    return NextInput
