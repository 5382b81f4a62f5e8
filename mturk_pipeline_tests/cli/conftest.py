"""A home for all tests of a module, and the terminal in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mturk_pipeline_tests.terminal import Cli, terminal


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cli home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MTURK_PROJECTS_DIR", str(folder / "projects"))
        patch.setenv("MTURK_WORKFLOWS_DIR", str(folder / "workflows"))
        patch.setenv("DAGSTER_HOME", str(folder / "dagster"))
        yield folder


@pytest.fixture
def cli(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    return terminal(capsys, monkeypatch)
