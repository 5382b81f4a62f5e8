"""Checkbox and radio groups, which the platform writes as one true/false column a choice, joined back."""

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from mturk_pipeline.intake.column_names import comparable
from mturk_pipeline.kinds import SEPARATOR

PREFIX = "Answer."


def join_exploded(frame: pd.DataFrame, wanted: Collection[str] | None = None) -> pd.DataFrame:
    """Replace each group of true/false columns in `frame` by one column holding the labels chosen.

    `Answer.Car.Car` and `Answer.Car.Bus` become `Answer.Car`, several labels joined by "|". A group is joined only
    where all its cells are true, false or blank. Other columns stay as they are, and so do answer columns that the
    phase reads (`wanted`, in any case, without "Answer."), and a single box, which is a yes or a no. A group that the
    phase wants joined is joined even where it is blank, and of one box.

    >>> cells = pd.DataFrame({"Answer.Car.Car": ["true", "false"], "Answer.Car.Bus": ["TRUE", None]}, dtype="str")
    >>> join_exploded(cells)
      Answer.Car
    0    Car|Bus
    1        NaN
    """
    wanted = {comparable(name) for name in wanted or ()}
    names = [c.removeprefix(PREFIX) for c in frame.columns if c.startswith(PREFIX)]
    groups = _groups([n for n in names if comparable(n) not in wanted])
    for group, labels in groups.items():
        target = PREFIX + group
        columns = [f"{target}.{label}" for label in labels]
        if target in frame.columns or (len(labels) == 1 and comparable(group) not in wanted):
            continue
        ticked = _ticked(frame[list(columns)], even_blank=comparable(group) in wanted)
        if ticked is not None:
            frame = _replaced(frame, columns, target, _labels(ticked, labels))
    return frame


def _groups(names: Sequence[str]) -> dict[str, list[str]]:
    """Group name -> its labels, in column order. Names and labels may both hold dots.

    The name ends at the first dot; at the last one where all names of a group have the same number of dots
    and share longer beginnings (`Q1.1.yes`, `Q1.1.no`, `Q1.2.yes`).
    """
    by_first: dict[str, list[str]] = {}
    for name in names:
        if "." in name.strip("."):
            by_first.setdefault(name.split(".", 1)[0], []).append(name)
    groups: dict[str, list[str]] = {}
    for first, members in by_first.items():
        dots = {name.count(".") for name in members}
        longer = Counter(name.rpartition(".")[0] for name in members)
        if len(dots) == 1 and dots != {1} and max(longer.values()) > 1:
            for name in members:
                groups.setdefault(name.rpartition(".")[0], []).append(name.rpartition(".")[2])
        else:
            groups[first] = [name.split(".", 1)[1] for name in members]
    return {group: labels for group, labels in groups.items() if group and all(labels)}


def _ticked(cells: pd.DataFrame, even_blank: bool) -> np.ndarray | None:
    """Which boxes are ticked (rows x columns), or None where the cells are not all true, false or blank."""
    ticked = np.zeros(cells.shape, dtype=bool)
    answered = even_blank
    for place, column in enumerate(cells.columns):
        codes, uniques = pd.factorize(cells[column])
        words = [str(u).strip().casefold() for u in uniques]
        if not set(words) <= {"true", "false", "", "{}"}:
            return None
        answered = answered or bool({"true", "false"} & set(words))
        ticked[:, place] = np.append([w == "true" for w in words], False)[codes]
    return ticked if answered else None


def _labels(ticked: np.ndarray, labels: Sequence[str]) -> pd.Series:
    """The labels ticked in each row, joined; missing where none is."""
    patterns, which = np.unique(ticked, axis=0, return_inverse=True)
    texts = [SEPARATOR.join(label for label, on in zip(labels, row, strict=True) if on) or None for row in patterns]
    return pd.Series(texts, dtype="str").take(which.ravel()).reset_index(drop=True)


def _replaced(frame: pd.DataFrame, columns: Sequence[str], target: str, values: pd.Series) -> pd.DataFrame:
    place = min(frame.columns.get_indexer(pd.Index(columns)))
    rest = frame.drop(columns=list(columns))
    rest.insert(int(place), target, values.set_axis(frame.index))
    return rest
