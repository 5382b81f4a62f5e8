"""Reading of the sheet of more fields: its cells are put into the rows that they belong to.

The sheet has a row for each item and field. Its cells count as if they stood in the row of the same item and workbook
on one of the file's sheets of rows; where that row is not there, in a row of their own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import pandas as pd

from mturk_pipeline.review.cell_edits import Shown
from mturk_pipeline.review.file_versions import Source
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.matching import KnownRows, letters
from mturk_pipeline.review.problems import problem
from mturk_pipeline.review.sheet_entries import ReviewedSheet
from mturk_pipeline.review.shown_values import comparable
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_UNKNOWN_FIELD = "the phase asks no field of this name: not used; write the name as the workbook has it"
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class LongCells:
    """Cells of a file's sheets of more fields.

    `cells`, one row each: at (item and workbook, as one text), export, field, cell, since, sheet, number (of the row),
    source (place in `sources`), item_id, and each key behind a space.
    """

    cells: pd.DataFrame
    sources: Sequence[Source]
    problems: list[dict[str, object]]


def long_cells(sources: Iterable[Source], phase: PhaseSpec) -> LongCells:
    """The cells of sheets of more fields, those of the latest state first; a problem for each unknown field."""
    ordered = sorted(sources, key=lambda s: not s.latest)
    parts = [_cells_of(source, number, phase) for number, source in enumerate(ordered)]
    cells = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if cells.empty:
        return LongCells(cells, ordered, [])
    strange = cells[cells["field"].isna() & cells["cell"].str.strip().ne("")]
    problems = []
    for place, rows in strange.groupby("source"):
        source = ordered[int(str(place))]
        if source.latest and source.present:
            where = (source.sheet.file, source.sheet.sheet)
            numbers = rows["number"].tolist()
            problems += [problem(*where, n, "field", "unknown_field", _UNKNOWN_FIELD) for n in numbers]
    return LongCells(cells[cells["field"].notna()].reset_index(drop=True), ordered, problems)


def _cells_of(source: Source, number: int, phase: PhaseSpec) -> pd.DataFrame:
    table = source.sheet.table
    fields: Mapping[str, str] = {plain_name(name): name for name in phase.fields}
    keys = {f" {key}": table.get(plain_name(key), pd.Series("", table.index)) for key in key_columns(phase)}
    out = pd.DataFrame({"item_id": table["item_id"], "export": comparable(table["export"]).str.upper(), **keys})
    codes, names = pd.factorize(table["field"])
    known = [fields.get(plain_name(str(name).strip())) for name in names]
    out["field"] = pd.array([*known, None], dtype="str").take(codes)
    out["cell"], out["since"] = table["value"], source.since.reindex(table.index).astype(float)
    out["sheet"], out["number"], out["source"] = source.sheet.sheet, table.index, number
    by_keys = pd.Series("", table.index, dtype="str")
    for cells in keys.values():
        by_keys = by_keys + _SEPARATOR + comparable(cells)
    named = _rows_named(out)
    out["at"] = named.where(~named.str.startswith(_SEPARATOR), named + by_keys)
    return out.reset_index(drop=True).astype({"sheet": "str"})


def with_long_cells(
    sheets: Sequence[ReviewedSheet], long: LongCells, known: KnownRows, shown: Shown, phase: PhaseSpec
) -> tuple[list[ReviewedSheet], list[tuple[Source, ReviewedSheet]]]:
    """The sheets of rows, in their order, with the cells in their rows; and sheets of the cells of other rows.

    Of two cells for the same item, workbook and field the edited one counts. Where both were edited, and not in the
    same way, the second stands in a row of its own: so it is told that they disagree.
    """
    left, joined = long.cells, dict(enumerate(sheets))
    for place, sheet in sorted(joined.items(), key=lambda pair: not pair[1].latest):
        if len(left):
            joined[place], left = _joined(sheet, left, known, shown, phase)
    return [joined[n] for n in range(len(sheets))], list(_own_sheets(left, long.sources, phase))


def _rows_named(rows: pd.DataFrame) -> pd.Series:
    """Item and workbook of each row, as one text."""
    return letters(rows["item_id"]) + _SEPARATOR + comparable(rows["export"]).str.upper()


def _joined(
    sheet: ReviewedSheet, cells: pd.DataFrame, known: KnownRows, shown: Shown, phase: PhaseSpec
) -> tuple[ReviewedSheet, pd.DataFrame]:
    """`sheet` with the cells that belong to its rows, and the cells that do not."""
    table = sheet.table
    named = _rows_named(table)
    named = named[~named.duplicated() & ~named.str.startswith(_SEPARATOR)]
    row = cells["at"].map(pd.Series(named.index, index=named.to_numpy())).astype(float)
    here = cells[row.notna()].assign(row=row[row.notna()].astype("int64"), own=False)
    if here.empty:
        return sheet, cells
    rows = table.loc[here["row"].unique()]
    about = {"at": named.loc[rows.index], "export": comparable(rows["export"]).str.upper(), "own": True}
    both = [f for f in here["field"].unique() if f in sheet.fields]
    own = [pd.DataFrame({"row": rows.index, "field": f, "cell": rows[f], **about}) for f in both]
    put, against = _chosen(pd.concat([*own, here], ignore_index=True), known, shown)
    put = put[~put["own"].astype(bool)]
    values = put.pivot(index="row", columns="field", values="cell").astype("str")
    names = [f for f in phase.fields if f in sheet.fields or f in values]
    columns: list[str] = [str(name) for name in values]
    holds = values.notna().reindex(index=table.index, columns=names, fill_value=False).astype(bool)
    out = table.copy()
    for field in columns:
        out.loc[values.index, field] = values[field].fillna(out.loc[values.index, field])
    since, latest = sheet.since.reindex(table.index).astype(float), put.groupby("row")["since"].max()
    whole = replace(
        sheet,
        table=out,
        fields=tuple(names),
        has=holds | np.isin(names, list(sheet.fields)),
        since=since.mask(latest.reindex(table.index) > since, latest.reindex(table.index)),
        origins=put[["row", "field", "sheet", "number"]],
    )
    others = against.loc[~against["own"].astype(bool), list(cells.columns)].astype(cells.dtypes.to_dict())
    return whole, pd.concat([cells[row.isna()], others], ignore_index=True)


def _chosen(cells: pd.DataFrame, known: KnownRows, shown: Shown) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One cell for each row and field: an edited one before an emptied one, that before one left as it was shown.

    The second table has those that were edited otherwise.
    """
    item = cells["at"].str.partition(_SEPARATOR)[0].map(known.by_letters).astype("str").fillna("")
    text = comparable(cells["cell"])
    about = pd.DataFrame({"item_id": item, "export": cells["export"], "field": cells["field"], "cell": text})
    edited = text.ne("") & ~shown.showed(about.astype("str"))
    order = cells.assign(rank=np.select([edited, text.eq("")], [0, 1], 2), text=text)
    order = order.sort_values(["row", "field", "rank"], kind="stable")
    first = order.drop_duplicates(["row", "field"])
    others = order.drop(index=first.index)
    others = others[others["rank"] == 0].merge(
        first[["row", "field", "text"]], on=["row", "field"], suffixes=("", "_1")
    )
    return first, others[others["text"] != others["text_1"]].drop_duplicates(["row", "field", "text"])


def _own_sheets(
    cells: pd.DataFrame, sources: Sequence[Source], phase: PhaseSpec
) -> Iterator[tuple[Source, ReviewedSheet]]:
    """Cells without a row, as sheets with one row for each item and workbook; a cell that stands twice in a second."""
    if cells.empty:
        return
    again = cells.groupby(["source", "at", "field"]).cumcount()
    for number, of_source in cells.groupby("source"):
        for layer in count():
            here = of_source[again.loc[of_source.index] == layer]
            if here.empty:
                break
            source = sources[int(str(number))]
            yield source, _own_sheet(source, here, phase)


def _own_sheet(source: Source, cells: pd.DataFrame, phase: PhaseSpec) -> ReviewedSheet:
    first = cells.drop_duplicates("at").set_index("at")
    values = cells.pivot(index="at", columns="field", values="cell").reindex(first.index).astype("str")
    rows = pd.Index(first["number"].astype("int64"), name="source_row")
    names = [f for f in phase.fields if f in values]
    keys = {key: first[f" {key}"] for key in key_columns(phase)}
    table = pd.DataFrame(
        {"item_id": first["item_id"], "export": first["export"], "decision": "", "comment": "", **keys}
    )
    table = pd.concat([table, values.reindex(columns=list(phase.fields))], axis=1).astype("str").fillna("")
    return ReviewedSheet(
        source.sheet.file,
        source.sheet.sheet,
        table.set_axis(rows),
        tuple(names),
        since=cells.groupby("at")["since"].max().reindex(first.index).set_axis(rows),
        latest=source.latest,
        present=source.present,
        has=values[names].notna().set_axis(rows),
        origins=cells.assign(row=cells["at"].map(first["number"]))[["row", "field", "sheet", "number"]],
    )
