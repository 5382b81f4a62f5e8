"""Any file in: its cells untouched, or one line about what is wrong with it."""

import csv
import datetime as dt
import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.intake import Limits
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.sheets.reader import read_file
from mturk_pipeline.sheets.text_tables import read_text
from mturk_pipeline_tests.intake.intake_files import checked, row, rules, write, write_workbook

HEADER = list(row(0))


def problem(path: Path, limits: Limits | None = None) -> str:
    """Why a file could not be read, beside a good one that is not disturbed."""
    good = write(path.parent / "good_one.csv", [row(900)])
    collected = checked([path, good], limits=limits)
    assert len(collected.assignments) == 1
    entry = collected.files.set_index("source_file").loc[path.name]
    assert entry["rows"] == 0
    assert isinstance(entry["problem"], str)
    assert "\n" not in entry["problem"]
    return entry["problem"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_delimiters_and_line_ends(tmp_path, encoding, delimiter, end):
    rows = [row(0, Answer__website="Café; a, b\tc"), row(1, Answer__website='line\none "two"')]
    path = write(tmp_path / "batch.txt", rows, encoding=encoding, delimiter=delimiter, end=end)
    collected = checked([path])
    assert collected.assignments["Answer.website"].tolist() == [r["Answer.website"] for r in rows]
    assert collected.files["encoding"].tolist() == [encoding]


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8"), max_size=6), min_size=3, max_size=3).filter(any),
        max_size=6,
    )
)
def test_cells_come_back_exactly_as_they_were_written(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([["a" * 500, "b", "c"], *rows])
    table = read_text(buffer.getvalue().encode(), Limits())
    assert table.frame.fillna("").values.tolist() == rows
    assert table.numbers.tolist() == list(range(2, len(rows) + 2))


@given(st.binary(max_size=300))
def test_no_bytes_break_it(content):
    try:
        read_text(content, Limits())
    except UnreadableFileError as error:
        assert "\n" not in str(error)


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path):
    text = 'HITId,AssignmentId,WorkerId,Answer.website\nh,a1,A1,"two\nlines"\n\nh,a2,A1,x\n'
    path = tmp_path / "batch.csv"
    path.write_text(text, encoding="utf-8")
    assert checked([path], None).assignments["source_row"].tolist() == [2, 4]


def test_ragged_rows_are_set_aside_and_the_rest_goes_on(tmp_path):
    path = write(tmp_path / "batch.csv", [row(n) for n in range(4)])
    lines = path.read_text().splitlines()
    lines[2] = lines[2].rsplit(",", 6)[0]
    lines[3] += ',"one more"'
    lines[4] += ",,"
    path.write_text("\n".join(lines) + "\n")
    collected = checked([path])
    assert rules(collected) == {3: "ragged_row", 4: "ragged_row"}
    assert collected.assignments["source_row"].tolist() == [2, 5]
    assert "one more" in collected.set_aside["row"].iloc[1]


def test_a_row_may_leave_out_what_only_the_requester_fills_in(tmp_path):
    path = write(tmp_path / "batch.csv", [row(0), row(1)])
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1].removesuffix(',"",""'), lines[2]]) + "\n")
    assert len(checked([path]).assignments) == 2


def test_a_quote_left_open_swallows_no_row_in_silence(tmp_path):
    path = write(tmp_path / "batch.csv", [row(n) for n in range(5)])
    lines = path.read_text().splitlines()
    lines[4] = lines[4].removesuffix('"')
    path.write_text("\n".join(lines) + "\n")
    collected = checked([path])
    assert "open_quote" in rules(collected).values() or "ragged_row" in rules(collected).values()
    path.write_text("\n".join(lines[:4]) + '\n"h","cut of')
    assert rules(checked([path])) == {5: "open_quote"}


def test_a_huge_cell_is_set_aside(tmp_path):
    path = write(tmp_path / "batch.csv", [row(0, Answer__website="x" * 2000), row(1)])
    collected = checked([path], limits=Limits(max_cell=1000))
    assert rules(collected) == {2: "huge_cell"}


def test_nul_bytes_and_control_characters_are_kept(tmp_path):
    path = write(tmp_path / "batch.csv", [row(0, Answer__website="a\x00b\x1b[31m")])
    assert checked([path]).assignments["Answer.website"].tolist() == ["a\x00b\x1b[31m"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "picture"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "picture"),
        (bytes(range(256)) * 20, "not text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
        (b"PK\x03\x04" + bytes(200), "broken workbook"),
        (b"\x1f\x8b\x08" + bytes(100), "unpack"),
        (b"<html><body>Sign in</body></html>", "web page"),
        (b"name,city\nX,Y\n", "no column of a result file"),
        (b"HITId,WorkerId,key\n1,A,x\n", "no column AssignmentId"),
        (b"\xff\xfea\x00,\x00b", "UTF-16"),
    ],
)
def test_a_broken_file_fails_alone_with_a_clear_line(tmp_path, content, said):
    path = tmp_path / "batch.csv"
    path.write_bytes(content)
    assert said in problem(path)


def test_places_that_are_no_files(tmp_path):
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    assert "folder" in problem(folder)
    assert "moved" in problem(tmp_path / "vanished.csv")
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert "ordinary" in problem(pipe)


def test_a_file_without_permission(tmp_path, monkeypatch):
    path = write(tmp_path / "batch.csv", [row(0)])
    whole = Path.read_bytes

    def refuse(self):
        if self.name == "batch.csv":
            raise PermissionError(13, "Permission denied")
        return whole(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "permission" in problem(path)


def test_limits_are_said(tmp_path):
    path = write(tmp_path / "batch.csv", [row(n) for n in range(50)])
    assert "MB" in problem(path, Limits(max_bytes=5000))
    assert "rows" in problem(path, Limits(max_rows=10))


def test_a_workbook_gives_the_same_as_text(tmp_path):
    rows = [row(n) for n in range(3)]
    text = write(tmp_path / "batch.csv", rows)
    book = write_workbook(tmp_path / "batch.xlsx", {"Results": [HEADER, *[list(r.values()) for r in rows]]})
    a, b = checked([text]).assignments, checked([book]).assignments
    columns = [c for c in a.columns if c not in ("source_file", "source_sheet")]
    assert a[columns].equals(b[columns])
    assert b["source_sheet"].tolist() == ["Results"] * 3


def test_workbook_cells_as_text(tmp_path):
    header = ["HITId", "AssignmentId", "WorkerId", "SubmitTime", "Answer.a", "Answer.b", "Answer.c", "Answer.d"]
    cells = [7, 123456789012, "A1", dt.datetime(2020, 2, 22, 5, 53), 3, True, 2.5, dt.date(2020, 1, 2)]
    note = [["some", "notes"], [1, 2]]
    book = write_workbook(tmp_path / "b.xlsx", {"Notes": note, "R": [[], header, cells], "S": [header, [8, 9, "A2"]]})
    collected = checked([book], None)
    one = collected.assignments.iloc[0]
    assert one[["hit_id", "assignment_id", "Answer.a", "Answer.b", "Answer.c"]].tolist() == [
        "7", "123456789012", "3", "true", "2.5",
    ]  # fmt: skip
    assert one["source_row"] == 3
    assert str(one["submitted_at"]) == "2020-02-22 05:53:00+00:00"
    assert one["Answer.d"].startswith("2020-01-02")
    assert collected.assignments["source_sheet"].tolist() == ["R", "S"]
    assert any("sheet Notes: is no result table" in w for w in collected.warnings)
    assert any("without a zone" in w for w in collected.warnings)


@pytest.mark.parametrize(("named", "delimiter"), [(";", ","), (",", "\t"), ("|", "|")])
def test_a_line_that_names_another_delimiter_than_the_tables(tmp_path, named, delimiter):
    path = write(tmp_path / "b.csv", [row(0), row(1)], delimiter=delimiter)
    path.write_bytes(f"sep={named}\r\n".encode() + path.read_bytes())
    assert len(checked([path]).assignments) == 2


def test_formulas_of_which_a_workbook_holds_no_value(tmp_path):
    """As pandas and openpyxl write texts that begin with '='."""
    lines = [row(0, Answer__website='="00123"'), row(1, Answer__website='=A1&"x"'), row(2, Answer__website="site")]
    table = [[], *([None, *cells] for cells in [HEADER, *[list(line.values()) for line in lines]])]
    collected = checked([write_workbook(tmp_path / "b.xlsx", {"Notes": [["mine"]], "R": table})])
    assert collected.assignments["Answer.website"].tolist() == ["00123", "#VALUE!", "site"]
    assert any("1 cell holds a formula whose value the file does not have" in line for line in collected.warnings)


def test_errors_in_a_workbook_are_lost_answers_and_no_blanks(tmp_path):
    import openpyxl

    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0).values()), list(row(1).values())]})
    opened = openpyxl.load_workbook(book)
    cell = opened["R"].cell(3, HEADER.index("Answer.website") + 1)
    cell.value, cell.data_type = "#NAME?", "e"
    opened.save(book)
    assert checked([book]).assignments["Answer.website"].tolist() == [row(0)["Answer.website"], "#NAME?"]


@pytest.mark.parametrize("place", ["ZZZZZZZZ3", "zzzz3", "A99999999", "XFD1048576"])
def test_a_cell_beyond_all_sheets_does_not_end_the_process(tmp_path, place):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0).values()), list(row(1).values())]})
    for middle in (True, False):
        old = 'r="B3"' if middle else f'r="{chr(64 + len(HEADER))}3"'
        _rewrite(book, tmp_path / "c.xlsx", lambda xml, old=old: xml.replace(old.encode(), f'r="{place}"'.encode()))
        assert problem(tmp_path / "c.xlsx")


@pytest.mark.parametrize("before", ["\t", "\n", "  "])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_cell_beyond_all_sheets_is_seen_however_it_is_written(tmp_path, before, quote):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0).values()), list(row(1).values())]})
    place = f"<c{before}r={quote}ZZZZZZZZ3{quote}".encode()
    _rewrite(book, tmp_path / "c.xlsx", lambda xml: xml.replace(b'<c r="B3"', place))
    assert problem(tmp_path / "c.xlsx")


@pytest.mark.parametrize(
    "stray",
    [
        b'<row r="4"><c r="XFD4"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
        b'<row r="4"><c r="A4"r="XFD1048576"><v>1</v></c></row>',
        b'<row r="4"><x:c xmlns:x="a" r="XFD1048576"><v>1</v></x:c></row>',
        b'<row r="4"><c s="1" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="4"><c s=">" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="4"><c a="\'" s=\'>\' r="XFD1048576"><v>1</v></c></row>',
        b'<row r="4"><c s="<" r="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_a_stray_cell_is_seen_however_its_place_is_given(tmp_path, stray):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0).values()), list(row(1).values())]})
    _rewrite(book, tmp_path / "c.xlsx", lambda xml: xml.replace(b"</sheetData>", stray + b"</sheetData>"))
    assert problem(tmp_path / "c.xlsx")


@pytest.mark.parametrize("text", ['the circle r="XFD1048576" of a picture', "r='ZZZZZZ1'", ' r="red1" :c '])
def test_a_text_that_looks_like_a_place_is_a_text(tmp_path, text):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0, Answer__website=text).values())]})
    assert checked([book]).assignments["Answer.website"].tolist() == [text]


def test_cells_without_their_places_are_read_in_order(tmp_path):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0).values()), list(row(1).values())]})
    _rewrite(book, tmp_path / "c.xlsx", lambda xml: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", xml))
    assert checked([tmp_path / "c.xlsx"]).assignments.equals(checked([book]).assignments.assign(source_file="c.xlsx"))


def test_a_sheet_that_lies_elsewhere_is_looked_at_too(tmp_path):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0).values())]})
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(tmp_path / "c.xlsx", "w") as new:
        for part in old.namelist():
            content = old.read(part).replace(b"worksheets/sheet1.xml", b"elsewhere/one.xml")
            content = content.replace(b'r="B2"', b'r="ZZZZZZZZ2"') if part.endswith("sheet1.xml") else content
            new.writestr(part.replace("worksheets/sheet1.xml", "elsewhere/one.xml"), content)
    assert "broken workbook" in problem(tmp_path / "c.xlsx")


def test_an_error_cell_without_content_takes_nothing_from_its_neighbour(tmp_path):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0, Answer__email_2="").values())]})
    blank = f'<c r="{chr(65 + HEADER.index("Answer.email_2"))}2" t="e"/><c r='.encode()
    website = f'<c r="{chr(65 + HEADER.index("Answer.website"))}2"'.encode()
    _rewrite(book, tmp_path / "c.xlsx", lambda xml: xml.replace(website, blank + website.removeprefix(b"<c r=")))
    found = checked([tmp_path / "c.xlsx"]).assignments
    assert found["Answer.email_2"].isna().all()
    assert found["Answer.website"].tolist() == [row(0)["Answer.website"]]


def test_a_workbook_that_is_nearly_all_air(tmp_path):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0).values())]})
    _rewrite(book, tmp_path / "c.xlsx", lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * 30_000_000))
    assert "times its size" in problem(tmp_path / "c.xlsx")


def _rewrite(book: Path, path: Path, change) -> None:
    """A copy of a workbook with the XML of its sheet changed."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part.startswith("xl/worksheets/sheet") else content)


def test_a_truncated_workbook(tmp_path):
    book = write_workbook(tmp_path / "b.xlsx", {"R": [HEADER, list(row(0).values())]})
    content = book.read_bytes()
    for share in (0.2, 0.5, 0.9, 0.99):
        book.write_bytes(content[: int(len(content) * share)])
        assert "broken workbook" in problem(book)


def test_a_zip_bomb_and_a_vast_sheet_are_refused_before_they_fill_the_memory(tmp_path):
    import openpyxl

    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    assert "unpacks to" in problem(bomb, Limits(max_unpacked=1_000_000))
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "HITId"
    book.worksheets[0].cell(1048576, 16384).value = "stray"
    vast = tmp_path / "vast.xlsx"
    book.save(vast)
    assert "stray cells" in problem(vast)


def test_an_ordinary_zip_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.csv", "HITId")
    assert problem(tmp_path / "x.zip") == "is a zip archive: unpack it first"


def test_read_file_raises_one_kind_of_error_only(tmp_path):
    with pytest.raises(UnreadableFileError):
        read_file(tmp_path / "no\x00name.csv", Limits())
