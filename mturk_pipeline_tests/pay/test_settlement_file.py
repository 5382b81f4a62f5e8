"""The upload: the batch's own file, every cell as it was, and a word only where one is due."""

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.intake import collect
from mturk_pipeline.pay.pay_decisions import decide_pay, leave_open
from mturk_pipeline.pay.settlement_file import LONGEST_REASON, SettlementFile, feedback_text, settlement_files
from mturk_pipeline.sheets.spreadsheet_safe import escape_csv_cell
from mturk_pipeline_tests.intake.intake_files import row, write, write_workbook
from mturk_pipeline_tests.pay.made import PHASE, STRICT, blank, collected, words


def cells(upload: SettlementFile) -> list[list[str]]:
    assert upload.content is not None, upload.problem
    return list(csv.reader(io.StringIO(upload.content.decode(), newline="")))


def marks(upload: SettlementFile) -> list[tuple[str, str]]:
    """Approve and Reject of each row; never both."""
    header, *rows = cells(upload)
    found = [(cell[header.index("Approve")], cell[header.index("Reject")]) for cell in rows]
    assert not any(approve and reject for approve, reject in found)
    return found


def without_words(rows: list[list[str]]) -> list[list[str]]:
    keep = [n for n, name in enumerate(rows[0]) if name not in ("Approve", "Reject")]
    return [[cell[n] for n in keep] for cell in rows]


def test_approves_what_is_suggested_and_rejects_only_what_a_person_confirmed(tmp_path: Path) -> None:
    batch = collected([write(tmp_path / "Batch_1.csv", [row(0), blank(1), blank(2), row(3), row(4)])], STRICT)
    said = words((1, "reject", "Sorry, the form was empty."), (3, "reject", "Spam, sorry."), (4, "approve", ""))
    (upload,) = batch.uploads(said)
    assert upload.name == "_settlement_Batch_1.csv"
    assert marks(upload) == [
        ("x", ""), ("", "Sorry, the form was empty."), ("", ""), ("", "Spam, sorry."), ("x", ""),
    ]  # fmt: skip
    assert upload.decided["why"].tolist() == ["approved", "rejected", "unconfirmed", "rejected", "approved"]
    (upload,) = batch.uploads(said, include_suggested=True)
    assert marks(upload)[2] == ("", batch.of(2)["reason"])


def test_a_confirmed_suggestion_tells_the_suggested_reason(tmp_path: Path) -> None:
    batch = collected([write(tmp_path / "b.csv", [row(0), blank(1)])], STRICT)
    (upload,) = batch.uploads(words((1, "reject", "")))
    assert marks(upload)[1] == ("", batch.of(1)["reason"])


def test_a_rejection_without_a_reason_is_none(tmp_path: Path) -> None:
    batch = collected([write(tmp_path / "b.csv", [row(0), row(1)])])
    (upload,) = batch.uploads(words((1, "reject", "")))
    assert marks(upload) == [("x", ""), ("", "")]
    assert upload.decided["why"].tolist() == ["approved", "no reason"]
    (upload,) = batch.uploads(words((1, "reject", "\u200b \t")))
    assert marks(upload)[1] == ("", "")


def test_doubtful_work_waits_for_a_person(tmp_path: Path) -> None:
    batch = collected([write(tmp_path / "b.csv", [row(0), blank(1)])])
    assert marks(batch.uploads()[0]) == [("x", ""), ("", "")]
    assert marks(batch.uploads(words((1, "approve", "")))[0]) == [("x", ""), ("x", "")]


def test_only_what_is_still_submitted_in_the_newest_download(tmp_path: Path) -> None:
    old = write(tmp_path / "a.csv", [row(0), row(1), row(2)], modified=1_000)
    later = [row(0, AssignmentStatus="Approved"), row(1, AssignmentStatus="Rejected"), row(2), row(3)]
    new = write(tmp_path / "b.csv", later, modified=2_000)
    uploads = collected([old, new]).uploads(words((0, "reject", "No."), (1, "approve", "")))
    assert [upload.content is None for upload in uploads] == [True, False]
    assert marks(uploads[1]) == [("", ""), ("", ""), ("x", ""), ("x", "")]
    assert uploads[1].decided["why"].tolist() == ["settled", "settled", "approved", "approved"]


def test_nothing_to_say_is_no_file(tmp_path: Path) -> None:
    (upload,) = collected([write(tmp_path / "b.csv", [row(0, AssignmentStatus="Approved")])]).uploads()
    assert (upload.content, upload.problem) == (None, "")


@pytest.mark.parametrize(
    ("encoding", "delimiter", "end"),
    [("utf-8", ",", "\n"), ("utf-8-sig", ",", "\r\n"), ("cp1252", ",", "\r\n"), ("utf-8", "\t", "\n")],
)
def test_every_other_cell_stays_byte_for_byte(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    nasty = [
        '=HYPERLINK("http://x")',
        "+1",
        "a\nb\r\nc",
        'say "no", twice',
        " spaces ",
        "tab\there",
        "café –",
        "007",
        "'x",
    ]
    rows = [row(n, Answer__website=text, Title=text, WorkerId=f"A{n}") for n, text in enumerate(nasty)]
    for n, changed in enumerate(rows):
        del changed["Approve"], changed["Reject"]
        changed["Reward"] = "$0.03 "
        changed["Input.club"] = nasty[-n]
    path = write(tmp_path / "b.csv", rows, encoding=encoding, end=end, delimiter=delimiter)
    (upload,) = collected([path]).uploads(words((0, "reject", 'Sorry, "blank"; see\nthe page.')))
    assert upload.content is not None
    before = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""), delimiter=delimiter))
    after = list(csv.reader(io.StringIO(upload.content.decode(encoding.replace("-sig", "")), newline="")))
    assert after[0] == [*before[0], "Approve", "Reject"]
    assert [cell[:-2] for cell in after] == before
    assert after[1][-2:] == ["", 'Sorry, "blank"; see the page.']
    assert upload.content.count(end.encode()) >= len(rows) + 1
    assert upload.content.startswith(b'"HITId","')
    again = collect([tmp_path / "b.csv"], PHASE).assignments
    (tmp_path / "b.csv").write_bytes(upload.content)
    same = collect([tmp_path / "b.csv"], PHASE).assignments
    pd.testing.assert_frame_equal(again, same)


@pytest.mark.parametrize("above", ["sep=;\r\n", "Batch of May\r\n\r\n", "sep=;\r\nBatch of May;by Ann\r\n"])
def test_what_stands_above_the_header_is_left_out(tmp_path: Path, above: str) -> None:
    path = write(tmp_path / "b.csv", [row(0), blank(1), row(2)], delimiter=";")
    path.write_bytes(above.encode() + path.read_bytes())
    (upload,) = collected([path], STRICT).uploads(words((1, "reject", "Empty, sorry")))
    assert cells(upload)[0][:2] == ["HITId", "HITTypeId"]
    assert marks(upload) == [("x", ""), ("", "Empty, sorry"), ("x", "")]


@pytest.mark.parametrize("end", ["\r", "\n"])
def test_ids_with_a_formula_around_them_are_found_and_stay(tmp_path: Path, end: str) -> None:
    rows = [{name: f'="{cell}"' for name, cell in made.items()} for made in (row(0), blank(1))]
    path = write(tmp_path / "b.csv", rows, end=end)
    (upload,) = collected([path], STRICT).uploads(words((1, "reject", "Empty, sorry")))
    assert [cell[-1] for cell in cells(upload)] == ["Reject", "", "Empty, sorry"]


def test_own_words_of_a_person_in_the_file_hold(tmp_path: Path) -> None:
    rows = [
        row(0, Reject="Not about the club, sorry"),
        row(1, Approve="X", Reject="but why"),
        blank(2, Approve="X"),
        row(3, Approve="X"),
        row(4, AssignmentStatus="Rejected", Reject="was empty"),
        row(5, Reject="=1+1"),
    ]
    (upload,) = collected([write(tmp_path / "b.csv", rows)], STRICT).uploads(words((3, "reject", "No.")))
    assert marks(upload) == [
        ("", "Not about the club, sorry"),
        ("", ""),  # both words: neither
        ("X", ""),
        ("", ""),  # the file says X, the workbook reject
        ("", "was empty"),  # settled before: as it was
        ("", "=1+1"),  # a person's cell is a person's
    ]
    why = ["rejected", "contradiction", "approved", "contradiction", "settled", "rejected"]
    assert upload.decided["why"].tolist() == why
    assert upload.decided["by"].tolist()[:3] == ["file", "suggestion", "file"]


def test_the_words_columns_stand_where_the_file_has_them(tmp_path: Path) -> None:
    first = {"Reject": "", "Approve": "", **row(0)}
    (upload,) = collected([write(tmp_path / "b.csv", [first])]).uploads()
    header, only = cells(upload)
    assert header[:2] == ["Reject", "Approve"]
    assert only[:2] == ["", "x"]
    assert len(header) == len(first)


def test_short_rows_and_lines_between_are_no_reason_to_mark_another_row(tmp_path: Path) -> None:
    path = write(tmp_path / "b.csv", [row(0), blank(1), row(2)])
    lines = path.read_text().split("\n")
    lines[2] = lines[2].removesuffix(',"",""')  # a spreadsheet leaves out empty cells at the end
    lines[3] += ',"",""'  # or adds some
    path.write_text("\n".join([lines[0], "", *lines[1:]]))
    (upload,) = collected([path], STRICT).uploads()
    assert marks(upload) == [("x", ""), ("", ""), ("x", "")]
    assert {len(found) for found in cells(upload)} == {len(row(0))}


def test_rows_that_intake_set_aside_get_no_word(tmp_path: Path) -> None:
    broken = row(1, WorkerId="")
    contradicting = [row(2), row(2, Answer__website="https://other.example.edu")]
    batch = collected([write(tmp_path / "b.csv", [row(0), broken, *contradicting])])
    assert marks(batch.uploads()[0]) == [("x", ""), ("", ""), ("", ""), ("", "")]


def test_a_file_that_changed_meanwhile_gets_no_word_in_a_wrong_row(tmp_path: Path) -> None:
    path = write(tmp_path / "b.csv", [row(0), blank(1), row(2)])
    batch = collected([path], STRICT)
    write(path, [row(2), row(0), blank(1)])
    (upload,) = batch.uploads(words((1, "reject", "Empty.")))
    assert upload.content is None
    assert set(upload.decided["why"]) == {"changed"}


def test_workbooks_become_csv(tmp_path: Path) -> None:
    rows = [row(0, Title="café"), blank(1), row(2)]
    for changed in rows:
        changed["Reward"] = 0.03  # type: ignore[assignment]
    table = [list(rows[0]), *[list(r.values()) for r in rows]]
    path = write_workbook(tmp_path / "b.xlsx", {"Sheet1": [["Batch of May"], *table], "notes": [["mine"], ["text"]]})
    (upload,) = collected([path], STRICT).uploads(words((1, "reject", "Empty, sorry")))
    assert upload.name == "_settlement_b.csv"
    assert marks(upload) == [("x", ""), ("", "Empty, sorry"), ("x", "")]
    assert cells(upload)[1][2] == "café"
    assert without_words(cells(upload))[1][3] == "0.03"


def test_files_of_one_stem_get_names_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    files = [write(tmp_path / "b.csv", [row(0)]), write(tmp_path / "b.tsv", [row(1)], delimiter="\t")]
    assert [u.name for u in collected(files).uploads()] == ["_settlement_b.csv.csv", "_settlement_b.tsv.csv"]


def test_other_formats_have_no_such_upload(tmp_path: Path) -> None:
    bare = {k: v for k, v in row(0).items() if k not in ("AssignmentStatus", "Reward")}
    turkle = {**bare, "Turkle.Username": "ann"}
    old = {"hitid": "1", "hittypeid": "2", "assignmentid": "3", "workerid": "A4", "Answer.website": "x.example.edu"}
    files = [write(tmp_path / "t.csv", [turkle]), write(tmp_path / "bare.csv", [bare])]
    files.append(write(tmp_path / "o.results", [old], delimiter="\t"))
    found = {u.source: u for u in collected(files[:2]).uploads()}
    assert "turkle" in found["t.csv"].problem
    assert "no column AssignmentStatus" in found["bare.csv"].problem
    none = collect(files[2:], None).assignments
    decided = decide_pay(collected(files[:1]).suggestions, words())
    (upload,) = settlement_files(files[2:], none, decided.iloc[:0])
    assert "mturk_command_line" in upload.problem
    (upload,) = settlement_files([tmp_path / "gone.csv"], none, decided.iloc[:0])
    assert "not there any more" in upload.problem


def test_what_is_paid_by_hand_gets_no_word(tmp_path: Path) -> None:
    batch = collected([write(tmp_path / "b.csv", [row(0), row(1, Approve="x")])])
    ids = batch.assignments["assignment_id"].tolist()
    decided = leave_open(decide_pay(batch.suggestions, words()), ids[1:], "paid by hand")
    (upload,) = settlement_files(batch.files, batch.assignments, decided)
    assert marks(upload) == [("x", ""), ("", "")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('He said "no", twice', 'He said "no", twice'),
        ("=1+1", "Reason: =1+1"),
        ("-5 of 7 fields", "Reason: -5 of 7 fields"),
        ("@you: blank", "Reason: @you: blank"),
        ("\t=1", "Reason: =1"),
        ("blank;=cmd()", "blank,=cmd()"),
        ("a\r\nb\tc", "a b c"),
        ("＝1", "Reason: ＝1"),
        ("'=1", "Reason: '=1"),
    ],
)
def test_what_a_worker_is_told_is_one_line_that_does_nothing(text: str, line: str) -> None:
    assert feedback_text(text) == line


@given(st.text())
def test_nothing_that_is_told_is_a_formula(text: str) -> None:
    line = feedback_text(text)
    assert escape_csv_cell(line) == line
    assert line == line.strip()
    assert not {"\n", "\r", "\t"} & set(line)
    assert feedback_text(line) == line
    assert len(feedback_text(text * 100)) <= LONGEST_REASON


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
STATUS = st.sampled_from(["Submitted", "Approved", "Rejected"])


@settings(max_examples=15)
@given(st.lists(st.tuples(CELL, CELL, STATUS, st.sampled_from(["approve", "reject", ""])), min_size=1, max_size=20))
def test_any_cells_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, drawn: list) -> None:
    rows = [
        row(n, Answer__website=website, Title=title, AssignmentStatus=status)
        for n, (website, title, status, _) in enumerate(drawn)
    ]
    path = write(tmp_path_factory.mktemp("any") / "b.csv", rows)
    assignments = collect([path], None).assignments
    settled = assignments["status"] != "Submitted"
    wanted = pd.Series([verdict for *_, verdict in drawn], dtype="str").where(~settled, "")
    decided = pd.DataFrame({"assignment_id": assignments["assignment_id"], "verdict": wanted, "feedback": "Sorry"})
    decided = decided.assign(why="approved", by="suggestion").assign(why=lambda d: d["why"].mask(settled, "settled"))
    (upload,) = settlement_files([path], assignments, decided)
    if upload.content is None:
        assert not (wanted != "").any()
        return
    before = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
    assert without_words(cells(upload)) == without_words(before)
    assert marks(upload) == [{"approve": ("x", ""), "reject": ("", "Sorry")}.get(v, ("", "")) for v in wanted]
