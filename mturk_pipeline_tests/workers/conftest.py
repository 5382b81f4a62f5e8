"""A home of its own for each test."""

from pathlib import Path

import pytest

from mturk_pipeline.folders.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    home.projects.mkdir()
    (home.projects / "anything").write_text("a drive that is mounted is not empty")
    return home
