"""What people decided about a phase's rows, laid over the cleaned output."""

from typing import NamedTuple

import pandas as pd

from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import reviews_of, seed_of
from mturk_pipeline.review.audit import Audit, audit, audit_table
from mturk_pipeline.review.deciding import apply_decisions
from mturk_pipeline.review.reading import Reviews


class ReviewedPhase(NamedTuple):
    """Contract `Reviewed`, what was read of people's files, and what spot checks say of rows that nobody looks at."""

    reviewed: pd.DataFrame
    reviews: Reviews
    audit: Audit


def make_reviewed(phase: ProjectPhase, cleaned: pd.DataFrame) -> ReviewedPhase:
    """Read every file in the reviewed folder, and apply what it decides to `cleaned` (contract CleanedOutput)."""
    reviews = reviews_of(phase, cleaned)
    reviewed = apply_decisions(cleaned, reviews, phase.spec, seed_of(phase))
    found = audit(reviewed, cleaned, phase.spec)
    phase.keep("review_problems", reviews.problems)
    phase.keep("audit", audit_table(found))
    phase.keep("agreement", reviews.agreement)
    return ReviewedPhase(reviewed, reviews, found)
