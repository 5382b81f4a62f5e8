"""Ratings: the best guess is what the average of very many such workers would say, each worker's bias removed.

Trust is the probability that the estimate lies within the field's tolerance of that: half a step on ordered levels, a
tenth of a declared scale, a factor of 1.25 on magnitudes (which are compared by their logarithms). Without a scale
nothing is right or wrong, and there is no trust. `rating_model` says how levels, biases and spreads are found.
"""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mturk_pipeline.kinds.rating import RATIO, are_words, ends
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.trust.agreements.base import Agreed, Outside, PerCell, Same, calibrated, cells_of, known_by_cell
from mturk_pipeline.trust.agreements.rating_model import Levels, Ratings, fit_levels, krippendorff_alpha
from mturk_pipeline.trust.answer_codes import Floats, Ints
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

FACTOR, SHARE_OF_SCALE = 1.25, 0.1
_SUREST = 0.997
_MOST_SHOWN = 9


class Scale(NamedTuple):
    """How ratings of a field become numbers, and how far off is still right (None: nobody said)."""

    spec: FieldSpec
    tolerance: float | None

    def number(self, text: str) -> float:
        """The place of a rating on the scale; missing for a text that is none."""
        if self.spec.levels and are_words(self.spec.levels):
            return float(self.spec.levels.index(text)) if text in self.spec.levels else math.nan
        try:
            value = float(text)
        except ValueError:
            return math.nan
        if self.spec.scale == RATIO:
            return math.log(value) if value > 0 else math.nan
        return value

    def text(self, number: float) -> str:
        """An estimate as people read it: the nearest of levels that are words, else a number."""
        spec = self.spec
        if spec.levels and are_words(spec.levels):
            return spec.levels[int(np.clip(round(number), 0, len(spec.levels) - 1))]
        if spec.scale == RATIO:
            return f"{math.exp(number):.3g}" if math.exp(number) < 1000 else f"{math.exp(number):.0f}"
        low, high = ends(spec)
        return plain(min(max(number, low), high), self.tolerance)


def plain(number: float, tolerance: float | None) -> str:
    """A number with as many decimals as a tenth of the tolerance has; with three digits without one.

    >>> plain(3.6789, 0.5), plain(41.7, 10.0), plain(1234.5, None)
    ('3.68', '42', '1234')
    """
    if tolerance is None:
        digits = 2 - math.floor(math.log10(abs(number))) if number else 0
    else:
        digits = -math.floor(math.log10(tolerance / 10))
    text = f"{number:.{min(max(digits - (tolerance is not None and tolerance >= 1), 0), 9)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def scale_of(spec: FieldSpec) -> Scale:
    """The scale of a rating field.

    >>> scale_of(FieldSpec(kind="rating", scale=[0, 100])).tolerance
    10.0
    """
    tolerance = spec.tolerance
    if spec.scale == RATIO:
        return Scale(spec, math.log(tolerance or FACTOR))
    if tolerance is None and spec.levels:
        step = 1.0 if are_words(spec.levels) else float(np.diff(sorted(map(float, spec.levels))).min())
        tolerance = step / 2
    elif tolerance is None and spec.scale is not None:
        low, high = ends(spec)
        tolerance = SHARE_OF_SCALE * (high - low)
    return Scale(spec, tolerance)


def agree(ballots: Ballots, phase: PhaseSpec, outside: Outside) -> Agreed:
    """Consensus of the fields of `phase` that are ratings; all cells of `ballots` are of such fields."""
    names = list(phase.fields)
    where = cells_of(ballots, names)
    gold = known_by_cell(outside.gold, where)
    weights = outside.weights(ballots.workers)
    out, notes = PerCell(ballots), []
    for number in np.unique(ballots.cells.field).tolist():
        scale = scale_of(phase.fields[names[number]])
        note = _fill(out, ballots, number, scale, weights, gold)
        notes += [f"{names[number]}: {note}"] if note else []
    agreed = replace(out.agreed(tuple(notes)), same=_within_tolerance(ballots, phase))
    return calibrated(agreed, where, outside, gold)


def _within_tolerance(ballots: Ballots, phase: PhaseSpec) -> Same:
    """Whether an estimate is as near to a known level as the field's tolerance asks."""
    scales = [scale_of(spec) for spec in phase.fields.values()]

    def same(cell: int, value: object, right: object) -> bool:
        scale = scales[ballots.cells.field[cell]]
        if not isinstance(value, str) or not isinstance(right, str) or scale.tolerance is None:
            return value == right
        return bool(abs(scale.number(value) - scale.number(right)) <= scale.tolerance)

    return same


def _fill(out: PerCell, ballots: Ballots, number: int, scale: Scale, weights: Floats, gold: dict) -> str:
    """Write the outcome of each cell of the field `number` into `out`; returns a note on agreement."""
    cells, votes = ballots.cells, ballots.votes
    values = np.array([scale.number(v) for v in ballots.candidates.value.tolist()], dtype=float)
    of_field = cells.field[ballots.candidates.cell[ballots.support_candidate]] == number
    kept = np.flatnonzero(of_field & ~np.isnan(values[ballots.support_candidate]))
    # A worker who rated an item twice has one rating of it: the mean.
    vote, of_vote = np.unique(ballots.support_vote[kept], return_inverse=True)
    y = sums(of_vote, values[ballots.support_candidate[kept]], len(vote)) / np.bincount(of_vote, minlength=len(vote))
    said, item = np.unique(votes.cell[vote], return_inverse=True)
    empty = np.setdiff1d(np.flatnonzero(cells.field == number), said)
    out.trust[empty] = 0.0 if scale.tolerance is not None else np.nan
    for cell in empty.tolist():
        out.words[cell], out.flag_text[cell] = "nobody gave a usable rating", "All good, zero value"
    if not len(said):
        return ""
    known = np.array([_known(gold, cell, scale) for cell in said.tolist()], dtype=float)
    worker = votes.worker[vote]
    ratings = Ratings(
        item, worker, y, weights[worker] * votes.weight[vote], len(said), len(ballots.workers), known, _width(scale, y)
    )
    fit = fit_levels(ratings)
    _write(out, ballots, said, ratings, fit, scale)
    out.right[vote] = _rightness(ratings, fit)
    alpha = krippendorff_alpha(item, y)
    return "" if np.isnan(alpha) else f"Krippendorff's alpha {alpha:.2f} (1 full agreement, 0 chance)"


def _width(scale: Scale, y: Floats) -> float:
    """Length of the scale; where it has no ends, of the ratings themselves; of magnitudes a factor of e."""
    spec = scale.spec
    if spec.scale == RATIO:
        return 1.0
    if spec.levels and are_words(spec.levels):
        return len(spec.levels) - 1.0
    low, high = ends(spec)
    return float(high - low) if math.isfinite(high - low) else float(np.ptp(y))


def _known(gold: dict, cell: int, scale: Scale) -> float:
    return scale.number(gold[cell]) if gold.get(cell) is not None else math.nan


def _write(out: PerCell, ballots: Ballots, said: Ints, ratings: Ratings, fit: Levels, scale: Scale) -> None:
    deviation = np.sqrt(fit.variance)
    z = np.full(len(said), np.inf)
    if scale.tolerance is not None:
        z = np.divide(scale.tolerance, deviation, out=z, where=deviation > 0)
    low, high = fit.level - 1.96 * deviation, fit.level + 1.96 * deviation
    number = np.bincount(ratings.item, minlength=len(said))
    near = scale.tolerance if scale.tolerance is not None else fit.crowd_spread
    agreeing = sums(ratings.item, (np.abs(ratings.value - fit.level[ratings.item]) <= near).astype(float), len(said))
    for at, cell in enumerate(said.tolist()):
        out.outcome[cell], out.value[cell] = "value", scale.text(fit.level[at])
        out.trust[cell] = math.nan if scale.tolerance is None else _inside(z[at])
        out.low[cell], out.high[cell] = (_back(v, scale) for v in (low[at], high[at]))
        out.votes[cell] = round(agreeing[at])
        given = ballots.candidates.value[ballots.cells.start[cell] : ballots.cells.start[cell + 1]].tolist()
        between = f"{scale.text(low[at])} to {scale.text(high[at])}"
        out.detail[cell], out.runners_up[cell] = between, sorted(given, key=scale.number)
        out.runners_up_trust[cell] = [math.nan] * len(given)
        shown = ", ".join(out.runners_up[cell][:_MOST_SHOWN]) + (", …" if len(given) > _MOST_SHOWN else "")
        rated = _rated(int(number[at]), len(given), shown)
        without = "; the field has no scale, so there is no trust" if scale.tolerance is None else ""
        out.words[cell] = f"{rated}, so between {between.replace(' to ', ' and ')} with 95 %{without}"
        out.flag_text[cell] = f"Rated {out.value[cell]}, {between}"


def _rated(workers: int, values: int, shown: str) -> str:
    """How many ratings there are, in words; `values` of them differ.

    >>> _rated(3, 2, "10, 50"), _rated(1, 1, "10"), _rated(2, 3, "10, 50, 90")
    ('3 ratings (10, 50)', 'only one rating (10)', '3 ratings of 2 workers (10, 50, 90)')
    """
    if values > workers:
        return f"{values} ratings of {counted(workers, 'worker')} ({shown})"
    return f"{workers} ratings ({shown})" if workers > 1 else f"only one rating ({shown})"


def _inside(z: float) -> float:
    """Probability that a normal error lies within z deviations; never certain, for the model may be wrong."""
    return min(math.erf(z / math.sqrt(2)), _SUREST)


def _back(number: float, scale: Scale) -> float:
    """A number of the model on the field's own scale."""
    if scale.spec.scale == RATIO:
        return math.exp(number)
    low, high = (
        (0.0, len(scale.spec.levels) - 1.0) if scale.spec.levels and are_words(scale.spec.levels) else ends(scale.spec)
    )
    return float(np.clip(number, low, high))


def _rightness(ratings: Ratings, fit: Levels) -> Floats:
    """How much nearer each rating, its worker's bias removed, lies to what others say than ratings of any item do.

    1 for the same, 0 for as far as by chance or farther.
    """
    off = np.abs(ratings.value - fit.others - fit.bias[ratings.worker])
    by_chance = np.array([np.abs(ratings.value - level).mean() for level in _grid(fit.others)])
    chance = np.interp(fit.others, _grid(fit.others), by_chance)
    return np.clip(1 - off / np.maximum(chance, 1e-9), 0, 1)


def _grid(levels: Floats) -> Floats:
    return np.linspace(levels.min(), max(levels.max(), levels.min() + 1e-9), 25)
