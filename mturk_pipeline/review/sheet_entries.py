"""Entries of one reviewed sheet: verdicts on rows, edits of cells, added rows, comments, and unclear ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.intake.mended_cells import use_of
from mturk_pipeline.intake.spreadsheet_repair import Use, undo_damage
from mturk_pipeline.review.cell_edits import EDIT_COLUMNS, SEEN_COLUMNS, Shown, cells_of, find_edits
from mturk_pipeline.review.decision_words import UNDO, WORDS, decision_of
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.matching import REASONS, KnownRows, addition_ids, element_of, match_rows
from mturk_pipeline.review.person_values import person_values
from mturk_pipeline.review.problems import problem, problem_table
from mturk_pipeline.review.shown_values import ANSWERS, HITS, comparable
from mturk_pipeline.texts.spreadsheet_errors import is_spreadsheet_error
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Beside keys and fields of any name: no header of a file begins with a space.
WHEN = [" since", " base", " seen", " present", " changed"]
LAPSED = "lapsed"
_AT = {"at_sheet": "str", "at_row": "float"}
PLACE = ["source_file", "source_sheet", "source_row"]
_NOTHING_FIXED = "the decision is fix but nothing was changed: write the right value, or decide accept"
_ANSWERED = "answers of a new HIT came in since this decision, so the row is open: decide it in the newest workbook"
_UNKNOWN_EXPORT = (
    "it is not known what the workbook of this row showed, so its values were not used: write a decision beside them"
)
DAMAGED = {
    "open_quote": "a quotation mark is not closed, or a cell is far too long: the row was not used; correct it",
    "ragged_row": (
        "the row has more or fewer cells than the header, as with a comma that is not in quotation marks: "
        "not used; correct it, or save the table as .xlsx"
    ),
}
_CELL_REASONS = {
    "error_text": "a spreadsheet's error stands there, so it was taken for an empty cell: write the value",
    "odd_value": "not a usual {kind}: it was kept as written; correct it if that was not meant",
    "blank_word": "this word means an empty cell, so nothing was changed: write none for 'there is none'",
    "rounded_number": "a spreadsheet rounded this number, so it was not used: format the column as text",
}


@dataclass(frozen=True)
class ReviewedSheet:
    """One sheet about the phase; `table` has all of the phase's columns, `fields` names those that are its own.

    `lacking` gives the last columns that a row of a text file does not have. `since` numbers, by row, the state of
    the file in which the row first stood as it is (in the count of exports); `latest` and `present` are as in
    `mturk_pipeline.review.file_versions.Source`.
    """

    file: str
    sheet: str | None
    table: pd.DataFrame
    fields: tuple[str, ...]
    lacking: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    since: pd.Series = field(default_factory=lambda: pd.Series(dtype="int64"))
    latest: bool = True
    present: bool = True
    # Of cells from a sheet with a row for each: which row has which field's (None: all), and where they stand (row,
    # field, sheet, number)
    has: pd.DataFrame | None = None
    origins: pd.DataFrame | None = None


@dataclass(frozen=True)
class SheetEntries:
    """Entries of a sheet, in tables."""

    # row, item_id, decision ('' for edits alone), comment, the place, and `WHEN`: since (see `ReviewedSheet`), base
    # (number of the export that the row names; missing), seen (of the export that the person had before them, as far as
    # it is known), present, and changed (the answers of its item changed since)
    verdicts: pd.DataFrame
    edits: pd.DataFrame  # `EDIT_COLUMNS`, for the rows of `verdicts`
    seen: pd.DataFrame  # `SEEN_COLUMNS`, for the rows of `verdicts`
    # item_id, parent_item_id, element, keys, fields, comment, the place, `WHEN`, and refused: taken back by a decision
    # other than accept and fix
    added: pd.DataFrame
    comments: pd.DataFrame  # item_id, comment
    # Contract `ReviewProblems`. The decision `LAPSED` stands for a redo or reject that was carried out: a person must
    # look again.
    problems: pd.DataFrame = field(default_factory=problem_table)
    mended: int = 0  # How many cells a table program had damaged, which was undone
    known: int = 0  # How many rows are about the phase: its items now or in earlier workbooks, or added
    unknown: int = 0  # How many rows have the id of an item of another phase or project


def no_entries(phase: PhaseSpec) -> SheetEntries:
    """Tables of a sheet without entries: their columns and types, no rows."""
    texts = dict.fromkeys(["item_id", "parent_item_id", "element", *key_columns(phase), *phase.fields], "str")
    place = {"comment": "str", "source_file": "str", "source_sheet": "str", "source_row": "int64"}
    when = {" since": "float", " base": "float", " seen": "float", " present": "bool", " changed": "bool"}
    place |= when
    verdicts = {"row": "int64", "item_id": "str", "decision": "str", **place}
    edits = {**dict.fromkeys(EDIT_COLUMNS, "str"), "row": "int64", "edited": "bool", "seen": "bool", **_AT}
    seen = {**dict.fromkeys(SEEN_COLUMNS, "str"), "row": "int64", "left": "bool"}
    added = {**texts, **place, " refused": "bool"}
    comments = {"item_id": "str", "comment": "str"}
    return SheetEntries(_empty(verdicts), _empty(edits), _empty(seen), _empty(added), _empty(comments))


def _empty(types: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in types.items()})


def entries_of_sheet(sheet: ReviewedSheet, rows_known: KnownRows, shown: Shown, phase: PhaseSpec) -> SheetEntries:
    """Read the entries of one sheet; see `read_reviewed` for the rules."""
    sheet, mended = _without_damage(sheet, rows_known, shown, phase)
    sheet, problems = _without_errors(sheet, rows_known, shown, phase)
    rows = _rows(sheet, rows_known, shown, phase)
    short = _cut_off(sheet, rows, shown)
    problems += [problem(sheet.file, sheet.sheet, n, None, "ragged_row", DAMAGED["ragged_row"]) for n in short]
    rows = rows.drop(index=short)
    problems += _row_problems(sheet, rows)
    known = rows[rows["item_id"].notna() & rows["decision"].notna()]
    answered = _answered_since(known, rows_known, shown)
    problems += [
        problem(sheet.file, sheet.sheet, int(row), "decision", "answered_since", _ANSWERED)
        for row in known.index[answered]
    ]
    comments = known.loc[known["comment"] != "", ["item_id", "comment"]]
    known = known.assign(decision=known["decision"].mask(answered, LAPSED))
    known[" changed"] = _changed_since(known, rows_known, shown)
    cells = cells_of(known[~answered], list(sheet.fields), sheet.has)
    # An error that took a value's place does not mean that a "fix" cleared it.
    errors = {(p["source_row"], p["column"]) for p in problems if p["rule"] == "error_text"}
    if errors:
        cells = cells[[place not in errors for place in zip(cells["row"], cells["field"], strict=True)]]
    fixes = known["decision"].eq("fix") & known[" by_id"]
    edits, seen = find_edits(cells.assign(fixes=cells["row"].map(fixes)), shown, phase)
    # Of a workbook of which nothing is known any more, an untouched old value looks like an edit.
    strange = known.index[known["export"].ne("") & known[" base"].isna() & known["decision"].eq("")]
    doubtful = edits["row"].isin(strange) & edits["edited"]
    problems += [
        problem(sheet.file, sheet.sheet, int(row), None, "unknown_export", _UNKNOWN_EXPORT)
        for row in edits.loc[doubtful, "row"].unique()
    ]
    edits = edits[~edits["row"].isin(strange)]
    problems += _cell_problems(sheet, edits, phase)
    edited = known.index.isin(edits.loc[edits["edited"], "row"])
    idle = known["decision"].eq("fix") & ~edited
    problems += [
        problem(sheet.file, sheet.sheet, int(row), "decision", "fix_without_change", _NOTHING_FIXED)
        for row in known.index[idle]
    ]
    verdicts = known[(known["decision"].ne("") | edited) & ~idle]
    edits, problems = _at_origins(edits, problems, sheet)
    return SheetEntries(
        _placed(verdicts.assign(row=verdicts.index)[["row", "item_id", "decision", "comment", *WHEN]], sheet),
        edits.loc[edits["row"].isin(verdicts.index) & (edits["rule"].isin(["", "odd_value"])), [*EDIT_COLUMNS, *_AT]],
        seen[seen["row"].isin(verdicts.index)],
        _additions(sheet, rows, shown, phase),
        comments.reset_index(drop=True),
        # Nobody can mend a row that stands in no file any more.
        problem_table(problems if sheet.latest and sheet.present else []),
        mended if sheet.latest else 0,
        int((rows["item_id"].notna() | rows[" rule"].eq("orphan") | rows[" addition"]).sum()),
        int(rows[" rule"].eq("unknown_item").sum()),
    )


def _at_origins(
    edits: pd.DataFrame, problems: list[dict[str, object]], sheet: ReviewedSheet
) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Edits with where each cell stands (`_AT`; missing: in its row), and problems of cells at their own places."""
    if sheet.origins is None:
        return edits.assign(at_sheet=None, at_row=np.nan).astype(_AT), problems
    places = sheet.origins.set_axis(["row", "field", "at_sheet", "at_row"], axis=1)
    edits = edits.merge(places, on=["row", "field"], how="left").astype(_AT)
    at = {(r, f): (s, int(n)) for r, f, s, n in places.itertuples(index=False)} if problems else {}
    moved = []
    for each in problems:
        place = at.get((each["source_row"], each["column"]))
        moved.append(each if place is None else {**each, "source_sheet": place[0], "source_row": place[1]})
    return edits, moved


def _rows(sheet: ReviewedSheet, rows_known: KnownRows, shown: Shown, phase: PhaseSpec) -> pd.DataFrame:
    """The sheet's rows with what each is about and its decision ('' none, missing for an unknown word)."""
    table = sheet.table
    about = match_rows(table, rows_known, phase)
    codes, uniques = pd.factorize(table["decision"])
    words = pd.Series([decision_of(u) for u in uniques], dtype="str")
    out = table.drop(columns=["item_id", "decision"]).join(about)
    out["decision"] = words.take(codes).set_axis(table.index)
    out["comment"] = comparable(table["comment"])
    out["export"] = comparable(table["export"]).str.upper()
    out[" since"] = sheet.since.reindex(table.index).astype(float)
    out[" base"] = shown.exports.number_of(out["export"])
    out[" seen"] = out[" base"].fillna(shown.exports.before(out[" since"]))
    out[" present"] = sheet.present
    # A row whose only content is, say, a number that a person wrote beside the table.
    empty = (table[["item_id", "decision", *key_columns(phase), *phase.fields]] == "").all(axis=1)
    return out[~empty]


def _are_errors(cells: pd.Series) -> pd.Series:
    return cells.isin([text for text in cells.dropna().unique() if is_spreadsheet_error(text)])


def _without_errors(
    sheet: ReviewedSheet, rows_known: KnownRows, shown: Shown, phase: PhaseSpec
) -> tuple[ReviewedSheet, list[dict[str, object]]]:
    """The sheet without the errors of spreadsheets in its cells, and a problem for each; shown ones are copies."""
    wrong = sheet.table.drop(columns="decision").apply(_are_errors)
    touched = sheet.table[wrong.any(axis=1)]
    if touched.empty:
        return sheet, []
    about = touched[["export"]].assign(item_id=match_rows(touched, rows_known, phase)["item_id"])
    about["export"] = comparable(about["export"]).str.upper()
    problems, table = [], sheet.table.copy()
    for name in map(str, wrong.columns):
        cells = about.assign(field=name, cell=touched[name])[wrong.loc[touched.index, name]]
        rows = cells.index[~shown.showed(cells)]
        table.loc[rows, name] = ""
        reason = _CELL_REASONS["error_text"]
        problems += [problem(sheet.file, sheet.sheet, int(n), name, "error_text", reason) for n in rows]
    return replace(sheet, table=table), problems


def _without_damage(
    sheet: ReviewedSheet, rows_known: KnownRows, shown: Shown, phase: PhaseSpec
) -> tuple[ReviewedSheet, int]:
    """The sheet without what table programs did to its cells, and to how many; a cell that is as it was shown stays."""
    uses: dict[str, Use] = {"comment": "text", "decision": "text", **dict.fromkeys(key_columns(phase), "keys")}
    uses |= {name: use_of(phase.fields[name]) for name in sheet.fields}
    mended = undo_damage(sheet.table.replace("", np.nan), uses)
    if not mended.changes:
        return sheet, 0
    table, count = sheet.table.copy(), 0
    for name, changes in mended.changes.items():
        rows = table.index[changes.place]
        if name in sheet.fields:
            touched = table.loc[rows]
            cells = touched[["export"]].assign(item_id=match_rows(touched, rows_known, phase)["item_id"])
            cells = cells.assign(export=comparable(cells["export"]).str.upper(), field=name, cell=touched[name])
            rows = rows[~shown.showed(cells).to_numpy(dtype=bool)]
        table.loc[rows, name] = mended.frame.loc[rows, name].fillna("")
        count += len(rows)
    return replace(sheet, table=table), count


def _cut_off(sheet: ReviewedSheet, rows: pd.DataFrame, shown: Shown) -> list[int]:
    """Rows that lack cells in which values were shown: a comma is missing, and the cells stand in wrong columns."""
    places = [
        {"row": n, "item_id": rows.at[n, "item_id"], "export": rows.at[n, "export"], "field": name}
        for n, names in sheet.lacking.items()
        if n in rows.index
        for name in names
        if name in sheet.fields
    ]
    if not places:
        return []
    cells = pd.DataFrame(places).astype({"item_id": "str", "export": "str", "field": "str"})
    return sorted(set(cells.loc[shown.before(cells).notna(), "row"]))


def _answered_since(rows: pd.DataFrame, rows_known: KnownRows, shown: Shown) -> pd.Series:
    """Whether the item was sent back (redo, reject) and has more HITs now than in the row's export.

    Late answers of a HIT that the person saw are not what was asked for.
    """
    now = rows["item_id"].map(rows_known.hits).astype(float)
    return rows["decision"].isin(["redo", "reject"]) & (now > shown.fact(HITS, rows).astype(float))


def _changed_since(rows: pd.DataFrame, rows_known: KnownRows, shown: Shown) -> pd.Series:
    """Whether other assignments lie behind the row than when the person decided, and they say something else.

    More of the same is no reason to look again, nor are answers that are only read in another way now.
    """
    then = shown.fact(ANSWERS, rows).str.split(" ", n=1, expand=True).reindex(columns=[0, 1])
    now = rows["item_id"].map(rows_known.facts[ANSWERS]).astype("str").str.split(" ", n=1, expand=True)
    now = now.reindex(columns=[0, 1])
    known = then[0].notna() & now[0].notna() & ~rows["decision"].isin(["drop", UNDO, LAPSED])
    return known & (then[0] != now[0]) & (then[1] != now[1])


def _row_problems(sheet: ReviewedSheet, rows: pd.DataFrame) -> list[dict[str, object]]:
    unclear = rows[(rows[" rule"] != "") & ((rows[" rule"] != "orphan") | rows["decision"].ne(""))]
    problems = [
        problem(sheet.file, sheet.sheet, int(row), "item_id", rule, REASONS[rule])
        for row, rule in zip(unclear.index, unclear[" rule"], strict=True)
    ]
    unknown = rows[rows["decision"].isna()]
    small = ", ".join(WORDS)
    return problems + [
        problem(
            sheet.file,
            sheet.sheet,
            int(row),
            "decision",
            "unknown_decision",
            f"the word there is no decision, so the row stays undecided: write one of {small}",
        )
        for row in unknown.index
    ]


def _cell_problems(sheet: ReviewedSheet, edits: pd.DataFrame, phase: PhaseSpec) -> list[dict[str, object]]:
    odd = edits[edits["rule"] != ""]
    return [
        problem(
            sheet.file,
            sheet.sheet,
            int(row),
            name,
            rule,
            _CELL_REASONS[rule].format(kind=phase.fields[name].kind),
        )
        for row, name, rule in zip(odd["row"], odd["field"], odd["rule"], strict=True)
    ]


def _additions(sheet: ReviewedSheet, rows: pd.DataFrame, shown: Shown, phase: PhaseSpec) -> pd.DataFrame:
    """Rows that a person added, except untouched copies of earlier additions; `refused`: those taken back."""
    new = rows[rows[" addition"] & rows["decision"].notna()]
    # A row of one's own that is taken out of the file is gone.
    if new.empty or not sheet.latest:
        return no_entries(phase).added
    new = new.assign(item_id=addition_ids(new, phase))
    cells = cells_of(new, list(sheet.fields))
    means = person_values(cells, phase)
    cells = cells.assign(value=means["value"], untouched=shown.showed(cells) | cells["cell"].eq(""))
    copies = cells.groupby("row")["untouched"].all().reindex(new.index, fill_value=True)
    values = cells.pivot(index="row", columns="field", values="value").reindex(new.index)
    values = values.reindex(columns=list(phase.fields)).astype("str")
    keys = pd.DataFrame({k: comparable(new[k]) for k in key_columns(phase)}, index=new.index)
    element = element_of(new, phase) if phase.record_fields else pd.Series("", index=new.index, dtype="str")
    table = pd.concat([new[["item_id", "parent_item_id"]], element.rename("element"), keys, values], axis=1)
    table = table.join(new[["comment", *[w for w in WHEN if w != " changed"]]]).assign(**{" changed": False})
    table[" refused"] = ~new["decision"].isin(["", "accept", "fix"])
    known = new["decision"].eq("accept") | table[" refused"] | ~copies
    return _placed(table[known & values[list(phase.record_fields or phase.fields)].notna().any(axis=1)], sheet)


def _placed(table: pd.DataFrame, sheet: ReviewedSheet) -> pd.DataFrame:
    """`table` with the place of each row, whose number is its index."""
    place = {"source_file": sheet.file, "source_sheet": sheet.sheet, "source_row": table.index}
    out = table.assign(**place).astype({"source_file": "str", "source_sheet": "str", "source_row": "int64"})
    return out.reset_index(drop=True)
