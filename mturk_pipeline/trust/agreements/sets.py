"""Sets: what a worker ticked or listed is one answer, and the best guess is the set that is most probably right.

In a *closed* list all items share the options: the phase's `choices`, or options that come back over the items. Each is
one two-valued question (`closed_sets`). In an *open* one (keywords) each item has its own: an option is a candidate of
its item (`mturk_pipeline.trust.list_model`). Either way an option has a probability q of belonging, averaged with the
smoothed share of the workers who gave it, .85 to .15; the best guess holds those from one half on.

Trust is the probability that the whole set is right. Were options independent, it would be the product of
max(q, 1 - q). They are not (who misreads the question misses several), and whole sets are right more often than that::

    trust = product ^ a,   a = log(share of pairs of workers with equal sets) / log(the share that q expects)

with a in [.6, 1], and both shares smoothed by one pair that agrees and one that does not.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline.kinds.choices import joined, labels_of
from mturk_pipeline.trust.agreements.base import Agreed, Outside, PerCell, calibrated, cells_of, known_by_cell
from mturk_pipeline.trust.agreements.closed_sets import Ticks, fit_options
from mturk_pipeline.trust.answer_codes import NONE, NONE_IN_WORDS, VALID, Floats, Ints
from mturk_pipeline.trust.list_model import fit_listing
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

MOST_OPTIONS = 200
SMOOTHING = 0.15
_LEAST_POWER = 0.6
_COMING_BACK = 0.5  # of the options stand on several items, where no list of them is declared
_SURE = 0.9  # options whose probability lies between 1 - this and this are named
_MOST_NAMED = 4
_EDGE = 3e-3


@dataclass(frozen=True)
class _Field:
    """One field: c cells, v votes that say something, k candidates (options that somebody gave), s supports."""

    cells: Ints  # (c) places in the ballots, as are …
    votes: Ints  # (v) … these
    item: Ints  # (v) cell of each vote, 0 … c - 1
    worker: Ints  # (v)
    weight: Floats  # (v)
    candidates: Ints  # (k) places in the ballots
    candidate_item: Ints  # (k)
    option: Ints  # (k) place in `options`
    support_vote: Ints  # (s) 0 … v - 1
    support_candidate: Ints  # (s) 0 … k - 1
    options: list[str]
    choices: list[str]  # the options as the phase declares them, if it does
    workers: int

    @property
    def given(self) -> Floats:
        """(c) what the votes weigh."""
        return sums(self.item, self.weight, len(self.cells))


@dataclass(frozen=True)
class _Belief:
    """Probability of belonging: of each candidate (k), and of all options of each cell as (cell, probability) pairs."""

    candidate: Floats
    pair_item: Ints
    pair: Floats
    unticked: list[tuple[int, str, float]]  # (cell, option, probability) of those that nobody gave and may belong


def agree(ballots: Ballots, phase: PhaseSpec, outside: Outside) -> Agreed:
    """Consensus of the fields of `phase` whose answers are sets; all cells of `ballots` are of such fields."""
    names = list(phase.fields)
    where = cells_of(ballots, names)
    gold, decided = known_by_cell(outside.gold, where), known_by_cell(outside.decided, where)
    weights = outside.weights(ballots.workers)
    out = PerCell(ballots)
    for number in np.unique(ballots.cells.field).tolist():
        field = _field_of(ballots, number, phase.fields[names[number]].choices, weights)
        if len(field.cells):
            _fill(out, ballots, field, _believe(field, gold, decided))
    return calibrated(out.agreed(), where, outside, gold)


def _field_of(ballots: Ballots, number: int, choices: list[str], weights: Floats) -> _Field:
    cells, votes = ballots.cells, ballots.votes
    here = np.flatnonzero(cells.field == number)
    place = np.full(len(cells.field), -1, dtype=np.int64)
    place[here] = np.arange(len(here))
    says = (votes.state == VALID) | (votes.state == NONE) | (votes.evidence == NONE_IN_WORDS)
    kept = np.flatnonzero(says & (place[votes.cell] >= 0))
    vote_place = np.full(len(votes.cell), -1, dtype=np.int64)
    vote_place[kept] = np.arange(len(kept))
    candidates = np.flatnonzero(cells.field[ballots.candidates.cell] == number)
    candidate_place = np.full(len(ballots.candidates.cell), -1, dtype=np.int64)
    candidate_place[candidates] = np.arange(len(candidates))
    option, seen = pd.factorize(pd.Index(ballots.candidates.value[candidates]), sort=True)
    supports = candidate_place[ballots.support_candidate] >= 0
    known = [*choices, *(label for label in seen.tolist() if label not in set(choices))]
    at = {label: n for n, label in enumerate(known)}
    worker = votes.worker[kept]
    return _Field(
        cells=here,
        votes=kept,
        item=place[votes.cell[kept]],
        worker=worker,
        weight=votes.weight[kept] * weights[worker],
        candidates=candidates,
        candidate_item=place[ballots.candidates.cell[candidates]],
        option=np.array([at[label] for label in seen.tolist()], dtype=np.int64)[option],
        support_vote=vote_place[ballots.support_vote[supports]],
        support_candidate=candidate_place[ballots.support_candidate[supports]],
        options=known,
        choices=choices,
        workers=len(ballots.workers),
    )


def is_closed(option: Ints, options: int, cells: int) -> bool:
    """Whether options that nobody declared come back over the items as those of a list do.

    `option` (k) is the option of each different (cell, option) that was given.
    """
    if options > MOST_OPTIONS:
        return False
    return cells == 1 or bool((np.bincount(option, minlength=options) > 1).mean() >= _COMING_BACK)


def _believe(field: _Field, gold: dict, decided: dict) -> _Belief:
    declared = bool(field.choices) and len(field.options) <= MOST_OPTIONS
    if declared or is_closed(field.option, len(field.options), len(field.cells)):
        return _believe_closed(field, gold, decided)
    return _believe_open(field)


def _believe_closed(field: _Field, gold: dict, decided: dict) -> _Belief:
    """Belief in options that all items share."""
    silent = np.setdiff1d(np.arange(len(field.cells)), field.item)
    ticked = np.zeros((len(field.votes), len(field.options)), dtype=bool)
    ticked[field.support_vote, field.option[field.support_candidate]] = True
    # Cells in which nobody said anything have one vote of no weight, so that every cell has one.
    item = np.concatenate([field.item, silent])
    order = np.argsort(item, kind="stable")
    ticks = Ticks(
        item=item[order],
        worker=np.concatenate([field.worker, np.zeros(len(silent), dtype=np.int64)])[order],
        ticked=np.concatenate([ticked, np.zeros((len(silent), len(field.options)), dtype=bool)])[order],
        weight=np.concatenate([field.weight, np.zeros(len(silent))])[order],
        items=len(field.cells),
        workers=field.workers,
    )
    known = _known(field, gold)
    belongs = fit_options(ticks, known).belongs
    if any(cell in decided for cell in field.cells.tolist()):
        taught = fit_options(ticks, _known(field, {**decided, **gold})).belongs
        open_cells = np.array([cell not in decided for cell in field.cells.tolist()])
        belongs = np.where(open_cells[:, None], taught, belongs)
    share = _smoothed(field, belongs.mean(axis=0))
    belongs = np.where(np.isnan(known), (1 - SMOOTHING) * belongs + SMOOTHING * share, belongs)
    pair_item = np.repeat(np.arange(len(field.cells)), len(field.options))
    silent_ones = belongs > 1 - _SURE
    silent_ones[field.candidate_item, field.option] = False
    unticked = [(int(c), field.options[o], float(belongs[c, o])) for c, o in np.argwhere(silent_ones).tolist()]
    return _Belief(belongs[field.candidate_item, field.option], pair_item, belongs.ravel(), unticked)


def _known(field: _Field, known: dict) -> Floats:
    """(c, o) 1.0 and 0.0 where a cell's right set is known, else missing."""
    out = np.full((len(field.cells), len(field.options)), np.nan)
    place = {label: n for n, label in enumerate(field.options)}
    for item, cell in enumerate(field.cells.tolist()):
        if cell in known:
            out[item] = 0.0
            out[item, [place[label] for label in labels_of(known[cell] or "") if label in place]] = 1.0
    return out


def _smoothed(field: _Field, prevalence: Floats) -> Floats:
    """(c, o) share of workers who gave each option, with one more vote as the crowd on the whole gives it."""
    votes = np.zeros((len(field.cells), len(field.options)))
    weight = sums(field.support_candidate, field.weight[field.support_vote], len(field.candidates))
    votes[field.candidate_item, field.option] = weight
    return (votes + prevalence) / (field.given + 1)[:, None]


def _believe_open(field: _Field) -> _Belief:
    """Belief in options of which each item has its own."""
    counts = field.weight > 0
    supports = counts[field.support_vote]
    vote, candidate = field.support_vote[supports], field.support_candidate[supports]
    listing = fit_listing(field.item[vote], candidate, field.worker[vote], field.item[counts], field.worker[counts])
    real = np.zeros(len(field.candidates))
    real[listing.element] = listing.trust
    weight = sums(field.support_candidate, field.weight[field.support_vote], len(field.candidates))
    share = (weight + real) / (field.given + 1)[field.candidate_item]
    belief = (1 - SMOOTHING) * real + SMOOTHING * share
    return _Belief(belief, field.candidate_item, belief, [])


def _fill(out: PerCell, ballots: Ballots, field: _Field, belief: _Belief) -> None:
    """Write the outcome of each cell of `field` into `out`."""
    n = len(field.cells)
    q, pair = np.clip(belief.candidate, _EDGE, 1 - _EDGE), np.clip(belief.pair, _EDGE, 1 - _EDGE)
    nothing = sums(belief.pair_item, np.log1p(-pair), n)  # log-probability that no option belongs
    odds, chosen = np.log(q / (1 - q)), q >= 0.5
    power = _power(ballots.votes.token[field.votes], field, q, belief.pair_item, pair)
    best = np.exp(power * (nothing + sums(field.candidate_item[chosen], odds[chosen], n)))
    of_vote = nothing[field.item] + sums(field.support_vote, odds[field.support_candidate], len(field.votes))
    labels = np.array(field.options, dtype=object)[field.option]
    given = _given_sets(field, labels, np.exp(power * of_vote))
    held = _by_item(field.candidate_item[chosen], labels[chosen].tolist(), n)
    shown = _by_item(field.candidate_item, list(zip(labels.tolist(), q.tolist(), strict=True)), n)
    for item, option, probability in belief.unticked:
        shown[item].append((option, probability))
    out.right[field.votes] = _rightness(field, q, belief.pair_item, pair)
    for item, cell in enumerate(field.cells.tolist()):
        value = joined(held[item], field.choices)
        sets = given[item]
        votes, trust = sets.get(value, (0, 0.0))[0], float(best[item])
        others = sorted(((t, s) for s, (_, t) in sets.items() if s not in (value, "")), reverse=True)
        out.outcome[cell] = "unknown" if not sets else "value" if value else "none"
        out.value[cell], out.trust[cell] = value or None, trust if sets else 0.0
        out.votes[cell], out.changed[cell] = votes, max((v for v, _ in sets.values()), default=0) > votes
        out.runners_up[cell], out.runners_up_trust[cell] = [s for _, s in others], [round(t, 4) for t, _ in others]
        out.detail[cell] = ", ".join(f"{o} {of:.2f}" for o, of in sorted(shown[item], key=lambda p: (-p[1], p[0])))
        total = sum(v for v, _ in sets.values())
        out.words[cell] = _words(votes, total, value, shown[item])
        out.flag_text[cell] = f"All good, the same set {votes} times" if 1 < votes == total else "Checkit, sets differ"


def _given_sets(field: _Field, labels: np.ndarray, probability: Floats) -> list[dict[str, tuple[int, float]]]:
    """Per cell: each set that somebody gave, how many did, and the probability that it is right."""
    of_vote = _by_item(field.support_vote, labels[field.support_candidate].tolist(), len(field.votes))
    out: list[dict[str, tuple[int, float]]] = [{} for _ in field.cells]
    for item, held, p in zip(field.item.tolist(), of_vote, probability.tolist(), strict=True):
        value = joined(held, field.choices)
        out[item][value] = (out[item].get(value, (0, 0.0))[0] + 1, p)
    return out


def _by_item(item: Ints, values: list, items: int) -> list[list]:
    """The values of each item 0 … items - 1."""
    out: list[list] = [[] for _ in range(items)]
    for at, value in zip(item.tolist(), values, strict=True):
        out[at].append(value)
    return out


def _words(votes: int, total: int, value: str, shown: list[tuple[str, float]]) -> str:
    """Reasons of one cell.

    >>> _words(2, 3, "bus|car", [("bus", 0.97), ("car", 0.93), ("train", 0.31)])
    '2 of 3 workers gave this set; in doubt: train (.31)'
    """
    if not total:
        return "nobody gave a usable answer"
    what = "this set" if value else "none of them"
    agreed = f"all {total} workers gave {what}" if 1 < votes == total else f"{votes} of {total} workers gave {what}"
    agreed = f"the only worker gave {what}" if total == 1 == votes else agreed
    doubtful = sorted(((abs(q - 0.5), o, q) for o, q in shown if 1 - _SURE < q < _SURE))
    named = ", ".join(f"{o} ({q:.2f})".replace("(0.", "(.") for _, o, q in doubtful[:_MOST_NAMED])
    more = f" and {len(doubtful) - _MOST_NAMED} more" if len(doubtful) > _MOST_NAMED else ""
    return f"{agreed}; in doubt: {named}{more}" if named else agreed


def _power(token: Ints, field: _Field, q: Floats, pair_item: Ints, pair: Floats) -> float:
    """The exponent a of this file's docstring, from neighbouring votes of each cell."""
    together = field.item[1:] == field.item[:-1]
    if not together.any():
        return 1.0
    n = len(field.cells)
    votes = np.bincount(field.item, minlength=n)
    q_ticked = q[field.support_candidate]
    s = q_ticked.sum() / max((votes * sums(pair_item, pair, n)).sum(), 1e-9)
    t = 1 - (1 - q_ticked).sum() / max((votes * sums(pair_item, 1 - pair, n)).sum(), 1e-9)
    s, t = np.clip([s, t], 0.05, 0.995)
    same = pair * (s * s + (1 - s) ** 2) + (1 - pair) * (t * t + (1 - t) ** 2)
    expected = np.exp(sums(pair_item, np.log(same), n))[field.item[1:][together]]
    equal = (token[1:] == token[:-1])[together]
    observed, foreseen = (equal.sum() + 1) / (len(equal) + 2), (expected.sum() + 1) / (len(equal) + 2)
    return float(np.clip(np.log(observed) / np.log(foreseen), _LEAST_POWER, 1))


def _rightness(field: _Field, q: Floats, pair_item: Ints, pair: Floats) -> Floats:
    """(v) how right each answer is, beyond chance: its share of what belongs, plus that of what does not belong and is
    left out, less 1.

    Whoever ticks nothing, everything, or by chance gets about 0 (Youden's index).
    """
    n = len(field.cells)
    belongs, others = sums(pair_item, pair, n)[field.item], sums(pair_item, 1 - pair, n)[field.item]
    hits = sums(field.support_vote, q[field.support_candidate], len(field.votes))
    wrong = sums(field.support_vote, 1 - q[field.support_candidate], len(field.votes))
    found, left_out = hits / np.maximum(belongs, 1e-9), 1 - wrong / np.maximum(others, 1e-9)
    return np.clip(np.select([belongs < 0.5, others < 0.5], [left_out, found], found + left_out - 1), 0, 1)
