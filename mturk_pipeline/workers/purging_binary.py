"""A worker's id taken out of binary content: what stands in its place is exactly as long, so that the file stays valid.

Source of the formats: [MS-XLS] 2.5.293 (XLUnicodeRichExtendedString), 2.4.58 (Continue); [MS-XLSB] 2.5.168.
"""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

from mturk_pipeline.providers import PROVIDERS, any_provider

OLE = bytes.fromhex("d0cf11e0a1b11ae1")

# The anonymous name for an id or a whole name; None for one that is not meant.
Lookup = Callable[[str], str | None]
Sheets = list[list[list[Any]]]

# Whole names first, for ids that tell nothing without; then ids by themselves.
_LETTER = b"[A-Za-z0-9]"
_SERVER = b"[!#-&(-+\\--9=?-~]"
_TEXTS = (
    re.compile(rf"(?<![A-Za-z0-9]){any_provider()}:[!#-&(-+\--9=?-~]*:[A-Za-z0-9]+"),
    re.compile("[A-Za-z0-9]{8,}"),
)
# A string of .xls that is longer than its record goes on in the next one, behind a header and a byte for its width.
_GAPS = {"latin-1": rb"\x3c\x00[\x00-\xff]{2}\x00", "utf-16-le": rb"\x3c\x00[\x00-\xff]{2}\x01"}
# What follows when the last letter is the length of the next string of .xls (two bytes, then one for its width, then
# characters) and none of this one.
_WIDTH = rb"[\x00\x01\x04\x05\x08\x09\x0c\x0d]"
_NEXT = {
    "latin-1": rb"(?=(\x00" + _WIDTH + rb"(?!\x00))?)",
    "utf-16-le": rb"(?=(" + _WIDTH + rb"(?!\x00" + _WIDTH + rb"))?)",
}


def same_length(text: str, anonymous: str) -> str:
    """An anonymous name as long as `text`, an id or a whole name; its six letters stay as far as there is room.

    >>> same_length("A2BAD000BBBB", "forgotten-abcdef"), same_length("mturk::A2BAD000", "forgotten-abcdef")
    ('forgo-abcdef', 'mturk::f-abcdef')
    >>> same_length("turkle::5", "forgotten-abcdef"), same_length("A" * 18, "forgotten-abcdef")
    ('fo-abcdef', 'forgotten---abcdef')
    """
    before, colon, worker_id = text.rpartition(":")
    if colon and len(worker_id) >= 8:
        return f"{before}{colon}{same_length(worker_id, anonymous)}"
    word, _, letters = anonymous.rpartition("-")
    room = len(text) - len(letters)
    return f"{word[: max(room - 1, 0)]:-<{max(room, 0)}}{letters}"[-len(text) :]


def in_text(text: str, lookup: Lookup) -> str:
    """`text` as `replaced_in_place` makes it."""
    for pattern in _TEXTS:
        text = pattern.sub(lambda m: _new(m[0], lookup) or m[0], text)
    return text


def replaced_in_place(content: bytes, lookup: Lookup) -> tuple[bytes, int]:
    """Binary content without ids, and in how many places they stood: one byte a letter, or two (UTF-16LE).

    An id that is part of a longer one stays.

    >>> replaced_in_place(b"\\x02A2BAD000BBBB\\x00", {"A2BAD000BBBB": "forgotten-abcdef"}.get)
    (b'\\x02forgo-abcdef\\x00', 1)
    """
    places = 0
    is_ole = content.startswith(OLE)
    for encoding, gap in _GAPS.items():
        between = re.compile(b"(" + gap + b")")

        def instead(match: re.Match[bytes], encoding: str = encoding, between: re.Pattern[bytes] = between) -> bytes:
            nonlocal places
            parts = between.split(match[0]) if is_ole else [match[0]]
            text = b"".join(parts[::2]).decode(encoding)
            new = _new(text, lookup)
            if new is None and is_ole and match[1] is not None and (shorter := _new(text[:-1], lookup)):
                new = shorter + text[-1]
            if new is None:
                return match[0]
            places += 1
            return _filled(parts, new.encode(encoding))

        for pattern in _patterns(encoding, gap if is_ole else b""):
            content = pattern.sub(instead, content)
    return content, places


def _new(text: str, lookup: Lookup) -> str | None:
    anonymous = lookup(text)
    return None if anonymous is None else same_length(text, anonymous)


def _filled(parts: list[bytes], new: bytes) -> bytes:
    """Text between gaps (every other part) in the same portions as before."""
    filled, start = list(parts), 0
    for i in range(0, len(parts), 2):
        filled[i] = new[start : start + len(parts[i])]
        start += len(parts[i])
    return b"".join(filled)


def _patterns(encoding: str, gap: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """Whole names and ids in bytes; group 1 tells that the last letter may belong to what follows."""
    end = rb"\x00" if encoding == "utf-16-le" else b""

    def one(letter: bytes) -> bytes:
        return b"(?:" + letter + end + (b"(?:" + gap + b")?" if gap else b"") + b")"

    def word(text: str) -> bytes:
        return b"".join(one(re.escape(c.encode())) for c in text)

    platform = b"(?:" + b"|".join(word(f"{name}:") for name in PROVIDERS) + b")"
    whole = b"(?<!" + _LETTER + end + b")" + platform + one(_SERVER) + b"*" + word(":") + one(_LETTER) + b"+"
    return re.compile(whole + _NEXT[encoding]), re.compile(one(_LETTER) + b"{8,}" + _NEXT[encoding])


def cells(content: bytes) -> Sheets | None:
    """The cells of a workbook, by sheet, row and column; None where it does not open."""
    from python_calamine import CalamineWorkbook

    from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
    from mturk_pipeline.sheets.workbook_xml import lost_values

    try:
        if zipfile.is_zipfile(io.BytesIO(content)):
            lost_values(content, Limits())
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    except (UnreadableFileError, ValueError, OverflowError, OSError):
        return None
    except BaseException as error:
        # A damaged file can make the parser panic, and its PanicException is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            return None
        raise


def texts_of(sheets: Sheets) -> list[str]:
    """Every cell that is a text."""
    return [cell for sheet in sheets for row in sheet for cell in row if isinstance(cell, str)]


def same_but_for_ids(before: Sheets, after: Sheets, lookup: Lookup) -> bool:
    """Whether two workbooks hold the same cells, but for ids that `replaced_in_place` replaces."""
    expected = [[[in_text(c, lookup) if isinstance(c, str) else c for c in row] for row in s] for s in before]
    return expected == after


def same_shape(before: Sheets, after: Sheets) -> bool:
    """Whether two workbooks have the same sheets, rows and columns."""
    return [[len(row) for row in sheet] for sheet in before] == [[len(row) for row in sheet] for sheet in after]
