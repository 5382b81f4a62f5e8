"""Taken offers: renamed copies of `_mIn_…` and `_rework_…` files, recognised by their content.

Each row of an offer carries the id of its item in the column `offer_id`. It is made of letters, so that it
survives whatever a spreadsheet does to the other cells, and it makes a copy known row by row: reordered, with rows
deleted, saved as another kind of file.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import pandas as pd

from mturk_pipeline.intake.amounts import whole_of
from mturk_pipeline.intake.column_names import INPUT, find_column, unmarked
from mturk_pipeline.intake.item_ids import canonical_id, former_item_ids, is_item_id, item_ids
from mturk_pipeline.intake.mended_cells import mended_list
from mturk_pipeline.intake.sent_items import ATTEMPT, NOT_OF_OFFERS, OFFER_ID, OFFER_IDS_END, Keys
from mturk_pipeline.intake.slots import columns_of_keys, exploded, has_slots, keys_of
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.reader import read_file
from mturk_pipeline.sheets.text_tables import read_text
from mturk_pipeline.texts.key_form import plain_name

# Columns of the file that names who must not repeat an item.
EXCLUDED = ("WorkerId", "items", "offer_ids")
_HEAD = 200_000  # bytes in which a header stands
_COLUMNS = ["item_id", "attempt", "source_file", "changed"]


@dataclass(frozen=True)
class TakenOffers:
    """Offers to one phase that people took."""

    # item_id, attempt (1 for a first question), source_file, and changed: the row's keys are no longer those of the
    # item that was offered (then both items are there)
    rows: pd.DataFrame
    files: tuple[Path, ...]  # Files that hold nothing else: neither results nor decisions nor a list to be read

    @property
    def items(self) -> set[str]:
        return set(self.rows["item_id"])


def is_taken_offer(columns: Iterable[str]) -> bool:
    """Whether a table with these columns is a copy of a file that was offered, and neither results nor decisions.

    >>> is_taken_offer(["university", "Offer_ID "]), is_taken_offer(["offer_id", "item_id", "decision"])
    (True, False)
    >>> is_taken_offer(["university", "club"])
    False
    """
    names = {plain_name(c) for c in columns}
    excluded = {plain_name(c) for c in EXCLUDED} <= names
    return excluded or (OFFER_ID in names and not names & NOT_OF_OFFERS)


def is_taken_rework(columns: Iterable[str]) -> bool:
    """The same, of a rework file alone: in the first phase's folder other offers may be lists to ask about."""
    names = {plain_name(c) for c in columns}
    return is_taken_offer(names) and (ATTEMPT in names or OFFER_ID not in names)


def read_taken(inputs: Sequence[Path], batches: Sequence[Path], keys: Keys, *, first: bool = False) -> TakenOffers:
    """Read the offers to a phase that people took; faults of files are reported by whoever these are meant for.

    Parameters
    ----------
    inputs
        Files of the folder in which the phase is offered its input and rework.
    batches
        Files of its result folder. A list there without ids of offers is no copy: whoever reads results names it.
    keys
        The phase's, or their columns by name.
    first
        The phase is the workflow's first: `inputs` are lists to ask about, and only copies of rework are taken.
    """
    is_copy = is_taken_rework if first else is_taken_offer
    read = [(path, _read(path, is_copy)) for path in inputs]
    read += [(path, _read(path, is_taken_offer)) for path in batches]
    columns = columns_of_keys(keys)
    parts = [_rows(table, path.name, columns) for path, (tables, _) in read for table in tables]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)
    rows = rows.astype({"item_id": "str", "attempt": "int64", "source_file": "str", "changed": "bool"})
    rows = rows.sort_values(_COLUMNS, ignore_index=True).drop_duplicates(ignore_index=True)
    return TakenOffers(rows, tuple(path for path, (_, alone) in read if alone))


def _read(path: Path, is_copy: Callable[[Iterable[str]], bool]) -> tuple[list[pd.DataFrame], bool]:
    """The tables of a file that are taken offers, and whether it holds no others."""
    try:
        if not _may_count(path, is_copy):
            return [], False
        tables = read_file(path, Limits(), is_copy).tables
    except UnreadableFileError:
        return [], False
    taken = [table.frame for table in tables if is_copy(table.frame.columns)]
    return taken, len(taken) == len(tables) > 0


def _may_count(path: Path, counts: Callable[[Iterable[str]], bool]) -> bool:
    """Whether the file is worth reading whole: result files can be large, and their header tells."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    if head.startswith(b"PK") or len(head) < _HEAD:
        return True
    return counts(read_text(head[: head.rfind(b"\n") + 1], Limits(), counts).frame.columns)


def _rows(table: pd.DataFrame, name: str, keys: Mapping[str, str]) -> pd.DataFrame:
    written = table.set_axis([plain_name(c) for c in table.columns], axis=1)
    written = written.loc[:, ~written.columns.duplicated()].astype("str")
    named = mended_list(written, keys.values()).frame
    offered = _offer_ids(named)
    if has_slots(keys):
        asked = _asked_in_slots(named, keys)
        offered = _without_blanked(offered, asked)
    else:
        asked, former = _asked(named, written, list(keys))
        # An offer that went out before keys were mended carries the id that the item had then.
        offered = offered.mask(offered.eq(former.reindex(offered.index)), asked.reindex(offered.index)).dropna()
    attempts = named.get(ATTEMPT, pd.Series("1", index=named.index, dtype="str")).fillna("1")
    attempt = pd.Series([whole_of(text) or 1 for text in attempts], index=named.index)
    both = pd.concat([offered, asked])
    rows = pd.DataFrame({"item_id": both.to_numpy(), "attempt": attempt.loc[both.index].to_numpy()})
    rows["changed"] = both.index.isin(_changed(offered, asked))
    return rows.assign(source_file=name.encode("utf-8", "replace").decode("utf-8"))[_COLUMNS]


def _without_blanked(offered: pd.Series, asked: pd.Series) -> pd.Series:
    """Offers of rows but for those whose slots a person blanked: they are not asked, and may be offered again."""
    pairs = pd.MultiIndex.from_arrays([offered.index, offered])
    kept = pairs.isin(pd.MultiIndex.from_arrays([asked.index, asked]))
    row_of_asked = pd.Series(asked.index, dtype=object)[~pd.MultiIndex.from_arrays([asked.index, asked]).isin(pairs)]
    return offered[kept | offered.index.isin(row_of_asked) | ~offered.index.isin(asked.index)]


def _changed(offered: pd.Series, asked: pd.Series) -> list[object]:
    """Rows whose keys name other items than they were offered with; the index of both is that of rows."""
    now, then = (ids.groupby(level=0).agg(frozenset) for ids in (asked, offered))
    return [row for row in now.index.intersection(then.index) if now[row] != then[row]]


def _asked(named: pd.DataFrame, written: pd.DataFrame, keys: Sequence[str]) -> tuple[pd.Series, pd.Series]:
    """Ids of the items that the rows' keys name, and those that version 0.1 gave them; none where a key is blank.

    `written` are the rows as they stand in the file, `named` without damage.
    """
    wanted = [next((n for n in map(plain_name, (k, unmarked(k))) if n in named), plain_name(k)) for k in keys]
    if not wanted or not set(wanted) <= set(named.columns):
        nothing = pd.Series([], dtype="str", index=named.index[:0])
        return nothing, nothing
    filled = reduce(lambda a, b: a & b, [named[k].fillna("").str.strip() != "" for k in wanted])
    return item_ids(named.loc[filled, wanted]), former_item_ids(written.loc[filled, wanted])


def _asked_in_slots(named: pd.DataFrame, keys: Mapping[str, str]) -> pd.Series:
    """Ids of the items that the slots of each row name; the row is the index."""
    slots = exploded(named.rename(columns=lambda c: INPUT + c), keys)
    columns = [find_column(slots.columns, key) for key in keys]
    present = [c for c in columns if c is not None]
    if len(present) < len(columns):
        return pd.Series([], dtype="str", index=named.index[:0])
    return item_ids(slots.loc[keys_of(slots, keys).filled, present])


def _offer_ids(named: pd.DataFrame) -> pd.Series:
    """Ids of the offers that each row is a copy of; the row is the index, as often as it asks about items."""
    texts = named.get(OFFER_ID, pd.Series(None, index=named.index, dtype="str")).dropna()
    each = texts.str.split(OFFER_IDS_END).explode().str.strip()
    each = each[each.map(is_item_id).astype("bool")]
    return pd.Series([canonical_id(text) for text in each], index=each.index, dtype="str")
