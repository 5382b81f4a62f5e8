"""How long a tick of a folder sensor takes when nothing changed: 1, 100 and 1,000 projects of ten files each.

A program, not a test:  python mturk_pipeline_tests/benchmarks/benchmark_sensor.py [--projects 1 100 1000]
"""

import argparse
import os
import statistics
import tempfile
import time
import warnings
from pathlib import Path

SENSOR = "lead_gathering__dirs__folders"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", nargs="+", type=int, default=[1, 100, 1000])
    sizes = parser.parse_args().projects
    warnings.simplefilter("ignore")
    print(f"{'projects':>9} {'idle tick, s (median of 7)':>28} {'cursor, bytes a project':>25}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            seconds, cursor = _idle_tick(Path(folder), size)
        print(f"{size:>9} {seconds:>28.3f} {cursor / size:>25.0f}")


def _idle_tick(folder: Path, size: int) -> tuple[float, int]:
    """Seconds of a tick that finds nothing, and the cursor's length."""
    for variable, name in (
        ("MTURK_PROJECTS_DIR", "projects"),
        ("MTURK_WORKFLOWS_DIR", "workflows"),
        ("DAGSTER_HOME", "dagster"),
    ):
        (folder / name).mkdir()
        os.environ[variable] = str(folder / name)
    import dagster as dg

    from mturk_pipeline.definitions import defs
    from mturk_pipeline.folders.home import Home
    from mturk_pipeline.folders.project_folders import make_project
    from mturk_pipeline.projects.due_phases import Inputs
    from mturk_pipeline.projects.phase import project_phase
    from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflow

    home, workflow = Home.from_environment(), load_workflow(SHIPPED_DIR / "lead_gathering")
    known = {}
    for number in range(size):
        project, _ = make_project(home.projects, f"p{number:04}", workflow, {})
        for n in range(10):
            name = f"{workflow.folders('dirs').batches}/batch_{n}.csv"
            (project.path / name).write_text("HITId,AssignmentId,WorkerId\n")
        known[project.id] = Inputs.of(project_phase(home, project, workflow, "dirs")).quick
    import json

    repository = defs().get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        times = []
        for _ in range(8):
            context = dg.build_sensor_context(
                instance=instance, cursor=json.dumps(known), repository_def=repository, sensor_name=SENSOR
            )
            start = time.perf_counter()
            result = repository.get_sensor_def(SENSOR)(context)
            times.append(time.perf_counter() - start)
            assert not result.run_requests
    return statistics.median(times[1:]), len(result.cursor)


if __name__ == "__main__":
    main()
