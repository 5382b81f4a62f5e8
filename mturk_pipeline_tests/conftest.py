"""What all tests share: a home of their own, and a real browser where there is one.

No test sees or changes a user's projects, workflows or Dagster home: before anything is imported, all three
point into a folder that is removed at the end.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "install chromium, or set MTURK_CHROMIUM to a Chromium or Chrome program"
BROWSER_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Only this machine can be reached: a page that needs more than that fails here, not at the user's.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
HOME = pytest.StashKey[Path]()
LEFT_OUT = pytest.StashKey[int]()

# Slow machines are no failures; in CI the examples are the same every time, so that red means a change broke something.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@cache
def find_chromium() -> str | None:
    """Path of $MTURK_CHROMIUM if that is set, else of the first Chromium on PATH; None if it does not start."""
    chosen = os.environ.get("MTURK_CHROMIUM")
    for name in (chosen,) if chosen else BROWSER_NAMES:
        path = shutil.which(name)
        if path and _starts(path):
            return path
    return None


def _starts(path: str) -> bool:
    """Whether the program answers: on some systems the name is a stub that only says how to install a browser."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("MTURK_REQUIRE_BROWSER") == "1" and find_chromium() is None:
        raise pytest.UsageError(f"MTURK_REQUIRE_BROWSER=1, but no Chromium starts here: {HOW_TO_GET_ONE}")
    home = Path(tempfile.mkdtemp(prefix="mturk_pipeline_tests_"))
    config.stash[HOME] = home
    for variable, folder in {
        "DAGSTER_HOME": "dagster_home",
        "MTURK_PROJECTS_DIR": "projects",
        "MTURK_WORKFLOWS_DIR": "workflows",
    }.items():
        (home / folder).mkdir()
        os.environ[variable] = str(home / folder)
    (home / "dagster_home" / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"


def pytest_unconfigure(config: pytest.Config) -> None:
    if HOME in config.stash:
        shutil.rmtree(config.stash[HOME], ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the browser tests out where no browser is found."""
    browser = [item for item in items if item.get_closest_marker("browser")]
    if not browser or find_chromium() is not None:
        return
    config.stash[LEFT_OUT] = len(browser)
    config.hook.pytest_deselected(items=browser)
    items[:] = [item for item in items if not item.get_closest_marker("browser")]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if count := config.stash.get(LEFT_OUT, 0):
        tests = "1 browser test" if count == 1 else f"{count} browser tests"
        terminalreporter.write_line(f"No Chromium found: {tests} left out ({HOW_TO_GET_ONE})", yellow=True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser. A test that uses it carries the mark `browser`."""
    path = find_chromium()
    if path is None:
        pytest.fail(f"no Chromium: mark this test with @pytest.mark.browser, or {HOW_TO_GET_ONE}")
    return path


@pytest.fixture
def browser_page(chromium: str, tmp_path: Path) -> Iterator["Page"]:
    """An empty page (1440 x 900) in a new browser that can reach this machine only."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "browser",
            executable_path=chromium,
            headless=True,
            args=list(BROWSER_ARGS),
            viewport={"width": 1440, "height": 900},
        )
        try:
            yield context.pages[0] if context.pages else context.new_page()
        finally:
            context.close()
