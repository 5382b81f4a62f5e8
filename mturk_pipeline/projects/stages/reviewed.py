"""Reviewed rows: people's decisions laid over the cleaned output."""

from typing import NamedTuple

import pandas as pd

from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import kept_reviews, seed_of
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.audit import Audit, audit, audit_table
from mturk_pipeline.trust.gold import known_items


class ReviewedPhase(NamedTuple):
    """Contract `Reviewed`, and the audit of rows that nobody looks at."""

    reviewed: pd.DataFrame
    audit: Audit


def make_reviewed(phase: ProjectPhase, cleaned: pd.DataFrame, decisions: pd.DataFrame) -> ReviewedPhase:
    """Apply decisions to `cleaned` (contract CleanedOutput)."""
    reviews, raw_output = kept_reviews(phase, decisions), phase.table("raw_output")
    known = frozenset() if raw_output is None else known_items(raw_output, phase.spec)
    reviewed = apply_decisions(cleaned, reviews, phase.spec, seed_of(phase), known)
    estimate = audit(reviewed, cleaned, phase.spec)
    phase.keep("audit", audit_table(estimate))
    return ReviewedPhase(reviewed, estimate)
