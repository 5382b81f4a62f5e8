"""Review played through by a simulated person who knows the truth: a program that prints tables, not a test.

    python mturk_pipeline_tests/benchmarks/review_played_through.py
    python mturk_pipeline_tests/benchmarks/review_played_through.py --only coverage --repetitions 20

Errors caught: the shipped example with the truth that comes with it. The person works through the queue from the top,
decides in the workbook itself and saves it; it is read back as any other. An error is a row in which a field that
holds rows back is wrong; beside it all wrong fields are counted. Coverage: simulated projects and draws of spot
checks, the person stops at a random place: how often does the audit's interval hold the true share of wrong rows
among those that passed and that nobody looked at? All seeds are fixed: two runs print the same.
Errors caught take seconds; coverage at 100 repetitions about 25 minutes of one processor.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from mturk_pipeline.review.audit import audit
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflow
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.benchmarks.review_play.coverage import SETTINGS, coverage_table, one_try, tries_of_project
from mturk_pipeline_tests.benchmarks.review_play.desk import Desk, read_workbook
from mturk_pipeline_tests.benchmarks.review_play.orders import SHARES, caught, looks_at

EXAMPLE = Path(__file__).parents[2] / "data" / "example"
FOLDERS = {"dirs": "2_mOut_dirs", "clubs": "5_mOut_clubs", "leads": "8_mOut_leads"}
SEED = "example"


def main() -> None:
    options = _options()
    phases = load_workflow(SHIPPED_DIR / "lead_gathering").phases
    console = Console(width=150)
    if options.only != "coverage":
        for desk in _example(phases):
            _errors_caught(desk, console)
            _left_in_the_end(desk, console)
    if options.only != "caught":
        _coverage(phases, options.repetitions, options.jobs, console)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["caught", "coverage"], help="one part only")
    parser.add_argument("--repetitions", type=int, default=100, help="projects and draws (default 100)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once (default 2)")
    return parser.parse_args()


def _example(phases: Mapping[str, PhaseSpec]) -> list[Desk]:
    truth = pd.read_csv(EXAMPLE / "truth" / "truth.csv", dtype="str", keep_default_na=False)
    return [Desk.of(name, sorted((EXAMPLE / f).iterdir()), phases[name], truth) for name, f in FOLDERS.items()]


def _errors_caught(desk: Desk, console: Console) -> None:
    queue = desk.book(SEED).queue["item_id"].tolist()
    of_rows = desk.wrong.to_numpy().astype(int)
    of_fields = desk.known.wrong.sum(axis=1).to_numpy()
    for everything, looked in ((False, len(queue)), (True, len(desk.cleaned))):
        what = "all rows, the queue's first" if everything else "the queue's rows"
        table = Table(title=f"{desk.name}: {what}; errors found after so many looks", title_justify="left")
        table.add_column("order")
        for share in SHARES:
            table.add_column(f"{share:.0%} ({looks_at(share, looked)})", justify="right")
        table.add_column("area", justify="right")
        for counted, errors in (("rows", of_rows), ("fields", of_fields)):
            for line in caught(desk, errors, queue, everything):
                found = [f"{count:.1f}" for count in line.found]
                table.add_row(f"{line.order}, wrong {counted}", *found, f"{line.area:.2f}")
        console.print(table)


def _left_in_the_end(desk: Desk, console: Console) -> None:
    """The whole queue decided in the workbook, saved and read back: what is wrong in the end, and what is said."""
    book = desk.book(SEED)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "review.xlsx"
        desk.save_workbook(book, path, len(book.queue))
        reviewed, reviews = read_workbook(desk, book, path, Path(folder) / "kept")
    wrong = desk.wrong.reindex(reviewed["item_id"]).to_numpy(dtype=bool)
    passed = reviewed["status"].eq("accepted_automatically").to_numpy()
    fixed = int((reviewed["status"] == "fixed").sum())
    console.print(
        f"{desk.name}: all {len(book.queue)} rows of the queue decided ({fixed} fixed, "
        f"{len(reviews.problems)} problems of reading). Wrong rows before: {wrong.sum()} of {len(wrong)}. "
        f"Left among the {passed.sum()} that passed without a look: {(wrong & passed).sum()}."
    )
    console.print(f"  Before anybody looked: {book.audit.sentence}")
    console.print(f"  In the end: {audit(reviewed, desk.cleaned, desk.phase).sentence}\n")


def _coverage(phases: Mapping[str, PhaseSpec], repetitions: int, jobs: int, console: Console) -> None:
    names = {n: f"{s.name}, {s.share:.0%} drawn" for n, s in enumerate(SETTINGS)}
    _show("Coverage: the example, drawn anew each time", _draws_of_example(phases, repetitions), {}, console)
    with Pool(jobs) as pool:
        rows = []
        for done, project in enumerate(pool.imap(partial(tries_of_project, phases=phases), range(repetitions)), 1):
            rows += project
            if done % max(1, repetitions // 5) == 0:
                print(f"coverage: {done} of {repetitions} projects", file=sys.stderr, flush=True)
    _show("Coverage: a simulated project each time", pd.DataFrame(rows), names, console)


def _draws_of_example(phases: Mapping[str, PhaseSpec], repetitions: int) -> pd.DataFrame:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for desk in _example(phases):
            chance = np.random.default_rng(0)
            share = desk.phase.spot_checks
            for draw in range(repetitions):
                found = one_try(desk, f"draw {draw}", chance, Path(folder))
                if found is not None:
                    rows.append({"setting": f"{desk.name}, {share:.0%} drawn", **found})
    return pd.DataFrame(rows)


def _show(title: str, tries: pd.DataFrame, names: dict[int, str], console: Console) -> None:
    table = Table(title=title, title_justify="left")
    heads = ("setting", "tries", "passed", "looked at", "truly wrong", "estimate", "upper end")
    for head in (*heads, "held", "truth above", "held, all that passed"):
        table.add_column(head, justify="left" if head == "setting" else "right")
    for setting, row in coverage_table(tries).iterrows():
        means = [f"{row['rows']:.0f}", f"{row['looked_at']:.1f}"]
        means += [f"{row[name]:.3f}" for name in ("left", "share", "high")]
        counts = [f"{int(row[name])}" for name in ("holds_left", "below", "holds_passed")]
        table.add_row(str(names.get(setting, setting)), f"{int(row['tries'])}", *means, *counts)
    console.print(table)


if __name__ == "__main__":
    main()
