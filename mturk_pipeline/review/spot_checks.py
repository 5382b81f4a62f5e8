"""Spot checks: rows that passed without a look, drawn by chance to measure how many of them are wrong.

Whether a row is drawn follows from its id and a seed alone. A new batch, another order or another run changes nothing:
what was drawn stays drawn, and a larger share adds to it.
"""

import hashlib

import numpy as np
import pandas as pd


def lots(item_ids: pd.Series, seed: str) -> pd.Series:
    """A number in [0, 1) for each id, evenly spread and the same each time.

    >>> lots(pd.Series(["BCDF", "GHJK"]), "spring").round(2).tolist()
    [0.97, 0.76]
    """
    start = hashlib.blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=8)
    numbers = np.empty(len(item_ids))
    for place, text in enumerate(item_ids.tolist()):
        lot = start.copy()
        lot.update(text.encode("utf-8", "surrogatepass"))
        numbers[place] = int.from_bytes(lot.digest(), "big") / 2**64
    return pd.Series(numbers, index=item_ids.index)


def inclusion(item_ids: pd.Series, passes: pd.Series, share: float, seed: str) -> pd.Series:
    """Probability with which each row was drawn, `share`; missing for rows that were not drawn, or do not pass."""
    drawn = passes.astype(bool) & (lots(item_ids, seed) < share)
    return pd.Series(np.where(drawn, share, np.nan), index=item_ids.index, dtype=float)


def interleave(ordinary: pd.Index, drawn: pd.Index) -> pd.Index:
    """`drawn` among `ordinary`, both in their order: evenly through the first half of the queue.

    A person who works from the top meets them wherever they stop, and the first row is the worst one. Where there are
    more of them than the half holds, they reach further down.

    >>> interleave(pd.Index([1, 2, 3, 4]), pd.Index([90])).tolist()
    [1, 90, 2, 3, 4]
    """
    o, m = len(ordinary), len(drawn)
    if not m:
        return ordinary
    reach = min(o, max((o + m) // 2 - m, min(o, m)))
    among = np.maximum((np.arange(m) + 0.5) * max(reach, 1) / m - 0.25, 0.25)
    keys = np.concatenate([np.arange(o, dtype=float), among])
    both = ordinary.append(drawn)
    return both[np.argsort(keys, kind="stable")]
