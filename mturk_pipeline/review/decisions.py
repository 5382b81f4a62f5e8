"""People's decisions, read from every sheet they saved, each with its place."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from mturk_pipeline.contracts.review import Decisions
from mturk_pipeline.review.cell_edits import Shown
from mturk_pipeline.review.columns_in_view import has_room_for_all
from mturk_pipeline.review.export_history import Exports
from mturk_pipeline.review.file_versions import Source, is_long, sources_of
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.kept_files import Clean, as_it_is
from mturk_pipeline.review.long_sheets import long_cells, with_long_cells
from mturk_pipeline.review.matching import KnownRows
from mturk_pipeline.review.merged_decisions import unite
from mturk_pipeline.review.problems import problem, problem_table, repeated_column
from mturk_pipeline.review.renamed_items import renamed_items
from mturk_pipeline.review.review_journal import Version
from mturk_pipeline.review.reviewed_files import Sheet, file_name
from mturk_pipeline.review.sheet_entries import DAMAGED, ReviewedSheet, SheetEntries, entries_of_sheet, no_entries
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.vocabulary.file_rules import NO_TABLE
from mturk_pipeline.workflow.phase_spec import PhaseSpec

OWN_COLUMNS = ("item_id", "export", "decision", "comment")
# Of our workbooks, beside the fields: for people to read, not read back.
ADDED_COLUMNS = ("reasons", "status", "priority", "place", "decided_in", "decided_at")
_SEVERAL = 2
_FILE_COLUMNS = ["source_file", "sheets", "rows", "decided", "edits", "additions", "mended", "problems", "problem"]


@dataclass(frozen=True)
class Reviews:
    """Decisions, additions and comments from review."""

    # Contract `Decisions`: per row its decision (field '') and per field what was edited; `after` is missing for "there
    # is none"
    decisions: pd.DataFrame
    # The cells that those who decided saw and left: item_id, field, cell. An "accept" keeps them, where the crowd says
    # otherwise by now.
    seen: pd.DataFrame
    problems: pd.DataFrame  # Contract `ReviewProblems`
    # Rows that people added: item_id, parent_item_id (missing where the item is new), element, the keys, the fields,
    # comment
    added: pd.DataFrame
    comments: pd.DataFrame  # Every comment on a known row, decided or not: item_id, comment
    # One row per file that is there now: source_file, sheets and rows read, decided, edits, additions, mended (cells
    # whose damage was undone), problems (counts), and problem: why the whole file could not be read; missing for a good
    # file
    files: pd.DataFrame
    # For each two files that decided some of the same items: file, other_file, both, same (counts of items)
    agreement: pd.DataFrame
    # item_id, why: `disputed` of rows about which people disagree, and `lapsed` of those whose redo or reject was
    # carried out, which are undecided; `changed` of rows whose answers changed after they were decided: the decision
    # holds, a person should look again
    look_again: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables but the decisions, by name."""
        return {part.name: getattr(self, part.name) for part in fields(self) if part.name != "decisions"}

    @classmethod
    def of(cls, decisions: pd.DataFrame, table: Callable[[str], pd.DataFrame]) -> "Reviews":
        """From the decisions and what `table` gives for the names of the others."""
        return cls(decisions, **{part.name: table(part.name) for part in fields(cls) if part.name != "decisions"})

    def item_ids(self, why: str) -> pd.Series:
        """Rows to look at again for one of the reasons."""
        return self.look_again.loc[self.look_again["why"] == why, "item_id"]


def read_reviewed(files: Sequence[Path], items: pd.DataFrame, shown: pd.DataFrame | None, phase: PhaseSpec) -> Reviews:
    """Read the files that people saved, where nothing is kept of what was there before; `read_versions` has the rules.

    `files` are workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) and texts (.csv, .tsv, .txt), in any order; `shown` is what
    workbooks showed: the results of `shown_values`, put together in their order; None for none.
    """
    exports = Exports.of(shown)
    number = max(exports.numbers.values(), default=0) + 1
    versions = [Version(file_name(path), number, "", path, True) for path in files]
    return read_versions(versions, items, exports, phase)


def read_versions(
    versions: Sequence[Version],
    items: pd.DataFrame,
    exports: Exports,
    phase: PhaseSpec,
    kept: Path | None = None,
    clean: Clean = as_it_is,
) -> Reviews:
    """Merge every saved version of every reviewed file into one set of decisions.

    A sheet is read where a row among its first twenty names `item_id` or all keys, and `decision`, `comment` or
    a field. A sheet with the columns `field` and `value` is a list of answers, and is not read.
    Of a file's rows the latest state counts (`mturk_pipeline.review.file_versions`). A decision gives way to another
    that stands in a row of a workbook that went out after the first was read: who wrote it knew of the first. Other
    rows that disagree about an item leave it undecided: they decide otherwise, or hold different values of a field.
    A field that a sheet lacks is no disagreement. "undo" takes a decision back.
    A decision redo or reject lapses once its item has more HITs than in the workbook it was made in.
    Rows are matched by id, else by keys. A filled cell is an edit where the row's workbook did not show its value,
    or, where the row names no workbook, where none ever showed it as the crowd's; such an edit counts only while the
    crowd's best guess is another. An edit alone is a fix. A blank cell changes nothing; only in a row with an item_id
    and the decision "fix" does a cell that was emptied mean "there is none", as does the word "none" anywhere.
    Nothing raises: what is not understood is a problem, and the rest counts.

    `versions` are as `ReviewStore.versions` gives them; `items` (contract `Items`) are the rows as they are now. In the
    folder `kept` lies what was read of each file, so that each version is read once; `clean` takes workers' ids out.
    """
    known = KnownRows(items, phase)
    renamed = renamed_items(exports, items, known, phase)
    known.learn(renamed, exports.values["item_id"].drop_duplicates())
    shown = Shown(exports.renamed(renamed))
    nothing = no_entries(phase)
    sources, problems = sources_of(versions, phase, kept, clean)
    entries = [replace(nothing, problems=problem_table(problems))]
    tallies: dict[str, list[_Read]] = {v.name: [] for v in versions if v.present}
    for source, sheet, wrong in _sheets_of(sources, known, shown, phase):
        result = None if sheet is None else entries_of_sheet(sheet, known, shown, phase)
        wrong = wrong if source.latest and source.present else []
        entries += [replace(nothing, problems=problem_table(wrong)), *([] if result is None else [result])]
        if source.present and result is not None:
            tallies[source.sheet.file].append(_Read(source, result, len(wrong)))
    strangers = {name: problem for name, reads in tallies.items() if (problem := _stranger(name, reads))}
    problems = [*(p for p in problems if p["source_file"] not in strangers), *strangers.values()]
    united = unite(entries, phase)
    files = [_counts(name, reads, [p for p in problems if p["source_file"] == name]) for name, reads in tallies.items()]
    files_table = pd.DataFrame(files, columns=_FILE_COLUMNS).astype({"source_file": "str", "problem": "str"})
    times = {v.number: v.at for v in versions}
    decided_at = united.decisions[" since"].map(times).astype("str").fillna("")
    decisions = united.decisions.assign(decided_at=decided_at)[list(Decisions.names())]
    return Reviews(
        decisions,
        united.seen,
        _told_once(united.problems, strangers),
        united.added,
        united.comments,
        files_table,
        united.agreement,
        united.look_again,
    )


def _sheets_of(
    sources: Sequence[Source], known: KnownRows, shown: Shown, phase: PhaseSpec
) -> Iterator[tuple[Source, ReviewedSheet | None, list[dict[str, object]]]]:
    """The sheets of all files, with the cells of their sheets of more fields, and problems beside those of entries.

    The rows of a sheet of more fields are None where all of its cells stand in other sheets' rows.
    """
    by_file: dict[str, list[Source]] = {}
    for source in sources:
        by_file.setdefault(source.sheet.file, []).append(source)
    for of_file in by_file.values():
        of_rows = [s for s in of_file if not is_long(s.sheet.table.columns)]
        named = [_named(source, phase) for source in of_rows]
        long = long_cells([s for s in of_file if is_long(s.sheet.table.columns)], phase)
        sheets, others = with_long_cells([sheet for sheet, _ in named], long, known, shown, phase)
        yield from ((s, sheet, wrong) for s, sheet, (_, wrong) in zip(of_rows, sheets, named, strict=True))
        yield from ((source, sheet, []) for source, sheet in others)
        if long.problems:
            yield long.sources[0], None, long.problems


class _Read(NamedTuple):
    """A source, its entries, and how many problems its header has."""

    source: Source
    entries: SheetEntries
    problems: int


def _named(source: Source, phase: PhaseSpec) -> tuple[ReviewedSheet, list[dict[str, object]]]:
    """The sheet with all of the phase's columns under their own names ('' where absent)."""
    sheet = source.sheet
    wanted = {plain_name(c): c for c in (*OWN_COLUMNS, *key_columns(phase), *phase.fields)}
    problems = [repeated_column(sheet.file, sheet.sheet, wanted[name]) for name in sheet.repeated if name in wanted]
    missing = [c for name, c in wanted.items() if name not in sheet.table and name not in sheet.repeated]
    # Of many fields a sheet shows some: those with their trust beside them.
    narrow = has_room_for_all(phase)
    asked = [c for c in missing if c in phase.fields and "export" in sheet.table]
    said_by_name = [c for c in asked if narrow or plain_name(f"{c}_trust") in sheet.table]
    if "decision" in missing and ("item_id" in sheet.table or "export" in sheet.table):
        said_by_name.append("decision")
    problems += _renamed(sheet, said_by_name, wanted)
    table = sheet.table[[n for n in sheet.table if n in wanted]].rename(columns=wanted)
    present = tuple(f for f in phase.fields if f in table)
    table = table.reindex(columns=list(wanted.values())).astype("str").fillna("")
    problems += [problem(sheet.file, sheet.sheet, n, None, rule, DAMAGED[rule]) for n, rule in sheet.damaged.items()]
    lacking = {n: tuple(wanted[c] for c in names if c in wanted) for n, names in sheet.lacking.items()}
    when = {"since": source.since, "latest": source.latest, "present": source.present}
    return ReviewedSheet(sheet.file, sheet.sheet, table, present, lacking, **when), problems


def _renamed(sheet: Sheet, missing: list[str], wanted: Iterable[str]) -> list[dict[str, object]]:
    """Problems of columns gone from a workbook's sheet that has strange ones: reported, never guessed."""
    ours = [f"{c}{end}" for c in wanted for end in ("_trust", "_runners_up", "_detail")]
    strange = [n for n in map(str, sheet.table) if n not in {*wanted, *ours, *ADDED_COLUMNS} and "_pick_" not in n]
    if not strange:
        return []
    reason = f"no column has this name, and {len(strange)} have unknown names: if one was renamed, name it back"
    return [problem(sheet.file, sheet.sheet, None, f, "missing_column", reason) for f in missing]


def _stranger(file: str, reads: Sequence[_Read]) -> dict[str, object] | None:
    """The problem of a file with several rows none of which is about the phase; None for any other."""
    rows = sum(r.entries.unknown for r in reads)
    if rows < _SEVERAL or any(r.entries.known for r in reads):
        return None
    reason = (
        f"none of its {rows:,} rows is about an item of this phase: not used; move the file to its own phase's folder, "
        "or clear item_id to add the rows as new ones"
    )
    return problem(file, None, None, None, NO_TABLE, reason)


def _told_once(problems: pd.DataFrame, strangers: Mapping[str, dict[str, object]]) -> pd.DataFrame:
    """`problems` with one for each file in `strangers`, and no other of these files."""
    if not strangers:
        return problems
    others = problems[~problems["source_file"].isin(list(strangers))]
    return pd.concat([others, problem_table(strangers.values())], ignore_index=True)


def _counts(file: str, reads: Sequence[_Read], problems: Sequence[Mapping[str, object]]) -> dict[str, object]:
    whole = [p["reason"] for p in problems]
    return {
        "source_file": file,
        "sheets": sum(r.source.latest for r in reads),
        "rows": sum(len(r.source.sheet.table) for r in reads if r.source.latest),
        "decided": sum(len(r.entries.verdicts) for r in reads),
        "edits": sum(int(r.entries.edits["edited"].sum()) for r in reads),
        "additions": sum(len(r.entries.added) for r in reads),
        "mended": sum(r.entries.mended for r in reads),
        "problems": len(problems) + (0 if whole else sum(len(r.entries.problems) + r.problems for r in reads)),
        "problem": whole[0] if whole else None,
    }
