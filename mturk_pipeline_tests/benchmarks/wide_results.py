"""What wide result files cost, from result file to workbook and back: a program that prints a table of CPU seconds.

    python mturk_pipeline_tests/benchmarks/wide_results.py
    python mturk_pipeline_tests/benchmarks/wide_results.py --fields 25 200 --answers 60000 --beside ../other_checkout

Every file has as many answers as every other: N items x 3 workers x F fields (choices, texts and numbers), so that what
a stage takes should be about the same in each column. With --share 0.1 each item is asked a tenth of the fields only:
nine cells in ten stand empty. `run` is the whole command `mturk-pipeline run`, its start included; beside it that of a
file of one item.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

RUNS = ("run", "run, one item")
SEED, WORKERS, LABELS = 7, 3, ("never", "seldom", "often", "always")
HERE = Path(__file__).parents[2]
FLOW, FILE = "wide", "Batch_4821733_batch_results.csv"
STAGES = (
    "collect", "tidy", "find_consensus", "rate_workers", "item rows", "clean", "decisions", "workbook", "read back",
    "settlement", "lineage",
)  # fmt: skip


def wide_file(fields: int, items: int, share: float = 1.0) -> pd.DataFrame:
    """A result file of `items` with three answers each; of each item `share` of the `fields` is asked."""
    rng = np.random.default_rng(SEED)
    rows = items * WORKERS
    item = np.repeat(np.arange(items), WORKERS)
    crowd = np.array([rng.permutation(12)[:WORKERS] for _ in range(items)]).ravel()
    columns: dict[str, object] = {
        "HITId": [f"3TAAKJN39A6UJQ8X0AE0{n:010d}" for n in item],
        "AssignmentId": [f"3EKWD2RKYWTUFTJGI49B{n:010d}" for n in range(rows)],
        "WorkerId": [f"A9BI0GDQPQ2{n:03d}" for n in crowd],
        "AssignmentStatus": "Submitted",
        "Reward": "$0.50",
        "MaxAssignments": str(WORKERS),
        "AcceptTime": "Sat Mar 07 06:49:01 PST 2026",
        "SubmitTime": "Sat Mar 07 06:59:15 PST 2026",
        "WorkTimeInSeconds": "614",
        "Input.person": [f"Person {n}" for n in item],
    }
    for number in range(fields):
        truth = rng.integers(0, 4, items)[item]
        said = np.where(rng.random(rows) < 0.75, truth, rng.integers(0, 4, rows))
        cells = [_cell(number, int(word)) for word in said]
        asked = (rng.random(items) < share)[item]
        columns[f"Answer.{field_name(number)}"] = np.where(asked, np.array(cells, dtype=object), "")
    return pd.DataFrame(columns)


def field_name(number: int) -> str:
    return f"{('choice', 'text', 'number')[number % 3]}_{number}"


def _cell(number: int, word: int) -> str:
    return (LABELS[word], f"the {LABELS[word]} seen house of street {number}", str(10 * number + word))[number % 3]


def phase_file(fields: int) -> str:
    """The phase's YAML: the first three fields are gates."""
    lines = ["type: mturk_pipeline.components.Phase\nattributes:\n  keys: [person]\n  fields:\n"]
    for number in range(fields):
        kind = ("{kind: choice, choices: [never, seldom, often, always]", "{kind: text", "{kind: number")[number % 3]
        lines.append(f"    {field_name(number)}: {kind}{', gate: true' if number < 3 else ''}}}\n")
    return "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fields", type=int, nargs="+", default=[25, 50, 100, 200])
    parser.add_argument("--answers", type=int, default=60_000, help="in each file")
    parser.add_argument("--share", type=float, default=1.0, help="of the fields that an item is asked")
    parser.add_argument("--beside", type=Path, nargs="*", default=[], help="other checkouts to compare with")
    parser.add_argument("--no-run", action="store_true", help="leave out the whole command")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        run_stages(Path(given.measure[0]), int(given.measure[1]))
        return
    for checkout in (*given.beside, HERE):
        costs = {f: measure(checkout.resolve(), f, given) for f in given.fields}
        show(checkout.resolve(), costs, given)


def measure(checkout: Path, fields: int, given: argparse.Namespace) -> dict[str, float]:
    """CPU seconds of each stage, of all of them, and of the whole command; and columns in view of the sheet review."""
    items = max(round(given.answers / (WORKERS * fields * given.share)), 1)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "workflows" / FLOW / "people"
        place.mkdir(parents=True)
        (place / "defs.yaml").write_text(phase_file(fields))
        wide_file(fields, items, given.share).to_csv(Path(folder) / FILE, index=False)
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        command = [sys.executable, __file__, "--measure", folder, str(fields)]
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=folder)
        costs = json.loads(done.stdout.splitlines()[-1])
        costs["all stages"] = sum(costs[s] for s in STAGES)
        if not given.no_run:
            costs["run"] = run_cost(checkout, Path(folder), None)
            costs["run, one item"] = run_cost(checkout, Path(folder), wide_file(fields, 1))
    return costs | {"items": items}


def run_cost(checkout: Path, folder: Path, small: pd.DataFrame | None) -> float:
    """CPU seconds of `run` of a new project of the file in `folder`, or of the rows of `small`."""
    home = folder / ("run" if small is None else "small")
    places = {
        "MTURK_PROJECTS_DIR": home / "projects", "MTURK_WORKFLOWS_DIR": folder / "workflows",
        "DAGSTER_HOME": home / "home", "PYTHONPATH": checkout,
    }  # fmt: skip
    environment = {**os.environ, "DAGSTER_DISABLE_TELEMETRY": "yes", **{k: str(v) for k, v in places.items()}}

    def call(*words: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", "from mturk_pipeline.cli.main import app; app()", *words]
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=folder)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    call("init", "p", "--workflow", FLOW)
    target = home / "projects" / "p" / "2_mOut_people" / FILE
    target.write_bytes((folder / FILE).read_bytes()) if small is None else small.to_csv(target, index=False)
    long_ago = time.time() - 100
    os.utime(target, (long_ago, long_ago))
    return call("run", "p")


def run_stages(folder: Path, fields: int) -> None:
    """Take one file through all stages; prints a line of JSON: CPU seconds of each."""
    from mturk_pipeline.answers.tidying import tidy
    from mturk_pipeline.intake import collect
    from mturk_pipeline.orchestration.column_lineage import column_origins
    from mturk_pipeline.pay.approval_suggestions import suggest_settlement
    from mturk_pipeline.review.applied_decisions import apply_decisions
    from mturk_pipeline.review.cleaned_output import clean
    from mturk_pipeline.review.decisions import read_reviewed
    from mturk_pipeline.review.item_rows import item_rows
    from mturk_pipeline.review.review_book import ReviewBook
    from mturk_pipeline.review.workbook import workbook_bytes
    from mturk_pipeline.trust.consensus import find_consensus, fit
    from mturk_pipeline.trust.workers import rate_workers
    from mturk_pipeline.workflow.loading import load_workflow

    warm, phase = folder / "warm", load_workflow(folder / "workflows" / FLOW).phases["people"]
    warm.mkdir()
    wide_file(fields, 2).to_csv(warm / FILE, index=False)
    costs: dict[str, float] = {}
    for path in (warm / FILE, folder / FILE):  # what is loaded on first use is loaded before
        last = [time.process_time()]

        def mark(stage: str, last: list[float] = last) -> None:
            costs[stage] = time.process_time() - last[0]
            last[0] = time.process_time()

        assignments = collect([path], phase).assignments
        mark("collect")
        answers = tidy(assignments, phase)
        mark("tidy")
        fitted = fit(answers, phase)
        consensus = find_consensus(answers, phase, fitted=fitted)
        mark("find_consensus")
        workers = rate_workers(answers, assignments, phase, fitted=fitted)
        mark("rate_workers")
        items = item_rows(answers, assignments, phase)
        mark("item rows")
        cleaned = clean(consensus, items, phase)
        mark("clean")
        reviewed = apply_decisions(cleaned, None, phase)
        mark("decisions")
        book = ReviewBook("people", phase, cleaned, answers, workers, reviewed=reviewed)
        shown, saved = book.shown, path.with_name("saved.xlsx")
        saved.write_bytes(workbook_bytes(book))
        mark("workbook")
        reviews = read_reviewed([saved], items, shown, phase)
        apply_decisions(cleaned, reviews, phase)
        mark("read back")
        suggest_settlement(assignments, answers, phase)
        mark("settlement")
        for stage in ("answers", "items", "consensus", "cleaned_output", "reviewed", "next_input"):
            column_origins(stage, phase)
        mark("lineage")
        costs["columns in view"] = _columns_in_view(book)
    print(json.dumps(costs))


def _columns_in_view(book: object) -> int:
    from mturk_pipeline.review.review_sheets import review_sheet

    return sum(not column.hidden for column in review_sheet(book).columns)  # pyright: ignore[reportArgumentType]


def show(checkout: Path, costs: dict[int, dict[str, float]], given: argparse.Namespace) -> None:
    console = Console(width=None if sys.stdout.isatty() else 110)
    table = Table(title=f"{checkout}: CPU seconds, {given.answers:,} answers in each file", title_justify="left")
    table.add_column("")
    for fields, of_file in costs.items():
        table.add_column(f"{fields} fields\n{of_file['items']:,.0f} items", justify="right")
    for name in (*STAGES, "all stages", *([] if given.no_run else RUNS), "columns in view"):
        form = "{:,.0f}" if name == "columns in view" else "{:,.2f}"
        table.add_row(name, *(form.format(of_file[name]) for of_file in costs.values()), end_section=name == STAGES[-1])
    console.print(table)


if __name__ == "__main__":
    main()
