"""Merged decisions of all sheets: one per row, or none where people disagree."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.contracts.review import Decisions
from mturk_pipeline.review.decision_words import UNDO
from mturk_pipeline.review.problems import problem, problem_table
from mturk_pipeline.review.sheet_entries import LAPSED, PLACE, WHEN, SheetEntries
from mturk_pipeline.review.shown_values import cell_texts
from mturk_pipeline.texts.source_place import source_place
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# A number stands for when each was first seen, until the moment is known.
_COLUMNS = [" since" if name == "decided_at" else name for name in Decisions.names()]
_NONE = "\x00"
_AT = ["at_sheet", "at_row"]  # of a cell that stands elsewhere than its row
BETWEEN = " | "  # comments on the same item
# Sheet n's rows become n * _SHEET + row, so that rows of different sheets stay apart.
_SHEET = 2**32


class United(NamedTuple):
    """Merged contents of all sheets.

    Contract `Decisions` (with `since`, the number of when each was first seen), the cells that those who decided saw
    and left (item_id, field, cell), added rows, comments, contract `ReviewProblems`, how often files agree, and item_id
    of rows to look at again (why: people disagree, answered since it was sent back, answers changed since).
    """

    decisions: pd.DataFrame
    seen: pd.DataFrame
    added: pd.DataFrame
    comments: pd.DataFrame
    problems: pd.DataFrame
    agreement: pd.DataFrame
    look_again: pd.DataFrame


def unite(entries: Sequence[SheetEntries], phase: PhaseSpec) -> United:
    """Merge the entries on each row; a problem for each row about which they disagree."""
    verdicts = _stacked([s.verdicts for s in entries])
    edits, seen = _stacked([s.edits for s in entries]), _stacked([s.seen for s in entries])
    edits = edits[edits["edited"].astype(bool)]
    cells = _cells_told(edits, seen, phase)
    standing, lapsed = _without_lapsed(verdicts[_stands(verdicts)])
    against = _against_each_other(standing, cells)
    standing = standing[~standing["item_id"].isin(against["item_id"]) & (standing["decision"] != UNDO)]
    agreed = standing.sort_values(["decision", *PLACE], ascending=[False, True, True, True])
    agreed = agreed.drop_duplicates("item_id").sort_values(PLACE)
    additions = _added_with_texts([s.added for s in entries], phase)
    added, disputed_additions = _agreed(additions[_stands(additions)])
    added = added[~added[" refused"].astype(bool)]
    comments = _comments(pd.concat([s.comments for s in entries]))
    edits = edits[edits["row"].isin(standing["row"])].drop_duplicates(["item_id", "field"])
    decisions = pd.concat([_decisions(agreed, standing, edits), _addition_decisions(added, phase)])
    problems = problem_table([*_disputes(against), *_disputes(_first_pairs(disputed_additions))])
    changed = agreed.loc[agreed[" changed"].astype(bool), "item_id"]
    look_again = [
        (item, why)
        for why, items in (("disputed", against["item_id"]), ("lapsed", sorted(lapsed)), ("changed", changed))
        for item in items
    ]
    return United(
        decisions.reset_index(drop=True),
        seen.loc[seen["row"].isin(standing["row"]) & seen["left"], ["item_id", "field", "cell"]].reset_index(drop=True),
        added.drop(columns=[" says", "decision", " refused", *WHEN]).reset_index(drop=True),
        comments,
        pd.concat([*(s.problems for s in entries), problems], ignore_index=True),
        _agreement(verdicts, cells),
        pd.DataFrame(look_again, columns=["item_id", "why"], dtype="str"),
    )


def _comments(comments: pd.DataFrame) -> pd.DataFrame:
    """Comments on each item, each once: a workbook shows the earlier ones, and comes back with them."""
    each = comments.assign(comment=comments["comment"].str.split(BETWEEN, regex=False)).explode("comment")
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


def _agreement(verdicts: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """For each two files how many items both decided, and about how many of them they say the same."""
    table = verdicts[verdicts[" present"].astype(bool)]
    pairs = _pairs(table.drop_duplicates(["source_file", "item_id"], keep="last"))
    same = ~_differ(pairs, cells)
    grouped = same.groupby([pairs["source_file"], pairs["source_file_other"]])
    counts = grouped.agg(["size", "sum"]).set_axis(["both", "same"], axis=1)
    return counts.rename_axis(["file", "other_file"]).reset_index()


def _cells_told(edits: pd.DataFrame, seen: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Each row's value of each field, equal where it means the same: row, field, text, and where an edit stands."""
    parts = [edits.assign(text=cell_texts(edits["after"]).mask(edits["after"].isna(), _NONE))]
    for name, here in seen.groupby("field", sort=False):
        nones = phase.fields[str(name)].nones
        parts.append(here.assign(text=here["cell"].mask(here["cell"].str.casefold().isin(nones), _NONE)))
    return pd.concat(parts)[["row", "field", "text", *_AT]]


def _pairs(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Each two verdicts on the same item, in the order of their places; the second's columns end in _other."""
    several = verdicts[verdicts["item_id"].duplicated(keep=False)].sort_values(PLACE)
    table = several[["item_id", "row", "decision", *PLACE]].assign(order=range(len(several)))
    pairs = table.merge(table, on="item_id", suffixes=("", "_other"))
    return pairs[pairs["order"] < pairs["order_other"]].reset_index(drop=True)


def _differ(pairs: pd.DataFrame, cells: pd.DataFrame) -> pd.Series:
    """Whether the two verdicts of each pair contradict each other.

    Accepting and fixing do where both say something of a field and not the same; the other decisions say nothing
    about values.
    """
    kinds = _kinds(pairs)
    return (kinds[0] != kinds[1]) | pairs.index.isin(_other_values(pairs, cells)["pair"])


def _kinds(pairs: pd.DataFrame) -> list[pd.Series]:
    """What both verdicts of each pair decide: "good" where they accept or fix."""
    return [
        pairs[name].mask(pairs[name].isin(["", "accept", "fix"]), "good") for name in ("decision", "decision_other")
    ]


def _other_values(pairs: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Pairs of which both accept or fix (pair) and fields of which they hold different values, with their places."""
    kinds = _kinds(pairs)
    good = pairs.loc[(kinds[0] == "good") & (kinds[1] == "good"), ["row", "row_other"]].reset_index(names="pair")
    second = cells.set_axis(["row_other", "field", *(f"{name}_other" for name in ("text", *_AT))], axis=1)
    shared = good.merge(cells, on="row").merge(second, on=["row_other", "field"])
    return shared[shared["text"] != shared["text_other"]]


def _against_each_other(standing: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Per item about which people disagree the first two rows that do, as `_pairs` gives them.

    Where they hold different values, the places are those of the cells, and `field` is the first of these.
    """
    pairs = _pairs(standing)
    against = pairs[_differ(pairs, cells)].drop_duplicates("item_id")
    values = _other_values(against, cells).sort_values(["pair", "field"]).drop_duplicates("pair").set_index("pair")
    values = values.reindex(against.index)
    places = {}
    for end in ("", "_other"):
        apart = values[f"at_row{end}"].notna()
        for name in ("sheet", "row"):
            cell, row = values[f"at_{name}{end}"], against[f"source_{name}{end}"]
            places[f"source_{name}{end}"] = row.where(~apart, cell)
    return against.assign(**places, field=values["field"])


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([t.assign(row=t["row"] + n * _SHEET) for n, t in enumerate(tables)], ignore_index=True)


def _agreed(added: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row for each that was added, and all rows of those that are disputed."""
    differ = added.groupby("item_id")[" says"].transform("nunique") > 1
    return added[~differ].sort_values(PLACE).drop_duplicates("item_id"), added[differ]


def _added_with_texts(tables: Sequence[pd.DataFrame], phase: PhaseSpec) -> pd.DataFrame:
    added = pd.concat(tables, ignore_index=True)
    says = pd.Series("", index=added.index, dtype="str")
    for field in phase.fields:
        says = says + "\x1f" + added[field].fillna("")
    texts = says.mask(added[" refused"].astype(bool), "refused")
    return added.assign(**{" says": texts}, decision="add")


def _first_pairs(disputed: pd.DataFrame) -> pd.DataFrame:
    """Per item its first row and the first that says otherwise, as `_pairs` gives them."""
    rows = disputed.sort_values(PLACE).drop_duplicates(["item_id", " says"])[["item_id", *PLACE]]
    first = rows.drop_duplicates("item_id")
    others = rows.drop(index=first.index).drop_duplicates("item_id")
    return first.merge(others, on="item_id", suffixes=("", "_other"))


def _disputes(pairs: pd.DataFrame) -> list[dict[str, object]]:
    """One problem per disputed item, at its first place, naming the first place that says otherwise.

    `pairs` may have the column field: what they say otherwise; missing for the whole row.
    """
    problems = []
    for pair in pairs.to_dict("records"):
        sheet = None if pd.isna(pair["source_sheet"]) else str(pair["source_sheet"])
        place = source_place(pair["source_file_other"], pair["source_sheet_other"], int(pair["source_row_other"]))
        reason = f"{place} says otherwise about the same item, so it stays undecided: decide it in the newest workbook"
        row, field = int(pair["source_row"]), pair.get("field")
        column = None if pd.isna(field) else str(field)
        problems.append(problem(pair["source_file"], sheet, row, column, "conflicting_decisions", reason))
    return problems


def _decisions(agreed: pd.DataFrame, standing: pd.DataFrame, edits: pd.DataFrame) -> pd.DataFrame:
    """Contract `Decisions` of the verdicts: each item's decision, then the fields edited."""
    whole = agreed[agreed["decision"] != ""].assign(field="", before=np.nan, after=np.nan, seen=True)
    cells = edits.drop(columns="edited").merge(standing[["row", "comment", " since", *PLACE]], on="row")
    elsewhere = cells["at_row"].notna()
    cells["source_sheet"] = cells["at_sheet"].where(elsewhere, cells["source_sheet"])
    cells["source_row"] = cells["at_row"].where(elsewhere, cells["source_row"])
    table = pd.concat([whole, cells.assign(decision="fix")])
    return _typed(table.sort_values([*PLACE, "field"], kind="stable")[_COLUMNS])


def _addition_decisions(added: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Contract `Decisions` of added rows: one line for the row, one per value."""
    whole = added.assign(field="", after=np.nan).drop(columns=list(phase.fields))
    filled = [(name, added[name].notna()) for name in phase.fields]
    cells = [whole[here].assign(field=name, after=added.loc[here, name]) for name, here in filled if here.any()]
    table = pd.concat([whole, *cells]).assign(before=np.nan, seen=True)
    return _typed(table.sort_values([*PLACE, "item_id"], kind="stable")[_COLUMNS])


def _typed(decisions: pd.DataFrame) -> pd.DataFrame:
    types = {**dict.fromkeys(_COLUMNS, "str"), "source_row": "int64", " since": "int64", "seen": "bool"}
    return decisions.astype(types)
