"""Footers: a link, address or number that many workers found on many items is a footer's or head office's.

It is no copying, and no worker is blamed for it; but it is rarely the item's own, so its trust is halved.
"""

from mturk_pipeline.trust.asked import Asked, is_personal, of_field
from mturk_pipeline.trust.coding import Bools
from mturk_pipeline.trust.votes import Ballots

FOOTER_FACTOR = 0.5
FOOTER_ITEMS = 5
FOOTER_WORKERS = 3


def footers(ballots: Ballots, asked: Asked) -> Bools:
    """Which candidates (K) many workers gave for many items, in fields where that cannot be chance."""
    personal = of_field([is_personal(s) for s in asked.fields.values()], ballots.cells.field)
    candidates = ballots.candidates
    return personal[candidates.cell] & (candidates.items >= FOOTER_ITEMS) & (candidates.givers >= FOOTER_WORKERS)
