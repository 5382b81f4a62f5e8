"""Input list of the first phase, as people keep it in any spreadsheet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mturk_pipeline.intake.column_names import INPUT, find_column, unmarked, with_prefix
from mturk_pipeline.intake.dialects import recognise
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.lost_cells import damage_of
from mturk_pipeline.intake.mended_cells import damage_lines, mended_list
from mturk_pipeline.intake.slots import HIT_SLOT, exploded, slot_numbers
from mturk_pipeline.intake.taken_offers import is_taken_rework
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.reader import read_file
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.texts.source_place import source_place
from mturk_pipeline.vocabulary.file_rules import NO_TABLE, UNREADABLE_FILE
from mturk_pipeline.workflow.phase_spec import INPUT_MARK, PhaseSpec
from mturk_pipeline.workflow.slot_names import SLOT

ROWS = "rows_left_out"
_ORIGIN = ["source_file", "source_row"]


@dataclass(frozen=True)
class InputList:
    """Items of a phase's input files."""

    # One row per item: `item_id`, the files' own columns as text (headers trimmed, an "Input." prefix taken off, keys
    # named as the phase names them), `source_file`, `source_row`. The first of several rows with the same keys counts.
    items: pd.DataFrame
    # `source_file`, `reason`, `rule`: files that cannot be read, hold results or lack a key column (rules of whole
    # files), and sheets with results and rows without a key or with one that a spreadsheet damaged (`rows_left_out`)
    problems: pd.DataFrame
    notes: tuple[str, ...] = ()  # Lines that begin with a file's name: titles left out, damage undone
    # Numbers of the slots that lists have which stand as they are uploaded, several items in a row
    slots: tuple[int, ...] = ()


def read_input(files: Sequence[Path], phase: PhaseSpec, results_folder: str = "the folder of results") -> InputList:
    """Read and unite the files that list what to ask about; never raises for what is wrong with a file.

    Result files are no lists: they are named, with `results_folder` as the place for them. Of a phase whose HITs ask
    about several items a list has an item in each row, or a HIT with numbered columns.
    """

    def has_keys(names: Sequence[str]) -> bool:
        named = _column_names(names, phase)
        return set(phase.keys) <= set(named) or (phase.has_slots and _is_packed(named, phase))

    notes: list[str] = []
    numbers: set[int] = set()
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
        results = [table for table in tables if _is_result_table(table.frame.columns)]
        for table in results:
            place = source_place(name, table.sheet if len(tables) > 1 else None)
            problem = f"{place}: holds results, which are no list to ask about: put the file into {results_folder}"
            problems.append((name, problem, NO_TABLE if len(results) == len(tables) else ROWS))
        # A copy of rework asks again about what the list has already.
        lists = [t for t in tables if not (_is_result_table(t.frame.columns) or is_taken_rework(t.frame.columns))]
        if not lists:
            continue
        mended = [mended_list(table.frame, {*phase.keys, *phase.key_columns.values()}) for table in lists]
        notes += [
            f"{name}: {line}" for t, m in zip(lists, mended, strict=True) for line in (*t.notes, *damage_lines(m))
        ]
        usable = [_named(m.frame, table.numbers.tolist(), phase) for table, m in zip(lists, mended, strict=True)]
        if phase.has_slots:
            headers = [f"{INPUT}{name}" for part in usable for name in part.columns]
            numbers |= set(slot_numbers(headers, phase.key_columns))
            usable = [_one_item_a_row(part, phase) for part in usable]
        kept = [part for part in usable if set(phase.keys) <= set(part.columns)]
        if not kept:
            wanted = ", ".join(map(unmarked, phase.key_columns.values()))
            problem = f"{name} has no column {wanted}: name the column so in its first row"
            problems.append((name, problem, NO_TABLE))
        for part in kept:
            good, lines = _usable(name, part, phase)
            parts.append(good)
            problems += [(name, line, ROWS) for line in lines]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*phase.keys, *_ORIGIN], dtype="str")
    table.insert(0, "item_id", item_ids(table[list(phase.keys)]))
    table = table.drop_duplicates("item_id", ignore_index=True)
    problem_table = pd.DataFrame(problems, columns=["source_file", "reason", "rule"], dtype="str")
    return InputList(table.astype({"source_row": "int64"}), problem_table, tuple(notes), tuple(sorted(numbers)))


def _usable(name: str, part: pd.DataFrame, phase: PhaseSpec) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a file that name an item, and lines on the others."""
    keys = part[list(phase.keys)]
    blank = (keys.fillna("") == "").any(axis=1)
    damaged = (keys.apply(damage_of) != "").any(axis=1) & ~blank
    wrong = "whose key a spreadsheet made a date, a short number or an error"
    lines = _left_out(name, part["source_row"], blank, "without a key")
    lines += _left_out(name, part["source_row"], damaged, wrong)
    return part[~(blank | damaged)].assign(source_file=name), lines


def _is_result_table(columns: Iterable[str]) -> bool:
    """Whether a table is of a result file; a list may have columns called HITId, AssignmentId and WorkerId as well."""
    names = list(columns)
    dialect = recognise(names)
    inputs = any(with_prefix(name).startswith(INPUT) for name in names)
    return dialect is not None and (inputs or dialect.has_answers(names))


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


def _is_packed(names: Iterable[str], phase: PhaseSpec) -> bool:
    """Whether a list stands as it is uploaded: a HIT in each row, its items in numbered columns."""
    columns = [INPUT + name for name in names]
    return all(find_column(columns, column) is not None for column in phase.key_columns.values())


def _one_item_a_row(part: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """A list with one item in each row; what it says of the item stands under a name with `{i}`, for it is numbered."""
    if not _is_packed(part.columns, phase):
        own = {*phase.keys, *_ORIGIN}
        names = {c: f"{c}_{SLOT}" for c in part.columns if c not in own and SLOT not in c}
        return part.rename(columns=names)
    inputs = part.drop(columns=[c for c in _ORIGIN if c in part]).rename(columns=lambda c: INPUT + c)
    slots = exploded(inputs, phase.key_columns).drop(columns=HIT_SLOT)
    blank = inputs[~inputs.index.isin(slots.index)].reindex(columns=slots.columns)
    rows = pd.concat([slots, blank]).rename(columns=lambda c: c.removeprefix(INPUT))
    return rows.assign(source_row=part["source_row"].loc[rows.index].to_numpy()).reset_index(drop=True)
