"""Consensus of a phase: the best guess for each item, record and field, and how far to trust it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from mturk_pipeline.contracts.consensus import Consensus
from mturk_pipeline.trust.agreement_flags import (
    FLAGS,
    MAJORITY,
    PLURALITY,
    UNANIMOUS,
    Decided,
    decide,
    flag_text,
    overruled_text,
    sameness,
)
from mturk_pipeline.trust.agreements import Agreed, Outside, agree
from mturk_pipeline.trust.agreements.base import no_values
from mturk_pipeline.trust.agreements.consensus_table import consensus_table
from mturk_pipeline.trust.answer_codes import BLANK, INVALID, NEAR_MISS, NONE, VALID, Bools, Floats
from mturk_pipeline.trust.auto_acceptance import Guesses, accepted, thresholds_of
from mturk_pipeline.trust.calibration import Calibration
from mturk_pipeline.trust.choosing import (
    Chosen,
    at_least,
    changed,
    choose,
    of_chosen,
    outcomes,
    patterns,
)
from mturk_pipeline.trust.distinct_rows import texts_of_cases
from mturk_pipeline.trust.footer_values import footers, less_for_footers
from mturk_pipeline.trust.models import model_named
from mturk_pipeline.trust.models.base import Priors, Scores
from mturk_pipeline.trust.models.majority import speakers_for_none
from mturk_pipeline.trust.reasons import Facts, reasons_of
from mturk_pipeline.trust.truth import Model, Truth, calibration_of, looks, taught
from mturk_pipeline.trust.votes import Ballots, ballots
from mturk_pipeline.vocabulary.agreements import ONE_VALUE
from mturk_pipeline.workflow.phase_spec import PhaseSpec

SUSPICIOUS_CAP = 0.49


@dataclass(frozen=True)
class Fitted:
    """Votes of a phase and the model's estimates: consensus and workers are made from one fit."""

    phase: PhaseSpec
    ballots: Ballots
    unjudged: Scores  # what the model said before it knew of any decision
    scores: Scores  # trust recalibrated, capped and halved where it has to be
    chosen: Chosen
    suspicious: Bools  # (K) nobody supports it unsuspiciously: never accepted without a look
    footer: Bools  # (K) a footer's or head office's value
    calibration: Calibration
    known: Priors  # before the answers were looked at
    looks: pd.DataFrame  # cells that people looked at (see `mturk_pipeline.trust.truth.looks`)
    # The votes on fields of other agreements than one right value (sets, ratings, texts), and what became of them
    others: tuple[tuple[Ballots, Agreed], ...] = ()
    gold: pd.DataFrame = field(default_factory=no_values)  # right sets and ratings, as `Outside.gold`


def fit(
    answers: pd.DataFrame,
    phase: PhaseSpec,
    *,
    model: str | None = None,
    known: Priors | None = None,
    votes: Ballots | None = None,
    judged: Truth | None = None,
    unjudged: Scores | None = None,
    outside: Outside | None = None,
) -> Fitted:
    """Fit the model to `answers` (contract Answers); ValueError for a field that the phase does not have.

    Parameters
    ----------
    model
        A name in `mturk_pipeline.vocabulary.trust_models.TRUST_MODELS`; by default the phase's own.
    known
        Gold questions, history and overrides, for the cells and workers of `votes`; by default nothing.
    votes
        `ballots(answers, phase)` where the caller has them.
    judged
        People's decisions, for the cells of `votes`: trust is recalibrated by them, and other cells profit from what
        they show of workers.
    unjudged
        `Fitted.unjudged` of a fit of the same votes, where the caller has it.
    outside
        The same knowledge for fields whose answers are sets, ratings or texts.
    """
    votes = ballots(answers, phase) if votes is None else votes
    fitted = _fit_one_value(model_named(model or phase.model), phase, votes, known, judged, unjudged)
    outside = outside or Outside()
    others = []
    for name in sorted({spec.agreement for spec in phase.fields.values()} - {ONE_VALUE}):
        mine = ballots(answers, phase, name)
        others.append((mine, agree(name, mine, phase, outside)))
    seen = [fitted.looks, *(agreed.looks for _, agreed in others if len(agreed.looks))]
    looked = pd.concat(seen, ignore_index=True) if len(seen) > 1 else fitted.looks
    return replace(fitted, others=tuple(others), looks=looked, gold=outside.gold)


def _fit_one_value(
    find: Model, phase: PhaseSpec, votes: Ballots, known: Priors | None, judged: Truth | None, unjudged: Scores | None
) -> Fitted:
    """What the model makes of fields with one right value."""
    known = known or Priors.nothing(votes)
    scores = unjudged = unjudged or find(votes, phase, known)
    judged = judged or Truth.nothing(votes)
    seen, correct = looks(votes, scores, judged), calibration_of(votes, scores, judged)
    if len(seen):
        scores = taught(find, votes, phase, known, scores, judged)
    footer, suspicious = footers(votes, phase), ~votes.candidates.clean
    scores = scores.with_trust(correct(scores.value_trust), correct(scores.none_trust))
    scores = less_for_footers(votes, scores, footer).settled(votes, known)
    value = scores.value_trust
    chosen = choose(votes, scores)
    capped = np.where(of_chosen(suspicious, chosen.best), np.minimum(chosen.trust, SUSPICIOUS_CAP), chosen.trust)
    scores = scores.with_trust(np.where(suspicious, np.minimum(value, SUSPICIOUS_CAP), value), scores.none_trust)
    chosen = Chosen(chosen.best, capped, chosen.votes)
    return Fitted(phase, votes, unjudged, scores, chosen, suspicious, footer, correct, known, seen)


def find_consensus(
    answers: pd.DataFrame,
    phase: PhaseSpec,
    thresholds: Mapping[str, float] | None = None,
    *,
    model: str | None = None,
    fitted: Fitted | None = None,
) -> pd.DataFrame:
    """The consensus (contract Consensus) of `answers` (contract Answers), sorted by item, element and field.

    `thresholds` are the trust from which a value is accepted, by field name; '*' stands for all other fields, and
    ValueError for no field. By default `phase.threshold(field)`. The outcome 'none' has
    `phase.threshold_of_none(field)`, or the one given if lower; where somebody gave a value it needs half as much more,
    up to the value's. It never passes where nobody said so or left the field blank, where somebody nearly wrote a
    value, or where more people gave values. `model` and `fitted` are as of `fit`.
    """
    accept = thresholds_of(phase, thresholds or {})
    model_fit = fitted or fit(answers, phase, model=model)
    tables = [_of_one_value(model_fit, accept, answers)]
    tables += [consensus_table(votes, phase, agreed, accept) for votes, agreed in model_fit.others]
    tables = [table for table in tables if len(table)] or tables[:1]
    if len(tables) == 1:
        return tables[0]
    place = {name: n for n, name in enumerate(phase.fields)}
    whole = pd.concat(tables, ignore_index=True)
    return whole.assign(place=whole["field"].map(place)).sort_values(
        ["item_id", "element", "place"], kind="stable", ignore_index=True
    )[list(Consensus.names())]


def _of_one_value(fitted: Fitted, accept: Floats, answers: pd.DataFrame) -> pd.DataFrame:
    """Contract Consensus of the fields with one right value."""
    phase, guesses = fitted.phase, _guesses(fitted)
    table = _counts(fitted)
    table["accepted"] = accepted(fitted.ballots, phase, fitted.known, guesses, accept, answers)
    table["changed_by_weighting"] = changed(fitted.ballots, fitted.chosen, guesses.for_none)
    facts = Facts(fitted.ballots, phase, fitted.scores, fitted.chosen, guesses.suspicious, fitted.footer)
    table["reasons"] = reasons_of(facts, answers)
    return table.loc[:, list(Consensus.names())]


def accepted_cells(answers: pd.DataFrame, fitted: Fitted) -> pd.DataFrame:
    """The columns item_id, element, field and accepted of what `find_consensus` makes of a fit, and no more of it."""
    accept = thresholds_of(fitted.phase, {})
    passing = accepted(fitted.ballots, fitted.phase, fitted.known, _guesses(fitted), accept, answers)
    columns = ["item_id", "element", "field", "accepted"]
    others = [consensus_table(votes, fitted.phase, agreed, accept)[columns] for votes, agreed in fitted.others]
    return pd.concat([_names_of_cells(fitted).assign(accepted=passing), *others], ignore_index=True)


def _guesses(fitted: Fitted) -> Guesses:
    outcome = outcomes(fitted.ballots, fitted.scores, fitted.chosen)
    suspicious = of_chosen(fitted.suspicious, fitted.chosen.best)
    for_none, _ = speakers_for_none(fitted.ballots, fitted.phase)
    return Guesses(_trust(fitted, outcome), outcome == "none", suspicious, for_none)


def _trust(fitted: Fitted, outcome: np.ndarray) -> np.ndarray:
    return np.where(outcome == "unknown", 0.0, fitted.chosen.trust)


def _names_of_cells(fitted: Fitted) -> pd.DataFrame:
    cells = fitted.ballots.cells
    return pd.DataFrame(
        {
            "item_id": _text(cells.item_id),
            "element": _text(cells.element),
            "field": _text(np.array(list(fitted.phase.fields), dtype=object)[cells.field]),
        }
    )


def _counts(fitted: Fitted) -> pd.DataFrame:
    votes, phase, chosen = fitted.ballots, fitted.phase, fitted.chosen
    cells = votes.cells
    outcome = outcomes(votes, fitted.scores, chosen)
    support = np.where(outcome == "none", speakers_for_none(votes, phase, weighted=False)[0], 0)
    decided = decide(votes)
    kinds = [spec.kind for spec in phase.fields.values()]
    squares, entropy = sameness(votes)
    runners_up, of_runners_up = _runners_up(fitted)
    return pd.DataFrame(
        {
            **_names_of_cells(fitted),
            "outcome": _text(outcome),
            "value": _text(np.append(votes.candidates.value, np.array([None], dtype=object))[chosen.best]),
            "trust": _trust(fitted, outcome),
            "pattern": _text(patterns(votes, chosen.best)),
            "flag": _text(np.array(FLAGS, dtype=object)[decided.flag]),
            "flag_text": _text(_worded(decided, votes, chosen, kinds)),
            "winners": _slices(votes.candidates.value, cells.start[:-1], cells.start[:-1] + decided.winners),
            "runners_up": runners_up,
            "runners_up_trust": of_runners_up,
            "votes": np.where(outcome == "value", chosen.votes, support).astype(np.int64),
            "valid": cells.counts[:, VALID],
            "blank": cells.counts[:, BLANK],
            "none_declared": cells.counts[:, NONE],
            "invalid": cells.counts[:, INVALID],
            "workers": cells.workers,
            "cumulative_sameness": squares,
            "entropy": entropy,
            "low": np.nan,
            "high": np.nan,
            "detail": _text(np.full(len(squares), "", dtype=object)),
        }
    )


def _slices(values: np.ndarray, start: np.ndarray, stop: np.ndarray) -> list[list]:
    everything = values.tolist()
    return [everything[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)]


def _runners_up(fitted: Fitted) -> tuple[list[list[str]], list[list[float]]]:
    """Each cell's other candidates, most trusted first, and their trust."""
    candidates, best = fitted.ballots.candidates, fitted.chosen.best
    trust = fitted.scores.value_trust
    other = np.flatnonzero(best[candidates.cell] != np.arange(len(candidates.cell)))
    other = other[np.lexsort((other, -trust[other], candidates.cell[other]))]
    start = np.searchsorted(candidates.cell[other], np.arange(len(best) + 1))
    values = _slices(candidates.value[other], start[:-1], start[1:])
    return values, _slices(np.round(trust[other], 4), start[:-1], start[1:])


def _worded(decided: Decided, votes: Ballots, chosen: Chosen, kinds: list) -> np.ndarray:
    """The table's flag in words, or that the model found a value that the table does not name."""
    cells = votes.cells
    near = np.where(cells.counts[:, VALID] == 0, cells.unreadable[:, NEAR_MISS], 0)
    named = (chosen.best >= 0) & (chosen.best < cells.start[:-1] + decided.winners)
    overruled = (decided.winners > 0) & ~named & np.isin(decided.flag, (UNANIMOUS, MAJORITY, PLURALITY))
    cases = pd.DataFrame(
        {
            "flag": decided.flag,
            "agreeing": decided.agreeing,
            "workers": cells.people,
            "field": cells.field,
            "near": near,
            "overruled": overruled,
            "votes": at_least(of_chosen(votes.candidates.weight, chosen.best)),
        }
    )

    def text(case: dict) -> str:
        if case["overruled"]:
            return overruled_text(case["votes"], case["agreeing"], case["workers"])
        return flag_text(case["flag"], case["agreeing"], case["workers"], kinds[case["field"]], case["near"])

    return texts_of_cases(cases, text)


def _text(values: np.ndarray | list[str]) -> pd.Series:
    return pd.Series(values, dtype="str")
