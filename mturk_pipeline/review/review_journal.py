"""What is kept of a phase's review, in the project's own folder: every file that came back, every export that went out.

The journal numbers both in the order in which they were seen, so that it is known which workbook knew of which
decision. It lies in the project, not among the tables: a folder that is renamed or moved keeps its decisions.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.atomic_files import digest, write_atomically
from mturk_pipeline.folders.tables import read_table_if_made, write_table
from mturk_pipeline.review.export_history import VALUE_COLUMNS, Exports
from mturk_pipeline.review.kept_files import ORIGINALS, ROWS, Clean, as_it_is, clean_column, keep_file, kept_file
from mturk_pipeline.review.problems import problem
from mturk_pipeline.review.reviewed_files import LIMITS, TEXT_SUFFIXES, WORKBOOK_SUFFIXES, file_names
from mturk_pipeline.vocabulary.file_rules import UNREADABLE_FILE


class DamagedJournal(UserError):
    """The journal cannot be read; its text says what to do, in one line."""


@dataclass(frozen=True)
class Version:
    """One state of a reviewed file: what it held is kept, whatever becomes of the file."""

    name: str
    number: int
    at: str  # when it was first seen, ISO 8601, UTC
    kept: Path
    present: bool  # a file of this name is in the folder now


class ReviewStore:
    """The journal of a phase's review, with what is kept of files, and exports.

    `folder` is made when there is something to keep; `clean` takes workers' ids out of cells that are kept or read,
    `clean_name` out of names of files, as the journal and all tables have them.
    """

    def __init__(self, folder: Path, clean: Clean = as_it_is, clean_name: Callable[[str], str] = str) -> None:
        self.folder, self.clean, self.clean_name = folder, clean, clean_name
        self._written = self._read_journal()
        # Of workers who became known since it was written.
        self._entries = [{**e, "name": clean_name(e["name"])} if e["kind"] == "file" else e for e in self._written]

    def note_files(self, files: Sequence[Path]) -> list[dict[str, Any]]:
        """Keep what each of the reviewed files holds that are there now, where it is new.

        Returns problems (see `mturk_pipeline.review.problems`) of files that could not be read.
        """
        problems, entries = [], list(self._entries)
        latest = {e["name"]: e["id"] for e in entries if e["kind"] == "file"}
        for path, name in self._names(files).items():
            try:
                if path.stat().st_size > LIMITS.max_bytes:
                    raise OSError(0, f"larger than {LIMITS.max_bytes // 10**6} MB: save only the rows you decided")
                content = path.read_bytes()
            except OSError as error:
                reason = f"cannot be opened ({error.strerror}): close it elsewhere and save again"
                problems.append(problem(name, None, None, None, UNREADABLE_FILE, reason))
                continue
            suffix = path.suffix.casefold()
            state = digest(content) + (suffix if suffix in WORKBOOK_SUFFIXES | TEXT_SUFFIXES else ".unknown")
            if not kept_file(self.folder, state).is_file():
                keep_file(self.folder, state, content, self.clean)
            if latest.get(name) != state:
                entries.append(self._entry(entries, kind="file", id=state, name=name))
        self._write_journal(entries)
        return problems

    def versions(self, files: Sequence[Path]) -> list[Version]:
        """All states of all files that ever came back, oldest first; `files` are those that are there now."""
        here = set(self._names(files).values())
        return [
            Version(e["name"], e["number"], e["at"], kept_file(self.folder, e["id"]), e["name"] in here)
            for e in self._entries
            if e["kind"] == "file"
        ]

    def parse_originals(
        self, files: Sequence[Path], same: Callable[[Sequence[Version], Sequence[Version]], bool]
    ) -> list[dict[str, Any]]:
        """Keep parsed rows in place of whole files, as version 0.1 kept them.

        `same` tells whether the versions before and after say the same: only then the originals are deleted. What
        cannot be parsed stays, for its owner only, until a state of its file that can be follows. Returns problems.
        """
        originals = self._originals()
        parsed = {}
        for path in originals:
            path.chmod(0o600)
            kept = keep_file(self.folder, path.name, path.read_bytes(), self.clean)
            if kept != path:
                parsed[path] = kept
            elif self._is_replaced(path.name):
                path.unlink()
        if not parsed:
            return []
        after = self.versions(files)
        whole = {kept: path for path, kept in parsed.items()}
        if not same([replace(v, kept=whole.get(v.kept, v.kept)) for v in after], after):
            for kept in parsed.values():
                kept.unlink()
            reason = "earlier copies of reviewed files read otherwise once they are parsed: they stay; please report it"
            return [problem(f".mturk_pipeline/review/{self.folder.name}", None, None, None, "originals_kept", reason)]
        for path in (*parsed, *(self.folder / "read").glob("*.json.gz")):
            path.unlink()
        values = read_table_if_made(self.folder / "exports.parquet")
        if values is not None:
            write_table(self.folder / "exports.parquet", values.assign(value=clean_column(values["value"], self.clean)))
        return []

    def _originals(self) -> list[Path]:
        return sorted((self.folder / ORIGINALS).glob("[!.]*"))

    def _is_replaced(self, state: str) -> bool:
        """Whether of each file that once was in this state a later one could be read."""
        latest = {e["name"]: e["id"] for e in self._entries if e["kind"] == "file"}
        names = {e["name"] for e in self._entries if e["kind"] == "file" and e["id"] == state}
        return bool(names) and all(kept_file(self.folder, latest[name]).parent.name == ROWS for name in names)

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
        shown = clean_column(values["value"], self.clean)
        return Exports(values.assign(last=values["last"].clip(upper=latest), value=shown), numbers)

    def problems(self, files: Sequence[Path] = ()) -> list[dict[str, Any]]:
        """What of the store itself is lost or cannot be read, as problems; `files` are those that are there now."""
        lost = not self.exports().numbers and any(e["kind"] == "export" for e in self._entries)
        reason = (
            "what earlier workbooks showed is lost (exports.parquet of the project's .mturk_pipeline/review): values "
            "of theirs that the crowd does not say any more count only with a decision; restore it from a copy"
        )
        place = f".mturk_pipeline/review/{self.folder.name}"
        return [*self._unread(files), *[problem(place, None, None, None, "exports_lost", reason)] * lost]

    def last_export(self) -> tuple[str, str] | None:
        """Id and content of the latest export; None before the first."""
        exports = [e for e in self._entries if e["kind"] == "export"]
        return (exports[-1]["id"], exports[-1]["content"]) if exports else None

    def note_export(self, export: str, content: str, snapshot: pd.DataFrame) -> None:
        """Remember what a workbook shows, before it is written; nothing for the latest one once more."""
        last = self.last_export()
        if last and last[0] == export and export in self.exports().numbers:
            return
        entry = self._entry(self._entries, kind="export", id=export, content=content)
        exports = self.exports().with_export(export, snapshot, entry["number"])
        write_table(self.folder / "exports.parquet", exports.values)
        self._write_journal([*self._entries, entry])

    def _unread(self, files: Sequence[Path]) -> list[dict[str, Any]]:
        """Files that are kept as they came, as nobody can tell which ids of workers are in them."""
        entries = [e for e in self._entries if e["kind"] == "file"]
        latest, here = {e["name"]: e["id"] for e in entries}, set(self._names(files).values())
        told = {latest[name] for name in here & latest.keys()}  # as unreadable, each time they are read
        return [
            problem(
                next((e["name"] for e in entries if e["id"] == path.name), path.name), None, None, None, "kept_unread",
                "cannot be read, so a copy is kept as it is, with whatever ids of workers it holds: when nobody needs "
                f"it, delete .mturk_pipeline/review/{self.folder.name}/{ORIGINALS}/{path.name}",
            )
            for path in self._originals()
            if path.name not in told
        ]  # fmt: skip

    def _names(self, files: Sequence[Path]) -> dict[Path, str]:
        return file_names(files, self.clean_name)

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
        if entries != self._written:
            text = json.dumps(entries, indent=1, ensure_ascii=False)
            write_atomically(self.folder / "journal.json", text.encode())
        self._written = self._entries = entries


def _is_entry(entry: object) -> bool:
    """Whether `entry` is one that this class wrote."""
    if not isinstance(entry, dict) or not isinstance(entry.get("number"), int):
        return False
    wanted = {"file": ("id", "at", "name"), "export": ("id", "at", "content")}.get(str(entry.get("kind")), ("kind",))
    return all(isinstance(entry.get(name), str) for name in wanted) and "/" not in str(entry.get("id"))
