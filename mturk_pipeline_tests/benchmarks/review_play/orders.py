"""How many errors are found after so many looks, in the queue's order and in others."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline_tests.benchmarks.review_play.desk import Desk

SHARES = (0.1, 0.2, 0.3, 0.5, 1.0)
SEEDS = 200


@dataclass(frozen=True)
class Caught:
    """What one order finds.

    Attributes
    ----------
    found
        Errors found after each share of the looks (`SHARES`).
    area
        Mean share of the errors found, over all looks: 1 would be all at once, 0.5 is chance.
    """

    order: str
    found: tuple[float, ...]
    area: float


def caught(desk: Desk, errors: np.ndarray, queue: list[str], everything: bool) -> list[Caught]:
    """What the queue's order, plain agreement and chance find.

    Parameters
    ----------
    errors
        Number of errors in each row of `desk.cleaned`.
    queue
        item_id of the rows to look at, in order.
    everything
        All rows: after the queue those that passed, least trusted first. Else the queue's rows alone.
    """
    ids = pd.Index(desk.cleaned["item_id"])
    first = ids.get_indexer(pd.Index(queue))
    passed = np.setdiff1d(np.arange(len(ids)), first)
    passed = passed[np.argsort(-desk.cleaned["priority"].to_numpy()[passed], kind="stable")]
    rows = np.concatenate([first, passed]) if everything else first
    agreement = agreement_of(desk)[rows]
    luck = [np.random.default_rng(seed).permutation(len(rows)) for seed in range(SEEDS)]
    agreed = [shuffled[np.argsort(agreement[shuffled], kind="stable")] for shuffled in luck]
    orders = {"the queue": [np.arange(len(rows))], "least agreement first": agreed, "by chance": luck}
    counts = errors[rows].astype(float)
    return [_caught(name, [np.cumsum(counts[o]) for o in tries]) for name, tries in orders.items()]


def agreement_of(desk: Desk) -> np.ndarray:
    """Per row the lowest share, over the fields that hold rows back, of assignments that say what the best guess says.

    Of a record's fields too: who does not list it does not agree.
    """
    told = desk.consensus[desk.consensus["field"].isin(desk.phase.gates)]
    asked = told["item_id"].map(desk.assignments["item_id"].value_counts())
    share = (told["votes"] / asked).groupby([told["item_id"], told["element"]]).min()
    places = pd.MultiIndex.from_frame(desk.cleaned[["parent_item_id", "element"]])
    return share.reindex(places).fillna(0).to_numpy(dtype=float)


def looks_at(share: float, rows: int) -> int:
    """How many looks a share of `rows` is.

    >>> looks_at(0.1, 25), looks_at(1.0, 25)
    (3, 25)
    """
    return int(np.ceil(share * rows - 1e-9))


def _caught(name: str, sums: list[np.ndarray]) -> Caught:
    """The mean of several tries; `sums` are the errors found after 1, 2, … looks."""
    mean = np.mean(sums, axis=0) if len(sums[0]) else np.zeros(1)
    found = tuple(float(mean[looks_at(share, len(mean)) - 1]) for share in SHARES)
    # Between two looks the line is straight.
    line = np.concatenate([[0.0], mean]) / max(mean[-1], 1e-9)
    return Caught(name, found, float(((line[1:] + line[:-1]) / 2).mean()))
