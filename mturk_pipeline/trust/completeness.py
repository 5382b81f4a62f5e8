"""Completeness of lists: accepted elements against all real ones, unlisted ones included.

How much the workers overlap shows how many elements none of them saw. For each list::

    completeness = accepted / (accepted + left out + unseen)

    accepted, left out   sums of the trust of its elements that are, and are not, accepted: expected real ones
    unseen               richness * missed, from `mturk_pipeline.trust.list_model`: real elements times the probability
                         prod(1 - r_p) that every worker misses one, where the recalls r_p are pooled over all lists
    richness             accepted + left out + unseen

Chao2 (Chao 1987; bias-corrected as in Chao et al. 2009) says for m workers, from one list only::

    unseen >= (m - 1) / m * Q1 * (Q1 - 1) / (2 * (Q2 + 1))         Q1, Q2: elements that just one, just two listed

Alone it takes each lone element for real, and its interval is wide. But it holds however unequal the elements are, as
a lower bound, where the recalls take them for alike: so the interval always reaches as far, with Q1 and Q2 as sums of
trust.

The interval is meant to hold 95 % of the time (in simulated crowds with 3 to 7 workers in 94 to 100 % of the lists, 89
% where three workers faced many hard elements; Chao2's own in 1 to 63 %). The unseen vary by chance (negative binomial,
variance unseen / (1 - missed)); recall is known only so well (delta method) and differs between elements more than the
model knows (standard deviation `UNEQUAL` of log unseen); elements left out may be real. Left out and unseen together
are taken for gamma-distributed with that mean and variance (quantiles by Wilson & Hilferty 1931), and widened to whole
elements. Unequal elements hide beyond any model (Link 2003), so low ends are the weaker side. Under three workers
completeness, richness and interval are unknown.

Sources: Chao, Biometrics 43 (1987); Chao, Colwell, Lin & Gotelli, Ecology 90 (2009); Sanathanan, Annals of
Mathematical Statistics 43 (1972); Link, Biometrics 59 (2003); Wilson & Hilferty, PNAS 17 (1931).
"""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Bools, Floats, Ints
from mturk_pipeline.trust.list_model import Listing
from mturk_pipeline.trust.models.row_groups import sums

FEWEST_WORKERS = 3
UNEQUAL = 0.5
_Z = 1.96


def completeness(listing: Listing, accepted: Bools) -> pd.DataFrame:
    """One row for each list, sorted by item.

    `accepted` (E) marks the elements of `listing` that are taken for real, such as `listing.trust >= 0.5`.

    Returns
    -------
    DataFrame
        item (code), workers (who answered), listed (different elements), accepted (of these), richness (estimated
        number of real elements), completeness (share of the real elements that is accepted, 0..1), low, high (its
        95 % interval). The last four are missing under three workers.

    Examples
    --------
    Three workers who see 9 of 10 clubs each; everything listed is accepted:

    >>> from mturk_pipeline.trust.list_model import fit_listing
    >>> rows = np.array([(i, e, w) for i in range(20) for e in range(10) for w in range(3) if (e + 3 * w + i) % 10])
    >>> known = fit_listing(*rows.T, rows[:, 0], rows[:, 2])
    >>> completeness(known, known.trust >= 0.5).round(2).head(1)
       item  workers  listed  accepted  richness  completeness   low  high
    0     0        3      10        10      10.2          0.98  0.83   1.0
    """
    of_list, number = np.searchsorted(listing.list_item, listing.item), len(listing.list_item)
    kept = sums(of_list, listing.trust * accepted, number)
    absent, fewest, most = _absent(listing, accepted, of_list)
    columns = {
        "richness": kept + absent,
        "completeness": _share(kept, kept + absent),
        "low": _share(kept, kept + most),
        "high": _share(kept, kept + fewest),
    }
    unknown = listing.list_workers < FEWEST_WORKERS
    return pd.DataFrame(
        {
            "item": listing.list_item,
            "workers": listing.list_workers,
            "listed": np.bincount(of_list, minlength=number),
            "accepted": np.bincount(of_list[accepted], minlength=number),
            **{name: np.where(unknown, np.nan, values) for name, values in columns.items()},
        }
    )


def _absent(listing: Listing, accepted: Bools, of_list: Ints) -> tuple[Floats, Floats, Floats]:
    """Real elements of each list (I) that are left out or unseen: expected, fewest and most (95 %)."""
    number, out = len(listing.list_item), listing.trust * ~accepted
    left_out = sums(of_list, out, number)
    unseen = listing.richness * listing.missed
    doubt = listing.missed_doubt / (1 - listing.missed) ** 2 + UNEQUAL**2
    spread = sums(of_list, out * (1 - listing.trust), number) + unseen / (1 - listing.missed) + unseen**2 * doubt
    expected = left_out + unseen
    fewest, most = (_gamma_quantile(expected, spread, z) for z in (-_Z, _Z))
    # Of far less than one element both quantiles are 0.
    most = np.maximum(np.maximum(np.ceil(most), expected), left_out + chao2_unseen(listing, of_list))
    return expected, np.minimum(np.floor(fewest), expected), most


def chao2_unseen(listing: Listing, of_list: Ints) -> Floats:
    """Chao's lower bound of each list's (I) unseen elements, bias-corrected; elements count by their trust."""
    number, m = len(listing.list_item), np.maximum(listing.list_workers, 1)
    once, twice = (sums(of_list, listing.trust * (listing.votes == votes), number) for votes in (1, 2))
    return (m - 1) / m * once * np.maximum(once - 1, 0) / (2 * (twice + 1))


def _gamma_quantile(mean: Floats, variance: Floats, z: float) -> Floats:
    """Quantile of a gamma distribution at the normal deviate z (Wilson & Hilferty's cube root)."""
    shape = mean**2 / np.maximum(variance, 1e-12)
    root = 1 - 1 / (9 * np.maximum(shape, 1e-12)) + z / (3 * np.sqrt(np.maximum(shape, 1e-12)))
    return mean * np.maximum(root, 0) ** 3


def _share(part: Floats, whole: Floats) -> Floats:
    """part / whole; a list without any real element lacks nothing."""
    return np.where(whole > 1e-9, part / np.maximum(whole, 1e-9), 1.0)
