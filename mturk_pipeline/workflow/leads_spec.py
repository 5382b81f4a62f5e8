"""Settings of all leads: how the last phase's results become leads, from a workflow's YAML, checked."""

from collections.abc import Mapping

from pydantic import Field, field_validator, model_validator

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.vocabulary.agreements import REMARK
from mturk_pipeline.workflow.field_spec import FieldSpec, Strict
from mturk_pipeline.workflow.owner import checked_owner


class LeadsSpec(Strict):
    """Which fields of the last phase are leads, and which of them go out."""

    lead_groups: dict[str, list[str]] = Field(
        description="Groups of leads: name, and the fields of the last phase in it; a file leads_<group>.xlsx each. "
        "Without a group ({}) nothing is a lead: the last table is called results."
    )
    include_runners_up: bool = Field(
        True, description="Runners-up of rows that no person verified become leads of rank 2 and more."
    )
    include_undecided: bool = Field(
        False, description="Rows that still wait for review go out too, with status undecided."
    )
    segment: str | None = Field(
        None, description="Column of the leads that says each row's segment: a key, or an input of any phase."
    )
    segments: list[str] = Field(
        default=[], description="Segments, the most specific first: the first one keeps a lead that is in several."
    )
    mail_runners_up: bool = Field(
        False, description="Runners-up are recipients and contacts too; by default only best guesses are."
    )
    description: str = Field("", description="One sentence for the UI.")
    owner: str | None = Field(None, description="Who answers for the leads: 'team:NAME' or an e-mail address.")

    _owner = field_validator("owner")(checked_owner)

    @model_validator(mode="after")
    def _consistent(self) -> "LeadsSpec":
        if self.segments and self.segment is None:
            raise ValueError("'segments' needs 'segment': the column that says each lead's segment")
        return self


_MOST = 2 / 3


def contacts_in(fields: Mapping[str, FieldSpec]) -> list[str]:
    """The fields that a CRM has a column for: e-mail, phone, handle, url."""
    return [name for name, field in fields.items() if KINDS[field.kind].crm_column]


def gathers_leads(fields: Mapping[str, FieldSpec]) -> bool:
    """Whether a last phase with these fields gathers leads, if its workflow does not say so itself.

    It does if it asks for a contact, unless more than two of three of its questions ask for an opinion: one of a few
    answers, a set, a rating, or a text of one's own. Comments are no questions.

    >>> gathers_leads({"name": FieldSpec(kind="name"), "mail": FieldSpec(kind="email")})
    True
    >>> gathers_leads({"mail": FieldSpec(kind="email"), **dict.fromkeys("abc", FieldSpec(kind="rating"))})
    False
    """
    asked = {name: field for name, field in fields.items() if field.agreement != REMARK}
    opinions = [f for f in asked.values() if not KINDS[f.kind].open or not f.has_one_value]
    return bool(contacts_in(fields)) and len(opinions) <= _MOST * len(asked)
