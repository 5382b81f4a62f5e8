"""Numbers: beside the mode, where the middle of the answers lies and how far they spread."""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.asked import Asked


def spreads(answers: pd.DataFrame, asked: Asked) -> pd.Series:
    """For each item, element and field of kind number with several different answers: median and quartiles, in words.

    Median and quartiles do not care about one absurd answer (Hampel, JASA 69 (1974)).
    """
    names = [name for name, spec in asked.fields.items() if spec.kind == "number"]
    told = answers[answers["field"].isin(names) & (answers["state"] == "valid")]
    keys = ["item_id", "element", "field"]
    number = pd.to_numeric(told["value"], errors="coerce")
    told = told[keys].assign(number=number).dropna()
    grouped = told.groupby(keys)["number"]
    table = pd.DataFrame({"n": grouped.nunique(), "middle": grouped.median()})
    table["low"], table["high"] = grouped.quantile(0.25), grouped.quantile(0.75)
    table = table[table["n"] > 1]
    words = [
        f"the middle answer is {m:g}, half lie from {a:g} to {b:g}"
        for m, a, b in zip(table["middle"], table["low"], table["high"], strict=True)
    ]
    return pd.Series(np.array(words, dtype=object), index=table.index)
