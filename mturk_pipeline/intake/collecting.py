"""Result files of a phase -> raw output: one row per assignment, and every other row with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.contracts.assignments import Assignments, ResultFiles, SetAside
from mturk_pipeline.intake.column_names import key_columns, missing_answer_columns, plain_answer_columns
from mturk_pipeline.intake.column_spellings import ColumnSpellings
from mturk_pipeline.intake.deduplication import UniqueAssignments, unite
from mturk_pipeline.intake.dialects import Dialect, recognise, why_unknown
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.made_ids import made_id
from mturk_pipeline.intake.mended_cells import column_uses, damage_lines, mended_cells
from mturk_pipeline.intake.quarantine import examine, rows_as_json
from mturk_pipeline.intake.result_file import ResultFile, as_result_file
from mturk_pipeline.intake.slots import slot_notes
from mturk_pipeline.intake.spreadsheet_repair import undo_damage
from mturk_pipeline.intake.standardising import TIMES, standardise, unlike_worker_ids
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.reader import FileText, read_file
from mturk_pipeline.sheets.text_tables import TextTable
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.texts.source_place import source_place
from mturk_pipeline.vocabulary.assignment_statuses import APPROVED
from mturk_pipeline.vocabulary.dispositions import CONFLICTING, DISPOSITIONS, QUARANTINED, SUPERSEDED
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_TYPES: dict[str, Any] = {
    "reward": "object", "work_seconds": "float64", "approval_rate": "float64",
    **dict.fromkeys(["max_assignments", "approved_before", "submitted_before"], "Int64"),
    **dict.fromkeys(TIMES, "datetime64[us, UTC]"),
    **dict.fromkeys(["source_row", "part", "place", "file_rank"], "int64"),
}  # fmt: skip
_WHERE = ["part", "place", "assignment_id", "worker", "source_file", "source_sheet", "source_row"]


@dataclass
class Collected:
    """Assignments, rows set aside and files of a phase.

    `assignments`, `set_aside` and `files` are as the contracts Assignments, SetAside and ResultFiles say; for each
    file, rows = used + superseded + quarantined + conflicting. `warnings` are lines that begin with the file's name.
    """

    assignments: pd.DataFrame
    set_aside: pd.DataFrame
    files: pd.DataFrame
    warnings: list[str]


@dataclass(frozen=True)
class _Origin:
    """A file with its name in messages and its place in time."""

    name: str
    file: ResultFile
    rank: int


@dataclass
class _Part:
    """One table of one file on its way: as read, and its good rows with the Input.* and Answer.* columns."""

    table: TextTable
    frame: pd.DataFrame
    columns: frozenset[str]


@dataclass
class _Work:
    """What has been read so far, and how columns are written in all of it."""

    spellings: ColumnSpellings
    parts: list[_Part] = field(default_factory=list)
    quarantined: list[pd.DataFrame] = field(default_factory=list)
    files: list[dict[str, object]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def collect(files: Sequence[ResultFile | Path], phase: PhaseSpec | None, *, limits: Limits | None = None) -> Collected:
    """Unite the result files of a phase.

    Never raises for what is wrong with a file: that stands in `files.problem` or in `set_aside`.

    Parameters
    ----------
    files
        Paths, or `ResultFile`s where more is known; their order does not matter, the same path twice is one file.
    phase
        Its keys make the items, its answer columns have to be there; None takes any file, each HIT an item. Where its
        keys have slots, `item_id` is the HIT's: `slots_of` gives the items.
    """
    limits = limits or Limits()
    work = _Work(ColumnSpellings(phase))
    named = _named(files)
    texts = {name: _read(file, limits) for name, file in named.items()}
    ranks = _file_ranks(texts)
    for name, file in named.items():
        _take_in(work, name, file, texts.pop(name), ranks.get(name, 0), phase, limits)
    united = _united(work)
    assignments = _finished(united.kept, phase)
    set_aside = _set_aside(work, united)
    return Collected(assignments, set_aside, _files_table(work, assignments, set_aside), work.warnings)


def _named(files: Sequence[ResultFile | Path]) -> dict[str, ResultFile]:
    """Files by a name of their own: the file's, with as much of its folders as tells it from the others."""
    unique = {str(f.path.absolute()): f for f in map(as_result_file, files)}
    paths = {path: PurePath(path).parts for path in sorted(unique)}
    names: dict[str, ResultFile] = {}
    for path, parts in paths.items():
        depth = 1
        while depth < len(parts) and sum(p[-depth:] == parts[-depth:] for p in paths.values()) > 1:
            depth += 1
        names["/".join(parts[-depth:]).encode("utf-8", "replace").decode("utf-8")] = unique[path]
    return dict(sorted(names.items()))


def _read(file: ResultFile, limits: Limits) -> FileText | str:
    try:
        return read_file(file.path, limits, lambda names: recognise(names) is not None)
    except UnreadableFileError as error:
        return str(error)


def _file_ranks(texts: dict[str, FileText | str]) -> dict[str, int]:
    """Place of each file in time (then by name); a copy stands before its original, so that it changes nothing."""
    read = {name: text for name, text in texts.items() if isinstance(text, FileText)}
    in_time = sorted(read, key=lambda name: (read[name].modified, name))
    original: dict[str, int] = {}
    for place, name in enumerate(in_time):
        original.setdefault(read[name].digest, place)
    order = sorted(enumerate(in_time), key=lambda pn: (original[read[pn[1]].digest], -pn[0]))
    return {name: rank for rank, (_, name) in enumerate(order)}


def _take_in(
    work: _Work,
    name: str,
    file: ResultFile,
    text: FileText | str,
    rank: int,
    phase: PhaseSpec | None,
    limits: Limits,
) -> None:
    """Standardise and examine one file's tables; its entry in the table of files goes with it."""
    entry: dict[str, object] = {"source_file": name, "dialect": None, "encoding": None, "rows": 0, "problem": None}
    work.files.append(entry)
    if isinstance(text, str):
        entry["problem"] = text
        return
    entry["encoding"] = text.encoding
    known = [(table, recognise(list(table.frame.columns))) for table in text.tables]
    if all(dialect is None for _, dialect in known):
        entry["problem"] = why_unknown(list(text.tables[0].frame.columns), phase.key_columns if phase else ())
        return
    total = 0
    for table, dialect in known:
        if dialect is None:
            work.warnings.append(f"{source_place(name, table.sheet)}: is no result table and was left out")
            continue
        problem = _take_in_table(work, _Origin(name, file, rank), table, dialect, phase, limits)
        total += len(table.frame)
        entry["dialect"], entry["problem"] = entry["dialect"] or dialect.name, entry["problem"] or problem
    entry["rows"] = total


def _take_in_table(
    work: _Work, origin: _Origin, table: TextTable, dialect: Dialect, phase: PhaseSpec | None, limits: Limits
) -> str | None:
    """Add a table's good rows to the parts and its other rows to the quarantine; a problem of the whole table."""
    wanted = plain_answer_columns(phase, table.frame.columns)
    mended = undo_damage(table.frame, column_uses(table.frame.columns, dialect, phase))
    standard = standardise(replace(table, frame=mended.frame), dialect, origin.file, origin.name, wanted, limits)
    names, spelt_alike = work.spellings.of(list(standard.frame.columns))
    spelling = dict(zip(standard.frame.columns, names, strict=True))
    standard.frame.columns = pd.Index(names)
    standard.frame["mended"] = mended_cells(mended, spelling)
    if dialect.makes_ids:
        _make_ids(standard.frame)
    verdict = examine(standard, table, dialect, phase, limits)
    frame = standard.frame.assign(part=len(work.parts), place=np.arange(len(table.frame)), file_rank=origin.rank)
    good = verdict.rule.isna().to_numpy()
    bad = frame.loc[~good, _WHERE].assign(rule=verdict.rule[~good], reason=verdict.reason[~good])
    contents = frozenset(c for c in frame.columns if c.startswith(("Input.", "Answer.")))
    work.parts.append(_Part(table, frame if good.all() else frame[good], contents))
    work.quarantined.append(bad)
    notes = [*standard.warnings, *spelt_alike, *damage_lines(mended), *verdict.notes]
    notes += _remarks(frame[good], verdict.problem, phase)
    if not len(frame):
        notes.append("has a header but no rows")
    where = source_place(origin.name, table.sheet)
    work.warnings += [f"{where}: {note}" for note in notes]
    return verdict.problem


def _make_ids(frame: pd.DataFrame) -> None:
    """Ids for assignments of a platform that gave none: from HIT, worker and time, so that a copy gives the same.

    Where one of them is missing, from all that the row says, and how many rows above say the same.
    """
    complete = frame[["hit_id", "worker_id"]].assign(when=frame["submitted_at"].astype("str"))
    complete = complete[complete.notna().all(axis=1) & frame["submitted_at"].notna() & frame["assignment_id"].isna()]
    ids = [made_id(*map(str, row)) for row in complete.itertuples(index=False)]
    made = pd.Series(ids, index=complete.index, dtype="str").reindex(frame.index)
    if (made.isna() & frame["assignment_id"].isna()).any():
        contents = _hashed(frame)
        made = made.fillna(contents + "#" + contents.groupby(contents).cumcount().astype("str"))
    frame["assignment_id"] = frame["assignment_id"].fillna(made)


def _hashed(frame: pd.DataFrame) -> pd.Series:
    """A hash of each row's filled cells, 16 hexadecimal digits: equal for equal rows of any files."""
    total = np.zeros(len(frame), dtype=np.uint64)
    for name in frame.columns:
        if name in ("hit_id", "worker_id") or name.startswith(("Input.", "Answer.")):
            cells = frame[name]
            of_name = pd.util.hash_array(np.array([name], dtype=object))[0] | np.uint64(1)
            hashes = pd.util.hash_array(cells.fillna("").to_numpy(dtype=object)) * of_name
            total += np.where(cells.notna(), hashes, np.uint64(0))
    return pd.Series([f"{number:016x}" for number in total.tolist()], index=frame.index, dtype="str")


def _remarks(good: pd.DataFrame, problem: str | None, phase: PhaseSpec | None) -> list[str]:
    """Remarks on usable rows, for a person."""
    remarks = []
    for provider, unlike in unlike_worker_ids(good).items():
        rows = counted(unlike, "row has", "rows have")
        remarks.append(f"{rows} a WorkerId unlike {provider.title}'s ({provider.worker_id_form}): made by hand?")
    if phase is not None and problem is None:
        missing = missing_answer_columns(phase, good.columns)
        if missing:
            remarks.append("does not have " + ", ".join(f"Answer.{c}" for c in missing) + ": these stay blank")
        remarks += slot_notes(good, phase)
    return remarks


def _united(work: _Work) -> UniqueAssignments:
    frames = [part.frame for part in work.parts if len(part.frame)]
    rows = pd.concat(frames, ignore_index=True) if frames else _no_rows(work)
    return unite(rows, [part.columns for part in work.parts])


def _no_rows(work: _Work) -> pd.DataFrame:
    """A table without rows that still has all columns."""
    if work.parts:
        return work.parts[0].frame.iloc[:0]
    names = [c for c in dict.fromkeys([*Assignments.names(), *_WHERE]) if c not in ("item_id", "auto_approved")]
    return pd.DataFrame({name: pd.Series([], dtype=_TYPES.get(name, "str")) for name in names})


def _finished(kept: pd.DataFrame, phase: PhaseSpec | None) -> pd.DataFrame:
    """Raw output as the contract has it: ids of items, who approved, columns in order."""
    frame = kept.reset_index(drop=True)
    frame["item_id"] = item_ids(frame.reindex(columns=key_columns(phase) or ["hit_id"]))
    frame["auto_approved"] = (frame["status"] == APPROVED) & (frame["approved_at"] >= frame["auto_approval_at"])
    contents = [c for c in frame.columns if c.startswith("Input.")]
    contents += [c for c in frame.columns if c.startswith("Answer.")]
    return frame[[*Assignments.names(), *contents]]


def _set_aside(work: _Work, united: UniqueAssignments) -> pd.DataFrame:
    """All rows that are not in raw output, in the order of files and rows."""
    kinds = {
        SUPERSEDED: [united.superseded],
        QUARANTINED: work.quarantined,
        CONFLICTING: [united.conflicting],
    }
    frames = [f[[*_WHERE, "rule", "reason"]].assign(disposition=d) for d, fs in kinds.items() for f in fs if len(f)]
    if not frames:
        return SetAside.empty()
    whole = pd.concat(frames, ignore_index=True).sort_values(["part", "place"], ignore_index=True)
    rows = [
        rows_as_json(work.parts[int(part)].table, group["place"].to_numpy())  # pyright: ignore
        for part, group in whole.groupby("part", sort=True)
    ]
    whole["row"] = pd.Series([text for texts in rows for text in texts], dtype="str")
    return whole[list(SetAside.names())]


def _files_table(work: _Work, assignments: pd.DataFrame, set_aside: pd.DataFrame) -> pd.DataFrame:
    files = pd.DataFrame(work.files, columns=["source_file", "dialect", "encoding", "rows", "problem"])
    texts: dict[str, Any] = dict.fromkeys(["source_file", "dialect", "encoding", "problem"], "str")
    files = files.astype(texts | {"rows": "int64"})
    names = files["source_file"]
    files["used"] = names.map(assignments["source_file"].value_counts()).fillna(0).astype("int64")
    for disposition in DISPOSITIONS:
        counts = set_aside.loc[set_aside["disposition"] == disposition, "source_file"].value_counts()
        files[disposition] = names.map(counts).fillna(0).astype("int64")
    return files[list(ResultFiles.names())]
