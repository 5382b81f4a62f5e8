"""Result files as handed to intake, with what their owner knows about them."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ResultFile:
    """A result file and what its content cannot say.

    Parameters
    ----------
    path
        Where the file is.
    server
        Which server of the platform it is from. Needed where several servers (Turkle) number their
        assignments and workers each from 1; ids are then kept apart by it.
    instruction_version
        Version of the instructions that the batch was made with; outranks what the file says.
    provider
        Platform whose workers these are, a name in `providers.PROVIDERS`; by default as the format says.
    """

    path: Path
    server: str = ""
    instruction_version: str | None = None
    provider: str | None = None


def as_result_file(file: "ResultFile | Path | str") -> ResultFile:
    """`file`, given as a path or as a `ResultFile`, as the latter."""
    return file if isinstance(file, ResultFile) else ResultFile(Path(file))
