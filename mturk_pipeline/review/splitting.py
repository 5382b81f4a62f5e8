"""Splits a review queue among several people, with some rows for all of them: how often do they agree?"""

import re
from collections.abc import Sequence

import pandas as pd

from mturk_pipeline.errors import UserError
from mturk_pipeline.review.spot_checks import lots

_NAME = re.compile(r"[\w][\w .-]{0,39}")


def reviewer_names(text: str) -> list[str]:
    """The names in "anna,ben"; UserError where they cannot be parts of file names.

    >>> reviewer_names("anna, ben")
    ['anna', 'ben']
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    odd = [n for n in names if not _NAME.fullmatch(n) or n.casefold() == "rest"]
    if odd:
        raise UserError(
            "cannot be part of a file's name", where=repr(odd[0]), remedy="use letters, digits, '_' and '-'"
        )
    if len(names) < 2 or len({n.casefold() for n in names}) < len(names):
        raise UserError("name two or more people, each once, such as anna,ben")
    return names


def share_of(text: str) -> float:
    """The share that "5%" or "0.05" means; UserError for anything else.

    >>> share_of("5%"), share_of("0.1")
    (0.05, 0.1)
    """
    plain = text.strip()
    try:
        share = float(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UserError("is no share", where=repr(text), remedy="write 5% or 0.05")
    return share


def split_queue(queue: pd.DataFrame, names: Sequence[str], overlap: float, seed: str = "") -> dict[str, list[str]]:
    """Split a queue (contract `ReviewQueue`) among people: item ids in its order, by name.

    All get the share `overlap` of the rows, drawn by chance; at least one where it is above 0. The others go round from
    the worst on, so that all have as much of it. Rows that passed and rows that wait go round apart: each has their
    part of the spot checks.
    """
    lot = lots(queue["item_id"], f"{seed}/overlap")
    shared = lot.sort_values(kind="stable").index[: max(round(len(queue) * overlap), int(overlap > 0))]
    alone = queue.drop(index=shared)
    turn = pd.Series(-1, index=queue.index)
    turn[alone.index] = alone.groupby("kind").cumcount() % len(names)
    return {name: queue.loc[turn.isin([-1, n]), "item_id"].tolist() for n, name in enumerate(names)}
