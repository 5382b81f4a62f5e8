"""Answers as integer codes, so that counting them is arithmetic on arrays."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, EVIDENCE
from mturk_pipeline.vocabulary.answer_states import JUNK as _JUNK
from mturk_pipeline.vocabulary.answer_states import NEAR_MISS as _NEAR_MISS
from mturk_pipeline.vocabulary.answer_states import NONE_IN_WORDS as _NONE_IN_WORDS

if TYPE_CHECKING:
    from mturk_pipeline.trust.questions import Asked

BLANK, INVALID, NONE, VALID = range(len(ANSWER_STATES))
# What an invalid answer is evidence of: the later, the more it counts in a vote of several.
JUNK, NONE_IN_WORDS, NEAR_MISS = (EVIDENCE.index(name) for name in (_JUNK, _NONE_IN_WORDS, _NEAR_MISS))

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Names:
    """What the codes stand for, each sorted by text (fields as in the phase)."""

    items: Texts
    elements: Texts
    fields: tuple[str, ...]
    workers: Texts
    values: Texts
    assignments: Texts


@dataclass(frozen=True)
class Rows:
    """Answers, R rows: each array holds one integer or truth value per row."""

    item: Ints
    element: Ints
    field: Ints
    worker: Ints
    value: Ints  # -1 where there is no valid value
    assignment: Ints
    state: Ints  # place in ANSWER_STATES: the later, the better
    evidence: Ints  # of invalid ones: place in EVIDENCE; 0 of all others
    suspicious: Bools
    submitted: Ints  # microseconds; the least integer where unknown
    raw: Texts
    names: Names

    @property
    def voter(self) -> Ints:
        """Whose vote a row is: its worker's, as codes; an unknown worker's answers are a vote for each assignment.

        Nobody knows whether these are of several people: none replaces another, and none counts as another person's.
        """
        unknown = is_unknown(self.names.workers)[self.worker] if len(self.worker) else np.zeros(0, dtype=bool)
        return np.where(unknown, len(self.names.workers) + self.assignment, self.worker)

    def where(self, mask: Bools) -> "Rows":
        """The rows for which `mask` holds; themselves where it holds for all, since copies of many rows cost."""
        if mask.all():
            return self
        arrays = ("item", "element", "field", "worker", "value", "assignment", "state", "evidence", "suspicious")
        masked = {name: getattr(self, name)[mask] for name in (*arrays, "submitted", "raw")}
        return replace(self, **masked)


def coded(answers: pd.DataFrame, asked: "Asked") -> Rows:
    """`answers` (contract Answers) as codes; any order of rows gives the same names.

    ValueError where answers name a field or a state that does not exist.
    """
    fields = tuple(asked.fields)
    field = pd.Index(fields).get_indexer(pd.Index(answers["field"]))
    if (field < 0).any():
        unknown = sorted(set(answers.loc[field < 0, "field"]))
        raise ValueError(f"answers hold {unknown}, which is no field of the phase {list(fields)}")
    state = pd.Index(ANSWER_STATES).get_indexer(pd.Index(answers["state"]))
    if (state < 0).any():
        raise ValueError(f"answers hold the state {sorted(set(answers.loc[state < 0, 'state']))}")
    item, items = _codes(answers, "item_id")
    element, elements = _codes(answers, "element")
    worker, workers = _codes(answers, "worker")
    value, values = _codes(answers.assign(value=answers["value"].where(state == VALID)), "value")
    assignment, assignments = _codes(answers, "assignment_id")
    state = np.where((state == VALID) & (value < 0), INVALID, state)
    return Rows(
        item=item,
        element=element,
        field=field.astype(np.int64),
        worker=worker,
        value=value,
        assignment=assignment,
        state=state,
        evidence=evidence_codes(answers, state),
        suspicious=answers["suspicious"].to_numpy(dtype=bool),
        submitted=answers["submitted_at"].to_numpy(dtype="datetime64[us]").astype(np.int64),
        raw=np.asarray(answers["raw"].fillna(""), dtype=object),
        names=Names(items, elements, fields, workers, values, assignments),
    )


def evidence_codes(answers: pd.DataFrame, state: Ints) -> Ints:
    """Place in EVIDENCE of each invalid answer, 0 of all others; unclassified ones are junk.

    ValueError for evidence of a class that does not exist.
    """
    if "evidence" not in answers:
        return np.where(state == INVALID, JUNK, 0)
    named = answers["evidence"].fillna("")
    code = pd.Index(EVIDENCE).get_indexer(pd.Index(named))
    if (code < 0).any():
        raise ValueError(f"evidence is one of {', '.join(EVIDENCE[1:])}, not {sorted(set(named[code < 0]))[0]!r}")
    return np.where(state == INVALID, np.maximum(code, JUNK), 0)


def latest(rows: Rows) -> Bools:
    """Which rows stand in the latest assignment of their voter for their item and field.

    Latest by submission time (unknown before all others), then by assignment id.
    """
    asked, _ = pairs(pairs(rows.item, rows.field)[0], rows.voter)
    order = np.lexsort((rows.assignment, rows.submitted, asked))
    last = np.ones(len(order), dtype=bool)
    last[:-1] = asked[order][1:] != asked[order][:-1]
    chosen = np.full(int(asked.max(initial=-1)) + 1, -1, dtype=np.int64)
    chosen[asked[order][last]] = rows.assignment[order][last]
    return rows.assignment == chosen[asked]


def pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Codes of the pairs (first, second), 0 … P - 1 in their order, and the pairs themselves, shape (P, 2).

    >>> codes, of = pairs(np.array([5, 2, 5]), np.array([0, 1, 0]))
    >>> codes.tolist(), of.tolist()
    ([1, 0, 1], [[2, 1], [5, 0]])
    """
    width = int(second.max(initial=0)) + 1
    unique, codes = np.unique(first * width + second, return_inverse=True)
    return codes.astype(np.int64), np.column_stack([unique // width, unique % width])


def _codes(answers: pd.DataFrame, column: str) -> tuple[Ints, Texts]:
    codes, names = pd.factorize(pd.Index(answers[column]), sort=True)
    return codes.astype(np.int64), np.asarray(names, dtype=object)
