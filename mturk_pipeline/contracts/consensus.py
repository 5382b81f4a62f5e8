"""Consensus and workers: the agreed answers of a phase, and the rating of its workers."""

from mturk_pipeline.contracts.base import INTEGER, Column, Table
from mturk_pipeline.vocabulary.standings import SUGGESTIONS

FLAGS = ["unanimous", "majority", "plurality", "minority", "multiple", "zero_value"]
PATTERNS = (
    "'lone', '2:0', '2:1', '1:1', '3:0' …: workers for the best value against workers for others; "
    "'0' where nobody gave one; answers that may be one person's count as one"
)


class Consensus(Table):
    """The best guess for each item (and record of its list) and field.

    For a list of records each record has a row per field; its trust says that the record exists with this value.
    """

    item_id = Column(str, "The item asked about")
    element = Column(str, "Which record of the item's list; '' for scalar fields")
    field = Column(str, "The field asked")
    outcome = Column(
        str,
        "A value; that there is none; or nothing usable (with near misses: a value that nobody could read)",
        isin=["value", "none", "unknown"],
    )
    value = Column(str, "The best guess, normalised; missing for none and unknown", nullable=True)
    trust = Column(
        float,
        "Probability that the outcome is right, 0..1 (a count of votes with model: majority); missing where nothing is "
        "right or wrong: free texts, remarks, ratings without a scale",
        nullable=True,
        ge=0,
        le=1,
    )
    low = Column(float, "Of a rating: lower end of its 95 % interval", nullable=True)
    high = Column(float, "Of a rating: upper end of its 95 % interval", nullable=True)
    detail = Column(str, "What stands beside the value: a rating's interval, each option's trust; else ''")
    pattern = Column(str, PATTERNS)
    flag = Column(str, "Decision table, generalised to any number of answers", isin=FLAGS)
    flag_text = Column(
        str,
        "The flag in words, such as 'All good, triple consensus'; where the best guess is none of the winners, for how "
        "many workers it stands against how many",
    )
    winners = Column(object, "List of the values that the decision table names, best first")
    runners_up = Column(object, "List of the other distinct valid values, most trusted first")
    runners_up_trust = Column(object, "List of the trust of each of the runners-up, 0..1")
    votes = Column(int, "Workers (anonymous answers: each) who support the outcome", ge=0)
    valid = Column(int, "Workers who gave a valid value", ge=0)
    blank = Column(int, "Workers who left the field blank", ge=0)
    none_declared = Column(int, "Workers who said that there is none", ge=0)
    invalid = Column(int, "Workers whose only answers were invalid", ge=0)
    workers = Column(int, "Workers who were asked and answered; each anonymous answer as one", ge=1)
    cumulative_sameness = Column(
        int, "Sum over answers of the number of equal answers: 9, 5, 3 for three answers", ge=0
    )
    entropy = Column(float, "Shannon entropy of the answers over its maximum: 0 all equal, 1 all different", ge=0, le=1)
    accepted = Column(
        bool,
        "Trust reaches the field's threshold: passes without a look, unverified. 'None' passes only where somebody "
        "said so or left the field blank, nobody nearly wrote a value, and no more people gave one",
    )
    changed_by_weighting = Column(
        bool, "The outcome differs from the most supported value: reliability decided, not the count"
    )
    reasons = Column(str, "Why trust is what it is, in words, without naming workers")


class Workers(Table):
    """One row per worker of a phase."""

    worker = Column(str, "Who it is, as in raw output", unique=True)
    total_contribution = Column(int, "Assignments submitted", ge=0)
    items = Column(int, "Different items answered", ge=0)
    answers = Column(int, "Answers given: rows of state valid, invalid or none_declared", ge=0)
    valid = Column(int, "Valid values given", ge=0)
    blank = Column(int, "Fields left blank", ge=0)
    blank_required = Column(int, "Required fields left blank", ge=0)
    none_declared = Column(int, "Answers 'there is none', in other words too", ge=0)
    invalid = Column(int, "Invalid answers, but for 'none' in other words", ge=0)
    compared = Column(int, "Votes on item-fields where another worker voted too", ge=0)
    agreeing = Column(int, "Of those, votes that another worker shares", ge=0)
    agreement = Column(float, "agreeing / compared; missing where never compared", nullable=True, ge=0, le=1)
    chance_corrected_agreement = Column(
        float,
        "Agreement beyond what the frequencies of the answers make likely by chance: 1 full, 0 as chance",
        nullable=True,
        le=1,
    )
    reliability = Column(float, "Expected share of this worker's HITs that is right", nullable=True, ge=0, le=1)
    reliability_low = Column(float, "Lower end of its 95 % interval, over HITs", nullable=True, ge=0, le=1)
    reliability_high = Column(float, "Upper end of its 95 % interval", nullable=True, ge=0, le=1)
    judged = Column(float, "HITs of this phase in which an answer could be judged, whatever number of values", ge=0)
    judged_right = Column(float, "Of those, how many are expected to be right: a HIT counts by its share", ge=0)
    judged_weight = Column(
        float, "Single right or wrong answers that these HITs say as much as: n of the interval", ge=0
    )
    standing = Column(str, "A suggestion for a person, from the evidence", isin=SUGGESTIONS)
    copy_partners = Column(
        object,
        "List of workers who share wrong values, or long texts that hardly anybody else gave, with this one: one "
        "copies, or both take part in a scheme",
    )
    gold_asked = Column(int, "Gold questions answered", ge=0)
    gold_right = Column(int, "Of those, answered rightly; of sets and ratings, not missed", ge=0)
    outcomes_changed = Column(
        int, "Item-fields answered by this worker where reliability, not the count, decided", ge=0
    )
    repeated_answers = Column(
        int,
        "Values this worker gave for more than one item of an open field, beyond the first each, where "
        "co-workers do not give them there too",
        ge=0,
    )
    median_work_seconds = Column(float, "Median seconds from accept to submit", nullable=True)
    approval_rate = Column(float, "Latest lifetime approval rate with this requester", nullable=True)
    approved_before = Column(INTEGER, "Latest lifetime approvals", nullable=True)
    submitted_before = Column(INTEGER, "Latest lifetime judged assignments", nullable=True)
    evidence = Column(str, "What stands out, in words; '' where nothing does")
