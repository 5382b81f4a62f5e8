"""Evidence on workers from the consensus: which answers were right, as far as a wrong one can be told from a good one.

A row is an answer of a worker in one of its assignments (each is a HIT) to one cell of a field, with the probability
that it was right. Left out are

- kinds that cannot be wrong (`Agreement.can_be_wrong`), and fields in which the crowd does not show that one value is
  right: where two workers agree on fewer than one in five items beyond what chance gives (`TELLING`), who differs is
  not wrong. As far as agreement in few items can be chance, more is asked for;
- answers that nobody could have contradicted, blanks, what could not be read, and people who did not log in.

Where the right answer is known (gold) it counts in any kind that can be wrong.

Sets and ratings bring rows of the same shape (`ROWS`); `worker_standing.judge` takes them all.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import NONE, NONE_IN_WORDS, VALID, Bools, Floats, Ints, Texts
from mturk_pipeline.trust.answer_codes import pairs as pairs_of
from mturk_pipeline.trust.models.base import UNKNOWN, Priors, Scores, settled
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.questions import Asked, blank_means_none, of_field, shares_classes
from mturk_pipeline.trust.votes import Ballots

if TYPE_CHECKING:
    from mturk_pipeline.trust.consensus import Fitted

ROWS = ("worker", "assignment_id", "field", "right")
TELLING, LEFT_OUT = 0.2, 0.25


def evidence_rows(fitted: "Fitted") -> pd.DataFrame:
    """Evidence on workers from a fit: of answers with one right value, of sets and of ratings.

    Returns
    -------
    DataFrame
        worker, assignment_id, field, right (0..1): a row for each answer that can be judged.
    """
    phase = fitted.phase
    can_be_wrong = np.array([spec.can_be_wrong for spec in phase.fields.values()], dtype=bool)
    tables = [rows_of(fitted.ballots, phase, fitted.scores, fitted.known, can_be_wrong)]
    for ballots, agreed in fitted.others:
        votes, field = ballots.votes, ballots.cells.field
        several = (ballots.cells.people > 1)[votes.cell] & can_be_wrong[field[votes.cell]]
        kept = several & ~np.isnan(agreed.right) & ~ballots.unknown[votes.worker]
        tables.append(_rows(ballots, phase, agreed.right, kept))
    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)


def rows_of(ballots: Ballots, asked: Asked, scores: Scores, known: Priors, can_be_wrong: Bools) -> pd.DataFrame:
    """As `evidence_rows`; `can_be_wrong` (F) says which fields count."""
    votes, field = ballots.votes, ballots.cells.field
    of_candidate, of_none = _probabilities(ballots, asked, scores, known)
    values = np.bincount(ballots.support_vote, minlength=len(votes.cell))
    of_values = sums(ballots.support_vote, of_candidate[ballots.support_candidate], len(votes.cell))
    right = np.where(votes.state == VALID, of_values / np.maximum(values, 1), of_none[votes.cell])
    comparable = telling_fields(ballots, asked)[field] & (ballots.cells.people + ballots.cells.absent > 1)
    counts = can_be_wrong[field] & (comparable | (known.truth != UNKNOWN))
    kept = counts[votes.cell] & ~ballots.unknown[votes.worker] & _says(ballots, asked)
    return _rows(ballots, asked, right, kept)


def _rows(ballots: Ballots, asked: Asked, right: Floats, kept: Bools) -> pd.DataFrame:
    """The votes `kept` (V) as rows, each with the probability `right` (V)."""
    votes = ballots.votes
    return pd.DataFrame(
        {
            "worker": ballots.workers[votes.worker[kept]],
            "assignment_id": ballots.assignments[votes.assignment[kept]],
            "field": _names(asked)[ballots.cells.field[votes.cell[kept]]],
            "right": np.clip(right[kept], 0, 1),
        }
    )


def _probabilities(ballots: Ballots, asked: Asked, scores: Scores, known: Priors) -> tuple[Floats, Floats]:
    """(K) that a candidate is right, (C) that there is none: as sure as the model is where answers share classes."""
    if scores.unsmoothed is None:
        return scores.value_trust, scores.none_trust
    closed = of_field([shares_classes(s) for s in asked.fields.values()], ballots.cells.field)
    closed &= ballots.cells.element == ""
    of_candidate = np.where(closed[ballots.candidates.cell], scores.unsmoothed[0], scores.value_trust)
    return settled(ballots, of_candidate, np.where(closed, scores.unsmoothed[1], scores.none_trust), known)


def _says(ballots: Ballots, asked: Asked) -> Bools:
    """(V) votes for a value, or for 'there is none' where that is an answer."""
    votes = ballots.votes
    declares = [s.none_policy == "answer" or blank_means_none(s) for s in asked.fields.values()]
    none = (votes.state == NONE) | (votes.evidence == NONE_IN_WORDS)
    return (votes.state == VALID) | (none & of_field(declares, ballots.cells.field)[votes.cell])


def telling_fields(ballots: Ballots, asked: Asked) -> Bools:
    """(F) fields in which workers surely agree enough, beyond chance, for a right answer to be there."""
    agreed, pairs = field_agreement(ballots, asked)
    return (agreed - 1.5 / np.sqrt(np.maximum(pairs, 1))) >= TELLING


def field_agreement(ballots: Ballots, asked: Asked) -> tuple[Floats, Floats]:
    """(F) agreement of two workers who both gave values, beyond chance (in open fields that is none), and the pairs.

    The quarter of workers who agree least with others is left out, so that bad ones in a small crowd do not hide that
    the others know. Of N pairs that agree by chance, the standard deviation of agreement is about 1 / sqrt(N).
    """
    candidate, worker = ballots.support_candidate, ballots.votes.worker[ballots.support_vote]
    field = ballots.cells.field[ballots.candidates.cell[candidate]]
    same, pairs = _pairs(ballots, candidate)
    of_worker, workers = pairs_of(field, worker)
    alike = sums(of_worker, same[candidate], len(workers)) + 1e-9
    share = alike / np.maximum(sums(of_worker, pairs[ballots.candidates.cell[candidate]], len(workers)), 1e-9)
    order = np.lexsort((share, workers[:, 0]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(workers[order, 0], workers[order, 0])
    size = np.bincount(workers[:, 0], minlength=len(asked.fields))
    kept = (place >= np.ceil(LEFT_OUT * size)[workers[:, 0]]) | (size < 3)[workers[:, 0]]
    return _beyond_chance(ballots, asked, candidate[kept[of_worker]])


def _pairs(ballots: Ballots, candidate: Ints) -> tuple[Floats, Floats]:
    """Of votes for `candidate`: (K) how many others each shares a value with, (C) how many others gave one."""
    votes = np.bincount(candidate, minlength=len(ballots.candidates.cell)).astype(float)
    given = sums(ballots.candidates.cell, votes, len(ballots.cells.field))
    return np.maximum(votes - 1, 0), np.maximum(given - 1, 0)


def _beyond_chance(ballots: Ballots, asked: Asked, candidate: Ints) -> tuple[Floats, Floats]:
    """(F) agreement beyond chance among votes for `candidate`, and pairs of votes."""
    cells, of_candidate, n = ballots.cells, ballots.candidates, len(asked.fields)
    field = cells.field[of_candidate.cell]
    votes = np.bincount(candidate, minlength=len(field)).astype(float)
    given = sums(of_candidate.cell, votes, len(cells.field))
    pairs = sums(cells.field, given * (given - 1) / 2, n)
    same = sums(field, votes * (votes - 1) / 2, n)
    chance = np.zeros(n)
    for number, spec in enumerate(asked.fields.values()):
        here = field == number
        if shares_classes(spec) and votes[here].sum() > 0:
            of_class = pd.Series(votes[here]).groupby(of_candidate.value[here]).sum().to_numpy(dtype=float)
            chance[number] = ((of_class / of_class.sum()) ** 2).sum()
    share = same / np.maximum(pairs, 1)
    return np.where(chance < 1, (share - chance) / np.maximum(1 - chance, 1e-9), 0.0), pairs


def _names(asked: Asked) -> Texts:
    return np.array(list(asked.fields), dtype=object)
