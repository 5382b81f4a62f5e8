"""Exports of Turkle, the open-source server that takes Mechanical Turk's templates and files.

Ids are whole numbers counted by each server; there is no reward, status or approval.
"""

from mturk_pipeline.intake.dialects.base import Dialect

DIALECT = Dialect(
    name="turkle",
    provider="turkle",
    marks=frozenset({"HITId", "WorkerId", "Turkle.Username"}),
    columns={
        "assignment_id": "AssignmentId",
        "hit_id": "HITId",
        "worker_id": "WorkerId",
        "hit_type_id": "HITTypeId",
        "title": "Title",
        "annotation": "RequesterAnnotation",
        "max_assignments": "MaxAssignments",
        "expires_at": "Expiration",
        "accepted_at": "AcceptTime",
        "submitted_at": "SubmitTime",
        "work_seconds": "WorkTimeInSeconds",
    },
    unused=frozenset(
        {
            "Description",
            "Keywords",
            "Reward",
            "CreationTime",
            "AssignmentDurationInSeconds",
            "AutoApprovalDelayInSeconds",
            "NumberOfSimilarHITs",
            "LifetimeInSeconds",
            "AssignmentStatus",
            "AutoApprovalTime",
            "ApprovalTime",
            "RejectionTime",
            "RequesterFeedback",
            "LifetimeApprovalRate",
            "Last30DaysApprovalRate",
            "Last7DaysApprovalRate",
            "Approve",
            "Reject",
            "Turkle.Username",
        }
    ),
    makes_ids=True,
)
