"""Answers to gold questions, of any kind that can be wrong, and which of them are missed.

An answer with one right value is right or missed. Sets and ratings are seldom exactly right, also from people who look:

set
    Missed where it is no better than ticking by chance: the share of what belongs that was given is not above the share
    of what does not belong that was given (Youden's index is not above 0). Of an empty set, more than half of the
    others.
rating
    Missed where it lies farther from the right level than the field's tolerance and what honest workers of this phase
    keep within: the deviation from the best guess that the better half of workers keep in 19 of 20 ratings. Each
    worker's bias, the median deviation, is forgiven up to as much again. With fewer than `FEWEST_WORKERS` nothing is
    missed.

one value
    Missed where it is another one. Where there is none, what says so is right, and so is a blank.

Blanks of optional fields in which a blank says nothing, and what sets and ratings leave blank or unreadable, are no
answers.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from mturk_pipeline.kinds.choices import labels_of
from mturk_pipeline.trust.agreements.base import Agreed, cells_of, known_by_cell
from mturk_pipeline.trust.agreements.ratings import Scale, scale_of
from mturk_pipeline.trust.answer_codes import BLANK, NONE, NONE_IN_WORDS, VALID, Bools, Floats, Ints
from mturk_pipeline.trust.consensus import Fitted
from mturk_pipeline.trust.honest_crowd import FEWEST_WORKERS
from mturk_pipeline.trust.models.base import NO_VALUE, UNKNOWN
from mturk_pipeline.trust.questions import blank_means_none, of_field
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.vocabulary.agreements import SET
from mturk_pipeline.workflow.field_spec import FieldSpec

_KEPT_WITHIN = 0.95
_FEWEST_FOR_BIAS = 3


def gold_answers(fitted: Fitted, gold: Ints | None) -> pd.DataFrame:
    """Answers to gold questions: worker, assignment_id, right.

    `gold` is `gold.gold_truth` for the fit's ballots; gold of sets and ratings is what the fit was given.
    """
    specs = list(fitted.phase.fields.values())
    tables = [_of_one_value(fitted.ballots, gold, specs)]
    for ballots, agreed in fitted.others:
        known = known_by_cell(fitted.gold, cells_of(ballots, list(fitted.phase.fields)))
        for number in np.unique(ballots.cells.field[list(known)]).tolist() if known else []:
            of_field = {cell: right for cell, right in known.items() if ballots.cells.field[cell] == number}
            if specs[number].agreement == SET:
                tables.append(_of_sets(ballots, of_field, specs[number].choices))
            elif specs[number].can_be_wrong:
                tables.append(_of_ratings(ballots, agreed, of_field, number, scale_of(specs[number])))
    return pd.concat([t for t in tables if len(t)] or tables[:1], ignore_index=True)


def _rows(ballots: Ballots, votes: Ints, right: Bools) -> pd.DataFrame:
    of = ballots.votes
    workers = pd.Series(ballots.workers[of.worker[votes]], dtype="str")
    return pd.DataFrame(
        {"worker": workers, "assignment_id": ballots.assignments[of.assignment[votes]], "right": right.astype(bool)}
    )


def _of_one_value(ballots: Ballots, gold: Ints | None, specs: Sequence[FieldSpec]) -> pd.DataFrame:
    """Right is the value, or none where there is none."""
    votes = ballots.votes
    truth = np.full(len(ballots.cells.field), UNKNOWN, dtype=np.int64) if gold is None else gold
    says_none = np.isin(votes.state, (NONE, BLANK)) | (votes.evidence == NONE_IN_WORDS)
    right = (truth[votes.cell] == NO_VALUE) & says_none
    if gold is not None:
        of_support = gold[ballots.candidates.cell[ballots.support_candidate]]
        right[ballots.support_vote[of_support == ballots.support_candidate]] = True
    must = of_field([s.required or blank_means_none(s) for s in specs], ballots.cells.field)
    asked = np.flatnonzero((truth[votes.cell] != UNKNOWN) & (right | (votes.state != BLANK) | must[votes.cell]))
    return _rows(ballots, asked, right[asked])


def _of_sets(ballots: Ballots, known: dict[int, str | None], choices: list[str]) -> pd.DataFrame:
    votes = ballots.votes
    says = (votes.state == VALID) | (votes.state == NONE) | (votes.evidence == NONE_IN_WORDS)
    kept = np.flatnonzero(says & np.isin(votes.cell, list(known)))
    given: dict[int, set[str]] = {vote: set() for vote in kept.tolist()}
    options: dict[int, set[str]] = {cell: {*choices, *labels_of(right or "")} for cell, right in known.items()}
    for vote, candidate in zip(ballots.support_vote.tolist(), ballots.support_candidate.tolist(), strict=True):
        if vote in given:
            label = str(ballots.candidates.value[candidate])
            given[vote].add(label)
            options[int(votes.cell[vote])].add(label)
    right = [
        better_than_chance(given[vote], set(labels_of(known[votes.cell[vote]] or "")), options[votes.cell[vote]])
        for vote in kept.tolist()
    ]
    return _rows(ballots, kept, np.array(right, dtype=bool))


def better_than_chance(given: set[str], right: set[str], options: set[str]) -> bool:
    """Whether a set says more of the right one than ticking any of the `options` by chance would.

    >>> better_than_chance({"bus"}, {"bus", "car"}, {"bus", "car", "cat"})
    True
    >>> better_than_chance({"bus", "cat"}, {"bus", "car"}, {"bus", "car", "cat"})
    False
    """
    others = options - right
    stray = len(given & others) / len(others) if others else 0.0
    return len(given & right) / len(right) > stray if right else stray <= 0.5


def _of_ratings(
    ballots: Ballots, agreed: Agreed, known: dict[int, str | None], number: int, scale: Scale
) -> pd.DataFrame:
    cells, votes = ballots.cells, ballots.votes
    values = np.array([scale.number(v) for v in ballots.candidates.value.tolist()], dtype=float)
    guess = np.array([scale.number(v) if isinstance(v, str) else np.nan for v in agreed.value.tolist()], dtype=float)
    for cell, right in known.items():
        guess[cell] = np.nan if right is None else scale.number(right)
    vote, off = ballots.support_vote, values[ballots.support_candidate]
    off = off - guess[votes.cell[vote]]
    kept = (cells.field[votes.cell[vote]] == number) & ~np.isnan(off) & ~ballots.unknown[votes.worker[vote]]
    vote, off = vote[kept], off[kept]
    worker = votes.worker[vote]
    bias = _bias(worker, off)
    limit = (scale.tolerance or 0.0) + _honest_deviation(worker, np.abs(off - bias))
    asked = np.isin(votes.cell[vote], list(known))
    forgiven = np.abs(off - np.clip(bias, -limit, limit))
    missed = np.minimum(np.abs(off), forgiven) > limit
    return _rows(ballots, vote[asked], ~missed[asked])


def _bias(worker: Ints, off: Floats) -> Floats:
    """Of each rating its worker's median deviation; 0 with few ratings."""
    of_worker = pd.Series(off).groupby(worker)
    enough = of_worker.transform("size") >= _FEWEST_FOR_BIAS
    return of_worker.transform("median").where(enough, 0.0).to_numpy(dtype=float)


def _honest_deviation(worker: Ints, off: Floats) -> float:
    """What the better half of workers keep within in 19 of 20 ratings; infinite where there is no crowd."""
    means = pd.Series(off).groupby(worker).mean()
    if len(means) < FEWEST_WORKERS:
        return np.inf
    better = means.index[means <= means.median()]
    return float(np.quantile(off[np.isin(worker, better)], _KEPT_WITHIN))
