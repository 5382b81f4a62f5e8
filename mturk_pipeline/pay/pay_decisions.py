"""Pay decisions: suggestions and a person's entries combined."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from mturk_pipeline.intake.unknown_workers import is_unknown

# Why an assignment gets no word, or which one: the order in which the command line tells them.
WHY = {
    "approved": "approved",
    "rejected": "rejected, confirmed by a person",
    "rejected unconfirmed": "rejected as suggested, without a person's word",
    "unconfirmed": "suggested for rejection, left open: no person has confirmed it",
    "look": "doubtful, left open: a person has to say",
    "no reason": "rejected by a person without a reason, left open",
    "contradiction": "left open: the result file and the reviewed files say different things",
    "unclear": "held back: the reviewer's entry could not be understood",
    "changed": "left open: the result file changed just now",
    "paid by hand": "left open: stands on a pay sheet, or no platform pays it",
    "settled": "settled before",
    "nobody": "answers of people who did not log in: nobody to pay",
}
_VERDICTS = {"approved": "approve", "rejected": "reject", "rejected unconfirmed": "reject"}


def decide_pay(suggestions: pd.DataFrame, words: pd.DataFrame, include_suggested: bool = False) -> pd.DataFrame:
    """Decide each assignment's pay.

    A person's word counts more than the suggestion. Without one, what is suggested for approval is approved, and
    nothing else: a rejection takes a person's word. Where a person's entry cannot be used, neither happens.

    Parameters
    ----------
    suggestions
        Contract `SettlementSuggestions`.
    words
        People's entries: assignment_id (unique), settle (approve, reject, unclear), feedback to the worker ('' for the
        suggested reason).
    include_suggested
        Reject also what is suggested for rejection, without a person's word.

    Returns
    -------
    DataFrame
        In the order of `suggestions`: assignment_id; verdict (approve, reject, ''); feedback to the rejected; why (a
        key of `WHY`); by (person, suggestion).
    """
    entries = words.set_index("assignment_id").reindex(suggestions["assignment_id"])
    settle = entries["settle"].fillna("").to_numpy()
    feedback = entries["feedback"].fillna("").to_numpy()
    reasons = np.where(feedback == "", suggestions["reason"].to_numpy(), feedback)
    why = _why(settle, reasons, suggestions["suggestion"].to_numpy(), include_suggested)
    why = why.mask(is_unknown(suggestions["worker"]), "nobody")
    verdict = why.map(_VERDICTS).fillna("").astype("str")
    return pd.DataFrame(
        {
            "assignment_id": suggestions["assignment_id"].to_numpy(),
            "verdict": verdict,
            "feedback": pd.Series(reasons, dtype="str").where(verdict == "reject", ""),
            "why": why,
            "by": pd.Series(np.where(settle == "", "suggestion", "person"), dtype="str"),
        }
    ).astype({"assignment_id": "str"})


def _why(settle: np.ndarray, reasons: np.ndarray, suggested: np.ndarray, include_suggested: bool) -> pd.Series:
    rejected = settle == "reject"
    cases = [
        (suggested == "none", "settled"),
        (settle == "unclear", "unclear"),
        (settle == "approve", "approved"),
        (rejected & (reasons == ""), "no reason"),
        (rejected, "rejected"),
        (suggested == "approve", "approved"),
        (suggested == "look", "look"),
        (suggested == "reject", "rejected unconfirmed" if include_suggested else "unconfirmed"),
    ]
    return pd.Series(np.select([c for c, _ in cases], [word for _, word in cases], ""), dtype="str")


def leave_open(decided: pd.DataFrame, assignment_ids: Collection[str], why: str) -> pd.DataFrame:
    """`decided` where these assignments get no verdict, for the reason `why` (a key of `WHY`)."""
    held = decided["assignment_id"].isin(list(assignment_ids)) & (decided["verdict"] != "")
    return decided.assign(
        verdict=decided["verdict"].mask(held, ""),
        feedback=decided["feedback"].mask(held, ""),
        why=decided["why"].mask(held, why),
    )
