"""Mechanical Turk's batch results ("Download CSV" of the requester site), whole or with only some columns.

27 fixed columns, then `Input.*`, `Answer.*`, `Approve`, `Reject`; one row per submitted assignment.
"""

from mturk_pipeline.intake.dialects.base import Dialect
from mturk_pipeline.providers import mturk

DIALECT = Dialect(
    name="mturk_batch",
    provider=mturk.PROVIDER.name,
    marks=frozenset({"HITId", "AssignmentId", "WorkerId"}),
    takes_decisions=True,
    columns={
        "assignment_id": "AssignmentId",
        "hit_id": "HITId",
        "worker_id": "WorkerId",
        "hit_type_id": "HITTypeId",
        "title": "Title",
        "annotation": "RequesterAnnotation",
        "status": "AssignmentStatus",
        "reward": "Reward",
        "max_assignments": "MaxAssignments",
        "expires_at": "Expiration",
        "accepted_at": "AcceptTime",
        "submitted_at": "SubmitTime",
        "auto_approval_at": "AutoApprovalTime",
        "approved_at": "ApprovalTime",
        "rejected_at": "RejectionTime",
        "requester_feedback": "RequesterFeedback",
        "work_seconds": "WorkTimeInSeconds",
        "approval_rate": "LifetimeApprovalRate",
    },
    unused=frozenset(
        {
            "Description",
            "Keywords",
            "CreationTime",
            "AssignmentDurationInSeconds",
            "AutoApprovalDelayInSeconds",
            "NumberOfSimilarHITs",
            "LifetimeInSeconds",
            "Last30DaysApprovalRate",
            "Last7DaysApprovalRate",
            "Approve",
            "Reject",
        }
    ),
)
