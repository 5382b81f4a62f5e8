"""Pictures of a review workbook's sheets, as LibreOffice shows them: what the documentation shows.

    python -m mturk_pipeline_tests.ui.workbook_pictures review_leads.xlsx data/pictures review answers workers
    python -m mturk_pipeline_tests.ui.workbook_pictures review_look.xlsx data/pictures --name kinds --columns image tags

With `--columns` it is the sheet review with these columns, as `review_<name>.png`.
Needs LibreOffice and poppler's pdftoppm.
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

_DOTS = 110  # per inch
_EDGE = 8  # dots left white around a sheet
# Of each sheet: rows with the header, and the columns that the picture shows (all others are hidden; () for all).
SHEETS: dict[str, tuple[int, tuple[str, ...]]] = {
    "review": (9, ("decision", "university", "club", "reasons", "club_url", "email", "facebook", "phone_number")),
    "workers": (9, ("worker", "standing", "evidence", "reliability", "total_contribution", "items", "answers")),
    "answers": (10, ("club", "field", "raw", "value", "state", "note", "worker")),
    "accepted automatically": (8, ("decision", "university", "club", "club_url", "email", "facebook", "status")),
    "decided before": (7, ("decision", "university", "status", "directory_url", "comment", "decided_in")),
    "assignments": (10, ("assignment_id", "worker", "suggestion", "settle", "feedback", "reason", "status", "reward")),
    "about": (30, ()),
    "more fields": (13, ("genus", "stands_on", "field", "value", "runners_up", "trust")),
}
# A picture is called after the first word of its sheet, but for these.
_NAMES = {"review": "queue", "more fields": "more_fields"}


def take_pictures(workbook: Path, folder: Path, sheets: list[str]) -> None:
    """Write a picture of each of the sheets into `folder`: `review_workers.png`, of review `review_queue.png`."""
    for sheet in sheets:
        rows, columns = SHEETS[sheet]
        with tempfile.TemporaryDirectory() as scratch:
            page = Path(scratch) / "sheet.xlsx"
            book = openpyxl.load_workbook(workbook)
            for other in [s for s in book.sheetnames if s != sheet]:
                del book[other]
            _crop(book[sheet], rows, columns)
            book.save(page)
            _call("soffice", "--headless", "--convert-to", "pdf", "--outdir", scratch, str(page))
            name = _NAMES.get(sheet, sheet.split()[0])
            _photograph(page.with_suffix(".pdf"), folder / f"review_{name}.png")


def take_picture_of(workbook: Path, folder: Path, columns: tuple[str, ...], name: str) -> None:
    """Write `review_<name>.png`: the first rows of the sheet review, with some of its columns."""
    SHEETS["review"] = (SHEETS["review"][0], columns)
    take_pictures(workbook, folder, ["review"])
    (folder / "review_queue.png").rename(folder / f"review_{name}.png")


def _crop(sheet: Worksheet, rows: int, columns: tuple[str, ...]) -> None:
    for cell in sheet[1]:
        if columns and cell.value not in columns:
            sheet.column_dimensions[cell.column_letter].hidden = True
    sheet.print_area = f"A1:{get_column_letter(sheet.max_column)}{min(rows, sheet.max_row)}"
    sheet.print_options.headings = sheet.print_options.gridLines = True
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A3
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 1
    sheet.oddHeader.center.text = sheet.oddFooter.center.text = ""


def _photograph(pdf: Path, picture: Path) -> None:
    """The first page's content without the white around it."""
    _call("pdftoppm", "-r", str(_DOTS), "-singlefile", str(pdf), str(pdf.with_suffix("")))
    content = pdf.with_suffix(".ppm").read_bytes()
    width, height = map(int, content.split(b"\n", 2)[1].split())
    pixels = np.frombuffer(content[-width * height * 3 :], dtype="uint8").reshape(height, width, 3)
    ink = (pixels < 250).any(axis=2)
    down, across = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    left, top = max(across[0] - _EDGE, 0), max(down[0] - _EDGE, 0)
    size = (across[-1] + _EDGE - left, down[-1] + _EDGE - top)
    frame = ("-x", left, "-y", top, "-W", size[0], "-H", size[1])
    _call("pdftoppm", "-png", "-r", str(_DOTS), "-singlefile", *map(str, frame), str(pdf), str(picture.with_suffix("")))


def _call(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workbook", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sheets", nargs="*")
    parser.add_argument("--columns", nargs="+", default=[])
    parser.add_argument("--name", default="")
    given = parser.parse_args()
    if given.columns:
        with tempfile.TemporaryDirectory() as scratch:
            take_picture_of(given.workbook, Path(scratch), tuple(given.columns), given.name)
            shutil.copy(Path(scratch) / f"review_{given.name}.png", given.folder)
    else:
        take_pictures(given.workbook, given.folder, given.sheets)
