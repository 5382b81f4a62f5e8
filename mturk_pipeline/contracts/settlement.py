"""Settlement: the quality of each assignment's work, and the suggestion for its pay."""

from mturk_pipeline.contracts.base import Column, Table
from mturk_pipeline.vocabulary.assignment_statuses import ASSIGNMENT_STATUSES

WORK = ["usable", "doubtful", "unusable"]
SUGGESTIONS = ["approve", "reject", "look", "none"]


class SettlementSuggestions(Table):
    """One row per assignment. Whether its answers are used is another decision, made elsewhere.

    That others said something else is never a reason here: only what stands in the assignment itself.
    """

    assignment_id = Column(str, "AssignmentId", unique=True)
    hit_id = Column(str, "HITId")
    batch_id = Column(str, "BatchId of the annotation; else the file's name")
    worker = Column(str, "Who it is, as in raw output")
    status = Column(str, "AssignmentStatus", isin=ASSIGNMENT_STATUSES)
    auto_approved = Column(bool, "Auto-approved: paid without anybody having looked")
    reward = Column(object, "Reward of the assignment, US dollars, Decimal", nullable=True)
    paid_by = Column(
        str, "Who pays it: the crowd's platform once approved, or the requester", isin=["platform", "hand"]
    )
    work = Column(str, "What the assignment itself shows, settled or not: unusable is hard evidence", isin=WORK)
    suggestion = Column(
        str,
        "approve; reject (unusable); look (doubtful: a person decides); none (settled already, or the worker is "
        "not known)",
        isin=SUGGESTIONS,
    )
    reason = Column(str, "Feedback for a rejected worker, one line; '' where the work is usable")
    evidence = Column(str, "What speaks against the work, for the requester; '' where nothing")
