"""Versions of reviewed files: of each row the latest version counts.

A person saves the same file again and again, under one name: a row that a later state holds too is replaced by it,
with a decision that was taken out again; a row that is missing there was only filtered or deleted, and what it said
holds. What a file said holds too when the file itself is gone.
"""

import gzip
import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from mturk_pipeline.folders.atomic_files import digest, write_atomically
from mturk_pipeline.intake.taken_offers import is_taken_offer
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.kept_files import Clean, as_it_is, clean_column, clean_text, kept_sheets
from mturk_pipeline.review.problems import problem
from mturk_pipeline.review.review_journal import Version
from mturk_pipeline.review.reviewed_files import Sheet
from mturk_pipeline.review.shown_values import comparable
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.texts.key_form import normalise_key, plain_name
from mturk_pipeline.vocabulary.file_rules import NO_TABLE, UNREADABLE_FILE
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# A person's sheet is known by these; a key or field that is called so has to have the mark.
_FOR_DECISIONS = frozenset({"item_id", "export", "decision", "comment"})
_LONG = frozenset({"item_id", "export", "field", "value"})
_FORMAT = 3  # of what is kept of what was read: a change makes it anew


@dataclass(frozen=True)
class Source:
    """One table of one version of a reviewed file, or what is left of it."""

    sheet: Sheet  # The table
    since: pd.Series  # For each of its rows the number of the state in which it first stood there as it is
    latest: bool = True  # It is of the file's latest state; else it holds rows that the latest lacks
    present: bool = True  # The file is in the folder now


def sources_of(
    versions: Sequence[Version], phase: PhaseSpec, kept: Path | None = None, clean: Clean = as_it_is
) -> tuple[list[Source], list[dict[str, Any]]]:
    """Reduce all versions of all files to rows that still count, with problems of files that cannot be understood.

    `versions` come oldest first. In the folder `kept` lies what was read, so that each version is read once (None:
    nowhere); `clean` takes out ids of workers who were not known yet when the file came.
    """
    all_sources: list[Source] = []
    problems: list[dict[str, Any]] = []
    chains: dict[str, list[Version]] = {}
    for version in versions:
        chains.setdefault(version.name, []).append(version)
    for name, chain in sorted(chains.items()):
        sources, unread = _of_chain(chain, phase, kept)
        all_sources += [replace(s, sheet=_cleaned(s.sheet, clean), present=chain[-1].present) for s in sources]
        problems += [problem(name, None, None, None, rule, reason) for rule, reason in unread if chain[-1].present]
    return all_sources, problems


def _cleaned(sheet: Sheet, clean: Clean) -> Sheet:
    table = sheet.table
    title = sheet.sheet and clean_text(sheet.sheet, clean)
    columns = {str(name): clean_column(table[name], clean) for name in table}
    return replace(sheet, sheet=title, table=table.assign(**columns))


def _of_chain(chain: list[Version], phase: PhaseSpec, kept: Path | None) -> tuple[list[Source], list[tuple[str, str]]]:
    """Sources of the versions of one file; problems only of the latest."""
    place = None if kept is None else kept / f"{digest(chain[0].name.encode('utf-8', 'replace'))}.json.gz"
    asked = digest(f"{_FORMAT} {phase.digest}".encode())
    done, sources = _read_kept(place, asked, chain)
    problems: list[tuple[str, str]] = []
    for version in chain[done:]:
        try:
            sheets, offered = sheets_about(version.kept, phase)
            problems = []
        except UnreadableFileError as error:
            # What it said before still holds: a damaged state says nothing.
            sheets, offered, problems = None, False, [(UNREADABLE_FILE, f"{error}")]
        except OSError:
            sheets, offered = None, False
        if sheets is not None:
            sources = _with_state(sources, [replace(s, file=version.name) for s in sheets], version.number, phase)
            if not sheets and not offered:
                problems = [(NO_TABLE, _wanted(phase))]
    if not problems:
        # What cannot be understood is read, and said, each time.
        _write_kept(place, asked, chain, sources)
    return sources, problems


def sheets_about(path: Path, phase: PhaseSpec) -> tuple[list[Sheet], bool]:
    """The tables of a file about the phase, and whether it holds something else that is known; UnreadableFileError.

    Known is, for example, a copy of what was offered for upload.
    """
    offers: list[bool] = []

    def about(names: set[str]) -> bool:
        # Words on pay alone are read by those who pay.
        marks = _marks(names, phase)
        marked = {marks.get(n, n) for n in names}
        offers.append(is_taken_offer(marked) or {"assignment_id", "settle"} <= marked)
        return not offers[-1] and is_about(names, phase)

    return [_marked(sheet, phase) for sheet in kept_sheets(path, about)], any(offers)


def is_about(names: set[str], phase: PhaseSpec) -> bool:
    """Whether a header with these column names is one of a reviewed sheet."""
    if is_long(names):
        return True
    keys = {plain_name(k) for k in phase.keys}
    fields = {plain_name(f) for f in phase.fields}
    # The sheet of answers in our own workbook, one row per answer.
    asked = {plain_name(name) for name in phase.columns_by_name}
    # It has no decisions: with them, `raw` is the field that the phase asks.
    has_raw = "raw" in names and not ("raw" in asked and "decision" in names)
    is_answers = {"field", "value"} <= names and (has_raw or not {"field", "value"} & asked)
    marked = _marks(names, phase)
    names = {marked.get(name, name) for name in names}
    has_entries = bool(names & {"decision", "comment", *fields}) and not is_answers
    return has_entries and ("item_id" in names or (bool(keys) and keys <= names))


def is_long(names: Collection[str]) -> bool:
    """Whether a header with these column names is that of a sheet of more fields: a row for each item and field."""
    return set(names) >= _LONG and not {"decision", "raw"} & set(names)


def _marks(names: Collection[str], phase: PhaseSpec) -> dict[str, str]:
    """Columns of a person's own sheet that are keys and fields without the mark behind their names."""
    if "export" in names:
        return {}
    columns = {plain_name(n): plain_name(c) for n, c in phase.columns_by_name.items() if n != c}
    return {n: c for n, c in columns.items() if n in names and c not in names and n not in _FOR_DECISIONS}


def _marked(sheet: Sheet, phase: PhaseSpec) -> Sheet:
    """The sheet with its keys and fields called as in a workbook."""
    marks = _marks([*map(str, sheet.table), *sheet.repeated], phase)
    lacking = {row: tuple(marks.get(n, n) for n in names) for row, names in sheet.lacking.items()}
    repeated = tuple(marks.get(n, n) for n in sheet.repeated)
    return replace(sheet, table=sheet.table.rename(columns=marks), repeated=repeated, lacking=lacking)


def _wanted(phase: PhaseSpec) -> str:
    keys = ", ".join(map(phase.plain_name, phase.keys))
    header = "a header with item_id" + (f" or with {keys}" if keys else "") + ", and decision or a field"
    return f"no sheet has {header}: not used"


def _with_state(sources: list[Source], sheets: list[Sheet], number: int, phase: PhaseSpec) -> list[Source]:
    """The file's sources after a new state of it."""
    names = [_row_names(sheet, phase) for sheet in sheets]
    here = set().union(*(set(n) for n in names)) - {""}
    known: dict[str, float] = {}
    for source in sources:
        known.update(zip(_row_texts(source.sheet, _row_names(source.sheet, phase), phase), source.since, strict=True))
    left = []
    for source in sources:
        rows = _row_names(source.sheet, phase)
        # A row without any name of its own cannot be found again: it counts in the latest state only.
        stays = ~rows.isin(list(here)) & (rows != "")
        if stays.any():
            sheet = replace(source.sheet, table=source.sheet.table[stays], damaged={}, lacking={})
            left.append(Source(sheet, source.since[stays], latest=False))
    new = []
    for sheet, rows in zip(sheets, names, strict=True):
        since = _row_texts(sheet, rows, phase).map(known).fillna(number).astype("int64")
        new.append(Source(sheet, since.set_axis(sheet.table.index)))
    return [*left, *new]


def _row_names(sheet: Sheet, phase: PhaseSpec) -> pd.Series:
    """Which row each is, for finding it in another state: its id and export, else its keys; '' for neither."""
    table = sheet.table
    blank = pd.Series("", index=table.index, dtype="str")
    ids = comparable(table["item_id"]).str.upper().str.replace("-", "") if "item_id" in table else blank
    export = comparable(table["export"]).str.upper() if "export" in table else blank
    if is_long(table.columns):
        export = export + "\x1f" + comparable(table["field"]).map(plain_name)
    names = ids.where(ids == "", ids + "\x1f" + export)
    keys = [plain_name(k) for k in key_columns(phase)]
    if not set(keys) <= set(table.columns):
        return names
    extra = [plain_name(k) for k in phase.record_keys if phase.record_fields and plain_name(k) in table]
    by_keys = blank
    for key in [*keys, *extra]:
        by_keys = by_keys + "\x1e" + comparable(table[key]).map(normalise_key)
    return names.mask(names == "", by_keys)


def _row_texts(sheet: Sheet, names: pd.Series, phase: PhaseSpec) -> pd.Series:
    """Each row with all that it says, as one text: a column for notes or another look of its id make it no new word."""
    text, nothing = names, pd.Series("", index=names.index, dtype="str")
    for column in ("export", "decision", "comment"):
        # Without the column nothing is said, as in an empty cell.
        text = text + "\x1d" + (comparable(sheet.table[column]) if column in sheet.table else nothing)
    own = ["value"] if is_long(sheet.table.columns) else []
    for column in sorted([*own, *map(plain_name, phase.fields)]):
        if column in sheet.table:
            text = text + "\x1d" + column + "\x1c" + comparable(sheet.table[column])
    return text


def _read_kept(place: Path | None, asked: str, chain: Iterable[Version]) -> tuple[int, list[Source]]:
    """How many of the versions were read before, and the sources that they left."""
    numbers = [v.number for v in chain]
    try:
        if place is None:
            return 0, []
        content = json.loads(gzip.decompress(place.read_bytes()))
        if content["asked"] != asked or content["numbers"] != numbers[: len(content["numbers"])]:
            return 0, []
        return len(content["numbers"]), [_source_of(each) for each in content["sources"]]
    except (OSError, EOFError, ValueError, KeyError, TypeError, RecursionError, zlib.error):
        return 0, []


def _write_kept(place: Path | None, asked: str, chain: Iterable[Version], sources: Iterable[Source]) -> None:
    if place is None:
        return
    numbers = [v.number for v in chain]
    content = {"asked": asked, "numbers": numbers, "sources": [_plain(s) for s in sources]}
    text = gzip.compress(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"), 1, mtime=0)
    if not place.is_file() or place.read_bytes() != text:
        write_atomically(place, text)


def _plain(source: Source) -> dict[str, Any]:
    sheet = asdict(replace(source.sheet, table=pd.DataFrame()))
    table = source.sheet.table
    sheet["table"] = {name: table[name].tolist() for name in table}
    sheet["rows"], sheet["since"] = table.index.tolist(), source.since.tolist()
    return {**sheet, "latest": source.latest}


def _source_of(plain: dict[str, Any]) -> Source:
    rows = pd.Index(plain["rows"], name="source_row", dtype="int64")
    table = pd.DataFrame({name: pd.Series(cells, dtype="str") for name, cells in plain["table"].items()})
    sheet = Sheet(
        plain["file"],
        plain["sheet"],
        table.set_axis(rows) if len(table.columns) else pd.DataFrame(index=rows),
        tuple(plain["repeated"]),
        {int(n): rule for n, rule in plain["damaged"].items()},
        {int(n): tuple(names) for n, names in plain["lacking"].items()},
    )
    return Source(sheet, pd.Series(plain["since"], index=rows, dtype="int64"), plain["latest"])
