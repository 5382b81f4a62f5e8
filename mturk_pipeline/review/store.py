"""What is kept of a phase's review, in the project's own folder: every file that came back, every export that went out.

The journal numbers both in the order in which they were seen, so that it is known which workbook knew of which
decision. It lies in the project, not among the tables: a folder that is renamed or moved keeps its decisions.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.tables import read_table_if_made, write_table
from mturk_pipeline.folders.writing import digest, write_atomically
from mturk_pipeline.review.export_history import VALUE_COLUMNS, Exports
from mturk_pipeline.review.problems import problem
from mturk_pipeline.review.reviewed_files import LIMITS, TEXT_SUFFIXES, WORKBOOK_SUFFIXES, file_name


class DamagedJournal(UserError):
    """The journal cannot be read; its text says what to do, in one line."""


@dataclass(frozen=True)
class Version:
    """One state of a reviewed file: its original is kept, whatever becomes of the file."""

    name: str
    number: int
    at: str  # when it was first seen, ISO 8601, UTC
    original: Path
    present: bool  # a file of this name is in the folder now


class ReviewStore:
    """The journal of a phase's review, with originals and exports.

    Parameters
    ----------
    folder
        Where it lies; made when there is something to keep.
    clean
        Makes of a file's content what may be kept of it, such as without workers who are to be forgotten.
    """

    def __init__(self, folder: Path, clean: Callable[[bytes], bytes] = lambda content: content) -> None:
        self.folder, self.clean = folder, clean
        self._entries = self._read_journal()

    def note_files(self, files: Sequence[Path]) -> list[dict[str, Any]]:
        """Keep the original of each of the reviewed files that are there now, where it is new.

        Returns problems (see `mturk_pipeline.review.problems`) of files that could not be read.
        """
        problems, entries = [], list(self._entries)
        latest = {e["name"]: e["id"] for e in entries if e["kind"] == "file"}
        for path in sorted(files, key=lambda p: p.name):
            name = file_name(path)
            try:
                if path.stat().st_size > LIMITS.max_bytes:
                    raise OSError(0, f"larger than {LIMITS.max_bytes // 10**6} MB: save only the rows you decided")
                content = path.read_bytes()
            except OSError as error:
                reason = f"cannot be opened ({error.strerror}): close it elsewhere and save again"
                problems.append(problem(name, None, None, None, "unreadable_file", reason))
                continue
            suffix = path.suffix.casefold()
            original = digest(content) + (suffix if suffix in WORKBOOK_SUFFIXES | TEXT_SUFFIXES else ".unknown")
            if not (self.folder / "originals" / original).is_file():
                write_atomically(self.folder / "originals" / original, self.clean(content))
            if latest.get(name) != original:
                entries.append(self._entry(entries, kind="file", id=original, name=name))
        self._write_journal(entries)
        return problems

    def versions(self, files: Sequence[Path]) -> list[Version]:
        """All states of all files that ever came back, oldest first; `files` are those that are there now."""
        here = {file_name(path) for path in files}
        return [
            Version(e["name"], e["number"], e["at"], self.folder / "originals" / e["id"], e["name"] in here)
            for e in self._entries
            if e["kind"] == "file"
        ]

    def exports(self) -> Exports:
        """What every workbook showed.

        Where that is lost, the numbers of workbooks are unknown too: a row of one of them is then read like a row
        of a person's own sheet.
        """
        path = self.folder / "exports.parquet"
        values = read_table_if_made(path)
        if values is None or not set(VALUE_COLUMNS) <= set(values.columns):
            return Exports()
        # What was lost once stays unknown, though the journal names it.
        start = values["first"].min() if len(values) else 0
        numbers = {e["id"]: e["number"] for e in self._entries if e["kind"] == "export" and e["number"] >= start}
        # A kill between values and journal leaves an export that no entry names: it was never written.
        latest = max(numbers.values(), default=0)
        values = values[values["first"] <= latest]
        return Exports(values.assign(last=values["last"].clip(upper=latest)), numbers)

    def problems(self) -> list[dict[str, Any]]:
        """What of the store itself is lost, as problems."""
        lost = not self.exports().numbers and any(e["kind"] == "export" for e in self._entries)
        reason = (
            "what earlier workbooks showed is lost (exports.parquet of the project's .mturk_pipeline/review): values "
            "of theirs that the crowd does not say any more count only with a decision; restore it from a copy"
        )
        return [problem(f".mturk_pipeline/review/{self.folder.name}", None, None, None, "exports_lost", reason)] * lost

    def last_export(self) -> tuple[str, str] | None:
        """Id and content of the latest export; None before the first."""
        found = [e for e in self._entries if e["kind"] == "export"]
        return (found[-1]["id"], found[-1]["content"]) if found else None

    def note_export(self, export: str, content: str, snapshot: pd.DataFrame) -> None:
        """Remember what a workbook shows, before it is written; nothing for the latest one once more."""
        last = self.last_export()
        if last and last[0] == export and export in self.exports().numbers:
            return
        entry = self._entry(self._entries, kind="export", id=export, content=content)
        exports = self.exports().with_export(export, snapshot, entry["number"])
        write_table(self.folder / "exports.parquet", exports.values)
        self._write_journal([*self._entries, entry])

    def times(self) -> dict[int, str]:
        """When each entry was made: time by number."""
        return {e["number"]: e["at"] for e in self._entries}

    def _entry(self, entries: list[dict[str, Any]], **content: str) -> dict[str, Any]:
        number = max((e["number"] for e in entries), default=0) + 1
        return {"number": number, "at": datetime.now(UTC).isoformat(timespec="seconds"), **content}

    def _read_journal(self) -> list[dict[str, Any]]:
        try:
            text = (self.folder / "journal.json").read_text(encoding="utf-8")
            entries = json.loads(text)
        except FileNotFoundError:
            return []
        except (ValueError, RecursionError, OSError):
            entries = None
        if not isinstance(entries, list) or not all(_is_entry(e) for e in entries):
            raise DamagedJournal(
                "is damaged",
                where=self.folder / "journal.json",
                remedy="restore it from a copy, or delete that folder: then only files that are there now count, and "
                "values of earlier workbooks only with a decision",
            )
        return entries

    def _write_journal(self, entries: list[dict[str, Any]]) -> None:
        if entries != self._entries:
            text = json.dumps(entries, indent=1, ensure_ascii=False)
            write_atomically(self.folder / "journal.json", text.encode())
            self._entries = entries


def _is_entry(entry: object) -> bool:
    """Whether `entry` is one that this class wrote."""
    if not isinstance(entry, dict) or not isinstance(entry.get("number"), int):
        return False
    wanted = {"file": ("id", "at", "name"), "export": ("id", "at", "content")}.get(str(entry.get("kind")), ("kind",))
    return all(isinstance(entry.get(name), str) for name in wanted) and "/" not in str(entry.get("id"))
