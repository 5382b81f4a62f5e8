"""Problems of data and surroundings as one line; faults of the program stay tracebacks."""

import errno


class UserProblem(Exception):
    """Something a user caused and can mend: one line, where, what and what to do."""


_SURROUNDINGS = {
    errno.ENOSPC: "the disk is full; make room and run again",
    errno.EACCES: "permission denied; give this user the right to read and write there",
    errno.EPERM: "not permitted; give this user the right to read and write there",
    errno.EROFS: "the file system is read-only",
    errno.EBUSY: "the file is in use; close it and run again",
}


def one_line_problem(error: Exception) -> str | None:
    """What to tell the user, or None where the error is a fault of the program."""
    from mturk_pipeline.folders.projects import ProjectError
    from mturk_pipeline.intake.result_file import UnreadableFileError
    from mturk_pipeline.workflow.workflow import WorkflowError

    if isinstance(error, ProjectError | WorkflowError | UnreadableFileError):
        return str(error)
    if isinstance(error, OSError) and error.errno in _SURROUNDINGS:
        return f"{error.filename or 'a file'}: {_SURROUNDINGS[error.errno]}"
    return None
