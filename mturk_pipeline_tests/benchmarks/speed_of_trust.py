"""How long consensus takes and how much memory, beside crowd-kit's models: a program that prints a table.

    python mturk_pipeline_tests/benchmarks/speed_of_trust.py
    python mturk_pipeline_tests/benchmarks/speed_of_trust.py --sizes 10000,100000 --methods 'trust;MACE'

All methods get the same synthetic answers, five per item; crowd-kit's run 20 iterations (GLAD until it
settles), MACE one start of its ten.
Each runs in a process of its own, with imports and answers there before the clock starts. MB: peak of the process, and
how much of it came on top of what it held with imports and answers. x fastest peer: below 1 is faster.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality.many_answers import many_answers
from mturk_pipeline_tests.benchmarks.trust_quality.methods import complain, our_fit
from mturk_pipeline_tests.benchmarks.trust_quality.peers import NoPeers, aggregation, check_peers

ITERATIONS = 20
PEERS = {
    "DawidSkene": {"tol": -1.0},
    "OneCoinDawidSkene": {"tol": -1.0},
    "MACE": {"n_restarts": 1},
    "GLAD": {},
}
OURS = {
    "majority": ("majority", "closed"),
    "worker_weighted": ("worker_weighted", "closed"),
    "confusion": ("confusion", "closed"),
    "trust": ("trust", "closed"),
    "trust, open": ("trust", "open"),
}
GLAD_UP_TO = 100_000
TIMEOUT = 1800  # seconds for one measurement


def main() -> None:
    options = _options()
    if options.one:
        print(json.dumps(measure(options.one, int(options.sizes), options.text_ids)))
        return
    wanted = options.methods.split(";") if options.methods else [*PEERS, *OURS]
    if unknown := set(wanted) - {*PEERS, *OURS}:
        sys.exit(f"--methods: {', '.join(sorted(unknown))} is not known; there are {'; '.join([*PEERS, *OURS])}")
    try:
        if set(wanted) & set(PEERS):
            check_peers()
    except NoPeers as problem:
        sys.exit(f"{problem} (--methods '{';'.join(OURS)}')")
    rows = []
    for size in map(int, options.sizes.split(",")):
        for method in wanted:
            if method != "GLAD" or size <= GLAD_UP_TO or options.all:
                rows.append({"answers": size, "method": method, **_in_own_process(method, size, options.text_ids)})
    print(_table(pd.DataFrame(rows)).to_string(na_rep="-", index=False))


def measure(method: str, size: int, text_ids: bool) -> dict[str, float]:
    """Seconds and MB of one method on `size` answers, in this process."""
    kind = OURS[method][1] if method in OURS else "closed"
    answers = many_answers(size, kind, text_ids)
    run = _our_run(method) if method in OURS else _peer_run(method)
    run(many_answers(500, kind, text_ids))  # what is loaded on first use is loaded here
    before = _memory_from_now()
    start = time.perf_counter()
    run(answers)
    seconds = time.perf_counter() - start
    peak = _peak()
    return {"seconds": round(seconds, 3), "MB": round(peak), "MB on top": round(peak - before)}


def _our_run(method: str) -> Callable[[pd.DataFrame], object]:
    model, kind = OURS[method]
    return lambda answers: our_fit(answers, model=model, kind=kind)


def _peer_run(method: str) -> Callable[[pd.DataFrame], object]:
    module = aggregation()
    options = {"n_iter": ITERATIONS, **PEERS[method]}
    names = {"item": "task", "value": "label"}
    return lambda answers: getattr(module, method)(**options).fit_predict(answers.rename(columns=names))


def _memory_from_now() -> float:
    """MB held now; the peak starts anew where the system allows it (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> float:
    """Peak of this process in MB."""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        per_mb = 1024**2 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb


def _in_own_process(method: str, size: int, text_ids: bool) -> dict[str, float]:
    command = [sys.executable, __file__, "--one", method, "--sizes", str(size), *(["--text-ids"] if text_ids else [])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        complain(f"{method}, {size} answers: not done after {TIMEOUT} s")
        return {}
    if done.returncode:
        complain(f"{method}, {size} answers: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
        return {}
    result = json.loads(done.stdout.splitlines()[-1])
    complain(f"{method}, {size} answers: {result['seconds']} s")
    return result


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    """With each time as a multiple of the fastest peer's at that size."""
    rows = rows.reindex(columns=["answers", "method", "seconds", "MB", "MB on top"])
    fastest = rows[rows["method"].isin(PEERS)].groupby("answers")["seconds"].min()
    return rows.assign(**{"x fastest peer": (rows["seconds"] / rows["answers"].map(fastest)).round(3)})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000", help="numbers of answers, by commas")
    parser.add_argument("--methods", help=f"some of: {'; '.join([*PEERS, *OURS])} (by semicolons)")
    parser.add_argument("--text-ids", action="store_true", help="ids of items and workers are texts, not numbers")
    parser.add_argument("--all", action="store_true", help=f"GLAD also above {GLAD_UP_TO} answers (many minutes)")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
