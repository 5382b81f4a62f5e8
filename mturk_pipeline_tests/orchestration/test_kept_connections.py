"""While a run lasts its connections to the run history stay open, and each event is there for others at once."""

import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import dagster as dg
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.orchestration.instance import open_instance
from mturk_pipeline.orchestration.kept_connections import kept_connections
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline_tests.orchestration import small_runs
from mturk_pipeline_tests.orchestration.conftest import Installation


def _events(home: Home, run_id: str) -> list[str]:
    """Types of a run's events, as another program sees them."""
    file = home.dagster / "history" / "runs" / f"{run_id}.db"
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        return [kind for (kind,) in connection.execute("SELECT dagster_event_type FROM event_logs ORDER BY id")]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each SQLite file was opened."""
    counts: Counter[str] = Counter()
    connect = sqlite3.connect

    def counting(database, *args, **options):
        counts[Path(str(database)).stem] += 1
        return connect(database, *args, **options)

    monkeypatch.setattr("sqlite3.dbapi2.connect", counting)
    monkeypatch.setattr("sqlite3.connect", counting)
    return counts


def test_a_run_seldom_opens_its_history_and_stores_each_event_at_once(
    installation: Installation, opened: Counter[str]
) -> None:
    seen: list[list[str]] = []

    @dg.op
    def work(context: dg.OpExecutionContext) -> None:
        for number in range(30):
            context.log_event(dg.AssetObservation(f"asset_{number}"))
            seen.append(_events(installation.home, context.run_id))

    with open_instance(installation.home) as instance, kept_connections(instance):
        result = dg.GraphDefinition("many", node_defs=[work]).to_job().execute_in_process(instance=instance)
    assert [events.count("ASSET_OBSERVATION") for events in seen] == list(range(1, 31))
    assert opened["index"] < 30
    assert opened[result.run_id] < 30 + 10  # thirty are this test's
    assert _events(installation.home, result.run_id)[-1] == "PIPELINE_SUCCESS"


def test_afterwards_all_is_as_before_and_a_block_inside_another_changes_nothing(installation: Installation) -> None:
    with open_instance(installation.home) as instance:
        storage, runs = instance.event_log_storage, installation.home.dagster / "history" / "runs"
        before = dict(vars(storage))
        with kept_connections(instance):
            within = dict(vars(storage))
            with kept_connections(instance):
                assert vars(storage) == within
            assert vars(storage) == within
            assert storage.get_logs_for_run("of_nothing") == []
            assert list(runs.glob("*-wal"))  # a connection is open
        assert set(vars(storage)) == set(before)
        assert not list(runs.glob("*-wal"))
        with pytest.raises(ZeroDivisionError), kept_connections(instance):
            raise ZeroDivisionError
        assert set(vars(storage)) == set(before)


def test_the_pipelines_own_resource_keeps_them_and_other_storages_are_left_alone(installation: Installation) -> None:
    kept: list[bool] = []

    @dg.op(required_resource_keys={"workspace"})
    def look(context: dg.OpExecutionContext) -> None:
        kept.append(_is_kept(context.instance))

    job = dg.GraphDefinition("look", node_defs=[look]).to_job(resource_defs={"workspace": Workspace()})
    with open_instance(installation.home) as instance:
        for each in (instance, installation.instance):
            assert job.execute_in_process(instance=each).success
            assert not _is_kept(each)
    assert kept == [True, False]


def _is_kept(instance: dg.DagsterInstance) -> bool:
    return "run_connection" in vars(instance.event_log_storage)


def test_a_killed_run_leaves_its_history_up_to_then(installation: Installation) -> None:
    command = [sys.executable, small_runs.__file__, "1", "600", "p1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        process.kill()
    assert _events(installation.home, run_id)[-1] == "STEP_START"
    with open_instance(installation.home) as instance:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        assert run.status is dg.DagsterRunStatus.STARTED
