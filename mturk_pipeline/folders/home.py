"""Directories of an installation: projects, workflows of the user's own, and the pipeline's tables."""

import errno
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from mturk_pipeline.folders.atomic_files import write_atomically

_CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Home:
    """The directories of one installation."""

    projects: Path  # One directory per project ($MTURK_PROJECTS_DIR, default data/projects)
    workflows: Path  # Workflows of the user's own ($MTURK_WORKFLOWS_DIR, default data/workflows)
    dagster: Path  # Dagster's home: run history and the pipeline's tables ($DAGSTER_HOME, default data/dagster_home)

    @property
    def tables(self) -> Path:
        return self.dagster / "tables"

    @property
    def locks(self) -> Path:
        return self.dagster / "locks"

    @property
    def shared_locks(self) -> Path:
        """Locks over the files of projects, for all installations that share the projects folder."""
        return self.projects / ".mturk_pipeline" / "locks"

    @property
    def id(self) -> str:
        """What this home is called in the run history: 12 random hexadecimal digits, made once, kept in its `home_id`.

        It outlives new names of computers and containers. A home that is copied takes it along.
        """
        path = self.dagster / "home_id"
        return _id_in(path) or _make_id(path)

    @classmethod
    def from_environment(cls, projects: Path | None = None) -> "Home":
        data = base_directory() / "data"

        def place(variable: str, default: str) -> Path:
            text = os.environ.get(variable, "").strip()
            return _whole(Path(text)) if text else data / default

        return cls(
            projects=_whole(projects) if projects else place("MTURK_PROJECTS_DIR", "projects"),
            workflows=place("MTURK_WORKFLOWS_DIR", "workflows"),
            dagster=place("DAGSTER_HOME", "dagster_home"),
        )


def _id_in(path: Path) -> str | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (FileNotFoundError, ValueError):
        return None
    return text if re.fullmatch("[0-9a-f]{12}", text) else None


def _make_id(path: Path) -> str:
    """Make the id, once, however many processes ask for it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        made = _id_in(path) or secrets.token_hex(6)
        write_atomically(path, f"{made}\n".encode())
    return made


def _whole(path: Path) -> Path:
    """`path` from the root on; OSError that names it where its `~user` is nobody here or its links go in circles."""
    try:
        return path.expanduser().resolve()
    except (RuntimeError, ValueError):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None


def base_directory() -> Path:
    """The checkout where the package runs from one; else the current directory."""
    return _CHECKOUT if (_CHECKOUT / "workspace.yaml").is_file() else Path.cwd()
