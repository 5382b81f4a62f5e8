"""Audit: errors left among rows that passed without a look, counted from spot checks, else guessed by the model.

Only spot checks that a person decided count. Each stands for 1 / (probability with which it was drawn) rows. The
interval is the exact one for a binomial share (Clopper & Pearson, Biometrika 26, 1934) at 95 %. What matters is how bad
it can be, so 4.5 of the 5 % lie above, and all 5 where no error was found: "0 of 5" means "at most 45 %". Rows drawn
with different probabilities count as so many rows drawn alike as have the same variance (Kish, Survey Sampling, 1965).
"""

from dataclasses import asdict, dataclass
from math import exp, lgamma, log
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import key_of
from mturk_pipeline.vocabulary.row_statuses import ACCEPTED_AUTOMATICALLY, SAYS_WHAT_IS_RIGHT
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_MISS, _ABOVE, _BELOW = 0.05, 0.045, 0.005


@dataclass(frozen=True)
class Audit:
    """Estimate of errors among the rows that passed without a look."""

    passed: int  # Rows that passed and that nobody has looked at
    # waiting, looked_at, wrong: spot checks that nobody has decided; those that a person found right or wrong;
    # those of them in which a field that holds rows back was wrong
    waiting: int
    looked_at: int
    wrong: int
    # share, low, high: share of wrong rows with its interval; low and high are missing where the model guesses
    share: float
    low: float
    high: float
    gated: bool = True  # some field can hold a row back

    @property
    def by_audit(self) -> bool:
        """Whether spot checks support it, not the model alone."""
        return self.looked_at > 0

    def _of_all(self, share: float) -> float:
        """Errors left among rows that nobody looked at, where `share` of all that passed is wrong.

        Those that were found stand among them no more.
        """
        return min(max(share * (self.passed + self.looked_at) - self.wrong, 0.0), float(self.passed))

    @property
    def sentence(self) -> str:
        """The estimate in words."""
        if not self.gated:
            return "No field can hold a row back, so all rows pass; nothing in them is right or wrong."
        if not self.passed:
            return "Nothing passes without a look."
        left = self._of_all(self.share) if self.by_audit else self.share * self.passed
        rows = f"{self.passed:,} row{'s that pass' if self.passed > 1 else ' that passes'} without a look"
        if not self.by_audit:
            waiting = f"in the queue: {self.waiting}" if self.waiting else "none is in the queue"
            return f"About {_errors(left)} in {rows}: the model's own guess, as no spot check is decided ({waiting})."
        low, high = self._of_all(self.low), self._of_all(self.high)
        errors, share = (
            f"About {left:,.0f} ({low:,.0f} to {high:,.0f})",
            f"{self.share:.0%} ({self.low:.0%} to {self.high:.0%})",
        )
        if self.wrong == 0:
            errors, share = f"At most {high:,.0f}", f"at most {self.high:.0%}"
        return f"{errors} errors in {rows}: {self.wrong} of {self.looked_at} spot checks were wrong, {share}."


def _errors(number: float) -> str:
    return "1 error" if round(number) == 1 else f"{number:,.0f} errors"


def audit(reviewed: pd.DataFrame, cleaned: pd.DataFrame, phase: PhaseSpec) -> Audit:
    """Estimate errors left from spot checks of rows that passed.

    `reviewed` (contract `Reviewed`) has `inclusion`; `cleaned` (contract `CleanedOutput`) the crowd's best guesses.
    """
    if not phase.gates:
        return Audit(0, 0, 0, 0, 0.0, float("nan"), float("nan"), gated=False)
    passed = reviewed["status"].eq(ACCEPTED_AUTOMATICALLY)
    drawn = reviewed["inclusion"].notna()
    seen = reviewed[drawn & reviewed["status"].isin(SAYS_WHAT_IS_RIGHT)]
    wrong = _wrong(seen, cleaned, phase)
    waiting = int((drawn & passed).sum())
    counts: dict[str, Any] = {
        "passed": int(passed.sum()),
        "waiting": waiting,
        "looked_at": len(seen),
        "wrong": int(wrong.sum()),
    }
    if seen.empty:
        guess = _guess(reviewed.loc[passed, "item_id"], cleaned, phase)
        return Audit(**counts, share=guess, low=float("nan"), high=float("nan"))
    weight = (1 / seen["inclusion"]).to_numpy(dtype=float)
    share = float((weight * wrong.to_numpy()).sum() / weight.sum())
    low, high = exact_interval(share, float(weight.sum() ** 2 / (weight**2).sum()))
    return Audit(**counts, share=share, low=low, high=high)


def audit_table(estimate: Audit) -> pd.DataFrame:
    """The audit as a table of one row, with its sentence."""
    return pd.DataFrame([{**asdict(estimate), "sentence": estimate.sentence}])


def exact_interval(share: float, n: float) -> tuple[float, float]:
    """Lower and upper end of the 95 % interval of a share that was found among `n` draws.

    >>> low, high = exact_interval(0.0, 5)
    >>> low, round(high, 2)
    (0.0, 0.45)
    """
    hits = share * n
    none, all_of_them = hits < 1e-9, hits > n - 1e-9
    low = 0.0 if none else _beta_quantile(_BELOW, hits, n - hits + 1)
    high = 1.0 if all_of_them else _beta_quantile(1 - (_MISS if none else _ABOVE), hits + 1, n - hits)
    return low, high


def _wrong(seen: pd.DataFrame, cleaned: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """Whether any field that holds rows back has another value now than the crowd's."""
    crowd = cleaned.set_index("item_id").reindex(seen["item_id"])
    wrong = np.zeros(len(seen), dtype=bool)
    for name in phase.gates:
        kind = phase.fields[name].kind
        pairs = zip(seen[name], crowd[name], strict=True)
        keys = [tuple(key_of(v, kind).casefold() if isinstance(v, str) else "" for v in pair) for pair in pairs]
        wrong |= np.array([mine != theirs for mine, theirs in keys], dtype=bool)
    return pd.Series(wrong, index=seen.index)


def _guess(items: pd.Series, cleaned: pd.DataFrame, phase: PhaseSpec) -> float:
    """The share of wrong rows that trust itself expects."""
    rows = cleaned[cleaned["item_id"].isin(items)]
    if rows.empty:
        return 0.0
    right = rows[[f"{name}_trust" for name in phase.gates]].prod(axis=1)
    return float((1 - right).mean())


def _beta_quantile(probability: float, a: float, b: float) -> float:
    """Where the beta distribution reaches `probability`, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _beta_share(middle, a, b) < probability else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz's method; DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1))
    whole = d
    for m in range(1, 400):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + numerator * d)
            c = _away_from_zero(1 + numerator / c)
            whole *= d * c
        if abs(d * c - 1) < 1e-12:
            break
    return front * whole


def _away_from_zero(number: float) -> float:
    return number if abs(number) > 1e-300 else 1e-300
