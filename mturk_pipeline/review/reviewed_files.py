"""Opens what a person saved: any sheet of any spreadsheet, every cell as text."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mturk_pipeline.sheets.headers import is_nameless
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.reader import read_hand_filled
from mturk_pipeline.sheets.text_tables import TextTable
from mturk_pipeline.texts.key_form import plain_name

WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
TEXT_SUFFIXES = {".csv", ".tsv", ".txt", ".tab"}
LIMITS = Limits(max_bytes=300_000_000, max_cells=30_000_000)
# Whether a set of plain column names is the header that a caller looks for.
NamesHeader = Callable[[set[str]], bool]
OPEN_QUOTE, RAGGED_ROW = "open_quote", "ragged_row"


@dataclass(frozen=True)
class Sheet:
    """One table of a file: texts ('' for a blank cell); the index is the row as a spreadsheet counts it.

    `damaged` gives the rule of each row that is not in the table, as its cells may stand in wrong columns;
    `lacking` gives the last columns that a row of a text file does not have.
    """

    file: str
    sheet: str | None
    table: pd.DataFrame
    repeated: tuple[str, ...]
    damaged: Mapping[int, str]
    lacking: Mapping[int, tuple[str, ...]]


def read_sheets(path: Path, is_header: NamesHeader) -> list[Sheet]:
    """The tables of a workbook or text file that have a header for which `is_header` is true.

    Column names are lower case, with '_' for spaces. Of columns that share a name none is kept: they are named
    in `repeated`.

    Raises
    ------
    UnreadableFileError
    """
    if path.suffix.casefold() not in WORKBOOK_SUFFIXES | TEXT_SUFFIXES:
        raise UnreadableFileError("is not a spreadsheet", remedy="save it as .xlsx or .csv")
    tables = read_hand_filled(path, LIMITS, lambda names: is_header({plain_name(n) for n in names}))
    return sheets_of(path, tables, is_header)


def sheets_of(path: Path, tables: Iterable[TextTable], is_header: NamesHeader) -> list[Sheet]:
    """The tables of a file whose header is one, as review reads them."""
    sheets = [_sheet(file_name(path), table) for table in tables]
    return [sheet for sheet in sheets if is_header(set(sheet.table.columns) | set(sheet.repeated))]


def file_name(path: Path) -> str:
    """The file's name as text that can be written anywhere: a byte that is no UTF-8 becomes, say, `%FC`."""
    return "".join(f"%{ord(c) - 0xDC00:02X}" if 0xDC80 <= ord(c) <= 0xDCFF else c for c in path.name)


def file_names(paths: Iterable[Path], clean: Callable[[str], str] = str) -> dict[Path, str]:
    """What files of one folder are called: by their names, cleaned, each by one of its own."""
    names: dict[Path, str] = {}
    for path in sorted(paths, key=lambda p: p.name):
        name = clean(file_name(path))
        while name in names.values():
            name += " (2)"
        names[path] = name
    return names


def _sheet(file: str, table: TextTable) -> Sheet:
    names = [plain_name(table.repeated.get(c, c)) if not is_nameless(c) else "" for c in table.frame.columns]
    repeated = {n for n, count in Counter(names).items() if n and count > 1}
    cells = table.frame.fillna("").set_axis(pd.Index(table.numbers, name="source_row", dtype="int64"))
    filled = cells.apply(lambda column: column.str.strip() != "").any(axis=1).to_numpy(dtype=bool)
    pushed = filled & (table.widths > len(names))
    damaged = dict.fromkeys(table.lone_quotes, OPEN_QUOTE) | dict.fromkeys(cells.index[pushed], RAGGED_ROW)
    cells, widths = cells[filled & ~pushed], table.widths[filled & ~pushed]
    lacking = {n: tuple(names[w:]) for n, w in zip(cells.index, widths, strict=True) if w < len(names)}
    places = [i for i, name in enumerate(names) if name and name not in repeated]
    named = cells.iloc[:, places].set_axis([names[i] for i in places], axis=1)
    return Sheet(file, table.sheet, named, tuple(sorted(repeated)), damaged, lacking)
