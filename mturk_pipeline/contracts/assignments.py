"""Raw output: one row per assignment that counts, united over all result files of a phase."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Moment, Table
from mturk_pipeline.vocabulary.dispositions import DISPOSITIONS


class Assignments(Table):
    """One worker's submitted work on one HIT.

    Beside these columns stand the file's own `Input.<name>` and `Answer.<name>` columns, as the text that the
    file held (a blank cell is missing; Mechanical Turk's `{}` is kept: `answers` decides what it means), without
    what a spreadsheet had done to it: `mended` keeps the file's text.
    """

    item_id: Series[str] = pa.Field(
        description="The item asked about: letters with a checksum, from its normalised keys"
    )
    assignment_id: Series[str] = pa.Field(
        unique=True, description="AssignmentId; made from file and row where a platform has none"
    )
    hit_id: Series[str] = pa.Field(description="HITId")
    worker_id: Series[str] = pa.Field(description="WorkerId as the platform wrote it")
    worker: Series[str] = pa.Field(description="Who it is: provider, server and worker_id joined by ':'")
    provider: Series[str] = pa.Field(isin=["mturk", "turkle"], description="Which platform's format the file has")
    batch_id: Series[str] = pa.Field(description="BatchId of the annotation; else the file's name")
    instruction_version: Series[str] = pa.Field(
        nullable=True, description="Version of the instructions, where the batch gives one"
    )
    hit_type_id: Series[str] = pa.Field(nullable=True, description="HITTypeId")
    title: Series[str] = pa.Field(nullable=True, description="Title of the HIT")
    status: Series[str] = pa.Field(isin=["Submitted", "Approved", "Rejected"], description="AssignmentStatus")
    auto_approved: Series[bool] = pa.Field(
        description="Approved because time ran out: approved_at is not before auto_approval_at"
    )
    reward: Series[object] = pa.Field(nullable=True, description="Reward of the assignment, US dollars, Decimal")
    max_assignments: Series[pd.Int64Dtype] = pa.Field(nullable=True, description="Answers asked for on this HIT")
    expires_at: Series[Moment] = pa.Field(
        nullable=True, description="Expiration, UTC: from then on nobody can take the HIT"
    )
    accepted_at: Series[Moment] = pa.Field(nullable=True, description="AcceptTime, UTC")
    submitted_at: Series[Moment] = pa.Field(nullable=True, description="SubmitTime, UTC")
    auto_approval_at: Series[Moment] = pa.Field(nullable=True, description="AutoApprovalTime, UTC")
    approved_at: Series[Moment] = pa.Field(nullable=True, description="ApprovalTime, UTC")
    rejected_at: Series[Moment] = pa.Field(nullable=True, description="RejectionTime, UTC")
    requester_feedback: Series[str] = pa.Field(nullable=True, description="RequesterFeedback: what the worker was told")
    work_seconds: Series[float] = pa.Field(
        nullable=True, ge=0, description="WorkTimeInSeconds: accept to submit, seconds"
    )
    approval_rate: Series[float] = pa.Field(
        nullable=True,
        ge=0,
        le=1,
        description="Lifetime approval rate with this requester; missing for a new worker",
    )
    approved_before: Series[pd.Int64Dtype] = pa.Field(
        nullable=True, description="Assignments approved before, lifetime, with this requester"
    )
    submitted_before: Series[pd.Int64Dtype] = pa.Field(
        nullable=True, description="Assignments judged before, lifetime, with this requester"
    )
    source_file: Series[str] = pa.Field(description="Name of the result file")
    source_sheet: Series[str] = pa.Field(nullable=True, description="Sheet, for a workbook")
    source_row: Series[int] = pa.Field(ge=1, description="Row as a spreadsheet counts it: the header is row 1")
    mended: Series[str] = pa.Field(
        nullable=True,
        description="Cells that a spreadsheet had damaged, as JSON: column -> [the file's text, what was undone]",
    )

    class Config(Table.Config):
        # Input.* and Answer.* differ from batch to batch.
        strict = False


class SetAside(Table):
    """Every row of a result file that is not in raw output, and why: nothing is lost."""

    source_file: Series[str] = pa.Field(description="Name of the result file")
    source_sheet: Series[str] = pa.Field(nullable=True, description="Sheet, for a workbook")
    source_row: Series[int] = pa.Field(ge=1, description="Row as a spreadsheet counts it: the header is row 1")
    disposition: Series[str] = pa.Field(
        isin=DISPOSITIONS,
        description=(
            "superseded by a later state of the same assignment; quarantined as unusable; conflicting with another "
            "row of the same AssignmentId"
        ),
    )
    rule: Series[str] = pa.Field(description="Short name of the rule, such as 'no_worker'")
    reason: Series[str] = pa.Field(description="What is wrong and what to do, in one line without personal data")
    assignment_id: Series[str] = pa.Field(nullable=True, description="AssignmentId, where the row has one")
    row: Series[str] = pa.Field(description="The whole row as JSON, so that it can be mended and handed in again")


class ResultFiles(Table):
    """One row per result file: rows = used + superseded + quarantined + conflicting."""

    source_file: Series[str] = pa.Field(unique=True, description="Name of the result file")
    dialect: Series[str] = pa.Field(
        nullable=True,
        description="Format recognised: mturk_batch, mturk_command_line, mturk_api, turkle; missing for a broken file",
    )
    encoding: Series[str] = pa.Field(nullable=True, description="Text encoding found, for text files")
    rows: Series[int] = pa.Field(ge=0, description="Rows with data in the file")
    used: Series[int] = pa.Field(ge=0, description="Rows in raw output")
    superseded: Series[int] = pa.Field(ge=0, description="Rows replaced by a later state of the same assignment")
    quarantined: Series[int] = pa.Field(ge=0, description="Rows that could not be used")
    conflicting: Series[int] = pa.Field(ge=0, description="Rows that contradict another row of the same AssignmentId")
    problem: Series[str] = pa.Field(
        nullable=True,
        description="Why the whole file could not be read, and what to do; missing for a good file",
    )
