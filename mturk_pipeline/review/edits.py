"""Which cells of a reviewed sheet a person changed: those that no workbook showed for that item and field."""

import pandas as pd

from mturk_pipeline.review.person_values import person_values
from mturk_pipeline.review.shown import comparable
from mturk_pipeline.workflow.phase_spec import PhaseSpec

EDIT_COLUMNS = ["row", "item_id", "field", "before", "after", "edited"]
_ROUNDED = r"[+-]?\d(?:[.,]\d+)?E[+-]?\d+"


class Shown:
    """The values that workbooks showed, ready for looking up.

    Parameters
    ----------
    values
        Columns export, item_id, field, value, of any number of exports, the latest last.
    """

    def __init__(self, values: pd.DataFrame) -> None:
        self.exports = set(values["export"])
        places = values["item_id"] + "\x1f" + values["field"]
        texts = comparable(values["value"])
        self._any = set(places + "\x1f" + texts)
        self._of_export = set(values["export"] + "\x1f" + places + "\x1f" + texts)
        self._last = pd.Series(values["value"].to_numpy(), index=places.to_numpy(), dtype="str")
        self._last = self._last[~self._last.index.duplicated(keep="last")]
        here = values["export"] + "\x1f" + places
        self._then = pd.Series(values["value"].to_numpy(), index=here.to_numpy(), dtype="str")
        self._then = self._then[~self._then.index.duplicated(keep="last")]

    def showed(self, cells: pd.DataFrame) -> pd.Series:
        """Whether each cell (columns export, item_id, field, cell) holds what was shown there.

        A row that names its export is compared with that one; else with all of them.
        """
        place = cells["item_id"] + "\x1f" + cells["field"] + "\x1f" + comparable(cells["cell"])
        own = self._names_export(cells)
        return place.isin(self._any).where(~own, (cells["export"] + "\x1f" + place).isin(self._of_export))

    def before(self, cells: pd.DataFrame) -> pd.Series:
        """What was shown there: in the row's export, else in the latest; missing for an empty cell."""
        place = cells["item_id"] + "\x1f" + cells["field"]
        then = (cells["export"] + "\x1f" + place).map(self._then).astype("str")
        return then.where(self._names_export(cells), place.map(self._last).astype("str"))

    def _names_export(self, cells: pd.DataFrame) -> pd.Series:
        return cells["export"].isin(self.exports)


def cells_of(rows: pd.DataFrame, fields: list[str]) -> pd.DataFrame:
    """The field cells of rows, long: columns row, item_id, export, field, cell ('' for blank)."""
    parts = [
        pd.DataFrame(
            {
                "row": rows.index,
                "item_id": rows["item_id"].to_numpy(),
                "export": rows["export"].to_numpy(),
                "field": field,
                "cell": comparable(rows[field]).to_numpy(),
            }
        )
        for field in fields
    ]
    columns = ["row", "item_id", "export", "field", "cell"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns, dtype="str")


def find_edits(cells: pd.DataFrame, shown: Shown, current: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """The cells that say something other than what the row's values are now.

    Parameters
    ----------
    cells
        As `cells_of` gives them, with the column fixes: the row's decision is "fix" and it has an item_id, so
        that a cleared cell means "there is none".
    current
        What the rows' cells would show now (columns item_id, field, value).

    Returns
    -------
    DataFrame
        Columns `EDIT_COLUMNS` and rule, note. `after` is missing for "there is none". Where `edited` is False
        the person changed nothing but saw a value that has changed since. Rule is '' or a problem of the cell:
        odd_value, blank_word, rounded_number.
    """
    cells = cells.assign(before=shown.before(cells))
    filled = cells["cell"] != ""
    showed = shown.showed(cells)
    parts = [
        _told(cells[filled & ~showed], phase),
        _cleared(cells[~filled & cells["fixes"] & cells["before"].notna()], phase),
        _since_changed(cells[filled & showed], current, phase),
    ]
    out = pd.concat([part[[*EDIT_COLUMNS, "rule", "note"]] for part in parts])
    texts = dict.fromkeys(["item_id", "field", "before", "after", "rule", "note"], "str")
    return out.astype({**texts, "edited": bool}).sort_values(["row", "field"], ignore_index=True)


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


def _since_changed(cells: pd.DataFrame, current: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Cells whose value, seen by the person, is no longer the row's: "accept" means the value seen."""
    now = pd.Series(current["value"].to_numpy(), index=current["item_id"] + "\x1f" + current["field"])
    here = (cells["item_id"] + "\x1f" + cells["field"]).map(now).astype("str")
    changed = cells[comparable(here.fillna("")) != cells["cell"]]
    return changed.assign(after=person_values(changed, phase)["value"], note="", rule="", edited=False)


def _rounded(cells: pd.DataFrame) -> pd.Series:
    """Whether a spreadsheet made the cell out of the number shown: 1.23457E+15 for 1234567890123456."""
    looks = cells["cell"].str.fullmatch(_ROUNDED).astype(bool)
    if not looks.any():
        return looks
    now = pd.to_numeric(cells["cell"].where(looks).str.replace(",", "."), errors="coerce")
    then = pd.to_numeric(cells["before"].where(looks), errors="coerce")
    return looks & ((now - then).abs() <= then.abs() * 0.05)
