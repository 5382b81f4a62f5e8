"""All sheets together: one decision per row, or none where people disagree."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.review.problems import place_of, problem, problem_table
from mturk_pipeline.review.sheet_says import PLACE, Said
from mturk_pipeline.workflow.phase_spec import PhaseSpec

DECISION_COLUMNS = ["item_id", "field", "decision", "before", "after", "comment", *PLACE]
_NONE = "\x00"
# Sheet n's rows become n * _SHEET + row, so that rows of different sheets stay apart.
_SHEET = 2**32


class United(NamedTuple):
    """What all sheets say: contract `Decisions`, added rows, comments, contract `ReviewProblems`, rows left open."""

    decisions: pd.DataFrame
    added: pd.DataFrame
    comments: pd.DataFrame
    problems: pd.DataFrame
    disputed: frozenset[str]


def unite(said: Sequence[Said], cleaned: pd.DataFrame, phase: PhaseSpec) -> United:
    """What all sheets say about each row, said once; a problem for each row about which they disagree."""
    verdicts = _stacked([s.verdicts for s in said])
    edits = _stacked([s.edits for s in said])
    verdicts["says"] = _verdict_texts(verdicts, edits, cleaned)
    agreed, disputed = _agreed(verdicts)
    added, disputed_additions = _agreed(_added_with_texts([s.added for s in said], phase))
    comments = pd.concat([s.comments for s in said]).drop_duplicates()
    comments = comments.groupby("item_id", sort=False)["comment"].agg(" | ".join).reset_index()
    # A newer decision on a row whose earlier one lapsed is what counts.
    lapsed = frozenset().union(*(s.lapsed for s in said)) - set(agreed["item_id"])
    decisions = pd.concat([_decisions(agreed, edits), _addition_decisions(added, phase)])
    problems = problem_table([*_disputes(disputed), *_disputes(disputed_additions)])
    return United(
        decisions.reset_index(drop=True),
        added.drop(columns=["says", "decision"]).reset_index(drop=True),
        comments.astype("str"),
        pd.concat([*(s.problems for s in said), problems], ignore_index=True),
        frozenset(disputed["item_id"]) | lapsed,
    )


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([t.assign(row=t["row"] + n * _SHEET) for n, t in enumerate(tables)], ignore_index=True)


def _verdict_texts(verdicts: pd.DataFrame, edits: pd.DataFrame, cleaned: pd.DataFrame) -> pd.Series:
    """Per verdict a text that is the same for verdicts that come to the same.

    Accepting and fixing come to the same where the values are the same in the end; the other decisions say
    nothing about values.
    """
    good = verdicts["decision"].isin(["", "accept", "fix"])
    now = _values_now(edits, cleaned)
    after = edits["after"].fillna(_NONE)
    told = edits.assign(text=edits["field"] + "\x1f" + after)[after != now].sort_values(["row", "field"])
    texts = told.groupby("row")["text"].agg("\x1e".join)
    values = verdicts["row"].map(texts).astype("str").fillna("")
    return verdicts["decision"].mask(good, "good\x1d" + values)


def _values_now(edits: pd.DataFrame, cleaned: pd.DataFrame) -> pd.Series:
    """The value that each edited cell has in cleaned output; a mark for "there is none", '' for unknown."""
    now = pd.Series("", index=edits.index, dtype="str")
    rows = cleaned.set_index("item_id")
    for field in edits["field"].unique():
        here = edits["field"] == field
        row = rows.reindex(edits.loc[here, "item_id"])
        value = row[field].fillna("").mask(row[f"{field}_outcome"] == "none", _NONE)
        now[here] = value.to_numpy()
    return now


def _agreed(verdicts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One verdict per item (one with a decision word first), and all verdicts of items that are disputed."""
    verdicts = verdicts.sort_values(["decision", *PLACE], ascending=[False, True, True, True])
    differ = verdicts.groupby("item_id")["says"].transform("nunique") > 1
    return verdicts[~differ].drop_duplicates("item_id").sort_values(PLACE), verdicts[differ]


def _added_with_texts(tables: Sequence[pd.DataFrame], phase: PhaseSpec) -> pd.DataFrame:
    added = pd.concat(tables, ignore_index=True)
    says = pd.Series("", index=added.index, dtype="str")
    for field in phase.fields:
        says = says + "\x1f" + added[field].fillna("")
    return added.assign(says=says, decision="add")


def _disputes(verdicts: pd.DataFrame) -> list[dict[str, object]]:
    """One problem per disputed item, at its first place, naming the first place that says otherwise."""
    found = []
    ordered = verdicts.sort_values(["item_id", *PLACE])
    for _, group in ordered.groupby("item_id", sort=False):
        first = group.iloc[0]
        other = group[group["says"] != first["says"]].iloc[0]
        sheet = None if pd.isna(first["source_sheet"]) else str(first["source_sheet"])
        there = place_of(other["source_file"], other["source_sheet"], int(other["source_row"]))
        reason = f"{there} says otherwise about the same item, so it stays undecided: make both say the same"
        row = int(first["source_row"])
        found.append(problem(first["source_file"], sheet, row, None, "conflicting_decisions", reason))
    return found


def _decisions(agreed: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """Contract `Decisions` of the verdicts: the row's decision, then the fields edited or kept."""
    whole = agreed[agreed["decision"] != ""].assign(field="", before=np.nan, after=np.nan, order=0)
    cells = edits.merge(agreed[["row", "comment", *PLACE]], on="row")
    cells["decision"] = np.where(cells["edited"].astype(bool), "fix", "accept")
    table = pd.concat([whole, cells.assign(order=1)]).sort_values(["row", "order", "field"])
    return _typed(table[DECISION_COLUMNS])


def _addition_decisions(added: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Contract `Decisions` of added rows: one line for the row, one per value."""
    whole = added.assign(field="", after=np.nan)
    cells = [added.assign(field=name, after=added[name])[added[name].notna()] for name in phase.fields]
    table = pd.concat([whole, *cells]).assign(before=np.nan)
    return _typed(table.sort_values([*PLACE, "item_id"], kind="stable")[DECISION_COLUMNS])


def _typed(decisions: pd.DataFrame) -> pd.DataFrame:
    return decisions.astype({c: "int64" if c == "source_row" else "str" for c in DECISION_COLUMNS})
