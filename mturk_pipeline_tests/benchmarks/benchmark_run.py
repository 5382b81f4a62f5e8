"""What `mturk-pipeline run` of a small project costs: its first run, a run after one file changed, and one for nothing.

A program, not a test:

    python mturk_pipeline_tests/benchmarks/benchmark_run.py
    python mturk_pipeline_tests/benchmarks/benchmark_run.py --beside ../other_checkout --repeat 5 --phases dirs

Each turn makes a home and a project of the example's files of some phases. CPU seconds are those of the whole command,
its start included; they vary with what else the machine does, so the least of all turns is shown beside the median, and
two checkouts take turns.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parents[2]
EXAMPLE = HERE / "data" / "example"
PHASES = {"dirs": "1 2 4", "clubs": "5", "leads": "8"}  # the example's folders of each, by their number
CHANGED = "2_mOut_dirs"
LONG_AGO = 100.0


class Cost(NamedTuple):
    """Seconds of a command."""

    cpu: float
    wall: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="other checkouts to compare with")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--phases", nargs="+", choices=list(PHASES), default=["dirs"])
    given = parser.parse_args()
    checkouts = [path.resolve() for path in (HERE, *given.beside)]
    costs: dict[tuple[str, Path], list[Cost]] = {}
    for _ in range(given.repeat):
        for checkout in checkouts:
            for command, cost in measure(checkout, given.phases).items():
                costs.setdefault((command, checkout), []).append(cost)
    show(costs)


def measure(checkout: Path, phases: list[str]) -> dict[str, Cost]:
    """The three runs of a new project in a new home."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        run(checkout, home, "init", "small")
        project = home / "projects" / "small"
        numbers = [number for phase in phases for number in PHASES[phase].split()]
        for file in EXAMPLE.glob("*/*"):
            if file.parent.name.split("_")[0] in numbers:
                put(project / file.parent.name / file.name, file.read_bytes())
        first = run(checkout, home, "run", "small")
        changed = next((project / CHANGED).glob("*.csv"))
        put(changed, b"".join(changed.read_bytes().splitlines(keepends=True)[:-1]))
        again = run(checkout, home, "run", "small")
        return {"first": first, "one file changed": again, "nothing changed": run(checkout, home, "run", "small")}


def put(path: Path, content: bytes) -> None:
    """A file that has been quiet for long: nobody waits for it to arrive."""
    path.write_bytes(content)
    moment = time.time() - LONG_AGO
    os.utime(path, (moment, moment))


def run(checkout: Path, home: Path, *arguments: str) -> Cost:
    """What a command costs, with all processes that it starts."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        "DAGSTER_HOME": str(home / "dagster"),
        "MTURK_PROJECTS_DIR": str(home / "projects"),
        "MTURK_WORKFLOWS_DIR": str(home / "workflows"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "mturk_pipeline.cli.main", *arguments]
    cpu, start = _cpu_of_children(), time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=checkout, capture_output=True, text=True, check=False)
    cost = Cost(_cpu_of_children() - cpu, time.perf_counter() - start)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} in {checkout} failed\n{done.stdout}{done.stderr}")
    return cost


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(costs: dict[tuple[str, Path], list[Cost]]) -> None:
    """For each run and checkout the least and the median of the turns."""
    table = Table("run", "checkout", title="least (median) of the turns, in seconds")
    table.add_column("CPU", justify="right")
    table.add_column("wall", justify="right")
    for (command, checkout), turns in sorted(costs.items(), key=lambda entry: (entry[0][0] != "first", entry[0][0])):
        cells = [f"{min(values):.1f} ({statistics.median(values):.1f})" for values in zip(*turns, strict=True)]
        table.add_row(command, checkout.name, *cells)
    Console(width=None if sys.stdout.isatty() else 100).print(table)


if __name__ == "__main__":
    main()
