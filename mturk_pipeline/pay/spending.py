"""What a phase has cost, what it will cost, and what was paid without anybody having looked."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from mturk_pipeline.pay.assignment_costs import costs, total
from mturk_pipeline.vocabulary.assignment_statuses import APPROVED, REJECTED, SUBMITTED


@dataclass(frozen=True)
class Spending:
    """Money is US dollars with the platform's fees.

    Attributes
    ----------
    approved
        What approved assignments have cost.
    waiting
        What those still Submitted cost once approved.
    assignments, submitted, rejected
        Counts: all; still Submitted; rejected, which cost nothing.
    without_reward
        Assignments whose file gives no reward: in no amount here.
    unseen, unseen_cost
        Auto-approved by the platform, as its delay was over.
    unseen_unusable, unseen_unusable_cost
        Of those, the ones that would have been suggested for rejection.
    unseen_doubtful
        Of those, the ones that a person should have looked at.
    """

    assignments: int
    submitted: int
    rejected: int
    approved: Decimal
    waiting: Decimal
    without_reward: int
    unseen: int
    unseen_cost: Decimal
    unseen_unusable: int
    unseen_unusable_cost: Decimal
    unseen_doubtful: int


def spending(assignments: pd.DataFrame, suggestions: pd.DataFrame, masters: bool = False) -> Spending:
    """What `assignments` cost.

    Parameters
    ----------
    assignments
        Contract `Assignments`.
    suggestions
        Contract `SettlementSuggestions` of the same assignments, in the same order.
    masters
        The HITs asked for Masters.
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
