"""The first screen of a workbook's sheets, as somebody sees them who opens it in LibreOffice at 1440 x 900, 100 %.

    python -m mturk_pipeline_tests.ui.first_screens review_leads.xlsx FOLDER review answers workers

Needs LibreOffice, Xvfb, openbox, xdotool and ImageMagick's import.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import openpyxl

SIZE, DISPLAY = "1440x900", ":87"
_OPENED, _MOST_TRIES = 12.0, 30


def take_screens(workbook: Path, folder: Path, sheets: list[str]) -> None:
    """Write `<workbook>_<first word of the sheet>.png` for each of the sheets into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with _Screen() as env, tempfile.TemporaryDirectory() as scratch:
        for sheet in sheets:
            page = Path(scratch) / f"{workbook.stem}_{sheet.split()[0]}.xlsx"
            book = openpyxl.load_workbook(workbook)
            for other in book.worksheets:
                other.sheet_view.tabSelected = other.title == sheet
            book.active = book.sheetnames.index(sheet)
            book.save(page)
            _photograph(page, folder / f"{page.stem}.png", Path(scratch) / "profile", env)


class _Screen:
    """A screen that nobody sees, with a window manager."""

    def __enter__(self) -> dict[str, str]:
        env = {**os.environ, "DISPLAY": DISPLAY}
        self.screen = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", f"{SIZE}x24"], stderr=subprocess.DEVNULL)
        time.sleep(1)
        self.manager = subprocess.Popen(["openbox"], env=env, stderr=subprocess.DEVNULL)
        return env

    def __exit__(self, *_: object) -> None:
        for process in (self.manager, self.screen):
            process.terminate()
            process.wait()


def _photograph(page: Path, picture: Path, profile: Path, env: dict[str, str]) -> None:
    office = subprocess.Popen(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--norestore", "--nologo", "--calc", str(page)],
        env=env, start_new_session=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        window = _window(page.stem, env)
        subprocess.run(
            ["xdotool", "windowsize", window, "100%", "100%", "windowmove", window, "0", "0"], env=env, check=False
        )
        time.sleep(_OPENED)
        subprocess.run(["import", "-window", "root", str(picture)], env=env, check=True)
    finally:
        os.killpg(office.pid, 15)
        office.wait()


def _window(name: str, env: dict[str, str]) -> str:
    for _ in range(_MOST_TRIES):
        time.sleep(1)
        if found := _told(["xdotool", "search", "--name", name], env):
            return found.split()[-1]
    raise SystemExit(f"LibreOffice did not open {name} within {_MOST_TRIES} seconds")


def _told(command: list[str], env: dict[str, str]) -> str:
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workbook", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sheets", nargs="+")
    options = parser.parse_args()
    if missing := [name for name in ("soffice", "Xvfb", "openbox", "xdotool", "import") if shutil.which(name) is None]:
        parser.error(f"not installed: {', '.join(missing)}")
    take_screens(options.workbook, options.folder, options.sheets)


if __name__ == "__main__":
    main()
