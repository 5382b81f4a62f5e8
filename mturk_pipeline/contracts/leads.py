"""All leads: the end of the way."""

import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Table


class AllLeads(Table):
    """One row per lead: one value of one field of one item, ready for a CRM.

    Beside these columns stand one column per key of the last phase and per input of every phase before it.
    """

    lead_id: Series[str] = pa.Field(unique=True, description="Letters with a checksum, from keys, field and value")
    item_id: Series[str] = pa.Field(description="The row of the last phase's review it comes from")
    lead_group: Series[str] = pa.Field(description="Group of fields, such as 'email'")
    lead_subgroup: Series[str] = pa.Field(description="The field itself, such as 'email'")
    value: Series[str] = pa.Field(description="The lead: an address, a link, a number")
    rank: Series[int] = pa.Field(ge=1, description="1 for the best guess, 2 … for runners-up")
    status: Series[str] = pa.Field(description="Review status of the row it comes from")
    verified: Series[bool] = pa.Field(description="A person has seen it")
    trust: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="Trust in the value")
    duplicate_lead: Series[bool] = pa.Field(description="The same value stands in another row of the group")
    merged: Series[int] = pa.Field(ge=1, description="Rows merged into this one because keys and value were the same")
    hit_ids: Series[object] = pa.Field(description="List of the HITIds behind the lead")
    assignment_ids: Series[object] = pa.Field(description="List of the AssignmentIds behind the lead")

    class Config(Table.Config):
        strict = False
