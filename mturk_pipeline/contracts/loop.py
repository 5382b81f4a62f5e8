"""The loop: what is missing, what was purged, and what redundancy brings."""

import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Moment, Table


class MissingUnits(Table):
    """Items without a usable answer, and undecided ones with fewer answers than wanted."""

    item_id: Series[str] = pa.Field(unique=True, description="The item")
    state: Series[str] = pa.Field(
        isin=["no_hit", "under_way", "unusable", "unanswered", "short"],
        description=(
            "no_hit: listed, and no result file knows of it; under_way: sent, answers are not in yet; unusable: its "
            "rows were set aside; unanswered, short: its HITs are over with no, or too few, answers"
        ),
    )
    hits: Series[int] = pa.Field(ge=0, description="HITs that result files know of")
    answers: Series[int] = pa.Field(ge=0, description="Assignments that count")
    wanted: Series[int] = pa.Field(ge=1, description="Assignments asked for on a HIT of it")
    attempt: Series[int] = pa.Field(ge=1, description="The attempt that would be next: 1 + hits")
    ends_at: Series[Moment] = pa.Field(
        nullable=True, description="When the last of its HITs ends, as files say, else a year after it was sent"
    )
    top_up: Series[bool] = pa.Field(description="It joins the rework: no answer can be bought twice")
    reason: Series[str] = pa.Field(description="Why it is missing, in words")


class Purged(Table):
    """Items of the input list that other projects have already: they are not asked about again."""

    item_id: Series[str] = pa.Field(description="The item")
    project: Series[str] = pa.Field(description="Name of the project that has it")
    found_in: Series[str] = pa.Field(isin=["results", "input"], description="Where that project has it")


class RedundancyAdvice(Table):
    """What each number of answers per item brings, by subsampling the answers that there are."""

    answers: Series[int] = pa.Field(ge=1, unique=True, description="Answers per item")
    items: Series[int] = pa.Field(ge=0, description="Items looked at: those with at least the largest number")
    passing: Series[float] = pa.Field(
        nullable=True, ge=0, le=1, description="Share of items that would pass without a person's look"
    )
    decided: Series[int] = pa.Field(ge=0, description="Items that a person decided, with answers to compare")
    accuracy: Series[float] = pa.Field(
        nullable=True, ge=0, le=1, description="Share of decided values that the best guess has right"
    )
    accuracy_low: Series[float] = pa.Field(nullable=True, description="Lower end of its 95 % interval")
    accuracy_high: Series[float] = pa.Field(nullable=True, description="Upper end of its 95 % interval")
    gain: Series[float] = pa.Field(nullable=True, description="Accuracy over one answer fewer")
    gain_low: Series[float] = pa.Field(nullable=True, description="Lower end of its 95 % interval")
    gain_high: Series[float] = pa.Field(nullable=True, description="Upper end of its 95 % interval")
    cost: Series[float] = pa.Field(nullable=True, ge=0, description="Rewards per item, US dollars, without fees")
    words: Series[str] = pa.Field(description="The same in words")
