"""`python -m mturk_pipeline_tests.simulator --seed 7 --out DIR` writes the shipped example anew."""

import argparse
import sys
from pathlib import Path

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.output_path import output_folder
from mturk_pipeline_tests.simulator.crowd_params import CrowdParams
from mturk_pipeline_tests.simulator.project_files import write_project
from mturk_pipeline_tests.simulator.simulation import simulate


def main(arguments: list[str] | None = None) -> int:
    """Writes a simulated project and says what was written; 2 for wrong usage."""
    defaults = CrowdParams()
    parser = argparse.ArgumentParser(
        prog="python -m mturk_pipeline_tests.simulator",
        description="Simulate a lead-gathering project of three phases, with known truth.",
    )
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same files (default: 7)")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the project's folders to")
    parser.add_argument("--universities", type=int, default=defaults.universities)
    parser.add_argument("--workers", type=int, default=defaults.workers)
    parser.add_argument("--leads", type=int, default=defaults.leads, help="clubs whose contacts are asked for")
    parser.add_argument("--force", action="store_true", help="write over what is in the folder")
    given = parser.parse_args(arguments)
    try:
        folder = output_folder(given.out, [Home.from_environment()], force=given.force)
        params = CrowdParams(universities=given.universities, workers=given.workers, leads=given.leads)
        files = write_project(simulate(params, given.seed), folder)
    except (OSError, ValueError) as error:
        parser.exit(2, f"simulator: {error}\n")
    for path in files:
        sys.stdout.write(f"{path}  {path.stat().st_size / 1024:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
