"""What people decided about a phase's rows, laid over the cleaned output."""

from typing import NamedTuple

import pandas as pd

from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import kept_reviews, seed_of
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.audit import Audit, audit, audit_table


class ReviewedPhase(NamedTuple):
    """Contract `Reviewed`, and what spot checks say of rows that nobody looks at."""

    reviewed: pd.DataFrame
    audit: Audit


def make_reviewed(phase: ProjectPhase, cleaned: pd.DataFrame, decisions: pd.DataFrame) -> ReviewedPhase:
    """Apply what was decided to `cleaned` (contract CleanedOutput)."""
    reviewed = apply_decisions(cleaned, kept_reviews(phase, decisions), phase.spec, seed_of(phase))
    found = audit(reviewed, cleaned, phase.spec)
    phase.keep("audit", audit_table(found))
    return ReviewedPhase(reviewed, found)
