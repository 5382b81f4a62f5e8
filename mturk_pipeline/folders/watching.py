"""Files that people dropped into a folder, and whether they changed since."""

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

# A file that changed less than this many seconds ago may still be on its way.
QUIET_SECONDS = 2.0
_PARTIAL = (".crdownload", ".part", ".partial", ".download", ".tmp", ".opdownload")
_MOST_PASSED_OVER = 1000
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "icon\r"})


class WatchedFile(NamedTuple):
    """A file that counts, as its directory entry shows it (times in nanoseconds since 1970).

    Folder and name are plain text: a sensor makes thousands of these at each tick, and paths are slow to make.
    """

    folder: str
    name: str
    size: int
    mtime_ns: int
    ctime_ns: int

    @property
    def path(self) -> Path:
        return Path(self.folder, self.name)


class PassedOver(NamedTuple):
    """A file that is not read: its name, relative to the folder, and why not and what to do."""

    name: str
    why: str


def watched_files(folder: Path | str) -> list[WatchedFile]:
    """Files in `folder` that people dropped there, by name.

    Left out are directories, symbolic links, hidden files, downloads under way, Excel's and LibreOffice's lock
    files, and the pipeline's own (`_…`). A folder that is not there is empty;
    one that may not be read raises PermissionError, for nothing follows from not seeing what is in it.
    """
    files = []
    place = os.fspath(folder)
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                if _counts(entry.name) and entry.is_file(follow_symlinks=False):
                    stat = entry.stat(follow_symlinks=False)
                    files.append(WatchedFile(place, entry.name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(files)


def watched_file(path: Path) -> WatchedFile | None:
    """One file as it is now; None where it is not there or cannot be seen."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return WatchedFile(str(path.parent), path.name, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def passed_over_files(folder: Path) -> list[PassedOver]:
    """Files in `folder`, and in folders inside it, that somebody may believe to be read, and that are not; by name.

    Hidden files, lock files and the pipeline's own mark `_` in `folder` itself are no surprise, so they are left out
    (see `own_looking_files`). Of very many only the first are looked at.
    """
    files = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        inside = Path(place) != folder
        for name in sorted(names):
            path = Path(place, name)
            why = _why_passed_over(path, inside)
            if why:
                files.append(PassedOver(path.relative_to(folder).as_posix(), why))
        if len(files) >= _MOST_PASSED_OVER:
            break
    return sorted(files)


def _why_passed_over(path: Path, inside: bool) -> str | None:
    low = path.name.lower()
    if low.startswith((".", "~$")) or low in _CLUTTER:
        return None
    if inside:
        return "lies in a folder inside it: put the file beside that folder"
    if path.is_symlink():
        return "is a link: put the file itself there"
    return "is a download that has not ended, or broke off: download it again" if low.endswith(_PARTIAL) else None


def own_looking_files(folder: Path) -> list[Path]:
    """Files whose names begin with `_`, the pipeline's mark, by name."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.name.startswith("_") and p.is_file())


def quick_digest(files: Iterable[WatchedFile], extra: Sequence[str] = ()) -> str:
    """Digest of names, sizes and times: changes with any change, costs no reading."""
    parts = [f"{f.folder}/{f.name}\x1f{f.size}\x1f{f.mtime_ns}" for f in files]
    return _digest("\x1e".join([*parts, *extra]).encode("utf-8", "surrogateescape"))


def content_digest(files: Iterable[WatchedFile], extra: Sequence[str] = ()) -> str:
    """Digest of names and contents: a file touched, or copied back as it was, does not change it.

    A file that vanishes or cannot be opened counts as such; whoever reads it reports it.
    """
    parts = [f"{Path(f.folder).name}/{f.name}\x1f{_file_digest(f)}" for f in files]
    return _digest("\x1e".join([*parts, *extra]).encode("utf-8", "surrogateescape"))


def settled(files: Iterable[WatchedFile], now: float | None = None) -> bool:
    """Whether no file changed in the last seconds, by content (mtime) or name (ctime).

    A time that lies ahead of the clock (another machine's) does not hold anything up.
    """
    moment = (time.time() if now is None else now) * 1e9
    quiet = QUIET_SECONDS * 1e9
    return not any(0 <= moment - t < quiet for f in files for t in (f.mtime_ns, f.ctime_ns))


def _counts(name: str) -> bool:
    low = name.lower()
    return not (low.startswith(("~$", "_", ".")) or low.endswith(_PARTIAL) or low in _CLUTTER)


@lru_cache(maxsize=50_000)
def _file_digest(file: WatchedFile) -> str:
    try:
        with file.path.open("rb") as handle:
            return hashlib.file_digest(handle, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return "unreadable"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=12).hexdigest()
