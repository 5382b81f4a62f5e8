"""A row that waits: its sure cells are grey, its doubtful ones stand out, and its reasons name them."""

import os
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell

from mturk_pipeline.review.queue import WITHOUT_A_HINT
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline_tests.review.libreoffice import find_soffice

YELLOW, GREY = "FFFFF3C4", "FF8A949E"


def cells_of(path: Path, sheet: str = "review") -> dict[tuple[str, str], Cell]:
    """Each cell by club and column."""
    table = openpyxl.load_workbook(path)[sheet]
    names = [str(cell.value) for cell in table[1]]
    club = names.index("club")
    rows = list(table.iter_rows(min_row=2))
    return {(str(row[club].value), name): cell for row in rows for name, cell in zip(names, row, strict=True)}


def look(cell: Cell) -> str:
    fill = cell.fill.fgColor.rgb if cell.fill.patternType == "solid" else ""
    colour = cell.font.color.rgb if cell.font.color is not None else ""
    if fill[2:] == YELLOW[2:] and cell.font.bold:
        return "doubtful"
    return "sure" if not fill and str(colour)[2:] == GREY[2:] and not cell.font.bold else ""


@pytest.fixture
def written(contacts, tmp_path: Path):
    """Writes the workbook of a book with changes; the path."""

    def write(**more) -> Path:
        path = tmp_path / "review_contacts.xlsx"
        path.write_bytes(workbook_bytes(contacts.book(**more)))
        return path

    return write


def test_sure_cells_are_grey_and_doubtful_ones_stand_out(written) -> None:
    cells = cells_of(written())
    looks = {name: look(cells["Rowing", name]) for name in ("email", "website", "note", "email_runners_up")}
    assert looks == {"email": "doubtful", "website": "sure", "note": "doubtful", "email_runners_up": ""}
    # Nobody said anything, so there is nothing to doubt.
    assert look(cells["Chess Club", "note"]) == ""
    link = cells["Chess Club", "website"]
    assert look(link) == "sure"
    assert link.font.underline == "single"
    assert link.hyperlink.target == "https://example.edu/chess"


def test_reasons_name_the_doubtful_cells_that_are_no_gates(written) -> None:
    cells = cells_of(written())
    assert cells["Rowing", "reasons"].comment.text.splitlines()[-1] == "also doubtful: note"
    assert cells["Rowing", "reasons"].value.startswith("email: ")
    told = cells["Chess Club", "reasons"]
    assert "also doubtful" not in told.value + (told.comment.text if told.comment else "")


def test_an_empty_gate_that_nobody_answered_stands_out_too(contacts, written) -> None:
    contacts.cleaned = contacts.cleaned.assign(
        email=contacts.cleaned["email"].where(contacts.cleaned["club"] != "Rowing")
    )
    cells = cells_of(written())
    assert cells["Rowing", "email"].value is None
    assert look(cells["Rowing", "email"]) == "doubtful"


def test_where_trust_is_hidden_no_cell_tells(contacts, written) -> None:
    contacts.phase = contacts.phase.model_copy(update={"spot_checks": 1.0})
    cells = cells_of(written())
    blind = {club for (club, name), cell in cells.items() if name == "reasons" and cell.value == WITHOUT_A_HINT}
    assert blind
    assert {look(cell) for (club, name), cell in cells.items() if club in blind} <= {""}


def test_what_has_no_trust_is_neither(contacts, written) -> None:
    table = contacts.cleaned
    contacts.cleaned = table.assign(website_trust=float("nan"))
    cells = cells_of(written())
    assert look(cells["Rowing", "website"]) == ""
    assert cells["Rowing", "website_trust"].value is None


def test_of_rows_that_passed_only_doubtful_cells_are_marked(written) -> None:
    cells = cells_of(written(), "accepted automatically")
    assert look(cells["Drama", "note"]) == "doubtful"
    assert look(cells["Drama", "email"]) == ""


def test_tables_of_an_earlier_version_have_no_marks(contacts, written) -> None:
    contacts.cleaned = contacts.cleaned.drop(columns="doubtful")
    assert {look(cell) for cell in cells_of(written()).values()} == {""}


@pytest.mark.skipif(
    find_soffice() is None and os.environ.get("MTURK_REQUIRE_LIBREOFFICE") != "1", reason="no LibreOffice found"
)
def test_libreoffice_saves_the_looks_as_they_were(written, tmp_path: Path) -> None:
    path, out = written(), tmp_path / "out"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        find_soffice() or "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    before, after = cells_of(path), cells_of(out / path.name)
    assert {place: look(cell) for place, cell in after.items()} == {place: look(cell) for place, cell in before.items()}
