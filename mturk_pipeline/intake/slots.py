"""Slots of a HIT: where a key's column holds `{i}`, each numbered place of a row is an item of its own.

Raw output keeps one row per assignment, for an assignment is paid and settled once. Whatever is about items looks at
slots: the same table with a row for each assignment and slot that asks about something. There a key has its own name
(`Input.adj`), and the other numbered columns stand under their name with `{i}` (`Answer.mood_{i}`, `Input.tweet_{i}`).
Columns without a number belong to the whole HIT and stand beside each of its slots.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.intake.column_names import ANSWER, INPUT, bare, find_column, hit_slot, slot
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.lost_cells import damage_of
from mturk_pipeline.texts.source_place import source_place
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.slot_names import RECORD, SLOT, numbered, slot_name

# The number of a row's slot; no column of a file begins with a space.
HIT_SLOT = " hit_slot"
_DIGITS = re.compile(r"(?<!\d)\d{1,4}(?!\d)")


class Keys(NamedTuple):
    """Whether each row names an item by all its keys, and what a spreadsheet did to one of them ('' for nothing)."""

    filled: pd.Series
    damage: pd.Series


def columns_of_keys(keys: Sequence[str] | Mapping[str, str]) -> Mapping[str, str]:
    """Columns of keys by name, from those or from the names alone."""
    return keys if isinstance(keys, Mapping) else {key: key for key in keys}


def has_slots(keys: Mapping[str, str]) -> bool:
    """Whether a key's column holds the number of a slot."""
    return any(SLOT in column for column in keys.values())


def slots_of(assignments: pd.DataFrame, phase: PhaseSpec, *, twice: bool = False) -> pd.DataFrame:
    """Raw output as a row per assignment and item: `assignments` itself for a phase without slots.

    Slots without a key, or with one that a spreadsheet damaged, are no items (`slot_notes` names them). Where two
    slots of an assignment ask about the same item, the first is its row; with `twice` both are there.
    """
    if not phase.has_slots or HIT_SLOT in assignments:
        return assignments
    return items_in(assignments, phase.key_columns, _of_fields(phase), twice=twice)


def items_in(
    assignments: pd.DataFrame, keys: Mapping[str, str], others: Sequence[str] = (), *, twice: bool = False
) -> pd.DataFrame:
    """The same from columns of keys with slots, and other columns that hold `{i}`, with prefix."""
    table = exploded(assignments, keys, others)
    named = keys_of(table, keys)
    table = table[named.filled & (named.damage == "")].reset_index(drop=True)
    table["item_id"] = item_ids(table[[INPUT + key for key in keys]])
    return table if twice else table.drop_duplicates(["assignment_id", "item_id"], ignore_index=True)


def exploded(table: pd.DataFrame, keys: Mapping[str, str], others: Sequence[str] = ()) -> pd.DataFrame:
    """Rows of `table` (columns with prefix) once for each slot of which one of the numbered keys is filled.

    `keys` are the columns of keys by name, `others` those of fields that hold `{i}`, with prefix. The index is that of
    `table`.
    """
    columns = list(map(str, table.columns))
    places = _places(columns, keys, others)
    numbers = slot_numbers(columns, keys)
    asked = np.zeros((len(table), len(numbers)), dtype=bool)
    for name in (INPUT + key for key, column in keys.items() if SLOT in column):
        for at, number in enumerate(numbers):
            if column := places[name].get(number):
                asked[:, at] |= (table[column].astype("str").fillna("").str.strip() != "").to_numpy()
    row, at = np.nonzero(asked)
    number_of = np.array(numbers, dtype=np.int64)[at]
    shared = table.drop(columns=list({c for columns_of in places.values() for c in columns_of.values()}))
    spread = {name: _spread(table, columns_of, row, number_of) for name, columns_of in places.items()}
    out = shared.iloc[row]
    return pd.concat([out, pd.DataFrame(spread, index=out.index)], axis=1).assign(**{HIT_SLOT: number_of})


def _spread(table: pd.DataFrame, columns: Mapping[int, str], row: np.ndarray, number: np.ndarray) -> pd.Series:
    """The cells of numbered columns, one for each place (row, number)."""
    cells = np.full(len(row), np.nan, dtype=object)
    for of, column in columns.items():
        here = np.flatnonzero(number == of)
        cells[here] = table[column].to_numpy(dtype=object)[row[here]]
    return pd.Series(cells, index=table.index[row], dtype="str")


def slot_numbers(columns: Iterable[str], keys: Mapping[str, str]) -> list[int]:
    """Numbers of the slots that input columns (with prefix) have, in order.

    >>> slot_numbers(["Input.adj_1", "Input.adj_2", "Input.page_7"], {"adj": "adj_{i}"})
    [1, 2]
    """
    patterns = [column for column in keys.values() if SLOT in column]
    inputs = [bare(c, INPUT).strip() for c in columns if c.startswith(INPUT)]
    return sorted({n for pattern in patterns for c in inputs if (n := hit_slot(pattern, c)) is not None})


def _places(columns: Sequence[str], keys: Mapping[str, str], others: Sequence[str]) -> dict[str, dict[int, str]]:
    """Name in the table of slots -> number -> column, of keys, other inputs and answers."""
    places: dict[str, dict[int, str]] = {}
    inputs = [c for c in columns if c.startswith(INPUT)]
    for key, pattern in keys.items():
        if SLOT in pattern:
            exact = {n: INPUT + numbered(pattern, n) for n in slot_numbers(inputs, {key: pattern})}
            loose = {n: c for c in inputs if (n := hit_slot(pattern, bare(c, INPUT).strip())) is not None}
            places[INPUT + key] = {n: c if c in columns else loose[n] for n, c in exact.items()}
    taken = {c for columns_of in places.values() for c in columns_of.values()}
    for column in (c for c in columns if c.startswith((INPUT, ANSWER)) and c not in taken):
        for pattern in (p for p in others if p.startswith(INPUT) == column.startswith(INPUT)):
            prefix = INPUT if pattern.startswith(INPUT) else ANSWER
            if (number := hit_slot(bare(pattern, prefix), bare(column, prefix).strip())) is not None:
                places.setdefault(_without_number(column, prefix, pattern, number), {})[number] = column
                taken.add(column)
                break
    return places | _alike([c for c in inputs if c not in taken], set(slot_numbers(inputs, keys)))


def _alike(inputs: Sequence[str], numbers: set[int]) -> dict[str, dict[int, str]]:
    """Inputs that have the same numbers as the keys: they say something of each slot."""
    groups: dict[str, dict[int, str]] = {}
    for column in inputs:
        for digits in _DIGITS.finditer(column):
            name = f"{column[: digits.start()]}{SLOT}{column[digits.end() :]}"
            groups.setdefault(name, {})[int(digits[0])] = column
    taken: set[str] = set()
    alike: dict[str, dict[int, str]] = {}
    for name, members in groups.items():
        if set(members) == numbers and not taken & set(members.values()):
            alike[name] = members
            taken.update(members.values())
    return alike


def _without_number(column: str, prefix: str, pattern: str, number: int) -> str:
    """A column with `{i}` in place of its slot's number, in its own spelling."""
    wanted = bare(pattern, prefix)
    record = slot(wanted, bare(column, prefix).strip())
    name = prefix + wanted.replace(RECORD, str(record))
    if numbered(name, number) == column:
        return name
    spellings = (f"{column[: d.start()]}{SLOT}{column[d.end() :]}" for d in _DIGITS.finditer(column))
    fitting = (s for s in spellings if slot(wanted, bare(s, prefix).strip()) == record)
    return next(fitting, name)


def _of_fields(phase: PhaseSpec) -> list[str]:
    """Columns with `{i}` that fields name, with prefix."""
    answers = [ANSWER + bare(c, ANSWER).strip() for field in phase.fields for c in phase.columns_of(field)]
    return [c for c in (*answers, *(INPUT + bare(c, INPUT).strip() for c in phase.field_inputs)) if SLOT in c]


def keys_of(table: pd.DataFrame, keys: Iterable[str]) -> Keys:
    """Which rows of a table of slots name an item, and which have a key that names none any more."""
    filled = pd.Series(True, index=table.index)
    damage = pd.Series("", index=table.index, dtype="str")
    for key in keys:
        column = find_column(map(str, table.columns), key)
        cells = pd.Series("", index=table.index, dtype="str") if column is None else table[column].astype("str")
        filled &= cells.fillna("").str.strip() != ""
        damage = damage.mask(damage == "", damage_of(cells))
    return Keys(filled, damage)


def slot_notes(table: pd.DataFrame, phase: PhaseSpec) -> Iterator[str]:
    """Lines about the slots of raw output that are no items of their own, each with its first rows."""
    if not phase.has_slots or table.empty:
        return
    slots = exploded(table.assign(**{_ROW: range(len(table))}), phase.key_columns, _of_fields(phase))
    keys = keys_of(slots, phase.keys)
    names = " and ".join(phase.key_columns.values())
    yield from _counted(slots[~keys.filled], f"has no {names}: no item, fill in what it is about")
    for words in sorted(set(keys.damage[keys.filled]) - {""}):
        damaged = slots[keys.filled & (keys.damage == words)]
        yield from _counted(damaged, f"has a {names} that names no item ({words}): write in what it was")
    named = slots[keys.filled & (keys.damage == "")]
    ids = item_ids(named[[INPUT + key for key in phase.keys]])
    again = pd.DataFrame({"row": named[_ROW], "item": ids}).duplicated()
    yield from _counted(named[again], f"has the same {names} as one before it in its row: they count once for a worker")
    yield from _counted(
        _answered_without_key(table, phase), f"is answered, but has no {names}: the answers are not used"
    )


def slot_lines(raw_output: pd.DataFrame, phase: PhaseSpec) -> Iterator[str]:
    """`slot_notes` of each file of raw output, with the file's name."""
    if phase.has_slots and not raw_output.empty:
        for (file, sheet), rows in raw_output.groupby(["source_file", "source_sheet"], sort=True, dropna=False):
            yield from (f"{source_place(str(file), sheet)}: {note}" for note in slot_notes(rows, phase))


_ROW = " row"


def _answered_without_key(table: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Slots of raw output that have answers and no key."""
    columns = list(map(str, table.columns))
    places = _places(columns, phase.key_columns, _of_fields(phase))
    keys = [INPUT + k for k, column in phase.key_columns.items() if SLOT in column]
    parts = []
    for number in sorted({n for name in places if name.startswith(ANSWER) for n in places[name]}):
        asked = [places[name][number] for name in keys if number in places[name]]
        given = [of[number] for name, of in places.items() if name.startswith(ANSWER) and number in of]
        lost = ~_any_filled(table, asked) & _any_filled(table, given)
        parts.append(table.loc[lost, ["source_row"]].assign(**{HIT_SLOT: number}))
    return pd.concat(parts) if parts else table.iloc[:0].assign(**{HIT_SLOT: 0})


def _any_filled(table: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    blank = ("", "{}")
    cells = [~table[c].astype("str").fillna("").str.strip().isin(blank).to_numpy() for c in columns]
    return np.logical_or.reduce(cells) if cells else np.zeros(len(table), dtype=bool)


def _counted(slots: pd.DataFrame, what: str) -> Iterator[str]:
    if len(slots):
        places = [f"row {row}, slot {n}" for row, n in zip(slots["source_row"], slots[HIT_SLOT], strict=True)]
        more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
        yield f"{'; '.join(places[:3])}{more}: {what}"


def in_file(columns: pd.Series, slots: pd.Series | np.ndarray) -> pd.Series:
    """Names of columns as the file has them: with the number of the slot for `{i}`."""
    held = columns.str.contains(SLOT, regex=False).fillna(False).to_numpy(dtype=bool)
    if not held.any():
        return columns
    names = [numbered(c, int(n)) for c, n in zip(columns[held], np.asarray(slots)[held], strict=True)]
    out = columns.to_numpy(dtype=object).copy()
    out[held] = names
    return pd.Series(out, index=columns.index, dtype="str")


def with_bare_names(inputs: pd.DataFrame) -> pd.DataFrame:
    """Inputs of items (without prefix) under names without `{i}`, where these are free."""
    names = {c: slot_name(c) for c in map(str, inputs.columns) if SLOT in c}
    present = set(map(str, inputs.columns))
    return inputs.rename(columns={c: n for c, n in names.items() if n not in present})
