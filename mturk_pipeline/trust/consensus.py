"""The consensus of a phase: the best guess for each item, record and field, and how far it can be trusted."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from mturk_pipeline.trust.agreement import Scores, agreement, patterns, votes_of
from mturk_pipeline.trust.coding import BLANK, INVALID, NONE, VALID, Floats
from mturk_pipeline.trust.decision_table import FLAGS, decide, flag_text, sameness
from mturk_pipeline.trust.reasons import reason
from mturk_pipeline.trust.votes import Ballots, ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# How ballots become trust, by name. A new model is a file of its own and a line here.
MODELS: dict[str, Callable[[Ballots, PhaseSpec], Scores]] = {"agreement": agreement}
_ROUNDING = 1e-9


def find_consensus(
    answers: pd.DataFrame,
    phase: PhaseSpec,
    thresholds: Mapping[str, float] | None = None,
    *,
    model: str = "agreement",
) -> pd.DataFrame:
    """The consensus (contract Consensus) of `answers` (contract Answers), sorted by item, element and field.

    Parameters
    ----------
    thresholds
        Trust from which a field is accepted, by field name; '*' stands for all other fields. By default
        `phase.threshold(field)`.
    model
        How trust is computed, a name in `MODELS`; `mturk_pipeline.trust.agreement` has the formula.

    Raises
    ------
    ValueError
        For answers to a field that the phase does not have, an unknown model, or a threshold for no field.
    """
    if model not in MODELS:
        raise ValueError(f"there is no model of trust {model!r}; there are {sorted(MODELS)}")
    accept = _thresholds(phase, thresholds or {})
    votes = ballots(answers, phase)
    scores = MODELS[model](votes, phase)
    table = _counts(votes, phase, scores)
    table["accepted"] = (table["trust"] >= accept[votes.cells.field] - _ROUNDING) & ~_at(scores.suspicious, scores)
    table["reasons"] = _reasons(table, votes, phase, scores)
    return table.loc[:, _COLUMNS]


def candidates(answers: pd.DataFrame, phase: PhaseSpec, *, model: str = "agreement") -> pd.DataFrame:
    """Each different valid value of each item, element and field, with its own trust: one row per value.

    Columns item_id, element, field, value, rank (1 = most supported), votes (workers), trust (0..1). Values that
    one worker gave side by side are no rivals: each can be right.
    """
    votes = ballots(answers, phase)
    cell = votes.candidates.cell
    return pd.DataFrame(
        {
            "item_id": _text(votes.cells.item_id[cell]),
            "element": _text(votes.cells.element[cell]),
            "field": _text(np.array(list(phase.fields), dtype=object)[votes.cells.field[cell]]),
            "value": _text(votes.candidates.value),
            "rank": np.arange(len(cell)) - votes.cells.start[cell] + 1,
            "votes": votes.candidates.votes,
            "trust": MODELS[model](votes, phase).value_trust,
        }
    )


_COLUMNS = [
    *("item_id", "element", "field", "outcome", "value", "trust", "pattern", "flag", "flag_text", "winners"),
    *("runners_up", "votes", "valid", "blank", "none_declared", "invalid", "workers", "cumulative_sameness"),
    *("entropy", "accepted", "reasons"),
]


def _counts(votes: Ballots, phase: PhaseSpec, scores: Scores) -> pd.DataFrame:
    cells = votes.cells
    has_value = scores.best >= 0
    outcome = np.where(has_value, "value", np.where(scores.none_votes > 0, "none", "unknown"))
    decided = decide(votes)
    kinds = [spec.kind for spec in phase.fields.values()]
    squares, entropy = sameness(votes)
    return pd.DataFrame(
        {
            "item_id": _text(cells.item_id),
            "element": _text(cells.element),
            "field": _text(np.array(list(phase.fields), dtype=object)[cells.field]),
            "outcome": _text(outcome),
            "value": _text(np.append(votes.candidates.value, np.array([None], dtype=object))[scores.best]),
            "trust": np.where(has_value, _at(scores.value_trust, scores), scores.none_trust),
            "pattern": _text(patterns(votes, scores.best)),
            "flag": _text(np.array(FLAGS, dtype=object)[decided.flag]),
            "flag_text": _text(_worded(decided.flag, decided.agreeing, cells.workers, cells.field, kinds)),
            "winners": _slices(votes, cells.start[:-1], cells.start[:-1] + decided.winners),
            "runners_up": _runners_up(votes, scores),
            "votes": np.where(has_value, votes_of(votes, scores.best), scores.none_votes),
            "valid": cells.counts[:, VALID],
            "blank": cells.counts[:, BLANK],
            "none_declared": cells.counts[:, NONE],
            "invalid": cells.counts[:, INVALID],
            "workers": cells.workers,
            "cumulative_sameness": squares,
            "entropy": entropy,
        }
    )


def _thresholds(phase: PhaseSpec, given: Mapping[str, float]) -> Floats:
    """Threshold of each of the phase's fields, in their order."""
    unknown = sorted(set(given) - set(phase.fields) - {"*"})
    if unknown:
        raise ValueError(f"a threshold is given for {unknown}, which is no field of {list(phase.fields)}")
    return np.array([given.get(f, given.get("*", phase.threshold(f))) for f in phase.fields], dtype=float)


def _at(of_candidates: np.ndarray, scores: Scores) -> np.ndarray:
    """Of each cell what its chosen candidate has; 0 or False without one."""
    return np.append(of_candidates, np.zeros(1, dtype=of_candidates.dtype))[scores.best]


def _slices(votes: Ballots, start: np.ndarray, stop: np.ndarray) -> list[list[str]]:
    values = votes.candidates.value.tolist()
    return [values[a:b] for a, b in zip(start.tolist(), stop.tolist(), strict=True)]


def _runners_up(votes: Ballots, scores: Scores) -> list[list[str]]:
    cells = votes.cells
    everything = _slices(votes, cells.start[:-1], cells.start[1:])
    place = np.where(scores.best >= 0, scores.best - cells.start[:-1], 0).tolist()
    return [values[:p] + values[p + 1 :] for values, p in zip(everything, place, strict=True)]


def _worded(flag: np.ndarray, agreeing: np.ndarray, workers: np.ndarray, field: np.ndarray, kinds: list) -> np.ndarray:
    cases = pd.DataFrame({"flag": flag, "agreeing": agreeing, "workers": workers, "field": field})
    codes, unique = _cases(cases)
    texts = [flag_text(f, a, n, kinds[k]) for f, a, n, k in unique.itertuples(index=False)]
    return np.array(texts, dtype=object)[codes]


def _reasons(table: pd.DataFrame, votes: Ballots, phase: PhaseSpec, scores: Scores) -> pd.Series:
    counted = ["outcome", "workers", "votes", "valid", "blank", "none_declared", "invalid"]
    required = np.array([spec.required for spec in phase.fields.values()])
    cases = table[counted].assign(
        absent=votes.cells.absent,
        suspicious=_at(scores.suspicious, scores),
        footer_items=_at(np.where(scores.footer, votes.candidates.items, 0), scores),
        required=required[votes.cells.field],
        is_record=votes.cells.element != "",
    )
    codes, unique = _cases(cases)
    texts = [reason(**{str(k): v for k, v in case.items()}) for case in unique.to_dict("records")]
    return _text(np.array(texts, dtype=object)[codes])


def _cases(table: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Code of each row's case, and the different cases: text is made once for each."""
    codes = table.groupby(list(table.columns), sort=False).ngroup().to_numpy()
    return codes, table.drop_duplicates()


def _text(values: np.ndarray | list[str]) -> pd.Series:
    return pd.Series(values, dtype="str")
