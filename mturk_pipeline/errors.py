"""The one exception for whatever a person caused or can mend; all others are faults of the program."""

import errno
import os


class UserError(Exception):
    """Something that a person can mend, in one line: where it is, what is wrong, what to do.

    The command line prints the line and ends with 1; a step of a run fails with the same line. Each room derives its
    own from it, to be caught by name.

    Parameters
    ----------
    what
        Without a full stop.
    where
        The file, folder, project or argument that it is about.
    remedy
        Empty where `what` says it.

    >>> print(UserError("is a folder", where="out.csv", remedy="name a file in it"))
    out.csv: is a folder; name a file in it
    """

    def __init__(self, what: str, *, where: object = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.remedy = what, str(where), remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return " ".join(f"{place}{self.what}{remedy}".split())


_SURROUNDINGS = {
    errno.ENOSPC: "the disk is full; make room and run again",
    errno.EACCES: "permission denied; give this user the right to read and write there",
    errno.EPERM: "not permitted; give this user the right to read and write there",
    errno.EROFS: "the file system is read-only",
    errno.EBUSY: "the file is in use; close it and run again",
    errno.ENOENT: "not there; look at its name and place",
    errno.EISDIR: "a folder stands where a file is wanted; rename or move the folder",
    errno.ENOTDIR: "a file stands where a folder is wanted; rename or move the file",
    errno.EEXIST: "is there already; rename or move it",
    errno.ENAMETOOLONG: "the name is too long; choose a shorter one",
    errno.ELOOP: "links that lead to each other; take one away",
    errno.EADDRINUSE: "is in use by another program; choose another port",
    errno.EIO: "the disk or network drive gives errors; look after it and run again",
    errno.ESTALE: "the network drive went away; mount it and run again",
    errno.EMFILE: "too many open files; raise the limit (ulimit -n) and run again",
}


def line_for_user(error: BaseException) -> str | None:
    """What to tell the user of an error, in one line: of a `UserError`, or of the disk; None for a program's fault."""
    if isinstance(error, UserError):
        return str(error)
    if isinstance(error, OSError):
        return _of_surroundings(error)
    return None


def _of_surroundings(error: OSError) -> str:
    what = _SURROUNDINGS.get(error.errno or 0)
    if what is None:
        what = f"{error.strerror or str(error) or type(error).__name__}; mend it and run again"
    # A replaced file has two names; the second is the one that people know.
    name = error.filename2 or error.filename
    place = "a file" if name is None else os.fsdecode(name) if isinstance(name, bytes) else str(name)
    return " ".join(f"{place}: {what}".split())
