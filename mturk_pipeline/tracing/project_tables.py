"""The tables of one project, each read once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.workflow.workflow import Workflow

ALL_LEADS = "all_leads"


@dataclass
class ProjectTables:
    """Where the tables of a project are read from."""

    workflow: Workflow  # With the project's overrides
    # Phase (None for all leads) and stage to the table, None where it was never made
    read: Callable[[str | None, str], pd.DataFrame | None]
    # The project's own settings by phase, to be named among the rules
    overrides: Mapping[str, Any] = field(default_factory=dict)
    _known: dict[tuple[str | None, str], pd.DataFrame] = field(default_factory=dict)

    def table(self, phase: str | None, stage: str) -> pd.DataFrame:
        """The table, or one without rows and columns."""
        key = (phase, stage)
        if key not in self._known:
            stored = self.read(phase, stage)
            self._known[key] = pd.DataFrame() if stored is None else stored
        return self._known[key]

    def rows(self, phase: str | None, stage: str, column: str, value: str) -> pd.DataFrame:
        """The rows whose `column` is `value`; none where there is no such column."""
        table = self.table(phase, stage)
        return table[table[column] == value] if column in table else table.iloc[:0]

    def asked(self, phase: str, item_id: object) -> pd.DataFrame:
        """Raw output about an item: whole rows, or the slots of the HITs that asked about several."""
        key = (phase, "slots")
        if key not in self._known:
            raw_output = self.table(phase, "raw_output")
            self._known[key] = slots_of(raw_output, self.workflow.phases[phase]) if len(raw_output) else raw_output
        slots = self._known[key]
        return slots[slots["item_id"] == item_id] if "item_id" in slots else slots.iloc[:0]

    @property
    def leads(self) -> pd.DataFrame:
        return self.table(None, ALL_LEADS)
