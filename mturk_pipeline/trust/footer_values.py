"""Footer values: a link, address or number that many workers gave for many items is a footer's or head office's.

It is no copying, and no worker is blamed for it; but it is rarely the item's own, so its trust is halved. What it loses
goes to the other outcomes as they are probable: another value, or none.
"""

import numpy as np

from mturk_pipeline.trust.answer_codes import Bools
from mturk_pipeline.trust.models.base import Scores
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.questions import Asked, is_personal, of_field
from mturk_pipeline.trust.votes import Ballots

FOOTER_FACTOR = 0.5
FOOTER_ITEMS = 5
FOOTER_WORKERS = 3


def footers(ballots: Ballots, asked: Asked) -> Bools:
    """Which candidates (K) many workers gave for many items, in fields where that cannot be chance."""
    personal = of_field([is_personal(s) for s in asked.fields.values()], ballots.cells.field)
    candidates = ballots.candidates
    return personal[candidates.cell] & (candidates.items >= FOOTER_ITEMS) & (candidates.givers >= FOOTER_WORKERS)


def less_for_footers(ballots: Ballots, scores: Scores, footer: Bools) -> Scores:
    """`scores` where footers (K) have half their trust, and none its share of the other half."""
    if not footer.any():
        return scores
    cell = ballots.candidates.cell
    lost = np.where(footer, scores.value_trust * (1 - FOOTER_FACTOR), 0.0)
    n_cells = len(ballots.cells.field)
    of_footers, lost_there = sums(cell, np.where(footer, scores.value_trust, 0.0), n_cells), sums(cell, lost, n_cells)
    share = scores.none_trust / np.maximum(1 - of_footers, np.maximum(scores.none_trust, 1e-9))
    return scores.with_trust(scores.value_trust - lost, scores.none_trust + lost_there * share)
