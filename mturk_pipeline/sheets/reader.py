"""A file of tables -> tables of text; what is wrong with it is one line."""

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path

from mturk_pipeline.sheets.headers import IsHeader
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.text_tables import TextTable, read_text
from mturk_pipeline.sheets.unsupported_files import unsupported_content
from mturk_pipeline.sheets.workbooks import read_workbook

_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class FileText:
    """Tables of a file, and what distinguishes its versions."""

    tables: list[TextTable]
    digest: str
    modified: int

    @property
    def encoding(self) -> str | None:
        return self.tables[0].encoding if self.tables else None


def read_file(path: Path, limits: Limits, is_header: IsHeader | None = None) -> FileText:
    """Read a result file by its content, whatever its name ends with.

    `is_header` recognises the column names of the table that the caller looks for: what stands above them, such as a
    title, is left out. Without it the first row with text is the header. The only exception that leaves this function
    is UnreadableFileError: one line, what is wrong and what to do.
    """
    content, modified = _content(path, limits)
    if problem := unsupported_content(content):
        raise UnreadableFileError(problem)
    if content.startswith((_ZIP, b"PK\x05\x06")):
        tables = read_workbook(content, limits, is_header)
    else:
        tables = [read_text(content, limits, is_header)]
    return FileText(tables, hashlib.sha256(content).hexdigest(), modified)


def read_hand_filled(path: Path, limits: Limits, is_header: IsHeader) -> list[TextTable]:
    """The tables of a file that a person filled in, old workbooks and .ods too, else UnreadableFileError.

    Of a workbook only the sheets that have a header; see `read_text` and `read_workbook` for what else differs.
    """
    content, _ = _content(path, limits)
    if is_workbook(content):
        return read_workbook(content, limits, is_header, hand_filled=True)
    return [read_text(content, limits, is_header, hand_filled=True)]


def is_workbook(content: bytes) -> bool:
    """Whether a hand-filled file is read as a workbook; anything else is text."""
    return content.startswith((_ZIP, _OLD_WORKBOOK))


def _content(path: Path, limits: Limits) -> tuple[bytes, int]:
    """Bytes and time of change (ns) of an ordinary file within the limits."""
    try:
        state = path.stat()
        if stat.S_ISDIR(state.st_mode):
            raise UnreadableFileError("is a folder, not a file")
        if not stat.S_ISREG(state.st_mode):
            raise UnreadableFileError("is not an ordinary file")
        if state.st_size > limits.max_bytes:
            raise UnreadableFileError(
                f"is {state.st_size / 1e6:.1f} MB, more than the limit of {limits.max_bytes / 1e6:.1f} MB",
                remedy="split it, or raise the limit",
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise UnreadableFileError("is not there any more", remedy="was it moved or renamed?") from None
    except PermissionError:
        raise UnreadableFileError(
            "may not be read", remedy="close it where it is open, or give this user the permission to read it"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "unknown reason"
        raise UnreadableFileError(f"could not be read ({reason})", remedy="try to open it yourself") from None
    refuse_blank(content)
    return content, state.st_mtime_ns


def refuse_blank(content: bytes) -> None:
    """Raise UnreadableFileError for an empty file."""
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError("is empty")
