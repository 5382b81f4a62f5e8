"""Lists of records: first whether a record exists, then what its fields are."""

from dataclasses import replace

import numpy as np

from mturk_pipeline.trust.answer_codes import Floats, Ints
from mturk_pipeline.trust.list_model import Listing, fit_listing
from mturk_pipeline.trust.models.base import Priors, Scores
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.questions import Asked, of_field
from mturk_pipeline.trust.votes import Ballots


def listing_of(ballots: Ballots, weight: Floats) -> Listing:
    """Which records are real, and how well each worker lists; element codes are those of the ballots' cells.

    Workers of `weight` (W) 0 count for nothing: what only they listed is not in it.
    """
    lists = ballots.lists
    counts, asked = weight[lists.worker] > 0, weight[lists.asked_worker] > 0
    return fit_listing(
        lists.item[counts],
        lists.record[counts],
        lists.worker[counts],
        lists.asked_item[asked],
        lists.asked_worker[asked],
    )


def record_trust(ballots: Ballots, listing: Listing) -> Floats:
    """(C) probability that the cell's record is real; 1 for cells of no list, 0 for records that nobody counts for."""
    cells = ballots.cells
    width = int(cells.record.max(initial=0)) + 1
    trust = np.ones(len(cells.field))
    of_record = cells.element != ""
    key = listing.item * width + listing.element
    trust[of_record] = _trust_of((cells.item * width + cells.record)[of_record], key, listing)
    return trust


def _trust_of(wanted: Ints, key: Ints, listing: Listing) -> Floats:
    """Trust of the records with the codes `wanted`, among those of `key`."""
    if not len(key):
        return np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return np.where(key[at] == wanted, listing.trust[at], 0.0)


def with_records(ballots: Ballots, asked: Asked, scores: Scores, known: Priors) -> Scores:
    """`scores` of values and of 'there is none' times the trust of their records; records count for workers, too.

    The fields by which a record is known (its link, its name) are right if it is real: their values share its trust.
    """
    cells, cell = ballots.cells, ballots.candidates.cell
    listing = listing_of(ballots, known.weight)
    real = record_trust(ballots, listing)
    is_key = of_field([f in asked.record_keys for f in asked.fields], cells.field) & (cells.element != "")
    total = sums(cell, scores.value_trust, len(cells.field))
    value = np.where(is_key[cell], scores.value_trust / np.maximum(total[cell], 1e-9), scores.value_trust)
    lists, n = ballots.lists, len(ballots.workers)
    width = int(cells.record.max(initial=0)) + 1
    of_record = _trust_of(lists.item * width + lists.record, listing.item * width + listing.element, listing)
    return replace(
        scores,
        value_trust=value * real[cell],
        none_trust=scores.none_trust * real,
        right=scores.right + sums(lists.worker, of_record, n),
        given=scores.given + np.bincount(lists.worker, minlength=n),
    )
