"""What was asked, for people who review: an item's inputs beside its answers, and a link to look the item up."""

import re
from collections.abc import Mapping
from string import Formatter
from urllib.parse import quote_plus, unquote, urlsplit

import pandas as pd

from mturk_pipeline.intake.column_names import INPUT, find_column
from mturk_pipeline.intake.sent_items import OFFER_COLUMNS, VERIFIED
from mturk_pipeline.sheets.plans import Column, fitting
from mturk_pipeline.sheets.workbook_cells import is_address
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.workflow.phase_spec import INPUT_MARK, PhaseSpec, column_of
from mturk_pipeline.workflow.slot_names import slot_name

MOST_SHOWN = 12  # inputs that stand beside answers where the phase chooses none
SEARCH, LOOK_UP = "search", "look up"
_MOSTLY = 0.9  # of an input's cells are addresses: it is shown as links
_SCHEME = re.compile(r"\Ahttps?://(?:www\.)?", re.IGNORECASE)


def shown_names(inputs: pd.DataFrame, phase: PhaseSpec) -> Mapping[str, str]:
    """Which columns of `inputs` reviewers see, and how (a word of `Shown`): those of `show`, or all that differ.

    Known answers (`gold`) are not shown by default: whoever reviews is to judge by what was asked.

    Parameters
    ----------
    inputs
        Of `ancestors.item_inputs`: parent_item_id, and input columns without prefix; a row for each item.
    """
    names = [str(c) for c in inputs.columns if c != "parent_item_id"]
    if phase.show is not None:
        found = {find_column(names, slot_name(name), ""): how for name, how in phase.show.items()}
        return {name: how for name, how in found.items() if name is not None}
    known = {plain_name(n) for key, column in phase.key_columns.items() for n in (key, column, phase.plain_name(key))}
    answers = [slot_name(spec.gold) for spec in phase.fields.values() if isinstance(spec.gold, str)]
    own = {*known, *map(plain_name, (VERIFIED, *OFFER_COLUMNS, *answers))}
    telling = [name for name in names if plain_name(name) not in own and _tells(inputs[name])]
    return dict.fromkeys(telling[:MOST_SHOWN], "auto")


def _tells(cells: pd.Series) -> bool:
    """Whether a column tells items apart: not empty, and not the same for all where there are several."""
    filled = cells.fillna("").astype("str").str.strip()
    return bool((filled != "").any()) and (len(filled) == 1 or filled.nunique() > 1)


def input_columns(rows: pd.DataFrame, inputs: pd.DataFrame, phase: PhaseSpec) -> list[Column]:
    """What the items of `rows` (with parent_item_id) were asked, a column for each input, and the link of `search`."""
    asked = inputs.set_index("parent_item_id").reindex(rows["parent_item_id"]).set_axis(rows.index).astype("str")
    asked = asked.fillna("")
    columns = [_column(name, asked[name], how, phase) for name, how in shown_names(inputs, phase).items()]
    return [*columns, *_search(rows, asked, phase)]


def _column(name: str, cells: pd.Series, how: str, phase: PhaseSpec) -> Column:
    header, filled = header_of(name, phase), cells[cells != ""]
    addresses = filled.map(is_address).astype(bool)
    if how == "text" or addresses.mean() < _MOSTLY or addresses.empty:
        return Column(header, cells, fitting(cells, 10, 26), "asked", links=how != "text")
    short = _names_of_files if how == "image" else _without_scheme
    shown = cells.map({cell: short(cell) if is_address(cell) else cell for cell in cells.unique()})
    return Column(header, shown.astype("str"), 12, "address", targets=cells)


def _without_scheme(address: str) -> str:
    """An address is for a click, and its beginning is the same for all."""
    return _SCHEME.sub("", address)


def _names_of_files(address: str) -> str:
    """The last part, as a short text for the link to a picture."""
    return unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2]) or _without_scheme(address)


def header_of(name: str, phase: PhaseSpec) -> str:
    """The header of an input on a sheet: its name, with a mark where a cell below it could be taken for another's."""
    taken = {plain_name(n) for n in (*phase.fields, *phase.keys, *phase.columns_by_name, SEARCH)}
    marked = column_of(name, INPUT_MARK, phase.fields)
    return name + INPUT_MARK if marked == name and plain_name(name) in taken else marked


def _search(rows: pd.DataFrame, asked: pd.DataFrame, phase: PhaseSpec) -> list[Column]:
    if phase.search is None:
        return []
    address, filled = pd.Series("", index=rows.index, dtype="str"), pd.Series(False, index=rows.index)
    for literal, name, _, _ in Formatter().parse(phase.search):
        address = address + literal
        if name is not None:
            values = _values(name, rows, asked, phase).str.strip()
            filled |= values != ""
            address = address + values.map(quote_plus)
    targets = address.where(filled & address.map(is_address), "")
    label = pd.Series(LOOK_UP, index=rows.index, dtype="str").where(targets != "", "")
    return [Column(SEARCH, label, 9, "address", targets=targets)]


def _values(name: str, rows: pd.DataFrame, asked: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """The cells that stand for a name in braces: of a key, or of an input; empty where there is neither."""
    name = name.strip().removeprefix(INPUT)
    key = phase.columns_by_name.get(name, name)
    if key in phase.keys and key in rows:
        return rows[key].astype("str").fillna("")
    column = find_column(map(str, asked.columns), slot_name(name), "")
    return pd.Series("", index=rows.index, dtype="str") if column is None else asked[column]
