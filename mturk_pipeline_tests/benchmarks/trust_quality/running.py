"""Runs measurements side by side in processes and tells of progress."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality.methods import complain


def run_all(work: Callable[..., Any], tasks: Iterable[Sequence[Any]], jobs: int, name: str) -> list[Any]:
    """`work(*task)` for each task, in their order; one thread per process, as several run at once."""
    tasks, start = list(tasks), time.monotonic()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    results = []
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(work, *task) for task in tasks]
        for number, future in enumerate(waiting, 1):
            results.append(future.result())
            if number == len(tasks) or number % max(1, len(tasks) // 5) == 0:
                complain(f"{name}: {number} of {len(tasks)}, {time.monotonic() - start:.0f} s")
    return results


def show(title: str, table: pd.DataFrame, digits: int = 3) -> None:
    """Prints a table under its title."""
    print(f"\n{title}\n{table.to_string(float_format=lambda value: f'{value:.{digits}f}', na_rep='-')}", flush=True)
