"""Texts for the rows of a table, made once for each different row."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Texts


def texts_of_cases(table: pd.DataFrame, text: Callable[[dict[str, Any]], str]) -> Texts:
    """`text` of each row (a dictionary), for each row of `table`.

    >>> texts_of_cases(pd.DataFrame({"a": [1, 1, 2]}), lambda row: f"a is {row['a']}").tolist()
    ['a is 1', 'a is 1', 'a is 2']
    """
    if table.empty:
        return np.zeros(0, dtype=object)
    codes = table.groupby(list(table.columns), sort=False, dropna=False).ngroup().to_numpy()
    unique = table.drop_duplicates()
    return np.array([text({str(k): v for k, v in case.items()}) for case in unique.to_dict("records")], dtype=object)[
        codes
    ]
