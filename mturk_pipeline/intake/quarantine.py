"""Quarantine: rows that cannot be used, by which rule, and what to do, without personal data."""

import json
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa

from mturk_pipeline.intake.column_names import (
    ANSWER,
    INPUT,
    did_you_mean,
    find_column,
    has_answer_column,
    key_columns,
    unmarked,
)
from mturk_pipeline.intake.dialects import Dialect
from mturk_pipeline.intake.lost_cells import damage_of
from mturk_pipeline.intake.row_widths import BrokenRows, broken_rows
from mturk_pipeline.intake.slots import exploded, keys_of
from mturk_pipeline.intake.standardising import Standard
from mturk_pipeline.sheets.arrow import compute
from mturk_pipeline.sheets.limits import Limits
from mturk_pipeline.sheets.text_tables import TextTable
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.vocabulary.assignment_statuses import ASSIGNMENT_STATUSES
from mturk_pipeline.vocabulary.dispositions import NO_ANSWER_COLUMN, NO_KEY_COLUMN
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_LONGEST_SHOWN = 2000
# Columns that the requester fills in, if anybody: the site leaves them off in every row.
_REQUESTER_S = ("Approve", "Reject", "approve", "reject")
_NO_ANSWER = (NO_ANSWER_COLUMN, "is in a file without the phase's answers")


@dataclass
class Verdict:
    """`rule` and `reason` of each row (missing where it is good), and why the file as a whole is of no use."""

    rule: pd.Series
    reason: pd.Series
    problem: str | None = None
    notes: list[str] = field(default_factory=list)

    def set(self, where: pd.Series | np.ndarray, rule: str, reason: str | pd.Series) -> None:
        """Quarantine rows that no earlier rule has."""
        new = np.asarray(where, dtype=bool) & self.rule.isna().to_numpy()
        self.rule[new] = rule
        self.reason[new] = reason[new] if isinstance(reason, pd.Series) else reason


def examine(standard: Standard, table: TextTable, dialect: Dialect, phase: PhaseSpec | None, limits: Limits) -> Verdict:
    """Examine a table's rows rule by rule; the first rule that a row breaks counts."""
    frame = standard.frame
    blank = pd.Series(np.nan, index=frame.index, dtype="str")
    verdict = Verdict(blank, blank.copy())
    if phase is not None:
        _other_phase(verdict, frame, dialect, phase)
    no_id = frame["assignment_id"].isna()
    unanswered = no_id & frame["hit_id"].notna() & dialect.lists_unanswered
    broken = broken_rows(table, dialect, unanswered.to_numpy())
    _damaged(verdict, table, broken, limits)
    if not dialect.makes_ids:
        verdict.set(no_id, "no_assignment", dialect.without_id)
    verdict.set(
        frame["worker_id"].isna(),
        "no_worker",
        "has no worker id: nobody knows whose answer it is; fill it in from the download",
    )
    verdict.set(frame["hit_id"].isna(), "no_hit", "has no HIT id: fill it in from the download")
    for name, whose in (("assignment_id", "assignment"), ("worker_id", "worker"), ("hit_id", "HIT")):
        damage = damage_of(frame[name])
        reason = f"has a {whose} id that names no {whose} (" + damage + "): fill it in from the download"
        verdict.set(damage != "", "damaged_id", reason)
    if phase is not None:
        _no_item(verdict, frame, phase)
    verdict.set(
        ~frame["status"].isin(ASSIGNMENT_STATUSES),
        "unknown_status",
        "has a status other than Submitted, Approved and Rejected: correct it",
    )
    verdict.set(standard.unreadable.notna(), "unreadable_answers", standard.unreadable)
    verdict.notes += _notes_on_short_rows(table, broken.short & verdict.rule.isna().to_numpy())
    return verdict


def _damaged(verdict: Verdict, table: TextTable, broken: BrokenRows, limits: Limits) -> None:
    """Rows whose cells are torn, cut off or too long."""
    place = np.arange(len(table.frame))
    if table.open_quote is not None:
        verdict.set(
            place == table.open_quote,
            "open_quote",
            "opens a quote that is never closed, so that all rows below are part of it: "
            "is the file cut short? Download it again or close the quote",
        )
    counts = pd.Series(table.widths, index=verdict.rule.index).astype("str")
    verdict.set(
        broken.torn,
        "ragged_row",
        "has " + counts + f" cells where the header has {len(table.frame.columns)}: mend its quotes and delimiters",
    )
    verdict.set(
        broken.cut_off,
        "cut_off",
        "is the last row and ends in the middle, unlike the rows above: is the file cut short? Download it again",
    )
    verdict.set(
        _too_long(table.frame, limits.max_cell),
        "huge_cell",
        f"has a cell of more than {limits.max_cell} characters: shorten it",
    )


def _notes_on_short_rows(table: TextTable, short: np.ndarray) -> list[str]:
    """A line about rows that leave off cells at their end, where others have more than Approve and Reject there."""
    columns = list(table.frame.columns)
    left_off = [c for c in columns[int(table.widths[short].min()) :] if c not in _REQUESTER_S] if short.any() else []
    if not left_off:
        return []
    count = int((table.widths[short] <= columns.index(left_off[0])).sum())
    rows = counted(count, "row ends", "rows end")
    return [f"{rows} before the last column, '{columns[-1]}': the cells left off are read as blank"]


def _too_long(frame: pd.DataFrame, longest: int) -> np.ndarray:
    too_long = np.zeros(len(frame), dtype=bool)
    for name in frame.columns:
        lengths = compute.utf8_length(pa.array(frame[name]))
        if (compute.max(lengths).as_py() or 0) > longest:
            too_long |= np.asarray(compute.greater(lengths, longest).fill_null(False))
    return too_long


def _other_phase(verdict: Verdict, frame: pd.DataFrame, dialect: Dialect, phase: PhaseSpec) -> None:
    """All rows of a file without the phase's keys, and of one that answers something, but nothing that it asks.

    No other rule comes before: such a row does not even say that the phase asked about its item.
    """
    names = [f"Input.{column}" for column in phase.key_columns.values()]
    absent = [unmarked(name) for name in names if find_column(frame.columns, name) is None]
    if absent:
        near = did_you_mean(absent[0], map(str, frame.columns), INPUT)
        verdict.problem = f"has no key column {', '.join(absent)}: {dialect.without_keys}{near}"
        verdict.set(verdict.rule.isna(), NO_KEY_COLUMN, f"is in a file without {', '.join(absent)}")
    elif not has_answer_column(phase, frame.columns):
        asked = ", ".join(f"Answer.{c}" for f in phase.fields for c in phase.columns_of(f))[:300]
        verdict.problem = f"has no answer column of this phase ({asked}): is it of another phase?"
        if any(column.startswith(ANSWER) for column in frame.columns):
            verdict.set(verdict.rule.isna(), *_NO_ANSWER)


def _no_item(verdict: Verdict, frame: pd.DataFrame, phase: PhaseSpec) -> None:
    """Rows that do not say which item they are about, or answer nothing, in a file without answers."""
    if verdict.problem:
        verdict.set(verdict.rule.isna(), *_NO_ANSWER)
    if phase.has_slots:
        _without_items(verdict, frame, phase)
    for key in key_columns(phase):
        if key in frame.columns:
            blank = frame[key].fillna("").str.strip() == ""
            verdict.set(blank, "no_key", f"has a blank {key}: fill in which item it is about")
            damage = damage_of(frame[key])
            reason = f"has a {key} that names no item (" + damage + "): write in what it was"
            verdict.set(damage != "", "damaged_key", reason)


def _without_items(verdict: Verdict, frame: pd.DataFrame, phase: PhaseSpec) -> None:
    """Rows none of whose slots names an item."""
    slots = exploded(frame, phase.key_columns)
    keys = keys_of(slots, phase.keys)
    named = frame.index.isin(slots.index[keys.filled & (keys.damage == "")])
    damage = keys.damage[keys.damage != ""]
    words = damage[~damage.index.duplicated()].reindex(frame.index).fillna("")
    columns = ", ".join(INPUT + column for column in phase.key_columns.values())
    verdict.set(~named & (words == ""), "no_key", f"has no slot with {columns}: fill in which items it is about")
    reason = f"has no slot whose {columns} names an item (" + words + "): write in what it was"
    verdict.set(~named & (words != ""), "damaged_key", reason)


def rows_as_json(table: TextTable, positions: np.ndarray) -> list[str]:
    """Whole rows as the file had them, one JSON object each; very long cells are cut and say so."""
    rows = table.frame.iloc[positions]
    for name in rows.columns:
        cells = rows[name]
        long = cells.str.len() > 100 * _LONGEST_SHOWN
        if long.any():
            cut = cells.str.slice(0, _LONGEST_SHOWN) + "… (cut: " + cells.str.len().astype("str") + " characters)"
            rows = rows.assign(**{name: cells.mask(long, cut)})
    if not len(rows):
        return []
    # A bare quote never stands within a JSON text, so this parts rows and nothing else (lines=True is slow).
    content = rows.to_json(orient="records", force_ascii=False)
    texts = ['{"' + row + "}" for row in content[3:-2].split('},{"')]
    for i, position in enumerate(positions if table.surplus else []):
        if position in table.surplus:
            row = json.loads(texts[i])
            row["(cells beyond the header)"] = table.surplus[position]
            texts[i] = json.dumps(row, ensure_ascii=False)
    return texts
