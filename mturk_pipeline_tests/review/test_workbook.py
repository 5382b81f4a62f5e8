"""The workbook shows what a person needs, every cell as text, and has the same bytes for the same tables."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.review import review_book
from mturk_pipeline.review.exports import write_review
from mturk_pipeline.review.problems import problem, problem_table
from mturk_pipeline.review.queue import WITHOUT_A_HINT
from mturk_pipeline.review.review_journal import ReviewStore
from mturk_pipeline.review.workbook import rest_csv, workbook_bytes
from mturk_pipeline_tests.review import made

HOSTILE = [
    '=HYPERLINK("http://example.edu","x")',
    "+1 555 0100",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "a\r\nb",
    "\x07bell",
    "00123",
    "1234567890123456789",
    "1-2",
    "1E5",
    "TRUE",
    "x" * 40_000,
    "_x0041_",
    "<b>&amp;</b>",
    "  spaces  ",
    "😀 ʬ",
    "#REF!",
    "\ufeffmark",
]


def sheet(content: bytes, name: str) -> pd.DataFrame:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()
    return pd.DataFrame(rows[1:], columns=rows[0])


def test_review_has_the_rows_that_wait_worst_first(contacts):
    table = sheet(workbook_bytes(contacts.book()), "review")
    assert table["club"].tolist() == ["Chess Club", "Rowing"]
    assert table.columns[:5].tolist() == ["decision", "university", "club", "reasons", "email"]
    row = table.iloc[1]
    assert (row["email"], row["email_trust"], row["email_runners_up"]) == ("row@example.edu", 0.5, "other@example.edu")
    assert row["website"] == "none"
    assert row["note"] == "=1+1"
    assert set(row["decision"]) == set()


def test_the_other_sheets(contacts):
    content = workbook_bytes(contacts.book())
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert names == ["review", "accepted automatically", "decided before", "answers", "workers", "about"]
    accepted = sheet(content, "accepted automatically")
    assert set(accepted["status"]) == {"unverified"}
    answers = sheet(content, "answers")
    assert answers["item_id"].tolist()[:2] == [contacts.id_of("Chess Club")] * 2
    assert answers.loc[0, ["club", "field", "raw"]].tolist() == ["Chess Club", "email", "chess@example.edu"]
    assert sheet(content, "workers")["worker"].tolist() == ["WK-0", "WK-1"]
    about = sheet(content, "about").set_index("about")["this workbook"]
    assert about["review"] == "2 rows"
    assert about["field: email"].startswith("email; passes from trust 0.60 on")


def test_about_says_how_many_answers_could_not_be_read(contacts):
    assert "could not be read" not in sheet(workbook_bytes(contacts.book()), "about")["about"].tolist()
    told = contacts.answers.copy()
    told.loc[told.index[:2], ["state", "note"]] = ["invalid", "not the form of an e-mail address"]
    told["evidence"] = ["near_miss", "junk", *[""] * (len(told) - 2)]
    contacts = replace(contacts, answers=told)
    about = sheet(workbook_bytes(contacts.book()), "about").set_index("about")["this workbook"]
    assert about["could not be read"] == ("email 2, 1 of them almost a value (not the form of an e-mail address: 2)")


def test_workers_to_exclude_come_first_then_those_to_watch_then_the_least_reliable(contacts):
    book = replace(
        contacts.book(),
        workers=made.workers(
            {"reliability": 0.9},
            {"reliability": None},
            {"standing": "watch", "reliability": 0.3, "copy_partners": ["WK-3", "WK-0"]},
            {"standing": "exclude", "reliability": 0.4, "evidence": "reliability 0.40"},
            {"reliability": 0.5},
        ),
    )
    table = sheet(workbook_bytes(book), "workers")
    assert table["worker"].tolist() == ["WK-3", "WK-2", "WK-4", "WK-0", "WK-1"]
    first = ["worker", "standing", "evidence", "reliability", "reliability_low", "reliability_high"]
    assert table.columns[:6].tolist() == first
    assert set(made.WORKERS.columns) == set(table.columns)
    assert table.loc[0, ["standing", "evidence", "reliability"]].tolist() == ["exclude", "reliability 0.40", 0.4]
    assert table.loc[1, "copy_partners"] == "WK-3\nWK-0"


def test_problems_are_a_sheet_where_there_are_any(contacts):
    problems = problem_table([problem("a.csv", None, 3, "decision", "unknown_decision", "write accept")])
    table = sheet(workbook_bytes(contacts.book(problems=problems)), "problems")
    assert table.loc[0, ["source_file", "row", "reason"]].tolist() == ["a.csv", 3, "write accept"]


def test_drop_down_filter_frozen_header_colours_and_links(contacts):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(contacts.book())))
    review = book["review"]
    assert review.freeze_panes == "D2"
    assert review.auto_filter.ref == "A1:R3"
    rules = {str(rule.sqref): rule for rule in review.data_validations.dataValidation}
    assert (rules["A2:A3"].formula1, rules["A2:A3"].errorStyle) == ('"accept,fix,redo,reject,drop"', "warning")
    names = [c.value for c in review[1]]
    at = {name: openpyxl.utils.get_column_letter(place) for place, name in enumerate(names, 1)}
    # The e-mail's list offers what stands hidden in the same row; anything else may be written.
    offered, email = [at["email_pick_1"], at["email_pick_2"]], f"{at['email']}2:{at['email']}3"
    assert (rules[email].formula1, rules[email].showErrorMessage) == (f"${offered[0]}2:${offered[1]}2", False)
    assert [review[f"{letter}2"].value for letter in offered] == ["chess@example.edu", "other@example.edu"]
    folded = [at[name] for name in ("email_trust", "email_runners_up", "website_trust")]
    for letter in (*offered, *folded, at["export"]):
        assert review.column_dimensions[letter].hidden
    assert {review.column_dimensions[letter].outline_level for letter in folded} == {1}
    website = review.cell(2, names.index("website") + 1)
    assert website.hyperlink.target == "https://example.edu/chess"
    assert (website.value, website.data_type) == ("https://example.edu/chess", "s")
    assert len(review.conditional_formatting) == 4
    assert website.alignment.wrap_text
    assert {c.number_format for row in review.iter_rows(min_row=2) for c in row if isinstance(c.value, str)} == {"@"}


def test_only_plain_addresses_are_links(contacts):
    odd = ["http://exa mple.edu", "https://[::1", "https://example.edu/%zz", "javascript:alert(1)"]
    contacts.cleaned["website"] = pd.Series(odd, dtype="str")
    contacts.cleaned["needs_review"] = True
    review = openpyxl.load_workbook(io.BytesIO(workbook_bytes(contacts.book())))["review"]
    cells = [c for row in review.iter_rows() for c in row]
    assert [c.value for c in cells if c.hyperlink] == []
    assert set(odd) < {c.value for c in cells}


@pytest.fixture
def hostile(contacts):
    """A row for each text, all waiting."""
    rows = pd.concat([contacts.cleaned.iloc[[0]]] * len(HOSTILE), ignore_index=True)
    rows["note"] = pd.Series(HOSTILE, dtype="str")
    rows["club"] = [f"Club {n}" for n in range(len(HOSTILE))]
    rows["item_id"] = rows["parent_item_id"] = item_ids(rows[["university", "club"]])
    contacts.cleaned = rows
    return contacts


def test_every_text_survives_the_workbook_and_is_no_formula(hostile):
    content = workbook_bytes(hostile.book())
    review = openpyxl.load_workbook(io.BytesIO(content))["review"]
    assert [c.value for row in review.iter_rows() for c in row if c.data_type == "f"] == []
    (hostile.folder / "copy.xlsx").write_bytes(content)
    reviews = hostile.read()
    assert reviews.files["rows"].tolist() == [len(HOSTILE)]
    assert reviews.decisions.empty
    assert reviews.problems.empty


def test_every_text_survives_the_csv_file(hostile, monkeypatch):
    monkeypatch.setattr("mturk_pipeline.review.workbook.MOST_ROWS", 0)
    (hostile.folder / "rest.csv").write_bytes(rest_csv(hostile.book()) or b"")
    reviews = hostile.read()
    assert reviews.files["rows"].tolist() == [len(HOSTILE)]
    assert reviews.decisions.empty
    assert reviews.problems.empty


def test_the_same_tables_give_the_same_bytes_whatever_the_time(contacts, monkeypatch):
    one = workbook_bytes(contacts.book())
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 1, 1, 0, 0, 0, 0, 0, 0))
    assert workbook_bytes(contacts.book()) == one
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
    assert contacts.book().export in sheet(one, "about")["this workbook"].tolist()


def test_the_export_id_changes_with_what_is_shown(contacts):
    before = contacts.book().export
    contacts.cleaned.loc[0, "email"] = "later@example.edu"
    assert contacts.book().export != before


def test_rows_beyond_the_limit_are_a_csv_file_and_about_says_so(contacts, monkeypatch):
    for place in ("workbook", "review_sheets", "about_sheet"):
        monkeypatch.setattr(f"mturk_pipeline.review.{place}.MOST_ROWS", 1)
    content, rest = workbook_bytes(contacts.book()), rest_csv(contacts.book())
    assert sheet(content, "review")["club"].tolist() == ["Chess Club"]
    assert rest is not None
    table = pd.read_csv(io.BytesIO(rest))
    assert table["club"].tolist() == ["Rowing"]
    assert table["export"].tolist() == [contacts.book().export]
    about = sheet(content, "about").set_index("about")["this workbook"]
    assert about["review"] == "2 rows; the first 1 are shown, the others are in the CSV file beside this workbook"
    assert review_book.MOST_ROWS == 5_000


def test_empty_tables_make_a_workbook(contacts):
    contacts.cleaned = contacts.cleaned.iloc[:0]
    contacts.answers = contacts.answers.iloc[:0]
    content = workbook_bytes(contacts.book())
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames[0] == "review"


class Folder(dict):
    """Remembers what was written."""

    def write(self, name: str, content: bytes) -> bool:
        self[name] = content
        return True

    def remove(self, name: str) -> bool:
        return self.pop(name, None) is not None


def test_write_review_writes_the_files_and_remembers_what_they_showed(contacts, tmp_path):
    folder, store = Folder({"out/review_contacts_rest.csv": b"old"}), ReviewStore(tmp_path / "kept")
    names = write_review(folder, "out", contacts.book(), store)
    assert list(folder) == names == ["out/review_contacts.xlsx"]
    exports = ReviewStore(tmp_path / "kept").exports()
    assert list(exports.numbers) == [contacts.book().export]
    shown = contacts.book().shown
    pd.testing.assert_frame_equal(exports.values[list(shown.columns[1:])], shown.iloc[:, 1:])
    write_review(folder, "out", contacts.book(last_export=store.last_export()), store)
    pd.testing.assert_frame_equal(ReviewStore(tmp_path / "kept").exports().values, exports.values)


def test_spot_checks_stand_among_the_queue_and_nobody_can_tell_which(contacts):
    phase = contacts.phase.model_copy(update={"spot_checks": 1.0})
    book = replace(contacts.book(), phase=phase)
    assert book.queue["kind"].tolist() == ["waiting", "spot_check", "waiting", "spot_check"]
    assert book.queue["blind"].all()
    table = sheet(workbook_bytes(book), "review")
    assert set(table["reasons"]) == {WITHOUT_A_HINT}
    assert set(table["email_trust"]) == {""}
    assert sheet(workbook_bytes(book), "accepted automatically").empty


def test_progress_is_a_formula_with_its_value_of_now(contacts):
    content = workbook_bytes(contacts.book())
    cell = openpyxl.load_workbook(io.BytesIO(content))["about"]["B2"]
    assert cell.value == '=COUNTA(review!A2:A3)&" of 2 rows in review decided"'
    now = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["about"]["B2"]
    assert now.value == "0 of 2 rows in review decided"
