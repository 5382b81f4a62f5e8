"""Who listed which element, as arrays to count with: lists, answers (one worker's, to one list), patterns."""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.answer_codes import Bools, Ints

_BITS = 62


@dataclass(frozen=True)
class ListData:
    """The data as codes. Elements of a list with the same supporters are one pattern: they share their trust."""

    items: Ints  # (I)
    workers: Ints  # (W)
    answer_list: Ints  # (P)
    answer_worker: Ints  # (P)
    item: Ints  # (E)
    element: Ints  # (E)
    votes: Ints  # (E)
    element_pattern: Ints  # (E)
    size: Ints  # (G) elements of the pattern
    pattern_list: Ints  # (G)
    row_pattern: Ints  # (R) a pattern and one of its supporters
    row_answer: Ints  # (R)


def list_data(item: Ints, element: Ints, worker: Ints, asked_item: Ints, asked_worker: Ints) -> ListData:
    """The rows (see `fit_listing`) sorted and counted once, whatever their order."""
    items, list_no = _codes(asked_item, item)
    workers, worker_no = _codes(asked_worker, worker)
    width = max(len(workers), 1)
    answers, answer = np.unique(list_no * width + worker_no, return_inverse=True)
    answer_list = answers // width
    rows = len(item)
    answer, list_no = answer[len(answer) - rows :], list_no[len(list_no) - rows :]
    # Rows sorted by list, element, answer; each once.
    of = np.asarray(element, dtype=np.int64)
    order = _order(list_no, of, answer)
    listed, of, by = list_no[order], of[order], answer[order]
    new = _changes(listed) | _changes(of)
    once = new | _changes(by)
    listed, of, by, new = listed[once], of[once], by[once], new[once]
    first = np.flatnonzero(new)
    votes = np.diff(np.append(first, len(new)))
    pattern, example = _patterns(listed[first], first, by, answer_list)
    start, count = first[example], votes[example]
    ends = np.cumsum(count)
    row = np.repeat(start - (ends - count), count) + np.arange(int(count.sum()))
    return ListData(
        items=items,
        workers=workers,
        answer_list=answer_list,
        answer_worker=answers % width,
        item=items[listed[first]],
        element=of[first],
        votes=votes,
        element_pattern=pattern,
        size=np.bincount(pattern, minlength=len(example)),
        pattern_list=listed[start],
        row_pattern=np.repeat(np.arange(len(example)), count),
        row_answer=by[row],
    )


def _patterns(of_list: Ints, first: Ints, by: Ints, answer_list: Ints) -> tuple[Ints, Ints]:
    """Each element's pattern (E) and one element of each (G): the same list and the same supporters."""
    if not len(first) or np.bincount(answer_list).max() > _BITS:
        return np.arange(len(first)), np.arange(len(first))
    place = np.arange(len(answer_list)) - np.searchsorted(answer_list, answer_list)
    masks, mask = np.unique(np.add.reduceat(np.left_shift(1, place[by]), first), return_inverse=True)
    _, example, pattern = np.unique(of_list * len(masks) + mask, return_index=True, return_inverse=True)
    return pattern, example


def _codes(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """The different numbers, sorted, and the place among them of each of `first`, then `second`."""
    values = np.concatenate([first, second]).astype(np.int64)
    if values.max(initial=0) > 4 * len(values) or values.min(initial=0) < 0:
        names, codes = np.unique(values, return_inverse=True)
        return names, codes.astype(np.int64)
    present = np.bincount(values) > 0  # small numbers: a table is quicker than sorting
    return np.flatnonzero(present), (np.cumsum(present) - 1)[values]


def _order(*keys: Ints) -> Ints:
    """As np.lexsort with the first key first; in one sort where the keys fit into one number together."""
    sizes = [int(key.max(initial=0)) + 1 for key in keys]
    if np.prod(np.array(sizes, dtype=float)) > 2.0**62 or any(key.min(initial=0) < 0 for key in keys):
        return np.lexsort(keys[::-1])
    together = keys[0].astype(np.int64)
    for key, size in zip(keys[1:], sizes[1:], strict=True):
        together = together * size + key
    return np.argsort(together)


def _changes(values: Ints) -> Bools:
    """Where a value differs from the one before; the first does."""
    return np.concatenate([np.ones(min(len(values), 1), dtype=bool), values[1:] != values[:-1]])
