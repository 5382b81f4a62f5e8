"""Consensus and workers of a phase, from one fit that knows what people decided."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from mturk_pipeline.intake.unknown_workers import anonymous_notes
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import RawTables, judged_so_far
from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.gold import gold_notes, gold_truth
from mturk_pipeline.trust.history import known_before
from mturk_pipeline.trust.phase_lists import list_completeness
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.trust.workers import rate_workers


@dataclass(frozen=True)
class WorkerPriors:
    """What is known of the workers before the answers are looked at."""

    history: pd.DataFrame  # from other projects
    standing: Mapping[str, str]  # what a person says of them


@dataclass(frozen=True)
class FittedPhase:
    """Consensus and workers from one fit, and what should be known of it."""

    consensus: pd.DataFrame
    workers: pd.DataFrame
    completeness: pd.DataFrame
    looks: pd.DataFrame  # what people found of best guesses
    notes: tuple[str, ...]


def make_consensus(
    phase: ProjectPhase,
    answers: pd.DataFrame,
    assignments: pd.DataFrame,
    thresholds: Mapping[str, float],
    before: WorkerPriors,
) -> FittedPhase:
    """Consensus and workers, found in two steps where people decided anything.

    Decisions stand on rows, and rows are made of a consensus: the first one, which knows of no decision, makes them.
    So what comes out follows from the files alone, however often the phase has run.
    """
    spec = phase.spec
    votes = ballots(answers, spec)
    gold = gold_truth(votes, assignments, spec)
    known = known_before(votes, before.history, before.standing, gold)
    fitted = fit(answers, spec, known=known, votes=votes)
    consensus = find_consensus(answers, spec, thresholds, fitted=fitted)
    judged = judged_so_far(phase, votes, RawTables(consensus, answers, assignments))
    if judged is not None:
        fitted = fit(answers, spec, known=known, votes=votes, judged=judged)
        consensus = find_consensus(answers, spec, thresholds, fitted=fitted)
    return FittedPhase(
        consensus=consensus,
        workers=rate_workers(answers, assignments, spec, fitted=fitted, gold=gold),
        completeness=list_completeness(fitted, consensus),
        looks=fitted.looks,
        notes=(
            f"model {spec.model}",
            str(fitted.calibration),
            *fitted.scores.notes,
            *gold_notes(assignments, spec),
            *anonymous_notes(assignments),
        ),
    )
