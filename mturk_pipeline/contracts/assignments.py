"""Raw output: one row per assignment that counts, united over all result files of a phase."""

from mturk_pipeline.contracts.base import INTEGER, MOMENT, Column, Table
from mturk_pipeline.providers import PROVIDERS
from mturk_pipeline.vocabulary.assignment_statuses import ASSIGNMENT_STATUSES
from mturk_pipeline.vocabulary.dispositions import DISPOSITIONS


class Assignments(Table):
    """One worker's submitted work on one HIT.

    Beside these columns stand the file's own `Input.<name>` and `Answer.<name>` columns, as the text that the
    file held (a blank cell is missing; Mechanical Turk's `{}` is kept: `answers` decides what it means), without
    what a spreadsheet had done to it: `mended` keeps the file's text.
    """

    item_id = Column(
        str,
        "The item asked about: letters with a checksum, from its normalised keys; the HIT's if that has several",
    )
    assignment_id = Column(str, "AssignmentId; made from file and row where a platform has none", unique=True)
    hit_id = Column(str, "HITId")
    worker = Column(str, "Who it is: in a project's tables a surrogate, else provider, server and id joined by ':'")
    provider = Column(str, "Which platform's format the file has", isin=PROVIDERS)
    batch_id = Column(str, "BatchId of the annotation; else the file's name")
    instruction_version = Column(str, "Version of the instructions, where the batch gives one", nullable=True)
    hit_type_id = Column(str, "HITTypeId", nullable=True)
    title = Column(str, "Title of the HIT", nullable=True)
    status = Column(str, "AssignmentStatus", isin=ASSIGNMENT_STATUSES)
    auto_approved = Column(bool, "Auto-approved: approved_at is not before auto_approval_at")
    reward = Column(object, "Reward of the assignment, US dollars, Decimal", nullable=True)
    max_assignments = Column(INTEGER, "Answers asked for on this HIT", nullable=True)
    expires_at = Column(MOMENT, "Expiration, UTC: from then on nobody can take the HIT", nullable=True)
    accepted_at = Column(MOMENT, "AcceptTime, UTC", nullable=True)
    submitted_at = Column(MOMENT, "SubmitTime, UTC", nullable=True)
    auto_approval_at = Column(MOMENT, "AutoApprovalTime, UTC", nullable=True)
    approved_at = Column(MOMENT, "ApprovalTime, UTC", nullable=True)
    rejected_at = Column(MOMENT, "RejectionTime, UTC", nullable=True)
    requester_feedback = Column(str, "RequesterFeedback: the requester's words to the worker", nullable=True)
    work_seconds = Column(float, "WorkTimeInSeconds: accept to submit, seconds", nullable=True, ge=0)
    approval_rate = Column(
        float, "Lifetime approval rate with this requester; missing for a new worker", nullable=True, ge=0, le=1
    )
    approved_before = Column(INTEGER, "Assignments approved before, lifetime, with this requester", nullable=True)
    submitted_before = Column(INTEGER, "Assignments judged before, lifetime, with this requester", nullable=True)
    source_file = Column(str, "Name of the result file")
    source_sheet = Column(str, "Sheet, for a workbook", nullable=True)
    source_row = Column(int, "Row as a spreadsheet counts it: the header is row 1", ge=1)
    mended = Column(
        str,
        "Cells that a spreadsheet had damaged, as JSON: column -> [the file's text, what was undone]",
        nullable=True,
    )

    strict = False


class SetAside(Table):
    """Every row of a result file that is not in raw output, and why: nothing is lost."""

    source_file = Column(str, "Name of the result file")
    source_sheet = Column(str, "Sheet, for a workbook", nullable=True)
    source_row = Column(int, "Row as a spreadsheet counts it: the header is row 1", ge=1)
    disposition = Column(
        str,
        "superseded by a later state of the same assignment; quarantined as unusable; conflicting with another "
        "row of the same AssignmentId",
        isin=DISPOSITIONS,
    )
    rule = Column(str, "Short name of the rule, such as 'no_worker'")
    reason = Column(str, "What is wrong and what to do, in one line without personal data")
    assignment_id = Column(str, "AssignmentId, where the row has one", nullable=True)
    worker = Column(str, "Who it is, as in raw output, where the row names one", nullable=True)
    row = Column(str, "The whole row as JSON; in a project's tables with the worker's surrogate")


class ResultFiles(Table):
    """One row per result file: rows = used + superseded + quarantined + conflicting."""

    source_file = Column(str, "Name of the result file", unique=True)
    dialect = Column(str, "Format recognised; missing for a broken file", nullable=True)
    encoding = Column(str, "Text encoding found, for text files", nullable=True)
    rows = Column(int, "Rows with data in the file", ge=0)
    used = Column(int, "Rows in raw output", ge=0)
    superseded = Column(int, "Rows replaced by a later state of the same assignment", ge=0)
    quarantined = Column(int, "Rows that could not be used", ge=0)
    conflicting = Column(int, "Rows that contradict another row of the same AssignmentId", ge=0)
    problem = Column(
        str, "Why the whole file could not be read, and what to do; missing for a good file", nullable=True
    )
