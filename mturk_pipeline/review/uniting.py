"""All sheets together: one decision per row, or none where people disagree."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.review.decision_words import UNDO
from mturk_pipeline.review.problems import problem, problem_table
from mturk_pipeline.review.sheet_says import LAPSED, PLACE, WHEN, Said
from mturk_pipeline.texts.source_place import source_place
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_COLUMNS = ["item_id", "field", "decision", "before", "after", "comment", " since", *PLACE]
_NONE = "\x00"
BETWEEN = " | "  # comments on the same item
# Sheet n's rows become n * _SHEET + row, so that rows of different sheets stay apart.
_SHEET = 2**32


class United(NamedTuple):
    """What all sheets say.

    Contract `Decisions` (with `since`, the number of when each was first seen), added rows, comments, contract
    `ReviewProblems`, item_id of rows that people disagree about, that were answered since they were sent back, and
    whose answers changed since they were decided; and how often files agree.
    """

    decisions: pd.DataFrame
    added: pd.DataFrame
    comments: pd.DataFrame
    problems: pd.DataFrame
    disputed: frozenset[str]
    lapsed: frozenset[str]
    changed: frozenset[str]
    agreement: pd.DataFrame


def unite(said: Sequence[Said], cleaned: pd.DataFrame, phase: PhaseSpec) -> United:
    """What all sheets say about each row, said once; a problem for each row about which they disagree."""
    verdicts = _stacked([s.verdicts for s in said])
    edits = _stacked([s.edits for s in said])
    verdicts[" says"] = _verdict_texts(verdicts, edits, cleaned)
    agreement = _agreement(verdicts)
    standing, lapsed = _without_lapsed(verdicts[_stands(verdicts)])
    agreed, disputed = _agreed(standing)
    agreed = agreed[agreed["decision"] != UNDO]
    additions = _added_with_texts([s.added for s in said], phase)
    added, disputed_additions = _agreed(additions[_stands(additions)])
    added = added[~added[" refused"].astype(bool)]
    comments = _comments(pd.concat([s.comments for s in said]))
    decisions = pd.concat([_decisions(agreed, edits), _addition_decisions(added, phase)])
    problems = problem_table([*_disputes(disputed), *_disputes(disputed_additions)])
    return United(
        decisions.reset_index(drop=True),
        added.drop(columns=[" says", "decision", " refused", *WHEN]).reset_index(drop=True),
        comments,
        pd.concat([*(s.problems for s in said), problems], ignore_index=True),
        frozenset(disputed["item_id"]),
        lapsed,
        frozenset(agreed.loc[agreed[" changed"].astype(bool), "item_id"]),
        agreement,
    )


def _comments(told: pd.DataFrame) -> pd.DataFrame:
    """All that was said of each item, once: a workbook shows what was said so far, and comes back with it."""
    each = told.assign(comment=told["comment"].str.split(BETWEEN, regex=False)).explode("comment")
    each = each[each["comment"].str.strip().ne("")].drop_duplicates()
    return each.groupby("item_id", sort=False)["comment"].agg(BETWEEN.join).reset_index().astype("str")


def _stands(verdicts: pd.DataFrame) -> pd.Series:
    """Whether each verdict still stands.

    One that was known when the workbook of another went out gives way to that: who wrote the other had it in view.
    What only a file says that is not there any more gives way to a later word of one that is, or of another such.
    """
    by_item = verdicts.groupby("item_id")
    known_later = verdicts[" since"] < by_item[" base"].transform("max")
    gone = ~verdicts[" present"].astype(bool)
    later_here = verdicts[" since"].where(~gone).groupby(verdicts["item_id"]).transform("max")
    latest_gone = verdicts[" since"].where(gone).groupby(verdicts["item_id"]).transform("max")
    return ~known_later & ~(gone & ((verdicts[" since"] < later_here) | (verdicts[" since"] < latest_gone)))


def _without_lapsed(verdicts: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[str]]:
    """Verdicts without those that lapsed and what was said before them; item_id of rows where that leaves none."""
    lapsed = verdicts["decision"] == LAPSED
    when = verdicts[" since"].where(lapsed).groupby(verdicts["item_id"]).transform("max")
    standing = verdicts[~lapsed & ~(verdicts[" since"] < when)]
    return standing, frozenset(verdicts.loc[lapsed, "item_id"]) - frozenset(standing["item_id"])


def _agreement(verdicts: pd.DataFrame) -> pd.DataFrame:
    """For each two files how many items both decided, and about how many of them they say the same."""
    table = verdicts.loc[verdicts[" present"].astype(bool), ["source_file", "item_id", " says"]]
    table = table.drop_duplicates(["source_file", "item_id"], keep="last")
    pairs = table.merge(table, on="item_id", suffixes=("", "_other"))
    pairs = pairs[pairs["source_file"] < pairs["source_file_other"]]
    same = pairs[" says"].eq(pairs[" says_other"])
    grouped = same.groupby([pairs["source_file"], pairs["source_file_other"]])
    counts = grouped.agg(["size", "sum"]).set_axis(["both", "same"], axis=1)
    return counts.rename_axis(["file", "other_file"]).reset_index()


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
    differ = verdicts.groupby("item_id")[" says"].transform("nunique") > 1
    return verdicts[~differ].drop_duplicates("item_id").sort_values(PLACE), verdicts[differ]


def _added_with_texts(tables: Sequence[pd.DataFrame], phase: PhaseSpec) -> pd.DataFrame:
    added = pd.concat(tables, ignore_index=True)
    says = pd.Series("", index=added.index, dtype="str")
    for field in phase.fields:
        says = says + "\x1f" + added[field].fillna("")
    texts = says.mask(added[" refused"].astype(bool), "refused")
    return added.assign(**{" says": texts}, decision="add")


def _disputes(verdicts: pd.DataFrame) -> list[dict[str, object]]:
    """One problem per disputed item, at its first place, naming the first place that says otherwise."""
    found = []
    ordered = verdicts.sort_values(["item_id", *PLACE])
    for _, group in ordered.groupby("item_id", sort=False):
        first = group.iloc[0]
        other = group[group[" says"] != first[" says"]].iloc[0]
        sheet = None if pd.isna(first["source_sheet"]) else str(first["source_sheet"])
        there = source_place(other["source_file"], other["source_sheet"], int(other["source_row"]))
        reason = f"{there} says otherwise about the same item, so it stays undecided: decide it in the newest workbook"
        row = int(first["source_row"])
        found.append(problem(first["source_file"], sheet, row, None, "conflicting_decisions", reason))
    return found


def _decisions(agreed: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """Contract `Decisions` of the verdicts: the row's decision, then the fields edited or kept."""
    whole = agreed[agreed["decision"] != ""].assign(field="", before=np.nan, after=np.nan, order=0)
    cells = edits.merge(agreed[["row", "comment", " since", *PLACE]], on="row")
    cells["decision"] = np.where(cells["edited"].astype(bool), "fix", "accept")
    table = pd.concat([whole, cells.assign(order=1)]).sort_values(["row", "order", "field"])
    return _typed(table[_COLUMNS])


def _addition_decisions(added: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Contract `Decisions` of added rows: one line for the row, one per value."""
    whole = added.assign(field="", after=np.nan)
    cells = [added.assign(field=name, after=added[name])[added[name].notna()] for name in phase.fields]
    table = pd.concat([whole, *cells]).assign(before=np.nan)
    return _typed(table.sort_values([*PLACE, "item_id"], kind="stable")[_COLUMNS])


def _typed(decisions: pd.DataFrame) -> pd.DataFrame:
    return decisions.astype({c: "int64" if c in ("source_row", " since") else "str" for c in _COLUMNS})
