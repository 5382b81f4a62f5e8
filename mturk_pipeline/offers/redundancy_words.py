"""Advice on redundancy as people say it."""

import pandas as pd

_ORDINALS = ("", "One", "A second", "A third", "A fourth", "A fifth", "A sixth")


def in_words(table: pd.DataFrame, by_chance: bool, fewest: int) -> list[str]:
    """One sentence for each row of contract `RedundancyAdvice` (without `words`).

    Decided rows not drawn `by_chance` were picked because they were doubtful; below `fewest` decided items nothing is
    said of accuracy.
    """
    rows = table.to_dict("records")
    sentences = [_sentence(row, rows[i - 1] if i else None, by_chance, fewest) for i, row in enumerate(rows)]
    if len(sentences) == 1 and rows[0]["items"]:
        sentences[0] += "; too few items have two to estimate what another would bring"
    return sentences


def _sentence(row: dict, before: dict | None, by_chance: bool, fewest: int) -> str:
    if not row["items"]:
        return "Nobody has answered yet: nothing to estimate from"
    parts = [_passing(row, before), _accuracy(row, before, by_chance, fewest)]
    if row["cost"] == row["cost"]:
        more = row["cost"] - (before["cost"] if before else 0)
        parts.append(f"costs ${more:.3f} {'more ' if before else ''}per item in rewards")
    return f"{_ORDINALS[row['answers']]} answer: " + "; ".join(parts)


def _passing(row: dict, before: dict | None) -> str:
    if before is None:
        return f"{row['passing']:.0%} of {row['items']} items would pass without a look"
    return f"from {before['passing']:.0%} to {row['passing']:.0%} of items would pass without a look"


def _accuracy(row: dict, before: dict | None, by_chance: bool, fewest: int) -> str:
    if row["accuracy"] != row["accuracy"]:
        return f"{row['decided']} decided items are too few to tell what is right ({fewest} are needed)"
    which = "values" if by_chance else "decided values (picked for being doubtful)"
    if before is None:
        return f"{row['accuracy']:.0%} of {which} right ({row['accuracy_low']:.0%} to {row['accuracy_high']:.0%})"
    points = [round(100 * row[name]) for name in ("gain", "gain_low", "gain_high")]
    change = f"from {before['accuracy']:.0%} to {row['accuracy']:.0%} of {which} right"
    interval = f"{points[0]:+d} points, {points[1]:+d} to {points[2]:+d}"
    if row["gain_low"] > 0 or row["gain_high"] < 0:
        return f"{change} ({interval})"
    return f"{change} ({interval}: could be chance)"
