"""Answer cells of a phase as a long table, which all other steps work on.

Its columns: `row` (place of the assignment), `field` (place in the phase), `slot` (of a list of records, 0 for
scalar fields), `column`, `raw`, `value`, `state`, `suspicious`, `note`, `evidence`; one row per reading of a cell
that holds anything. Rows of one assignment and field stand in the order of columns and of values in a cell.
"""

import numpy as np
import pandas as pd

from mturk_pipeline.answers.cells import read_cells
from mturk_pipeline.answers.columns import Source, first_column, sources
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_COLUMNS = ["row", "field", "slot", "column", "raw", "value", "state", "suspicious", "note", "evidence"]


def read_all(assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Every cell of the phase's fields that is not empty, read."""
    pieces = [
        _read_field(assignments, phase, code, sources(assignments, phase, name))
        for code, name in enumerate(phase.fields)
    ]
    return pd.concat(pieces, ignore_index=True)


def _read_field(assignments: pd.DataFrame, phase: PhaseSpec, code: int, batches: list[Source]) -> pd.DataFrame:
    """The cells of one field; each distinct text is read once."""
    rows, slots, columns, texts = [], [], [], []
    for source in batches:
        cells = assignments[source.column].astype("str")
        filled = np.flatnonzero((cells.notna() & (cells != "")).to_numpy(dtype=bool))
        rows.append(filled)
        slots.append(np.full(len(filled), source.slot))
        columns.append(np.full(len(filled), source.column, dtype=object))
        texts.append(cells.iloc[filled].to_numpy(dtype=object))
    raw = _joined(texts, object)
    which, distinct = pd.factorize(raw)
    read = read_cells(distinct.tolist(), list(phase.fields.values())[code])
    count = np.diff(read.start)[which]
    cell = np.repeat(np.arange(len(raw)), count)
    # Readings of cell c are start[c], start[c] + 1, …: count up within each cell.
    reading = np.arange(len(cell)) - np.repeat(np.cumsum(count) - count, count) + read.start[which][cell]
    data = {
        "row": _joined(rows, np.int64)[cell],
        "field": np.full(len(cell), code, dtype=np.int64),
        "slot": _joined(slots, np.int64)[cell],
        "column": _joined(columns, object)[cell],
        "raw": raw[cell],
        "value": read.value[reading],
        "state": read.state[reading],
        "suspicious": read.suspicious[reading],
        "note": read.note[reading],
        "evidence": read.evidence[reading],
    }
    return pd.DataFrame({name: _as_column(data[name]) for name in _COLUMNS})


def unsaid(places: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Blank rows for `places` (row, field, slot, element) without an answer."""
    names = [first_column(phase, field) for field in phase.fields]
    where = places[["field", "slot"]].value_counts(sort=False).reset_index()
    where["column"] = [names[f].replace("{n}", str(n)) for f, n in zip(where["field"], where["slot"], strict=True)]
    column = places.merge(where, on=["field", "slot"], how="left")["column"]
    missing = pd.Series(np.nan, index=places.index, dtype="str")
    out = places.assign(column=column.astype("str"), raw=missing, value=missing)
    out["state"] = np.uint8(ANSWER_STATES.index("blank"))
    out["suspicious"] = False
    out["note"] = pd.Series("", index=places.index, dtype="str")
    out["evidence"] = np.uint8(0)
    return out.filter([*_COLUMNS, "element"])


def _joined(pieces: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate(pieces).astype(dtype) if pieces else np.array([], dtype=dtype)


def _as_column(values: np.ndarray) -> pd.Series:
    """Texts as pandas' own str type (compact, fast), all else as it is."""
    return pd.Series(values, dtype="str" if values.dtype == object else values.dtype)
