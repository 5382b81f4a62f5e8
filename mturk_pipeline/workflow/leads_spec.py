"""Settings of all leads: how the last phase's results become leads, from a workflow's YAML, checked."""

from pydantic import Field, field_validator, model_validator

from mturk_pipeline.workflow.field_spec import Strict
from mturk_pipeline.workflow.phase_spec import checked_owner


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
