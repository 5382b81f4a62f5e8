"""Settlement: what each assignment's work looks like, and what is suggested for its pay."""

import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Table

WORK = ["usable", "doubtful", "unusable"]
SUGGESTIONS = ["approve", "reject", "look", "none"]


class SettlementSuggestions(Table):
    """One row per assignment. Whether its answers are used is another decision, made elsewhere.

    That others said something else is never a reason here: only what stands in the assignment itself.
    """

    assignment_id: Series[str] = pa.Field(unique=True, description="AssignmentId")
    hit_id: Series[str] = pa.Field(description="HITId")
    batch_id: Series[str] = pa.Field(description="BatchId of the annotation; else the file's name")
    worker: Series[str] = pa.Field(description="Who it is: provider:server:id")
    worker_id: Series[str] = pa.Field(description="WorkerId as the platform wrote it")
    status: Series[str] = pa.Field(isin=["Submitted", "Approved", "Rejected"], description="AssignmentStatus")
    auto_approved: Series[bool] = pa.Field(description="Approved because time ran out: paid, and nobody looked")
    reward: Series[object] = pa.Field(nullable=True, description="Reward of the assignment, US dollars, Decimal")
    paid_by: Series[str] = pa.Field(
        isin=["platform", "hand"], description="Who pays it: the crowd's platform once approved, or the requester"
    )
    work: Series[str] = pa.Field(
        isin=WORK, description="What the assignment itself shows, settled or not: unusable is hard evidence"
    )
    suggestion: Series[str] = pa.Field(
        isin=SUGGESTIONS,
        description=(
            "approve; reject (unusable); look (doubtful: a person decides); none (settled already, or the worker is "
            "not known)"
        ),
    )
    reason: Series[str] = pa.Field(
        description="What a worker who is rejected can be told, in one line; '' where the work is usable"
    )
    evidence: Series[str] = pa.Field(description="What speaks against the work, for the requester; '' where nothing")
