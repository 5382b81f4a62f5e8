"""What every agreement takes and returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Bools, Floats, Ints, Texts
from mturk_pipeline.trust.calibration import calibrate
from mturk_pipeline.trust.votes import Ballots

CELL = ["item_id", "element", "field"]


@dataclass(frozen=True)
class Outside:
    """What is known of cells and workers from outside of the answers."""

    gold: pd.DataFrame = field(default_factory=lambda: no_values())  # CELL and value, missing for "there is none"
    # CELL, value and inclusion: what people found to be right, and the probability with which the row was drawn
    decided: pd.DataFrame = field(default_factory=lambda: no_values())
    weight: Mapping[str, float] = field(default_factory=dict)  # of a worker's votes where it is not 1

    def weights(self, workers: Texts) -> Floats:
        """(W) what each worker's votes count for."""
        return np.array([self.weight.get(w, 1.0) for w in workers.tolist()], dtype=float)


def no_values() -> pd.DataFrame:
    """An empty table of known values."""
    texts = dict.fromkeys([*CELL, "value"], "str")
    return pd.DataFrame(
        {c: pd.Series([], dtype=t) for c, t in texts.items()} | {"inclusion": pd.Series([], dtype=float)}
    )


Same = Callable[[int, Any, Any], bool]  # a cell, its best guess, and what is right: whether they are the same


def equal(cell: int, value: Any, right: Any) -> bool:
    """Whether a best guess is exactly what is right."""
    return value == right


@dataclass(frozen=True)
class Agreed:
    """The outcome of C cells, and what V votes show of their workers."""

    outcome: Texts  # (C) value, none, unknown
    value: Texts  # (C) None where the outcome is no value
    trust: Floats  # (C) missing where nothing can be right or wrong
    votes: Ints  # (C) workers who gave the outcome, as far as that can be said
    detail: Texts  # (C) what stands beside the value
    words: Texts  # (C) reasons
    flag_text: Texts  # (C)
    runners_up: list[list[str]]  # (C)
    runners_up_trust: list[list[float]]  # (C)
    right: Floats  # (V) probability that the vote was right; missing where it shows nothing
    low: Floats  # (C) the 95 % interval of a rating, missing of all else …
    high: Floats
    changed: Bools  # (C) not what most workers gave
    notes: tuple[str, ...] = ()
    looks: pd.DataFrame = field(default_factory=pd.DataFrame)  # see `mturk_pipeline.trust.truth.looks`
    same: Same = equal


class PerCell:
    """Columns of an `Agreed`, to be filled cell by cell."""

    def __init__(self, ballots: Ballots) -> None:
        n, votes = len(ballots.cells.field), len(ballots.votes.cell)
        self.outcome: list[str] = ["unknown"] * n
        self.value: list[str | None] = [None] * n
        self.trust, self.right = np.zeros(n), np.full(votes, np.nan)
        self.low, self.high = np.full(n, np.nan), np.full(n, np.nan)
        self.votes = np.zeros(n, dtype=np.int64)
        self.changed = np.zeros(n, dtype=bool)
        self.detail, self.words, self.flag_text = ([""] * n for _ in range(3))
        self.runners_up: list[list[str]] = [[] for _ in range(n)]
        self.runners_up_trust: list[list[float]] = [[] for _ in range(n)]

    def agreed(self, notes: tuple[str, ...] = ()) -> Agreed:
        texts = (self.outcome, self.value, self.detail, self.words, self.flag_text)
        outcome, value, detail, words, flag_text = (np.array(column, dtype=object) for column in texts)
        return Agreed(
            outcome=outcome,
            value=value,
            trust=self.trust,
            votes=self.votes,
            detail=detail,
            words=words,
            flag_text=flag_text,
            runners_up=self.runners_up,
            runners_up_trust=self.runners_up_trust,
            right=self.right,
            low=self.low,
            high=self.high,
            changed=self.changed,
            notes=notes,
        )


def cells_of(ballots: Ballots, names: list[str]) -> pd.MultiIndex:
    """(C) item, element and field of each cell; `names` are all of the phase's fields."""
    cells = ballots.cells
    fields = np.array(names, dtype=object)[cells.field]
    return pd.MultiIndex.from_arrays([cells.item_id, cells.element, fields], names=CELL)


def known_by_cell(known: pd.DataFrame, cells: pd.MultiIndex) -> dict[int, Any]:
    """The known value of each cell (its place) that has one; None for "there is none"."""
    places = cells.get_indexer(pd.MultiIndex.from_frame(known[CELL]))
    values = known["value"].where(known["value"].notna(), None).tolist()
    return {
        at: value if isinstance(value, str) else None
        for at, value in zip(places.tolist(), values, strict=True)
        if at >= 0
    }


def calibrated(agreed: Agreed, cells: pd.MultiIndex, outside: Outside, gold: Mapping[int, Any]) -> Agreed:
    """`agreed` with trust corrected by people's decisions, and 1 where the right value is known and is the guess."""
    known = known_by_cell(outside.decided, cells)
    decided = {cell: right for cell, right in known.items() if not np.isnan(agreed.trust[cell])}
    judged = {cell: agreed.same(cell, agreed.value[cell], right) for cell, right in sorted(decided.items())}
    at = np.array(list(judged), dtype=np.int64)
    drawn = outside.decided.drop_duplicates(CELL).set_index(CELL)["inclusion"].reindex(cells[at]) if len(at) else []
    right = np.array(list(judged.values()), dtype=float)
    looks = pd.DataFrame({"trust": agreed.trust[at], "right": right, "inclusion": np.asarray(drawn, dtype=float)})
    correct = calibrate(*(looks[name].to_numpy(dtype=float) for name in ("trust", "right", "inclusion")))
    trust = correct(agreed.trust)
    for cell, value in gold.items():
        trust[cell] = float(agreed.same(cell, agreed.value[cell], value))
    notes = (*agreed.notes, f"sets and ratings: {correct}") if correct.reviewed else agreed.notes
    return replace(agreed, trust=trust, looks=looks, notes=notes)
