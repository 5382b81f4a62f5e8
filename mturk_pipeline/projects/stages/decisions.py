"""People's decisions, read from every version of every reviewed file, whatever the crowd says by now."""

import pandas as pd

from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import keep_reviews, read_reviews
from mturk_pipeline.review.decisions import Reviews


def make_decisions(phase: ProjectPhase, items: pd.DataFrame) -> Reviews:
    """Read every file in the reviewed folder against the rows of `items` (contract Items)."""
    reviews = read_reviews(phase, items)
    keep_reviews(phase, reviews)
    return reviews
