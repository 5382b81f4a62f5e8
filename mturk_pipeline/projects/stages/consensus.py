"""Consensus and workers of a phase, from one fit that includes people's decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from mturk_pipeline.answers.spelling import spelt_as_given
from mturk_pipeline.intake.unknown_workers import anonymous_notes
from mturk_pipeline.leads.mail_outcome_files import read_outcomes
from mturk_pipeline.leads.mail_outcome_truth import outcomes_as_truth
from mturk_pipeline.projects.outcome_files import outcome_files
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import kept_reviews, seed_of
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.trust.agreements import Outside
from mturk_pipeline.trust.consensus import Fitted, find_consensus, fit
from mturk_pipeline.trust.gold import gold_notes, gold_truth, gold_values, known_items, with_gold
from mturk_pipeline.trust.judged_answers import evidence_rows
from mturk_pipeline.trust.list_completeness import list_completeness
from mturk_pipeline.trust.passing import decided_rows, passing_advice, rating_hints
from mturk_pipeline.trust.truth import Truth, decided_values, judged_of, with_outcomes
from mturk_pipeline.trust.votes import Ballots, ballots
from mturk_pipeline.trust.worker_priors import known_before, weight_of
from mturk_pipeline.trust.workers import notes_on_workers, rate_workers


@dataclass(frozen=True)
class WorkerPriors:
    """Prior knowledge of workers, from other projects and people."""

    history: pd.DataFrame  # from other projects
    standing: Mapping[str, str]  # what a person says of them


@dataclass(frozen=True)
class FittedPhase:
    """Consensus and workers from one fit, with notes."""

    consensus: pd.DataFrame
    workers: pd.DataFrame
    completeness: pd.DataFrame
    looks: pd.DataFrame  # what people found of best guesses
    notes: tuple[str, ...]
    passing: str  # why few rows pass and what would change that; '' where many do


def make_consensus(
    phase: ProjectPhase, tables: Mapping[str, pd.DataFrame], thresholds: Mapping[str, float], before: WorkerPriors
) -> FittedPhase:
    """Make consensus and workers, in two steps where there are decisions or mail outcomes.

    The first consensus knows of no decision. Trust is corrected by how often it was right in the rows that people
    looked at, so these rows come from it; then the model learns from what was decided. `tables` are `answers`,
    `raw_output`, `items` and `decisions` of the phase.
    """
    spec, answers, assignments = phase.spec, tables["answers"], tables["raw_output"]
    votes = ballots(answers, spec)
    gold = gold_truth(votes, assignments, spec)
    known = known_before(votes, before.history, before.standing, gold)
    weights = {worker: weight_of(worker, before.standing) for worker in answers["worker"].unique()}
    outside = Outside(gold=spelt_as_given(gold_values(assignments, spec), answers, spec), weight=weights)
    fitted = fit(answers, spec, known=known, votes=votes, outside=outside)
    consensus = find_consensus(answers, spec, thresholds, fitted=fitted)
    judged = _judged(phase, votes, consensus, tables)
    if judged is not None:
        truth, decided = judged
        fitted = fit(
            answers,
            spec,
            known=known,
            votes=votes,
            judged=truth,
            unjudged=fitted.unjudged,
            outside=replace(outside, decided=spelt_as_given(decided, answers, spec)),
        )
        consensus = find_consensus(answers, spec, thresholds, fitted=fitted)
    consensus = spelt_as_given(with_gold(consensus, assignments, spec), answers, spec)
    judged_rows = evidence_rows(fitted)
    advice = passing_advice(consensus, spec, fitted.looks, decided_rows(tables["items"], tables["decisions"]))
    return FittedPhase(
        consensus=consensus,
        workers=rate_workers(answers, assignments, spec, fitted=fitted, gold=gold, judged_rows=judged_rows),
        completeness=list_completeness(fitted, consensus),
        looks=fitted.looks,
        passing="; ".join(filter(None, [advice, *rating_hints(answers, spec)])),
        notes=(
            f"model {spec.model}",
            *([str(fitted.calibration)] if _says_something(fitted) else []),
            *fitted.scores.notes,
            *(note for _, agreed in fitted.others for note in agreed.notes),
            *notes_on_workers(judged_rows),
            *gold_notes(assignments, spec),
            *anonymous_notes(assignments),
        ),
    )


def _says_something(fitted: Fitted) -> bool:
    """Whether it is worth saying how trust in fields with one right value was corrected."""
    others = any(len(agreed.looks) for _, agreed in fitted.others)
    return fitted.calibration.reviewed > 0 or not others


def _judged(
    phase: ProjectPhase, votes: Ballots, consensus: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> tuple[Truth, pd.DataFrame] | None:
    """People's decisions and mail outcomes, as truth for `votes` and as values for all other fields; None without."""
    decisions, mail = tables["decisions"], outcome_files(phase)
    if decisions.empty and not mail:
        return None
    items = tables["items"]
    decided = items[items["item_id"].isin(decisions["item_id"])]
    cleaned = clean(consensus[consensus["item_id"].isin(decided["parent_item_id"])], decided, phase.spec)
    known = known_items(tables["raw_output"], phase.spec)
    reviewed = apply_decisions(cleaned, kept_reviews(phase, decisions), phase.spec, seed_of(phase), known)
    judged = judged_of(votes, reviewed, phase.spec)
    if mail:
        outcomes = read_outcomes([file.path for file in mail]).outcomes
        judged = with_outcomes(judged, votes, outcomes_as_truth(outcomes, consensus, phase.spec), phase.spec)
    return judged, decided_values(reviewed, phase.spec)
