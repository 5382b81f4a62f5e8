"""Answers of any source, in a plain frame, as ballots: for measurements and for use outside of a phase."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import choice, text
from mturk_pipeline.trust.answer_codes import BLANK, NONE, VALID, Bools, Ints, Names, Rows, Texts, evidence_codes
from mturk_pipeline.trust.questions import Questions
from mturk_pipeline.trust.votes import Ballots, ballots_of
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES
from mturk_pipeline.workflow.field_spec import FieldSpec

KINDS = ("closed", "open", "list")
_USED = {"item", "worker", "value", "field", "state", "evidence", "pool"}
FIELD = "value"  # the name of the only field where a frame names none


@dataclass(frozen=True)
class Frame:
    """The ballots of a frame, and what their codes stand for there (in the frame's own types)."""

    ballots: Ballots
    questions: Questions
    items: pd.Index
    fields: tuple[str, ...]
    values: pd.Index
    worker_of: Ints  # of each voter (a worker and pool; by the place in `ballots.workers`): place in `workers`
    workers: pd.Index


def read_frame(answers: pd.DataFrame, kind: str, none_values: Collection[object]) -> Frame:
    """The ballots in `answers`.

    ValueError for a missing column, an unknown kind or state, or a row without item or worker.
    """
    _check(answers, kind)
    item, items = _codes(answers["item"])
    worker, workers = _codes(answers["worker"])
    voter, voters, worker_of = _voters(answers, worker)
    value, values = _codes(answers["value"])
    state = _states(answers, value, values, none_values)
    field, fields = (
        _codes(answers["field"].astype("str")) if "field" in answers else (np.zeros_like(item), pd.Index([FIELD]))
    )
    names = tuple(fields)
    value = np.where(state == VALID, value, -1)
    is_list = kind == "list"
    spec = FieldSpec.model_validate({"kind": (choice if kind == "closed" else text).KIND.name, "required": is_list})
    questions = Questions(dict.fromkeys(names, spec), names if is_list else (), names if is_list else ())
    zeros = np.zeros_like(item)
    rows = Rows(
        item=item,
        element=value + 1 if is_list else zeros,
        field=field,
        worker=voter,
        value=value,
        assignment=item,  # who answers an item has one HIT of it
        state=state,
        evidence=evidence_codes(answers, state),
        suspicious=np.zeros(len(item), dtype=bool),
        submitted=zeros,
        raw=np.broadcast_to(np.array("", dtype=object), len(item)),
        names=Names(
            items=_places(items),
            elements=np.array(["", *range(len(values))], dtype=object),
            fields=names,
            workers=_places(voters),
            values=_places(values),
            assignments=_places(items),
        ),
    )
    return Frame(ballots_of(rows, questions), questions, items, names, values, worker_of, workers)


def _check(answers: pd.DataFrame, kind: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind!r}")
    if not isinstance(answers, pd.DataFrame):
        raise ValueError(
            f"answers is a DataFrame with the columns item, worker and value, not {type(answers).__name__}"
        )
    missing = {"item", "worker", "value"} - set(answers.columns)
    if missing:
        raise ValueError(f"answers lack the columns {sorted(missing)}; they have {list(answers.columns)}")
    twice = set(answers.columns[answers.columns.duplicated()]) & _USED
    if twice:
        raise ValueError(f"answers have more than one column {sorted(twice)[0]!r}; keep one")
    for column in {"item", "worker", "field"} & set(answers.columns):
        empty = answers[column].isna()
        if empty.any():
            raise ValueError(f"{int(empty.sum())} answers have no {column}, the first in row {int(empty.argmax())}")
    if "state" in answers:
        unknown = sorted(set(answers["state"].dropna().astype(str)) - set(ANSWER_STATES))
        if unknown:
            raise ValueError(f"state is one of {', '.join(ANSWER_STATES)}, not {unknown[0]!r}")


def _codes(column: pd.Series) -> tuple[Ints, pd.Index]:
    """Codes (-1 where missing) and what they stand for: numbers and times in their order, all else in that of texts.

    The order of the rows plays no part.
    """
    try:
        codes, values_there = pd.factorize(column)
    except TypeError:
        raise ValueError(f"column {column.name!r} holds lists or the like; make texts or tuples of them") from None
    values_there = pd.Index(values_there, tupleize_cols=False)
    order = _order_of(values_there) if _may_be_text(values_there) else values_there.argsort()
    place = np.empty(len(order) + 1, dtype=np.int64)
    place[order], place[-1] = np.arange(len(order)), -1
    return place[codes], values_there[order]


def _order_of(values: pd.Index) -> Ints:
    """By text; 1 and '1' are two things with one text, which their types keep apart."""
    things = values.tolist()
    by_type = np.argsort(np.array([type(thing).__name__ for thing in things], dtype=object), kind="stable")
    texts = np.array([str(thing) for thing in things], dtype=object)
    return by_type[np.argsort(texts[by_type], kind="stable")]


def _may_be_text(values: pd.Index) -> bool:
    is_plain = pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_datetime64_any_dtype(values.dtype)
    return not is_plain or isinstance(values.dtype, pd.CategoricalDtype)


def _places(index: pd.Index) -> Texts:
    """Numbers in place of texts: `Frame` knows what they stand for."""
    return np.arange(len(index), dtype=np.int64).astype(object)


def _voters(answers: pd.DataFrame, worker: Ints) -> tuple[Ints, pd.Index, Ints]:
    """A voter is a worker, or a worker in one pool: reliability is counted apart in each."""
    if "pool" not in answers:
        of_worker = np.arange(int(worker.max(initial=-1)) + 1)
        return worker, pd.Index(of_worker), of_worker
    pool, pools = _codes(answers["pool"])
    found, voter = np.unique(worker * (len(pools) + 1) + pool + 1, return_inverse=True)
    return voter.astype(np.int64), pd.Index(found), found // (len(pools) + 1)


def _states(answers: pd.DataFrame, value: Ints, values: pd.Index, none_values: Collection[object]) -> Ints:
    """State of each row: the frame's, else blank without a value, and 'none' for values that mean none."""
    empty = np.append(is_blank(values), True)
    state = np.where(empty[value], BLANK, VALID).astype(np.int64)
    if "state" in answers:
        codes = pd.Index(ANSWER_STATES).get_indexer(pd.Index(answers["state"]))
        state = np.where((codes < 0) | ((codes == VALID) & (state == BLANK)), state, codes)
    says_none = np.append(np.asarray(values.isin(none_tokens(none_values)), dtype=bool), False)
    return np.where(says_none[value], NONE, state)


def none_tokens(none_values: Collection[object]) -> list[object]:
    """Values that mean 'there is none'; a single text is one of them, not its letters."""
    return [none_values] if isinstance(none_values, str) else list(none_values)


def is_blank(values: pd.Index) -> Bools:
    """Which values are texts without a letter."""
    if not _may_be_text(values):
        return np.zeros(len(values), dtype=bool)
    return np.array([isinstance(v, str) and not v.strip() for v in values.tolist()], dtype=bool)
