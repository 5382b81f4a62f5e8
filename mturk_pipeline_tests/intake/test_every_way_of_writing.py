"""Each dialect, written in every way that platforms and people write tables: every row comes back, cell by cell.

Exhaustive over line ends, a missing last line end, cells left off at the end of rows, quoting, marks, delimiters,
first lines for Excel, titles and formulas that keep text; the cells are drawn by hypothesis.
"""

import codecs
import csv
import io
import itertools
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mturk_pipeline.intake import collect
from mturk_pipeline.texts.spreadsheet_marks import without_damage
from mturk_pipeline_tests.intake.test_mturk_api import free, xml

MTURK = [
    *("HITId", "HITTypeId", "Title", "Description", "Keywords", "Reward", "CreationTime", "MaxAssignments"),
    *("RequesterAnnotation", "AssignmentDurationInSeconds", "AutoApprovalDelayInSeconds", "Expiration"),
    *("NumberOfSimilarHITs", "LifetimeInSeconds", "AssignmentId", "WorkerId", "AssignmentStatus", "AcceptTime"),
    *("SubmitTime", "AutoApprovalTime", "ApprovalTime", "RejectionTime", "RequesterFeedback", "WorkTimeInSeconds"),
    *("LifetimeApprovalRate", "Last30DaysApprovalRate", "Last7DaysApprovalRate", "Input.club", "Answer.a", "Answer.b"),
    *("Approve", "Reject"),
]
COMMAND_LINE = [
    *("hitid", "hittypeid", "title", "description", "keywords", "reward", "creationtime", "assignments"),
    *("annotation", "assignmentid", "workerid", "assignmentstatus", "autoapprovaltime", "assignmentaccepttime"),
    *("assignmentsubmittime", "assignmentapprovaltime", "assignmentrejecttime", "feedback", "reject"),
    *("Input.club", "Answer.a", "Answer.b"),
]
TURKLE = [
    *("HITId", "HITTypeId", "Title", "CreationTime", "MaxAssignments", "AssignmentDurationInSeconds", "AssignmentId"),
    *("WorkerId", "AcceptTime", "SubmitTime", "WorkTimeInSeconds", "Input.club", "Answer.a", "Answer.b"),
    "Turkle.Username",
]
API = [
    *("AssignmentId", "WorkerId", "HITId", "AssignmentStatus", "AcceptTime", "SubmitTime", "Answer"),
    *("ApprovalTime", "RejectionTime", "RequesterFeedback"),
]
DIALECTS = {"mturk_batch": MTURK, "mturk_command_line": COMMAND_LINE, "turkle": TURKLE, "mturk_api": API}
_CELLS = {
    "reward": "$0.05",
    "maxassignments": "3",
    "assignments": "3",
    "assignmentstatus": "Submitted",
    "input.club": "Chess, Go; and more",
}
LINE_ENDS = ("\n", "\r\n", "\r")
LAST_LINE_END = (True, False)
LEFT_OFF = ("nothing", "the requester's cells", "blank cells of each row")
QUOTING = (csv.QUOTE_ALL, csv.QUOTE_MINIMAL)
MARKS = ("utf-8", "utf-8-sig", "utf-16")
DELIMITERS = (",", ";", "\t", "|")
ABOVE = ("nothing", "sep=", "a title")
WAYS = list(itertools.product(LINE_ENDS, LAST_LINE_END, LEFT_OFF, QUOTING, MARKS, DELIMITERS, ABOVE))

# What workers write, less what the mending step undoes; never blank twice, so that a row's length tells of its end.
ANSWERS = (
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=12)
    .map(str.strip)
    .filter(lambda text: without_damage(text) == text)
)
ROWS = st.lists(st.tuples(st.text("abc,;\t|\"' x\n", min_size=1, max_size=8), ANSWERS), min_size=2, max_size=4)


def row_of(header: list[str], number: int, answers: tuple[str, str]) -> list[str]:
    """One row with all that the dialect needs; blank where it does not matter."""
    cells = dict(_CELLS)
    cells |= {"hitid": f"3HIT{number}", "assignmentid": f"3ASG{number}", "workerid": f"A{number}WORKER"}
    cells |= {"answer.a": answers[0], "answer.b": answers[1]}
    if "Answer" in header:
        cells["answer"] = xml(("a", free(answers[0])), ("b", free(answers[1])))
    return [cells.get(name.casefold(), "") for name in header]


def write(path: Path, header: list[str], rows: list[list[str]], way: tuple) -> int:
    """Write the table; returns how many rows above its header a spreadsheet counts."""
    end, last, left_off, quoting, mark, delimiter, above = way
    cut = {"nothing": 0, "the requester's cells": sum(name in ("Approve", "Reject") for name in header)}
    buffer = io.StringIO(newline="")
    # Python's writer leaves a line end of another sort than its own unquoted.
    quoting = csv.QUOTE_ALL if end == "\r" else quoting
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting)
    if above == "a title":
        writer.writerow(["Results of May"])
    writer.writerow(header)
    for row in rows:
        shown = row[: len(row) - cut[left_off]] if left_off in cut else list(row)
        while left_off not in cut and shown[-1] == "":
            shown = shown[:-1]
        writer.writerow(shown)
    text = (f"sep={delimiter}{end}" if above == "sep=" else "") + buffer.getvalue()
    path.write_bytes((text if last else text.removesuffix(end)).encode(mark))
    return 1 if above == "a title" else 0


def is_cut_off(rows: list[list[str]], way: tuple) -> bool:
    """Whether the last row is shorter than all above and no line end follows: nobody can tell that it is whole."""
    lengths = [max(place for place, cell in enumerate(row) if cell) for row in rows]
    return not way[1] and way[2] == "blank cells of each row" and lengths[-1] < min(lengths[:-1])


def check_ways(dialect: str, path: Path, ways: list[tuple], examples: int) -> int:
    """Write and read drawn tables in each of `ways`; returns how many tables were written."""
    header, written = DIALECTS[dialect], 0

    # A table is small as it is drawn: shrinking it through all ways would take minutes.
    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(ROWS)
    def check(answers):
        nonlocal written
        rows = [row_of(header, number, pair) for number, pair in enumerate(answers)]
        for way in ways:
            if is_cut_off(rows, way):
                continue
            above = write(path, header, rows, way)
            collected = collect([path], None)
            written += 1
            got = collected.assignments
            assert collected.files["dialect"].tolist() == [dialect], (way, collected.files["problem"].tolist())
            assert got["source_row"].tolist() == [n + 2 + above for n in range(len(rows))], (way, collected.set_aside)
            for name in ("Answer.a", "Answer.b"):
                wanted = [pair[name == "Answer.b"] for pair in answers]
                cells = got[name].fillna("").tolist() if name in got else [""] * len(rows)
                assert cells == wanted, way

    check()
    return written


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_row_comes_back(dialect, tmp_path):
    assert check_ways(dialect, tmp_path / "batch.csv", WAYS[::31], 2) > 60


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_row_comes_back_from_all_ways(dialect, tmp_path):
    written = check_ways(dialect, tmp_path / "batch.csv", WAYS, 3)
    print(f"{dialect}: {written} tables written in {len(WAYS)} ways, every row back")
    assert written > 2 * len(WAYS)


def test_a_last_row_that_was_cut_off_is_set_aside(tmp_path):
    rows = [row_of(MTURK, n, ("yes", "no")) for n in range(4)]
    path = tmp_path / "batch.csv"
    write(path, MTURK, rows, ("\n", False, "the requester's cells", csv.QUOTE_ALL, "utf-8", ",", "nothing"))
    whole = path.read_bytes()
    assert len(collect([path], None).assignments) == 4
    start = whole.rindex(b"\n") + 1
    for place in range(start + 1, len(whole)):
        path.write_bytes(whole[:place])
        collected = collect([path], None)
        assert len(collected.assignments) == 3, whole[start:place]
        assert set(collected.set_aside["rule"]) <= {"cut_off", "open_quote", "ragged_row"}


def test_a_row_torn_by_a_line_end_costs_no_other(tmp_path):
    rows = [row_of(MTURK, n, ("yes", "no")) for n in range(4)]
    path = tmp_path / "batch.csv"
    write(path, MTURK, rows, ("\n", True, "nothing", csv.QUOTE_MINIMAL, "utf-8", ",", "nothing"))
    lines = path.read_text().splitlines()
    lines[2] = lines[2].replace(",yes,", ",ye\ns,")
    path.write_text("\n".join(lines) + "\n")
    collected = collect([path], None)
    assert collected.assignments["assignment_id"].tolist() == ["3ASG0", "3ASG2", "3ASG3"]
    assert collected.set_aside["rule"].tolist() == ["ragged_row"] * 2


def test_bytes_of_other_encodings_are_told(tmp_path):
    rows = [row_of(MTURK, n, ("Café", "x")) for n in range(2)]
    path = tmp_path / "batch.csv"
    write(path, MTURK, rows, ("\n", True, "nothing", csv.QUOTE_ALL, "cp1252", ",", "nothing"))
    collected = collect([path], None)
    assert collected.assignments["Answer.a"].tolist() == ["Café"] * 2
    assert pd.isna(collected.files["problem"]).all()
    assert codecs.lookup(collected.files["encoding"].iloc[0]).name == "cp1252"
