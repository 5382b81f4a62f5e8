"""Files ready to upload: offered to the crowd once; and the copies that people took of them."""

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mturk_pipeline.folders.atomic_files import ProjectWriter
from mturk_pipeline.folders.tables import read_table_if_made
from mturk_pipeline.folders.watching import WatchedFile
from mturk_pipeline.intake.sent_items import OFFER_ID, carried_names, offered_names
from mturk_pipeline.projects.phase import ProjectPhase

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.intake.taken_offers import TakenOffers


# Names of keys with their columns, as what is remembered of a file can be asked by.
KeyColumns = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HitHistory:
    """All questions that the crowd was asked in a phase, according to its files."""

    hits: "pd.DataFrame"  # As `hits_of_items` gives them
    unused: "pd.DataFrame"  # Rows set aside, as `unused_rows` reads them
    taken: "pd.DataFrame"  # item_id and attempt of offers that people took, or that results say they came from
    copies: "TakenOffers"  # The files that people took
    items: frozenset[str]  # item_ids of all of it: none of them is offered as a first question again


def sent_to(phase: ProjectPhase, assignments: "pd.DataFrame | None" = None) -> HitHistory:
    """HITs sent in `phase`, by its tables; its raw output is read where it is not given."""
    import pandas as pd

    keys = tuple(phase.spec.key_columns.items())
    if assignments is None:
        asked = _asked_by_tables(phase.stored("raw_output"), phase.stored("set_aside"), keys)
    else:
        asked = _asked(assignments, phase.table("set_aside"), keys)
    copies = taken_copies(phase)
    taken = pd.concat([copies.rows[["item_id", "attempt"]], asked.offered], ignore_index=True)
    items = frozenset(asked.hits["item_id"]) | frozenset(taken["item_id"])
    return HitHistory(asked.hits, asked.unused, taken, copies, items)


class _Asked(NamedTuple):
    """Questions that results show: `hits` and `unused` as in `HitHistory`, and the offers they came from."""

    hits: "pd.DataFrame"
    unused: "pd.DataFrame"
    offered: "pd.DataFrame"


@lru_cache(maxsize=1)
def _asked_by_tables(raw_output: WatchedFile | None, set_aside: WatchedFile | None, keys: KeyColumns) -> _Asked:
    """Three stages of a run ask this of the same tables; these are not looked through again."""
    used, aside = (file and read_table_if_made(file.path) for file in (raw_output, set_aside))
    return _asked(used, aside, keys)


def _asked(assignments: "pd.DataFrame | None", set_aside: "pd.DataFrame | None", keys: KeyColumns) -> _Asked:
    import pandas as pd

    from mturk_pipeline.intake.sent_items import (
        hits_of_items,
        items_of,
        offered_rows,
        offers_in_unread_files,
        unused_rows,
    )

    columns = dict(keys)
    unused = unused_rows(set_aside, columns)
    asked = None if assignments is None else items_of(assignments, columns)
    offered = [offered_rows(rows) for rows in (asked, unused) if rows is not None]
    offered.append(offers_in_unread_files(set_aside, columns))
    return _Asked(hits_of_items(assignments, set_aside, columns), unused, pd.concat(offered, ignore_index=True))


def taken_copies(phase: ProjectPhase) -> "TakenOffers":
    """Offers to the phase that people took: copies in the folder of the offer, or among the results."""
    import pandas as pd

    from mturk_pipeline.intake.taken_offers import TakenOffers

    folders, first = phase.folders, phase.workflow.before(phase.phase) is None
    keys = tuple(phase.spec.key_columns.items())
    taken = [_taken_in(f, keys, "list" if first else "offer") for f in phase.files(folders.input)]
    taken += [_taken_in(f, keys, "batch") for f in phase.files(folders.batches)]
    rows = pd.concat([_taken_in(None, keys, "batch").rows, *(t.rows for t in taken)], ignore_index=True)
    return TakenOffers(phase.without_ids(rows), tuple(path for t in taken for path in t.files))


def taken_files(phase: ProjectPhase) -> tuple[WatchedFile, ...]:
    """Files in the folder where the phase is offered its input that are copies of offers; quick where none changed."""
    first = phase.workflow.before(phase.phase) is None
    keys, role = tuple(phase.spec.key_columns.items()), "list" if first else "offer"
    return tuple(f for f in phase.files(phase.folders.input) if len(_taken_in(f, keys, role).rows))


@lru_cache(maxsize=4096)
def _taken_in(file: WatchedFile | None, keys: KeyColumns, role: str) -> "TakenOffers":
    """Offers taken in one file; a file that did not change is not read again."""
    from mturk_pipeline.intake.taken_offers import read_taken

    paths: list[Path] = [] if file is None else [file.path]
    columns = dict(keys)
    return read_taken([], paths, columns) if role == "batch" else read_taken(paths, [], columns, first=role == "list")


def offer_name(phase: ProjectPhase) -> str:
    """The file that offers a phase's input, in the folder of the phase before."""
    return f"{phase.folders.input}/_mIn_{phase.phase}.csv"


def offer_input(
    writer: ProjectWriter, phase: ProjectPhase, rows: "pd.DataFrame", sent_item_ids: Collection[str]
) -> "tuple[pd.DataFrame, str | None]":
    """Write those of `rows`, input of `phase`, about which nobody was asked yet: which, and the file.

    Nobody buys the same answer twice.
    """
    from mturk_pipeline.offers.next_input import not_yet_sent, offer_ids
    from mturk_pipeline.offers.packing import of_slots

    offered = not_yet_sent(rows, phase.spec, sent_item_ids)
    offered = offered.assign(**{OFFER_ID: offer_ids(offered, phase.spec)})
    upload = as_uploaded(of_slots(offered, phase.spec) if phase.spec.has_slots else offered, phase)
    write_upload(writer, offer_name(phase), upload)
    _write_book(writer, phase, upload)
    return offered, offer_name(phase) if len(offered) else None


def offer_purged(
    writer: ProjectWriter,
    phase: ProjectPhase,
    listed: "pd.DataFrame",
    purged: "pd.DataFrame",
    sent_item_ids: Collection[str],
) -> "tuple[pd.DataFrame, str | None]":
    """Write the items of the first phase's list left to ask about: which rows, and the file (None: nothing purged)."""
    name = f"{phase.folders.input}/_purged_{phase.spec.input_label}.csv"
    out = set(purged["item_id"]) | set(sent_item_ids) if len(purged) else set(listed["item_id"])
    left = listed[~listed["item_id"].isin(list(out))]
    left = left.drop(columns=["item_id", "source_file", "source_row"])
    write_upload(writer, name, as_uploaded(left, phase))
    return left, name if len(left) else None


def offer_rework(
    writer: ProjectWriter, phase: ProjectPhase, rows: "pd.DataFrame", answered: "pd.DataFrame"
) -> list[str]:
    """Write the items to be asked again (see `rework`), one file for each attempt; returns the files' names.

    Beside each stands who must not answer them, from `answered`: item_id and worker of all answers.
    """
    from mturk_pipeline.offers.rework import exclusions
    from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes
    from mturk_pipeline.workers.identities import named_workers

    written, answered = [], named_workers(answered, phase.home)
    for attempt in sorted(rows["attempt"].unique()):
        name = f"{phase.folders.input}/_rework_{phase.phase}_{attempt}"
        part = rows[rows["attempt"] == attempt]
        write_upload(writer, f"{name}.csv", as_uploaded(part, phase))
        written.append(f"{name}.csv")
        excluded = exclusions(part, answered)
        if len(excluded):
            writer.write(f"{name}_exclude.csv", csv_bytes(excluded))
            written.append(f"{name}_exclude.csv")
    for name in _rework_files(phase):
        if name not in written:
            writer.remove(name)
    return written


def write_upload(writer: ProjectWriter, name: str, rows: "pd.DataFrame") -> None:
    """Write rows, as `as_uploaded` gives them, as a batch's input CSV; no rows, no file.

    Values stay as they are, for the crowd's page shows them.
    """
    if rows.empty:
        writer.remove(name)
        return
    buffer = io.StringIO()
    rows.to_csv(buffer, index=False, lineterminator="\r\n")
    writer.write(name, buffer.getvalue().encode("utf-8", "replace"))


def as_uploaded(rows: "pd.DataFrame", phase: ProjectPhase) -> "pd.DataFrame":
    """Rows of items as a batch's input has them; one without ids of offers is a list, as people's are.

    Columns are called as in an upload. Of a phase whose HITs ask about several items, these are packed into rows with
    as many slots as its result files have, or its list.
    """
    spec = phase.spec
    if spec.has_slots:
        from mturk_pipeline.offers.packing import packed, slots_to_fill

        rows = packed(rows, spec, slots_to_fill(spec, _slots_seen(phase)))
    shared = [key for key, column in spec.key_columns.items() if key == column]
    carried = carried_names(rows.columns, shared) if OFFER_ID in rows else {}
    return rows.rename(columns=offered_names(shared, spec) | carried)


def _slots_seen(phase: ProjectPhase) -> Sequence[int]:
    """Numbers of the slots that the phase's result files have; without any those of a first phase's list."""
    from mturk_pipeline.intake.slots import slot_numbers

    raw_output = phase.table("raw_output")
    seen = [] if raw_output is None else slot_numbers(map(str, raw_output.columns), phase.spec.key_columns)
    if seen or phase.spec.items_per_hit or phase.workflow.before(phase.phase):
        return seen
    return phase.read_input().slots


def _write_book(writer: ProjectWriter, phase: ProjectPhase, rows: "pd.DataFrame") -> None:
    """The same rows as a workbook, each cell a text."""
    from mturk_pipeline.sheets.workbook_writer import xlsx_bytes

    name = offer_name(phase).removesuffix(".csv") + ".xlsx"
    if rows.empty:
        writer.remove(name)
    else:
        writer.write(name, xlsx_bytes({phase.phase: rows.astype("str")}))


def _rework_files(phase: ProjectPhase) -> list[str]:
    """The pipeline's rework files in the folder, of any attempt."""
    folder = phase.project.path / phase.folders.input
    pattern = re.compile(rf"_rework_{re.escape(phase.phase)}_\d+(_exclude)?\.csv")
    names = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    ours = phase.writer()
    return [f"{phase.folders.input}/{n}" for n in names if pattern.fullmatch(n) and ours.is_ours(folder / n)]
