"""What programs of others may import from the package itself."""

import subprocess
import sys

import pytest

import mturk_pipeline


@pytest.mark.parametrize("name", mturk_pipeline.__all__)
def test_each_name_of_the_surface_is_there_and_documented(name: str) -> None:
    assert getattr(mturk_pipeline, name).__doc__
    assert name in dir(mturk_pipeline)


def test_no_other_name_is_made_up() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'fit_all'"):
        _ = mturk_pipeline.fit_all


def test_the_package_itself_loads_nothing_heavy() -> None:
    heavy = "import sys, mturk_pipeline; print([m for m in ('pandas', 'dagster', 'pandera') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
