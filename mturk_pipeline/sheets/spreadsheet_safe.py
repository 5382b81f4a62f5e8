"""Tables as people open them: CSV and Excel bytes in which no cell can do or become anything by itself.

Cells come from strangers. A spreadsheet runs text that begins like a formula, drops leading zeros, turns long ids
into `1.2E+15` and refuses control characters. In Excel every text is therefore stored as text, with the text
format; in CSV, which has no types, text that begins like a formula gets an apostrophe in front
(`escape_csv_cell`, undone by `unescape_csv_cell`). The same table always gives the same bytes.

Source of the CSV rules: OWASP, CSV Injection.
"""

import math
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

EXCEL_TEXT_LIMIT = 32_767
_SAFE_DIGITS = 15

# Spaces, control and invisible characters that spreadsheets skip before they look for a formula; not the ones
# that end a cell or a line.
_SKIPPED = r"(?:[^\S\t\r\n]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff])*"
_SIGN = r"[=+\-@＝＋－＠﹦﹢﹣﹫]"
# A number or a telephone number: no letter but "ext.", so neither a function nor a reference can be in it.
_NUMBER = r"[+\-][ .(]?\(?[0-9][0-9 .,()/\-]*+(?:[eE][+\-]?[0-9]++|ext\. ?[0-9]{1,7})?[ ]*+(?=\Z|[;\t\r\n])"
_FORMULA = rf"(?:{_SKIPPED}(?!{_NUMBER}){_SIGN})"
# A cell's beginning, and what follows a character at which another locale or a wrong delimiter would cut it.
_SITE = r"(?:\A(?={q}'*(?:[\t\r\n]|{f}))|(?<=[;\t\r\n])(?={q}'*{f}))"
_ESCAPE = re.compile(_SITE.format(q="", f=_FORMULA))
_UNESCAPE = re.compile(_SITE.format(q="'", f=_FORMULA) + "'")
_MAYBE = re.compile(r"[=+\-@＝＋－＠﹦﹢﹣﹫\t\r\n]")

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def joined(value: Any) -> str | None:
    """Any cell as text for people; None for a missing one, lists joined by '; '.

    >>> joined(["a@x.edu", "b@x.edu"]), joined(float("nan"))
    ('a@x.edu; b@x.edu', None)
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return "; ".join([text for item in items if (text := joined(item))])
    return None if _missing(value) else str(value)


def escape_csv_cell(text: str) -> str:
    """`text` with an apostrophe before whatever a spreadsheet would take for a formula.

    That is text beginning with = + - @ (also full-width, also after spaces or invisible characters), or with a
    tab or line break, and the same after each ';', tab or line break inside the cell, where a spreadsheet set to
    another delimiter begins a new cell. Numbers and telephone numbers stay as they are: nothing in them can run,
    and whoever imports the file needs them; a spreadsheet that opens the CSV may show them as numbers, the Excel
    file beside it does not.

    >>> escape_csv_cell('=HYPERLINK("http://x")'), escape_csv_cell("+1 555-0100"), escape_csv_cell("a;=1")
    ('\\'=HYPERLINK("http://x")', '+1 555-0100', "a;'=1")
    """
    return _ESCAPE.sub("'", text) if _MAYBE.search(text) else text


def unescape_csv_cell(text: str) -> str:
    """The text that `escape_csv_cell` was given: its exact inverse.

    >>> unescape_csv_cell(escape_csv_cell("'=1\\t-x")) == "'=1\\t-x"
    True
    """
    return _UNESCAPE.sub("", text) if "'" in text else text


def csv_bytes(frame: pd.DataFrame, *, formula_safe: bool = True, bom: bool = False) -> bytes:
    """`frame` (index left out) as UTF-8 CSV with a header, lines ended as RFC 4180 has it (CR LF).

    `formula_safe` escapes text cells and column names (`escape_csv_cell`); columns of numbers, times and truth values
    are written as they are. `bom` begins with a byte order mark, which Excel needs to show other than English letters.
    """
    table = pd.DataFrame(
        {i: _csv_column(frame.iloc[:, i], formula_safe) for i in range(frame.shape[1])}, index=frame.index
    )
    names = [str(c) for c in frame.columns]
    table.columns = [escape_csv_cell(n) for n in names] if formula_safe else names
    # With a line feed alone, Python's csv leaves a carriage return in a cell unquoted: a new line to its readers.
    text = table.to_csv(index=False, lineterminator="\r\n")
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode("utf-8", "replace")


def _csv_column(column: pd.Series, formula_safe: bool) -> pd.Series:
    if not (pd.api.types.is_object_dtype(column) or isinstance(column.dtype, pd.StringDtype)):
        return column
    texts = column if isinstance(column.dtype, pd.StringDtype) else column.map(joined)
    codes, uniques = pd.factorize(texts)
    written = np.array([*(escape_csv_cell(t) if formula_safe else t for t in uniques), None], dtype=object)
    return pd.Series(written[codes], index=column.index, dtype=object)


def safe_cell_xlsx(value: Any) -> Any:
    """`value` as Excel can hold it: None, bool, number, time without zone (UTC) or text.

    Lists become '; '-joined text, whole numbers of more than 15 digits text (Excel would round them). Text loses
    the control characters that a workbook cannot hold, its line ends become line feeds, and past 32,767
    characters (Excel's limit) it is cut and says so. Text that begins like a formula comes back unchanged: a
    workbook stores it as text.
    """
    if isinstance(value, str):
        return excel_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64 | np.timedelta64):
        return safe_cell_xlsx(value.item())
    if isinstance(value, list | tuple | set | frozenset | np.ndarray):
        return excel_text(joined(value) or "") or None
    if _missing(value):
        return None
    if isinstance(value, datetime | np.datetime64):
        time = pd.Timestamp(value)
        return (time.tz_convert(UTC).tz_localize(None) if time.tzinfo else time).to_pydatetime()
    if isinstance(value, int):
        return value if len(str(abs(value))) <= _SAFE_DIGITS else str(value)
    if isinstance(value, float | Decimal) and math.isfinite(value):
        return value
    return excel_text(str(value))


def excel_text(text: str) -> str:
    """`text` as a workbook can hold it (see `safe_cell_xlsx`).

    >>> excel_text("a\\x00b\\r\\nc")
    'ab\\nc'
    """
    if len(text) <= EXCEL_TEXT_LIMIT and text.isascii() and text.isprintable():
        return text
    text = _NOT_IN_XML.sub("", _SURROGATE.sub("\ufffd", text)).replace("\r\n", "\n").replace("\r", "\n")
    # Excel counts UTF-16 units: characters beyond the basic plane are two.
    if len(text) * 2 <= EXCEL_TEXT_LIMIT or _units(text) <= EXCEL_TEXT_LIMIT:
        return text
    mark = f" … [cut: {len(text):,} characters]"
    kept = text.encode("utf-16-le")[: 2 * (EXCEL_TEXT_LIMIT - len(mark))]
    return kept.decode("utf-16-le", "ignore") + mark


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value))
