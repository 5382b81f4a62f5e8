"""One step on the way back from a lead: its kind, its facts, and what it comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Node:
    """A step, such as a lead, a row of a phase's review, a decision, or one worker's answer."""

    # lead, row, decision, consensus, answer, rules, input, file, or missing (what should be there and is not)
    kind: str
    title: str  # In words
    facts: Mapping[str, Any] = field(default_factory=dict)  # Plain values by name, only those that are there
    children: tuple["Node", ...] = ()  # What it comes from

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        children = [child.as_dict() for child in self.children]
        return {"kind": self.kind, "title": self.title, "facts": dict(self.facts), "children": children}


def facts_of(row: Mapping[Any, Any], names: Iterable[str]) -> dict[str, Any]:
    """Those of `names` that the row has and that are filled, as plain values.

    >>> facts_of({"a": np.float64(0.12345678), "b": None, "c": "", "d": ["x"]}, "abcde")
    {'a': 0.1235, 'd': ['x']}
    """
    facts = {name: plain(row[name]) for name in names if name in row}
    return {name: value for name, value in facts.items() if value not in (None, "", [])}


def plain(value: Any) -> Any:
    """A cell as JSON has it; missing is None, times are ISO 8601, probabilities have four places."""
    if isinstance(value, list | tuple | set | np.ndarray):
        return [plain(v) for v in value]
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    return value if isinstance(value, bool | int | str) else str(value)
