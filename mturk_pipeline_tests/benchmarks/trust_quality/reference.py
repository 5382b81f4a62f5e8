"""What could be reached if each worker's true rates were known: a bound to read the tables of open answers by."""

import numpy as np
import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality.crowds import Crowd
from mturk_pipeline_tests.benchmarks.trust_quality.methods import joined

FALSE_VALUES = 4  # wrong values that an error is spread over
STRENGTH = 2.0  # answers' worth of the crowd's mean in each worker's rate


def known_rates(crowd: Crowd) -> pd.DataFrame:
    """Consensus (item, value, trust; item and field as one name) by Bayes' rule with rates counted against the truth.

    A worker says, where there is a value, that value, a wrong one or nothing; where there is none, one or nothing; each
    at a rate of its own. Errors count as independent, so colluders still deceive it.
    """
    said = crowd.answers.assign(place=joined(crowd.answers))[["place", "field", "worker", "value"]]
    truth = crowd.truth.assign(place=joined(crowd.truth)).set_index("place")
    said["true"] = said["place"].map(truth["value"])
    exists, answered = said["true"].notna(), said["value"].notna()
    right = answered & (said["value"] == said["true"])
    given = {"right": (right, exists), "wrong": (answered & ~right, exists), "invents": (answered, ~exists)}
    rates = {name: _rate(said["worker"], *events) for name, events in given.items()}
    none = 1 - truth["value"].notna().groupby(truth["field"]).mean()

    place = said["place"].to_numpy()
    silent = np.log(np.clip(1 - rates["right"] - rates["wrong"], 0.01, 1))
    if_other = np.where(answered, np.log(rates["wrong"] / FALSE_VALUES), silent)
    if_none = np.where(answered, np.log(rates["invents"] / FALSE_VALUES), np.log(1 - rates["invents"]))
    base = pd.Series(if_other).groupby(place).sum()
    gain = pd.Series(np.where(answered, np.log(rates["right"] * FALSE_VALUES / rates["wrong"]), 0.0))
    values = gain.groupby([place, said["value"].to_numpy()]).sum().rename("score").reset_index()
    values.columns = ["item", "value", "score"]
    share = values["item"].map(truth["field"]).map(none)
    values["score"] += values["item"].map(base) + np.log(1 - share)
    nothing = pd.Series(if_none).groupby(place).sum().rename("score").rename_axis("item").reset_index()
    nothing["score"] += np.log(nothing["item"].map(truth["field"]).map(none))
    return _best(pd.concat([values, nothing.assign(value=None)], ignore_index=True))


def _rate(worker: pd.Series, event: pd.Series, among: pd.Series) -> np.ndarray:
    """Per row, its worker's share of `event` among `among`, drawn to the crowd's mean, between .01 and .97."""
    hits = (event & among).groupby(worker).sum()
    mean = (event & among).sum() / max(1, among.sum())
    rate = (hits + STRENGTH * mean) / (among.groupby(worker).sum() + STRENGTH)
    return np.clip(worker.map(rate).to_numpy(dtype=float), 0.01, 0.97)


def _best(scores: pd.DataFrame) -> pd.DataFrame:
    top = scores["score"].groupby(scores["item"]).transform("max")
    weight = pd.Series(np.exp((scores["score"] - top).to_numpy()), index=scores.index)
    scores["trust"] = weight / weight.groupby(scores["item"]).transform("sum")
    return scores.sort_values("trust", ascending=False, kind="stable").drop_duplicates("item")
