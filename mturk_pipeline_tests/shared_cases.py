"""Where the shared inputs lie: beside the repository, never in it."""

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(os.environ.get("MTURK_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")


def case(name: str) -> Path:
    """The folder of one shared case; the test is left out where the shared inputs are not there."""
    folder = SHARED_DATA / "cases" / name
    if not folder.is_dir():
        pytest.skip(f"no shared case {name}: MTURK_SHARED_DATA names the folder of the shared data")
    return folder
