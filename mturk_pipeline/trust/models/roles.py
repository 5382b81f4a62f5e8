"""Roles: for open answers (links, addresses, names), where a value may be right, wrong, or not exist at all.

An item's field either has a right value or none. A worker who is asked for it has a role in either case:

- there is a value: gives the right one (probability q_j), a wrong one (e_j), or nothing (1 - q_j - e_j);
- there is none: gives something nevertheless (f_j), or nothing (1 - f_j).

A wrong value is one of N (learnt, at most 10; `worker_weighted` says why). So for each candidate k of a cell, for a
value that nobody gave, and for none::

    P(k)       ~  v / N * prod(q_j, j gave k) * prod(e_j / N, j gave another) * prod(1 - q_j - e_j, j gave nothing)^B
    P(unseen)  ~  v (1 - given / N) * prod(e_j / N, j gave a value)           * prod(1 - q_j - e_j, j gave nothing)^B
    P(none)    ~  (1 - v) * prod(f_j / N, j gave a value)                     * prod(1 - f_j, j gave nothing)^B

What could not be read is none of these roles. Junk is as if its worker had not been asked. A near miss was given as a
value is, and mangled: it speaks for a value as (q_j + e_j) does beside f_j. 'None' in other words is nothing, said in a
way of its own::

    near miss:      m_f (q_j + e_j) / f_j, at least 1           for a value
    none in words:  w_f (1 - f_j) / (1 - q_j - e_j), at least 1    for none

where m_f and w_f are learnt for each field: how much oftener than expected such answers stand where there is a value
(there is none), leaning on 1 by 4 answers. Their sign is fixed: neither ever speaks for the other side.

v, the share of items with a value, is learnt for each field and leans on half; how a worker says 'nothing' (blank or
"none") has probabilities of its own for each field in either case. q, e and f lean on the crowd's
means (6 answers), these on weak priors. All is found by turns (expectation-maximisation, from shares of votes).

B = 0.7: where a value is hard to find, all workers miss it together, and what is not found by three is not three
times as surely not there. B = 1 takes hard items for empty ones.

Several values of one answer are no rivals: each may be right. For each of them the whole answer speaks, since what
stands beside a right value is no mistake; in the counts of right and wrong values they share the answer's weight.
The 'nothing' of fields where it says nothing (required fields, policy 'required') counts against the worker, hardly
for 'none'.

Source: Dong, Berti-Equille & Srivastava, PVLDB 2 (2009), for false values and independence; Zhao et al., PVLDB 5
(2012), for two kinds of error, of leaving out and of making up; Dawid & Skene (1979) for the estimation.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import INVALID, NEAR_MISS, NONE, NONE_IN_WORDS, VALID, Bools, Floats, Ints, pairs
from mturk_pipeline.trust.models.base import NO_VALUE, UNKNOWN, Priors
from mturk_pipeline.trust.models.row_groups import shares, sums
from mturk_pipeline.trust.models.worker_weighted import FALSE_VALUES, coincidence
from mturk_pipeline.trust.questions import Asked, of_field
from mturk_pipeline.trust.votes import Ballots

TOGETHER = 0.7  # B
LEAN = 6.0
HAS_VALUE, _VALUE_WEIGHT = 0.55, 1.0  # prior of v, and its weight as a share of the field's items
REQUIRED_HAS_VALUE = 0.95
_SILENCE_LEFT_OUT = 50.0  # the same where nobody is ever silent: whoever made the table left the blanks out
MADE_UP, _MADE_UP_WEIGHT = 0.1, 10.0  # f of the crowd leans on 0.1, ten times as much as on the data
_CLASS_WEIGHT = 4.0  # answers that the prior of m_f and w_f counts for
_MOST_BESIDE = 50
_SETTLED = 2e-3
_LEAST = 1e-3


@dataclass(frozen=True)
class OpenVotes:
    """Open cells of the ballots: S values given, B votes without a value."""

    cell: Ints  # (S)
    worker: Ints  # (S)
    candidate: Ints  # (S)
    vote: Ints  # (S) equal where one answer gives several values
    share: Floats  # (S) one over the values of the same answer
    unknown: Bools  # (S) whoever gave it did not log in
    part: Floats  # (S) weight of the answer among those that may be the same person's
    silent_cell: Ints  # (B)
    silent_worker: Ints  # (B)
    silent_part: Floats  # (B)
    silent_way: Ints  # (B) blank, none_declared, none in words (as INVALID): place in ANSWER_STATES
    near_cell: Ints  # (M) near misses
    near_worker: Ints  # (M)
    near_part: Floats  # (M)
    together: Ints  # (T, 2): candidates that one answer gives side by side, both ways
    open: Bools  # (C)


@dataclass(frozen=True)
class Roles:
    """The model's estimates: K candidates, C cells, W workers."""

    candidate: Floats  # (K)
    none: Floats  # (C)
    right: Floats  # (W) expected right values …
    given: Floats  # (W) … of those given
    finds: Floats  # (W) q
    errs: Floats  # (W) e
    false_values: float  # N


def open_votes(ballots: Ballots, asked: Asked, is_open: Bools) -> OpenVotes:
    """The votes of the cells `is_open` (C); a declared none of policy 'abstention' is no vote."""
    votes = ballots.votes
    abstains = of_field([s.none_policy == "abstention" for s in asked.fields.values()], ballots.cells.field)
    valid = is_open[votes.cell[ballots.support_vote]]
    values = np.bincount(ballots.support_vote, minlength=len(votes.cell))
    vote = ballots.support_vote[valid]
    read = (votes.state != INVALID) | (votes.evidence == NONE_IN_WORDS)
    silent = read & (votes.state != VALID) & is_open[votes.cell] & ~((votes.state == NONE) & abstains[votes.cell])
    near = (votes.evidence == NEAR_MISS) & is_open[votes.cell]
    return OpenVotes(
        cell=votes.cell[vote],
        worker=votes.worker[vote],
        candidate=ballots.support_candidate[valid],
        vote=vote,
        share=1 / values[vote],
        unknown=ballots.unknown[votes.worker[vote]],
        part=votes.weight[vote],
        silent_cell=votes.cell[silent],
        silent_worker=votes.worker[silent],
        silent_part=votes.weight[silent],
        silent_way=votes.state[silent],
        near_cell=votes.cell[near],
        near_worker=votes.worker[near],
        near_part=votes.weight[near],
        together=_side_by_side(ballots),
        open=is_open,
    )


def fit_roles(
    ballots: Ballots,
    asked: Asked,
    votes: OpenVotes,
    known: Priors,
    independent: Floats,
    start: Roles | None,
    turns: int,
) -> Roles:
    """The posterior; `independent` (S) is what each value given counts for beside those it may be copied from."""
    return _Fit(ballots, asked, votes, known, independent).run(start, turns)


def _side_by_side(ballots: Ballots) -> Ints:
    """Pairs of candidates that one vote supports together, each once and in both orders.

    Of a page pasted as one answer, each value with its nearest only.
    """
    vote, candidate = ballots.support_vote, ballots.support_candidate
    found = []
    for lag in range(1, min(_MOST_BESIDE, len(vote) - 1) + 1):
        same = np.flatnonzero(vote[lag:] == vote[:-lag])
        if not len(same):
            break
        found += [np.column_stack([candidate[same], candidate[same + lag]])]
        found += [found[-1][:, ::-1]]
    if not found:
        return np.zeros((0, 2), dtype=np.int64)
    both = np.concatenate(found)
    return pairs(both[:, 0], both[:, 1])[1]


class _Fit:
    """One estimation: what does not change from turn to turn, and the turns."""

    def __init__(self, ballots: Ballots, asked: Asked, votes: OpenVotes, known: Priors, independent: Floats) -> None:
        cells = ballots.cells
        self.ballots, self.votes, self.known = ballots, votes, known
        self.field, self.n_fields = cells.field, len(asked.fields)
        self.workers, self.n_cells = len(ballots.workers), len(cells.field)
        self.of_answer = independent * votes.part * known.weight[votes.worker]
        self.weight = votes.share * self.of_answer
        self.silent_weight = np.minimum(known.weight[votes.silent_worker], 1.0) * votes.silent_part
        self.items = np.bincount(self.field[votes.open], minlength=self.n_fields)
        specs = asked.fields.values()
        silent = np.bincount(self.field[votes.silent_cell], minlength=self.n_fields)
        sure = [s.required or s.none_policy == "required" for s in specs]
        self.prior_value = np.where(sure | (silent == 0), REQUIRED_HAS_VALUE, HAS_VALUE)
        self.value_weight = np.where(silent == 0, _SILENCE_LEFT_OUT, _VALUE_WEIGHT)
        self.cell = ballots.candidates.cell
        self.way = self.field[votes.silent_cell] * 4 + votes.silent_way
        self.in_words = votes.silent_way == INVALID
        self.near_weight = np.minimum(known.weight[votes.near_worker], 1.0) * votes.near_part

    def run(self, start: Roles | None, turns: int) -> Roles:
        if start is None:
            count = sums(self.votes.candidate, self.weight, len(self.cell))
            total = sums(self.votes.cell, self.weight, self.n_cells) + 1
            of_candidate, of_none = count / total[self.cell], 0.7 / total
        else:
            of_candidate, of_none = start.candidate, start.none
        roles = self._workers(of_candidate, of_none)
        for _ in range(turns):
            before = roles.candidate
            roles = self._workers(*self._posterior(roles))
            if len(before) == 0 or np.abs(roles.candidate - before).max() < _SETTLED:
                break
        return roles

    def _workers(self, of_candidate: Floats, of_none: Floats) -> Roles:
        """Expected counts of each worker's roles, and the probabilities that follow."""
        votes, known, n = self.votes, self.known, self.workers
        is_right, is_none = of_candidate[votes.candidate], of_none[votes.cell]
        right = sums(votes.worker, self.weight * is_right, n)
        made_up = sums(votes.worker, self.weight * is_none, n)
        wrong = sums(votes.worker, self.weight * np.maximum(1 - is_right - is_none, 0), n)
        missed = sums(votes.silent_worker, self.silent_weight * (1 - of_none[votes.silent_cell]), n)
        asked = right + wrong + missed + known.given
        right_before = right + known.right
        wrong_before = wrong + np.maximum(known.given - known.right, 0)
        mean_right = (right.sum() + 12) / (right.sum() + wrong.sum() + missed.sum() + 20)
        mean_wrong = (wrong.sum() + 2) / (right.sum() + wrong.sum() + missed.sum() + 20)
        return Roles(
            candidate=of_candidate,
            none=of_none,
            right=right_before,
            given=right_before + wrong_before + made_up,
            finds=(right_before + LEAN * mean_right) / (asked + LEAN),
            errs=(wrong_before + LEAN * mean_wrong) / (asked + LEAN),
            false_values=coincidence(self.weight * (1 - is_right), votes.candidate, self.cell, votes.open)
            if len(votes.cell)
            else FALSE_VALUES,
        )

    def _posterior(self, roles: Roles) -> tuple[Floats, Floats]:
        votes, n_cells, falses = self.votes, self.n_cells, roles.false_values
        makes_up = self._makes_up(roles)
        value, ways_value, ways_none = self._fields(roles)
        nothing = np.maximum(1 - roles.finds - roles.errs, _LEAST)
        if_missed = nothing[votes.silent_worker] * ways_value[self.way]
        if_absent = (1 - makes_up[votes.silent_worker]) * ways_none[self.way]
        if_absent = np.where(self.in_words, np.maximum(if_absent, if_missed), if_absent)
        missed = TOGETHER * self.silent_weight * np.log(if_missed)
        absent = TOGETHER * self.silent_weight * np.log(if_absent)
        wrong = np.log(roles.errs / falses)[votes.worker]
        if_value = sums(votes.cell, self.weight * wrong, n_cells) + sums(votes.silent_cell, missed, n_cells)
        if_value += self._near_misses(roles, makes_up)
        if_none = sums(votes.cell, self.weight * np.log(makes_up / falses)[votes.worker], n_cells)
        if_none += sums(votes.silent_cell, absent, n_cells) + np.log(1 - value)[self.field]
        gain = self.of_answer * (np.log(roles.finds)[votes.worker] - wrong)
        logs = (if_value + np.log(value / falses)[self.field])[self.cell] + sums(votes.candidate, gain, len(self.cell))
        given = self.ballots.cells.candidates
        unseen = if_value + np.log(value[self.field] * np.maximum(1 - given / falses, 0.1))
        of_candidate, (_, of_none) = self._shared(logs, np.vstack([unseen, if_none]))
        return self._settled(of_candidate, of_none)

    def _makes_up(self, roles: Roles) -> Floats:
        """f of each worker."""
        votes, n = self.votes, self.workers
        made_up = sums(votes.worker, self.weight * roles.none[votes.cell], n)
        silent = sums(votes.silent_worker, self.silent_weight * roles.none[votes.silent_cell], n)
        total = made_up.sum() + silent.sum()
        lean = _MADE_UP_WEIGHT * total + 10
        mean = (made_up.sum() + MADE_UP * lean) / (total + lean)
        return np.clip((made_up + LEAN * mean) / (made_up + silent + LEAN), _LEAST, 1 - _LEAST)

    def _fields(self, roles: Roles) -> tuple[Floats, Floats, Floats]:
        """(F) share of items with a value; (F * 4) probabilities of the ways of giving nothing, with and without."""
        votes = self.votes
        nones = sums(self.field[votes.open], roles.none[votes.open], self.n_fields)
        lean = 10 + self.value_weight * self.items
        value = (self.items - nones + self.prior_value * lean) / (self.items + lean)
        counts, ways = [], []
        for weight in (1 - roles.none[votes.silent_cell], roles.none[votes.silent_cell]):
            counts.append(sums(self.way, weight, self.n_fields * 4).reshape(-1, 4))
        for count in counts:
            share = (count + 1) / (count[:, :3] + 1).sum(axis=1, keepdims=True)
            ways.append(share)
        if self.in_words.any():
            self._say_in_words(counts, ways)
        ways = [share.ravel() for share in ways]
        return np.clip(value, _LEAST, 1 - _LEAST), ways[0], ways[1]

    def _say_in_words(self, counts: list[Floats], ways: list[Floats]) -> None:
        """Puts w_f into the ways: what is rare leans on being said as often in both cases."""
        value, none = (count[:, INVALID] for count in counts)
        of_value, of_none = (count[:, :3].sum(axis=1) for count in counts)
        ratio = _oftener(none, value, of_none, of_value)
        ways[1][:, INVALID] = ratio * ways[0][:, INVALID]

    def _near_misses(self, roles: Roles, makes_up: Floats) -> Floats:
        """(C) log of how much likelier the near misses are where there is a value."""
        votes = self.votes
        if not len(votes.near_cell):
            return np.zeros(self.n_cells)
        gives = roles.finds + roles.errs
        field, none = self.field[votes.near_cell], roles.none[votes.near_cell]
        of_value, of_none = self._would_give(gives, makes_up, roles.none)
        ratio = _oftener(sums(field, 1 - none, self.n_fields), sums(field, none, self.n_fields), of_value, of_none)
        logs = np.log(ratio[field] * gives[votes.near_worker] / makes_up[votes.near_worker])
        return sums(votes.near_cell, TOGETHER * self.near_weight * np.maximum(logs, 0), self.n_cells)

    def _would_give(self, gives: Floats, makes_up: Floats, none: Floats) -> tuple[Floats, Floats]:
        """(F) values that the votes should hold, with and without a value there; near misses are a share of them."""
        votes = self.votes
        cell = np.concatenate([votes.cell, votes.silent_cell, votes.near_cell])
        worker = np.concatenate([votes.worker, votes.silent_worker, votes.near_worker])
        field = self.field[cell]
        given_values = sums(field, gives[worker] * (1 - none[cell]), self.n_fields)
        return given_values, sums(field, makes_up[worker] * none[cell], self.n_fields)

    def _shared(self, logs: Floats, others: Floats) -> tuple[Floats, Floats]:
        """Posterior; candidates that stand side by side in one answer do not take from each other."""
        of_candidate, of_others = shares(self.ballots.cells.start, self.cell, logs, others)
        beside = self.votes.together
        if len(beside):
            friends = sums(beside[:, 0], of_candidate[beside[:, 1]], len(self.cell))
            of_candidate = of_candidate / np.maximum(1 - friends, of_candidate + _LEAST * _LEAST)
        return np.minimum(of_candidate, 1.0), of_others

    def _settled(self, of_candidate: Floats, of_none: Floats) -> tuple[Floats, Floats]:
        """Cells that are not open hold nothing; those with a known answer hold it."""
        truth = self.known.truth
        of_candidate = np.where(self.votes.open[self.cell] & (truth[self.cell] == UNKNOWN), of_candidate, 0.0)
        of_candidate[truth[(truth >= 0) & self.votes.open]] = 1.0
        of_none = np.where(self.votes.open & (truth == UNKNOWN), of_none, 0.0)
        return of_candidate, np.where(self.votes.open & (truth == NO_VALUE), 1.0, of_none)


def _oftener(here: Floats, there: Floats, chances_here: Floats, chances_there: Floats) -> Floats:
    """(F) how much oftener something happens here than there, beside its chances; without any chance 1.

    >>> none = np.array([0.0])
    >>> _oftener(np.array([30.0]), none, np.array([50.0]), np.array([50.0])).round(1), _oftener(none, none, none, none)
    (array([8.5]), array([1.]))
    """
    total, chances = here + there, np.maximum(chances_here + chances_there, 1e-9)
    expected_here, expected_there = total * chances_here / chances, total * chances_there / chances
    return (
        (here + _CLASS_WEIGHT)
        / (expected_here + _CLASS_WEIGHT)
        * ((expected_there + _CLASS_WEIGHT) / (there + _CLASS_WEIGHT))
    )
