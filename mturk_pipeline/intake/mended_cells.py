"""The cells of a result file that were mended, beside the rows that they stand in."""

import json
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from mturk_pipeline.intake.column_names import (
    ANSWER,
    INPUT,
    bare,
    comparable,
    is_key,
    slot,
    unmarked,
    with_groups,
    with_prefix,
)
from mturk_pipeline.intake.dialects import Dialect
from mturk_pipeline.intake.spreadsheet_repair import Mended, Use, undo_damage
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.slot_names import SLOT

_TEXTS = ("title", "annotation", "requester_feedback")


def column_uses(names: Iterable[str], dialect: Dialect, phase: PhaseSpec | None) -> dict[str, Use]:
    """How each column of a result table is used; without a phase, answers and inputs count as values."""
    texts = [dialect.columns[name] for name in _TEXTS if name in dialect.columns]
    uses: dict[str, Use] = {**dict.fromkeys(dialect.columns.values(), "keys"), **dict.fromkeys(texts, "text")}
    uses["Answer"] = "text"
    keys = list(phase.key_columns.values()) if phase else []
    for column in names:
        name = with_prefix(column)
        if name.startswith(INPUT):
            uses[column] = "keys" if is_key(name, keys) else "values"
        elif name.startswith(ANSWER):
            uses[column] = use_of(field_of(bare(name, ANSWER), phase))
    return uses


def mended_list(table: pd.DataFrame, keys: Iterable[str]) -> Mended:
    """A list of items, as people keep it in any spreadsheet, without damage; `keys` are the columns of keys."""
    patterns = list(keys)
    wanted = {plain_name(name) for k in patterns for name in (k, unmarked(k))}
    names = [(str(c), plain_name(c).removeprefix("input.")) for c in table.columns]
    uses: dict[str, Use] = {c: "keys" if n in wanted or is_key(n, patterns) else "values" for c, n in names}
    return undo_damage(table, uses)


def use_of(field: FieldSpec | None) -> Use:
    """How a field's cells are used."""
    if field is None:
        return "values"
    if not field.mend:
        return "kept"
    return KINDS[field.kind].damage


def field_of(answer: str, phase: PhaseSpec | None) -> FieldSpec | None:
    """The field that an answer column (without "Answer.") feeds; a part of an exploded group feeds the group's."""
    if phase is None:
        return None
    column = comparable(answer)
    for name, spec in phase.fields.items():
        for pattern in (bare(c, ANSWER) for c in phase.columns_of(name)):
            if slot(pattern, answer) is not None or column.startswith(f"{comparable(pattern)}."):
                return spec
            if SLOT in pattern and any(slot(pattern, group) is not None for group in with_groups(answer)):
                return spec
    return None


def mended_cells(mended: Mended, spelling: Mapping[str, str]) -> pd.Series:
    """For each row of a table, as JSON, its mended cells: column -> [the file's text, what was undone].

    `spelling` gives the name that a column has from intake on. One box of a group that intake joined has its own
    (`Answer.way.bus`); cells of other columns are left out. Missing where there are none.
    """
    rows: dict[int, dict[str, list[str]]] = {}
    for name, changes in mended.changes.items():
        known = spelling.get(with_prefix(name)) or (with_prefix(name) if with_prefix(name).startswith(ANSWER) else None)
        if known:
            for place, before, what in zip(changes.place.tolist(), changes.before, changes.what, strict=True):
                rows.setdefault(place, {})[known] = [before, what]
    texts = np.full(len(mended.frame), None, dtype=object)
    for place, cells in rows.items():
        texts[place] = json.dumps(cells, ensure_ascii=False)
    return pd.Series(texts, index=mended.frame.index, dtype="str")


def original_cells(assignments: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Of each column with mended cells: a table by the row's place, with `before` and `what`.

    A column may be one box of a group that intake joined: then it is none of the table's own.
    """
    if "mended" not in assignments.columns:
        return {}
    texts = assignments["mended"].reset_index(drop=True).dropna()
    changes: dict[str, list[tuple[int, str, str]]] = {}
    for place, text in texts.items():
        for name, (before, what) in json.loads(text).items():
            changes.setdefault(name, []).append((int(place), before, what))  # pyright: ignore[reportArgumentType]
    return {
        name: pd.DataFrame(cells, columns=["place", "before", "what"]).set_index("place")
        for name, cells in changes.items()
    }


def damage_lines(mended: Mended) -> list[str]:
    """One line for each column and sort of damage that was undone, with the number of cells."""
    return [f"{name}: {counted(n, 'cell')}: {what}" for name, what, n in mended.counts()]
