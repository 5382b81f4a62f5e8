"""People's decisions laid over cleaned output."""

from collections.abc import Collection

import pandas as pd

from mturk_pipeline.contracts.review import Reviewed
from mturk_pipeline.review.decisions import Reviews
from mturk_pipeline.review.item_rows import as_lists, key_columns
from mturk_pipeline.review.person_values import person_values
from mturk_pipeline.review.shown_values import comparable, shown_table
from mturk_pipeline.review.spot_checks import inclusion
from mturk_pipeline.vocabulary.decisions import STATUS_OF_DECISION
from mturk_pipeline.vocabulary.row_statuses import ACCEPTED_AUTOMATICALLY, FIXED, SAYS_WHAT_IS_RIGHT, UNDECIDED, UNSEEN
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_CELL = ["item_id", "field", "after"]
LOOK_AGAIN = {
    "disputed": "people disagree: see the sheet problems",
    "lapsed": "sent back to the crowd, and answered since",
    "changed": "answers came in after it was decided, and say something else",
}


def apply_decisions(
    cleaned: pd.DataFrame,
    reviews: Reviews | None,
    phase: PhaseSpec,
    seed: str = "",
    known: Collection[str] = (),
) -> pd.DataFrame:
    """Lay people's decisions over cleaned output, and add the rows that people added.

    Without a decision a row is `accepted_automatically` where all gate fields passed, else `undecided`. An edit
    alone is a fix, and so is an "accept" with an edit; redo, reject and drop stay what they are. A row about which
    people disagree, or whose redo or reject has lapsed, is undecided, even if it passed. A decision whose item's
    answers changed since holds, but `look_again` says so. Who decided about a row keeps the values that they saw,
    where the crowd says otherwise by now. A row whose values a person gave or confirmed has no trust.

    Parameters
    ----------
    reviews
        As `read_versions` gives them; None where nobody has reviewed yet.
    seed
        For the drawing of spot checks: the same for all runs of a project's phase.
    known
        parent_item_id of rows whose right values are known: none of them is drawn.

    Returns
    -------
    DataFrame
        Contract `Reviewed`; beside its columns one per key and per field, with the final value. Rows as in
        `cleaned`, then the added ones.
    """
    rows = cleaned[["item_id", "parent_item_id", "element", *key_columns(phase), *phase.fields]].copy()
    automatic = cleaned["needs_review"].map({True: UNDECIDED, False: ACCEPTED_AUTOMATICALLY})
    rows["status"] = automatic.astype("str")
    rows["trust"] = cleaned[[f"{gate}_trust" for gate in phase.gates]].min(axis=1)
    rows["comment"], rows["look_again"] = "", ""
    to_check = ~cleaned["needs_review"] & ~cleaned["parent_item_id"].isin(list(known))
    rows["inclusion"] = inclusion(cleaned["item_id"], to_check, _spot_checks(phase), seed)
    rows["hit_ids"], rows["assignment_ids"] = cleaned["hit_ids"], cleaned["assignment_ids"]
    if reviews is not None:
        rows = _decided(rows, reviews, cleaned, phase)
        rows = pd.concat([rows, _added(reviews.added, rows)], ignore_index=True) if len(reviews.added) else rows
    rows.insert(4, "verified", ~rows["status"].isin(UNSEEN))
    *first, hit_ids, assignment_ids = Reviewed.names()
    order = [*first, *key_columns(phase), *phase.fields, hit_ids, assignment_ids]
    return rows[order].astype({c: "str" for c in order if rows[c].dtype == "str"}).reset_index(drop=True)


def _spot_checks(phase: PhaseSpec) -> float:
    """Share of the rows that pass which people see; none where nothing in them can be right or wrong."""
    return phase.spot_checks if any(phase.fields[name].has_trust for name in phase.gates) else 0.0


def _decided(rows: pd.DataFrame, reviews: Reviews, cleaned: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    decisions = reviews.decisions
    rows = rows.set_index("item_id")
    whole = decisions[decisions["field"] == ""].drop_duplicates("item_id").set_index("item_id")["decision"]
    edits = _edits_that_count(decisions[decisions["decision"] == "fix"], rows, cleaned, phase)
    kept = _kept_cells(reviews.seen, shown_table(cleaned, phase), phase)
    status = whole.map(STATUS_OF_DECISION).reindex(rows.index)
    is_edited = rows.index.isin(edits["item_id"].unique())
    edited = is_edited & (status.isna() | (status == "accepted"))
    says_nothing = status.isna() & ~is_edited
    rows["status"] = status.mask(edited, FIXED).fillna(rows["status"])
    cells = pd.concat([edits[_CELL], kept[_CELL]])
    for field, of_field in cells.groupby("field", sort=False):
        after = of_field.drop_duplicates("item_id").set_index("item_id")["after"]
        here = rows.index.isin(after.index)
        rows[field] = rows[field].mask(here, after.reindex(rows.index)).astype("str")
    for reason in ("changed", "lapsed", "disputed"):
        here = rows.index.isin(reviews.item_ids(reason)) & ~((reason == "changed") & says_nothing)
        rows["look_again"] = rows["look_again"].mask(here, LOOK_AGAIN[reason])
        rows["status"] = rows["status"].mask(here, UNDECIDED) if reason != "changed" else rows["status"]
    # What a person gave or confirmed is not as doubtful as the guess that it took the place of.
    rows["trust"] = rows["trust"].mask(rows["status"].isin(SAYS_WHAT_IS_RIGHT))
    rows["comment"] = reviews.comments.set_index("item_id")["comment"].reindex(rows.index).fillna("")
    return rows.reset_index()


def _edits_that_count(fixes: pd.DataFrame, rows: pd.DataFrame, cleaned: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Edits of cells, without those of rows of a person's own that say what the crowd says anyway."""
    cells = fixes[fixes["field"] != ""]
    if cells["seen"].all():
        return cells
    says = pd.Series(False, index=cells.index)
    for field in cells["field"].unique():
        here = cells["field"] == field
        item = cells.loc[here, "item_id"]
        none = item.map(cleaned.set_index("item_id")[f"{field}_outcome"]).eq("none") & cells.loc[here, "after"].isna()
        says[here] = item.map(rows[field]).eq(cells.loc[here, "after"]) | none
    return cells[cells["seen"] | ~says]


def _kept_cells(seen: pd.DataFrame, now: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """The cells that people saw, decided and left, whose value is another one now: item_id, field, after."""
    parts = [seen.iloc[:0]]
    for field, cells in seen.groupby("field", sort=False):
        here = comparable(cells["item_id"].map(now[field]).astype("str"))
        parts.append(cells[here.notna() & (here != cells["cell"])])
    changed = pd.concat(parts)
    return changed.assign(after=person_values(changed, phase)["value"])


def _added(added: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of people's own, with the columns of `rows`."""
    out = added.reindex(columns=rows.columns)
    out["status"] = STATUS_OF_DECISION["add"]
    out["trust"] = out["inclusion"] = float("nan")
    out["look_again"] = ""
    for column in ("hit_ids", "assignment_ids"):
        out[column] = as_lists(out[column])
    return out.astype({c: rows[c].dtype for c in rows.columns if rows[c].dtype == "str"})
