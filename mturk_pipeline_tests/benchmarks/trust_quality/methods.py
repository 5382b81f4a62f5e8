"""Our models as measured methods, and where a consensus is right."""

import sys
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality.peers import Method

MODELS = ("majority", "worker_weighted", "confusion", "trust")
OPEN_MODELS = ("majority", "worker_weighted", "trust")
MODES = ("all columns", "three columns", "values only")


def our_fit(answers: pd.DataFrame, **options: Any) -> Any:
    """`mturk_pipeline.trust.fit_predict`, imported when used."""
    from mturk_pipeline.trust import fit_predict

    return fit_predict(answers, **options)


def ours(model: str, **options: Any) -> Method:
    """Our model of this name as a method: (answers, kind) -> consensus with item, [field], value, trust."""

    def run(answers: pd.DataFrame, kind: str) -> pd.DataFrame:
        return our_fit(answers, model=model, kind=kind, **options).consensus

    return run


def in_mode(answers: pd.DataFrame, mode: str) -> pd.DataFrame:
    """The answers as a caller gives them: with `all columns`; with `three columns` (item, worker, value), where each
    field of an item is an item of its own; or with `values only`, the same without blanks."""
    if mode == "all columns":
        return answers
    small = pd.DataFrame(
        {"item": joined(answers), "worker": answers["worker"].to_numpy(), "value": answers["value"].to_numpy()}
    )
    return small.dropna(subset=["value"]) if mode == "values only" else small


def joined(table: pd.DataFrame) -> np.ndarray:
    """One name for item and field."""
    return (table["item"] + " / " + table["field"]).to_numpy() if "field" in table else table["item"].to_numpy()


def judged(consensus: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """`right` (0 or 1) and `trust` (0 to 1) for each row of `truth` (item, [field], value), in its order.

    A missing value is right where the truth is missing; an item without consensus has none, with trust 0.
    """
    place = pd.Index(joined(truth))
    found = pd.DataFrame({"value": consensus["value"].to_numpy(), "trust": consensus["trust"].to_numpy(dtype=float)})
    if "field" in truth or "field" not in consensus or consensus["field"].isna().all():
        names = joined(consensus if "field" in truth else consensus.drop(columns="field", errors="ignore"))
    else:
        names = consensus["item"].to_numpy()
    found = found.set_axis(pd.Index(names)).loc[lambda t: ~t.index.duplicated()].reindex(place)
    said, true = found["value"].to_numpy(dtype=object), truth["value"].to_numpy(dtype=object)
    neither = pd.isna(said) & pd.isna(true)
    return pd.DataFrame(
        {
            "right": (neither | (said == true)).astype(int),
            "trust": np.clip(np.nan_to_num(found["trust"].to_numpy()), 0, 1),
        }
    )


def complain(text: str) -> None:
    """Progress and problems go to stderr, so that tables can be piped."""
    print(text, file=sys.stderr, flush=True)
