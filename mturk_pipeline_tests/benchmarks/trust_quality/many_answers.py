"""Any number of synthetic answers, five per item, to measure speed and memory with."""

import numpy as np
import pandas as pd

PER_ITEM, CLASSES, CANDIDATES = 5, 4, 8


def many_answers(size: int, kind: str, text_ids: bool = False, seed: int = 0) -> pd.DataFrame:
    """`size` answers (item, worker, value): items × 5, a worker per 200 answers with accuracy .4 to .95, 4 classes.

    kind "open": every item has texts of its own, the right one and 8 wrong ones, some likelier; a tenth is blank.
    Ids are numbers, or texts such as 'item 17'.

    >>> many_answers(50, "closed")["item"].nunique(), many_answers(50, "open")["value"].nunique() > 10
    (10, True)
    """
    rng = np.random.default_rng(seed)
    items, workers = size // PER_ITEM, max(20, size // 200)
    item = np.repeat(np.arange(items), PER_ITEM)
    # Neighbours in a random order of the workers: five different ones for each item.
    start = rng.integers(0, workers, items)
    worker = (start[:, None] + np.arange(PER_ITEM) * rng.integers(1, 4, (items, 1))).ravel() % workers
    is_right = rng.random(len(item)) < rng.uniform(0.4, 0.95, workers)[worker]
    if kind == "closed":
        value = pd.Series(
            (rng.integers(0, CLASSES, items)[item] + ~is_right * rng.integers(1, CLASSES, len(item))) % CLASSES
        )
    else:
        wrong = np.minimum(rng.geometric(0.35, len(item)), CANDIDATES)
        codes = np.where(is_right, 0, wrong) + item * (CANDIDATES + 1)
        value = "https://www.page-" + pd.Series(codes).astype("str") + ".org/contact"
        value = value.mask(rng.random(len(item)) < 0.1)
    answers = pd.DataFrame({"item": item, "worker": worker, "value": value})
    if text_ids:
        answers["item"], answers["worker"] = (
            "item " + answers["item"].astype("str"),
            "W" + answers["worker"].astype("str"),
        )
    return answers.iloc[rng.permutation(len(answers))].reset_index(drop=True)
