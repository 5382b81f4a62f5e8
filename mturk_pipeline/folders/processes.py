"""The identity of a process: its id with its start time, so that an id used again is not taken for the same process."""

import os
import sys
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from mturk_pipeline.lazy import LazyModule

psutil: Any = LazyModule("psutil")


class Life(Enum):
    """State of a process as seen from here."""

    ALIVE = "alive"
    GONE = "gone"
    UNSEEN = "cannot be seen from here"


@dataclass(frozen=True)
class ProcessIdentity:
    """One process, for good.

    Examples
    --------
    >>> me = ProcessIdentity.of_this_process()
    >>> me == ProcessIdentity.parse(str(me)), me.life()
    (True, <Life.ALIVE: 'alive'>)
    """

    pid: int  # Its id, which another process can have later, or at the same time in another container
    # When it started: on Linux in clock ticks since the computer's start, which setting the clock does not change;
    # elsewhere in seconds since 1970
    start: str
    # Where `pid` and `start` mean this process: on Linux one start of one computer and one container there. From
    # anywhere else the process cannot be seen.
    system: str

    @classmethod
    def of_this_process(cls) -> "ProcessIdentity | None":
        """The process that calls; None where the system does not show when it started."""
        try:
            start = _start_of(os.getpid())
        except OSError:
            return None
        return cls(os.getpid(), start, _system()) if start else None

    @classmethod
    def parse(cls, text: str) -> "ProcessIdentity | None":
        """The identity that `str` wrote; None for any other text."""
        pid, _, rest = text.partition("@")
        start, _, system = rest.partition("@")
        return cls(int(pid), start, system) if pid.isdecimal() and start and system else None

    def __str__(self) -> str:
        return f"{self.pid}@{self.start}@{self.system}"

    def life(self) -> Life:
        """Whether the process lives. One that was killed and waits for its parent to notice (a zombie) is gone."""
        if self.system != _system():
            return Life.UNSEEN
        try:
            start = _start_of(self.pid)
        except OSError:
            return Life.UNSEEN
        return Life.ALIVE if start == self.start else Life.GONE


@cache
def _system() -> str:
    """On Linux the id of the computer's start and of the container (its PID namespace)."""
    if sys.platform != "linux":
        return sys.platform
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}:{Path('/proc/self/ns/pid').readlink().name}"
    except OSError:
        return "linux"


def _start_of(pid: int) -> str | None:
    """When a process started; None where there is none that runs. OSError where the system does not show it."""
    return _start_on_linux(pid) if sys.platform == "linux" else _start_elsewhere(pid)


def _start_on_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        if _is_hidden(pid):
            raise PermissionError(pid) from None
        return None
    # The second column is the program's name in parentheses and may hold anything; the third is the state.
    columns = stat.rpartition(b")")[2].split()
    return None if columns[0] in b"ZX" else columns[19].decode()


def _is_hidden(pid: int) -> bool:
    """Whether a process is there all the same: /proc can hide those of other users."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _start_elsewhere(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        gone = process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        return None if gone else f"{process.create_time():.0f}"
    except psutil.NoSuchProcess:
        return None
    except psutil.AccessDenied:
        raise PermissionError(pid) from None
