"""Cost of assignments, and the hourly wage that they pay. Money is Decimal, US dollars, never a float."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from mturk_pipeline.providers import PROVIDERS
from mturk_pipeline.vocabulary.assignment_statuses import REJECTED

CENT = Decimal("0.01")
_FEE = Decimal("0.20")
_MANY_FEE = Decimal("0.20")
# Of the reward: from here on the least fee is worth a word.
_LARGE_SHARE = Decimal("0.25")
_MASTERS_FEE = Decimal("0.05")
MANY = 10  # assignments of one HIT from which on the surcharge is due
_WAGE_COLUMNS = ["worker", "assignments", "amount", "hours", "hourly_wage"]


def assignment_cost(reward: Decimal, max_assignments: int | None, masters: bool = False) -> Decimal:
    """Cost of one assignment on Mechanical Turk: reward and fee, US dollars to the cent, half a cent up.

    The fee is 20 % of the reward, 20 % more in a HIT of ten or more assignments (`max_assignments`; None, unknown,
    counts as fewer) and 5 % more for Masters, together at least one cent. The platform's texts leave open whether the
    cent is the least for each part or for all; here it is for all.

    Source: Mechanical Turk's pricing page as of 2026.

    >>> assignment_cost(Decimal("0.03"), 3), assignment_cost(Decimal("0.10"), 10)
    (Decimal('0.04'), Decimal('0.14'))
    """
    if reward < 0:
        raise ValueError("a reward is not negative")
    share = _FEE + (_MANY_FEE if (max_assignments or 0) >= MANY else 0) + (_MASTERS_FEE if masters else 0)
    return in_cents(reward + max(CENT, reward * share))


def in_cents(amount: Decimal) -> Decimal:
    """`amount` to the cent, half a cent up.

    >>> in_cents(Decimal("0.125"))
    Decimal('0.13')
    """
    return amount.quantize(CENT, ROUND_HALF_UP)


def costs(assignments: pd.DataFrame, masters: bool = False) -> pd.Series:
    """Cost of each assignment (contract `Assignments`) once approved; None where its reward is unknown.

    Who is paid by hand costs the reward alone. Series of Decimal, US dollars, with the index of `assignments`.
    """
    feeless = paid_by(assignments).eq("hand").to_numpy()
    many = assignments["max_assignments"].fillna(0).ge(MANY).to_numpy(dtype=bool)
    rewards, distinct = pd.factorize(assignments["reward"])
    # Few rewards stand in many rows: each of them is reckoned once per kind of fee.
    kinds = [None, MANY - 1, MANY]
    table = np.empty((len(distinct) + 1, len(kinds)), dtype=object)
    for place, reward in enumerate(distinct):
        table[place] = [reward if n is None else assignment_cost(reward, n, masters) for n in kinds]
    kind = np.where(feeless, 0, np.where(many, 2, 1))
    return pd.Series(table[rewards, kind], index=assignments.index, dtype=object)


@dataclass(frozen=True)
class FeeFloor:
    """Assignments of which the least fee is a large part, at their smallest reward (US dollars)."""

    assignments: int
    reward: Decimal
    cost: Decimal

    @property
    def sentence(self) -> str:
        """All figures in one sentence.

        >>> FeeFloor(20, Decimal("0.01"), Decimal("0.02")).sentence[:66]
        "The platform's fee is at least $0.01, so $0.01 costs $0.02; for 20"
        """
        count = f"{self.assignments:,} assignments" if self.assignments > 1 else "1 assignment"
        each = f"{dollars(self.reward)} costs {dollars(self.cost)}"
        least = f"The platform's fee is at least {dollars(CENT)}, so {each}"
        return f"{least}; for {count} it is a quarter of the reward or more."


def fee_floor(assignments: pd.DataFrame) -> FeeFloor | None:
    """Assignments that the least fee makes dear: a quarter of the reward or more, and more than usual; None without.

    Who is paid by hand has no fee, and is left out of `assignments` (contract `Assignments`).
    """
    paid = assignments[paid_by(assignments).eq("platform") & assignments["reward"].notna()]
    many = paid["max_assignments"].fillna(0).ge(MANY)
    count, smallest = 0, None
    for of_many, share in ((False, _FEE), (True, _FEE + _MANY_FEE)):
        for reward, times in paid.loc[many == of_many, "reward"].value_counts().items():
            amount = Decimal(str(reward))
            if amount * max(share, _LARGE_SHARE) <= CENT and amount * share < CENT:
                count += int(times)
                smallest = amount if smallest is None else min(smallest, amount)
    return None if smallest is None else FeeFloor(count, smallest, assignment_cost(smallest, None))


def paid_by(assignments: pd.DataFrame) -> pd.Series:
    """Who pays each assignment: "platform" or "hand".

    A platform that pays says when it approves by itself (AutoApprovalTime), or has types of HITs; where a file has
    neither, nobody but the requester pays.
    """
    is_known = assignments["auto_approval_at"].notna() | assignments["hit_type_id"].notna()
    platform = assignments["provider"].map({p.name: p.pays for p in PROVIDERS.values()}).eq(True) & is_known
    return pd.Series(np.where(platform, "platform", "hand"), index=assignments.index, dtype="str")


def total(amounts: pd.Series) -> Decimal:
    """Sum of a column of Decimals; missing ones count as nothing.

    >>> total(pd.Series([Decimal("0.10"), None, Decimal("0.20")], dtype=object))
    Decimal('0.30')
    """
    return sum(amounts.dropna(), Decimal(0))


def dollars(amount: Decimal) -> str:
    """An amount for people.

    >>> dollars(Decimal("1234.5"))
    '$1,234.50'
    """
    return f"${in_cents(amount):,}"


@dataclass(frozen=True)
class Wages:
    """Hourly wages, US dollars an hour; None without a timed assignment.

    The time is from accepting to submitting: who accepts several at once seems slower, and paid worse, than they
    are.
    """

    counted: int  # Assignments with reward and time, not rejected, that the wages are made of
    # without_reward, without_time: assignments left out because the file does not say, or says a time of 0
    without_reward: int
    without_time: int
    median: float | None  # Over assignments, as the lowest decile
    lowest_decile: float | None


def hourly_wages(assignments: pd.DataFrame) -> Wages:
    """The hourly wage that `assignments` (contract `Assignments`) pay or will pay."""
    paid = assignments[assignments["status"] != REJECTED]
    timed = paid[paid["reward"].notna() & _timed(paid)]
    wage = _millionths(timed["reward"]) / 1e6 / timed["work_seconds"] * 3600
    return Wages(
        counted=len(timed),
        without_reward=int(paid["reward"].isna().sum()),
        without_time=int((~_timed(paid)).sum()),
        median=_quantile(wage, 0.5),
        lowest_decile=_quantile(wage, 0.1),
    )


def wages_by_worker(assignments: pd.DataFrame) -> pd.DataFrame:
    """Pay and time of each worker, in order of `worker`.

    Columns: worker, assignments (count), amount (sum of the rewards, Decimal, US dollars), hours (known ones; missing
    where none is), hourly_wage (US dollars an hour, over assignments with reward and time).
    """
    timed = _timed(assignments)
    whole = timed & assignments["reward"].notna()
    hours = (assignments["work_seconds"] / 3600).where(timed)
    # Whole millionths of a dollar add up exactly, and much faster than Decimals.
    millionths = _millionths(assignments["reward"])
    rows = assignments[["worker"]].assign(
        assignments=1, hours=hours, millionths=millionths, told=millionths.where(whole), told_hours=hours.where(whole)
    )
    groups = rows.groupby("worker", sort=True)
    sums = groups[["assignments", "millionths"]].sum()
    sums[["hours", "told", "told_hours"]] = groups[["hours", "told", "told_hours"]].sum(min_count=1)
    amounts = [_shortest(Decimal(n).scaleb(-6)) for n in sums["millionths"].tolist()]
    sums["amount"] = pd.Series(amounts, index=sums.index, dtype=object)
    sums["hourly_wage"] = sums["told"] / 1e6 / sums["told_hours"]
    return sums.reset_index()[_WAGE_COLUMNS]


def _millionths(rewards: pd.Series) -> pd.Series:
    """Rewards as whole millionths of a dollar; 0 where missing."""
    codes, distinct = pd.factorize(rewards)
    numbers = np.array([*(int(reward.scaleb(6)) for reward in distinct), 0], dtype="int64")
    return pd.Series(numbers[codes], index=rewards.index)


def _shortest(amount: Decimal) -> Decimal:
    """The same amount with two places, or more where it has parts of a cent."""
    return in_cents(amount) if in_cents(amount) == amount else amount.normalize()


def _timed(assignments: pd.DataFrame) -> pd.Series:
    """Which assignments have a work time that can be divided by."""
    return assignments["work_seconds"].fillna(0) > 0


def _quantile(values: pd.Series, share: float) -> float | None:
    known = values.dropna()
    return float(known.quantile(share)) if len(known) else None
