"""Where things live: projects, workflows of the user's own, and the pipeline's tables."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Home:
    """The directories of one installation.

    Attributes
    ----------
    projects
        One directory per project ($MTURK_PROJECTS_DIR, default data/projects).
    workflows
        Workflows of the user's own ($MTURK_WORKFLOWS_DIR, default data/workflows).
    dagster
        Dagster's home: run history and the pipeline's tables ($DAGSTER_HOME, default data/dagster_home).
    """

    projects: Path
    workflows: Path
    dagster: Path

    @property
    def tables(self) -> Path:
        return self.dagster / "tables"

    @property
    def locks(self) -> Path:
        return self.dagster / "locks"

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


def _whole(path: Path) -> Path:
    """`path` from the root on; OSError that names it where its `~user` is nobody here or its links go in circles."""
    try:
        return path.expanduser().resolve()
    except (RuntimeError, ValueError):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path)) from None


def base_directory() -> Path:
    """The checkout where the package runs from one; else the current directory."""
    return _CHECKOUT if (_CHECKOUT / "workspace.yaml").is_file() else Path.cwd()
