"""Rows of a text file that a person saved; a damaged row costs no other."""

import csv
import io
from collections.abc import Iterator

OPEN_QUOTE = "open_quote"
RAGGED_ROW = "ragged_row"


def rows_of(text: str, delimiter: str) -> Iterator[list[str] | None]:
    """Each row's cells; None for a line with a quotation mark that stands alone, after which the next line is read.

    A spreadsheet would take all lines up to the next quotation mark for one cell, and lose their decisions.

    >>> list(rows_of('a,"b\\nc"\\nd,"e\\nf,g\\n', ","))
    [['a', 'b\\nc'], None, ['f', 'g']]
    """
    lines = list(io.StringIO(text, newline=""))
    start = 0
    while start < len(lines):
        reader = csv.reader((lines[n] for n in range(start, len(lines))), delimiter=delimiter, strict=True)
        read = 0
        try:
            for row in reader:
                read = reader.line_num
                yield row
            return
        except csv.Error:
            yield None
            start += read + 1
