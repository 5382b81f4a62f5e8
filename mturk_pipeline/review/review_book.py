"""What goes into a review workbook, sorted into the rows that wait, that passed and that people decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from mturk_pipeline.review.cleaning import key_columns
from mturk_pipeline.review.shown import DECIDED, shown_table, shown_values
from mturk_pipeline.workflow.phase_spec import PhaseSpec

MOST_ROWS = 5_000
MOST_ANSWERS = 50_000


@dataclass(frozen=True)
class ReviewBook:
    """The tables that a phase's workbook is made of.

    Attributes
    ----------
    phase_name, phase
        The phase.
    cleaned, answers, workers
        Contracts `CleanedOutput`, `Answers`, `Workers`.
    reviewed
        Contract `Reviewed` as it was last: what people decided. None: nothing yet.
    problems
        Contract `ReviewProblems`: what could not be understood in reviewed files.
    thresholds
        Trust from which a field passes, where it differs from the phase's.
    give_back_to
        Name of the folder into which a person saves the workbook.
    facts
        Further lines for the sheet `about`: name and text.
    """

    phase_name: str
    phase: PhaseSpec
    cleaned: pd.DataFrame
    answers: pd.DataFrame
    workers: pd.DataFrame
    reviewed: pd.DataFrame | None = None
    problems: pd.DataFrame | None = None
    thresholds: Mapping[str, float] = field(default_factory=dict)
    give_back_to: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The values that the workbook shows: to be kept, and given to `read_reviewed`."""
        return shown_values(self.cleaned, self.phase, self._reviewed)

    @cached_property
    def export(self) -> str:
        """The workbook's export id; '' where it shows no value."""
        return "" if self.shown.empty else str(self.shown["export"].iloc[0])

    @cached_property
    def waiting(self) -> pd.DataFrame:
        """Rows that wait for a decision, worst first: as `cleaned`, with the fields as their cells show them."""
        return self._of_cleaned(self._waits & ~self._is_decided)

    @cached_property
    def accepted(self) -> pd.DataFrame:
        """Rows that passed without a look."""
        return self._of_cleaned(~self._waits & ~self._is_decided)

    @cached_property
    def decided(self) -> pd.DataFrame:
        """Rows that people decided or added: as `reviewed`, with the fields as their cells show them."""
        if self._reviewed is None:
            return pd.DataFrame(
                columns=["item_id", "status", "comment", *key_columns(self.phase), *self.phase.fields]
            ).astype("str")
        return self._with_shown(self._reviewed[self._reviewed["status"].isin(DECIDED)])

    @cached_property
    def _reviewed(self) -> pd.DataFrame | None:
        if self.reviewed is None:
            return None
        columns = ["item_id", "status", "trust", "comment", *key_columns(self.phase), *self.phase.fields]
        # The phase may have got a new field since.
        return self.reviewed.reindex(columns=columns)

    @cached_property
    def _is_decided(self) -> pd.Series:
        if self._reviewed is None:
            return pd.Series(False, index=self.cleaned.index)
        done = self._reviewed.loc[self._reviewed["status"].isin(DECIDED), "item_id"]
        return self.cleaned["item_id"].isin(done)

    @cached_property
    def _waits(self) -> pd.Series:
        return self.cleaned["needs_review"] | self._is_disputed

    @cached_property
    def _is_disputed(self) -> pd.Series:
        """Rows that passed, but with a dispute or a lapsed decision: undecided though their trust is still the same."""
        if self._reviewed is None:
            return pd.Series(False, index=self.cleaned.index)
        then = self._reviewed[self._reviewed["status"] == "undecided"].set_index("item_id")["trust"]
        now = self.cleaned[[f"{gate}_trust" for gate in self.phase.gates]].min(axis=1)
        return ~self.cleaned["needs_review"] & (self.cleaned["item_id"].map(then) == now)

    def _of_cleaned(self, where: pd.Series) -> pd.DataFrame:
        rows = self._with_shown(self.cleaned[where])
        disputed = self._is_disputed[where].to_numpy()
        rows["comment"] = ""
        if self._reviewed is not None:
            said = self._reviewed.drop_duplicates("item_id").set_index("item_id")["comment"]
            rows["comment"] = rows["item_id"].map(said).astype("str").fillna("")
        rows["reasons"] = rows["reasons"].mask(
            disputed, "people disagree, or answers came in since: see the sheet problems"
        )
        return rows

    @cached_property
    def _shown_table(self) -> pd.DataFrame:
        return shown_table(self.cleaned, self.phase, self._reviewed)

    def _with_shown(self, rows: pd.DataFrame) -> pd.DataFrame:
        texts = self._shown_table.reindex(rows["item_id"]).set_axis(rows.index)
        out = rows.assign(**{name: texts[name].astype("str") for name in self.phase.fields})
        return out.reset_index(drop=True)

    def threshold(self, name: str) -> float:
        """Trust from which the field passes."""
        return float(self.thresholds.get(name, self.phase.threshold(name)))

    def answers_behind(self, rows: pd.DataFrame) -> pd.DataFrame:
        """What each worker said about `rows` (of `waiting`), in their order; blank answers are left out.

        Returns the answers with `row_id`, the row that they are about; an answer on an item's scalar field
        stands with the item's first row.
        """
        given = self.answers[self.answers["state"] != "blank"]
        records = rows[["item_id", "parent_item_id", "element"]].reset_index(names="place")
        items = records.drop_duplicates("parent_item_id").assign(element="")
        places = pd.concat([records, items]).drop_duplicates(["parent_item_id", "element"])
        places = places.rename(columns={"item_id": "row_id", "parent_item_id": "item_id"})
        order = {name: n for n, name in enumerate(self.phase.fields)}
        found = given.merge(places, on=["item_id", "element"])
        found["field_place"] = found["field"].map(order)
        found["rank"] = np.where(found["state"] == "valid", 0, 1)
        by = ["place", "field_place", "rank", "value", "assignment_id"]
        return found.sort_values(by, kind="stable", ignore_index=True)
