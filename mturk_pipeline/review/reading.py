"""What people decided: reads any sheets they saved, and keeps every word with the place where it stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from mturk_pipeline.review.cleaning import key_columns
from mturk_pipeline.review.edits import Shown
from mturk_pipeline.review.matching import KnownRows
from mturk_pipeline.review.problems import problem, problem_table
from mturk_pipeline.review.reviewed_files import Sheet, UnreadableFile, column_name, file_name, read_sheets
from mturk_pipeline.review.sheet_says import DAMAGED, ReviewedSheet, Said, nothing_said, what_sheet_says
from mturk_pipeline.review.shown import shown_values
from mturk_pipeline.review.uniting import unite
from mturk_pipeline.workflow.phase_spec import PhaseSpec

OWN_COLUMNS = ("item_id", "export", "decision", "comment")
_FILE_COLUMNS = ["source_file", "sheets", "rows", "decided", "edits", "additions", "problems", "problem"]


@dataclass(frozen=True)
class Reviews:
    """What came back from review.

    Attributes
    ----------
    decisions
        Contract `Decisions`: per row its decision (field '') and per field what was edited; `after` is missing
        for "there is none". A field's "accept" keeps the value that the person saw, where it has changed since.
    problems
        Contract `ReviewProblems`.
    added
        Rows that people added: item_id, parent_item_id (missing where the item is new), element, the keys, the
        fields, comment.
    comments
        Every comment on a known row, decided or not: item_id, comment.
    files
        One row per file: source_file, sheets and rows read, decided, edits, additions, problems (counts), and
        problem: why the whole file could not be read; missing for a good file.
    disputed
        item_id of rows about which people disagree, or whose redo or reject has lapsed: undecided.
    """

    decisions: pd.DataFrame
    problems: pd.DataFrame
    added: pd.DataFrame
    comments: pd.DataFrame
    files: pd.DataFrame
    disputed: frozenset[str] = frozenset()


def read_reviewed(
    files: Sequence[Path], cleaned: pd.DataFrame, shown: pd.DataFrame | None, phase: PhaseSpec
) -> Reviews:
    """Read the files that people saved in the phase's reviewed folder.

    Parameters
    ----------
    files
        Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) and texts (.csv, .tsv, .txt); their order is no matter.
    cleaned
        Contract `CleanedOutput`: the rows as they are now.
    shown
        What workbooks showed: the results of `shown_values`, put together in their order; None for none.
    phase
        The phase.

    Notes
    -----
    A sheet is read where a row among its first twenty names `item_id` or all keys, and `decision`, `comment` or
    a field. A sheet with the columns `field` and `value` is a list of answers, and is not read.
    A decision redo or reject lapses once its item has more HITs than in the workbook it was made in.
    Rows are matched by id, else by keys. A filled cell is an edit where the row's workbook did not show its value,
    or, where the row names no workbook, where the crowd never said it there. An edit alone is a fix. A blank cell
    changes nothing; only in a row with an item_id and the decision "fix" does a cell that was emptied mean
    "there is none", as does the word "none" anywhere. Rows that disagree about an item leave it undecided.
    Nothing raises: what is not understood is a problem, and the rest counts.
    """
    now = shown_values(cleaned, phase)
    seen = Shown(now if shown is None else pd.concat([shown, now], ignore_index=True))
    known = KnownRows(cleaned, phase)
    nothing = nothing_said(phase)
    said = [nothing]
    counts: list[dict[str, object]] = []
    for path in sorted(files, key=lambda p: p.name):
        sheets, problems = _sheets(path, phase)
        here = [what_sheet_says(sheet, known, seen, now, phase) for sheet in sheets]
        said += [replace(nothing, problems=problem_table(problems)), *here]
        counts.append(_counts(file_name(path), sheets, here, problems))
    united = unite(said, cleaned, phase)
    files_table = pd.DataFrame(counts, columns=_FILE_COLUMNS).astype({"source_file": "str", "problem": "str"})
    return Reviews(united.decisions, united.problems, united.added, united.comments, files_table, united.disputed)


def _sheets(path: Path, phase: PhaseSpec) -> tuple[list[ReviewedSheet], list[dict[str, object]]]:
    """The sheets of a file that are about the phase, with the phase's own column names; and problems."""
    name = file_name(path)
    try:
        found = read_sheets(path, lambda names: _is_about(names, phase))
    except UnreadableFile as error:
        return [], [problem(name, None, None, None, "unreadable_file", f"{error}")]
    if not found:
        keys = ", ".join(phase.keys)
        wanted = "a header with item_id" + (f" or with {keys}" if keys else "") + ", and decision or a field"
        return [], [problem(name, None, None, None, "no_table", f"no sheet has {wanted}: not used")]
    pairs = [_named(sheet, phase) for sheet in found]
    return [sheet for sheet, _ in pairs], [p for _, problems in pairs for p in problems]


def _is_about(names: set[str], phase: PhaseSpec) -> bool:
    keys = {column_name(k) for k in phase.keys}
    fields = {column_name(f) for f in phase.fields}
    # "field" and "value" together: the sheet of answers in our own workbook, one row per answer.
    told = bool(names & {"decision", "comment", *fields}) and not {"field", "value"} <= names
    return told and ("item_id" in names or (bool(keys) and keys <= names))


def _named(sheet: Sheet, phase: PhaseSpec) -> tuple[ReviewedSheet, list[dict[str, object]]]:
    """`sheet` with all of the phase's columns under their own names ('' where absent)."""
    wanted = {column_name(c): c for c in (*OWN_COLUMNS, *key_columns(phase), *phase.fields)}
    problems = [
        problem(
            sheet.file,
            sheet.sheet,
            None,
            wanted[name],
            "repeated_column",
            f"the column {wanted[name]} stands there twice: neither was used; delete one or give it another name",
        )
        for name in sheet.repeated
        if name in wanted
    ]
    missing = [c for name, c in wanted.items() if name not in sheet.table and name not in sheet.repeated]
    said_by_name = [c for c in missing if c in phase.fields and "export" in sheet.table]
    if "decision" in missing and ("item_id" in sheet.table or "export" in sheet.table):
        said_by_name.append("decision")
    problems += _renamed(sheet, said_by_name, wanted)
    table = sheet.table[[n for n in sheet.table if n in wanted]].rename(columns=wanted)
    present = tuple(f for f in phase.fields if f in table)
    table = table.reindex(columns=list(wanted.values())).astype("str").fillna("")
    problems += [problem(sheet.file, sheet.sheet, n, None, rule, DAMAGED[rule]) for n, rule in sheet.damaged.items()]
    lacking = {n: tuple(wanted[c] for c in names if c in wanted) for n, names in sheet.lacking.items()}
    return ReviewedSheet(sheet.file, sheet.sheet, table, present, lacking), problems


def _renamed(sheet: Sheet, missing: list[str], wanted: Iterable[str]) -> list[dict[str, object]]:
    """A column is gone from our own sheet and strange columns are there: said, never guessed."""
    ours = [f"{c}{end}" for c in wanted for end in ("_trust", "_runners_up")]
    strange = [n for n in sheet.table if n not in {*wanted, *ours, "reasons", "status"}]
    if not strange:
        return []
    reason = f"no column has this name, and {len(strange)} have unknown names: if one was renamed, name it back"
    return [problem(sheet.file, sheet.sheet, None, f, "missing_column", reason) for f in missing]


def _counts(
    file: str, sheets: list[ReviewedSheet], said: list[Said], problems: list[dict[str, object]]
) -> dict[str, object]:
    whole = [p["reason"] for p in problems if p["source_row"] is None and p["source_sheet"] is None and not sheets]
    return {
        "source_file": file,
        "sheets": len(sheets),
        "rows": sum(len(s.table) for s in sheets),
        "decided": sum(len(s.verdicts) for s in said),
        "edits": sum(int(s.edits["edited"].sum()) for s in said),
        "additions": sum(len(s.added) for s in said),
        "problems": len(problems) + sum(len(s.problems) for s in said),
        "problem": whole[0] if whole else None,
    }
