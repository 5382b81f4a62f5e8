"""Lists: which elements that workers listed are real, and how much of a list each worker finds.

Trust in elements and recall of workers are estimated by turns, by the EM algorithm (expectation-maximisation). Of list
i, answered by workers p, with S the workers who listed an element, is assumed:

- Real elements: N_i of them, and worker p finds each with probability r_p (the recall)::

      expected number of real elements listed by just S = N_i * prod(r_p, p in S) * prod(1 - r_p, p not in S)

  A share of them, learnt from the data, is hard to find: everybody's recall is 0.4 of the usual there, and the
  right side has a term for either part of N_i.

- False elements: worker p comes up with f_p of them in a list, and each other worker q falls for one with
  probability c_q (a group of workers who agree on junk is a group with a high c)::

      expected number of false elements listed by just S
          = sum(f_a * prod(c_q, q in S without a), a in S) * prod(1 - c_q, q not in S)

- trust = expected real / (expected real + expected false).

An element that nobody lists is not in the data. Both lines are therefore rates of *seen* elements, and the real
ones that nobody found are counted as missed by all: n_i seen ones stand for N_i = n_i / (1 - prod(1 - r_p)), with
every p of the list in the product (Sanathanan 1972). Otherwise recall would be too high, and lone elements would
look false.

A worker's recall in one list (some stop after the first page) leans on the worker's recall, this on the crowd's, and
this on a weak prior; f and c likewise. How strongly they lean is learnt from how much they differ beyond chance (method
of moments; for recall the beta-binomial, Kleinman 1973; for f the gamma-Poisson). Real and false cannot be swapped:
false elements have one author, and others fall for them rarely unless the data insist. Where each list has one worker
trust is the prior.

Sources: Dawid & Skene, Applied Statistics 28 (1979), for EM over workers and truths; Dempster, Laird & Rubin, JRSS B
39 (1977), for EM and truncated data; Sanathanan, Annals of Mathematical Statistics 43 (1972), for the number unseen;
Kleinman, JASA 68 (1973), for the moments.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import Floats, Ints
from mturk_pipeline.trust.list_counts import ListData, list_data
from mturk_pipeline.trust.models.row_groups import sums

PRIOR_RECALL = 0.7
PRIOR_FALSE_SHARE = 0.1  # false elements of a worker's list
PRIOR_FALLS_FOR = 0.02
PRIOR_HARD = 0.1  # share of the real elements that are hard to find
HARD = 0.4  # recall of these, as a share of the usual one
_CROWD_WEIGHT = 5.0  # lists, or workers, that the weak priors of the crowd count for
_FALLS_WEIGHT, _HARD_WEIGHT = 50.0, 200.0  # elements
_LIMITS = (0.01, 0.99)
_TURNS, _SETTLED = 80, 3e-4  # mean change of trust


@dataclass(frozen=True)
class Listing:
    """Estimates for E elements, W workers, I lists and P answers (one worker's answer to one list)."""

    item: Ints  # (E) the element's list; sorted by item, then element
    element: Ints  # (E) its code, as given
    trust: Floats  # (E) probability that it is real, 0..1
    votes: Ints  # (E) workers who listed it
    worker: Ints  # (W) codes, sorted
    lists: Ints  # (W) lists answered
    recall: Floats  # (W) share of a list's real elements that the worker lists, hard ones included, 0..1
    recall_weight: Floats  # (W) independent elements behind it; 0 where it is the prior alone
    invented: Floats  # (W) false elements per list that the worker comes up with
    falls_for: Floats  # (W) probability of also listing another's false element
    false_share: Floats  # (W) expected share of false ones among what the worker listed, 0..1
    list_item: Ints  # (I) codes, sorted
    list_workers: Ints  # (I) workers who answered
    richness: Floats  # (I) real elements, listed or not
    missed: Floats  # (I) probability that a real element is listed by nobody
    missed_doubt: Floats  # (I) variance of log(missed), as recall is known only so well
    hard_share: float  # of the real elements


@dataclass(frozen=True)
class _Beliefs:
    """Estimates of one turn for the G patterns."""

    trust: Floats  # (G)
    hard: Floats  # (G) probability that, if real, they are hard to find
    author: Floats  # (R) probability that, if false, this supporter came up with them


@dataclass(frozen=True)
class _Rates:
    """Estimates of one turn for workers and lists."""

    recall: Floats  # (P) of elements that are not hard to find
    recall_weight: Floats  # (P) elements behind it, those that it leans on included
    invented: Floats  # (P)
    falls_for: Floats  # (W)
    hard_share: float
    richness: Floats  # (I)
    missed: tuple[Floats, Floats]  # (I) a real element is not hard, or hard, and listed by nobody
    worker_recall: Floats  # (W)
    worker_weight: Floats  # (W)
    worker_invented: Floats  # (W)


def fit_listing(item: Ints, element: Ints, worker: Ints, asked_item: Ints, asked_worker: Ints) -> Listing:
    """Estimate trust of each listed element, and recall and mistakes of each worker.

    Parameters
    ----------
    item, element, worker
        (R) codes, 0 or more: this worker listed this element for this item. An element's code need only differ
        from others of its item. Repeated rows count once.
    asked_item, asked_worker
        (Q) who answered an item's list at all, also those who listed nothing.

    Examples
    --------
    Worker 2 lists one thing in each list that the two others do not see:

    >>> seen = [(i, e, w) for i in range(30) for e in range(8) for w in (0, 1, 2) if (e + i + w) % 5]
    >>> rows = np.array(seen + [(i, 99, 2) for i in range(30)])
    >>> asked = np.array([(i, w) for i in range(30) for w in (0, 1, 2)])
    >>> known = fit_listing(*rows.T, *asked.T)
    >>> bool((known.trust[known.element == 99] < 0.5).all()), bool((known.trust[known.element < 8] > 0.9).all())
    (True, True)
    """
    lists = list_data(item, element, worker, asked_item, asked_worker)
    supporters = np.bincount(lists.row_pattern, minlength=len(lists.size))
    beliefs = _Beliefs(
        trust=np.where(supporters > 1, 0.97, 0.9),
        hard=np.full(len(supporters), PRIOR_HARD),
        author=1 / supporters[lists.row_pattern],
    )
    rates = None
    for _ in range(_TURNS):
        rates = _judge_workers(lists, beliefs, rates)
        before, beliefs = beliefs, _judge_elements(lists, rates)
        if np.abs(beliefs.trust - before.trust) @ lists.size <= _SETTLED * lists.size.sum():
            break
    return _listing(lists, _judge_workers(lists, beliefs, rates), beliefs.trust)


def _judge_elements(lists: ListData, rates: _Rates) -> _Beliefs:
    """The E-step: how likely each pattern's elements are real, given the workers."""
    row_answer, pattern, of_list = lists.row_answer, lists.row_pattern, lists.pattern_list
    patterns, number = len(lists.size), len(lists.items)
    falls_for = rates.falls_for[lists.answer_worker]

    def log_chance(listed: Floats) -> Floats:
        silent = np.log1p(-listed)
        supporters = sums(pattern, (np.log(listed) - silent)[row_answer], patterns)
        return sums(lists.answer_list, silent, number)[of_list] + supporters

    began = (rates.invented / falls_for)[row_answer]
    authors = sums(pattern, began, patterns)
    false = np.log(authors) + log_chance(falls_for)
    usual = np.log1p(-rates.hard_share) + log_chance(rates.recall)
    hard = np.log(rates.hard_share) + log_chance(rates.recall * HARD)
    real = np.log(rates.richness)[of_list] + np.logaddexp(usual, hard)
    return _Beliefs(trust=_logistic(real - false), hard=_logistic(hard - usual), author=began / authors[pattern])


def _judge_workers(lists: ListData, beliefs: _Beliefs, last: _Rates | None) -> _Rates:
    """The M-step: rates of workers and lists, given how far each element is believed."""
    answers, number = len(lists.answer_list), len(lists.items)
    row = lists.row_pattern
    real, false = beliefs.trust * lists.size, (1 - beliefs.trust) * lists.size
    hard = sums(lists.pattern_list, real * beliefs.hard, number)
    usual, n_false = sums(lists.pattern_list, real, number) - hard, sums(lists.pattern_list, false, number)
    seen = usual + hard
    if last:
        usual, hard = usual + last.richness * last.missed[0], hard + last.richness * last.missed[1]
    hard_share = (hard.sum() + PRIOR_HARD * _HARD_WEIGHT) / (usual.sum() + hard.sum() + _HARD_WEIGHT)

    listed = sums(lists.row_answer, real[row], answers)
    began = sums(lists.row_answer, false[row] * beliefs.author, answers)
    fell = sums(lists.row_answer, false[row] * (1 - beliefs.author), answers)
    real_ones = np.maximum((usual + HARD * hard)[lists.answer_list], listed)
    recall, weight, worker_recall, worker_weight = _recalls(lists, listed, real_ones, last)
    missed = (
        (1 - hard_share) * np.exp(sums(lists.answer_list, np.log1p(-recall), number)),
        hard_share * np.exp(sums(lists.answer_list, np.log1p(-HARD * recall), number)),
    )
    shown = 1 - missed[0] - missed[1]
    length = max(float(lists.size[row].sum()) / max(answers, 1), 1.0)
    # A list's richness leans on the mean one with the weight of one element.
    mean = (seen.sum() + length) / (shown.sum() + 1)
    invented, worker_invented = _inventions(lists, began, PRIOR_FALSE_SHARE * length)
    return _Rates(
        recall=recall,
        recall_weight=weight,
        invented=invented,
        falls_for=_falls_for(lists, fell, np.maximum(n_false[lists.answer_list] - began, fell)),
        hard_share=float(hard_share),
        richness=(seen + 1) / (shown + 1 / mean),
        missed=missed,
        worker_recall=worker_recall,
        worker_weight=worker_weight,
        worker_invented=worker_invented,
    )


def _recalls(lists: ListData, listed: Floats, real_ones: Floats, last: _Rates | None) -> tuple[Floats, ...]:
    """Recall and its weight, of each answer (P) and of each worker (W): of `real_ones` real elements `listed` were."""
    worker, workers = lists.answer_worker, len(lists.workers)
    usual = last.worker_recall[worker] if last else np.full(len(worker), PRIOR_RECALL)
    alike = _alikeness(listed, real_ones, usual, prior=0.15, prior_weight=50.0)
    # Elements of one list stand or fall together: they count as fewer independent ones.
    independent = real_ones / (1 + np.maximum(real_ones - 1, 0) * alike)
    weight = sums(worker, independent, workers)
    worker_found = sums(worker, independent * listed / np.maximum(real_ones, 1e-9), workers)
    crowd = (worker_found.sum() + PRIOR_RECALL * _CROWD_WEIGHT) / (weight.sum() + _CROWD_WEIGHT)
    lean = 1 / _alikeness(worker_found, weight, np.full(workers, crowd), prior=0.1, prior_weight=20.0) - 1
    of_worker = (worker_found + lean * crowd) / (weight + lean)
    lean = 1 / alike - 1
    recall = np.clip((listed + lean * of_worker[worker]) / (real_ones + lean), *_LIMITS)
    return recall, real_ones + lean, of_worker, weight


def _inventions(lists: ListData, began: Floats, prior: float) -> tuple[Floats, Floats]:
    """False elements that each worker comes up with, in each answer (P) and per list on the whole (W)."""
    worker, workers = lists.answer_worker, len(lists.workers)
    answered = np.bincount(worker, minlength=workers)
    crowd = (began.sum() + prior * _CROWD_WEIGHT) / (len(began) + _CROWD_WEIGHT)
    of_worker = (sums(worker, began, workers) + crowd) / (answered + 1)
    usual = of_worker[worker]
    # Beyond Poisson chance, lists of one worker differ little unless the data say so.
    excess = (((began - usual) ** 2 - usual).sum() + 0.4) / ((usual**2).sum() + 20)
    lean = 1 / np.clip(excess, 0.005, 5.0)
    return (began + lean * usual) / (1 + lean), of_worker


def _falls_for(lists: ListData, fell: Floats, could: Floats) -> Floats:
    """How likely each worker (W) lists another's false element: seldom, unless the worker's own lists say so."""
    workers = len(lists.workers)
    total = could.sum()
    crowd = (fell.sum() + PRIOR_FALLS_FOR * (total + _FALLS_WEIGHT)) / (2 * total + _FALLS_WEIGHT)
    fell, could = sums(lists.answer_worker, fell, workers), sums(lists.answer_worker, could, workers)
    return np.clip((fell + 10 * crowd) / (could + 10), 0.002, 0.9)


def _alikeness(hits: Floats, trials: Floats, usual: Floats, prior: float, prior_weight: float) -> float:
    """Intra-class correlation of a beta-binomial by moments: 0 where groups differ by chance alone, 1 at most."""
    chance = usual * (1 - usual)
    beyond = ((hits - trials * usual) ** 2 - trials * chance).sum()
    most = (trials * np.maximum(trials - 1, 0) * chance).sum()
    return float(np.clip((beyond + prior * prior_weight) / (most + prior_weight), 0.02, 0.7))


def _listing(lists: ListData, rates: _Rates, trust: Floats) -> Listing:
    workers = len(lists.workers)
    of_row = lists.answer_worker[lists.row_answer]
    size = lists.size[lists.row_pattern].astype(float)
    false = sums(of_row, size * (1 - trust[lists.row_pattern]), workers)
    listed = sums(of_row, size, workers)
    crowd = (false.sum() + PRIOR_FALSE_SHARE * _CROWD_WEIGHT) / (listed.sum() + _CROWD_WEIGHT)
    return Listing(
        item=lists.item,
        element=lists.element,
        trust=trust[lists.element_pattern],
        votes=lists.votes,
        worker=lists.workers,
        lists=np.bincount(lists.answer_worker, minlength=workers),
        recall=rates.worker_recall * (1 - (1 - HARD) * rates.hard_share),
        recall_weight=rates.worker_weight,
        invented=rates.worker_invented,
        falls_for=rates.falls_for,
        false_share=(false + crowd) / (listed + 1),
        list_item=lists.items,
        list_workers=np.bincount(lists.answer_list, minlength=len(lists.items)),
        richness=rates.richness,
        missed=rates.missed[0] + rates.missed[1],
        missed_doubt=_missed_doubt(lists, rates),
        hard_share=rates.hard_share,
    )


def _missed_doubt(lists: ListData, rates: _Rates) -> Floats:
    """Variance of log(missed) of each list (I), by the delta method, from the variance of the recalls."""
    usual, hard = (part[lists.answer_list] for part in rates.missed)
    slope = usual / (1 - rates.recall) + HARD * hard / (1 - HARD * rates.recall)
    variance = rates.recall * (1 - rates.recall) / (rates.recall_weight + 1)
    return sums(lists.answer_list, (slope / (usual + hard)) ** 2 * variance, len(lists.items))


def _logistic(odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
