"""Review: what goes out to a person, what came back, and what is handed on."""

from collections.abc import Callable, Mapping
from typing import ClassVar

import pandas as pd

from mturk_pipeline.contracts.base import INTEGER, Column, Table
from mturk_pipeline.vocabulary.decisions import DECISIONS
from mturk_pipeline.vocabulary.queue_kinds import QUEUE_KINDS
from mturk_pipeline.vocabulary.row_statuses import ROW_STATUSES

TRUST_OF_ROW = Column(
    float,
    "Lowest trust of the gate fields; missing where a person gave or confirmed the values (accepted, fixed, added)",
    nullable=True,
    ge=0,
    le=1,
)


class CleanedOutput(Table):
    """One row per item (or record of its list) with the crowd's best guesses: what the workbook shows.

    Beside these columns stand one column per key (as the batch's input had it), and per field `f` three:
    `f` (best guess, missing for none), `f_trust` (0..1), `f_runners_up` (list),
    `f_outcome`, `f_detail`.
    """

    item_id = Column(str, "The item, or the record of its list, that the row is about", unique=True)
    parent_item_id = Column(str, "The item asked about; equal to item_id where the phase has no list")
    element = Column(str, "Which record of the item's list; '' for scalar fields")
    needs_review = Column(bool, "A gate field's trust is below its threshold")
    priority = Column(float, "Sum over the fields of error_weight x (1 - trust): worst first", ge=0)
    reasons = Column(str, "Why the row waits for a look, in words; '' where it passed")
    doubtful = Column(
        object, "List of the fields whose best guess is not accepted; of others than gates, where it is one"
    )
    answers = Column(int, "Assignments behind the row", ge=0)
    hit_ids = Column(object, "List of the HITIds behind the row")
    assignment_ids = Column(object, "List of the AssignmentIds behind the row")
    given = Column(str, "Digest of the different values given: tells whether later answers say something new")

    strict = False


class Decisions(Table):
    """A person's decisions on rows, each with file, sheet and row."""

    item_id = Column(str, "The row decided on")
    field = Column(str, "The field edited; '' for a decision on the whole row")
    decision = Column(str, "What it means; an edit alone is a fix, an unmatched row an addition", isin=DECISIONS)
    before = Column(str, "The value shown in the workbook", nullable=True)
    after = Column(str, "The value a person wrote", nullable=True)
    comment = Column(str, "The person's comment; '' where none")
    decided_at = Column(
        str, "When a file that says so was first seen, ISO 8601, UTC; '' where nothing is kept of files"
    )
    source_file = Column(str, "Reviewed file")
    source_sheet = Column(str, "Sheet, for a workbook", nullable=True)
    source_row = Column(int, "Row as a spreadsheet counts it", ge=1)
    seen = Column(bool, "Whether the row names its workbook; else an edit counts only where the crowd says otherwise")


class ReviewProblems(Table):
    """Unreadable entries in reviewed files, and what to do."""

    source_file = Column(str, "Reviewed file")
    source_sheet = Column(str, "Sheet, for a workbook", nullable=True)
    source_row = Column(INTEGER, "Row, where it is one row", nullable=True)
    column = Column(str, "Column, where it is one column", nullable=True)
    rule = Column(str, "Short name of the rule, such as 'unknown_decision'")
    reason = Column(str, "What is wrong and what to do, in one line")


class ReviewQueue(Table):
    """Rows that a person is to look at, in the order in which the workbook has them."""

    item_id = Column(str, "The row", unique=True)
    kind = Column(
        str,
        "Undecided; decided but answered since; or passed, and drawn by chance",
        isin=QUEUE_KINDS,
    )
    blind = Column(bool, "Trust and reasons are hidden in the workbook")
    priority = Column(float, "Sum over the fields of error_weight x (1 - trust)", ge=0)
    reasons = Column(str, "Why the row is here, in words")
    inclusion = Column(float, "Probability with which a spot check was drawn", nullable=True, gt=0, le=1)


class Reviewed(Table):
    """Cleaned output with people's decisions laid over it.

    Beside these columns stand one column per key and one per field, with the final value.
    """

    item_id = Column(str, "The item, or the record of its list; of an added row, its own", unique=True)
    parent_item_id = Column(str, "The item asked about; missing for an added row", nullable=True)
    element = Column(str, "Which record of the item's list; '' for scalar fields")
    status = Column(str, "Where the row stands", isin=ROW_STATUSES)
    verified = Column(bool, "A person has seen it; False for what passed automatically")
    trust = TRUST_OF_ROW
    comment = Column(str, "The person's comment; '' where none")
    look_again = Column(str, "Why a person has to look once more, in words; '' for no reason")
    inclusion = Column(
        float,
        "Probability with which the row was drawn as a spot check of what passes; missing where it was not",
        nullable=True,
        gt=0,
        le=1,
    )
    hit_ids = Column(object, "List of the HITIds behind the row")
    assignment_ids = Column(object, "List of the AssignmentIds behind the row")

    strict = False


def next_input_model(keys: tuple[str, ...]) -> type[Table]:
    """The contract of a next phase's input: its keys present in every row and together unique, `verified` said.

    Columns beside them are what the phases so far found and were given.
    """

    def keys_present(table: pd.DataFrame) -> bool:
        return all(k in table.columns and bool(table[k].notna().all()) for k in keys)

    def items_unique(table: pd.DataFrame) -> bool:
        named = [k for k in keys if k in table.columns]
        return not named or not table.duplicated(named).any()

    class NextInput(Table):
        """One row per item of the next phase, as it is uploaded."""

        strict = False
        checks: ClassVar[Mapping[str, Callable[[pd.DataFrame], bool]]] = {
            "keys_present": keys_present,
            "items_unique": items_unique,
        }

        verified = Column(str, "Whether a person has seen the row", isin=["yes", "unverified"])

    return NextInput
