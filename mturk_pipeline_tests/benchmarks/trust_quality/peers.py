"""The peers: crowd-kit's models of closed answers, run on the same answers as ours.

Every function has the signature of all measured methods: (answers, kind) -> consensus with item, [field], value, trust.
A peer's trust is its largest probability. crowd-kit is in the dependency group `peers`; it is imported when used.
"""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

Method = Callable[[pd.DataFrame, str], pd.DataFrame]
CLOSED_PEERS = ("MajorityVote", "Wawa", "DawidSkene", "OneCoinDawidSkene", "GLAD", "MACE")
OPEN_PEERS = ("MajorityVote", "Wawa", "GLAD", "MACE")
# MACE draws the same start in each of its restarts (a fixed random state), so one gives what ten give.
OPTIONS: dict[str, dict[str, Any]] = {"MACE": {"n_restarts": 1}}
NONE = "\0none"  # the label of a blank, where blanks take part


class NoPeers(Exception):
    """crowd-kit is not installed; the message says what to do."""


def check_peers() -> None:
    """Raises NoPeers where crowd-kit is missing."""
    try:
        aggregation()
    except ImportError:
        raise NoPeers("crowd-kit is not installed: run me by 'make quality' or 'make speed'; or --no-peers") from None


def aggregation() -> Any:
    """crowd-kit's module of models; by name, since it is installed only where models are compared."""
    return import_module("crowdkit.aggregation")


def peer(name: str, seed: int = 0, numbering: str = "frequency", blanks: bool = False, **options: Any) -> Method:
    """The method `name` of crowd-kit.

    On open answers the candidates of each item and field are numbered 0, 1, …: by `frequency` (then first seen) or at
    `random`, as text itself is nothing that two items share. `blanks`: a blank is the label 0 of every item, an answer
    like any other; otherwise blanks are left out, and what nobody answered has no value, with trust 0.
    """

    def run(answers: pd.DataFrame, kind: str) -> pd.DataFrame:
        keys = [name for name in ("item", "field") if name in answers]
        places = answers[keys].drop_duplicates().reset_index(drop=True)
        said = _said(answers, blanks and kind == "open")
        labelled = numbered(said, keys, numbering, seed) if kind == "open" else said.assign(label=_codes(said["value"]))
        table = pd.DataFrame({"task": labelled.groupby(keys, sort=False).ngroup(), "worker": _codes(said["worker"])})
        table["label"] = labelled["label"].to_numpy()
        candidates = labelled.assign(task=table["task"].to_numpy()).drop_duplicates(["task", "label"])
        picked = _picked(_probabilities(name, table, options), candidates, kind, seed)
        picked["value"] = picked["value"].where(picked["value"] != NONE)
        found = places.merge(picked[[*keys, "value", "trust"]], on=keys, how="left")
        return found.assign(trust=found["trust"].fillna(0.0))

    return run


def _said(answers: pd.DataFrame, blanks: bool) -> pd.DataFrame:
    """Rows that take part, each worker's value once, in their order."""
    if blanks:
        answers = answers.assign(value=answers["value"].fillna(NONE))
    said = answers.dropna(subset=["value"])
    return said.drop_duplicates([name for name in ("item", "field", "worker", "value") if name in said])


def _codes(values: pd.Series) -> np.ndarray:
    """Numbers in order of appearance: some of crowd-kit's models confuse workers whose order is another."""
    return pd.factorize(values)[0]


def numbered(said: pd.DataFrame, keys: list[str], numbering: str, seed: int) -> pd.DataFrame:
    """`said` with each item's values numbered from 0 (`label`); a blank is always 0.

    >>> said = pd.DataFrame({"item": list("aaab"), "value": ["x", "y", "y", "x"]})
    >>> numbered(said, ["item"], "frequency", 0)["label"].tolist()
    [1, 0, 0, 0]
    """
    counts = said.groupby([*keys, "value"], sort=False).size().rename("count").reset_index()
    if numbering == "frequency":
        order = np.argsort(-counts["count"].to_numpy(), kind="stable")
    else:
        order = np.random.default_rng(seed).permutation(len(counts))
    is_blank = (counts["value"] == NONE).to_numpy()
    order = np.concatenate([order[is_blank[order]], order[~is_blank[order]]])
    counts = counts.iloc[order]
    label = counts.groupby(keys, sort=False).cumcount()
    if is_blank.any():
        blank_here = counts["value"].eq(NONE).groupby([counts[key] for key in keys]).transform("any")
        label = label + (~blank_here).astype(int)
    return said.merge(counts.assign(label=label), on=[*keys, "value"], how="left")


def _probabilities(name: str, table: pd.DataFrame, options: dict[str, Any]) -> np.ndarray:
    """tasks × labels, from crowd-kit."""
    labels = int(table["label"].max()) + 1
    codes, known = pd.factorize(table["label"])
    table = table.assign(label=codes)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        model = getattr(aggregation(), name)(**{**OPTIONS.get(name, {}), **options})
        found = model.fit_predict_proba(table)
    found = found.rename(columns=dict(enumerate(known)))
    return found.reindex(index=range(table["task"].max() + 1), columns=range(labels)).fillna(0.0).to_numpy()


def _picked(probabilities: np.ndarray, candidates: pd.DataFrame, kind: str, seed: int) -> pd.DataFrame:
    """The likeliest value of each task; equal ones by lot. Open: among the values that somebody gave."""
    candidates = candidates.reset_index(drop=True)
    if kind == "open":
        weight = probabilities[candidates["task"], candidates["label"]]
        total = pd.Series(weight).groupby(candidates["task"]).transform("sum").to_numpy()
        table = candidates.assign(trust=np.divide(weight, total, out=np.zeros_like(weight), where=total > 0))
    else:
        task, label = (a.ravel() for a in np.indices(probabilities.shape))
        names = candidates.drop_duplicates("label").set_index("label")["value"]
        table = pd.DataFrame({"task": task, "value": names.reindex(label).to_numpy()})
        table["trust"] = probabilities.ravel()
        first = candidates.drop_duplicates("task").drop(columns=["value", "label"])
        table = table.merge(first, on="task")
    lot = np.random.default_rng(seed).random(len(table))
    order = np.lexsort((lot, -table["trust"].round(9).to_numpy(), table["task"].to_numpy()))
    return table.iloc[order].drop_duplicates("task")
