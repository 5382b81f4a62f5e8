"""Widths of columns such that the first screen of a sheet shows what matters: 1440 x 900 dots, at 100 %.

LibreOffice shows some 131 letters side by side there where it has to do without Calibri, and more where it has it.
Values get the room that decision, keys and reasons leave, down to a width at which they can be told apart; inputs for
which there is no room beside them, but for the first, stand behind.
"""

from collections.abc import Sequence
from dataclasses import replace

from mturk_pipeline.sheets.plans import Column

SCREEN, FROZEN = 131.0, 60.0  # letters: in all, and that stay in view at most
_NARROWEST, _PAD = 11.0, 2


def shared_out(
    before: Sequence[Column], asked: Sequence[Column], values: list[Column]
) -> tuple[list[Column], list[Column]]:
    """What was asked, in columns that stand before the values and those behind; `values` are made to fit in place."""
    least = [min(column.width, max(_NARROWEST, min(len(column.name) + _PAD, 14))) for column in values]
    room = SCREEN - sum(c.width for c in before)
    near: list[Column] = []
    for column in asked:
        if near and sum(c.width for c in near) + column.width + sum(least) > room:
            break
        near.append(column)
    room -= sum(c.width for c in near)
    wanted = sum(c.width for c in values)
    if wanted > room:
        for place, column in enumerate(values):
            values[place] = replace(column, width=max(least[place], round(column.width * room / wanted, 1)))
    return near, list(asked[len(near) :])


def frozen_columns(columns: Sequence[Column]) -> int:
    """How many of the first columns may stay in view, so that there is room to scroll."""
    width = 0.0
    for number, column in enumerate(columns):
        width += column.width
        if width > FROZEN:
            return max(number, 1)
    return len(columns)
