"""Input list of the first phase, as people keep it in any spreadsheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mturk_pipeline.intake.column_names import unmarked
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.lost_cells import damage_of
from mturk_pipeline.intake.mended_cells import damage_lines, mended_list
from mturk_pipeline.intake.taken_offers import is_taken_rework
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.reader import read_file
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.vocabulary.file_rules import NO_TABLE, UNREADABLE_FILE
from mturk_pipeline.workflow.phase_spec import INPUT_MARK, PhaseSpec

ROWS = "rows_left_out"
_ORIGIN = ["source_file", "source_row"]


@dataclass(frozen=True)
class InputList:
    """Items of a phase's input files."""

    # One row per item: `item_id`, the files' own columns as text (headers trimmed, an "Input." prefix taken off, keys
    # named as the phase names them), `source_file`, `source_row`. The first of several rows with the same keys counts.
    items: pd.DataFrame
    # `source_file`, `reason`, `rule`: files that cannot be read or lack a key column (rules of whole files), and rows
    # without a key or with one that a spreadsheet damaged (`rows_left_out`)
    problems: pd.DataFrame
    notes: tuple[str, ...] = ()  # Lines that begin with a file's name: titles left out, damage undone


def read_input(files: Sequence[Path], phase: PhaseSpec) -> InputList:
    """Read and unite the files that list what to ask about; never raises for what is wrong with a file."""

    def has_keys(names: Sequence[str]) -> bool:
        return set(phase.keys) <= set(_column_names(names, phase))

    notes: list[str] = []
    parts: list[pd.DataFrame] = []
    problems: list[tuple[str, str, str]] = []
    for path in sorted(files, key=lambda p: p.name):
        # As text that can be written: bytes that are no UTF-8 become '\ufffd'.
        name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        try:
            tables = read_file(path, Limits(), has_keys).tables
        except UnreadableFileError as error:
            problems.append((name, f"{name} {error}", UNREADABLE_FILE))
            continue
        # A copy of rework asks again about what the list has already.
        lists = [table for table in tables if not is_taken_rework(table.frame.columns)]
        if not lists:
            continue
        mended = [mended_list(table.frame, phase.keys) for table in lists]
        notes += [
            f"{name}: {line}" for t, m in zip(lists, mended, strict=True) for line in (*t.notes, *damage_lines(m))
        ]
        usable = [_named(m.frame, table.numbers.tolist(), phase) for table, m in zip(lists, mended, strict=True)]
        kept = [part for part in usable if set(phase.keys) <= set(part.columns)]
        if not kept:
            wanted = ", ".join(map(unmarked, phase.keys))
            problem = f"{name} has no column {wanted}: name the column so in its first row"
            problems.append((name, problem, NO_TABLE))
        for part in kept:
            keys = part[list(phase.keys)]
            blank = (keys.fillna("") == "").any(axis=1)
            damaged = (keys.apply(damage_of) != "").any(axis=1) & ~blank
            problems += [(name, line, ROWS) for line in _left_out(name, part["source_row"], blank, "without a key")]
            wrong = "whose key a spreadsheet made a date, a short number or an error"
            problems += [(name, line, ROWS) for line in _left_out(name, part["source_row"], damaged, wrong)]
            parts.append(part[~(blank | damaged)].assign(source_file=name))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*phase.keys, *_ORIGIN], dtype="str")
    table.insert(0, "item_id", item_ids(table[list(phase.keys)]))
    table = table.drop_duplicates("item_id", ignore_index=True)
    problem_table = pd.DataFrame(problems, columns=["source_file", "reason", "rule"], dtype="str")
    return InputList(table.astype({"source_row": "int64"}), problem_table, tuple(notes))


def _left_out(name: str, numbers: pd.Series, where: pd.Series, why: str) -> list[str]:
    """A line that names the first rows that are left out; none where no row is."""
    rows = ", ".join(str(n) for n in numbers[where].head(5))
    return [f"{name}: {int(where.sum())} rows {why} are left out (row {rows})"] if rows else []


def _column_names(headers: Iterable[str], phase: PhaseSpec) -> list[str]:
    """What columns are called; one that is no key and called as one of the table's own has a mark behind its name."""
    names = [str(column).strip() for column in headers]
    names = [name[6:] if name.casefold().startswith("input.") else name for name in names]
    keys = {plain_name(k): k for k in phase.keys}
    present = {plain_name(name) for name in names}
    keys |= {plain_name(unmarked(k)): k for k in phase.keys if plain_name(k) not in present}
    named = [keys.get(plain_name(name), name) for name in names]
    return [name + INPUT_MARK if name in ("item_id", *_ORIGIN) else name for name in named]


def _named(frame: pd.DataFrame, rows: Sequence[int], phase: PhaseSpec) -> pd.DataFrame:
    """The table with its columns trimmed and its keys called as the phase calls them, whatever their case."""
    table = frame.astype("str").set_axis(_column_names(frame.columns, phase), axis=1)
    table = table.loc[:, ~table.columns.duplicated()].reset_index(drop=True)
    return table.assign(source_row=pd.Series(rows, dtype="int64"))
