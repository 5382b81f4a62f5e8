"""The files: the exact format of each platform, and the shipped example."""

import csv
import filecmp
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from mturk_pipeline_tests.simulator import CrowdParams, simulate
from mturk_pipeline_tests.simulator.__main__ import main
from mturk_pipeline_tests.simulator.file_formats import command_line_table, mturk_table, turkle_table
from mturk_pipeline_tests.simulator.file_writing import write_csv, write_xlsx

EXAMPLE = Path(__file__).parents[2] / "data" / "example"
FIXED = [
    "HITId", "HITTypeId", "Title", "Description", "Keywords", "Reward", "CreationTime", "MaxAssignments",
    "RequesterAnnotation", "AssignmentDurationInSeconds", "AutoApprovalDelayInSeconds", "Expiration",
    "NumberOfSimilarHITs", "LifetimeInSeconds", "AssignmentId", "WorkerId", "AssignmentStatus", "AcceptTime",
    "SubmitTime", "AutoApprovalTime", "ApprovalTime", "RejectionTime", "RequesterFeedback", "WorkTimeInSeconds",
    "LifetimeApprovalRate", "Last30DaysApprovalRate", "Last7DaysApprovalRate",
]  # fmt: skip
PACIFIC = r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d (PST|PDT) 2026"


@pytest.fixture(scope="module")
def example():
    return simulate(CrowdParams(), 7)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    assert main(["--seed", "7", "--out", str(folder)]) == 0
    return folder


def _read(path):
    csv.field_size_limit(10**7)
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return pd.DataFrame(rows, columns=header, dtype="str")


def _first_sheet(path):
    return openpyxl.load_workbook(path).worksheets[0]


def test_the_shipped_example_is_this_simulation(written):
    names = sorted(p.relative_to(written) for p in written.rglob("*") if p.is_file())
    assert len(names) == 8
    match, mismatch, errors = filecmp.cmpfiles(written, EXAMPLE, names, shallow=False)
    assert (mismatch, errors) == ([], [])
    assert len(match) == 8


def test_the_example_is_small():
    assert sum(p.stat().st_size for p in EXAMPLE.rglob("*") if p.is_file()) < 1_000_000


def test_columns_of_a_batch(example):
    for batch in example.batches.values():
        columns = list(batch.columns)
        answers = [c for c in columns if c.startswith("Answer.")]
        assert columns[:27] == FIXED
        assert columns[-2:] == ["Approve", "Reject"]
        assert answers == sorted(answers)
        assert columns[27 : -len(answers) - 2] == [c for c in columns if c.startswith("Input.")]
    assert list(example.batches["leads"].columns[27:-2]) == [
        "Input.university", "Input.club", "Input.club_url", "Input.directory_url", "Input.state",
        "Answer.comment", "Answer.email_1", "Answer.email_2", "Answer.facebook", "Answer.instagram",
        "Answer.phone_number", "Answer.website",
    ]  # fmt: skip


def test_cells_of_a_batch(example):
    batch = example.batches["leads"]
    for column in ("HITId", "HITTypeId", "AssignmentId"):
        assert batch[column].str.fullmatch("[A-Z0-9]{30}").all()
    assert batch["AssignmentId"].is_unique
    assert batch["WorkerId"].str.fullmatch("A[A-Z0-9]{13}").all()
    assert batch["Reward"].eq("$0.08").all()
    assert batch["RequesterAnnotation"].str.fullmatch(r"BatchId:\d{7};OriginalHitTemplateId:\d+;").all()
    assert batch["LifetimeApprovalRate"].str.fullmatch(r"\d+% \(\d+/\d+\)").all()
    assert (batch["LifetimeApprovalRate"] == "0% (0/0)").any()
    assert batch["AcceptTime"].str.fullmatch(PACIFIC).all()
    assert set(batch["SubmitTime"].str[20:23]) == {"PST", "PDT"}
    assert (example.batches["dirs"]["Answer.directory_url"] == "{}").any()


def _seconds(texts):
    """Pacific times as UTC, by hand: 8 or 7 hours behind."""
    naive = pd.to_datetime(texts.str[4:20] + texts.str[24:], format="%b %d %H:%M:%S %Y")
    return naive + pd.to_timedelta(texts.str[20:23].map({"PST": 8, "PDT": 7}), unit="h")


def test_times_and_statuses_fit_each_other(example):
    batch = example.batches["leads"]
    worked = (_seconds(batch["SubmitTime"]) - _seconds(batch["AcceptTime"])).dt.total_seconds().astype(int)
    assert worked.astype("str").eq(batch["WorkTimeInSeconds"]).all()
    by_itself = batch["ApprovalTime"].str.endswith("UTC")
    late = pd.to_datetime(batch.loc[by_itself, "ApprovalTime"].str[:19]) - _seconds(
        batch.loc[by_itself, "AutoApprovalTime"]
    )
    assert late.dt.total_seconds().between(1, 312).all()
    by_hand = batch["ApprovalTime"].str.fullmatch(PACIFIC)
    assert (_seconds(batch.loc[by_hand, "ApprovalTime"]) < _seconds(batch.loc[by_hand, "AutoApprovalTime"])).all()
    assert by_itself.any() and by_hand.any()
    rejected = batch["AssignmentStatus"] == "Rejected"
    assert (rejected == (batch["RejectionTime"] != "")).all()
    assert (rejected == (batch["RequesterFeedback"] != "")).all()


def test_most_hits_have_three_answers_some_fewer_and_one_more(example):
    for batch in example.batches.values():
        rows = batch.groupby("HITId").size()
        assert rows.mode().item() == 3
        assert rows.max() == 4
        assert (batch["MaxAssignments"].astype(int).groupby(batch["HITId"]).first() >= rows).all()
    assert any(batch.groupby("HITId").size().min() < 3 for batch in example.batches.values())


def test_the_later_download_contains_the_earlier(written):
    early, late = (_read(written / "8_mOut_leads" / f"Batch_4821733_batch_results{end}.csv") for end in ("", " (1)"))
    assert 50 < len(early) < len(late)
    both = late.set_index("AssignmentId").loc[early["AssignmentId"]]
    work = [c for c in early if c.startswith(("Input.", "Answer.")) or c in ("HITId", "WorkerId", "SubmitTime")]
    assert both[work].reset_index(drop=True).equals(early[work])
    assert set(early["AssignmentStatus"]) == {"Submitted"}
    assert set(late["AssignmentStatus"]) == {"Submitted", "Approved", "Rejected"}


def test_malicious_cells_are_there(example):
    cells = pd.concat([b.stack() for b in example.batches.values()])
    for kind in (r"^=", r"^\+cmd", r"<script>", r"[\x00-\x08]", r"\.\./\.\./"):
        assert cells.str.contains(kind).any(), kind
    assert (cells.str.len() >= 40_000).any()


def test_a_reviewed_file_without_ids(written):
    rows = list(_first_sheet(written / "4_manualCleaned_mIn_dirs" / "reviewed_dirs.xlsx").values)
    assert rows[0] == ("university", "directory_url", "decision", "comment")
    decisions = [row[2] for row in rows[1:]]
    assert decisions.count("fix") >= 2
    assert decisions.count("reject") == decisions.count("redo") == decisions.count(None) == 1


def test_a_workbook_holds_what_the_batch_holds(example, written):
    sheet = _first_sheet(written / "5_mOut_clubs" / "Batch_4819846_batch_results.xlsx")
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    batch = example.batches["clubs"]
    assert rows[0] == list(batch.columns)
    assert pd.DataFrame(rows[1:], columns=batch.columns)["WorkerId"].tolist() == batch["WorkerId"].tolist()
    assert isinstance(sheet["H2"].value, int)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=50)
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_a_workbook_gives_texts_back(tmp_path_factory, rows):
    table = pd.DataFrame(rows, columns=["a", "b"], dtype="str")
    path = tmp_path_factory.mktemp("xlsx") / "book.xlsx"
    write_xlsx(table, path, packed=True)
    back = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    width = max(len(row) for row in back)
    padded = [tuple([*row, "", ""][:2]) for row in [*back, *[[""] * width] * len(rows)]]
    assert padded[1 : len(rows) + 1] == rows


def test_turkle_export(example, tmp_path):
    table = turkle_table(example.records["leads"])
    assert list(table.columns[:11]) == [
        "HITId", "HITTypeId", "Title", "CreationTime", "MaxAssignments", "AssignmentDurationInSeconds",
        "AssignmentId", "WorkerId", "AcceptTime", "SubmitTime", "WorkTimeInSeconds",
    ]  # fmt: skip
    assert table.columns[-1] == "Turkle.Username"
    assert table["AssignmentId"].str.fullmatch(r"\d+").all()
    assert table["AcceptTime"].str.contains(" UTC 2026").all()
    write_csv(table, tmp_path / "turkle.csv", line_end="\r\n")
    assert (tmp_path / "turkle.csv").read_bytes().split(b"\n")[0].endswith(b'"\r')


def test_command_line_results(example, tmp_path):
    table = command_line_table(example.records["leads"])
    assert list(table.columns[:2]) == ["hitid", "hittypeid"]
    assert set(table["assignmentsubmittime"].str[20:23]) == {"CET"}
    write_csv(table, tmp_path / "pilot.results", separator="\t")
    assert (tmp_path / "pilot.results").read_text(encoding="utf-8").startswith('"hitid"\t"hittypeid"\t')


def test_a_batch_at_any_moment(example):
    record = example.records["dirs"]
    assert len(mturk_table(record, record.page.created)) == 0
    assert len(mturk_table(record)) == len(record.work)
    assert set(mturk_table(record)["AssignmentStatus"]) <= {"Approved", "Rejected"}


def test_wrong_usage_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--universities", "1", "--out", str(tmp_path)])
    assert stop.value.code == 2
    assert re.fullmatch(r"simulator: .*\n", capsys.readouterr().err)
