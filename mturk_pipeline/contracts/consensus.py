"""Consensus and workers: what the answers of a phase agree on, and how each worker fared."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Table
from mturk_pipeline.vocabulary.standings import PHASE_STANDINGS

FLAGS = ["unanimous", "majority", "plurality", "minority", "multiple", "zero_value"]
PATTERNS = (
    "'lone', '2:0', '2:1', '1:1', '3:0' …: workers for the best value against workers for others; "
    "'0' where nobody gave one; answers that may be one person's count as one"
)


class Consensus(Table):
    """The best guess for each item (and record of its list) and field.

    For a list of records each record has a row per field; its trust says that the record exists with this value.
    """

    item_id: Series[str] = pa.Field(description="The item asked about")
    element: Series[str] = pa.Field(description="Which record of the item's list; '' for scalar fields")
    field: Series[str] = pa.Field(description="The field asked")
    outcome: Series[str] = pa.Field(
        isin=["value", "none", "unknown"],
        description="A value; that there is none; or nothing usable (with near misses: a value that nobody could read)",
    )
    value: Series[str] = pa.Field(nullable=True, description="The best guess, normalised; missing for none and unknown")
    trust: Series[float] = pa.Field(
        ge=0, le=1, description="Probability that the outcome is right, 0..1 (a count of votes with model: majority)"
    )
    pattern: Series[str] = pa.Field(description=PATTERNS)
    flag: Series[str] = pa.Field(isin=FLAGS, description="Decision table, generalised to any number of answers")
    flag_text: Series[str] = pa.Field(description="The flag in words, such as 'All good, triple consensus'")
    winners: Series[object] = pa.Field(description="List of the values that the decision table names, best first")
    runners_up: Series[object] = pa.Field(description="List of the other distinct valid values, most trusted first")
    runners_up_trust: Series[object] = pa.Field(description="List of the trust of each of the runners-up, 0..1")
    votes: Series[int] = pa.Field(ge=0, description="Workers (anonymous answers: each) who support the outcome")
    valid: Series[int] = pa.Field(ge=0, description="Workers who gave a valid value")
    blank: Series[int] = pa.Field(ge=0, description="Workers who left the field blank")
    none_declared: Series[int] = pa.Field(ge=0, description="Workers who said that there is none")
    invalid: Series[int] = pa.Field(ge=0, description="Workers whose only answers were invalid")
    workers: Series[int] = pa.Field(
        ge=1, description="Workers who were asked and answered; each anonymous answer as one"
    )
    cumulative_sameness: Series[int] = pa.Field(
        ge=0, description="Sum over answers of the number of equal answers: 9, 5, 3 for three answers"
    )
    entropy: Series[float] = pa.Field(
        ge=0,
        le=1,
        description="Shannon entropy of the answers over its maximum: 0 all equal, 1 all different",
    )
    accepted: Series[bool] = pa.Field(
        description=(
            "Trust reaches the field's threshold: passes without a look, unverified. 'None' passes only where somebody "
            "said so or left the field blank, and nobody nearly wrote a value"
        )
    )
    changed_by_weighting: Series[bool] = pa.Field(
        description="The outcome differs from the most supported value: reliability decided, not the count"
    )
    reasons: Series[str] = pa.Field(description="Why trust is what it is, in words, without naming workers")


class Workers(Table):
    """One row per worker of a phase."""

    worker: Series[str] = pa.Field(unique=True, description="Who it is: provider:server:id")
    worker_id: Series[str] = pa.Field(description="WorkerId as the platform wrote it")
    total_contribution: Series[int] = pa.Field(ge=0, description="Assignments submitted")
    items: Series[int] = pa.Field(ge=0, description="Different items answered")
    answers: Series[int] = pa.Field(ge=0, description="Answers given: rows of state valid, invalid or none_declared")
    valid: Series[int] = pa.Field(ge=0, description="Valid values given")
    blank: Series[int] = pa.Field(ge=0, description="Fields left blank")
    blank_required: Series[int] = pa.Field(ge=0, description="Required fields left blank")
    none_declared: Series[int] = pa.Field(ge=0, description="Answers 'there is none', in other words too")
    invalid: Series[int] = pa.Field(ge=0, description="Invalid answers, but for 'none' in other words")
    compared: Series[int] = pa.Field(ge=0, description="Votes on item-fields where another worker voted too")
    agreeing: Series[int] = pa.Field(ge=0, description="Of those, votes that another worker shares")
    agreement: Series[float] = pa.Field(
        nullable=True, ge=0, le=1, description="agreeing / compared; missing where never compared"
    )
    chance_corrected_agreement: Series[float] = pa.Field(
        nullable=True,
        le=1,
        description="Agreement beyond what the frequencies of the answers make likely by chance: 1 full, 0 as chance",
    )
    reliability: Series[float] = pa.Field(
        nullable=True, ge=0, le=1, description="Expected share of this worker's values that are right"
    )
    reliability_low: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="Lower end of its 95 % interval")
    reliability_high: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="Upper end of its 95 % interval")
    judged: Series[float] = pa.Field(
        ge=0, description="Values of this phase that the model could judge, several of one answer as one"
    )
    judged_right: Series[float] = pa.Field(ge=0, description="Of those, how many it expects to be right")
    standing: Series[str] = pa.Field(isin=PHASE_STANDINGS, description="A suggestion for a person, from the evidence")
    copy_partners: Series[object] = pa.Field(
        description="List of workers who share wrong values with this one: one copies, or both take part in a scheme"
    )
    gold_asked: Series[int] = pa.Field(ge=0, description="Gold questions answered")
    gold_right: Series[int] = pa.Field(ge=0, description="Of those, answered rightly")
    outcomes_changed: Series[int] = pa.Field(
        ge=0, description="Item-fields answered by this worker where reliability, not the count, decided"
    )
    repeated_answers: Series[int] = pa.Field(
        ge=0,
        description=(
            "Values this worker gave for more than one item of an open field, beyond the first each, where "
            "co-workers do not give them there too"
        ),
    )
    median_work_seconds: Series[float] = pa.Field(nullable=True, description="Median seconds from accept to submit")
    approval_rate: Series[float] = pa.Field(
        nullable=True, description="Latest lifetime approval rate with this requester"
    )
    approved_before: Series[pd.Int64Dtype] = pa.Field(nullable=True, description="Latest lifetime approvals")
    submitted_before: Series[pd.Int64Dtype] = pa.Field(nullable=True, description="Latest lifetime judged assignments")
    evidence: Series[str] = pa.Field(description="What stands out, in words; '' where nothing does")
