"""Assignments that ask about several items: what is found in their slots, as one verdict by the share of slots.

Ten items of one HIT are paid as one piece of work. One bad item among ten says little of it, nine say nearly all:

unusable
    Four slots of five, or more, are unusable.
doubtful
    Three slots of ten, or more, are unusable or doubtful.
usable
    Otherwise; nothing is said then.
"""

import numpy as np
import pandas as pd

MOST, SOME = 0.8, 0.3
_TOLD = 3  # different reasons


def by_share(marks: pd.DataFrame, assignment: np.ndarray, order: pd.Index) -> pd.DataFrame:
    """Findings about assignments from those about their slots.

    Parameters
    ----------
    marks
        A row per slot: work, reason, evidence.
    assignment
        The AssignmentId of each row.
    order
        AssignmentIds, the index of what is returned. One without any slot is usable: it was asked nothing.
    """
    bad, doubtful = (marks["work"] == "unusable").to_numpy(), (marks["work"] != "usable").to_numpy()
    slots = pd.DataFrame({"bad": bad, "doubtful": doubtful}).groupby(assignment)
    share = slots.mean().reindex(order, fill_value=0.0)
    unusable = share["bad"] >= MOST
    told = unusable | (share["doubtful"] >= SOME)
    out = pd.DataFrame({"work": "usable", "reason": "", "evidence": ""}, index=order, dtype="str")
    out["work"] = out["work"].mask(told, "doubtful").mask(unusable, "unusable")
    counts = np.where(unusable.reindex(assignment, fill_value=False), bad, doubtful)
    for name, joint in (("reason", " "), ("evidence", "; ")):
        words = _words(marks[name].to_numpy()[counts], assignment[counts], joint, pd.Series(assignment).value_counts())
        out[name] = words.reindex(order).where(told).fillna("").astype("str")
    return out


def _words(texts: np.ndarray, assignment: np.ndarray, joint: str, slots: pd.Series) -> pd.Series:
    """By assignment: '3 of 10 items: ' and the different texts, the most frequent first; of one slot its text alone."""
    said = pd.DataFrame({"assignment": assignment, "text": texts})
    counted = said.groupby(["assignment", "text"], sort=True).size().sort_values(ascending=False, kind="stable")
    few = counted.reset_index().groupby("assignment").head(_TOLD)
    texts_of = few.groupby("assignment")["text"].agg(joint.join)
    number, of = said.groupby("assignment").size(), slots.reindex(texts_of.index)
    items = number.astype("str") + " of " + of.astype("str") + " items: "
    return items.where(of > 1, "") + texts_of
