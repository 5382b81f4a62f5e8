"""Agreement: how often a worker says what co-workers say, and how much of that is more than chance.

It counts votes: a valid value agrees where another worker of the cell gave it too, 'there is none' where another said
so; a record of a list is compared with all who answered the item's list. Blanks and invalid answers are no votes.
Whoever always says what most say agrees best, so beside it stands::

    chance-corrected agreement = (o - e) / (1 - e)

o: of the pairs of this worker's votes with others' on the same item-field, the share that agree; e: the sum of the
squared shares of the field's values, nearly 0 in open fields.

Source: Scott, Public Opinion Quarterly 19 (1955); Gwet, Handbook of Inter-Rater Reliability (2014), on chance.
"""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import NONE, VALID, Floats
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.questions import Asked
from mturk_pipeline.trust.votes import Ballots

_ROUNDING = 1e-9


def agreement(votes: Ballots, asked: Asked) -> pd.DataFrame:
    """Per worker: compared, agreeing (votes), chance_corrected_agreement (missing where nothing can be compared)."""
    cell, state = votes.votes.cell, votes.votes.state
    says_none = np.array([s.none_policy == "answer" for s in asked.fields.values()])[votes.cells.field]
    counts = votes.cells.weights
    cast = counts[:, VALID] + np.where(says_none, counts[:, NONE], 0)
    votes_here = (state == VALID) | ((state == NONE) & says_none[cell])
    compared = votes_here & (cast[cell] + votes.cells.absent[cell] > 1 + _ROUNDING)
    shared = np.zeros(len(cell), dtype=bool)
    shared[votes.support_vote[votes.candidates.weight[votes.support_candidate] > 1 + _ROUNDING]] = True
    agreeing = compared & np.where(state == NONE, counts[cell, NONE] > 1 + _ROUNDING, shared)
    n = len(votes.workers)
    return pd.DataFrame(
        {
            "compared": np.bincount(votes.votes.worker[compared], minlength=n),
            "agreeing": np.bincount(votes.votes.worker[agreeing], minlength=n),
            "chance_corrected_agreement": _beyond_chance(votes, asked),
        },
        index=pd.Index(votes.workers, dtype="str"),
    )


def _beyond_chance(votes: Ballots, asked: Asked) -> Floats:
    """(W) chance-corrected agreement of the valid values."""
    cell, state = votes.votes.cell, votes.votes.state
    weight = votes.votes.weight
    others = votes.cells.weights[cell, VALID] - weight
    beside = votes.candidates.weight[votes.support_candidate] - weight[votes.support_vote]
    same = sums(votes.support_vote, beside, len(cell))
    pairs = np.where(state == VALID, np.maximum(others, 0), 0).astype(np.float64)
    agreeing: Floats = np.minimum(same, pairs).astype(np.float64)
    chance = _chance(votes, len(asked.fields))[votes.cells.field[cell]]
    n, worker = len(votes.workers), votes.votes.worker
    total = sums(worker, pairs, n)
    observed = sums(worker, agreeing, n) / np.where(total > 0, total, np.nan)
    expected = sums(worker, pairs * chance, n) / np.where(total > 0, total, np.nan)
    return (observed - expected) / np.where(expected < 1, 1 - expected, np.nan)


def _chance(votes: Ballots, fields: int) -> Floats:
    """(F) how likely two answers to a field agree by chance: sum of squared shares of its values."""
    field = votes.cells.field[votes.candidates.cell]
    table = pd.DataFrame({"field": field, "value": votes.candidates.value, "votes": votes.candidates.weight})
    count = table.groupby(["field", "value"])["votes"].sum()
    total = count.groupby(level="field").transform("sum")
    return (
        ((count / total) ** 2).groupby(level="field").sum().reindex(range(fields), fill_value=0.0).to_numpy(dtype=float)
    )
