"""The loop: what is missing, what was purged, and what redundancy brings."""

from mturk_pipeline.contracts.base import MOMENT, Column, Table
from mturk_pipeline.vocabulary.missing_states import MISSING_STATES


class MissingUnits(Table):
    """Items without a usable answer, and undecided ones with fewer answers than wanted."""

    item_id = Column(str, "The item", unique=True)
    state = Column(
        str,
        "no_hit: listed, and no result file knows of it; under_way: sent, answers are not in yet; unusable: its "
        "rows were set aside; unanswered, short: its HITs are over with no, or too few, answers",
        isin=MISSING_STATES,
    )
    hits = Column(int, "HITs that result files know of", ge=0)
    answers = Column(int, "Assignments that count", ge=0)
    wanted = Column(int, "Assignments asked for on a HIT of it", ge=1)
    attempt = Column(int, "The attempt that would be next: 1 + hits", ge=1)
    ends_at = Column(
        MOMENT, "When the last of its HITs ends, as files say, else a year after it was sent", nullable=True
    )
    top_up = Column(bool, "It joins the rework: no answer can be bought twice")
    reason = Column(str, "Why it is missing, in words")


class Purged(Table):
    """Items of the input list that other projects have already: they are not asked about again."""

    item_id = Column(str, "The item")
    project = Column(str, "Name of the project that has it")
    found_in = Column(str, "Where that project has it", isin=["results", "input"])


class RedundancyAdvice(Table):
    """Gain of each number of answers per item, by subsampling the answers there are."""

    answers = Column(int, "Answers per item", ge=1, unique=True)
    items = Column(int, "Items looked at: those with at least the largest number", ge=0)
    passing = Column(float, "Share of items that would pass without a person's look", nullable=True, ge=0, le=1)
    decided = Column(int, "Items that a person decided, with answers to compare", ge=0)
    accuracy = Column(float, "Share of decided values that the best guess has right", nullable=True, ge=0, le=1)
    accuracy_low = Column(float, "Lower end of its 95 % interval", nullable=True)
    accuracy_high = Column(float, "Upper end of its 95 % interval", nullable=True)
    gain = Column(float, "Accuracy over one answer fewer", nullable=True)
    gain_low = Column(float, "Lower end of its 95 % interval", nullable=True)
    gain_high = Column(float, "Upper end of its 95 % interval", nullable=True)
    cost = Column(float, "Rewards per item, US dollars, without fees", nullable=True, ge=0)
    words = Column(str, "The same in words")
