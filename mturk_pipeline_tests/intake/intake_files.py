"""Made-up result files for intake's tests."""

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from mturk_pipeline.contracts.assignments import Assignments, ResultFiles, SetAside
from mturk_pipeline.intake import Collected, Limits, ResultFile, collect
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate(
    {
        "keys": ["university", "club"],
        "fields": {"email": {"kind": "email", "columns": ["email_1", "email_2"]}, "website": {"kind": "url"}},
    }
)


def row(number: int, **changes: str) -> dict[str, str]:
    """One row of a batch, all of it valid; `changes` name contract-like columns with '_' for '.'."""
    cells = {
        "HITId": f"3HIT{number // 3:026d}",
        "HITTypeId": "3TYPE",
        "Title": "Find contacts",
        "Reward": "$0.03 ",
        "MaxAssignments": "3",
        "RequesterAnnotation": "BatchId:3000011;OriginalHitTemplateId:9;",
        "AssignmentId": f"3ASG{number:026d}",
        "WorkerId": f"A{number % 7}WORKER",
        "AssignmentStatus": "Submitted",
        "AcceptTime": "Sat Feb 22 05:53:21 PST 2020",
        "SubmitTime": "Sat Feb 22 05:54:21 PST 2020",
        "AutoApprovalTime": "Tue Feb 25 05:54:21 PST 2020",
        "ApprovalTime": "",
        "RejectionTime": "",
        "RequesterFeedback": "",
        "WorkTimeInSeconds": "60",
        "LifetimeApprovalRate": "98% (3984/4075)",
        "Input.university": f"University {number // 3}",
        "Input.club": "Chess Club",
        "Answer.email_1": f"club{number}@example.edu",
        "Answer.email_2": "{}",
        "Answer.website": "https://example.edu/chess",
        "Approve": "",
        "Reject": "",
    }
    renamed = {k.replace("__", "."): v for k, v in changes.items()}
    assert renamed.keys() <= cells.keys(), renamed
    return cells | renamed


def write(
    path: Path,
    rows: Sequence[Mapping[str, str]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    end: str = "\r\n",
    modified: int | None = None,
) -> Path:
    """Rows as a text file; `modified` sets its time, seconds."""
    columns = list(dict.fromkeys(c for r in rows for c in r)) or list(row(0))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerow(columns)
        writer.writerows([[r.get(c, "") for c in columns] for r in rows])
    if modified is not None:
        os.utime(path, (modified, modified))
    return path


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(list(cells))
    book.save(path)
    return path


def checked(
    files: Sequence[Path | ResultFile], phase: PhaseSpec | None = PHASE, limits: Limits | None = None
) -> Collected:
    """`collect`, with what always has to hold: the contracts, and the balance of each file."""
    collected = collect(files, phase, limits=limits)
    pd.testing.assert_frame_equal(Assignments.validate(collected.assignments), collected.assignments)
    pd.testing.assert_frame_equal(SetAside.validate(collected.set_aside), collected.set_aside)
    pd.testing.assert_frame_equal(ResultFiles.validate(collected.files), collected.files)
    parts = collected.files[["used", "superseded", "quarantined", "conflicting"]].sum(axis=1)
    assert (collected.files["rows"] == parts).all(), collected.files
    assert not any("\n" in w for w in collected.warnings)
    assert not collected.set_aside["reason"].str.contains("\n").any()
    return collected


def rules(collected: Collected) -> dict[int, str]:
    """Row of the file -> rule by which it was set aside."""
    return dict(zip(collected.set_aside["source_row"], collected.set_aside["rule"], strict=True))
