"""Closed fields of the ballots, one by one, as votes for classes, and the classes' probabilities back on candidates."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import NONE, Bools, Floats, Ints
from mturk_pipeline.trust.models.base import NO_VALUE, Priors
from mturk_pipeline.trust.models.confusion import ClosedVotes
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.questions import Asked, shares_classes
from mturk_pipeline.trust.votes import Ballots

MOST_CLASSES = 60  # a matrix of 60 x 60 for each worker; with more classes a field is treated as an open one
_SKILL_LEAN = 8.0


@dataclass(frozen=True)
class ClosedField:
    """One closed field: its votes, and where they came from."""

    votes: ClosedVotes
    cell: Ints  # (n) of each item
    candidate: Ints  # (k) the field's candidates …
    candidate_item: Ints  # (k) … their items …
    candidate_class: Ints  # (k) … and classes
    none_class: int  # the class 'there is none'; -1 where it is no answer


def closed_numbers(ballots: Ballots, asked: Asked) -> tuple[int, ...]:
    """Which fields (places) are closed ones with few enough classes."""
    field = ballots.cells.field[ballots.candidates.cell]
    few = [
        len(pd.unique(ballots.candidates.value[field == f])) <= MOST_CLASSES if shares_classes(spec) else False
        for f, spec in enumerate(asked.fields.values())
    ]
    return tuple(int(f) for f in np.flatnonzero(few))


def closed_field(
    ballots: Ballots, asked: Asked, field: int, known: Priors, right: Floats, given: Floats
) -> ClosedField:
    """The votes of `field`; right and given (W) say how good workers are in the other fields and were before."""
    cells, candidates, votes = ballots.cells, ballots.candidates, ballots.votes
    spec = list(asked.fields.values())[field]
    cell = np.flatnonzero(cells.field == field)
    item_of = np.full(len(cells.field), -1, dtype=np.int64)
    item_of[cell] = np.arange(len(cell))
    candidate = np.flatnonzero(cells.field[candidates.cell] == field)
    of_class, names = pd.factorize(pd.Index(candidates.value[candidate]), sort=True)
    class_of = np.full(len(candidates.cell), -1, dtype=np.int64)
    class_of[candidate] = of_class
    here = class_of[ballots.support_candidate] >= 0
    vote, label = ballots.support_vote[here], class_of[ballots.support_candidate[here]]
    said_none = (votes.state == NONE) & (item_of[votes.cell] >= 0) & (spec.none_policy == "answer")
    classes = max(len(names), len(spec.choices), 2)
    none_class = -1
    if said_none.any():
        none_class, classes = classes, classes + 1
        vote = np.concatenate([vote, np.flatnonzero(said_none)])
        label = np.concatenate([label, np.full(int(said_none.sum()), none_class)])
    order = np.lexsort((label, votes.worker[vote], item_of[votes.cell[vote]]))
    part = votes.weight[vote][order]
    return ClosedField(
        votes=ClosedVotes(
            item=item_of[votes.cell[vote]][order],
            worker=votes.worker[vote][order],
            label=label[order],
            items=len(cell),
            workers=len(ballots.workers),
            classes=classes,
            skill=_skill(right, given),
            weight=known.weight,
            part=None if (part == 1).all() else part,
            truth=_known_classes(known.truth[cell], class_of, none_class),
        ),
        cell=cell,
        candidate=candidate,
        candidate_item=item_of[candidates.cell[candidate]],
        candidate_class=of_class.astype(np.int64),
        none_class=none_class,
    )


def _known_classes(truth: Ints, class_of: Ints, none_class: int) -> Ints:
    if not len(class_of):
        return np.where(truth == NO_VALUE, none_class, -1)
    return np.select([truth >= 0, truth == NO_VALUE], [class_of[np.maximum(truth, 0)], none_class], -1)


def _skill(right: Floats, given: Floats) -> Floats:
    """Log-odds by which each worker is better than all together; 0 without answers."""
    mean = (right.sum() + 7) / (given.sum() + 10)
    share = (right + _SKILL_LEAN * mean) / (given + _SKILL_LEAN)
    return np.clip(np.log(share / (1 - share)) - np.log(mean / (1 - mean)), -2.5, 2.5)


def of_candidates(field: ClosedField, probabilities: Floats) -> tuple[Floats, Floats]:
    """From (n, K) probabilities: of the field's candidates (k), and of 'there is none' (n)."""
    none = probabilities[:, field.none_class] if field.none_class >= 0 else np.zeros(field.votes.items)
    return probabilities[field.candidate_item, field.candidate_class], none


def counted(field: ClosedField, probabilities: Floats) -> tuple[Floats, Floats]:
    """Each worker's (W) expected right votes, and votes."""
    votes = field.votes
    part = np.ones(len(votes.worker)) if votes.part is None else votes.part
    right = sums(votes.worker, part * probabilities[votes.item, votes.label], votes.workers)
    return right, sums(votes.worker, part, votes.workers)


def is_of(fields: tuple[int, ...], field: Ints) -> Bools:
    """Which of `field` are among `fields`."""
    return np.isin(field, np.array(fields, dtype=np.int64))
