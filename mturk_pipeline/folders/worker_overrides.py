"""workers.csv or workers.xlsx beside the projects: what a person says of workers, for all projects."""

from dataclasses import dataclass, field
from pathlib import Path

FILES = ("workers.xlsx", "workers.csv")
STANDINGS = ("starred", "neutral", "watch", "blacklisted")


@dataclass(frozen=True)
class Overrides:
    """Standing by worker, and what in the file could not be used."""

    standing: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_overrides(projects: Path) -> Overrides:
    """The first of `FILES` in the directory `projects`; nothing where there is none.

    Columns `worker` (as in the tables, or the platform's id) and `standing`; others are for people. A row that says
    nothing usable is named and left out, a file that cannot be read is named; neither stops anything.
    """
    path = _file(projects)
    if path is None:
        return Overrides()
    try:
        rows = _rows(path)
    except Exception as error:  # a person's file: whatever a reader raises on it
        return Overrides(problems=(f"{path.name}: cannot be read ({type(error).__name__}); save it again",))
    if rows and not {"worker", "standing"} <= set(rows[0]):
        return Overrides(problems=(f"{path.name}: needs the columns worker and standing",))
    return _checked(path.name, rows)


def overrides_stamp(projects: Path) -> str:
    """Changes when the file does, without reading it; '' where there is none."""
    path = _file(projects)
    if path is None:
        return ""
    try:
        status = path.stat()
    except OSError:  # it went away just now
        return ""
    return f" {path.name} {status.st_size} {status.st_mtime_ns}"


def _file(projects: Path) -> Path | None:
    return next((projects / name for name in FILES if (projects / name).is_file()), None)


def _checked(name: str, rows: list[dict[str, str]]) -> Overrides:
    standing, problems = {}, []
    for number, row in enumerate(rows, start=2):
        worker, word = row["worker"].strip(), row["standing"].strip().casefold()
        if not worker or not word:
            continue
        if word in STANDINGS:
            standing[worker] = word
        else:
            problems.append(f"{name}, row {number}: standing is not one of {', '.join(STANDINGS)}")
    return Overrides(standing, tuple(problems))


def _rows(path: Path) -> list[dict[str, str]]:
    import pandas as pd

    table = (
        pd.read_excel(path, engine="calamine", dtype=str)
        if path.suffix == ".xlsx"
        else pd.read_csv(path, dtype=str, keep_default_na=False, sep=None, engine="python", encoding="utf-8-sig")
    )
    table.columns = [str(c).strip().casefold() for c in table.columns]
    return table.fillna("").astype(str).to_dict("records")  # pyright: ignore[reportReturnType]
