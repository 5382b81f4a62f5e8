"""Lists of records: that a record exists comes first, then what its fields are."""

from dataclasses import replace

import numpy as np

from mturk_pipeline.trust.asked import Asked, of_field
from mturk_pipeline.trust.coding import Floats
from mturk_pipeline.trust.listing import Listing, fit_listing
from mturk_pipeline.trust.models.scores import Scores
from mturk_pipeline.trust.models.segments import sums
from mturk_pipeline.trust.votes import Ballots


def listing_of(ballots: Ballots) -> Listing:
    """Which records are real, and how well each worker lists; element codes are those of the ballots' cells."""
    lists = ballots.lists
    return fit_listing(lists.item, lists.record, lists.worker, lists.asked_item, lists.asked_worker)


def record_trust(ballots: Ballots, listing: Listing) -> Floats:
    """(C) probability that the cell's record is real; 1 for cells of no list."""
    cells = ballots.cells
    width = int(cells.record.max(initial=0)) + 1
    trust = np.ones(len(cells.field))
    of_record = cells.element != ""
    key = listing.item * width + listing.element
    trust[of_record] = listing.trust[np.searchsorted(key, (cells.item * width + cells.record)[of_record])]
    return trust


def with_records(ballots: Ballots, asked: Asked, scores: Scores) -> Scores:
    """`scores` of values and of 'there is none' times the trust of their records; records count for workers, too.

    The fields by which a record is known (its link, its name) are right if it is real: their values share its trust.
    """
    cells, cell = ballots.cells, ballots.candidates.cell
    listing = listing_of(ballots)
    real = record_trust(ballots, listing)
    is_key = of_field([f in asked.record_keys for f in asked.fields], cells.field) & (cells.element != "")
    total = sums(cell, scores.value_trust, len(cells.field))
    value = np.where(is_key[cell], scores.value_trust / np.maximum(total[cell], 1e-9), scores.value_trust)
    lists, n = ballots.lists, len(ballots.workers)
    width = int(cells.record.max(initial=0)) + 1
    found = np.searchsorted(listing.item * width + listing.element, lists.item * width + lists.record)
    return replace(
        scores,
        value_trust=value * real[cell],
        none_trust=scores.none_trust * real,
        right=scores.right + sums(lists.worker, listing.trust[found], n),
        given=scores.given + np.bincount(lists.worker, minlength=n),
    )
