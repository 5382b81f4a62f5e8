"""What passes without a look, why not more, and which line of the phase's file would change that, in words."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.vocabulary.answer_states import VALID
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_FEWEST_ITEMS = 5
_RARELY, _CLOSE = 0.3, 0.5  # share of equal numbers; spread within an item over that of all
_ENOUGH = 0.5  # share of the rows that pass: nothing is said from here on
_LOWER = (0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
_ROUNDING = 1e-9
_ROW = ["item_id", "element"]


def passing_advice(consensus: pd.DataFrame, phase: PhaseSpec, looks: pd.DataFrame | None = None) -> str:
    """Why few rows pass, in one line; '' where at least half of them do, or where nothing holds a row back.

    `consensus` is contract Consensus; `looks` what people found of best guesses (`mturk_pipeline.trust.truth.looks`).
    """
    gates = consensus[consensus["field"].isin(phase.gates)]
    if gates.empty:
        return ""
    rows = gates.groupby(_ROW)["accepted"].all()
    passing, number = int(rows.sum()), len(rows)
    if passing >= _ENOUGH * number:
        return ""
    waiting = gates[~gates["accepted"]]
    said = [f"{passing:,} of {counted(number, 'row')} {'passes' if passing == 1 else 'pass'}"]
    wrong = 0 if looks is None or looks.empty else int((looks["right"] == 0).sum())
    if looks is not None and wrong:
        guesses = counted(len(looks), "best guess", "best guesses")
        said.append(f"{wrong:,} of {guesses} that people looked at were wrong, which lowers trust in the others")
    said += list(_causes(gates, waiting, phase, wrong > 0)) or ([] if wrong else [_differing(waiting)])
    said += list(_lower_threshold(gates, phase, passing))
    return "; ".join(said)


def rating_hints(answers: pd.DataFrame, phase: PhaseSpec) -> Iterator[str]:
    """Fields of exact numbers whose answers look like ratings: close together about one item, and rarely the same.

    `answers` is contract Answers.
    """
    names = [name for name, spec in phase.fields.items() if KINDS[spec.kind].is_quantity and spec.has_one_value]
    given = answers[answers["field"].isin(names) & (answers["state"] == VALID)]
    given = given.assign(number=pd.to_numeric(given["value"], errors="coerce"))
    for name, of_field in given.groupby("field", sort=False):
        numbers = of_field.groupby(["item_id", "element"])["number"]
        several = numbers.transform("size") > 1
        if of_field.loc[several, "item_id"].nunique() < _FEWEST_ITEMS:
            continue
        meeting = of_field[several].duplicated(["item_id", "element", "number"], keep=False).mean()
        ranges = (numbers.max() - numbers.min())[numbers.size() > 1]
        whole = of_field["number"].max() - of_field["number"].min()
        if meeting < _RARELY and whole > 0 and ranges.median() <= _CLOSE * whole:
            yield f"{name}: answers lie close together but rarely meet: did you mean kind: rating?"


def _causes(gates: pd.DataFrame, waiting: pd.DataFrame, phase: PhaseSpec, lowered: bool) -> Iterator[str]:
    lone = waiting["workers"] <= 1
    if lone.mean() > _ENOUGH:
        yield f"{int(lone.sum()):,} values rest on one worker: ask more, such as assignments_per_item: 3"
        return
    agreed = waiting[(waiting["flag"] == "unanimous") & (waiting["workers"] > 1) & (waiting["outcome"] != "unknown")]
    if not lowered and len(agreed) and len(agreed) >= 0.2 * len(waiting):
        items = gates["item_id"].nunique()
        yield (
            f"with {counted(items, 'item')} agreement alone reaches a trust of {agreed['trust'].max():.2f}: more items "
            "or gold questions raise it"
        )
    without = [name for name in phase.gates if gates.loc[gates["field"] == name, "trust"].isna().all()]
    for name in without:
        told = AGREEMENTS[phase.fields[name].agreement].without_trust
        yield f"{name} is a gate and has no trust: {told}, or leave out its gate"
    held = _held_alone(gates)
    if len(phase.gates) > 1 and len(held) and held.max() >= 0.3 * len(gates.drop_duplicates(_ROW)):
        name = str(held.idxmax())
        if name not in without:
            yield f"{name} alone holds back {counted(int(held.max()), 'row')}"


def _differing(waiting: pd.DataFrame) -> str:
    differing = int((waiting["flag"] != "unanimous").sum())
    return f"workers differ on {differing:,} of the {counted(len(waiting), 'value')} that wait"


def _held_alone(gates: pd.DataFrame) -> pd.Series:
    """How many rows each field alone holds back."""
    waiting = gates[~gates["accepted"]]
    only = waiting.groupby(_ROW)["field"].transform("size") == 1
    return waiting.loc[only, "field"].value_counts()


def _lower_threshold(gates: pd.DataFrame, phase: PhaseSpec, passing: int) -> Iterator[str]:
    """The highest lower threshold that lets clearly more rows pass."""
    now = gates["field"].map({name: phase.threshold(name) for name in phase.gates}).to_numpy(dtype=float)
    trust, usable = gates["trust"].fillna(-1.0).to_numpy(), (gates["outcome"] != "unknown").to_numpy()
    several = (gates["workers"] > 1).to_numpy()
    rows = gates.groupby(_ROW).ngroup().to_numpy()
    for limit in _LOWER:
        if limit >= phase.usual_threshold:
            continue
        would = gates["accepted"].to_numpy() | (usable & several & (trust >= np.minimum(now, limit) - _ROUNDING))
        more = int(np.bincount(rows[~would], minlength=rows.max() + 1).astype(bool).__invert__().sum())
        if more >= max(2 * passing, passing + 0.1 * (rows.max() + 1)):
            yield f"accept: {limit:g} would let {counted(more, 'row')} pass"
            return
