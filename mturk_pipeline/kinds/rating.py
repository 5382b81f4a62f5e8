"""Ratings: ordered levels, or numbers on a scale. Value: the level as the field spells it, or a plain number."""

import math
from collections.abc import Sequence

from mturk_pipeline.kinds import choice, number
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid
from mturk_pipeline.vocabulary.agreements import SCALE

RATIO = "ratio"


def read(raw: str, field: Question) -> Reading:
    """The level or number of a rating; invalid outside the scale.

    >>> from mturk_pipeline.workflow.field_spec import FieldSpec
    >>> read("8", FieldSpec(kind="rating", scale=[1, 7])).note
    'not on the scale from 1 to 7'
    >>> read("AGREE", FieldSpec(kind="rating", levels=["disagree", "neither", "agree"])).value
    'agree'
    """
    if field.levels and are_words(field.levels):
        by_name = _Levels(field.levels)
        return choice.read(raw, by_name)
    reading = number.read(raw, field)
    if reading.value is None:
        return reading
    value = float(reading.value)
    if not math.isfinite(value):
        return invalid("not a number")
    if field.scale == RATIO:
        return reading if value > 0 else invalid("not above 0, as magnitudes are")
    low, high = ends(field)
    return reading if low <= value <= high else invalid(f"not on the scale from {low:g} to {high:g}")


class _Levels:
    """Levels, to be read as choices."""

    kind, network, region, levels, scale, checkbox, separator = "choice", None, "US", (), None, False, None
    tolerance = None

    def __init__(self, levels: Sequence[str]) -> None:
        self.choices = tuple(levels)


def are_words(levels: Sequence[str]) -> bool:
    """Whether some level is no number: such levels stand as far from each other as their places."""
    return not all(_is_number(level) for level in levels)


def ends(field: Question) -> tuple[float, float]:
    """The least and the largest value of a scale; without one, all numbers."""
    if field.levels:
        values = [float(level) for level in field.levels]
        return min(values), max(values)
    if field.scale is None or isinstance(field.scale, str):
        return -math.inf, math.inf
    return float(field.scale[0]), float(field.scale[1])


def problem(field: Question) -> str | None:
    """What is wrong with levels, scale and tolerance, in one line; None where they make a scale, or none is wanted."""
    levels, scale, tolerance = field.levels, field.scale, field.tolerance
    if levels and scale is not None:
        return "a rating has either 'levels' or a 'scale'"
    if len(levels) == 1 or len(_told_apart(levels)) < len(levels):
        return "'levels' are at least two different ones, in their order"
    if scale is not None and not isinstance(scale, str) and scale[0] >= scale[1]:
        return "'scale' is the least and then the largest number, such as [0, 100]"
    if tolerance is None:
        return None
    if scale == RATIO:
        return None if 1 < tolerance < math.inf else "'tolerance' of a ratio is a factor above 1, such as 1.25"
    if not 0 < tolerance < math.inf:
        return "'tolerance' is a number above 0"
    low, high = (0, len(levels) - 1) if levels and are_words(levels) else ends(field)
    if tolerance >= high - low:
        return f"'tolerance' is less than the scale is wide ({high - low:g}): else every answer is right"
    return None


def _told_apart(levels: Sequence[str]) -> set[object]:
    """Levels as they are told apart: by their number where all are numbers, else in any case and spacing."""
    return {choice.key_of(level) for level in levels} if are_words(levels) else set(map(float, levels))


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def guess(sample: ColumnSample) -> dict[str, object] | None:
    """The levels or the scale that were seen, where numbers differ but lie close together within each item."""
    return sample.scale_seen


KIND = Kind(
    "rating",
    read,
    agreement=SCALE,
    near_miss=number.KIND.near_miss,
    guess=guess,
    problem=problem,
    settings=frozenset({"levels", "scale", "tolerance"}),
    is_quantity=True,
    damage="numbers",
    plural="ratings",
    width=14,
)
