"""How long and how much memory each stage takes, from result file to workbook: a program that prints a table.

    python mturk_pipeline_tests/benchmarks/benchmark_stages.py
    python mturk_pipeline_tests/benchmarks/benchmark_stages.py --sizes 1000 10000 --formats csv

Simulated assignments of the phase `leads` (7 answer columns) are written to a temporary folder, which is not counted.
Each file is then measured in a process of its own, whose memory this one watches from outside.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

SEED = 11
STAGES = ("import", "collect", "tidy", "find_consensus", "rate_workers", "clean", "write_workbook")
TOTAL = "all but import"
WATCH_EVERY = 0.01  # seconds between two looks at the memory
MB = 1024**2


def write_file(size: int, path: Path) -> None:
    """A result file with about `size` assignments; a workbook or CSV, by its ending."""
    from mturk_pipeline_tests.simulator import simulate_phase
    from mturk_pipeline_tests.simulator.file_formats import mturk_table
    from mturk_pipeline_tests.simulator.file_writing import write_csv, write_xlsx
    from mturk_pipeline_tests.simulator.project_files import WHOLE_NUMBERS

    table = mturk_table(simulate_phase("leads", size, SEED))
    if path.suffix == ".xlsx":
        write_xlsx(table, path, numbers=WHOLE_NUMBERS, packed=True)
    else:
        write_csv(table, path)


def run_stages(path: Path) -> None:
    """Takes one file through all stages; prints a line of JSON per stage: name, start, end, CPU seconds, rows."""
    mark = _marker()
    from mturk_pipeline.answers.tidying import tidy
    from mturk_pipeline.intake import collect
    from mturk_pipeline.review.cleaned_output import clean
    from mturk_pipeline.review.item_rows import item_rows
    from mturk_pipeline.review.review_book import ReviewBook
    from mturk_pipeline.review.workbook import workbook_bytes
    from mturk_pipeline.trust.consensus import find_consensus
    from mturk_pipeline.trust.workers import rate_workers
    from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflow

    phase = load_workflow(SHIPPED_DIR / "lead_gathering").phases["leads"]
    mark("import", 0)
    collected = collect([path], phase)
    assignments = collected.assignments
    mark("collect", len(assignments))
    answers = tidy(assignments, phase)
    mark("tidy", len(answers))
    consensus = find_consensus(answers, phase)
    mark("find_consensus", len(consensus))
    workers = rate_workers(answers, assignments, phase)
    mark("rate_workers", len(workers))
    cleaned = clean(consensus, item_rows(answers, assignments, phase), phase)
    mark("clean", len(cleaned))
    book = ReviewBook(phase_name="leads", phase=phase, cleaned=cleaned, answers=answers, workers=workers)
    path.with_name("review.xlsx").write_bytes(workbook_bytes(book))
    mark("write_workbook", len(book.waiting))


def _marker() -> Callable[[str, int], None]:
    """A function that prints what has passed since it was last called."""
    last = [time.time(), time.process_time()]

    def mark(stage: str, rows: int) -> None:
        now, cpu = time.time(), time.process_time()
        line = {"stage": stage, "start": last[0], "end": now, "cpu": cpu - last[1], "rows": rows}
        print(json.dumps(line), flush=True)
        last[:] = time.time(), time.process_time()

    return mark


def measure(path: Path) -> dict[str, dict[str, float]]:
    """Seconds, CPU seconds, peak memory (MB, resident) and rows of each stage of one file, and of all but the import.

    Raises
    ------
    SystemExit
        With the program's own words, if a stage fails.
    """
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        child = psutil.Popen([sys.executable, __file__, "--measure", str(path)], stdout=said, stderr=wrong)
        looks = _watch(child)
        said.seek(0)
        wrong.seek(0)
        if child.returncode:
            raise SystemExit(f"{path.name}: a stage failed\n{wrong.read()}")
        marks = [json.loads(line) for line in said]
    result = {}
    for mark in marks:
        during = [rss for moment, rss in looks if mark["start"] <= moment <= mark["end"] + WATCH_EVERY]
        result[mark["stage"]] = {
            "seconds": mark["end"] - mark["start"],
            "cpu": mark["cpu"],
            "mb": max(during, default=0) / MB,
            "rows": mark["rows"],
        }
    stages = [result[stage] for stage in STAGES[1:]]
    result[TOTAL] = {
        "seconds": sum(stage["seconds"] for stage in stages),
        "cpu": sum(stage["cpu"] for stage in stages),
        "mb": max(rss for _, rss in looks) / MB,
        "rows": result["collect"]["rows"],
    }
    return result


def _watch(child: psutil.Popen) -> list[tuple[float, int]]:
    """The child's resident memory, bytes, at moments until it ends."""
    looks = []
    while child.poll() is None:
        try:
            looks.append((time.time(), child.memory_info().rss))
        except psutil.Error:
            break
        time.sleep(WATCH_EVERY)
    child.wait()
    return looks


def show(results: dict[tuple[str, int], dict[str, dict[str, float]]]) -> None:
    """Per format a table: for each size seconds and peak MB per stage, and the growth from size to size."""
    console = Console(width=None if sys.stdout.isatty() else 140)
    for kind in dict.fromkeys(kind for kind, _ in results):
        sizes = [size for k, size in results if k == kind]
        table = Table(title=f"{kind}: seconds (CPU) | peak MB; growth: CPU time per row against the size before")
        table.add_column("stage")
        for size in sizes:
            table.add_column(f"{size:,}", justify="right")
        for before, size in pairwise(sizes):
            table.add_column(f"{before:,} -> {size:,}", justify="right")
        for stage in (*STAGES, TOTAL):
            cells = [results[kind, size][stage] for size in sizes]
            growth = [_growth(*pair) for pair in pairwise(zip(sizes, cells, strict=True))]
            table.add_row(
                stage,
                *(f"{c['seconds']:.2f} ({c['cpu']:.2f}) | {c['mb']:.0f}" for c in cells),
                *(growth if stage != "import" else []),
                end_section=stage == STAGES[-1],
            )
        console.print(table)


def _growth(before: tuple[int, dict[str, float]], now: tuple[int, dict[str, float]]) -> str:
    """CPU time per row against that of the size before: 1 is linear, less is better, - is too short to say."""
    (rows, first), (more_rows, then) = before, now
    if first["cpu"] < 0.05:
        return "-"
    return f"{then['cpu'] / more_rows * rows / first['cpu']:.2f}"


def main() -> None:
    """Reads the command line; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--formats", nargs="+", choices=["csv", "xlsx"], default=["csv", "xlsx"])
    parser.add_argument("--json", type=Path, help="also write the numbers to this file")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--write", nargs=2, metavar=("SIZE", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        run_stages(given.measure)
    elif given.write:
        write_file(int(given.write[0]), Path(given.write[1]))
    else:
        results = {}
        with tempfile.TemporaryDirectory() as folder:
            for kind in given.formats:
                for size in sorted(given.sizes):
                    path = Path(folder) / f"Batch_4821733_{size}.{kind}"
                    # In its own process, so that this one stays small and the file's table is not in memory.
                    subprocess.run([sys.executable, __file__, "--write", str(size), str(path)], check=True)
                    results[kind, size] = measure(path)
                    path.unlink()
        show(results)
        if given.json:
            numbers = [{"format": k, "size": s, **r} for (k, s), r in results.items()]
            given.json.write_text(json.dumps(numbers, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
