"""Phases that ask more than a sheet can show: the sheet of more fields, out and back."""

import os
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.columns_in_view import MORE_FIELDS, MOST_COLUMNS
from mturk_pipeline.review.decisions import Reviews, read_reviewed, read_versions
from mturk_pipeline.review.export_history import Exports
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.review.review_journal import Version
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.review import made
from mturk_pipeline_tests.review.libreoffice import LibreOffice, find_soffice

PEOPLE = ("Ann Ames", "Ben Bell", "Cy Cole")
FIELDS = [f"q{n}" for n in range(40)]
PHASE = PhaseSpec.model_validate(
    {
        "model": "majority",
        "spot_checks": 0,
        "keys": ["person"],
        "fields": {f: {"kind": "number" if f == "q39" else "text", "gate": f == "q30"} for f in FIELDS},
    }
)
DOUBTFUL = "q33"


class Wide:
    """Three people, 40 fields; the gate waits for Ann and Ben, q33 is doubtful of everybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        given = made.assignments([{"person": name} for name in PEOPLE])
        guesses = [
            {f: (f"{f} of {n}" if f != "q39" else str(n), self._trust(f, n)) for f in FIELDS}
            for n in range(len(PEOPLE))
        ]
        told = made.consensus(given, guesses, PHASE)
        self.answers = made.answers(given, told)
        self.cleaned = clean(told, item_rows(self.answers, given, PHASE), PHASE)
        self.ids = dict(zip(self.cleaned["person"], self.cleaned["item_id"], strict=True))

    @staticmethod
    def _trust(field: str, person: int) -> float:
        return 0.3 if field == DOUBTFUL or (field == "q30" and person < 2) else 0.9

    def book(self, **more) -> ReviewBook:
        return ReviewBook("people", PHASE, self.cleaned, self.answers, made.WORKERS, **more)

    def edit(self, *edits: tuple[str, str, str, str], name: str = "anna.xlsx", drop: tuple[str, ...] = ()) -> Path:
        """Save the workbook with edits (sheet, person, column or field, text), without the sheets `drop`."""
        source = self.folder / name
        book = openpyxl.load_workbook(self._workbook() if not source.exists() else source)
        for title, person, column, text in edits:
            sheet = book[title]
            header = {c.value: c.column for c in sheet[1]}
            for row in range(2, sheet.max_row + 1):
                if sheet.cell(row, header["person"]).value != person:
                    continue
                if title != MORE_FIELDS:
                    sheet.cell(row, header.setdefault(column, sheet.max_column + 1)).value = text
                    sheet.cell(1, header[column]).value = column
                elif sheet.cell(row, header["field"]).value == column:
                    sheet.cell(row, header["value"]).value = text
        for title in drop:
            del book[title]
        book.save(source)
        return source

    def _workbook(self) -> Path:
        path = self.folder.parent / "review_people.xlsx"
        path.write_bytes(workbook_bytes(self.book()))
        return path

    def read(self) -> Reviews:
        return read_reviewed(sorted(self.folder.iterdir()), self.cleaned, self.book().shown, PHASE)

    def row(self, person: str) -> pd.Series:
        return apply_decisions(self.cleaned, self.read(), PHASE).set_index("person").loc[person]


@pytest.fixture
def wide(tmp_path: Path) -> Wide:
    folder = tmp_path / "saved"
    folder.mkdir()
    return Wide(folder)


def sheet_frame(path: Path, sheet: str) -> pd.DataFrame:
    return pd.read_excel(path, sheet_name=sheet, dtype="str", keep_default_na=False)


def test_no_sheet_shows_more_columns_than_can_be_looked_through(wide: Wide) -> None:
    book = openpyxl.load_workbook(wide._workbook())
    for sheet in book:
        shown = [c.value for c in sheet[1] if not sheet.column_dimensions[c.column_letter].hidden]
        assert len(shown) <= MOST_COLUMNS, sheet.title
    header = [c.value for c in book["review"][1]]
    in_view = [name for name in header if name in FIELDS]
    assert in_view[:3] == ["q30", DOUBTFUL, "q0"]
    more = sheet_frame(wide._workbook(), MORE_FIELDS)
    assert set(more["field"]) | set(in_view) == set(FIELDS)
    assert not set(more["field"]) & set(in_view)
    assert more["person"].drop_duplicates().tolist() == list(PEOPLE)
    assert set(more["stands_on"]) == {"review", "accepted automatically"}
    about = sheet_frame(wide._workbook(), "about")
    assert f"sheet: {MORE_FIELDS}" in set(about["about"])


def test_a_phase_for_which_there_is_room_has_no_such_sheet(contacts) -> None:
    path = contacts.folder.parent / "review.xlsx"
    path.write_bytes(workbook_bytes(contacts.book()))
    assert MORE_FIELDS not in openpyxl.load_workbook(path).sheetnames


def test_a_workbook_that_comes_back_as_it_was_says_nothing(wide: Wide) -> None:
    wide.edit()
    reviews = wide.read()
    assert made.told(reviews) == set()
    assert made.rules(reviews) == []
    assert reviews.look_again.empty


def test_an_edit_on_either_sheet_counts_and_names_its_place(wide: Wide) -> None:
    wide.edit(("review", "Ann Ames", "q30", "by hand"), (MORE_FIELDS, "Ann Ames", "q25", "also by hand"))
    reviews = wide.read()
    assert made.told(reviews) == {("q30", "fix", "by hand"), ("q25", "fix", "also by hand")}
    places = reviews.decisions.set_index("field")[["source_sheet", "source_row"]]
    more = sheet_frame(wide.folder / "anna.xlsx", MORE_FIELDS)
    row = int(more.index[(more["person"] == "Ann Ames") & (more["field"] == "q25")][0]) + 2
    assert places.loc["q25"].tolist() == [MORE_FIELDS, row]
    assert places.loc["q30", "source_sheet"] == "review"
    ann = wide.row("Ann Ames")
    assert (ann["status"], ann["q30"], ann["q25"], ann["q26"]) == ("fixed", "by hand", "also by hand", "q26 of 0")
    assert reviews.files[["decided", "edits"]].to_numpy().tolist() == [[1, 2]]


def test_an_edit_there_alone_decides_the_row(wide: Wide) -> None:
    wide.edit((MORE_FIELDS, "Cy Cole", "q25", "right"), drop=("review", "accepted automatically"))
    assert made.told(wide.read()) == {("q25", "fix", "right")}
    assert wide.row("Cy Cole")["status"] == "fixed"


@pytest.mark.parametrize(("decision", "status"), [("accept", "fixed"), ("redo", "redo"), ("drop", "dropped")])
def test_the_decision_stands_on_the_row_the_edit_beside_it(wide: Wide, decision: str, status: str) -> None:
    wide.edit(("review", "Ben Bell", "decision", decision), (MORE_FIELDS, "Ben Bell", "q25", "right"))
    assert made.rules(wide.read()) == []
    assert wide.row("Ben Bell")["status"] == status


def test_an_emptied_cell_means_none_only_with_the_decision_fix(wide: Wide) -> None:
    wide.edit((MORE_FIELDS, "Ann Ames", "q25", ""), (MORE_FIELDS, "Ben Bell", "q25", ""))
    assert made.told(wide.read()) == set()
    wide.edit(("review", "Ben Bell", "decision", "fix"))
    reviews = wide.read()
    assert made.rules(reviews) == []
    assert made.told(reviews) == {("", "fix", None), ("q25", "fix", None)}
    assert pd.isna(wide.row("Ben Bell")["q25"])


def test_the_same_edit_on_both_sheets_is_one_and_two_others_are_a_problem(wide: Wide) -> None:
    wide.edit(("review", "Ann Ames", "q25", "one"), (MORE_FIELDS, "Ann Ames", "q25", "one"))
    assert made.told(wide.read()) == {("q25", "fix", "one")}
    wide.edit((MORE_FIELDS, "Ann Ames", "q25", "another"))
    reviews = wide.read()
    assert made.rules(reviews) == ["conflicting_decisions"]
    reason = reviews.problems["reason"].iloc[0]
    assert "says otherwise" in reason
    assert {MORE_FIELDS in str(reviews.problems["source_sheet"].iloc[0]), MORE_FIELDS in reason} == {True, False}
    assert wide.row("Ann Ames")["status"] == "undecided"


def doubled(source: Path, *rows: tuple[str, str, str]) -> dict[str, list[int]]:
    """The workbook with rows (person, field, text) once more below its sheet of more fields; rows of each field."""
    book = openpyxl.load_workbook(source)
    sheet = book[MORE_FIELDS]
    header = {c.value: n for n, c in enumerate(sheet[1])}
    for person, field, text in rows:
        [row] = [
            [c.value for c in row]
            for row in sheet.iter_rows(min_row=2)
            if (row[header["person"]].value, row[header["field"]].value) == (person, field)
        ]
        sheet.append([text if n == header["value"] else value for n, value in enumerate(row)])
    book.save(source)
    more = sheet_frame(source, MORE_FIELDS)
    person = more["person"].eq(rows[0][0])
    return {f: [int(n) + 2 for n in more.index[person & (more["field"] == f)]] for f in more["field"].unique()}


@pytest.mark.parametrize("drop", [(), ("review", "accepted automatically")])
def test_two_rows_of_one_cell_that_contradict_each_other_are_told_where_they_stand(
    wide: Wide, drop: tuple[str, ...]
) -> None:
    # Of the first pair both say the same; the field of the second comes later on the sheet.
    edits = [(MORE_FIELDS, "Ann Ames", "q25", "same"), (MORE_FIELDS, "Ann Ames", "q31", "one")]
    path = wide.edit(*edits, drop=drop)
    rows = doubled(path, ("Ann Ames", "q25", "same"), ("Ann Ames", "q31", "another"))
    reviews = wide.read()
    assert made.rules(reviews) == ["conflicting_decisions"]
    told = reviews.problems.iloc[0]
    assert (told["source_sheet"], told["column"]) == (MORE_FIELDS, "q31")
    [other] = set(rows["q31"]) - {int(told["source_row"])}
    assert f"sheet {MORE_FIELDS}, row {other} " in told["reason"]


def test_decisions_that_contradict_each_other_are_told_on_their_rows(wide: Wide) -> None:
    wide.edit(("review", "Ann Ames", "decision", "drop"), name="anna.xlsx")
    wide.edit((MORE_FIELDS, "Ann Ames", "q25", "one"), ("review", "Ann Ames", "decision", "fix"), name="ben.xlsx")
    told = wide.read().problems.iloc[0]
    assert (told["source_file"], told["source_sheet"]) == ("anna.xlsx", "review")
    assert "ben.xlsx, sheet review, row 2" in told["reason"]
    assert pd.isna(told["column"])


def test_an_edit_on_one_sheet_stands_beside_the_value_as_shown_on_the_other(wide: Wide) -> None:
    wide.edit(("review", "Ann Ames", "q25", "q25 of 0"), (MORE_FIELDS, "Ann Ames", "q25", "right"))
    assert made.told(wide.read()) == {("q25", "fix", "right")}
    wide.edit(("review", "Ann Ames", "q25", "right"), (MORE_FIELDS, "Ann Ames", "q25", "q25 of 0"))
    assert made.told(wide.read()) == {("q25", "fix", "right")}


def test_cells_that_cannot_be_read_are_told_where_they_stand(wide: Wide) -> None:
    wide.edit((MORE_FIELDS, "Ann Ames", "q39", "many"), (MORE_FIELDS, "Ben Bell", "q25", "#REF!"))
    reviews = wide.read()
    assert sorted(made.rules(reviews)) == ["error_text", "odd_value"]
    assert set(reviews.problems["source_sheet"]) == {MORE_FIELDS}
    more = sheet_frame(wide.folder / "anna.xlsx", MORE_FIELDS)
    rows = dict(zip(reviews.problems["column"], reviews.problems["source_row"], strict=True))
    assert more["field"].iloc[int(rows["q39"]) - 2] == "q39"


def test_a_field_that_the_phase_does_not_ask_is_told(wide: Wide) -> None:
    path = wide.edit()
    book = openpyxl.load_workbook(path)
    book[MORE_FIELDS]["E2"] = "q99"
    assert book[MORE_FIELDS]["E1"].value == "field"
    book.save(path)
    assert made.rules(wide.read()) == ["unknown_field"]


def test_it_may_be_sorted_filtered_and_saved_alone(wide: Wide) -> None:
    more = sheet_frame(wide._workbook(), MORE_FIELDS)
    more.loc[(more["person"] == "Ann Ames") & (more["field"] == "q28"), "value"] = "by hand"
    half = more.sort_values("field", ascending=False).iloc[::1]
    half[half["field"].isin(["q28", "q29"])].to_csv(wide.folder / "more.csv", index=False)
    assert made.told(wide.read()) == {("q28", "fix", "by hand")}
    assert made.rules(wide.read()) == []


def test_an_accepted_row_keeps_the_values_that_were_seen_there(wide: Wide) -> None:
    wide.edit(("review", "Ben Bell", "decision", "accept"))
    shown = wide.book().shown
    later = wide.cleaned.assign(q25=wide.cleaned["q25"] + " now", q31=wide.cleaned["q31"] + " now")
    reviews = read_reviewed(sorted(wide.folder.iterdir()), wide.cleaned, shown, PHASE)
    kept = apply_decisions(later, reviews, PHASE).set_index("person").loc["Ben Bell"]
    assert (kept["q25"], kept["q31"]) == ("q25 of 1", "q31 of 1")


def test_of_a_file_saved_again_the_later_state_of_each_cell_counts(wide: Wide) -> None:
    first = wide.edit((MORE_FIELDS, "Ann Ames", "q25", "one"), (MORE_FIELDS, "Ben Bell", "q25", "two"), name="1.xlsx")
    more = sheet_frame(first, MORE_FIELDS)
    more.loc[more["value"] == "one", "value"] = "three"
    second = wide.folder / "2.csv"
    more[more["person"] != "Ben Bell"].to_csv(second, index=False)  # Ben's rows are filtered away
    exports = Exports.of(wide.book().shown)
    versions = [Version("anna", n, "", path, True) for n, path in ((2, first), (3, second))]
    reviews = read_versions(versions, wide.cleaned, exports, PHASE)
    assert made.told(reviews) == {("q25", "fix", "three"), ("q25", "fix", "two")}
    assert made.rules(reviews) == []


def test_two_people_who_fix_other_fields_agree(wide: Wide) -> None:
    wide.edit((MORE_FIELDS, "Ann Ames", "q25", "one"), name="anna.xlsx")
    wide.edit((MORE_FIELDS, "Ann Ames", "q25", "two"), name="ben.xlsx")
    assert made.rules(wide.read()) == ["conflicting_decisions"]


def test_the_columns_of_the_other_fields_are_not_missed(wide: Wide) -> None:
    wide.edit(("review", "Ann Ames", "my notes", "call her"), ("review", "Ann Ames", "decision", "accept"))
    assert made.rules(wide.read()) == []


@pytest.mark.skipif(
    find_soffice() is None and os.environ.get("MTURK_REQUIRE_LIBREOFFICE") != "1", reason="no LibreOffice found"
)
@pytest.mark.parametrize("ending", [".xlsx", ".ods"])
def test_there_and_back_through_libreoffice(wide: Wide, tmp_path: Path, ending: str) -> None:
    office = LibreOffice(find_soffice() or "soffice", tmp_path)
    more = sheet_frame(wide._workbook(), MORE_FIELDS)
    field = more.loc[more["item_id"] == wide.ids["Ben Bell"], "field"].iloc[0]
    office.do(
        ("open", str(wide._workbook())),
        ("sheet", "review"),
        ("type", wide.ids["Ann Ames"], "q30", "by hand"),
        ("sort", "q30"),
        ("sheet", MORE_FIELDS),
        ("type", wide.ids["Ben Bell"], "value", "also by hand"),
        ("store", str(wide.folder / f"saved{ending}")),
        ("close",),
    )
    reviews = wide.read()
    assert made.rules(reviews) == []
    assert made.told(reviews) == {("q30", "fix", "by hand"), (field, "fix", "also by hand")}
