"""The decision table: from how many workers gave which values to a flag and the values that go with it.

For three answers the table is fixed (valid = an answer that its field's kind and anchor let pass)::

    three the same, valid            the value            All good, triple consensus
    three the same, not valid        none                 All good, triple consensus
    two the same, both kinds valid   the pair's, the odd  Checkit, multiple values
    two the same, only these valid   the pair's           All good, double consensus
    two the same, only the odd valid the odd              Checkit, minority
    two the same, none valid         none                 All good, zero value
    all different, none valid        none                 All good, zero value
    all different, one valid         that                 Checkit, minority
    all different, more valid        all valid            Checkit, multiple values   ('emails' in an e-mail field)

For n answers, with the votes of the workers who gave a valid value:

- unanimous: all n answers are the same, n >= 2;
- zero_value: no valid value;
- majority: more than half of n (and at least two) gave one value, and nobody another one; or more than half and
  at least three gave it, whatever the others said;
- plurality: the most supported values tie, with two workers or more each;
- minority: one value, and too few for a majority;
- multiple: anything else with several values.

Several values in one answer are one answer: two workers who both gave the same two values are a double consensus
on both. Answers that may all be one person's (nobody logged in) are no consensus: they count as one worker's.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.trust.answer_codes import VALID, Bools, Floats, Ints, pairs
from mturk_pipeline.trust.choosing import at_least
from mturk_pipeline.trust.votes import Ballots

FLAGS = ("unanimous", "majority", "plurality", "minority", "multiple", "zero_value")
UNANIMOUS, MAJORITY, PLURALITY, MINORITY, MULTIPLE, ZERO_VALUE = range(len(FLAGS))
_TIMES = {1: "single", 2: "double", 3: "triple", 4: "quadruple"}


@dataclass(frozen=True)
class Decided:
    """The table's outcome for each of C cells."""

    flag: Ints  # place in FLAGS
    agreeing: Ints  # workers who gave what the flag is about
    winners: Ints  # how many of the cell's candidates, from the first on, the table names


def decide(ballots: Ballots) -> Decided:
    """Look each cell up in the table."""
    cells = ballots.cells
    n, valid, distinct = cells.people, cells.counts[:, VALID], cells.candidates
    first = _first_votes(ballots)
    tied = _tied_for_first(ballots, first)
    one_answer = _different(ballots, ballots.votes.state == VALID) == 1
    all_same = _different(ballots, np.ones(len(ballots.votes.cell), dtype=bool)) == 1
    most = 2 * first > n
    choices = [
        (n >= 2) & all_same,
        valid == 0,
        one_answer & most & (first >= 2),
        ~one_answer & most & (first >= 3),
        one_answer & (distinct == 1),
        ~one_answer & (first >= 2) & (tied >= 2),
    ]
    flag = np.select(choices, [UNANIMOUS, ZERO_VALUE, MAJORITY, MAJORITY, MINORITY, PLURALITY], MULTIPLE)
    only_first = ((flag == MAJORITY) & ~one_answer) | (flag == PLURALITY)
    return Decided(
        flag=flag,
        agreeing=np.where(flag == UNANIMOUS, n, first),
        winners=np.where(only_first, tied, distinct),
    )


def flag_text(flag: int, agreeing: int, workers: int, kind: str, near_misses: int = 0) -> str:
    """The flag in words; without any value, near misses of one are not all good.

    >>> flag_text(MAJORITY, 2, 3, "url"), flag_text(MAJORITY, 4, 5, "url")
    ('All good, double consensus', 'All good, majority 4 of 5')
    >>> flag_text(MULTIPLE, 1, 3, "email")
    'Checkit, multiple emails'
    >>> flag_text(ZERO_VALUE, 0, 3, "email", near_misses=2)
    'Checkit, no value could be read'
    """
    if near_misses:
        return "Checkit, no value could be read"
    if flag == UNANIMOUS or (flag == MAJORITY and agreeing <= 3 and workers <= 3):
        many = _TIMES.get(agreeing)
        return f"All good, {many} consensus" if many else f"All good, consensus of {agreeing}"
    return {
        MAJORITY: f"All good, majority {agreeing} of {workers}",
        PLURALITY: "Checkit, plurality tie",
        MINORITY: "Checkit, minority",
        MULTIPLE: f"Checkit, multiple {KINDS[kind].plural}",
        ZERO_VALUE: "All good, zero value",
    }[flag]


def overruled_text(votes: int, agreeing: int, workers: int) -> str:
    """The words where the best guess is none of the values that the table names, but that of `votes` workers (0: none).

    >>> overruled_text(2, 3, 5), overruled_text(0, 3, 3)
    ('Checkit, minority 2 of 5 against 3', 'Checkit, no value against 3 of 3')
    """
    if votes:
        return f"Checkit, minority {votes} of {workers} against {agreeing}"
    return f"Checkit, no value against {agreeing} of {workers}"


def sameness(ballots: Ballots) -> tuple[Ints, Floats]:
    """Equal answers of each cell (summed over its answers), and their entropy over its maximum.

    Sum: 9, 5, 3 for three answers of which three, two, one are equal. Entropy: Shannon's, over log(answers); 0
    where all are equal, 1 where all differ. Blank answers are answers; answers that were never given are not.
    """
    cell, count = _equal_answers(ballots, np.ones(len(ballots.votes.cell), dtype=bool))
    n_cells = len(ballots.cells.field)
    total = ballots.cells.workers
    share = count / total[cell]
    entropy = np.bincount(cell, -share * np.log(share), minlength=n_cells)
    squares = np.bincount(cell, count * count, minlength=n_cells).astype(np.int64)
    return squares, np.clip(entropy / np.log(np.maximum(total, 2)), 0, 1)


def _equal_answers(ballots: Ballots, among: Bools) -> tuple[Ints, Ints]:
    """Each different answer's cell, and how many of the votes `among` (V) are that answer."""
    votes = ballots.votes
    code, answers = pairs(votes.cell[among], votes.token[among])
    return answers[:, 0], np.bincount(code, minlength=len(answers))


def _different(ballots: Ballots, among: Bools) -> Ints:
    """How many different answers each cell has among the votes `among` (V)."""
    return np.bincount(_equal_answers(ballots, among)[0], minlength=len(ballots.cells.field))


def _first_votes(ballots: Ballots) -> Ints:
    """Workers behind each cell's first candidate; 0 where it has none."""
    cells = ballots.cells
    votes = np.append(at_least(ballots.candidates.weight), 0)
    return np.where(cells.candidates > 0, votes[cells.start[:-1]], 0)


def _tied_for_first(ballots: Ballots, first: Ints) -> Ints:
    """How many candidates of each cell have as many workers as its first."""
    candidates = ballots.candidates
    same = at_least(candidates.weight) == first[candidates.cell]
    return np.bincount(candidates.cell[same], minlength=len(ballots.cells.field))
