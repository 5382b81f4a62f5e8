"""Problems of data and surroundings as one line; faults of the program stay tracebacks."""

import errno
import os


class UserProblem(Exception):
    """Something a user caused and can mend: one line, where, what and what to do."""


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


def one_line_problem(error: Exception) -> str | None:
    """What to tell the user, or None where the error is a fault of the program."""
    from mturk_pipeline.folders.projects import ProjectError
    from mturk_pipeline.intake.result_file import UnreadableFileError
    from mturk_pipeline.workflow.workflow import WorkflowError

    if isinstance(error, ProjectError | WorkflowError | UnreadableFileError):
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
