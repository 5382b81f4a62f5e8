"""Cells of strangers in CSV and Excel: nothing runs, nothing changes, nothing is lost."""

import csv
import io

import openpyxl
import pandas as pd
import pytest
import python_calamine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mturk_pipeline.sheets.spreadsheet_safe import (
    EXCEL_TEXT_LIMIT,
    csv_bytes,
    escape_csv_cell,
    excel_text,
    safe_cell_xlsx,
    unescape_csv_cell,
)
from mturk_pipeline.sheets.workbook_writer import xlsx_bytes

NASTY = st.text(st.sampled_from("=+-@＝\t\r\n ;'\"|,a1(.\u200b\ufeff"), max_size=12)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+SUM(A1)",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\tx",
        "\rx",
        "  =1",
        "＝1+1",
        "\u200b=1",
        "\x00=1",
        "+A1",
        "-x5",
        "+1e5x",
    ],
)
def test_formulas_are_escaped(text):
    assert escape_csv_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "+1 555-0100",
        "+15550100",
        "+1 (555) 010-0199",
        "+44 20 7946 0958 ext. 12",
        "-1.5e-3",
        "a=b",
        "",
        "it's",
        "x-y",
    ],
)
def test_numbers_telephones_and_plain_text_stay(text):
    assert escape_csv_cell(text) == text


def test_cells_within_a_cell_are_escaped_too():
    assert escape_csv_cell("a;=1;+1 555\n@b") == "a;'=1;+1 555\n'@b"


@given(NASTY | st.text(max_size=20))
@example("'=")
@example("''=1;'=2")
def test_unescape_is_the_inverse(text):
    escaped = escape_csv_cell(text)
    assert unescape_csv_cell(escaped) == text
    assert not escaped.lstrip().startswith(("=", "@"))


@settings(max_examples=50)
@given(st.lists(NASTY, min_size=1, max_size=5))
def test_csv_comes_back(texts):
    frame = pd.DataFrame({"id": range(len(texts)), "=col": pd.Series(texts, dtype="str")})
    rows = list(csv.reader(io.StringIO(csv_bytes(frame).decode(), newline="")))
    assert rows[0] == ["id", "'=col"]
    assert [unescape_csv_cell(r[1]) for r in rows[1:]] == texts


def test_csv_writes_lists_as_text_and_numbers_as_numbers():
    frame = pd.DataFrame({"n": [-5, 7], "l": [["a", "=b"], []], "m": pd.Series(["x", None], dtype="str")})
    assert csv_bytes(frame).decode() == "n,l,m\r\n-5,a;' =b,x\r\n7,,\r\n"
    assert csv_bytes(frame, bom=True).startswith(b"\xef\xbb\xbf")


def test_excel_keeps_every_text_as_text():
    texts = ["=1+1", "#N/A", "007", "+1 555", "1E5", " x ", "<&>\"'", "é😀", "1234567890123456789", "a\nb", "TRUE"]
    data = xlsx_bytes({"s": pd.DataFrame({"t": pd.Series(texts, dtype="str")})})
    sheet = openpyxl.load_workbook(io.BytesIO(data))["s"]
    cells = [sheet.cell(n + 2, 1) for n in range(len(texts))]
    assert [c.value for c in cells] == texts
    assert {(c.data_type, c.number_format) for c in cells} == {("s", "@")}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:A12")


@settings(max_examples=30)
@given(st.text(max_size=30))
@example("_x0041_")
@example("a\x00\x0b\r\n\ud800\uffff")
def test_any_text_makes_a_readable_workbook(text):
    data = xlsx_bytes({text: pd.DataFrame({excel_text(text): pd.Series([text], dtype="object")})})
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    kept = excel_text(text)
    assert [r[0] for r in read][1:] == ([kept] if kept else [])
    assert openpyxl.load_workbook(io.BytesIO(data)).worksheets


def test_values_as_excel_holds_them():
    time = pd.Timestamp("2026-01-02 03:04:05", tz="America/New_York")
    assert safe_cell_xlsx(time).isoformat() == "2026-01-02T08:04:05"
    assert safe_cell_xlsx(10**15) == "1000000000000000"
    assert safe_cell_xlsx(float("inf")) == "inf"
    assert safe_cell_xlsx(["a", "b"]) == "a; b"
    assert [safe_cell_xlsx(v) for v in (None, float("nan"), pd.NaT, pd.NA, [])] == [None] * 5


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_too_long_text_is_cut_and_says_so(letter):
    text = excel_text(letter * 40_000)
    assert len(text.encode("utf-16-le")) // 2 <= EXCEL_TEXT_LIMIT
    assert text.endswith(" … [cut: 40,000 characters]")


def test_the_same_tables_give_the_same_bytes():
    frame = pd.DataFrame({"a": [1.5, None], "t": pd.to_datetime(["2026-01-01", None], utc=True)})
    assert xlsx_bytes({"a": frame}) == xlsx_bytes({"a": frame})


def test_a_table_too_long_for_a_sheet_goes_on(monkeypatch):
    monkeypatch.setattr("mturk_pipeline.sheets.plans.EXCEL_ROW_LIMIT", 3)
    content = xlsx_bytes({"numbers": pd.DataFrame({"n": range(5)})})
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert read.sheet_names == ["numbers", "numbers 2", "numbers 3"]
    assert [r for name in read.sheet_names for r in read.get_sheet_by_name(name).to_python()[1:]] == [
        [0], [1], [2], [3], [4],
    ]  # fmt: skip
