"""Any file that a spreadsheet can save is read; one that cannot be understood stops nothing else."""

import datetime as dt

import openpyxl
import pytest

from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline_tests.review.made import UNIVERSITY


def decided(desk):
    return desk.read().decisions["item_id"].tolist()


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(",", "utf-8"), (";", "cp1252"), ("\t", "utf-16"), ("|", "utf-8-sig")]
)
def test_text_files_of_any_delimiter_and_encoding(contacts, delimiter, encoding):
    lines = ["item_id,comment,decision", f"{contacts.id_of('Rowing')},Café – gut,ok"]
    contacts.save("\r\n".join(lines).replace(",", delimiter), encoding=encoding)
    reviews = contacts.read()
    assert reviews.decisions["comment"].tolist() == ["Café – gut"]


def test_a_file_is_read_by_its_content_whatever_its_name(contacts):
    book = openpyxl.Workbook()
    book.active.append(["item_id", "decision"])
    book.active.append([contacts.id_of("Rowing"), "drop"])
    book.save(contacts.folder / "workbook.csv")
    (contacts.folder / "text.xlsx").write_text(f"sep=;\nitem_id;decision\n{contacts.id_of('Drama')};drop\n")
    assert sorted(decided(contacts)) == sorted(contacts.id_of(c) for c in ("Rowing", "Drama"))


def test_a_sheet_with_a_title_above_other_sheets_and_columns_of_ones_own(contacts):
    book = openpyxl.Workbook()
    book.active.append(["shopping list"])
    sheet = book.create_sheet("my work")
    sheet.append(["Reviewed in spring", None])
    sheet.append([])
    sheet.append(["mine", "Decision ", "ITEM_ID", 7])
    sheet.append([dt.date(2026, 3, 1), "ok", contacts.id_of("Rowing"), 3.0])
    book.save(contacts.folder / "mine.xlsx")
    row = contacts.read().decisions.iloc[0]
    assert row[["source_file", "source_sheet", "source_row"]].tolist() == ["mine.xlsx", "my work", 4]


def test_numbers_dates_and_formulas_are_read_as_their_values(contacts):
    book = openpyxl.Workbook()
    book.active.append(["item_id", "note"])
    for club, value in {"Rowing": 42.0, "Drama": dt.datetime(2026, 3, 1), "Choir": True, "Chess Club": 0.5}.items():
        book.active.append([contacts.id_of(club), value])
    book.save(contacts.folder / "typed.xlsx")
    after = contacts.read().decisions.set_index("item_id")["after"]
    assert [after[contacts.id_of(c)] for c in ("Rowing", "Drama", "Choir", "Chess Club")] == [
        "42",
        "2026-03-01",
        "true",
        "0.5",
    ]


def test_a_broken_file_fails_alone(contacts):
    contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": "ok"}], "good.csv")
    whole = workbook_bytes(contacts.book())
    (contacts.folder / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    (contacts.folder / "empty.xlsx").write_bytes(b"")
    (contacts.folder / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00" + bytes(range(256)))
    (contacts.folder / "notes.docx").write_bytes(b"PK\x03\x04")
    (contacts.folder / "other.csv").write_text("a,b\n1,2\n")
    reviews = contacts.read()
    assert reviews.decisions["item_id"].tolist() == [contacts.id_of("Rowing")]
    found = dict(zip(reviews.problems["source_file"], reviews.problems["rule"], strict=True))
    assert found == {
        "cut.xlsx": "unreadable_file",
        "empty.xlsx": "unreadable_file",
        "notes.docx": "unreadable_file",
        "other.csv": "no_table",
        "picture.csv": "unreadable_file",
    }
    files = reviews.files.set_index("source_file")
    assert files["problem"].notna().to_dict() == {**dict.fromkeys(found, True), "good.csv": False}


def test_a_stray_cell_far_away_is_a_problem_of_its_file_alone(contacts):
    contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": "ok"}], "good.csv")
    book = openpyxl.Workbook()
    book.active.append(["item_id", "decision"])
    book.active.append([contacts.id_of("Drama"), "drop"])
    book.active["XFD1048576"] = "stray"
    book.save(contacts.folder / "stray.xlsx")
    reviews = contacts.read()
    assert reviews.decisions["item_id"].tolist() == [contacts.id_of("Rowing")]
    assert reviews.problems[["source_file", "rule"]].values.tolist() == [["stray.xlsx", "unreadable_file"]]
    assert "stray cells" in reviews.problems["reason"].iloc[0]


def test_a_repeated_column_is_not_used_and_said(contacts):
    contacts.save(f"item_id,decision,email,email\n{contacts.id_of('Rowing')},ok,a@example.edu,b@example.edu\n")
    reviews = contacts.read()
    assert reviews.decisions["decision"].tolist() == ["accept"]
    assert reviews.problems[["rule", "column"]].values.tolist() == [["repeated_column", "email"]]


def test_a_renamed_column_is_said_never_guessed(contacts):
    contacts.save(f"item_id,export,decision,note,website,E-Mail\n{contacts.id_of('Rowing')},,,,,new@example.edu\n")
    reviews = contacts.read()
    assert reviews.decisions.empty
    assert reviews.problems[["rule", "column"]].values.tolist() == [["missing_column", "email"]]
    assert "e-mail" not in reviews.problems["reason"].iloc[0]


def test_a_renamed_decision_column_is_said(contacts):
    contacts.save(f"item_id,email,Entscheidung\n{contacts.id_of('Rowing')},,drop\n")
    reviews = contacts.read()
    assert reviews.decisions.empty
    assert reviews.problems[["rule", "column"]].values.tolist() == [["missing_column", "decision"]]


def test_a_file_name_that_is_no_utf_8_can_be_written_anywhere(contacts):
    contacts.save([{"item_id": contacts.id_of("Rowing"), "decision": "perhaps"}], "anna\udce9.csv")
    contacts.save("a,b\n1,2\n", "ben\udce9.csv")
    reviews = contacts.read()
    names = {"anna%E9.csv", "ben%E9.csv"}
    assert set(reviews.problems["source_file"]) == set(reviews.files["source_file"]) == names


def test_a_damaged_row_of_a_text_file_says_nothing_and_the_others_count(contacts):
    chess, rowing, drama, choir = (contacts.id_of(c) for c in ("Chess Club", "Rowing", "Drama", "Choir"))
    contacts.save(
        "item_id,decision,email,website,note\n"
        f'{chess},drop,chess@example.edu,"open,\n'
        f"{rowing},,row@example.edu,Chess, and Go,x\n"
        f"{drama},drop,drama@example.edu,00123\n"
        f"{choir},drop,none\n"
    )
    reviews = contacts.read()
    assert reviews.decisions[["item_id", "field", "decision"]].values.tolist() == [[choir, "", "drop"]]
    found = reviews.problems[["source_row", "rule"]].values.tolist()
    assert sorted(found) == [[2, "open_quote"], [3, "ragged_row"], [4, "ragged_row"]]


def test_errors_of_a_spreadsheet_are_blank_and_said(contacts):
    chess, rowing = contacts.id_of("Chess Club"), contacts.id_of("Rowing")
    contacts.save(
        f"item_id,decision,email,website\n{chess},ok,#N/A,#ref!\n{rowing},fix,#NAME?,https://new.example.edu\n"
    )
    reviews = contacts.read()
    assert set(reviews.decisions["field"]) == {"", "website"}
    assert reviews.problems["rule"].tolist() == ["error_text"] * 3


def test_an_error_or_a_formula_that_nobody_computed_is_no_emptied_cell(contacts):
    book = openpyxl.Workbook()
    book.active.append(["item_id", "decision", "email", "website"])
    book.active.append([contacts.id_of("Rowing"), "fix", "#N/A", '=A1&"x"'])
    book.active["C2"].data_type = "e"
    book.save(contacts.folder / "mine.xlsx")
    reviews = contacts.read()
    assert reviews.decisions["after"].isna().all()
    assert not reviews.decisions["field"].isin(["email", "website"]).any()
    assert sorted(reviews.problems["rule"]) == ["error_text", "error_text", "fix_without_change"]


def test_a_table_of_answers_is_no_review(contacts):
    contacts.save(f"item_id,decision,field,value\n{contacts.id_of('Rowing')},ok,email,x\n")
    assert decided(contacts) == []


def test_the_order_of_files_does_not_matter(contacts):
    contacts.save([{"university": UNIVERSITY, "club": c, "decision": "ok"} for c in ("Drama", "Rowing")], "b.csv")
    contacts.save([{"university": UNIVERSITY, "club": "Choir", "decision": "drop"}], "a.csv")
    from mturk_pipeline.review.decisions import read_reviewed

    files = sorted(contacts.folder.iterdir())
    one = read_reviewed(files, contacts.cleaned, None, contacts.phase)
    two = read_reviewed(files[::-1], contacts.cleaned, None, contacts.phase)
    assert one.decisions.equals(two.decisions)
    assert len(one.decisions) == 3
