"""The pipeline's tables on disk: one parquet file for each workflow, phase, stage and project."""

import io
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.lazy import LazyModule

parquet: Any = LazyModule("pyarrow.parquet")
types: Any = LazyModule("pyarrow.types")


class StoredTable(NamedTuple):
    """A phase's table on disk."""

    workflow: str
    phase: str
    project_id: str
    path: Path


def table_path(base: Path, workflow: str, phase: str | None, stage: str, project_id: str) -> Path:
    """Where a table lies, of a whole workflow with `phase` None; Dagster's IO manager uses the same place."""
    folder = base / workflow if phase is None else base / workflow / phase
    return folder / stage / f"{project_id}.parquet"


def project_tables(base: Path, workflow: str, project_id: str) -> list[Path]:
    """All tables of a project."""
    return sorted((base / workflow).rglob(f"{project_id}.parquet"))


def stored_tables(base: Path, stage: str, project_id: str = "*") -> list[StoredTable]:
    """A stage's tables of all phases, of one project or of all."""
    paths = sorted(base.glob(f"*/*/{stage}/{project_id}.parquet"))
    return [StoredTable(path.parts[-4], path.parts[-3], path.stem, path) for path in paths]


def write_table(path: Path, frame: pd.DataFrame) -> bool:
    """Write `frame` atomically; returns False, leaving the file alone, where it holds the same already.

    The unchanged file keeps its time, so that nothing downstream believes it changed.
    """
    buffer = io.BytesIO()
    frame.reset_index(drop=True).to_parquet(buffer, index=False, compression="zstd")
    content = buffer.getvalue()
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    write_atomically(path, content)
    return True


def read_table(path: Path) -> pd.DataFrame:
    """The table at `path`, its lists as Python lists; FileNotFoundError where it was never made."""
    table = parquet.ParquetFile(path).read()
    frame = table.to_pandas()
    for field in table.schema:
        if types.is_list(field.type):
            frame[field.name] = pd.Series(table.column(field.name).to_pylist(), index=frame.index, dtype="object")
    return frame


def read_table_if_made(path: Path) -> pd.DataFrame | None:
    """The table at `path`, or None where it was never made or is damaged."""
    try:
        return read_table(path)
    except (OSError, ValueError):
        return None
