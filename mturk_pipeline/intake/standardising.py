"""A table of text in some dialect -> columns as the contract names and types them."""

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline.contracts.assignments import Assignments
from mturk_pipeline.contracts.base import MOMENT
from mturk_pipeline.intake.amounts import read_money, read_rates, read_whole
from mturk_pipeline.intake.column_names import ANSWER, INPUT, comparable, with_prefix
from mturk_pipeline.intake.dialects import Dialect
from mturk_pipeline.intake.dialects.base import Contents
from mturk_pipeline.intake.exploded_choices import join_exploded
from mturk_pipeline.intake.result_file import ResultFile
from mturk_pipeline.intake.task_answers import NO_TASK_ANSWERS, TASK_ANSWERS, unpack_task_answers
from mturk_pipeline.intake.times import read_times
from mturk_pipeline.intake.unknown_workers import UNKNOWN
from mturk_pipeline.providers import PROVIDERS, Provider
from mturk_pipeline.sheets.headers import is_stray
from mturk_pipeline.sheets.limits import Limits
from mturk_pipeline.sheets.text_tables import TextTable
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.vocabulary.assignment_statuses import ASSIGNMENT_STATUSES, SUBMITTED

TIMES = Assignments.names_of(MOMENT)
_TEXTS = ("assignment_id", "hit_id", "worker_id", "hit_type_id", "title", "annotation", "requester_feedback")
_BATCH = r"BatchId:\s*(\w+)"
_VERSION = r"(?i)(?:^|[;&,\s])(?:instruction_?)?version\s*[=:]\s*([^;&,\s]+)"
# As table programs write a blank cell.
_NOTHING = ("NaN", *(form(word) for word in ("nan", "none", "null") for form in (str.lower, str.capitalize, str.upper)))


@dataclass
class Standard:
    """A table's rows in the contract's terms, still with those that cannot be used.

    `frame` has a range index and the columns of `Assignments` but `item_id` and `auto_approved`; texts that could
    not be read are missing and told in `warnings`. `unreadable` says of each row why its answers cannot be read.
    """

    frame: pd.DataFrame
    unreadable: pd.Series
    warnings: list[str]


def standardise(
    table: TextTable, dialect: Dialect, file: ResultFile, name: str, wanted: Collection[str], limits: Limits
) -> Standard:
    """Name and type the columns of a result table as the contract has them.

    `name` is the file's in messages and tables; `wanted` are the phase's answer columns, without "Answer.", as names
    are compared (none without a phase).
    """
    raw, warnings = table.frame, list(table.notes)
    out = {column: _text(raw, dialect, column) for column in _TEXTS}
    for column in ("assignment_id", "hit_id", "worker_id"):
        out[column] = out[column].mask(out[column].isin(_NOTHING))
    for column in TIMES:
        out[column] = _times(raw, dialect, column, warnings)
    out["reward"] = _told(*read_money(_text(raw, dialect, "reward")), "reward", dialect, warnings)
    for column in ("max_assignments", "work_seconds"):
        values, failed = read_whole(_text(raw, dialect, column))
        out[column] = _told(values, failed, column, dialect, warnings)
    rates, failed = read_rates(_text(raw, dialect, "approval_rate"))
    _told(rates["approval_rate"], failed, "approval_rate", dialect, warnings)
    frame = pd.concat([pd.DataFrame(out, index=raw.index), rates], axis=1)
    frame["work_seconds"] = _work_seconds(frame, warnings)
    _name_unknown(frame, raw, dialect, warnings)
    frame["status"] = _status(_text(raw, dialect, "status"), "status" in dialect.columns)
    _say_unused(raw, dialect, warnings)
    content = _content(table, dialect, wanted, limits)
    warnings += content.notes
    frame = pd.concat([_identified(frame, content.frame, dialect, file, name), content.frame], axis=1)
    frame["source_file"] = pd.Series(name, index=frame.index, dtype="str")
    frame["source_sheet"] = pd.Series(table.sheet, index=frame.index, dtype="str")
    frame["source_row"] = table.numbers
    return Standard(frame, content.unreadable, warnings)


def _text(raw: pd.DataFrame, dialect: Dialect, column: str) -> pd.Series:
    """A fixed column, trimmed; all missing where the file has none."""
    source = dialect.columns.get(column)
    if source is None or source not in raw.columns:
        return pd.Series(np.nan, index=raw.index, dtype="str")
    trimmed = raw[source].str.strip()
    return trimmed.mask(trimmed == "")


def _times(raw: pd.DataFrame, dialect: Dialect, column: str, warnings: list[str]) -> pd.Series:
    times = read_times(_text(raw, dialect, column))
    if times.zoneless.any():
        warnings.append(f"{dialect.columns[column]}: {_rows(times.zoneless)} a time without a zone, read as UTC")
    return _told(times.at, times.unreadable, column, dialect, warnings)


def _told(values: pd.Series, failed: pd.Series, column: str, dialect: Dialect, warnings: list[str]) -> pd.Series:
    """`values`, with a warning where some texts could not be read."""
    if failed.any():
        warnings.append(f"{dialect.columns[column]}: {_rows(failed)} a text that cannot be read, taken as missing")
    return values


def _rows(mask: pd.Series) -> str:
    return counted(int(mask.sum()), "row has", "rows have")


def _work_seconds(frame: pd.DataFrame, warnings: list[str]) -> pd.Series:
    """WorkTimeInSeconds; from accept to submit where the file does not say."""
    between = (frame["submitted_at"] - frame["accepted_at"]).dt.total_seconds()
    if (between < 0).any():
        warnings.append(f"{_rows(between < 0)} a submit time before the accept time: look at the times")
    return frame["work_seconds"].astype("float64").fillna(between.where(between >= 0))


def _name_unknown(frame: pd.DataFrame, raw: pd.DataFrame, dialect: Dialect, warnings: list[str]) -> None:
    """Name the workers of a file in which none is named, of a platform that lets people answer without a login."""
    blank = frame["worker_id"].isna()
    named = [raw[name].fillna("").str.strip() for name in dialect.names_workers if name in raw.columns]
    if not dialect.names_workers or frame.empty or not blank.all() or any((name != "").any() for name in named):
        return
    frame["worker_id"] = pd.Series(UNKNOWN, index=frame.index, dtype="str")
    warnings.append(
        f"names no worker: {len(frame)} answers of people who did not log in, so several answers to one task may be "
        "one person's and count as no more; nobody is rated, remembered or paid for them"
    )


def _status(texts: pd.Series, known: bool) -> pd.Series:
    """The status in the platform's spelling; an unknown text stays, to be quarantined."""
    if not known:
        return pd.Series(SUBMITTED, index=texts.index, dtype="str")
    proper = texts.str.capitalize()
    return texts.where(~proper.isin(ASSIGNMENT_STATUSES), proper).fillna(SUBMITTED)


def _content(table: TextTable, dialect: Dialect, wanted: Collection[str], limits: Limits) -> Contents:
    """The file's Input.* and Answer.* columns, groups joined and JSON unpacked."""
    contents = dialect.contents(table, limits)
    frame, unreadable = contents.frame, contents.unreadable
    if comparable(TASK_ANSWERS) not in wanted:
        frame, broken = unpack_task_answers(frame, limits.max_columns)
        unreadable = unreadable.mask(broken & unreadable.isna(), NO_TASK_ANSWERS)
    return Contents(join_exploded(frame, wanted), unreadable, contents.notes)


def _say_unused(raw: pd.DataFrame, dialect: Dialect, warnings: list[str]) -> None:
    unused = [c for c in raw.columns if c not in dialect.known and not with_prefix(c).startswith((INPUT, ANSWER))]
    stray = [c for c in unused if is_stray(c)]
    other = [c for c in unused if not is_stray(c)]
    if stray:
        warnings.append(f"left out {len(stray)} nameless or index column(s): {_few(stray)}")
    if other:
        warnings.append(f"left out {len(other)} column(s) of no known meaning: {_few(other)}")


def _few(names: list[str]) -> str:
    shown = ", ".join(f"'{n[:40]}'" for n in names[:5])
    return shown + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _identified(
    frame: pd.DataFrame, content: pd.DataFrame, dialect: Dialect, file: ResultFile, name: str
) -> pd.DataFrame:
    """`frame` with provider, worker, batch and instruction version; ids kept apart by server where there is one."""
    annotation = frame.pop("annotation")
    provider = file.provider or dialect.provider
    for column in ("assignment_id", "hit_id"):
        if file.server:
            frame[column] = f"{file.server}:" + frame[column]
    frame["provider"] = pd.Series(provider, index=frame.index, dtype="str")
    frame["worker"] = f"{provider}:{file.server}:" + frame["worker_id"]
    batch = _found(annotation, _BATCH)
    frame["batch_id"] = batch.fillna(_stem(name))
    version = _found(annotation, _VERSION)
    if "Input.instruction_version" in content.columns:
        version = content["Input.instruction_version"].fillna(version)
    frame["instruction_version"] = (
        pd.Series(file.instruction_version, index=frame.index, dtype="str") if file.instruction_version else version
    )
    return frame


def _found(texts: pd.Series, pattern: str) -> pd.Series:
    """The first group of `pattern` in each text; few distinct texts stand in many rows."""
    codes, uniques = pd.factorize(texts)
    matches = [re.search(pattern, text) for text in uniques]
    groups = pd.Series([m and m[1] for m in matches] + [None], dtype="str")
    return groups.take(codes).set_axis(texts.index)


def _stem(name: str) -> str:
    """A file's name without its ending.

    >>> _stem("a/Batch_1.results.csv")
    'Batch_1.results'
    """
    return re.sub(r"\.[^.]*$", "", name.rpartition("/")[2]) or name


def unlike_worker_ids(frame: pd.DataFrame) -> dict[Provider, int]:
    """Of each provider: how many WorkerIds do not look like its own (initials, hand-made rows); 0 is left out."""
    ids = frame.dropna(subset="worker_id").groupby("provider")["worker_id"]
    of_provider = {PROVIDERS[str(name)]: workers for name, workers in ids}
    unlike = {p: int((~workers.str.fullmatch(p.worker_id)).sum()) for p, workers in of_provider.items() if p.worker_id}
    return {p: n for p, n in unlike.items() if n}
