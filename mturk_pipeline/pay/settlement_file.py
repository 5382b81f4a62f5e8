"""A batch's own result file, with Approve and Reject filled: what the requester site takes as an upload.

Put an x into Approve or a reason into Reject; both empty leaves the row as it is. All other cells stay as the file
has them, byte for byte. Source: Requester UI Guide, "Reviewing Assignments Offline".
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mturk_pipeline.intake.dialects import recognise
from mturk_pipeline.sheets.headers import clean_header, first_header
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.reader import read_file
from mturk_pipeline.sheets.spreadsheet_safe import escape_csv_cell, excel_text
from mturk_pipeline.sheets.text_tables import encoding_of, find_layout
from mturk_pipeline.texts.spreadsheet_marks import without_damage

PREFIX = "_settlement_"
_WORDS = ("Approve", "Reject")
LONGEST_REASON = 1024  # characters that Mechanical Turk takes
_MORE = " …"
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")
_BEGINS_CELL = re.compile(r";(?=[^\w]*[=+\-@＝＋－＠﹦﹢﹣﹫])")


@dataclass(frozen=True)
class SettlementFile:
    """One upload, or why there is none."""

    source: str  # Name of the result file
    name: str  # Name of the upload
    content: bytes | None  # The upload; None where no row of it has a word
    # As `decide_pay` returns it, the rows whose counting row stands in the file, as the upload has them
    decided: pd.DataFrame
    problem: str = ""  # Why this file has no upload, in one line; '' otherwise


@dataclass(frozen=True)
class _Rows:
    """A table as it is written: each byte a character (Latin-1); each row with its number in a spreadsheet."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    line_end: str
    sheet: str | None = None


def settlement_files(
    paths: Sequence[Path], assignments: pd.DataFrame, decided: pd.DataFrame, named: Callable[[str], str] = str
) -> list[SettlementFile]:
    """The uploads of a phase's result files, one for each file that has rows to settle.

    `assignments` (contract `Assignments`) are collected from these very files: an assignment is settled in the file of
    the row that counts, the newest, and only there. `decided` is as `decide_pay` returns it, `named` what names of
    files and sheets are called in `assignments`.
    """
    where = assignments[["assignment_id", "source_file", "source_sheet", "source_row"]]
    placed = decided.merge(where, on="assignment_id", validate="one_to_one")
    stems = pd.Series([path.stem for path in paths], dtype="str").value_counts()
    made = []
    for path in paths:
        source = named(path.name.encode("utf-8", "replace").decode("utf-8"))
        rows = placed[placed["source_file"] == source]
        name = path.stem if stems[path.stem] == 1 else path.name
        made += _uploads(path, source, named(name.encode("utf-8", "replace").decode("utf-8")), rows, named)
    return made


def _uploads(
    path: Path, source: str, stem: str, rows: pd.DataFrame, named: Callable[[str], str]
) -> Iterator[SettlementFile]:
    try:
        tables = _tables(path)
    except UnreadableFileError as error:
        yield SettlementFile(source, "", None, rows, f"{error}")
        return
    result_tables = [(table, problem) for table in tables if (problem := _problem(table.header)) is not None]
    for table, problem in result_tables:
        title = None if table.sheet is None else named(table.sheet)
        here = rows if title is None else rows[rows["source_sheet"] == title]
        sheet = f"_{title}" if len(result_tables) > 1 else ""
        name = f"{PREFIX}{stem}{sheet}.csv".replace("/", "_")
        if problem:
            yield SettlementFile(source, name, None, here, problem)
            continue
        content, final = _filled(table, here)
        yield SettlementFile(source, name, content, final)


def _problem(header: Sequence[str]) -> str | None:
    """Why there is no upload for a table with this header; '' where there is one, None for no result table."""
    dialect = recognise(_names(header))
    if dialect is None:
        return None
    if not dialect.takes_decisions:
        return f"is of the format {dialect.name}, which has no such upload; by hand: mturk-pipeline pay"
    if "AssignmentStatus" not in _names(header):
        return "has no column AssignmentStatus, so it is no download of the requester site: mturk-pipeline pay"
    return ""


def _filled(table: _Rows, of_file: pd.DataFrame) -> tuple[bytes | None, pd.DataFrame]:
    """The upload of a table, and what became of its assignments."""
    names = _names(table.header)
    header = table.header + [word for word in _WORDS if word not in names]
    approve, reject = (_names(header).index(word) for word in _WORDS)
    rows = [_fitted(cells, len(table.header), len(header)) for _, cells in table.rows]
    cells = pd.DataFrame(
        {
            "source_row": pd.Series([number for number, _ in table.rows], dtype="int64"),
            "cell_id": pd.Series([_sound(row[names.index("AssignmentId")]) for row in rows], dtype="str"),
            "in_approve": pd.Series([_sound(row[approve]) for row in rows], dtype="str"),
            "in_reject": pd.Series([_sound(row[reject]) for row in rows], dtype="str"),
            "place": range(len(rows)),
        }
    )
    final = _final(of_file.merge(cells, on="source_row", how="left", validate="one_to_one"))
    touched = final[final["place"].notna() & (final["why"] != "settled")]
    for place, verdict, feedback, by in zip(
        touched["place"].astype("int64"), touched["verdict"], touched["feedback"], touched["by"], strict=True
    ):
        if by != "file":
            rows[place][approve] = "x" if verdict == "approve" else ""
            rows[place][reject] = _bytes_as_text(feedback) if verdict == "reject" else ""
    decided = final[[*of_file.columns]]
    if not (final["verdict"] != "").any():
        return None, decided
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator=table.line_end).writerows([header, *rows])
    return buffer.getvalue().encode("latin-1"), decided


def _fitted(cells: list[str], width: int, wanted: int) -> list[str]:
    """A row with the cells that a spreadsheet left out at its end, and without blank ones beyond the header."""
    kept = cells if any(cells[width:]) else cells[:width]
    return [*kept, *[""] * (wanted - len(kept))]


def _final(rows: pd.DataFrame) -> pd.DataFrame:
    """Outcome of each assignment, with what a person has written into the file itself.

    Who fills in the file decides there: it counts as that person's word. Two words of people that contradict each
    other leave the row open.
    """
    same = (rows["cell_id"] == rows["assignment_id"]).to_numpy()
    approved, rejected = (rows[c].fillna("").ne("").to_numpy() & same for c in ("in_approve", "in_reject"))
    in_file = np.select([approved & rejected, approved, rejected], ["both", "approve", "reject"], "")
    word = np.where(rows["by"] == "person", rows["verdict"], "")
    reasons = {text: feedback_text(text) for text in rows["feedback"].unique()}
    feedback = rows["feedback"].map(reasons)
    open_still = ~rows["why"].isin(["settled", "paid by hand", "unclear"]).to_numpy()
    marked = open_still & (in_file != "")
    against = marked & ((in_file == "both") | ((word != "") & (word != in_file)))
    lost = (rows["verdict"] == "reject").to_numpy() & (feedback == "").to_numpy() & ~marked
    cases = [~same & open_still, against, marked, lost]
    out = rows.assign(place=rows["place"].where(same))
    out["verdict"] = np.select(cases, ["", "", in_file, ""], rows["verdict"])
    own_why = np.where(in_file == "approve", "approved", "rejected")
    out["why"] = np.select(cases, ["changed", "contradiction", own_why, "no reason"], rows["why"])
    out["by"] = np.select([marked & ~against], ["file"], rows["by"])
    told_there = rows["in_reject"].fillna("")
    out["feedback"] = feedback.mask(marked & (in_file == "reject"), told_there).where(out["verdict"] == "reject", "")
    return out


def feedback_text(text: str) -> str:
    """`text` as one line that no spreadsheet takes for a formula; at most 1,024 characters; '' where nothing is left.

    Nothing is taken away but line breaks and what cannot be seen: where it begins like a formula, it gets a word
    in front.

    >>> feedback_text("Sorry,\\n the page is empty"), feedback_text("- 3 of 5 fields blank"), feedback_text(" \\t")
    ('Sorry, the page is empty', 'Reason: - 3 of 5 fields blank', '')
    """
    line = " ".join(_NOT_SHOWN.sub(" ", excel_text(text)).split())
    line = _BEGINS_CELL.sub(",", line)
    if line and (escape_csv_cell(line) != line or line[0] in "=+-@'"):
        line = f"Reason: {line}"
    if len(line) > LONGEST_REASON:
        line = line[: LONGEST_REASON - len(_MORE)] + _MORE
    return line


def _tables(path: Path) -> list[_Rows]:
    """The tables of a file; UnreadableFileError, one line, where it has none."""
    file = read_file(path, Limits(), _is_header)
    if file.tables and file.tables[0].sheet is None:
        return [_text_rows(path.read_bytes())]
    return [
        _Rows(
            [_bytes_as_text(name) for name in table.frame.columns],
            list(zip(table.numbers.tolist(), _workbook_cells(table.frame), strict=True)),
            "\r\n",
            table.sheet,
        )
        for table in file.tables
    ]


def _workbook_cells(frame: pd.DataFrame) -> list[list[str]]:
    texts = frame.fillna("").map(_bytes_as_text)
    return texts.to_numpy(dtype=object).tolist()


def _text_rows(content: bytes) -> _Rows:
    """The records of a text file, numbered as intake does; lines without any cell are left out."""
    if (encoding := encoding_of(content)).startswith(("utf-16", "utf-32")):
        content = content.decode(encoding).encode()
    text = content.removeprefix(codecs.BOM_UTF8).decode("latin-1")
    csv.field_size_limit(2**31 - 1)
    layout = find_layout(text, _is_header)
    records = csv.reader(io.StringIO(text[layout.skipped :], newline=""), delimiter=layout.delimiter)
    header, number, _ = first_header(records, layout.above)
    line = text[: text.find("\n") + 1]
    rows = [(n, cells) for n, cells in enumerate(records, number + 1) if cells]
    return _Rows(list(header), rows, "\r\n" if line.endswith("\r\n") else "\n")


def _is_header(names: Sequence[str]) -> bool:
    return recognise(names) is not None


def _sound(cell: str) -> str:
    """A cell's text as intake reads it."""
    return without_damage(_text(cell)).strip()


def _names(header: Sequence[str]) -> list[str]:
    """Column names as intake reads them."""
    return clean_header([_text(cell) for cell in header])[0]


def _text(cell: str) -> str:
    return cell.encode("latin-1").decode("utf-8", "replace")


def _bytes_as_text(text: str) -> str:
    """UTF-8 bytes of `text`, each as one character: what `_text` turns back."""
    return text.encode("utf-8", "replace").decode("latin-1")
