"""Spending of a phase: paid, still to pay, and auto-approved without review."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from mturk_pipeline.pay.assignment_costs import costs, total
from mturk_pipeline.vocabulary.assignment_statuses import APPROVED, REJECTED, SUBMITTED


@dataclass(frozen=True)
class Spending:
    """Money is US dollars with the platform's fees."""

    # assignments, submitted, rejected: counts: all; still Submitted; rejected, which cost nothing
    assignments: int
    submitted: int
    rejected: int
    approved: Decimal  # What approved assignments have cost
    waiting: Decimal  # What those still Submitted cost once approved
    without_reward: int  # Assignments whose file gives no reward: in no amount here
    # unseen, unseen_cost: auto-approved by the platform, as its delay was over
    unseen: int
    unseen_cost: Decimal
    # unseen_unusable, unseen_unusable_cost: of those, the ones that would have been suggested for rejection
    unseen_unusable: int
    unseen_unusable_cost: Decimal
    unseen_doubtful: int  # Of those, the ones that a person should have looked at


def spending(assignments: pd.DataFrame, suggestions: pd.DataFrame, masters: bool = False) -> Spending:
    """Cost of `assignments` (contract `Assignments`), whose HITs asked for Masters or not.

    `suggestions` (contract `SettlementSuggestions`) are of the same assignments, in the same order.
    """
    cost = costs(assignments, masters).reset_index(drop=True)
    status, work = suggestions["status"].reset_index(drop=True), suggestions["work"].reset_index(drop=True)
    unseen = suggestions["auto_approved"].reset_index(drop=True)
    unusable = unseen & (work == "unusable")
    return Spending(
        assignments=len(suggestions),
        submitted=int((status == SUBMITTED).sum()),
        rejected=int((status == REJECTED).sum()),
        approved=total(cost[status == APPROVED]),
        waiting=total(cost[status == SUBMITTED]),
        without_reward=int(cost.isna().sum()),
        unseen=int(unseen.sum()),
        unseen_cost=total(cost[unseen]),
        unseen_unusable=int(unusable.sum()),
        unseen_unusable_cost=total(cost[unusable]),
        unseen_doubtful=int((unseen & (work == "doubtful")).sum()),
    )
