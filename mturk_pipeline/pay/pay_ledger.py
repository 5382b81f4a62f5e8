"""Pay ledger: every assignment on a pay sheet, for ever, so that nobody is paid twice for one.

The ledger lies in the project's folder and travels with it: `.mturk_pipeline/paid/<phase>_<n>.csv`, one file for each
sheet. A sheet is written in three steps, so that a kill at any moment loses nothing and pays nothing twice: its
list as `<phase>_<n>.pending.csv`; the sheet; its list without workers as `<phase>_<n>.csv`. Whatever stands in
either kind of list counts as paid, and a pending one is finished by the next command.
"""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.intake.made_ids import current_id, is_keyed
from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes, unescape_csv_cell

FOLDER = Path(".mturk_pipeline") / "paid"
_PENDING = ".pending.csv"
_KEPT = ["phase", "assignment_id", "hit_id", "submitted_at", "reward"]
_NAME = re.compile(r"(?P<phase>.+)_(?P<number>[0-9]+)(?P<pending>\.pending)?\.csv")


class LedgerError(UserError):
    """The ledger cannot be read: one line, where and what to do."""


@dataclass(frozen=True)
class PayLedger:
    """The lists of one project's pay sheets."""

    project: Path

    def entries(self) -> pd.DataFrame:
        """Every assignment on a pay sheet: phase, assignment_id, hit_id, submitted_at, reward, as text."""
        lists = [self._read(path)[_KEPT] for path in self._files()]
        return pd.concat([pd.DataFrame(columns=_KEPT, dtype="str"), *lists], ignore_index=True)

    def holds(
        self, assignments: pd.DataFrame, phase: str, current: Callable[[pd.Series], pd.Series] | None = None
    ) -> pd.Series:
        """Which assignments (contract `Assignments`) of the phase stand on a sheet.

        In the same phase by AssignmentId alone; in another one (renamed since) also by HIT and time of submission,
        as servers of some platforms all number their assignments from 1. `current` gives ids of assignments as
        `assignments` has them. An id that another home made is known by HIT and time alone.
        """
        entries = self.entries()
        if current is not None:
            entries = entries.assign(assignment_id=current(entries["assignment_id"]))
        of_phase = entries[entries["phase"] == phase]
        same_phase = assignments["assignment_id"].isin(of_phase["assignment_id"])
        elsewhere = of_phase[~of_phase["assignment_id"].isin(assignments["assignment_id"])]
        same_phase |= self._made_elsewhere(assignments, elsewhere, phase)
        known = pd.MultiIndex.from_frame(entries[["assignment_id", "hit_id", "submitted_at"]])
        keys = pd.MultiIndex.from_frame(as_listed(assignments, phase)[["assignment_id", "hit_id", "submitted_at"]])
        timed = assignments["submitted_at"].notna()
        return same_phase | (timed & keys.isin(known))

    def _made_elsewhere(self, assignments: pd.DataFrame, entries: pd.DataFrame, phase: str) -> pd.Series:
        """Which assignments have HIT and time of an entry whose id was made here, but by another key."""
        made = entries[entries["assignment_id"].map(is_keyed).astype(bool)]
        paid = pd.MultiIndex.from_frame(made[["hit_id", "submitted_at"]])
        own = as_listed(assignments, phase)[["assignment_id", "hit_id", "submitted_at"]]
        found = own["assignment_id"].map(is_keyed).astype(bool) & pd.MultiIndex.from_frame(own.iloc[:, 1:]).isin(paid)
        return found.set_axis(assignments.index)

    def next_number(self, phase: str, folder: Path) -> int:
        """The number of the phase's next sheet: larger than that of any list, and of any sheet in `folder`."""
        names = [path.name for path in self._files()]
        if folder.is_dir():
            names += [path.name.removeprefix("_pay_") for path in folder.glob("_pay_*.csv")]
        parsed = [match for name in names if (match := _NAME.fullmatch(name)) and match["phase"] == phase]
        return 1 + max((int(match["number"]) for match in parsed), default=0)

    def begin(self, phase: str, number: int, listed: pd.DataFrame) -> None:
        """Keep the list of a sheet that is about to be written."""
        write_atomically(self._path(phase, number, _PENDING), csv_bytes(listed))

    def finish(self, phase: str, number: int) -> None:
        """The sheet is written: its list needs no workers any more."""
        pending = self._path(phase, number, _PENDING)
        write_atomically(self._path(phase, number, ".csv"), csv_bytes(self._read(pending)[_KEPT]))
        pending.unlink()

    def unfinished(self, phase: str) -> list[tuple[int, pd.DataFrame]]:
        """Number and list of each sheet of the phase that a kill may have prevented."""
        lists = []
        for path in self._files():
            match = _NAME.fullmatch(path.name)
            if not match or not match["pending"] or match["phase"] != phase:
                continue
            number = int(match["number"])
            if self._path(phase, number, ".csv").exists():
                path.unlink()  # the sheet was written, and may have been taken away since
            else:
                lists.append((number, self._read(path)))
        return lists

    def _path(self, phase: str, number: int, ending: str) -> Path:
        return self.project / FOLDER / f"{phase}_{number}{ending}"

    def _files(self) -> list[Path]:
        folder = self.project / FOLDER
        return sorted(p for p in folder.glob("*.csv") if not p.name.startswith(".")) if folder.is_dir() else []

    def _read(self, path: Path) -> pd.DataFrame:
        try:
            text = path.read_bytes().decode("utf-8-sig")
            table = pd.read_csv(io.StringIO(text, newline=""), dtype="str", keep_default_na=False)
            missing = set(_KEPT) - set(table.columns)
        except (OSError, ValueError):
            missing = set(_KEPT)
            table = pd.DataFrame()
        if missing:
            raise LedgerError(
                "cannot be read, and without it somebody might be paid twice",
                where=path,
                remedy="put it back as it was",
            )
        table = table.map(unescape_csv_cell)
        return table.assign(assignment_id=table["assignment_id"].map(current_id))


def as_listed(assignments: pd.DataFrame, phase: str) -> pd.DataFrame:
    """Assignments as a list keeps them: all text but reward and work_seconds."""
    at = assignments["submitted_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").astype("str").fillna("")
    copied = assignments[["assignment_id", "hit_id", "reward", "worker", "work_seconds"]]
    return copied.assign(submitted_at=at, phase=phase).reset_index(drop=True)
