"""Output file that a user names: one way for every command that writes where it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.output_path import homes_around, output_path

if TYPE_CHECKING:
    import pandas as pd

# Excel's own limit, less the header.
EXCEL_ROWS = 1_048_575
TABLES = (".csv", ".xlsx")


@dataclass(frozen=True)
class OutputFile:
    """A file that may be written, as the user named it, and where it really lies."""

    named: Path
    target: Path

    @classmethod
    def of(cls, named: Path, home: Home, endings: Sequence[str], *, force: bool = False) -> "OutputFile":
        """`named`, if it may be written; UserError where it may not."""
        if named.suffix.lower() not in endings:
            raise UserError(f"ends with none of {', '.join(endings)}", where=named, remedy="name the file so")
        return cls(named, output_path(named, list(homes_around(home)), force=force))

    @property
    def ending(self) -> str:
        return self.named.suffix.lower()

    def write(self, content: bytes) -> None:
        write_atomically(self.target, content)

    def write_table(self, frame: "pd.DataFrame", title: str) -> None:
        """Write `frame` as the ending says; nothing in a cell can run in a spreadsheet."""
        from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes
        from mturk_pipeline.sheets.workbook_writer import xlsx_bytes

        if self.ending == ".xlsx" and len(frame) > EXCEL_ROWS:
            raise UserError(
                f"{len(frame):,} rows are more than a sheet of Excel holds", where=self.named, remedy="use .csv"
            )
        self.write(csv_bytes(frame, bom=True) if self.ending == ".csv" else xlsx_bytes({title[:31]: frame}))
