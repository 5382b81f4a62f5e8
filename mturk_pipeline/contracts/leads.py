"""All leads: the end of the way."""

import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Table


class AllLeads(Table):
    """One row per lead: one value of one field of one item, ready for a CRM.

    Beside these columns stand one column per key of the last phase and per input of every phase before it, and,
    where the workflow names a segment, `segments`: the list of the segments merged into the lead.
    """

    lead_id: Series[str] = pa.Field(unique=True, description="Letters with a checksum, from keys, field and value")
    item_id: Series[str] = pa.Field(description="The row of the last phase's review it comes from")
    item_ids: Series[object] = pa.Field(description="List of the review rows merged into it, best first")
    lead_group: Series[str] = pa.Field(description="Group of fields, such as 'email'")
    lead_subgroup: Series[str] = pa.Field(description="The field itself, such as 'email'")
    value: Series[str] = pa.Field(description="The lead: an address, a link, a number")
    rank: Series[int] = pa.Field(ge=1, description="1 for the best guess, 2 … for runners-up")
    status: Series[str] = pa.Field(description="Review status of the best row behind it")
    verified: Series[bool] = pa.Field(description="A person has seen it")
    trust: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="Trust in the value")
    suppressed: Series[str] = pa.Field(
        description="Why nothing may be sent to the address, and where that is said; '' where it may"
    )
    duplicate_lead: Series[bool] = pa.Field(description="The same value stands in another row of the group")
    merged: Series[int] = pa.Field(ge=1, description="Rows merged into this one because keys and value were the same")
    sources: Series[object] = pa.Field(description="List of the result files' rows behind the lead: file, sheet, row")
    hit_ids: Series[object] = pa.Field(description="List of the HITIds behind the lead")
    assignment_ids: Series[object] = pa.Field(description="List of the AssignmentIds behind the lead")

    class Config(Table.Config):
        strict = False


class Recipients(Table):
    """One row per e-mail address to which something may be sent: for a mass e-mail program.

    Beside these columns stands one per key of the last phase, such as `club`: the distinct values of all leads of
    the address, '; '-joined; and so `segment`, where the workflow names one.
    """

    email: Series[str] = pa.Field(unique=True, description="The address, in small letters")
    trust: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="Highest trust of its leads")
    verified: Series[bool] = pa.Field(description="A person has seen one of its leads")
    rank: Series[int] = pa.Field(ge=1, description="Best rank of its leads: 1 for a best guess")
    leads: Series[int] = pa.Field(ge=1, description="How many leads have this address")
    lead_ids: Series[object] = pa.Field(description="List of these leads")

    class Config(Table.Config):
        strict = False


OUTCOMES = ["bounced", "unsubscribed", "complained", "delivered", "suppressed"]


class Outcomes(Table):
    """What became of mail to an address: one row per row of a file that a person dropped."""

    address: Series[str] = pa.Field(description="The e-mail address, in small letters")
    outcome: Series[str] = pa.Field(
        isin=OUTCOMES,
        description=(
            "bounced: there is no such address; delivered, unsubscribed, complained: there is; "
            "suppressed: a person wants nothing sent there. Soft bounces say nothing and are left out"
        ),
    )
    source_file: Series[str] = pa.Field(description="Name of the file")
    source_row: Series[int] = pa.Field(ge=1, description="Row as a spreadsheet counts it")
