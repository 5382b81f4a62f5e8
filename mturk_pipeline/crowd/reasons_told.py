"""What a worker is told, as a cell that nothing can go wrong with on its way through a spreadsheet."""

import re

from mturk_pipeline.sheets.spreadsheet_safe import escape_csv_cell, excel_text

LONGEST_REASON = 1024  # characters that Mechanical Turk takes
_MORE = " …"
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")
_BEGINS_CELL = re.compile(r";(?=[^\w]*[=+\-@＝＋－＠﹦﹢﹣﹫])")


def told(text: str) -> str:
    """`text` as one line that no spreadsheet takes for a formula; at most 1,024 characters; '' where nothing is left.

    Nothing is taken away but line breaks and what cannot be seen: where it begins like a formula, it gets a word
    in front.

    >>> told("Sorry,\\n the page is empty"), told("- 3 of 5 fields blank"), told(" \\t")
    ('Sorry, the page is empty', 'Reason: - 3 of 5 fields blank', '')
    """
    line = " ".join(_NOT_SHOWN.sub(" ", excel_text(text)).split())
    line = _BEGINS_CELL.sub(",", line)
    if line and (escape_csv_cell(line) != line or line[0] in "=+-@'"):
        line = f"Reason: {line}"
    if len(line) > LONGEST_REASON:
        line = line[: LONGEST_REASON - len(_MORE)] + _MORE
    return line
