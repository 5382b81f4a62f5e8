"""Unknown workers: answers that anybody gave without logging in.

All such answers of one server bear one worker's name, `turkle:<server>:unknown`. Nobody can tell whether two of them
are of two people or of one, so they have one common reliability and, for one task, together no more weight than one
person's answer; and no room that rates, remembers, pays or excludes people has to do with them.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNKNOWN = "unknown"


def is_unknown(workers: Iterable[object]) -> NDArray[np.bool_]:
    """Which workers, by whole names or ids, are unknown ones.

    >>> is_unknown(["turkle::unknown", "turkle::7", "unknown"]).tolist()
    [True, False, True]
    """
    codes, names = pd.factorize(np.asarray(list(workers), dtype=object))
    unknown = np.array([isinstance(n, str) and n.rpartition(":")[2] == UNKNOWN for n in names] + [False], dtype=bool)
    return unknown[codes]


def known(assignments: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table with a column `worker` whose workers are known."""
    unknown = is_unknown(assignments["worker"])
    return assignments if not unknown.any() else assignments.loc[~unknown]


def anonymous_notes(assignments: pd.DataFrame) -> list[str]:
    """Notes on a phase's answers without a worker, in words; none where all have one."""
    number = int(is_unknown(assignments["worker"]).sum())
    if not number:
        return []
    return [
        f"{number} answers are of people who did not log in: several to one task may be one person's, so together they "
        "weigh as much as one worker's, and none is accepted on their agreement"
    ]


def worker_count(assignments: pd.DataFrame) -> int:
    """How many workers a table with a column `worker` names."""
    return int(known(assignments)["worker"].nunique())
