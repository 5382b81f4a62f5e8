"""Results of Mechanical Turk's old command line tools (`getResults`): tab-separated, lower-case names.

Times are in the requester's own zone. The tools added answer columns as they met them, so a row ends with the
last column known when it was written: short rows are whole. A HIT that nobody answered is a row without
assignment.
"""

from mturk_pipeline.intake.dialects.base import Dialect
from mturk_pipeline.providers import mturk

DIALECT = Dialect(
    name="mturk_command_line",
    provider=mturk.PROVIDER.name,
    marks=frozenset({"hitid", "assignmentid", "workerid"}),
    columns={
        "assignment_id": "assignmentid",
        "hit_id": "hitid",
        "worker_id": "workerid",
        "hit_type_id": "hittypeid",
        "title": "title",
        "annotation": "annotation",
        "status": "assignmentstatus",
        "reward": "reward",
        "max_assignments": "assignments",
        "accepted_at": "assignmentaccepttime",
        "submitted_at": "assignmentsubmittime",
        "auto_approval_at": "autoapprovaltime",
        "approved_at": "assignmentapprovaltime",
        "rejected_at": "assignmentrejecttime",
        "requester_feedback": "feedback",
    },
    unused=frozenset(
        {
            "description",
            "keywords",
            "creationtime",
            "numavailable",
            "numpending",
            "numcomplete",
            "hitstatus",
            "reviewstatus",
            "assignmentduration",
            "autoapprovaldelay",
            "hitlifetime",
            "viewhit",
            "deadline",
            "reject",
        }
    ),
    lists_unanswered=True,
    without_id="is a HIT without an answer yet: nothing to do",
)
