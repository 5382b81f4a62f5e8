"""From tidy answers to ballots: who voted for what, counted once.

A *cell* is one question that has one best answer: an item, a record of its list ('' for scalar fields) and a
field. In each cell a worker has one vote:

- A worker who answered an item in several assignments counts once for each field, with the latest of them by
  submission time and assignment id.
- Of an unknown worker (somebody who did not log in) each assignment is a vote of its own, none lost; but all such
  votes of one server in a cell may be one person's, so they share the weight of one.
- A vote's state is the best of its rows: valid before none_declared before invalid before blank.
- A vote that is only invalid has the evidence of its rows: a near miss before none in other words before junk.
- A vote with several valid values (`email_1`, `email_2`, two links in a cell) supports each of them once.
- Where anybody listed a record for an item, the empty answers of those who listed none (element '') make no
  cell: these workers count as `absent` from each record, as do those who listed only others.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.trust.answer_codes import INVALID, VALID, Bools, Floats, Ints, Rows, Texts, coded, latest, pairs
from mturk_pipeline.trust.questions import Asked, is_personal
from mturk_pipeline.vocabulary.agreements import ONE_VALUE
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, EVIDENCE


@dataclass(frozen=True)
class Cells:
    """C cells, sorted by item, element and field."""

    item_id: Texts
    element: Texts
    item: Ints  # codes of item_id …
    record: Ints  # … and of element; 0 is '' where there are lists
    field: Ints  # place in the phase's fields
    counts: Ints  # (C, 4): votes by state, in the order of ANSWER_STATES …
    weights: Floats  # (C, 4): … and what they weigh: votes that may be one person's as one
    unreadable: Ints  # (C, 4): invalid votes by evidence, in the order of EVIDENCE …
    unreadable_weights: Floats  # (C, 4): … and what they weigh
    absent: Ints  # workers who answered the item's list without this record
    start: Ints  # (C + 1): candidates of cell c are start[c]:start[c + 1]

    @property
    def workers(self) -> Ints:
        return self.counts.sum(axis=1)

    @property
    def people(self) -> Ints:
        """Workers who are certainly different ones."""
        return np.round(self.weights.sum(axis=1)).astype(np.int64)

    @property
    def candidates(self) -> Ints:
        """Different valid values."""
        return np.diff(self.start)


@dataclass(frozen=True)
class Votes:
    """V votes, sorted by cell, then voter."""

    cell: Ints
    worker: Ints
    assignment: Ints  # code of the one that it was given in: a HIT of its worker
    weight: Floats  # 1, shared where votes of a cell may be one person's
    state: Ints
    evidence: Ints  # of invalid ones, place in EVIDENCE; 0 of all others
    token: Ints  # equal within a cell exactly where the answers are equal (all values of them)


@dataclass(frozen=True)
class Candidates:
    """K different values of cells, sorted by cell; within it the most supported first.

    Most supported by weight. Ties: by votes, then a value that somebody gave unsuspiciously, then by the value's text.
    """

    cell: Ints
    value: Texts
    votes: Ints
    weight: Floats  # of these votes
    clean: Bools  # somebody supports it with an answer that is not suspicious
    items: Ints  # different items for which anybody gave this value in this field
    givers: Ints  # different workers who gave this value in this field, for whatever item


@dataclass(frozen=True)
class Lists:
    """Which worker listed which record of which item (L), and who answered the item's list at all (Q): codes."""

    item: Ints  # (L)
    record: Ints  # (L)
    worker: Ints  # (L)
    asked_item: Ints  # (Q)
    asked_worker: Ints  # (Q)


@dataclass(frozen=True)
class Ballots:
    """All votes of a phase; nothing in it depends on the order of the answers."""

    cells: Cells
    votes: Votes
    candidates: Candidates
    support_vote: Ints  # (S) which vote supports …
    support_candidate: Ints  # (S) … which candidate
    workers: Texts  # what `votes.worker` stands for
    assignments: Texts  # … and `votes.assignment`
    lists: Lists

    @cached_property
    def unknown(self) -> Bools:
        """(W) who stands for all the people who did not log in."""
        return is_unknown(self.workers)

    @cached_property
    def hit(self) -> Ints:
        """(C) equal for cells that are asked in the same HIT: the first of the assignments that answered its item."""
        items = self.cells.item
        least = np.full(int(items.max(initial=-1)) + 1, len(self.assignments), dtype=np.int64)
        np.minimum.at(least, items[self.votes.cell], self.votes.assignment)
        return least[items]


def ballots(answers: pd.DataFrame, asked: Asked, agreement: str = ONE_VALUE) -> Ballots:
    """The votes in `answers` (contract Answers) on the fields of one agreement; by default, those with one right value.

    ValueError where answers name an unknown field or state.
    """
    others = [name for name, spec in asked.fields.items() if spec.agreement != agreement]
    mine = answers[~answers["field"].isin(others)] if others else answers
    everything = coded(mine, asked)
    return ballots_of(everything.where(latest(everything)), asked)


def ballots_of(everything: Rows, asked: Asked) -> Ballots:
    """The votes in rows of which each worker has one answer for each item."""
    rows = everything.where(_counted(everything, asked))
    n_elements = max(len(rows.names.elements), 1)
    cell, cells = pairs(rows.item * n_elements + rows.element, rows.field)
    vote, votes = pairs(cell, rows.voter)
    worker, weight = _voters(rows, vote, votes[:, 0])
    state = np.zeros(len(votes), dtype=np.int64)
    np.maximum.at(state, vote, rows.state)
    evidence = np.zeros(len(votes), dtype=np.int64)
    np.maximum.at(evidence, vote, rows.evidence)
    evidence = np.where(state == INVALID, evidence, 0)
    counts, weights = _counts(votes[:, 0], state, weight, len(ANSWER_STATES), len(cells))
    unreadable, unreadable_weights = _counts(votes[:, 0], evidence, weight, len(EVIDENCE), len(cells))

    personal = np.array([is_personal(spec) for spec in asked.fields.values()], dtype=bool)
    is_valid = rows.state == VALID
    valid = rows.where(is_valid)
    support, supports = pairs(vote[is_valid], valid.value)
    clean = np.zeros(len(supports), dtype=bool)
    clean[support[~valid.suspicious]] = True
    candidates, candidate = _candidates(
        votes[supports[:, 0], 0], supports[:, 1], weight[supports[:, 0]], clean, cells[:, 1], valid, personal
    )
    return Ballots(
        cells=Cells(
            item_id=rows.names.items[cells[:, 0] // n_elements],
            element=rows.names.elements[cells[:, 0] % n_elements],
            item=cells[:, 0] // n_elements,
            record=cells[:, 0] % n_elements,
            field=cells[:, 1],
            counts=counts,
            weights=weights,
            unreadable=unreadable,
            unreadable_weights=unreadable_weights,
            absent=_absent(everything, cells[:, 0], asked),
            start=np.searchsorted(candidates.cell, np.arange(len(cells) + 1)),
        ),
        votes=Votes(
            cell=votes[:, 0],
            worker=worker,
            assignment=_assignments(rows, vote, len(votes)),
            weight=weight,
            state=state,
            evidence=evidence,
            token=_tokens(state, supports[:, 0], candidate, _invalid_texts(rows, vote, state)),
        ),
        candidates=candidates,
        support_vote=supports[:, 0],
        support_candidate=candidate,
        workers=rows.names.workers,
        assignments=rows.names.assignments,
        lists=_lists(everything, asked),
    )


def _voters(rows: Rows, vote: Ints, cell: Ints) -> tuple[Ints, Floats]:
    """Each vote's worker and weight; `vote` is each row's vote, `cell` each vote's cell."""
    worker = np.zeros(len(cell), dtype=np.int64)
    worker[vote] = rows.worker
    person = pairs(cell, worker)[0]
    return worker, 1 / np.bincount(person, minlength=1)[person]


def _assignments(rows: Rows, vote: Ints, votes: int) -> Ints:
    """Each vote's assignment; `vote` is each row's vote."""
    assignment = np.zeros(votes, dtype=np.int64)
    assignment[vote] = rows.assignment
    return assignment


def _counts(cell: Ints, code: Ints, weight: Floats, codes: int, cells: int) -> tuple[Ints, Floats]:
    """(cells, codes): how many votes of each code each cell has, and what they weigh."""
    place, shape = cell * codes + code, (cells, codes)
    weights = np.bincount(place, weight, minlength=cells * codes).astype(np.float64)
    return np.bincount(place, minlength=cells * codes).reshape(shape), weights.reshape(shape)


def _lists(rows: Rows, asked: Asked) -> Lists:
    listed, named = _of_lists(rows, asked)
    width = len(rows.names.elements) + 1
    _, records = pairs(rows.item[named] * width + rows.element[named], rows.worker[named])
    _, askers = pairs(rows.item[listed], rows.worker[listed])
    return Lists(records[:, 0] // width, records[:, 0] % width, records[:, 1], askers[:, 0], askers[:, 1])


def _of_lists(rows: Rows, asked: Asked) -> tuple[Bools, Bools]:
    """Which rows belong to a list of records, and which of these name a record."""
    named = (rows.names.elements != "")[rows.element]
    listed = np.array([f in asked.record_fields for f in rows.names.fields], dtype=bool)
    listed[rows.field[named]] = True
    return listed[rows.field], named


def _counted(rows: Rows, asked: Asked) -> Bools:
    """All rows but empty lists of items for which somebody listed a record."""
    listed, named = _of_lists(rows, asked)
    has_record = np.zeros(len(rows.names.items), dtype=bool)
    has_record[rows.item[named]] = True
    return ~listed | named | ~has_record[rows.item]


def _absent(rows: Rows, record_of_cell: Ints, asked: Asked) -> Ints:
    """For each cell of a record: workers who answered the item's list and did not name the record."""
    listed, named = _of_lists(rows, asked)
    n_elements = max(len(rows.names.elements), 1)
    askers = np.bincount(pairs(rows.item[listed], rows.worker[listed])[1][:, 0], minlength=len(rows.names.items))
    _, records = pairs(rows.item[named] * n_elements + rows.element[named], rows.worker[named])
    names, namers = np.unique(records[:, 0], return_counts=True)
    if not len(names):
        return np.zeros(len(record_of_cell), dtype=np.int64)
    at = np.minimum(np.searchsorted(names, record_of_cell), len(names) - 1)
    has_record = names[at] == record_of_cell
    return np.where(has_record, askers[record_of_cell // n_elements] - namers[at], 0)


def _candidates(
    cell_of: Ints,
    value_of: Ints,
    weight_of: Floats,
    clean_of: Bools,
    field_of_cell: Ints,
    valid: Rows,
    personal: Bools,
) -> tuple[Candidates, Ints]:
    """Candidates from supports (S: cell, value, weight, whether unsuspicious), and each support's candidate."""
    code, pair_codes = pairs(cell_of, value_of)
    votes = np.bincount(code, minlength=len(pair_codes))
    weight = np.bincount(code, weight_of, minlength=len(pair_codes)).astype(np.float64)
    clean = np.zeros(len(pair_codes), dtype=bool)
    clean[code[clean_of]] = True
    order = np.lexsort((pair_codes[:, 1], ~clean, -votes, -weight.round(9), pair_codes[:, 0]))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    cell, value = pair_codes[order, 0], pair_codes[order, 1]
    items, givers = _spread(valid.where(personal[valid.field]), field_of_cell[cell], value)
    texts = valid.names.values[value]
    return Candidates(cell, texts, votes[order], weight[order], clean[order], items, givers), place[code]


def _spread(valid: Rows, field: Ints, value: Ints) -> tuple[Ints, Ints]:
    """For each (field, value): how many items it was given for, and by how many workers; 0 where `valid` lacks it."""
    if not len(valid.field):
        return np.zeros_like(value), np.zeros_like(value)
    width = len(valid.names.values) + 1
    given, known = pairs(valid.field * width + valid.value, np.zeros(len(valid.field), dtype=np.int64))
    items = np.bincount(pairs(given, valid.item)[1][:, 0], minlength=len(known))
    givers = np.bincount(pairs(given, valid.worker)[1][:, 0], minlength=len(known))
    wanted = field * width + value
    at = np.minimum(np.searchsorted(known[:, 0], wanted), len(known) - 1)
    found = known[at, 0] == wanted
    return np.where(found, items[at], 0), np.where(found, givers[at], 0)


def _tokens(state: Ints, support_vote: Ints, candidate: Ints, invalid: Ints) -> Ints:
    """A number for each vote, the same within a cell exactly where the answers are the same."""
    special = np.where(state == INVALID, len(ANSWER_STATES) + invalid, state)
    return np.where(state == VALID, special.max(initial=0) + 1 + _sets(support_vote, candidate, len(state)), special)


def _sets(vote: Ints, candidate: Ints, n_votes: int) -> Ints:
    """A number for each vote's set of candidates: member by member, the set so far becomes a code."""
    first = np.searchsorted(vote, np.arange(n_votes))
    position = np.arange(len(vote)) - first[vote]
    code = np.zeros(n_votes, dtype=np.int64)
    code[vote[position == 0]] = candidate[position == 0] + 1
    fresh = int(candidate.max(initial=0)) + 2
    for place in range(1, int(position.max(initial=-1)) + 1):
        at = position == place
        longer, sets = pairs(code[vote[at]], candidate[at])
        code[vote[at]] = fresh + longer
        fresh += len(sets)
    return code


def _invalid_texts(rows: Rows, vote: Ints, state: Ints) -> Ints:
    """For each vote that is only invalid: a number for its text (any case); of several the first by text."""
    at = (rows.state == INVALID) & (state[vote] == INVALID)
    codes, raws = pd.factorize(rows.raw[at])
    texts = pd.factorize(pd.Series([str(r).strip().casefold() for r in raws], dtype="object"), sort=True)[0]
    least = np.full(len(state), len(texts), dtype=np.int64)
    np.minimum.at(least, vote[at], texts[codes])
    return least
