"""A real LibreOffice opens, converts, edits and saves the workbook; the same decisions come back, and nothing else.

Left out where there is no LibreOffice, unless MTURK_REQUIRE_LIBREOFFICE=1.
"""

import os
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.decisions import Reviews, read_reviewed
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.review.shown_values import as_typed
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline.sheets.workbooks import typed_text
from mturk_pipeline_tests.review import made
from mturk_pipeline_tests.review.libreoffice import LibreOffice, find_soffice

pytestmark = pytest.mark.skipif(
    find_soffice() is None and os.environ.get("MTURK_REQUIRE_LIBREOFFICE") != "1", reason="no LibreOffice found"
)
# What spreadsheets are bad at.
NOTES = {
    "zeros": "00123",
    "long number": "1234567890123456789",
    "formula": "=1+1",
    "plus": "+1 555 0100",
    "minus": "-2+3",
    "at": "@SUM(A1)",
    "date": "2026-03-01",
    "halves": "1-2",
    "power": "1E5",
    "truth": "TRUE",
    "percent": "10%",
    "lines": "first\nsecond",
    "quotes": 'he said "no", twice',
    "apostrophe": "'tis",
    "escape": "_x0041_",
    "error": "#REF!",
    "letters": "Élan 😀 ʬ",
    "spaces": "  spaces  ",
    "long": "y" * 32_000,
    "longer": "z" * 40_000,
    "link": "https://example.edu/a?b=c&d=e",
    "nothing": "",
}
EDITED = {
    "zeros": {"decision": "accept"},
    "long number": {"decision": "ACCEPT"},
    "formula": {"decision": "Fix", "email": "right@example.edu"},
    "date": {"note": "00456"},
    "halves": {"note": "3-4"},
    "long": {"decision": "reject"},
    "nothing": {"decision": "drop", "comment": "not a club"},
    "letters": {"decision": "redo"},
    "truth": {"website": "https://example.edu/new"},
}


class Review:
    """A phase whose workbook went through LibreOffice: `folder` has what it saved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        clubs = [f"Club {name}" for name in NOTES]
        items = made.assignments([{"university": "University 007", "club": c} for c in clubs])
        # Each second row passes, so that both sheets have some.
        trusts = [0.2 + 0.7 * (n % 2) for n in range(len(NOTES))]
        guesses = [
            {"email": (f"mail{n}@example.edu", trust), "website": ("none", 0.8), "note": (text or None, 0.5)}
            for n, (text, trust) in enumerate(zip(NOTES.values(), trusts, strict=True))
        ]
        told = made.consensus(items, guesses, made.CONTACTS)
        answers = made.answers(items, told)
        self.cleaned = clean(told, item_rows(answers, items, made.CONTACTS), made.CONTACTS)
        self.book = ReviewBook("contacts", made.CONTACTS, self.cleaned, answers, made.WORKERS)
        self.ours = folder / "ours.xlsx"
        self.ours.write_bytes(workbook_bytes(self.book))
        self.ids = dict(zip(self.cleaned["club"].str.removeprefix("Club "), self.cleaned["item_id"], strict=True))
        self.waiting = set(self.book.waiting["item_id"])

    def person(self, office: LibreOffice) -> None:
        """Saves the workbook untouched in three formats, edits it, and saves that in three formats."""
        steps = [("open", f"{self.ours}"), *(("store", f"{self.folder}/copy{s}") for s in (".xlsx", ".ods", ".csv"))]
        for name, cells in EDITED.items():
            sheet = "review" if self.ids[name] in self.waiting else "accepted automatically"
            steps += [("sheet", sheet), *(("type", self.ids[name], column, text) for column, text in cells.items())]
        # The error and the plain rows were filtered away; the rest is sorted, beside a column of the person's own.
        for sheet, column in (("review", "note"), ("accepted automatically", "club")):
            some = [i for i in self.ids.values() if (i in self.waiting) == (sheet == "review")]
            last = [i for i in some if i not in {self.ids[n] for n in EDITED}][-1]
            steps += [("sheet", sheet), ("delete row", last), ("sort", column), ("insert column", "my notes")]
        steps += [("store", f"{self.folder}/edited{s}") for s in (".xlsx", ".ods", ".csv")]
        office.do(*steps, ("close",))
        # What was saved as .ods is opened and saved as a workbook once more.
        office.do(("open", f"{self.folder}/edited.ods"), ("store", f"{self.folder}/again.xlsx"), ("close",))

    def read(self, name: str) -> Reviews:
        return read_reviewed([self.folder / name], self.cleaned, self.book.shown, made.CONTACTS)


@pytest.fixture(scope="module")
def review(tmp_path_factory) -> Review:
    program = find_soffice()
    assert program, "MTURK_REQUIRE_LIBREOFFICE=1, but there is no LibreOffice: install libreoffice-calc"
    found = Review(tmp_path_factory.mktemp("review"))
    found.person(LibreOffice(program, tmp_path_factory.mktemp("office")))
    return found


def sheets(path: Path) -> dict[str, list[list[str]]]:
    """All cells as texts, without what is empty at the ends."""
    book = CalamineWorkbook.from_path(path)
    found = {}
    for name in book.sheet_names:
        rows = [
            [as_typed(c if isinstance(c, str) else typed_text(c)) for c in row]
            for row in book.get_sheet_by_name(name).to_python()
        ]
        width = max((n for row in rows for n, cell in enumerate(row, 1) if cell), default=0)
        found[name] = [row[:width] + [""] * (width - len(row)) for row in rows if any(row)]
    return found


@pytest.mark.parametrize("name", ["copy.xlsx", "copy.ods"])
def test_every_cell_of_every_sheet_survives(review, name):
    ours, theirs = sheets(review.ours), sheets(review.folder / name)
    assert list(theirs) == list(ours)
    for sheet, rows in ours.items():
        assert theirs[sheet] == rows, sheet


@pytest.mark.parametrize("name", ["copy.xlsx", "copy.ods", "copy.csv"])
def test_an_untouched_copy_says_nothing(review, name):
    reviews = review.read(name)
    assert (len(reviews.decisions), len(reviews.added), len(reviews.problems)) == (0, 0, 0)
    assert reviews.files["rows"].tolist() == [len(review.waiting) if name.endswith("csv") else len(NOTES)]


@pytest.mark.parametrize("name", ["edited.xlsx", "edited.ods", "again.xlsx", "edited.csv"])
def test_what_was_decided_comes_back_and_nothing_else(review, name):
    reviews = review.read(name)
    expected = expected_status(review, set(reviews_rows(review.folder / name)))
    # A text file holds one sheet only.
    assert len(expected) == len(EDITED) or name.endswith(".csv")
    assert reviews.comments["comment"].tolist() == ["not a club"] * (review.ids["nothing"] in expected)
    status = apply_decisions(review.cleaned, reviews, made.CONTACTS).set_index("item_id")
    assert status.loc[status["verified"], "status"].to_dict() == expected
    assert reviews.problems.empty
    edits = reviews.decisions[reviews.decisions["field"] != ""]
    wanted = {
        (review.ids[name], field): text
        for name, cells in EDITED.items()
        for field, text in cells.items()
        if field in made.CONTACTS.fields and review.ids[name] in expected
    }
    assert dict(zip(zip(edits["item_id"], edits["field"], strict=True), edits["after"], strict=True)) == wanted


def expected_status(review: Review, there: set[str]) -> dict[str, str]:
    words = {"accept": "accepted", "fix": "fixed", "reject": "rejected", "drop": "dropped", "redo": "redo", "": "fixed"}
    told = {review.ids[name]: words[cells.get("decision", "").lower()] for name, cells in EDITED.items()}
    return {item: status for item, status in told.items() if item in there}


def reviews_rows(path: Path) -> list[str]:
    """item_id of the rows in a file's sheets."""
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype="str")["item_id"].tolist()
    tables = [pd.DataFrame(rows[1:], columns=rows[0]) for rows in sheets(path).values() if "item_id" in rows[0]]
    return [item for table in tables for item in table["item_id"]]
