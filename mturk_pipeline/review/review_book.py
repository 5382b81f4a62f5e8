"""Contents of a review workbook, sorted into rows that wait, that passed and that people decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from mturk_pipeline.intake.item_ids import id_of
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.audit import Audit, audit
from mturk_pipeline.review.columns_in_view import fields_in_view
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.more_cells import more_cells
from mturk_pipeline.review.queue import review_queue
from mturk_pipeline.review.shown_values import shown_table, shown_values
from mturk_pipeline.vocabulary.queue_kinds import WAITING
from mturk_pipeline.vocabulary.row_statuses import ACCEPTED_AUTOMATICALLY, DECIDED
from mturk_pipeline.workflow.phase_spec import PhaseSpec

MOST_ROWS = 5_000
MOST_ANSWERS = 50_000
_UNLIKELY = 0.5  # trust below which a value is more likely wrong than right
_ON_SHEETS = {"waiting": "review", "accepted": "accepted automatically", "decided": "decided before"}


@dataclass(frozen=True)
class ReviewBook:
    """Tables of a phase's workbook."""

    phase_name: str
    phase: PhaseSpec
    # cleaned, answers, workers: Contracts `CleanedOutput`, `Answers`, `Workers`
    cleaned: pd.DataFrame
    answers: pd.DataFrame
    workers: pd.DataFrame
    # reviewed, decisions: contracts `Reviewed` and `Decisions`: what people decided. None: nothing yet.
    reviewed: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    problems: pd.DataFrame | None = None  # Contract `ReviewProblems`: what could not be understood in reviewed files
    settlement: pd.DataFrame | None = None  # Contract `SettlementSuggestions`; None leaves the sheet out
    memory: pd.DataFrame | None = None  # Contract `WorkerMemory`: how workers fared in all projects; None for unknown
    inputs: pd.DataFrame | None = None  # What items were asked (`ancestors.item_inputs`); None: nothing is shown
    give_back_to: str = ""  # Name of the folder into which a person saves the workbook
    facts: Mapping[str, str] = field(default_factory=dict)  # Further lines for the sheet `about`: name and text
    seed: str = ""  # For the drawing of spot checks
    only: frozenset[str] | None = None  # Rows of the queue that this copy of the workbook has; None for all
    # Id and content of the workbook before (`ReviewStore.last_export`); None for none
    last_export: tuple[str, str] | None = None

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The values that the workbook shows, for `ReviewStore.note_export`."""
        return shown_values(self.cleaned, self.phase, self._reviewed)

    @cached_property
    def content(self) -> str:
        """An id of what the workbook shows."""
        return "" if self.shown.empty else str(self.shown["export"].iloc[0])

    @cached_property
    def export(self) -> str:
        """The workbook's export id: another one for each change, also where it shows again what it did before."""
        if self.last_export is None:
            return self.content
        export, content = self.last_export
        return export if content == self.content else id_of(f"{export} {self.content}")

    @cached_property
    def queue(self) -> pd.DataFrame:
        """Contract `ReviewQueue`: rows to look at, in order."""
        whole = review_queue(self.cleaned, self._reviewed, self.decisions, self.phase, self.seed)
        return whole if self.only is None else whole[whole["item_id"].isin(self.only)].reset_index(drop=True)

    @cached_property
    def in_view(self) -> tuple[str, ...]:
        """The fields that stand side by side on the sheets of rows."""
        return fields_in_view(self.phase, self.waiting.get("doubtful", ()))

    def marks(self, which: str, field: str, rows: int) -> pd.Series:
        """How far the cells of `field` can be trusted, of the first `rows` rows of `waiting`, `accepted` or `decided`.

        'sure', 'doubtful' or, where it is more likely wrong than right, 'unlikely' of rows that wait, but for those on
        which trust is hidden and those to look at again, which show a person's values; of accepted rows the latter two;
        '' for all other cells.
        """
        if which == "decided":
            return pd.Series([""] * rows, dtype="str")
        doubtful, table = self._doubtful(which)[:rows], getattr(self, which).iloc[:rows].reset_index(drop=True)
        trust = table[f"{field}_trust"]
        words = [None if d is None else "doubtful" if field in d else "sure" for d in doubtful]
        marks = pd.Series(words, dtype="str").fillna("")
        marks = marks.mask(marks.eq("doubtful") & (trust < _UNLIKELY), "unlikely")
        return marks.mask(marks.eq("sure") & (trust.isna() | table[field].eq("") | (which != "waiting")), "")

    def _doubtful(self, which: str) -> list[frozenset[str] | None]:
        """The doubtful fields of each row; None where that is not to be shown."""
        if which not in self._doubts:
            rows = getattr(self, which)
            lists = rows["doubtful"] if "doubtful" in rows else [None] * len(rows)
            told = (self.queue["kind"].eq(WAITING) & ~self.queue["blind"]) if which == "waiting" else [True] * len(rows)
            pairs = zip(lists, told, strict=True)
            self._doubts[which] = [frozenset(d) if isinstance(d, list) and t else None for d, t in pairs]
        return self._doubts[which]

    @cached_property
    def more_cells(self) -> pd.DataFrame:
        """Cells of the fields that are not in view, those of rows that wait first; see `more_cells`."""
        fields = [name for name in self.phase.fields if name not in self.in_view]
        if not fields:
            return pd.DataFrame()
        parts = []
        for which, sheet in _ON_SHEETS.items():
            rows = getattr(self, which).iloc[:MOST_ROWS].reset_index(drop=True)
            doubtful, keys = self._doubtful(which)[: len(rows)], key_columns(self.phase)
            parts.append(more_cells(rows, doubtful, fields, keys, grey=which == "waiting").assign(stands_on=sheet))
        return pd.concat(parts, ignore_index=True).astype({"stands_on": "str"})

    @cached_property
    def _doubts(self) -> dict[str, list[frozenset[str] | None]]:
        return {}

    @cached_property
    def audit(self) -> Audit:
        """Audit of the rows that passed."""
        return audit(self._reviewed, self.cleaned, self.phase)

    @cached_property
    def waiting(self) -> pd.DataFrame:
        """The rows of the queue: as `cleaned`, with the fields as their cells show them, and the queue's columns."""
        rows = self.cleaned.set_index("item_id", drop=False).loc[self.queue["item_id"]].reset_index(drop=True)
        rows = rows.assign(**{c: self.queue[c].to_numpy() for c in ("blind", "reasons")})
        return self._without_others_trust(self._with_shown(self._commented(rows)))

    @cached_property
    def accepted(self) -> pd.DataFrame:
        """Rows that passed without a look, but for spot checks."""
        passed = self._reviewed.loc[self._reviewed["status"] == ACCEPTED_AUTOMATICALLY, "item_id"]
        queue = replace(self, only=None).queue if self.only is not None else self.queue
        visible = self.cleaned["item_id"].isin(passed) & ~self.cleaned["item_id"].isin(queue["item_id"])
        return self._with_shown(self._commented(self.cleaned[visible]))

    @cached_property
    def decided(self) -> pd.DataFrame:
        """Rows that people decided or added: as `reviewed`, with the fields as their cells show them."""
        rows = self._reviewed[self._reviewed["status"].isin(DECIDED)]
        again = rows["item_id"].isin(self.queue["item_id"])
        rows = self._with_shown(rows[~again])
        if self.decisions is None or self.decisions.empty:
            return rows.assign(decided_in="", decided_at="")
        decision = self.decisions.drop_duplicates("item_id").set_index("item_id").reindex(rows["item_id"])
        day = decision["decided_at"].str[:10].fillna("").to_numpy()
        return rows.assign(decided_in=decision["source_file"].fillna("").to_numpy(), decided_at=day)

    @cached_property
    def _reviewed(self) -> pd.DataFrame:
        if self.reviewed is None:
            return apply_decisions(self.cleaned, None, self.phase, self.seed)
        return self.reviewed

    def _commented(self, rows: pd.DataFrame) -> pd.DataFrame:
        comments = self._reviewed.drop_duplicates("item_id").set_index("item_id")["comment"]
        return rows.assign(comment=rows["item_id"].map(comments).astype("str").fillna(""))

    @cached_property
    def _shown_table(self) -> pd.DataFrame:
        return shown_table(self.cleaned, self.phase, self._reviewed)

    def _with_shown(self, rows: pd.DataFrame) -> pd.DataFrame:
        texts = self._shown_table.reindex(rows["item_id"]).set_axis(rows.index)
        others = rows.drop(columns=list(self.phase.fields))
        return pd.concat([others, texts[list(self.phase.fields)].astype("str")], axis=1).reset_index(drop=True)

    def _without_others_trust(self, rows: pd.DataFrame) -> pd.DataFrame:
        """`rows` without trust beside cells that show a person's value where the crowd says otherwise."""
        guesses = shown_table(self.cleaned, self.phase).reindex(rows["item_id"]).set_axis(rows.index)
        trusts = {f"{f}_trust": rows[f"{f}_trust"].where(rows[f].eq(guesses[f])) for f in self.phase.fields}
        return rows.assign(**trusts)

    def answers_behind(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Each worker's answers on `rows` (of `waiting`), in their order; blank answers are left out.

        Returns the answers with `row_id`, the row that they are about; an answer on an item's scalar field
        stands with the item's first row.
        """
        given = self.answers[self.answers["state"] != "blank"]
        records = rows[["item_id", "parent_item_id", "element"]].reset_index(names="place")
        items = records.drop_duplicates("parent_item_id").assign(element="")
        places = pd.concat([records, items]).drop_duplicates(["parent_item_id", "element"])
        places = places.rename(columns={"item_id": "row_id", "parent_item_id": "item_id"})
        order = {name: n for n, name in enumerate(self.phase.fields)}
        answers = given.merge(places, on=["item_id", "element"])
        answers["field_place"] = answers["field"].map(order)
        answers["rank"] = np.where(answers["state"] == "valid", 0, 1)
        by = ["place", "field_place", "rank", "value", "assignment_id"]
        return answers.sort_values(by, kind="stable", ignore_index=True)
