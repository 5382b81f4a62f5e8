"""Trust as a count: how many workers stand behind an outcome, against all that speaks otherwise.

For a value::

    trust = supporters / (1 + valid + none_declared + w * (blank + none_in_words + absent))        w = 0.25

where each term counts workers: those whose vote has a valid value (supporters among them), who said that there
is none, who left it blank or said in words of their own that there is none, and who listed other records of the item
but not this one. Near misses and junk do not speak against a value. The 1 is the doubt that no number of answers
removes (Laplace's rule of succession, for one rival). Patterns then order as they should: 3:0 (0.75) > 2:0 (0.67) >
2:1 = lone (0.5) > 1:1 (0.33), and blanks beside them cost little: 2:0 and a blank is 0.62.

For the outcome 'none'::

    trust = supporters / (1 + supporters + near misses + w * other blanks)

where supporters said that there is none, in whatever words, or left an optional open field blank; 0 where anybody gave
a value.

These numbers are no probabilities and know no workers; `mturk_pipeline.trust.agreement_flags` has the table of flags
that goes with them.
"""

import numpy as np

from mturk_pipeline.trust.answer_codes import BLANK, NEAR_MISS, NONE, NONE_IN_WORDS, VALID, Floats
from mturk_pipeline.trust.models.base import Priors, Scores
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.questions import Asked, blank_means_none, of_field
from mturk_pipeline.trust.votes import Ballots

WEAK = 0.25
_ROUNDING = 1e-9


def majority(ballots: Ballots, asked: Asked, known: Priors) -> Scores:
    """Counted trust; a worker's reliability is the share of votes that the most supported value of the cell shares."""
    cells, candidates = ballots.cells, ballots.candidates
    specs = list(asked.fields.values())
    counts, unreadable = cells.weights, cells.unreadable_weights
    none_is_vote = of_field([s.none_policy == "answer" for s in specs], cells.field)
    rival_none = np.where(none_is_vote, counts[:, NONE], 0)
    weak = counts[:, BLANK] + counts[:, NONE] - rival_none + unreadable[:, NONE_IN_WORDS] + cells.absent
    against = 1 + counts[:, VALID] + rival_none + WEAK * weak
    supporters, silent = speakers_for_none(ballots, asked)
    none_trust = supporters / (1 + supporters + unreadable[:, NEAR_MISS] + WEAK * silent)
    right, given = _with_the_most(ballots)
    return Scores(
        value_trust=candidates.weight / against[candidates.cell],
        none_trust=np.where(counts[:, VALID] > 0, 0, none_trust),
        right=right + known.right,
        given=given + known.given,
    )


def speakers_for_none(ballots: Ballots, asked: Asked, weighted: bool = True) -> tuple[Floats, Floats]:
    """For each cell: weight of the votes for 'there is none', and of the other votes without a value.

    Not `weighted`, how many votes they are.
    """
    specs, cells = list(asked.fields.values()), ballots.cells
    counts, unreadable, field = cells.counts, cells.unreadable, cells.field
    if weighted:
        counts, unreadable = cells.weights, cells.unreadable_weights
    blank = of_field([blank_means_none(s) for s in specs], field)
    declared = of_field([s.none_policy == "answer" or blank_means_none(s) for s in specs], field)
    said_none = counts[:, NONE] + unreadable[:, NONE_IN_WORDS]
    supporters = np.where(declared, said_none, 0) + np.where(blank, counts[:, BLANK], 0)
    return supporters.astype(float), (counts[:, BLANK] + said_none - supporters).astype(float)


def _with_the_most(ballots: Ballots) -> tuple[Floats, Floats]:
    """Of each worker: votes for their cell's first candidate, and votes, where somebody else gave a value too."""
    rivals = ballots.cells.weights[:, VALID] > 1 + _ROUNDING
    cell = ballots.candidates.cell[ballots.support_candidate]
    worker = ballots.votes.worker[ballots.support_vote]
    first = (ballots.support_candidate == ballots.cells.start[cell]) & rivals[cell]
    n, weight = len(ballots.workers), ballots.votes.weight[ballots.support_vote]
    rivals = rivals[cell]
    return sums(worker[first], weight[first], n), sums(worker[rivals], weight[rivals], n)
