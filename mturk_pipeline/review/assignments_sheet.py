"""The sheet `assignments`: suggested pay of each assignment, and people's pay decisions.

Using an answer and paying for it are two decisions: this sheet is about pay alone, and no word on it changes data.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mturk_pipeline.intake.made_ids import current_id
from mturk_pipeline.review.decision_words import BLANK
from mturk_pipeline.review.problems import problem, problem_table, repeated_column
from mturk_pipeline.review.reviewed_files import Sheet, file_name, read_sheets
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.sheets.plans import Column, SheetPlan
from mturk_pipeline.sheets.spreadsheet_safe import unescape_csv_cell
from mturk_pipeline.texts.source_place import source_place
from mturk_pipeline.vocabulary.file_rules import NO_TABLE, UNREADABLE_FILE

TITLE = "assignments"
SETTLE: dict[str, tuple[str, ...]] = {
    "approve": ("approve", "approved", "accept", "accepted", "pay", "paid", "ok", "okay", "yes", "y", "x", "✓", "✔"),
    "reject": ("reject", "rejected", "refuse", "refused"),
}
UNCLEAR = "unclear"
MOST_ROWS = 50_000
_MEANING = {word: settle for settle, words in SETTLE.items() for word in words}
_ORDER = {"reject": 0, "look": 1, "approve": 2}
_WORD_COLUMNS = ["assignment_id", "settle", "feedback", "source_file", "source_row"]
_CELLS = ["assignment_id", "settle", "feedback", "reason"]
_DAMAGED = "its quotes or delimiters are broken, so no cell of it was used: mend the row"
_BETWEEN_CELLS = re.compile(r'[,;|"\t\r\n]')


def _current_ids(ids: pd.Series) -> pd.Series:
    return ids.map(current_id)


def assignments_sheet(suggestions: pd.DataFrame) -> SheetPlan:
    """Assignments still to settle: those suggested for rejection first, then those to look at, then the others.

    Of `suggestions` (contract `SettlementSuggestions`) what lies beyond 50,000 rows is left out.
    """
    waiting = suggestions[suggestions["suggestion"] != "none"]
    order = waiting["suggestion"].map(_ORDER).sort_values(kind="stable").index
    rows = waiting.loc[order].head(MOST_ROWS).reset_index(drop=True)
    empty = pd.Series("", index=rows.index, dtype="str")
    columns = [
        Column("assignment_id", rows["assignment_id"], 34, "quiet"),
        Column("worker", rows["worker"], 20),
        Column("suggestion", rows["suggestion"], 12, "strong"),
        Column("settle", empty, 11, yours=True, choices=tuple(SETTLE)),
        Column("feedback", empty, 40, "wrapped", yours=True),
        Column("reason", rows["reason"], 50, "wrapped"),
        Column("evidence", rows["evidence"], 50, "wrapped"),
        Column("status", rows["status"], 12),
        Column("reward", rows["reward"].map(str, na_action="ignore").astype("str").fillna(""), 9),
        Column("batch", rows["batch_id"], 20),
    ]
    return SheetPlan(TITLE, columns, frozen=3, tab="8E5BA6", fades="settle")


def read_settle_words(
    files: Sequence[Path],
    suggestions: pd.DataFrame | None = None,
    current: Callable[[pd.Series], pd.Series] = _current_ids,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read people's entries in column `settle`, from any reviewed files.

    Parameters
    ----------
    files
        Workbooks and texts; sheets without the columns assignment_id and settle are left alone.
    suggestions
        Contract `SettlementSuggestions`: knows the reasons that a worker can be told. Without, the cell `reason`
        of the row itself is believed.
    current
        Gives ids of assignments, of whatever version, as `suggestions` has them.

    Returns
    -------
    words
        assignment_id (unique), settle (approve, reject, or unclear: what people said cannot be used, so nothing may
        become of the assignment), feedback (from `feedback`, else from `reason` where a person changed it; '' for
        the suggested reason), source_file, source_row.
    problems
        Contract `ReviewProblems`: unknown words, rows that contradict each other (none of them counts), rejections
        without anything to tell the worker. Nothing raises.
    """
    problems: list[dict[str, Any]] = []
    known = set() if suggestions is None else set(suggestions["assignment_id"])
    pieces = []
    for path in files:
        for sheet in _sheets(path, problems):
            pieces.append(_words_of(sheet, problems, current))
            if sheet.damaged:
                pieces.append(_damaged_words(sheet, path, known, current))
    nothing = pd.DataFrame(columns=[*_CELLS, "source_file", "source_sheet", "source_row"]).astype("str")
    words = pd.concat([nothing, *pieces], ignore_index=True).astype({"source_row": "int64"})
    words = words.sort_values(["source_file", "source_row"], kind="stable", ignore_index=True)
    words = _without_disputes(_with_own_reasons(words, suggestions), problems)
    words = _with_something_to_tell(words, suggestions, problems)
    return words[_WORD_COLUMNS].reset_index(drop=True), problem_table(problems)


def _sheets(path: Path, problems: list[dict[str, Any]]) -> list[Sheet]:
    try:
        sheets = read_sheets(path, _is_header)
    except UnreadableFileError as error:
        problems.append(problem(file_name(path), None, None, None, UNREADABLE_FILE, f"{error}"))
        return []
    named = []
    for sheet in sheets:
        if "assignment_id" in {*sheet.table, *sheet.repeated}:
            named.append(sheet)
        elif "settle" in sheet.table and sheet.table["settle"].map(_plain).isin(list(_MEANING)).any():
            # Without such a word the column may be about something else.
            reason = (
                "has no column assignment_id, so nobody knows whose pay it decides: if it was renamed, name it back"
            )
            problems.append(problem(sheet.file, sheet.sheet, None, "assignment_id", NO_TABLE, reason))
    return named


def _is_header(names: set[str]) -> bool:
    """Whether a row names the columns of a sheet of pay decisions, also where assignment_id was renamed."""
    return ("settle" in names and len(names) > 1) or {"assignment_id", "suggestion"} <= names


def _words_of(sheet: Sheet, problems: list[dict[str, Any]], current: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """Filled rows of a sheet with their entries; unclear ones are problems, too."""
    problems += _unclear_columns(sheet)
    cells = sheet.table.reindex(columns=_CELLS).astype("str").fillna("")
    for name in _CELLS:
        cells[name] = cells[name].map(unescape_csv_cell).str.strip()
    cells["assignment_id"] = current(cells["assignment_id"])
    entries = cells["settle"].map(_plain)
    if "assignment_id" in sheet.repeated:
        entries[:] = ""
    meaning = entries.map(_MEANING).mask(~entries.isin([*_MEANING, *BLANK]), UNCLEAR)
    for row in entries.index[meaning.eq(UNCLEAR)]:
        reason = f"no such word: one of {', '.join(SETTLE)}"
        problems.append(problem(sheet.file, sheet.sheet, int(row), "settle", "unknown_word", reason))
    if "settle" not in sheet.table:  # a person's words may stand in a column that was renamed or doubled
        meaning[:] = UNCLEAR
    elif "feedback" in sheet.repeated:
        meaning = meaning.mask(meaning.eq("reject"), UNCLEAR)
    elif "reason" in sheet.repeated:
        meaning = meaning.mask(meaning.eq("reject") & cells["feedback"].eq(""), UNCLEAR)
    nameless = meaning.notna() & (cells["assignment_id"] == "")
    for row in entries.index[nameless & meaning.ne(UNCLEAR)]:
        reason = "the row has no assignment_id: copy it from the sheet that you were given"
        problems.append(problem(sheet.file, sheet.sheet, int(row), "assignment_id", "no_assignment", reason))
    out = cells.assign(settle=meaning.astype("str"), source_file=sheet.file, source_sheet=sheet.sheet)
    out["source_row"] = out.index
    return out[meaning.notna() & ~nameless]


def _damaged_words(
    sheet: Sheet, path: Path, known: set[str], current: Callable[[pd.Series], pd.Series]
) -> pd.DataFrame:
    """Unclear words about the `known` assignments that stand in damaged rows: anywhere but in the usable ones."""
    try:
        content = path.read_bytes()
    except OSError:  # it went away just now
        content = b""
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    cells = pd.Series(_BETWEEN_CELLS.split(text), dtype="str").str.strip().map(unescape_csv_cell).str.strip()
    standing = Counter(current(cells))
    usable = sheet.table["assignment_id"] if "assignment_id" in sheet.table else pd.Series(dtype="str")
    standing.subtract(current(usable.map(unescape_csv_cell).str.strip()))
    ids = sorted(name for name in known if standing[name] > 0)
    rows = pd.DataFrame({"assignment_id": ids, "settle": UNCLEAR, "feedback": "", "reason": ""}, dtype="str")
    return rows.assign(source_file=sheet.file, source_sheet=sheet.sheet, source_row=min(sheet.damaged))


def _plain(text: str) -> str:
    """A word as it is looked up.

    >>> _plain(" Reject. ")
    'reject'
    """
    word = " ".join(text.casefold().split())
    return word if word in BLANK else word.rstrip(".!").strip()


def _unclear_columns(sheet: Sheet) -> Iterator[dict[str, Any]]:
    for name in ("assignment_id", "settle", "feedback", "reason"):
        if name in sheet.repeated:
            yield repeated_column(sheet.file, sheet.sheet, name)
    if "settle" not in sheet.table and "settle" not in sheet.repeated:
        reason = "the sheet has no column settle any more, so it says nothing: if it was renamed, name it back"
        yield problem(sheet.file, sheet.sheet, None, "settle", "missing_column", reason)
    for row in sheet.damaged:
        yield problem(sheet.file, sheet.sheet, row, None, "damaged_row", _DAMAGED)


def _with_own_reasons(words: pd.DataFrame, suggestions: pd.DataFrame | None) -> pd.DataFrame:
    """`words` with reasons that a person wrote into `reason` as feedback, unless `feedback` is filled.

    What stands there as it was suggested is nobody's own word: the suggested reason is told as it is now.
    """
    if suggestions is None:
        return words
    known = suggestions.set_index("assignment_id")["reason"]
    suggested = words["assignment_id"].map(known).astype("str").fillna("")
    from_reason = words["settle"].eq("reject") & words["feedback"].eq("") & words["reason"].ne("")
    from_reason &= words["reason"].str.split().str.join(" ") != suggested.str.split().str.join(" ")
    return words.assign(feedback=words["feedback"].mask(from_reason, words["reason"]))


def _without_disputes(words: pd.DataFrame, problems: list[dict[str, Any]]) -> pd.DataFrame:
    """One row per assignment; of rows that say different things, or nothing usable, none counts: unclear."""
    unclear = set(words.loc[words["settle"] == UNCLEAR, "assignment_id"])
    clear = words[words["settle"] != UNCLEAR]
    with_feedback = clear[clear["feedback"].ne("") & clear["settle"].eq("reject")]
    several_texts = with_feedback.groupby("assignment_id")["feedback"].nunique()
    several_words = clear.groupby("assignment_id")["settle"].nunique()
    against = set(several_words.index[several_words > 1])
    unlike = set(several_texts.index[several_texts > 1]) - against
    for ids, rule, what in (
        (against, "disagreement", "people say approve and reject of one assignment: neither counts"),
        (unlike, "disagreement", "people want to tell one worker different things: neither counts"),
    ):
        disputed = clear[clear["assignment_id"].isin(ids)]
        for _, rows in disputed.groupby("assignment_id", sort=True):
            places = [_place(row) for row in rows.itertuples()]
            reason = f"{what}; leave one of {'; '.join(source_place(*place) for place in places[:6])}"
            problems.append(problem(*places[0], "settle", rule, reason))
    words = words.assign(settle=words["settle"].mask(words["assignment_id"].isin(against | unlike | unclear), UNCLEAR))
    # Of rows that agree, one that has something to tell.
    order = words["feedback"].eq("").sort_values(kind="stable").index
    return words.loc[order].drop_duplicates("assignment_id").sort_index()


def _with_something_to_tell(
    words: pd.DataFrame, suggestions: pd.DataFrame | None, problems: list[dict[str, Any]]
) -> pd.DataFrame:
    """`words` where rejections of which the worker could not be told why are unclear."""
    reason = words["reason"]
    if suggestions is not None:
        known = suggestions.set_index("assignment_id")["reason"]
        reason = words["assignment_id"].map(known).fillna("")
    silent = words["settle"].eq("reject") & words["feedback"].eq("") & reason.eq("")
    for row in words[silent].itertuples():
        text = "a rejection needs a reason that the worker can read: write it into feedback or reason"
        problems.append(problem(*_place(row), "feedback", "no_feedback", text))
    return words.assign(settle=words["settle"].mask(silent, UNCLEAR))


def _place(row: Any) -> tuple[str, str | None, int]:
    """File, sheet and row where a word stands."""
    return row.source_file, None if pd.isna(row.source_sheet) else row.source_sheet, int(row.source_row)
