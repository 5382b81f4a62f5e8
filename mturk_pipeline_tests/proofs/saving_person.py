"""A person who saves reviewed files while the pipeline runs, and remembers what was decided."""

import io
import threading
import time
from pathlib import Path
from random import Random

import pandas as pd

WORDS = {"accept": "accepted", "drop": "dropped", "redo": "redo", "reject": "rejected"}
# Per phase its workbook, the folder for what comes back, and a field that holds links.
PHASES = {
    "dirs": ("3_notebookProcessed_dirs", "4_manualCleaned_mIn_dirs", "directory_url"),
    "clubs": ("6_notebookProcessed_clubs", "7_manualCleaned_mIn_clubs", "club_url"),
    "leads": ("9_notebookProcessed_leads", "10_manualCleaned_leads", "website"),
}
Rows = dict[str, dict[str, str]]  # by item_id


class Person(threading.Thread):
    """Saves, changes, renames; each item is decided in one file, or, as a quarrel, in two that go back to one row.

    Attributes
    ----------
    files
        Of each phase the rows of each file, by its name of now.
    contents
        What each file holds, by path: nobody else may change it.
    """

    def __init__(self, project: Path, chance: Random) -> None:
        super().__init__(daemon=True)
        self.project, self.chance = project, chance
        self.files: dict[str, dict[str, Rows]] = {phase: {} for phase in PHASES}
        self.quarrels: dict[str, set[str]] = {phase: set() for phase in PHASES}
        self.contents: dict[Path, bytes] = {}
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.saves = 0
        self.failed: Exception | None = None

    def run(self) -> None:
        while not self.ended.wait(self.chance.uniform(0.5, 6)):
            try:
                with self.lock:
                    self.turn()
            except Exception as error:
                self.failed = error
                return

    def stop(self) -> None:
        self.ended.set()
        self.join()
        if self.failed:
            raise self.failed

    def expected(self, phase: str) -> dict[str, tuple[str, str]]:
        """Status and link of each item that was decided; the status '' where two files disagree."""
        told: dict[str, set[tuple[str, str]]] = {}
        link = PHASES[phase][2]
        for rows in self.files[phase].values():
            for item, row in rows.items():
                status = WORDS.get(row["decision"], "fixed")
                told.setdefault(item, set()).add((status, row[link] if status == "fixed" else ""))
        return {item: next(iter(said)) if len(said) == 1 else ("", "") for item, said in told.items()}

    def turn(self) -> None:
        phase = self.chance.choice(list(PHASES))
        files, folder = self.files[phase], self.project / PHASES[phase][1]
        what = self.chance.choice(["new", "new", "more", "more", "change", "rename", "quarrel"])
        name = self.chance.choice(sorted(files)) if files else ""
        if what == "new" or not files:
            name = f"person {self.saves}{self.chance.choice(['.csv', '.xlsx'])}"
            files[name] = self._fresh_rows(phase)
        elif what == "more":
            files[name] |= self._fresh_rows(phase)
        elif what == "change" and files[name]:
            item = self.chance.choice(sorted(files[name]))
            files[name][item] = self._decided(files[name][item], phase)
        elif what == "rename":
            other = f"renamed {self.saves}{Path(name).suffix}"
            (folder / name).rename(folder / other)
            self.contents[folder / other] = self.contents.pop(folder / name)
            files[other] = files.pop(name)
            self.saves += 1
            return
        elif what == "quarrel":
            free = sorted(set(files[name]) - self.quarrels[phase])
            if free:
                item = self.chance.choice(free)
                self.quarrels[phase].add(item)
                name, row = f"other {self.saves}.csv", self._decided(files[name][item], phase)
                files[name] = {item: row}
        if files.get(name):
            self._save(folder / name, files[name])
        else:
            files.pop(name, None)

    def _fresh_rows(self, phase: str) -> Rows:
        """A few rows of the newest workbook about which nothing was said yet, decided."""
        from python_calamine import CalamineWorkbook

        path = self.project / PHASES[phase][0] / f"review_{phase}.xlsx"
        if not path.exists():
            return {}
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        taken = {item for rows in self.files[phase].values() for item in rows}
        found: Rows = {}
        for sheet in ("review", "accepted automatically"):
            header, *below = [[str(c) for c in row] for row in book.get_sheet_by_name(sheet).to_python()] or [[]]
            rows = [dict(zip(header, row, strict=True)) for row in below]
            found |= {row["item_id"]: row for row in rows if row["item_id"] not in taken}
        some = self.chance.sample(sorted(found), min(len(found), self.chance.randint(1, 3)))
        return {item: self._decided(found[item], phase) for item in some}

    def _decided(self, row: dict[str, str], phase: str) -> dict[str, str]:
        """The row with another decision, or with another link."""
        before, link = row["decision"], PHASES[phase][2]
        word = self.chance.choice([*sorted(set(WORDS) - {before}), "" if before else "accept"])
        changed = {"decision": word} if word else {"decision": "", link: f"https://example.org/p{self.saves}"}
        if before == "" and row[link].startswith("https://example.org/p"):
            # A link of one's own stays with what is decided later: nothing but another link is said here.
            changed = {"decision": "", link: f"https://example.org/p{self.saves}"}
        return row | changed

    def _save(self, path: Path, rows: Rows) -> None:
        self.saves += 1
        table = pd.DataFrame(rows.values(), dtype="str").fillna("")
        buffer = io.BytesIO()
        if path.suffix == ".xlsx":
            table.to_excel(buffer, index=False)
        else:
            table.to_csv(buffer, index=False)
        content = buffer.getvalue()
        if self.chance.random() < 0.5:
            # As Excel and LibreOffice save: beside it, then in its place.
            beside = path.with_name(f"~${path.name}")
            beside.write_bytes(content)
            beside.replace(path)
        else:
            half = self.chance.randrange(len(content))
            with path.open("wb") as file:
                file.write(content[:half])
                file.flush()
                time.sleep(self.chance.uniform(0, 0.3))
                file.write(content[half:])
        self.contents[path] = content
