"""Rows of several files -> one row per assignment: later states replace earlier ones, contradictions are set apart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from mturk_pipeline.intake.same_cells import clear_text
from mturk_pipeline.sheets.arrow import compute
from mturk_pipeline.texts.source_place import source_places
from mturk_pipeline.vocabulary.assignment_statuses import SUBMITTED
from mturk_pipeline.vocabulary.dispositions import SUPERSEDED

# What belongs to the requester's side may change from download to download; the rest may not.
_CHANGING = frozenset({"status", "approved_at", "rejected_at", "requester_feedback"})
_NOT_FILLED = _CHANGING | {"assignment_id", "batch_id", "mended", "part", "place", "file_rank", "group"}
_NOT_FILLED |= {"source_file", "source_sheet", "source_row"}
_SHOWN = 6

# Column -> number of an assignment's group -> the text of a cell that is damaged in some of its rows.
Clear = dict[str, dict[int, str]]


@dataclass
class UniqueAssignments:
    """`kept` has one row per assignment; `superseded` and `conflicting` the others, with `rule` and `reason`."""

    kept: pd.DataFrame
    superseded: pd.DataFrame
    conflicting: pd.DataFrame


def unite(rows: pd.DataFrame, columns_of_part: list[frozenset[str]]) -> UniqueAssignments:
    """Reduce rows to one per AssignmentId.

    Rows of one assignment agree if worker, inputs and answers are the same (`{}` is a blank, any line ends), or one
    is what a spreadsheet made of the other: then the undamaged text counts. Of rows that agree, the later state
    counts: decided after submitted, then time of decision, then file.

    Parameters
    ----------
    rows
        Good rows of all tables, with `part` (which table), `file_rank` (a later file has a higher one) and
        `source_row`; unique index.
    columns_of_part
        The Input.* and Answer.* columns that each table has: a column that a table lacks contradicts nothing.
    """
    repeated = rows["assignment_id"].duplicated(keep=False)
    if not repeated.any():
        return UniqueAssignments(rows, _told(rows.iloc[:0], "", ""), _told(rows.iloc[:0], "", ""))
    same = rows[repeated].copy()
    same["group"] = pd.factorize(same["assignment_id"])[0]
    same = _latest_first(same)
    clear: Clear = {}
    kinds = _contradictions(same, columns_of_part, clear)
    bad = same["group"].isin(list(kinds.index))
    conflicting = _conflicting(same[bad], kinds)
    agreeing = same[~bad]
    first = ~agreeing["group"].duplicated()
    winners, losers = agreeing[first], agreeing[~first]
    superseded = _superseded(losers, winners)
    cleared = _cleared(_filled(winners, losers), clear)
    kept = pd.concat([rows[~repeated], cleared]).sort_index()
    return UniqueAssignments(kept.drop(columns="group"), superseded, conflicting)


def _latest_first(same: pd.DataFrame) -> pd.DataFrame:
    """Rows by assignment, the latest state of each first; the same whatever order the files came in."""
    decided = (same["status"] != SUBMITTED).astype("int8")
    times = same[["approved_at", "rejected_at"]].max(axis=1)
    order = pd.DataFrame(
        {
            "group": same["group"],
            "decided": -decided,
            "time": -times.astype("int64").where(times.notna(), -(2**62)),
            "file": -same["file_rank"],
            "part": -same["part"],
            "row": -same["source_row"],
        }
    )
    return same.loc[order.sort_values(list(order.columns)).index]


def _contradictions(same: pd.DataFrame, columns_of_part: list[frozenset[str]], clear: Clear) -> pd.Series:
    """Assignments (group number -> "worker", "inputs", "answers" …) whose rows cannot all be true.

    `clear` takes up, by column and group number, the text of a cell that is damaged in some of the rows.
    """
    group, part = same["group"].to_numpy(), same["part"].to_numpy()
    kinds_of: dict[int, dict[str, None]] = {}
    contents = [c for c in same.columns if c.startswith(("Input.", "Answer."))]
    for name in ["worker", *contents]:
        kind = name if name == "worker" else "inputs" if name.startswith("Input.") else "answers"
        has = np.array([name == "worker" or name in columns for columns in columns_of_part])[part]
        for g in np.unique(_differing(same[name], group, has, clear.setdefault(name, {}))):
            kinds_of.setdefault(int(g), {})[kind] = None
    return pd.Series({g: " and ".join(kinds) for g, kinds in kinds_of.items()}, dtype="str")


def _differing(values: pd.Series, group: np.ndarray, has: np.ndarray, clear: dict[int, str]) -> np.ndarray:
    """Group numbers in which the values of rows that have the column are not all the same.

    Where one is the other damaged, the undamaged text goes into `clear` under the group's number.
    """
    numbers = group[has]
    if len(numbers) < 2:
        return numbers[:0]
    texts = pa.array(values[has], pa.large_string(), from_pandas=True)
    cells = pa.chunked_array([texts]).combine_chunks().fill_null("")
    neighbours = numbers[1:] == numbers[:-1]
    unlike = np.asarray(compute.not_equal(cells[1:], cells[:-1]))
    at = np.flatnonzero(neighbours & unlike)
    if not len(at):
        return numbers[:0]
    before, after = _plain(cells.take(pa.array(at))), _plain(cells.take(pa.array(at + 1)))
    unlike = np.flatnonzero(np.asarray(before != after))
    differing = []
    for g, a, b in zip(numbers[at[unlike]].tolist(), before.iloc[unlike], after.iloc[unlike], strict=True):
        text = clear_text(clear.get(g, str(a)), str(b))
        if text is None:
            differing.append(g)
        else:
            clear[g] = text
    return np.array(differing, dtype=numbers.dtype)


def _plain(cells: pa.Array) -> pd.Series:
    """Cells as they are compared: `{}` is Mechanical Turk's blank, and a spreadsheet rewrites line ends."""
    texts = pd.Series(pd.array(cells, dtype="str")).str.replace("\r\n", "\n").str.replace("\r", "\n")
    return texts.mask(texts.str.strip().isin(["", "{}"]), "")


def _filled(winners: pd.DataFrame, losers: pd.DataFrame) -> pd.DataFrame:
    """`winners` with what only the other rows of the assignment tell (their file has more columns)."""
    changed: dict[str, pd.Series] = {}
    group = losers["group"]
    for name in winners.columns.difference([*_NOT_FILLED]):
        cells, others = winners[name], losers[name].set_axis(group).dropna()
        if len(others) and cells.isna().any():
            fill = winners["group"].map(others[~others.index.duplicated()])
            changed[name] = cells.fillna(fill.astype(cells.dtype))
    return winners.assign(**changed)


def _cleared(winners: pd.DataFrame, clear: Clear) -> pd.DataFrame:
    """`winners` with the undamaged text in cells that a spreadsheet damaged in some of an assignment's rows."""
    changed: dict[str, pd.Series] = {}
    for name, texts in clear.items():
        if texts and name != "worker":
            known = winners["group"].map(pd.Series(texts, dtype="str")).astype("str")
            whole = known.fillna(winners[name])
            changed[name] = whole.mask(whole == "")
    return winners.assign(**changed)


def _superseded(losers: pd.DataFrame, winners: pd.DataFrame) -> pd.DataFrame:
    place = source_places(winners).set_axis(winners["group"])
    later = losers["group"].map(place).astype("str")
    return _told(losers, SUPERSEDED, "is the same assignment as " + later + ", which counts instead")


def _conflicting(rows: pd.DataFrame, kinds: pd.Series) -> pd.DataFrame:
    """Each contradicting row with the places of all of its assignment."""
    ordered = rows.assign(place_text=source_places(rows)).sort_values(["group", "source_file", "part", "source_row"])
    groups = ordered.groupby("group", sort=False)["place_text"]
    first = ordered[groups.cumcount() < _SHOWN]
    shown = first.groupby("group", sort=False)["place_text"].agg("; ".join).astype("str")
    more = (groups.size() - _SHOWN).clip(lower=0)
    text = shown.where(more == 0, shown + "; and " + more.astype("str") + " more")
    group = rows["group"]
    reason = "one AssignmentId with other " + group.map(kinds).astype("str") + " in " + group.map(text).astype("str")
    reason += ": none counts until the wrong rows are taken out"
    return _told(rows, "conflict", reason)


def _told(rows: pd.DataFrame, rule: str, reason: str | pd.Series) -> pd.DataFrame:
    texts = {"rule": pd.Series(rule, index=rows.index, dtype="str")}
    texts["reason"] = reason if isinstance(reason, pd.Series) else pd.Series(reason, index=rows.index, dtype="str")
    return rows.assign(**texts)
