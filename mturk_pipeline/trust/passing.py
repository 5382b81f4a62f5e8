"""What passes without a look, why not more, and which line of the phase's file would change that, in words."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.vocabulary.answer_states import VALID
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_FEWEST_ITEMS = 5
_RARELY, _CLOSE = 0.3, 0.5  # share of equal numbers; spread within an item over that of all
_ENOUGH = 0.5  # share of the rows that pass: nothing is said from here on
_LOWER = (0.85, 0.8, 0.75, 0.7, 0.65, 0.6)
_ROUNDING = 1e-9
_ROW = ["item_id", "element"]


def passing_advice(
    consensus: pd.DataFrame,
    phase: PhaseSpec,
    looks: pd.DataFrame | None = None,
    decided: pd.DataFrame | None = None,
) -> str:
    """Why few rows pass, in one line; '' where at least half of them do, or where nothing holds a row back.

    `consensus` is contract Consensus; `looks` what people found of best guesses (`mturk_pipeline.trust.truth.looks`);
    `decided` names the rows that people decided (item_id and element, see `decided_rows`): nothing is said of these.
    """
    gates = consensus[consensus["field"].isin(phase.gates)]
    items = gates["item_id"].nunique()
    some = decided is not None and len(decided) > 0
    if decided is not None and some:
        gates = gates[~pd.MultiIndex.from_frame(gates[_ROW]).isin(pd.MultiIndex.from_frame(decided[_ROW]))]
    if gates.empty:
        return ""
    rows = gates.groupby(_ROW)["accepted"].all()
    passing, number = int(rows.sum()), len(rows)
    if passing >= _ENOUGH * number:
        return ""
    waiting = gates[~gates["accepted"]]
    rows_told = counted(number, "undecided row" if some else "row")
    said = [f"{passing:,} of {rows_told} {'passes' if passing == 1 else 'pass'}"]
    wrong = 0 if looks is None or looks.empty else int((looks["right"] == 0).sum())
    if looks is not None and wrong:
        guesses = counted(len(looks), "best guess", "best guesses")
        said.append(f"{wrong:,} of {guesses} that people looked at were wrong, which lowers trust in the others")
    said += list(_causes(gates, waiting, phase, items, wrong > 0)) or ([] if wrong else [_differing(waiting)])
    said += list(_lower_threshold(gates, phase, passing))
    return "; ".join(said)


def decided_rows(items: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """The rows that people decided, as consensus names them: item_id (of the item asked about) and element.

    `items` and `decisions` are contracts Items and Decisions. Where all records of an item are decided, so is what was
    asked of it as a whole.
    """
    is_decided = items["item_id"].isin(decisions["item_id"])
    rows = items.loc[is_decided, ["parent_item_id", "element"]]
    whole = is_decided.groupby(items["parent_item_id"]).all()
    of_item = pd.DataFrame({"parent_item_id": whole.index[whole], "element": ""})
    return pd.concat([rows, of_item]).rename(columns={"parent_item_id": "item_id"}).drop_duplicates(ignore_index=True)


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


def _causes(gates: pd.DataFrame, waiting: pd.DataFrame, phase: PhaseSpec, items: int, lowered: bool) -> Iterator[str]:
    lone = waiting["workers"] <= 1
    if lone.mean() > _ENOUGH:
        yield f"{int(lone.sum()):,} values rest on one worker: ask more, such as assignments_per_item: 3"
        return
    agreed = waiting[(waiting["flag"] == "unanimous") & (waiting["workers"] > 1) & (waiting["outcome"] != "unknown")]
    if not lowered and len(agreed) and len(agreed) >= 0.2 * len(waiting):
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
    """The highest lower threshold that lets clearly more rows pass, and how many of these are probably wrong."""
    now = gates["field"].map({name: phase.threshold(name) for name in phase.gates}).to_numpy(dtype=float)
    trust, usable = gates["trust"].fillna(-1.0).to_numpy(), (gates["outcome"] != "unknown").to_numpy()
    several = (gates["workers"] > 1).to_numpy()
    rows = gates.groupby(_ROW).ngroup().to_numpy()
    for limit in _LOWER:
        if limit >= phase.usual_threshold:
            continue
        would = gates["accepted"].to_numpy() | (usable & several & (trust >= np.minimum(now, limit) - _ROUNDING))
        passes = ~np.bincount(rows[~would], minlength=rows.max() + 1).astype(bool)
        more = int(passes.sum())
        if more >= max(2 * passing, passing + 0.1 * (rows.max() + 1)):
            right = np.ones(len(passes))
            np.multiply.at(right, rows, np.clip(trust, 0, 1))
            yield f"accept: {limit:g} would let {counted(more, 'row')} pass, {_price(right[passes], phase)}"
            return


def _price(right: np.ndarray, phase: PhaseSpec) -> str:
    """How many of the rows are probably wrong, in words; `right` is the probability that all of a row's gates hold."""
    if not TRUST_MODELS[phase.model].is_probability:
        return "but nobody knows how many of them are wrong: this model counts votes"
    wrong = float((1 - right).sum())
    return f"of which about {wrong:.1f} would be wrong" if wrong < 10 else f"of which about {wrong:,.0f} would be wrong"
