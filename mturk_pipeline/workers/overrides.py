"""workers.csv or workers.xlsx beside the projects: what a person says of workers, for all projects.

The pipeline's own `_workers.xlsx` has these columns: saved under the name without `_` it is such a file.
"""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mturk_pipeline.errors import UserError
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.reader import read_hand_filled
from mturk_pipeline.sheets.text_tables import TextTable
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.vocabulary.standings import NEUTRAL, SAID

FILES = ("workers.xlsx", "workers.csv")
_LONGEST_WORD = 30


class WorkersFileError(UserError):
    """The file of workers cannot be read: one line, where and what to do."""

    def __init__(self, path: Path, what: str) -> None:
        remedy = (
            "how workers stand is not known without it, so nothing is done that asks for it: mend it, or move it away"
        )
        super().__init__(what, where=path, remedy=remedy)


@dataclass(frozen=True)
class Override:
    """A usable row of the file: who, what standing, why, said by whom and when, and the row's number."""

    worker: str
    standing: str
    reason: str = ""
    who: str = ""
    when: str = ""
    row: int = 0


@dataclass(frozen=True)
class Overrides:
    """Standing by worker, what in the file could not be used, and the usable rows whole."""

    standing: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    said: tuple[Override, ...] = field(default=(), compare=False)


def read_overrides(projects: Path) -> Overrides:
    """The first of `FILES` in the directory `projects`; nothing where there is none.

    Columns `worker` (as in the tables, or a hash; else `worker_id`, the platform's id) and `standing`, and, for
    people, `reason`, `who`, `when`. A row that says nothing usable is named and left out.

    Raises
    ------
    WorkersFileError
        The file is there and cannot be read: whom it blacklists is unknown, not nobody.
    """
    path = _file(projects)
    if path is None:
        return Overrides()
    try:
        tables = read_hand_filled(path, Limits(), _is_header)
    except UnreadableFileError as error:
        raise WorkersFileError(path, str(error)) from None
    table = next((t for t in tables if _is_header(list(t.frame.columns))), None)
    if table is None:
        raise WorkersFileError(path, "needs the columns worker and standing")
    return _checked(path.name, table)


def _is_header(names: Sequence[str]) -> bool:
    plain = {plain_name(name) for name in names}
    return "standing" in plain and bool(plain & {"worker", "worker_id"})


def overrides_stamp(projects: Path) -> str:
    """Changes when the file does, without reading it; '' where there is none."""
    path = _file(projects)
    if path is None:
        return ""
    try:
        status = path.stat()
    except OSError:  # it went away just now
        return ""
    return f" {path.name} {status.st_size} {status.st_mtime_ns}"


def _file(projects: Path) -> Path | None:
    # A link that leads nowhere is there, too: it led to what somebody said.
    return next((projects / name for name in FILES if os.path.lexists(projects / name)), None)


def _checked(name: str, table: TextTable) -> Overrides:
    pushed = table.numbers[table.widths > table.frame.shape[1]].tolist()
    problems = [
        f"{name}, row {n}: its quotation marks or delimiters are broken, so it does not count; mend it"
        for n in sorted([*table.lone_quotes, *pushed])
    ]
    rows: list[Any] = table.frame.fillna("").rename(columns=plain_name).to_dict("records")
    said = []
    for number, row in zip(table.numbers.tolist(), rows, strict=True):
        if number in pushed:
            continue
        worker = row.get("worker", "").strip() or row.get("worker_id", "").strip()
        word = row["standing"].strip().casefold()
        if not word:
            continue
        if word not in SAID:
            quoted = f": {word!r}" if _may_be_quoted(word, worker, rows) else ""
            problems.append(f"{name}, row {number}: standing is not one of {', '.join(SAID)}{quoted}")
        elif worker:
            reason, who, when = (row.get(column, "").strip() for column in ("reason", "who", "when"))
            said.append(Override(worker, word, reason, who, when, number))
        elif word != NEUTRAL:
            problems.append(f"{name}, row {number}: has a standing but no worker; fill in whose it is")
    problems += _told_twice(name, said)
    return Overrides({s.worker: s.standing for s in said}, tuple(problems), tuple(said))


def _may_be_quoted(word: str, worker: str, rows: list[dict[str, str]]) -> bool:
    """Whether a word in the column standing can be shown: not where it may be a worker in the wrong column."""
    workers = {row.get(column, "").strip().casefold() for row in rows for column in ("worker", "worker_id")}
    is_word = len(word) <= _LONGEST_WORD and all(part.isalpha() for part in word.split())
    return is_word and word not in workers and worker.casefold() not in SAID


def _told_twice(name: str, said: list[Override]) -> list[str]:
    """Workers of whom two rows say different things: the last one counts."""
    words = Counter(worker for worker, _ in {(s.worker, s.standing) for s in said})
    rows = {s.worker: s.row for s in said}
    return [
        f"{name}, row {rows[w]}: says something else of a worker than a row above; this one counts, delete the other"
        for w, different in words.items()
        if different > 1
    ]
