"""Trust for a plain frame of answers, outside of any phase: `fit_predict`."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from numbers import Integral

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import BLANK, INVALID, NONE, VALID, Ints, Texts
from mturk_pipeline.trust.api_answers import Frame, read_frame
from mturk_pipeline.trust.api_reviewed import read_reviewed
from mturk_pipeline.trust.calibration import Calibration
from mturk_pipeline.trust.careless_work import fast_workers, same_answers
from mturk_pipeline.trust.choosing import Chosen, choose, patterns
from mturk_pipeline.trust.judged_answers import rows_of
from mturk_pipeline.trust.models import model_named
from mturk_pipeline.trust.models.base import Priors, Scores
from mturk_pipeline.trust.models.row_groups import sums
from mturk_pipeline.trust.reasons import reason_frame
from mturk_pipeline.trust.truth import calibration_of
from mturk_pipeline.trust.worker_standing import Judged, OtherEvidence, judge, partners, reliability, standings
from mturk_pipeline.vocabulary.standings import NEUTRAL


@dataclass(frozen=True)
class Result:
    """Consensus, workers and notes that `fit_predict` returns."""

    consensus: pd.DataFrame
    workers: pd.DataFrame
    calibration: Calibration
    notes: tuple[str, ...]  # what should be known of the whole, in words


def fit_predict(
    answers: pd.DataFrame,
    model: str = "trust",
    kind: str = "closed",
    none_values: Collection[object] = (),
    reviewed: pd.DataFrame | None = None,
    seed: int = 0,
) -> Result:
    """Estimate the consensus of redundant answers, how far to trust it, and how reliable each worker is.

    Parameters
    ----------
    answers
        One row per value that a worker gave: item, worker, value (missing or '' = left blank), and optionally field,
        state (blank, none_declared, invalid, valid), evidence (what an invalid answer speaks for: near_miss for a
        value, none_in_words for none, junk, the default, for neither), pool (answers whose reliability is counted
        apart: a worker may be good in one pool and poor in another) and work_seconds. Several rows per item and
        worker are allowed.
    model
        A name in `mturk_pipeline.vocabulary.trust_models.TRUST_MODELS`: majority, worker_weighted, confusion, trust.
    kind
        closed (all items share the possible values), open (each item has its own) or list (each item has several
        right values; one row of consensus for each).
    none_values
        Values that say 'there is none'.
    reviewed
        What people found to be right: item, field (where answers have it), value (missing = none of the values), and
        optionally inclusion, the probability with which the item was drawn for review, in (0, 1]; missing where it
        was picked for being bad. Without that column the rows count as a random sample. Of a list's right elements
        each has a row. What people found right is the consensus of its item, with a trust of 1; where nobody gave
        it, the best guess has a trust of 0.
    seed
        For the models that draw random numbers. The same answers and seed give the same result in any order of rows.

    Returns
    -------
    Result
        consensus: item, field, value (missing: none, or nothing usable), trust (0..1), runners_up (list of (value,
        trust), best first), pattern ('3:0', '2:1', 'lone' … ), reasons; sorted by item and field.
        workers: worker, contributions (items answered), answers, reliability, reliability_low, reliability_high (95 %
        interval), standing (neutral, watch, exclude), evidence; sorted by worker. Several answers of a worker to one
        item are one piece of evidence.

    Raises
    ------
    ValueError
        For a missing column, an unknown model, kind or state, a seed that is none, a row without item or worker, or
        an inclusion that is no probability.

    Examples
    --------
    >>> answers = pd.DataFrame(
    ...     [(i, w, "cat" if i % 2 else "dog") for i in range(30) for w in "abc"], columns=["item", "worker", "value"]
    ... )
    >>> answers.loc[0, "value"] = "cat"  # of worker a, who is right otherwise
    >>> result = fit_predict(answers)
    >>> result.consensus.loc[0, ["value", "pattern"]].tolist()
    ['dog', '2:1']
    """
    find = model_named(model)
    if not isinstance(seed, Integral) or int(seed) < 0:
        raise ValueError(f"seed is a whole number from 0 on, not {seed!r}")
    frame = read_frame(answers, kind, none_values)
    ballots = frame.ballots
    known = Priors.nothing(ballots, int(seed))
    scores = find(ballots, frame.questions, known)
    calibration, notes = Calibration(), ()
    if reviewed is not None and len(reviewed):
        judged, notes = read_reviewed(frame, reviewed, none_values)
        calibration = calibration_of(ballots, scores, judged)
        known = Priors(judged.truth, known.right, known.given, known.weight, int(seed))
        scores = find(ballots, frame.questions, known)
    scores = scores.with_trust(calibration(scores.value_trust), calibration(scores.none_trust))
    scores = scores.settled(ballots, known)
    chosen = choose(ballots, scores)
    workers = _workers(frame, scores, known, answers)
    return Result(_consensus(frame, scores, chosen), workers, calibration, (*scores.notes, *notes))


def _consensus(frame: Frame, scores: Scores, chosen: Chosen) -> pd.DataFrame:
    cells, ballots = frame.ballots.cells, frame.ballots
    places = np.append(ballots.candidates.value, -1).astype(np.int64)[chosen.best]
    fields = np.array(frame.fields, dtype=object)
    return pd.DataFrame(
        {
            "item": frame.items[cells.item],
            "field": pd.Series(fields[cells.field], dtype="str"),
            "value": frame.values[places] if len(places) and places.min() >= 0 else _with_gaps(frame.values, places),
            "trust": chosen.trust,
            "runners_up": _runners_up(frame, scores, chosen),
            "pattern": pd.Series(patterns(ballots, chosen.best), dtype="str"),
            "reasons": reason_frame(ballots, frame.questions, scores, chosen),
        }
    )


def _with_gaps(values: pd.Index, places: Ints) -> pd.Series:
    """The values at `places`, missing where that is -1; whole numbers stay whole."""
    whole = pd.api.types.is_integer_dtype(values.dtype) and isinstance(values.dtype, np.dtype)
    return pd.Series(values, dtype=object if whole else values.dtype).reindex(places).reset_index(drop=True)


def _runners_up(frame: Frame, scores: Scores, chosen: Chosen) -> list[list[tuple[object, float]]]:
    """Of each cell its other candidates with their trust, best first."""
    cells, candidates = frame.ballots.cells, frame.ballots.candidates
    out: list[list[tuple[object, float]]] = [[] for _ in range(len(cells.field))]
    other = np.flatnonzero(chosen.best[candidates.cell] != np.arange(len(candidates.cell)))
    other = other[np.lexsort((other, -scores.value_trust[other], candidates.cell[other]))]
    values = frame.values[candidates.value[other].astype(np.int64)].tolist()
    trust = scores.value_trust[other].round(4).tolist()
    for cell, value, of_value in zip(candidates.cell[other].tolist(), values, trust, strict=True):
        out[cell].append((value, of_value))
    return out


def _workers(frame: Frame, scores: Scores, known: Priors, answers: pd.DataFrame) -> pd.DataFrame:
    ballots, n = frame.ballots, len(frame.workers)
    votes, of_worker = ballots.votes, frame.worker_of
    counts = np.bincount(of_worker[votes.worker] * 4 + votes.state, minlength=n * 4).reshape(n, 4)
    asked = pd.unique(of_worker[votes.worker] * (len(frame.items) + 1) + ballots.cells.item[votes.cell])
    rows = rows_of(ballots, frame.questions, scores, known, np.ones(len(frame.fields), dtype=bool))
    # A voter is a worker in one pool.
    voters = pd.Index(ballots.workers).get_indexer(pd.Index(rows["worker"]))
    judged = judge(rows.assign(worker=of_worker[voters]), pd.RangeIndex(n))
    shared: list[set[int]] = [set() for _ in range(n)]
    for voter, copied in enumerate(partners(scores.copying, len(of_worker), judged.tail[of_worker])):
        shared[of_worker[voter]] |= {int(of_worker[p]) for p in copied}
    same = np.zeros(n, dtype=np.int64)
    np.maximum.at(same, of_worker, same_answers(ballots, frame.questions, scores))
    other = replace(
        OtherEvidence.nothing(n),
        copies=np.array([bool(s) for s in shared], dtype=bool),
        careless=(same > 0) | fast_workers(answers, frame.workers),
    )
    standing = standings(judged, replace(other, stands_out=other.careless))
    middle = reliability(_of_workers(frame, scores))
    return pd.DataFrame(
        {
            "worker": frame.workers,
            "contributions": np.bincount(asked // (len(frame.items) + 1), minlength=n),
            "answers": counts[:, VALID] + counts[:, NONE] + counts[:, INVALID],
            "blank": counts[:, BLANK],
            "reliability": middle,
            "reliability_low": np.fmin(judged.low, middle),
            "reliability_high": np.fmax(judged.high, middle),
            "standing": pd.Series(standing, dtype="str"),
            "evidence": pd.Series(_evidence(judged, other, standing, shared, same), dtype="str"),
        }
    )


def _of_workers(frame: Frame, scores: Scores) -> Scores:
    """The same, a worker's pools together."""
    right, given = (sums(frame.worker_of, of_voter, len(frame.workers)) for of_voter in (scores.right, scores.given))
    return replace(scores, right=right, given=given)


def _evidence(judged: Judged, other: OtherEvidence, standing: Texts, shared: list[set[int]], same: Ints) -> list[str]:
    lines = []
    for w in range(len(standing)):
        parts = []
        if standing[w] != NEUTRAL and judged.hits[w] > 0:
            items = f"{judged.hits[w]:.0f} items"
            parts.append(f"of {items} about {judged.right[w]:.0f} right ({judged.low[w]:.0%} to {judged.high[w]:.0%})")
        if shared[w]:
            parts.append(f"shares wrong values with {len(shared[w])} other worker{'s' * (len(shared[w]) > 1)}")
        if same[w]:
            parts.append(f"gave one answer to all {same[w]} items of a question where others did not")
        elif other.careless[w]:
            parts.append("impossibly fast, under a fifth of the usual time")
        lines.append("; ".join(parts))
    return lines
