"""History of exports: what every workbook of a phase showed, in a table that grows only with changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

_SHOWN = ["item_id", "field", "value", "by_crowd"]
_TYPES = {"item_id": "str", "field": "str", "value": "str", "by_crowd": "bool", "first": "int64", "last": "int64"}
VALUE_COLUMNS = tuple(_TYPES)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in _TYPES.items()})


@dataclass(frozen=True)
class Exports:
    """Contents of all workbooks of a phase."""

    # item_id, field, value, by_crowd (as `shown_values` gives them), and the numbers of the first and the last of the
    # workbooks in a row that showed it
    values: pd.DataFrame = field(default_factory=_nothing)
    # Number by export id, in order of time: a later export has a higher number
    numbers: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, shown: pd.DataFrame | None) -> "Exports":
        """From the results of `shown_values`, put together in their order; None for none."""
        exports = cls()
        if shown is None:
            return exports
        for number, (export, snapshot) in enumerate(shown.groupby("export", sort=False), 1):
            exports = exports.with_export(str(export), snapshot, number)
        return exports

    def with_export(self, export: str, snapshot: pd.DataFrame, number: int) -> "Exports":
        """These and a new one, whose `number` is higher than all; `snapshot` as `shown_values` gives it."""
        new = snapshot.reindex(columns=_SHOWN)
        # Missing in what was kept before there was this column.
        new["by_crowd"] = new["by_crowd"].ne(False)
        latest = max(self.numbers.values(), default=-1)
        is_open = self.values["last"] == latest
        before = self.values[is_open].reset_index(names="at")
        both = new.merge(before[[*_SHOWN, "at"]], on=_SHOWN, how="left")
        again = both["at"].notna().to_numpy()
        values = self.values.copy()
        values.loc[both.loc[again, "at"].astype("int64"), "last"] = number
        fresh = new[~again].assign(first=number, last=number)
        values = pd.concat([values, fresh], ignore_index=True).astype(_TYPES)
        return Exports(values, {**self.numbers, export: number})

    def renamed(self, ids: Mapping[str, str]) -> "Exports":
        """With the rows of items that have another id now (old -> new) under their new one."""
        if not ids:
            return self
        now = self.values["item_id"].map(ids).astype("str")
        return Exports(self.values.assign(item_id=now.fillna(self.values["item_id"]).astype("str")), self.numbers)

    def number_of(self, exports: pd.Series) -> pd.Series:
        """The number of each export id; missing for an id that no workbook had."""
        return exports.map(dict(self.numbers)).astype(float)

    def before(self, moments: pd.Series) -> pd.Series:
        """The number of the last export before each moment (a number of the same count), else of the first after."""
        numbers = pd.Series(sorted(self.numbers.values()), dtype=float)
        if numbers.empty:
            return pd.Series(float("nan"), index=moments.index)
        place = numbers.searchsorted(moments.fillna(float("inf")), side="left") - 1
        return pd.Series(numbers.to_numpy()[place.clip(min=0)], index=moments.index)

    def value_at(self, places: pd.DataFrame) -> pd.Series:
        """What was shown at each place (columns item_id, field, number); missing where nothing was."""
        wanted = places[["item_id", "field", "number"]].assign(row=range(len(places)))
        wanted = wanted[wanted["number"].notna()].astype({"number": "int64"}).sort_values("number", kind="stable")
        known = self.values[self.values["item_id"].isin(wanted["item_id"].unique())]
        known = known.sort_values("first", kind="stable")
        keys = {"by": ["item_id", "field"], "left_on": "number", "right_on": "first"}
        merged = (
            pd.merge_asof(wanted, known, **keys) if len(known) and len(wanted) else wanted.assign(value=None, last=0)
        )
        value = merged["value"].where(merged["last"] >= merged["number"])
        out = pd.Series(value.to_numpy(dtype=object), index=merged["row"].to_numpy())
        return out.reindex(range(len(places))).set_axis(places.index).astype("str")
