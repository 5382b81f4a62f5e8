"""Why a row waits, in one short line: what matters most of a text that says all."""

import re

import pandas as pd

ALSO_DOUBTFUL = "also doubtful: "
_MOST_LETTERS = 110
_SURE = re.compile(r", (\d+ % (?:sure|of the votes)), \d+ % needed")


def shortest(reasons: pd.Series) -> pd.Series:
    """The first clause of the first line of each text, and of how many lines more there are; the rest is for a note.

    >>> texts = ["email: 2 of 3 workers agree; 1 left it blank, 80 % sure, 90 % needed\\nname: all 3 agree"]
    >>> shortest(pd.Series(texts)).tolist()
    ['email: 2 of 3 workers agree (and 1 more)']
    """
    codes, uniques = pd.factorize(reasons)
    return pd.Series([*map(_short, uniques), ""], dtype="str").take(codes).set_axis(reasons.index)


def _short(text: str) -> str:
    first, *others = text.split("\n")
    others = [line for line in others if not line.startswith(ALSO_DOUBTFUL)]  # the cells show that
    clause, _, rest = first.partition("; ")
    # That all agree is no reason by itself: what else is known of the answers is, or that they may all be wrong.
    if ": all " in clause and rest:
        clause = f"{clause}; {rest.partition('; ')[0]}"
    alone = _SURE.sub("", clause)
    clause = _SURE.sub(r", yet only \1", clause) if ": all " in clause and not rest else alone
    more = f" (and {len(others)} more)" if others else ""
    return (clause if len(clause) <= _MOST_LETTERS else clause[: _MOST_LETTERS - 1] + "…") + more
