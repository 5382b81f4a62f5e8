"""pandas' most common selections with the one type that each of them has here; the type checker sees several."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    """One column of a table whose column names are unique."""
    series: Any = frame[name]
    return series


def columns(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Some columns, in the order given."""
    selected: Any = frame[list(names)]
    return selected


def rows(frame: pd.DataFrame, where: pd.Series | np.ndarray) -> pd.DataFrame:
    """The rows for which `where` is true."""
    selected: Any = frame[where]
    return selected


def looked_up(keys: pd.Series, values: pd.Series) -> pd.Series:
    """For each key the value under that label; missing where there is none."""
    function: Any = values
    return keys.map(function)


def distinct(values: pd.Series) -> int:
    """How many different values there are, missing ones left out."""
    count: Any = values.nunique()
    return int(count)


def counts(values: pd.Series) -> dict[Any, int]:
    """How often each value occurs, the most frequent first."""
    return {key: int(number) for key, number in values.value_counts().to_dict().items()}
