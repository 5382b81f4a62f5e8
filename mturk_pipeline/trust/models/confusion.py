"""Hierarchical confusion: for closed answers, how each worker takes each class for each other.

Worker j says l where k is right with probability c_j[k, l]. That many numbers cannot be learnt from ten answers, so
each worker's rows lean on the crowd's, and the crowd's on a worker who is right seven times in ten::

    c_j[k]  ~ Dirichlet(4 C[k] tilted by how good j is elsewhere)      C[k] ~ Dirichlet(200 D[k]), D = 0.7 / 0.3 apart
    P(k is right for an item)  proportional to  s[k] * product of c_j[k, l_j] over its votes

An item is hard with some probability (learnt, about 0.3); then a vote is mostly chance: c is replaced by 0.05 c +
0.95 (shares of the answers). This keeps workers from being blamed for questions that nobody can answer.

s, the shares of the classes, cannot be told from C by the answers alone: many votes for 'no' mean that 'no' is
often right, or that workers like to say it. Two beliefs are therefore averaged, one where the shares are those of
the votes and one where they are learnt freely (weights 1 and 0.3).

Safeguard. Mistakes mix classes: votes are spread more evenly than the truth. A consensus that is spread still more
evenly than the vote contradicts this, and is what happens where workers share a bias on a scale (graded relevance):
the first belief then moves answers into rare classes. From an excess in entropy of 0.02 on it loses weight, at 0.05
all of it. It is said in `notes`.

How it is computed: a blocked Gibbs sampler. Drawing the right classes given the matrices, and these given the
classes, by turns, and averaging the probabilities of the classes over the draws, tells how sure one can be; the
single best fit (EM) is too sure with three answers an item. The generator is seeded; rows are sorted first.

Sources: Dawid & Skene, Applied Statistics 28 (1979); Kim & Ghahramani, AISTATS (2012), for the Bayesian form; Paun et
al., TACL 6 (2018), for the hierarchy; Whitehill et al., NIPS (2009), for difficulty; Teh et al., JASA 101 (2006), for
the number of 'tables' that a row contributes to the crowd's.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import Floats, Ints
from mturk_pipeline.trust.models.row_groups import sums

LEAN = 4.0
CROWD_LEAN, TYPICAL = 200.0, 0.7
HARD, HARD_SHARE, HARD_WEIGHT = 0.05, 0.3, 33.0
FREE_BELIEF = 0.3
SAFE_ENTROPY = (0.02, 0.05)
_FREE_SHARES = 0.02  # items, as a share of all, that the votes' shares count for in the second belief
TINY = 1e-12
MOST_DRAWS = 240


@dataclass(frozen=True)
class ClosedVotes:
    """R votes on n items of one field with K classes by W workers; rows sorted by item, then worker and class."""

    item: Ints  # (R)
    worker: Ints  # (R)
    label: Ints  # (R)
    items: int
    workers: int
    classes: int
    skill: Floats  # (W) log-odds by which the worker is better than the crowd, known from elsewhere
    weight: Floats  # (W) what a person lets the worker's votes count for
    truth: Ints  # (n) class that is known to be right, or -1
    part: Floats | None = None  # (R) weight of a vote among those that may be one person's; None: 1

    @property
    def weights(self) -> Floats:
        """(R): what each vote counts for."""
        of_worker = self.weight[self.worker]
        return of_worker if self.part is None else of_worker * self.part

    @property
    def counts(self) -> Floats:
        """(n, K): votes for each class."""
        code = self.item * self.classes + self.label
        size = self.items * self.classes
        return sums(code, self.weights, size).reshape(self.items, self.classes)


def classify(votes: ClosedVotes, seed: int) -> tuple[Floats, float]:
    """(n, K) probabilities of the classes of each item, and the share of the first belief that the safeguard took."""
    bound, free = (_sample(votes, shares, seed + n) for n, shares in enumerate(beliefs(votes)))
    return mixed(votes, bound, free)


def beliefs(votes: ClosedVotes) -> tuple[Floats, Floats]:
    """(K) prior votes for the classes' shares: where these are those of the votes, and where they are learnt freely."""
    shares = _vote_shares(votes)
    return shares * 1e6, shares * _FREE_SHARES * votes.items


def mixed(votes: ClosedVotes, bound: Floats, free: Floats) -> tuple[Floats, float]:
    """The mean of the two beliefs' probabilities, and the share of the first that the safeguard took."""
    both = (bound + FREE_BELIEF * free) / (1 + FREE_BELIEF)
    low, high = SAFE_ENTROPY
    taken = float(np.clip((_excess_entropy(votes, both) - low) / (high - low), 0, 1))
    first = 1 - taken
    return (first * bound + FREE_BELIEF * free) / (first + FREE_BELIEF), taken


def smoothed_vote(votes: ClosedVotes, prior: float = 1.5) -> Floats:
    """(n, K): shares of votes, with `prior` votes more that are spread as all answers are."""
    counts = votes.counts
    overall = counts.sum(axis=0) + TINY
    raised = counts + prior * overall / overall.sum()
    return raised / raised.sum(axis=1, keepdims=True)


def _vote_shares(votes: ClosedVotes) -> Floats:
    """(K): mean over the items of their shares of votes."""
    counts = votes.counts
    total = counts.sum(axis=1, keepdims=True)
    shares = (counts / np.maximum(total, TINY)).sum(axis=0) + 1 / votes.classes
    return shares / shares.sum()


def _excess_entropy(votes: ClosedVotes, probabilities: Floats) -> float:
    """Entropy of the classes' shares in the consensus, less that in the majority vote."""
    vote = smoothed_vote(votes, 1e-3)
    return _entropy_of(probabilities.argmax(axis=1), votes) - _entropy_of(vote.argmax(axis=1), votes)


def _entropy_of(chosen: Ints, votes: ClosedVotes) -> float:
    share = np.bincount(chosen, minlength=votes.classes) / max(votes.items, 1)
    return float(-(share * np.log(share + TINY)).sum())


def sweeps(votes: ClosedVotes) -> tuple[int, int]:
    """Draws to make and to leave out at first: fewer where more answers make each steadier, or matrices are large."""
    numbers = max(votes.workers * votes.classes**2, 1)
    draws = int(np.clip(min(8e6 / max(len(votes.item), 1), 3e7 / numbers), 12, MOST_DRAWS))
    return draws, draws * 3 // 8


def typical(classes: int) -> Floats:
    """(K, K): the matrix of a worker who is right seven times in ten."""
    matrix = np.full((classes, classes), (1 - TYPICAL) / (classes - 1))
    np.fill_diagonal(matrix, TYPICAL)
    return matrix


class _State:
    """What the sampler holds from one draw to the next."""

    def __init__(self, votes: ClosedVotes, seed: int) -> None:
        k = votes.classes
        self.rng = np.random.default_rng(seed)
        self.typical = typical(k)
        self.crowd = self.typical
        self.confusion = np.broadcast_to(self.typical, (votes.workers, k, k))
        noise = self.rng.random((votes.items, k)) * 1e-3
        self.right = (smoothed_vote(votes) + noise).argmax(axis=1)
        self.hard = np.zeros(votes.items, dtype=bool)
        self.hard_share = HARD_SHARE


def _sample(votes: ClosedVotes, shares: Floats, seed: int) -> Floats:
    """(n, K): the classes' probabilities, averaged over the draws; `shares` (K) are prior votes."""
    state = _State(votes, seed)
    draws, left_out = sweeps(votes)
    overall = votes.counts.sum(axis=0) + votes.classes
    chance = 0.5 * overall / overall.sum() + 0.5 / votes.classes
    combination = votes.worker * votes.classes + votes.label
    bounds = _bounds(votes)
    total = np.zeros((votes.items, votes.classes))
    for draw in range(draws):
        _draw_confusions(votes, state, chance, combination)
        counts = np.bincount(state.right, minlength=votes.classes)
        prior = np.log(np.maximum(state.rng.dirichlet(counts + shares), TINY))
        probabilities = _draw_classes(votes, state, chance, combination, prior, bounds)
        if draw >= left_out:
            total += probabilities
    return total / (draws - left_out)


def _bounds(votes: ClosedVotes) -> tuple[Ints, Ints]:
    """First rows of the items that have votes, and these items."""
    items, starts = np.unique(votes.item, return_index=True)
    return starts, items


def _draw_confusions(votes: ClosedVotes, state: _State, chance: Floats, combination: Ints) -> None:
    """Matrices (W, K, K) given the classes: Dirichlet, leaning on the crowd's."""
    k, rng = votes.classes, state.rng
    right = state.right[votes.item]
    own = np.where(state.hard[votes.item], HARD, 1.0) * state.confusion[votes.worker, right, votes.label]
    guess = np.where(state.hard[votes.item], 1 - HARD, 0.0) * chance[votes.label]
    counted = rng.random(len(right)) * (own + guess) < own
    code = combination[counted] * k + right[counted]
    counts = sums(code, votes.weights[counted], votes.workers * k * k)
    counts = counts.reshape(votes.workers, k, k).transpose(0, 2, 1)
    leaning = LEAN * state.crowd
    tables = _tables(counts, leaning)
    crowd = rng.gamma(CROWD_LEAN * state.typical + tables)
    state.crowd = np.maximum(crowd / crowd.sum(axis=1, keepdims=True), 1e-4)
    drawn = np.maximum(rng.gamma(np.maximum(counts + LEAN * _tilted(state.crowd, votes.skill), 1e-3)), TINY)
    state.confusion = drawn / drawn.sum(axis=2, keepdims=True)


def _tables(counts: Floats, leaning: Floats) -> Floats:
    """(K, K): how many of the workers' counts (W, K, K) speak for the crowd's matrix, in expectation."""
    _, right, label = seen = np.nonzero(counts)
    lean = leaning[right, label]
    tables = lean * (digamma(lean + counts[seen]) - digamma(leaning)[right, label])
    return sums(right * len(leaning) + label, tables, leaning.size).reshape(leaning.shape)


def _tilted(crowd: Floats, skill: Floats) -> Floats:
    """(W, K, K): the crowd's matrix with the odds of being right multiplied by exp(skill)."""
    diagonal = np.eye(len(crowd), dtype=bool)
    raised = np.where(diagonal, crowd * np.exp(skill)[:, None, None], crowd)
    return raised / raised.sum(axis=2, keepdims=True)


def _draw_classes(
    votes: ClosedVotes, state: _State, chance: Floats, combination: Ints, prior: Floats, bounds: tuple[Ints, Ints]
) -> Floats:
    """Draw each item's class and whether it is hard; return (n, K) probabilities of the classes."""
    k, rng = votes.classes, state.rng
    by_label = state.confusion.transpose(0, 2, 1).reshape(-1, k)
    chances = np.tile(chance, votes.workers)[:, None]
    tables = np.concatenate([np.maximum(by_label, TINY), HARD * by_label + (1 - HARD) * chances], axis=1)
    tables = (np.log(tables) * np.repeat(votes.weight, k)[:, None]).astype(np.float32)
    starts, items = bounds
    logs = np.zeros((votes.items, 2 * k), dtype=np.float32)
    if len(starts):
        of_votes = tables.take(combination, axis=0)
        if votes.part is not None:
            of_votes *= votes.part.astype(np.float32)[:, None]
        logs[items] = np.add.reduceat(of_votes, starts, axis=0)
    logs += np.concatenate([prior + np.log(1 - state.hard_share), prior + np.log(state.hard_share)]).astype(np.float32)
    logs -= logs.max(axis=1, keepdims=True)
    joint = np.exp(logs).astype(float)
    joint /= joint.sum(axis=1, keepdims=True)
    known = votes.truth >= 0
    if known.any():
        of_truth = joint[known][:, [*range(k), *range(k)]] * 0
        rows, truth = np.arange(int(known.sum())), votes.truth[known]
        of_truth[rows, truth], of_truth[rows, truth + k] = 1 - state.hard_share, state.hard_share
        joint[known] = of_truth
    drawn = (joint.cumsum(axis=1) < rng.random((votes.items, 1))).sum(axis=1).clip(0, 2 * k - 1)
    state.right, state.hard = drawn % k, drawn >= k
    hard_items = state.hard.sum()
    state.hard_share = float(
        rng.beta(hard_items + HARD_SHARE * HARD_WEIGHT, votes.items - hard_items + (1 - HARD_SHARE) * HARD_WEIGHT)
    )
    return joint[:, :k] + joint[:, k:]


def digamma(x: Floats) -> Floats:
    """Derivative of log gamma at positive `x`, to about 1e-9.

    Raised above 6 by digamma(x) = digamma(x + 1) - 1 / x, then the asymptotic series (Abramowitz & Stegun 6.3.18).

    >>> digamma(np.array([1.0, 0.5])).round(6).tolist()
    [-0.577216, -1.96351]
    """
    x = np.array(x, dtype=float)
    shift = np.zeros_like(x)
    for _ in range(6):
        small = x < 6
        if not small.any():
            break
        shift[small] -= 1 / x[small]
        x[small] += 1
    square = 1 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return shift + np.log(x) - 0.5 / x - series
