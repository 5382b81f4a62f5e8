"""Suggested pay decisions; a person decides."""

import numpy as np
import pandas as pd

from mturk_pipeline.contracts.assignments import Assignments
from mturk_pipeline.contracts.settlement import SettlementSuggestions
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.pay.assignment_costs import paid_by
from mturk_pipeline.pay.work_quality import findings
from mturk_pipeline.vocabulary.assignment_statuses import SUBMITTED
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_OF_WORK = {"usable": "approve", "doubtful": "look", "unusable": "reject"}


def suggest_settlement(assignments: pd.DataFrame, answers: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Suggest for each assignment to approve, reject or look at it; nothing where it is settled already.

    Using an answer and paying for it are two decisions: that others answered otherwise is no reason to reject.
    Only what the assignment itself shows counts (see `work_quality`); all else is approved.

    Returns contract `SettlementSuggestions`, in the order of `assignments`.
    """
    marks = findings(assignments, answers, phase).reset_index(drop=True)
    out = assignments[SettlementSuggestions.shared_with(Assignments)].reset_index(drop=True)
    out["paid_by"] = paid_by(assignments).reset_index(drop=True)
    out["work"] = marks["work"]
    # Nobody can be paid, told or blamed who did not log in.
    nobody = is_unknown(out["worker"])
    marks.loc[nobody, ["work", "reason", "evidence"]] = ["usable", "", ""]
    open_still = (out["status"] == SUBMITTED).to_numpy() & ~nobody
    out["suggestion"] = pd.Series(np.where(open_still, marks["work"].map(_OF_WORK), "none"), dtype="str")
    out[["reason", "evidence"]] = marks[["reason", "evidence"]]
    return out


def settlement_summary(suggestions: pd.DataFrame) -> dict[str, int]:
    """Number of assignments by suggestion; every suggestion is there, also with 0."""
    counts = suggestions["suggestion"].value_counts()
    return {word: int(counts.get(word, 0)) for word in ("approve", "look", "reject", "none")}
