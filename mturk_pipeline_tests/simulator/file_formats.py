"""Batches as tables in the formats that platforms give out."""

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator.batch import AUTO_APPROVAL_DELAY, LIFETIME, BatchRecord
from mturk_pipeline_tests.simulator.file_times import long_text, utc_text


def mturk_table(record: BatchRecord, until: int | None = None) -> pd.DataFrame:
    """The file of Mechanical Turk's "Download CSV", as it is at the moment `until` (seconds since 1970, UTC).

    27 fixed columns, the inputs in the order of the upload, the answers by alphabet, Approve and Reject. Without
    `until`: when everything has been decided. An earlier file has fewer rows, with more of them still Submitted.
    """
    page, now = record.page, until if until is not None else 2**62
    keep = (record.work["submitted"] <= now).to_numpy()
    work = record.work[keep]
    approved = np.where(work["approved"] <= now, work["approved"], 0)
    rejected = np.where(work["rejected"] <= now, work["rejected"], 0)
    status = np.where(rejected > 0, "Rejected", np.where(approved > 0, "Approved", "Submitted"))
    n = len(work)
    fixed = {
        "HITId": work["hit_id"],
        "HITTypeId": record.hit_type_id,
        "Title": page.title,
        "Description": page.description,
        "Keywords": page.keywords,
        "Reward": page.reward,
        "CreationTime": long_text(np.full(n, page.created)),
        "MaxAssignments": work["max_assignments"].astype(str),
        "RequesterAnnotation": f"BatchId:{page.batch_id};OriginalHitTemplateId:{page.template_id};",
        "AssignmentDurationInSeconds": str(page.duration),
        "AutoApprovalDelayInSeconds": str(AUTO_APPROVAL_DELAY),
        "Expiration": long_text(np.full(n, page.created + LIFETIME)),
        "NumberOfSimilarHITs": "",
        "LifetimeInSeconds": "",
        "AssignmentId": work["assignment_id"],
        "WorkerId": work["worker_id"],
        "AssignmentStatus": status,
        "AcceptTime": long_text(work["accepted"].to_numpy()),
        "SubmitTime": long_text(work["submitted"].to_numpy()),
        "AutoApprovalTime": long_text(work["auto_approval"].to_numpy()),
        "ApprovalTime": np.where(work["by_hand"], long_text(approved), utc_text(approved)),
        "RejectionTime": long_text(rejected),
        "RequesterFeedback": np.where(rejected > 0, work["feedback"], ""),
        "WorkTimeInSeconds": (work["submitted"] - work["accepted"]).astype(str),
        "LifetimeApprovalRate": work["lifetime"],
        "Last30DaysApprovalRate": work["last_30_days"],
        "Last7DaysApprovalRate": work["last_7_days"],
    }
    return _table(fixed, record, keep, {"Approve": "", "Reject": ""})


def turkle_table(record: BatchRecord) -> pd.DataFrame:
    """The results file of a Turkle server: whole-number ids, times in UTC, no status and no money."""
    work, page = record.work, record.page
    hits = pd.Series(pd.factorize(work["hit_id"])[0] + 1)
    fixed = {
        "HITId": hits.astype(str),
        "HITTypeId": "1",
        "Title": page.title,
        "CreationTime": long_text(np.full(len(work), page.created), "UTC"),
        "MaxAssignments": work["max_assignments"].astype(str),
        "AssignmentDurationInSeconds": str(page.duration),
        "AssignmentId": [str(i + 1) for i in range(len(work))],
        "WorkerId": (work["worker_no"] + 2).astype(str),
        "AcceptTime": long_text(work["accepted"].to_numpy(), "UTC"),
        "SubmitTime": long_text(work["submitted"].to_numpy(), "UTC"),
        "WorkTimeInSeconds": (work["submitted"] - work["accepted"]).astype(str),
    }
    everything = np.ones(len(work), dtype=bool)
    names = {"Turkle.Username": "worker" + (work["worker_no"] + 2).astype(str)}
    return _table(fixed, record, everything, names, sort_inputs=True)


def command_line_table(record: BatchRecord, zone: str = "Europe/Berlin") -> pd.DataFrame:
    """A `.results` file of Mechanical Turk's old command-line tools: lower-case names, times in the requester's zone.

    It has no inputs of its own: the annotation carries the item's first input.
    """
    work, page = record.work, record.page
    n = len(work)
    status = np.where(work["rejected"] > 0, "Rejected", "Approved")
    fixed = {
        "hitid": work["hit_id"],
        "hittypeid": record.hit_type_id,
        "title": page.title,
        "description": page.description,
        "keywords": page.keywords,
        "reward": page.reward,
        "creationtime": long_text(np.full(n, page.created), zone),
        "assignments": work["max_assignments"].astype(str),
        "numavailable": "0",
        "numpending": "0",
        "numcomplete": work["max_assignments"].astype(str),
        "hitstatus": "Reviewable",
        "reviewstatus": "NotReviewed",
        "annotation": record.inputs.iloc[:, 0].to_numpy(),
        "assignmentduration": str(page.duration),
        "autoapprovaldelay": str(AUTO_APPROVAL_DELAY),
        "hitlifetime": long_text(np.full(n, page.created + LIFETIME), zone),
        "viewhit": ["https://workersandbox.example.com/mturk/manageHIT?HITId=" + hit for hit in work["hit_id"]],
        "assignmentid": work["assignment_id"],
        "workerid": work["worker_id"],
        "assignmentstatus": status,
        "autoapprovaltime": long_text(work["auto_approval"].to_numpy(), zone),
        "assignmentaccepttime": long_text(work["accepted"].to_numpy(), zone),
        "assignmentsubmittime": long_text(work["submitted"].to_numpy(), zone),
        "assignmentapprovaltime": long_text(work["approved"].to_numpy(), zone),
        "assignmentrejecttime": long_text(work["rejected"].to_numpy(), zone),
        "deadline": "",
        "feedback": work["feedback"],
        "reject": np.where(work["rejected"] > 0, "y", ""),
    }
    return _table(fixed, record, np.ones(n, dtype=bool), {}, with_inputs=False)


def _table(
    fixed: dict,
    record: BatchRecord,
    keep: np.ndarray,
    last: dict,
    *,
    with_inputs: bool = True,
    sort_inputs: bool = False,
) -> pd.DataFrame:
    """Fixed columns, Input.*, Answer.* and the last columns side by side; all of them text."""
    index = record.work.index[keep]
    columns = {n: v.to_numpy() if isinstance(v, pd.Series) else v for n, v in fixed.items()}
    if with_inputs:
        names = sorted(map(str, record.inputs)) if sort_inputs else list(record.inputs)
        columns |= {f"Input.{name}": record.inputs[name].to_numpy()[keep] for name in names}
    columns |= {f"Answer.{name}": record.answers[name].to_numpy()[keep] for name in sorted(map(str, record.answers))}
    columns |= last
    return pd.DataFrame(columns, index=index).reset_index(drop=True).astype("str")
