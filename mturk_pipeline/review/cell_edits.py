"""Edits: cells of a reviewed sheet that hold something other than what was shown."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.review.export_history import Exports
from mturk_pipeline.review.person_values import person_values
from mturk_pipeline.review.shown_values import comparable
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_PLACE_VALUE = ["item_id", "field", "value"]
# at_sheet, at_row: where the cell stands, if not in its row
EDIT_COLUMNS = ["row", "item_id", "field", "before", "after", "edited", "seen"]
SEEN_COLUMNS = ["row", "item_id", "field", "cell", "left"]
_ROUNDED = r"[+-]?\d(?:[.,]\d+)?E[+-]?\d+"


class Shown:
    """Values that workbooks showed, ready for looking up.

    A row that names its export is compared with all that this one showed. Any other, such as one of a person's
    own sheet, is compared with what any workbook ever showed of the crowd: workbooks show people's decisions too,
    and a decision must not stop counting because a workbook repeats it.
    """

    def __init__(self, exports: Exports) -> None:
        self.exports = exports
        by_crowd = exports.values[exports.values["by_crowd"]].sort_values("last", kind="stable")
        places = by_crowd["item_id"] + "\x1f" + by_crowd["field"]
        self._any = pd.Index((places + "\x1f" + comparable(by_crowd["value"])).to_numpy(dtype=object)).unique()
        last = pd.Series(by_crowd["value"].to_numpy(dtype=object), index=places.to_numpy(dtype=object))
        self._last = last[~last.index.duplicated(keep="last")]

    def showed(self, cells: pd.DataFrame) -> pd.Series:
        """Whether each cell (columns export, item_id, field, cell) holds what was shown there.

        A row that names its export is compared with that one; else with what the crowd said in any of them.
        """
        text = comparable(cells["cell"])
        whole = cells["item_id"] + "\x1f" + cells["field"] + "\x1f" + text
        # Looking up in a plain index is many times faster than `isin` on pandas' text type.
        ever = pd.Series(self._any.get_indexer(whole.to_numpy(dtype=object)) >= 0, index=cells.index)
        number = self.exports.number_of(cells["export"])
        then = self.exports.value_at(cells.assign(number=number))
        return (comparable(then.fillna("")).eq(text) & then.notna()).where(number.notna(), ever)

    def before(self, cells: pd.DataFrame) -> pd.Series:
        """Value shown before: in the row's export, else by the crowd in the latest; missing for an empty cell."""
        number = self.exports.number_of(cells["export"])
        then = self.exports.value_at(cells.assign(number=number))
        place = cells["item_id"] + "\x1f" + cells["field"]
        return then.where(number.notna(), place.map(self._last).astype("str"))

    def fact(self, name: str, rows: pd.DataFrame) -> pd.Series:
        """What the workbook `seen` (its number) noted of each row's item (column item_id); missing if unknown."""
        return self.exports.value_at(rows.assign(field=name, number=rows[" seen"]))


def cells_of(rows: pd.DataFrame, fields: list[str], has: pd.DataFrame | None = None) -> pd.DataFrame:
    """The field cells of rows, long: columns row, item_id, export, field, cell ('' for blank).

    `has` says which row has a cell of which field; None: each has all.
    """
    cells = {field: comparable(rows[field]) for field in fields}
    if has is not None:
        cells = {field: texts[has[field].reindex(texts.index)] for field, texts in cells.items()}
    if cells:
        row = np.concatenate([texts.index.to_numpy() for texts in cells.values()])
        about = rows[["item_id", "export"]].loc[row]
        named = np.repeat(np.array(list(cells), dtype=object), [len(texts) for texts in cells.values()])
        return pd.DataFrame(
            {
                "row": row,
                "item_id": about["item_id"].array,
                "export": about["export"].array,
                "field": pd.array(named, dtype="str"),
                "cell": pd.concat(list(cells.values())).array,
            }
        )
    empty = pd.DataFrame(columns=["row", "item_id", "export", "field", "cell"], dtype="str")
    return empty.astype({"row": "int64"})


class Edits(NamedTuple):
    """Edits in a sheet's cells."""

    # Columns `EDIT_COLUMNS` and rule, note. `after` is missing for "there is none". `seen`: whether it is known which
    # workbook the person had. Where `edited` is False there is only a problem of the cell. Rule is '' or such a
    # problem: odd_value, blank_word, rounded_number.
    cells: pd.DataFrame
    # Columns `SEEN_COLUMNS`: what the row holds in the cells that are no edits, as far as it is known. Where `left` is
    # False the cell does not hold it any more: the person emptied it, or wrote what changes nothing.
    seen: pd.DataFrame


def find_edits(cells: pd.DataFrame, shown: Shown, phase: PhaseSpec) -> Edits:
    """Compare cells with what the person saw: those changed, and those left as they were.

    `cells` are as `cells_of` gives them, with the column fixes: the row's decision is "fix" and it has an item_id, so
    that a cleared cell means "there is none".
    """
    known = shown.exports.number_of(cells["export"]).notna()
    cells = cells.assign(before=shown.before(cells), seen=known)
    filled, showed = cells["cell"] != "", shown.showed(cells)
    parts = [
        _told(cells[filled & ~showed], phase),
        _cleared(cells[~filled & cells["fixes"] & cells["before"].notna()], phase),
    ]
    out = pd.concat([part[[*EDIT_COLUMNS, "rule", "note"]] for part in parts])
    cells["left"] = filled & showed
    cells["cell"] = cells["cell"].where(cells["left"], comparable(cells["before"].fillna("")))
    seen = cells.loc[(cells["left"] | known) & ~cells.index.isin(out.index[out["edited"]]), SEEN_COLUMNS]
    texts = dict.fromkeys(["item_id", "field", "before", "after", "rule", "note"], "str")
    cells_changed = out.astype({**texts, "row": "int64", "edited": bool, "seen": bool})
    return Edits(cells_changed.sort_values(["row", "field"], ignore_index=True), seen)


def _told(cells: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Filled cells that differ from what was shown: edits, unless they mean the same or nothing."""
    means = person_values(cells, phase)
    shown = person_values(cells.assign(cell=cells["before"].fillna("")), phase)
    same = means["value"].eq(shown["value"]) | (means["state"].eq("none") & shown["state"].eq("none"))
    rounded = _rounded(cells)
    rule = means["state"].map({"odd": "odd_value", "blank": "blank_word"}).fillna("")
    out = cells.assign(
        after=means["value"],
        note=means["note"].fillna(""),
        rule=rule.mask(same, "").mask(rounded, "rounded_number"),
        edited=means["state"].ne("blank") & ~rounded & ~same,
    )
    return out[out["edited"] | (out["rule"] != "")]


def _cleared(cells: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Cells that the person emptied, of rows decided "fix": there is none."""
    none = person_values(cells.assign(cell=cells["before"]), phase)["state"] == "none"
    return cells[~none].assign(after=float("nan"), note="", rule="", edited=True)


def _rounded(cells: pd.DataFrame) -> pd.Series:
    """Whether a spreadsheet made the cell out of the number shown: 1.23457E+15 for 1234567890123456."""
    looks = cells["cell"].str.fullmatch(_ROUNDED).astype(bool)
    if not looks.any():
        return looks
    now = pd.to_numeric(cells["cell"].where(looks).str.replace(",", "."), errors="coerce")
    then = pd.to_numeric(cells["before"].where(looks), errors="coerce")
    return looks & ((now - then).abs() <= then.abs() * 0.05)
