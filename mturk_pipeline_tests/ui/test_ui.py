"""The UI as a new user meets it: `mturk-pipeline dev`, a real browser, and the sensors at work.

Set MTURK_PICTURES to a folder to keep the screenshots (the README's come from there).
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PATIENCE = 240.0
# The example's last files: when they are there, the sensors have run all three phases.
LAST_FILE = "11_allLeads/all_leads.csv"
NO_WORKER = (
    b'"HITId","AssignmentId","WorkerId","Input.university","Answer.directory_url"\r\n"1","2","","Nowhere","x"\r\n'
)


@dataclass
class Server:
    url: str
    project: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("dev")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "MTURK_PROJECTS_DIR": str(folder / "projects"),
        "MTURK_WORKFLOWS_DIR": str(folder / "workflows"),
        "DAGSTER_HOME": str(folder / "dagster"),
    }
    _broken_workflow(folder / "workflows" / "half_done" / "answers")
    command = [sys.executable, "-m", "mturk_pipeline.cli.main", "dev", "--port", str(port)]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    made = Server(f"http://127.0.0.1:{port}", folder / "projects" / "example")
    try:
        _wait(lambda: _answers(made.url), f"the UI did not come up: {folder / 'log.txt'}")
        _wait((made.project / LAST_FILE).exists, f"the sensors did not run the example: {folder / 'log.txt'}")
        # The sensors see to it while the first pages are looked at.
        (made.project / "2_mOut_dirs/by_hand.csv").write_bytes(NO_WORKER)
        yield made
    finally:
        _stop(process)


def test_the_asset_graph_shows_the_phases(server: Server, browser_page: "Page") -> None:
    browser_page.goto(f"{server.url}/asset-groups")
    browser_page.get_by_text("lead_gathering_1_dirs").first.wait_for(timeout=60_000)
    for group in ("lead_gathering_2_clubs", "lead_gathering_3_leads", "lead_gathering_4_all_leads"):
        assert browser_page.get_by_text(group).first.is_visible()
    browser_page.goto(f"{server.url}/locations/mturk_pipeline/asset-groups/lead_gathering_1_dirs")
    for asset in ("raw_output", "consensus", "cleaned_output", "reviewed", "next_input"):
        browser_page.get_by_text(asset, exact=True).first.wait_for(timeout=60_000)
    browser_page.wait_for_timeout(2_000)
    _picture(browser_page, "asset_graph")


def test_the_consensus_page_shows_its_pictures(server: Server, browser_page: "Page") -> None:
    browser_page.goto(f"{server.url}/assets/lead_gathering/leads/consensus?view=partitions&partition=example")
    browser_page.get_by_text("[Show Markdown]").first.click(timeout=60_000)
    picture = browser_page.locator("img[src^='data:image/svg+xml']")
    picture.first.wait_for(timeout=20_000)
    assert picture.first.evaluate("image => image.naturalWidth") > 100
    _picture(browser_page, "consensus")


def test_a_sensor_tick_is_seen(server: Server, browser_page: "Page") -> None:
    browser_page.goto(f"{server.url}/locations/mturk_pipeline/sensors/lead_gathering__dirs__folders")
    browser_page.get_by_text("Watches input, batches and reviewed files").first.wait_for(timeout=60_000)
    browser_page.get_by_text(re.compile(r"\d runs? requested")).first.wait_for(timeout=60_000)
    _picture(browser_page, "sensor")


def test_the_components_page_explains_a_phase(server: Server, browser_page: "Page") -> None:
    browser_page.goto(
        f"{server.url}/locations/mturk_pipeline/components/library/packages/mturk_pipeline/mturk_pipeline.components.Phase"
    )
    browser_page.get_by_text("How often an item is sent to the crowd at most.").first.wait_for(timeout=60_000)
    _picture(browser_page, "component")


def test_a_failed_check_shows_the_rows_and_what_to_do(server: Server, browser_page: "Page") -> None:
    url = f"{server.url}/assets/lead_gathering/dirs/set_aside?view=checks&checkDetail=no_row_set_aside"
    row = browser_page.get_by_text("by_hand.csv").first
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        browser_page.goto(url)
        browser_page.get_by_text("no_row_set_aside").first.wait_for(timeout=60_000)
        browser_page.wait_for_timeout(2_000)
        table = browser_page.get_by_text(re.compile("Show table", re.IGNORECASE))
        if table.count():
            table.first.click()
            browser_page.wait_for_timeout(1_000)
        if row.count():
            break
    assert row.is_visible()
    assert browser_page.get_by_text("no_worker").first.is_visible()
    _picture(browser_page, "failed_check")


def _broken_workflow(folder: Path) -> None:
    """A broken workflow of the user's own must not keep the UI from coming up."""
    folder.mkdir(parents=True)
    (folder / "defs.yaml").write_text("type: mturk_pipeline.components.Phase\nattributes: {fields: [\n")


def _picture(page: "Page", name: str) -> None:
    if folder := os.environ.get("MTURK_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/server_info", timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def _wait(ready, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


def _stop(process: subprocess.Popen) -> None:
    """Ctrl-C, as a user would; what is left after that is ended."""
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=30)
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
