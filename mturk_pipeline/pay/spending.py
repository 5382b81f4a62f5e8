"""Spending of a phase: paid, still to pay, and auto-approved without review."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from mturk_pipeline.pay.assignment_costs import costs, total
from mturk_pipeline.vocabulary.assignment_statuses import APPROVED, SUBMITTED


@dataclass(frozen=True)
class Spending:
    """Money is US dollars with the platform's fees."""

    assignments: int
    submitted: int  # Assignments still Submitted
    approved: Decimal  # What approved assignments have cost
    waiting: Decimal  # What those still Submitted cost once approved
    without_reward: int  # Assignments whose file gives no reward: in no amount here
    # unseen, unseen_cost: auto-approved by the platform, as its delay was over
    unseen: int
    unseen_cost: Decimal
    # unseen_unusable, unseen_unusable_cost: of those, the ones that would have been suggested for rejection
    unseen_unusable: int
    unseen_unusable_cost: Decimal


def spending(assignments: pd.DataFrame, suggestions: pd.DataFrame) -> Spending:
    """Cost of `assignments` (contract `Assignments`).

    `suggestions` (contract `SettlementSuggestions`) are of the same assignments, in the same order.
    """
    cost = costs(assignments).reset_index(drop=True)
    status = suggestions["status"].reset_index(drop=True)
    unseen = suggestions["auto_approved"].reset_index(drop=True)
    unusable = unseen & (suggestions["work"].reset_index(drop=True) == "unusable")
    return Spending(
        assignments=len(suggestions),
        submitted=int((status == SUBMITTED).sum()),
        approved=total(cost[status == APPROVED]),
        waiting=total(cost[status == SUBMITTED]),
        without_reward=int(cost.isna().sum()),
        unseen=int(unseen.sum()),
        unseen_cost=total(cost[unseen]),
        unseen_unusable=int(unusable.sum()),
        unseen_unusable_cost=total(cost[unusable]),
    )
