"""Arithmetic on groups of neighbouring rows, such as the candidates of a cell."""

import numpy as np

from mturk_pipeline.trust.answer_codes import Floats, Ints


def sums(group: Ints, values: Floats, groups: int) -> Floats:
    """Sum of `values` in each group 0 … groups - 1; groups may be empty and in any order.

    >>> sums(np.array([0, 2, 0]), np.array([1.0, 5.0, 2.0]), 3).tolist()
    [3.0, 0.0, 5.0]
    """
    return np.bincount(group, values, groups).astype(np.float64, copy=False)


def largest(start: Ints, values: Floats, least: float = -np.inf) -> Floats:
    """Largest of `values` in each group start[g]:start[g + 1]; `least` where a group is empty.

    >>> largest(np.array([0, 2, 2, 3]), np.array([1.0, 4.0, 2.0])).tolist()
    [4.0, -inf, 2.0]
    """
    out = np.full(len(start) - 1, least)
    full = start[1:] > start[:-1]
    if len(values):
        out[full] = np.maximum.reduceat(values, start[:-1][full])
    return out


def shares(start: Ints, group: Ints, logs: Floats, others: Floats) -> tuple[Floats, Floats]:
    """Probabilities from logarithms: of each row, and of the alternatives `others` (A, G) that each group has beside.

    Rows and alternatives of a group add up to 1; a group has at least one finite number.

    >>> rows, rest = shares(np.array([0, 2]), np.array([0, 0]), np.log([3.0, 4.0]), np.log([[1.0]]))
    >>> rows.round(3).tolist(), rest.round(3).tolist()
    ([0.375, 0.5], [[0.125]])
    """
    most = np.maximum(largest(start, logs), others.max(axis=0))
    of_rows, of_others = np.exp(logs - most[group]), np.exp(others - most)
    total = sums(group, of_rows, len(start) - 1) + of_others.sum(axis=0)
    return of_rows / total[group], of_others / total
