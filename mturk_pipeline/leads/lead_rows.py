"""From reviewed rows, one column per field, to leads: one row per value."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.leads.lead_columns import ROW
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_PLACE = ["item_id", "element"]


def explode(
    reviewed: pd.DataFrame,
    consensus: pd.DataFrame,
    phase: PhaseSpec,
    groups: Mapping[str, Sequence[str]],
    *,
    runners_up: bool = True,
) -> pd.DataFrame:
    """One row for each value of the fields in `groups`; rows without a value are left out.

    Parameters
    ----------
    reviewed
        Contract Reviewed with a column per field; several values in one cell ("a@x.edu; b@x.edu") become
        several rows of rank 1.
    groups
        Name of the group of leads -> its fields; ValueError for a field that the phase or `reviewed` does not have.
    runners_up
        Add the runners-up of rows that no person verified, as rank 2, 3 ….

    Returns
    -------
    DataFrame
        Columns `ROW` (index label in `reviewed`), lead_group, lead_subgroup, value, rank, trust (missing for
        values that a person wrote, and for runners-up where `consensus` does not tell it).
    """
    missing = [f for fields in groups.values() for f in fields if f not in phase.fields or f not in reviewed]
    if missing:
        raise ValueError(f"lead_groups names {missing}, which is no field of the last phase {list(phase.fields)}")
    of_fields = dict(iter(consensus.groupby("field", sort=False)))
    fields = {
        f: _values(reviewed, of_fields.get(f, consensus.iloc[:0]), phase, f, runners_up)
        for fs in groups.values()
        for f in fs
    }
    parts = [
        fields[field].assign(lead_group=group, lead_subgroup=field)
        for group, names in groups.items()
        for field in names
    ]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*_LONG])
    return table.loc[:, [*_LONG]].astype(_LONG)


_LONG = {ROW: "int64", "lead_group": "str", "lead_subgroup": "str", "value": "str", "rank": "int64", "trust": float}


def _values(
    reviewed: pd.DataFrame, consensus: pd.DataFrame, phase: PhaseSpec, field: str, runners_up: bool
) -> pd.DataFrame:
    """Columns `ROW`, value, rank, trust of one field, with `consensus` on it."""
    crowd = _crowd(reviewed, consensus, phase, field)
    cells = reviewed[field].astype("str").fillna("").str.strip()
    best = pd.DataFrame({ROW: reviewed.index, "value": several(cells, phase.fields[field]), "rank": 1})
    same = (cells == crowd["value"]).to_numpy(dtype=bool, na_value=False)
    best["trust"] = crowd["trust"].where(same)
    best = best.explode("value")
    parts = [best[best["value"].notna() & (best["value"] != "")]]
    if runners_up:
        open_rows = ~reviewed["verified"].to_numpy(dtype=bool) & same & (cells != "").to_numpy(dtype=bool)
        lists = crowd.loc[open_rows, "runners_up"]
        others = pd.DataFrame({ROW: lists.index, "value": lists.to_numpy(dtype=object)})
        others["trust"] = crowd.loc[open_rows, "runners_up_trust"].to_numpy(dtype=object)
        others["rank"] = [list(range(2, len(values) + 2)) for values in others["value"]]
        others = others.explode(["value", "rank", "trust"])
        parts.append(others[others["value"].notna()])
    return pd.DataFrame(pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True))


def _crowd(reviewed: pd.DataFrame, consensus: pd.DataFrame, phase: PhaseSpec, field: str) -> pd.DataFrame:
    """The consensus on `field` beside each row of `reviewed`: value, trust, runners_up and their trust (lists)."""
    columns = [*_PLACE, "value", "trust", "runners_up", "runners_up_trust"]
    of_field = consensus.reindex(columns=columns)
    of_field = of_field.drop_duplicates(_PLACE).set_index(_PLACE)
    element = reviewed["element"] if field in phase.record_fields else pd.Series("", index=reviewed.index)
    places = pd.MultiIndex.from_arrays([reviewed["parent_item_id"].fillna(""), element], names=_PLACE)
    beside = of_field.reindex(places).set_axis(reviewed.index)
    others = [_list(v) for v in beside["runners_up"]]
    trusts = [_list(t) for t in beside["runners_up_trust"]]
    trusts = [t if len(t) == len(v) else [np.nan] * len(v) for v, t in zip(others, trusts, strict=True)]
    beside["runners_up"] = pd.Series(others, index=beside.index, dtype=object)
    beside["runners_up_trust"] = pd.Series(trusts, index=beside.index, dtype=object)
    return beside


def _list(cell: object) -> list[object]:
    return list(cell) if isinstance(cell, list | tuple | np.ndarray) else []


def several(cells: pd.Series, field: FieldSpec) -> pd.Series:
    """The values in each cell, as lists; kinds in which a mark can belong to the value are left whole.

    >>> several(pd.Series(["a@x.edu; b@x.edu"]), FieldSpec(kind="email")).tolist()
    [['a@x.edu', 'b@x.edu']]
    >>> several(pd.Series(["Chess; Go"]), FieldSpec(kind="name")).tolist()
    [['Chess; Go']]
    """
    split = KINDS[field.kind].between
    lists = [[cell] for cell in cells.tolist()]
    marked = cells.str.contains("[;,]").to_numpy(dtype=bool) if split else np.zeros(len(cells), dtype=bool)
    for at in np.flatnonzero(marked).tolist():
        lists[at] = [v for v in split.split(lists[at][0]) if v] if split else lists[at]
    return pd.Series(lists, index=cells.index, dtype=object)
