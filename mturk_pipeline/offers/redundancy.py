"""How many answers per item are worth their money: told from the answers there are, by leaving some out.

For each number of answers k, k of each item's answers are kept and trust is found again. How many items would pass
without a look is counted on items drawn by chance; how many best guesses are right, on items that a person decided.
Nothing is said of more answers than were collected.

Intervals are of 95 %, by bootstrap over items; where every item agrees, the exact one for a share of 0 or 1.
Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993); Clopper & Pearson, Biometrika 26 (1934).
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.offers.redundancy_words import in_words
from mturk_pipeline.trust.agreements.base import cells_of, known_by_cell
from mturk_pipeline.trust.answer_codes import Floats
from mturk_pipeline.trust.choosing import choose
from mturk_pipeline.trust.consensus import Fitted, accepted_cells, fit
from mturk_pipeline.trust.models.base import NO_VALUE, UNKNOWN
from mturk_pipeline.trust.truth import decided_values, judged_of
from mturk_pipeline.vocabulary.row_statuses import SAYS_WHAT_IS_RIGHT
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Items that are looked at: enough for the interval, few enough for two seconds.
MOST_ITEMS = 150
MOST_ROWS = 12_000
FEWEST_ITEMS = 10
FEWEST_DECIDED = 20
_MOST_ANSWERS = 6
_SUBSETS = 3
_RESAMPLED = 1000
_TAIL = 0.025


class Estimate(NamedTuple):
    """A value with its 95 % interval; NaN where it cannot be told."""

    value: float = np.nan
    low: float = np.nan
    high: float = np.nan


class _Truth(NamedTuple):
    """Decided rows that count, and per item how many values they say and how much it weighs."""

    reviewed: pd.DataFrame
    said: pd.Series
    weight: pd.Series
    by_chance: bool


def redundancy_advice(
    answers: pd.DataFrame,
    assignments: pd.DataFrame,
    reviewed: pd.DataFrame | None,
    phase: PhaseSpec,
    *,
    most_items: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """What each number of answers per item brings: contract `RedundancyAdvice`.

    Parameters
    ----------
    answers, assignments, reviewed
        Tables of the phase (contracts Answers, Assignments, Reviewed); None: nobody decided anything.
    most_items
        Items drawn for the share that passes, and as many decided ones; by default 150, fewer where items have
        many answers.
    seed
        Of the draws: the same tables give the same advice.

    Returns
    -------
    DataFrame
        One row for each number of answers from 1 on, as far as enough items have so many. Accuracy is missing
        where fewer than 20 items are decided.
    """
    most_items = most_items or _affordable(answers)
    slots = slots_of(assignments, phase)
    copies = _copies(slots, seed)
    most = _most_answers(copies)
    copies = copies[(copies["place"] < most) & (copies["copies"] >= most)]
    items = copies["item_id"].drop_duplicates()
    truth = _truth(reviewed, items, phase, most_items, seed)
    drawn = _drawn(items, most_items, seed)
    copies = copies[copies["item_id"].isin(drawn.union(truth.said.index))]
    shares, rights = [], []
    for k in range(1, most + 1):
        turns = range(min(most, _SUBSETS) if k < most else 1)
        runs = [_looked(answers, copies, k, turn, most, truth, phase) for turn in turns]
        shares.append(float(pd.concat([passing.reindex(drawn) for passing, _ in runs]).mean()))
        rights.append(np.mean([right for _, right in runs], axis=0))
    return _table(shares, rights, len(drawn), truth, _reward(assignments) * len(assignments) / max(len(slots), 1))


def _affordable(answers: pd.DataFrame) -> int:
    each = len(answers) / max(answers["item_id"].nunique(), 1)
    return int(np.clip(MOST_ROWS / max(each, 1), FEWEST_ITEMS, MOST_ITEMS))


def _copies(assignments: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Each assignment with its place among its item's, drawn by chance, and how many the item has."""
    table = assignments[["item_id", "assignment_id"]].drop_duplicates().reset_index(drop=True)
    table = table.assign(lot=_lot(table["assignment_id"], seed)).sort_values(["item_id", "lot"])
    by_item = table.groupby("item_id")
    return table.assign(place=by_item.cumcount(), copies=by_item["lot"].transform("size"))


def _most_answers(copies: pd.DataFrame) -> int:
    """The largest number of answers that enough items have."""
    each = copies.drop_duplicates("item_id")["copies"]
    enough = max(FEWEST_ITEMS, len(each) // 5)
    return max([k for k in range(1, _MOST_ANSWERS + 1) if (each >= k).sum() >= enough], default=1)


def _lot(texts: pd.Series, seed: int) -> np.ndarray:
    return pd.util.hash_array(texts.to_numpy(dtype=object), hash_key=f"{seed:016d}", categorize=False)


def _drawn(items: pd.Series, most: int, seed: int) -> pd.Index:
    return pd.Index(items.iloc[np.argsort(_lot(items, seed), kind="stable")[:most]].sort_values(), dtype="str")


def _truth(reviewed: pd.DataFrame | None, items: pd.Series, phase: PhaseSpec, most: int, seed: int) -> _Truth:
    """Decisions on `items`; those on rows drawn by chance alone where there are enough of them."""
    nothing = pd.Series([], dtype=float, index=pd.Index([], dtype="str"))
    if reviewed is None:
        return _Truth(pd.DataFrame(), nothing, nothing, False)
    rows = reviewed[reviewed["status"].isin(SAYS_WHAT_IS_RIGHT) & reviewed["parent_item_id"].isin(items)]
    drawn = rows["inclusion"].notna() if "inclusion" in rows else pd.Series(False, index=rows.index)
    by_chance = rows.loc[drawn, "parent_item_id"].nunique() >= FEWEST_DECIDED
    rows = rows[drawn] if by_chance else rows
    rows = rows[rows["parent_item_id"].isin(_drawn(rows["parent_item_id"].drop_duplicates(), most, seed))]
    weight = 1 / rows["inclusion"].astype(float).clip(lower=0.01) if by_chance else pd.Series(1.0, index=rows.index)
    by_item = rows["parent_item_id"]
    said = by_item.groupby(by_item).size().astype(float) * len(phase.gates)
    return _Truth(rows, said, weight.groupby(by_item).mean(), bool(by_chance))


def _looked(
    answers: pd.DataFrame, copies: pd.DataFrame, k: int, turn: int, most: int, truth: _Truth, phase: PhaseSpec
) -> tuple[pd.Series, Floats]:
    """With `k` answers of each item: whether each item passes, and how many values of each decided item are right."""
    kept = copies[(copies["place"] - turn) % most < k]
    subset = answers[answers["assignment_id"].isin(kept["assignment_id"])].reset_index(drop=True)
    fitted = fit(subset, phase)
    cells_passing = accepted_cells(subset, fitted)
    gates = cells_passing[cells_passing["field"].isin(phase.gates)]
    passing = gates.groupby("item_id")["accepted"].min().astype(float)
    if not len(truth.said):
        return passing, np.zeros(0)
    judged = judged_of(fitted.ballots, truth.reviewed, phase)
    best = choose(fitted.ballots, fitted.scores).best
    cells = fitted.ballots.cells
    names = np.array(list(phase.fields), dtype=object)[cells.field]
    right = np.where(judged.truth == NO_VALUE, best < 0, best == judged.truth)
    counts = (judged.truth != UNKNOWN) & np.isin(names, list(phase.gates)) & right
    per_item = pd.Series(counts.astype(float)).groupby(np.asarray(cells.item_id)).sum()
    per_item = per_item.add(_right_sets_and_ratings(fitted, truth.reviewed, phase), fill_value=0.0)
    return passing, per_item.reindex(truth.said.index).fillna(0.0).to_numpy()


def _right_sets_and_ratings(fitted: Fitted, reviewed: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """How many sets and ratings of each decided item are right, of the fields that hold rows back."""
    decided = decided_values(reviewed, phase)
    decided = decided[decided["field"].isin(phase.gates)]
    items, rights = [], []
    for votes, agreed in fitted.others:
        for cell, right in known_by_cell(decided, cells_of(votes, list(phase.fields))).items():
            items.append(votes.cells.item_id[cell])
            rights.append(float(agreed.same(cell, agreed.value[cell], right)))
    return pd.Series(rights, dtype=float).groupby(np.array(items, dtype=object)).sum()


def _reward(assignments: pd.DataFrame) -> float:
    rewards = pd.to_numeric(assignments.get("reward", pd.Series([], dtype=float)), errors="coerce").dropna()
    return float(rewards.mean()) if len(rewards) else np.nan


def _table(shares: list[float], rights: list[Floats], items: int, truth: _Truth, reward: float) -> pd.DataFrame:
    decided = len(truth.said)
    rows: list[dict[str, object]] = []
    for k, share in enumerate(shares, 1):
        accuracy = gain = Estimate()
        if decided >= FEWEST_DECIDED:
            accuracy = _estimate(rights[k - 1], truth)
            gain = _estimate(rights[k - 1] - rights[k - 2], truth) if k > 1 else gain
        row: dict[str, object] = {"answers": k, "items": items, "passing": share, "decided": decided}
        row |= dict(zip(("accuracy", "accuracy_low", "accuracy_high"), accuracy, strict=True))
        row |= dict(zip(("gain", "gain_low", "gain_high"), gain, strict=True))
        rows.append(row | {"cost": reward * k})
    table = pd.DataFrame(rows).astype({"passing": float, "cost": float})
    return table.assign(words=in_words(table, truth.by_chance, FEWEST_DECIDED))


def _estimate(right: Floats, truth: _Truth) -> Estimate:
    """The weighted share of `right` among the values said, per item, with its interval."""
    said, weight = truth.said.to_numpy(), truth.weight.reindex(truth.said.index).to_numpy()
    n = len(said)
    draws = np.random.default_rng(0).integers(0, n, size=(_RESAMPLED, n))
    top, bottom = weight * right, weight * said
    shares = top[draws].sum(axis=1) / bottom[draws].sum(axis=1)
    value = float(top.sum() / bottom.sum())
    low, high = np.quantile(shares, [_TAIL, 1 - _TAIL])
    exact = 1 - _TAIL ** (1 / n)
    if np.ptp(right / said) == 0:
        low, high = max(value - exact, -1.0), min(value + exact, 1.0)
    return Estimate(value, float(low), float(high))
