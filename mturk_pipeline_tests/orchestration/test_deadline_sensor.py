"""Since when rows wait, when that is too long, and who says so between runs."""

import json
from datetime import UTC, datetime, timedelta
from itertools import groupby

import dagster as dg
import pandas as pd
import pytest
from dagster._core.event_api import PartitionKeyFilter
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mturk_pipeline.folders.project_folders import PROJECT_FILE
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.orchestration.deadline_sensor import CHECK
from mturk_pipeline.projects.overdue import overdue_words
from mturk_pipeline.projects.phase import project_phase
from mturk_pipeline.review.deadlines import waiting, waiting_since
from mturk_pipeline.review.export_history import Exports
from mturk_pipeline.review.review_journal import ReviewStore
from mturk_pipeline.review.shown_values import STATUS
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.orchestration.conftest import LEADS, Installation

SENSOR = "lead_gathering__dirs__deadlines"
KIND_OF = {"undecided ": "waiting", "undecided disputed": "waiting", "accepted ": None, "accepted_automatically ": None}
KIND_OF |= {"accepted answers came in": "look_again", "fixed more answers came in": "look_again", None: None}
states = st.sampled_from(list(KIND_OF))


def _snapshot(shown: dict[str, str | None]) -> pd.DataFrame:
    """What a workbook keeps of rows (item -> what it said of it; None: it did not have the row)."""
    rows = [(item, STATUS, text, True) for item, text in shown.items() if text is not None]
    rows += [(item, "email", "x", True) for item, text in shown.items() if text is not None]
    types = {"item_id": "str", "field": "str", "value": "str", "by_crowd": "bool"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _exports(history: list[dict[str, str | None]], numbers: list[int]) -> Exports:
    exports = Exports()
    for number, shown in zip(numbers, history, strict=True):
        exports = exports.with_export(f"e{number}", _snapshot(shown), number)
    return exports


def _queue(kinds: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({"item_id": list(kinds), "kind": list(kinds.values())}, dtype="str")


@settings(max_examples=25)
@given(st.lists(st.tuples(states, states, st.integers(1, 3)), min_size=1, max_size=6))
def test_a_row_waits_from_the_first_workbook_of_the_last_unbroken_stretch(
    steps: list[tuple[str | None, str | None, int]],
) -> None:
    numbers = list(pd.Series([gap for *_, gap in steps]).cumsum())
    history = [{"a": a, "b": b} for a, b, _ in steps]
    times = {n: (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=int(n))).isoformat() for n in numbers}
    kinds = {item: KIND_OF[history[-1][item]] for item in ("a", "b")}
    queue = _queue({"spot": "spot_check", **{item: kind for item, kind in kinds.items() if kind}})
    wanted = {}
    for item, kind in kinds.items():
        if kind:
            told = [KIND_OF[shown[item]] for shown in history]
            stretches = [list(at) for _, at in groupby(range(len(told)), told.__getitem__)]
            wanted[item] = pd.Timestamp(times[numbers[stretches[-1][0]]])
    assert waiting_since(_exports(history, numbers), times, queue).to_dict() == wanted


def test_a_row_that_no_workbook_showed_or_whose_time_is_lost_waits_without_a_deadline() -> None:
    exports = _exports([{"a": "undecided "}], [3])
    queue = _queue({"a": "waiting", "b": "waiting"})
    since = waiting_since(exports, {}, queue)
    assert since.isna().all()
    found = waiting(since, 7)
    assert (found.rows, found.overdue, found.oldest) == (2, 0, None)
    assert waiting(waiting_since(Exports(), {}, queue.head(0)), 7).sentence == "no row waits"


def test_the_deadline_itself_is_in_time_and_none_is_never_passed() -> None:
    since = pd.Series(pd.to_datetime(["2026-11-01", "2026-11-02"], utc=True))
    now = datetime(2026, 11, 8, tzinfo=UTC)
    assert waiting(since, 7, now).overdue == 0
    assert waiting(since, 7, now + timedelta(seconds=1)).overdue == 1
    assert waiting(since, 0.5, now).overdue == 2
    assert waiting(since, None, now).sentence == "2 rows wait, the oldest since 2026-11-01; there is no deadline"


@pytest.mark.parametrize("days", [0, -1, float("nan"), float("inf"), "soon"])
def test_a_deadline_is_a_number_of_days(days: object) -> None:
    with pytest.raises(ValidationError):
        PhaseSpec.model_validate({"fields": {"a": {"kind": "text"}}, "review_within_days": days})


@pytest.fixture
def waits(installation: Installation):
    """A project whose phase `dirs` has two rows that wait, one of them for so many days, and a spot check."""
    project = installation.project(phases=())

    def _waits(days: float, second: float = 0.0):
        folder = project.path / ".mturk_pipeline" / "review" / "dirs"
        for name in ("journal.json", "exports.parquet"):
            (folder / name).unlink(missing_ok=True)
        store = ReviewStore(folder)
        store.note_export("one", "", _snapshot({"a": "undecided "}))
        store.note_export("two", "", _snapshot({"a": "undecided ", "b": "undecided "}))
        entries = json.loads((folder / "journal.json").read_text())
        for entry, ago in zip(entries, (days, second), strict=True):
            entry["at"] = (datetime.now(UTC) - timedelta(days=ago)).isoformat(timespec="seconds")
        (folder / "journal.json").write_text(json.dumps(entries))
        _queue_of(installation, project, _queue({"a": "waiting", "s": "spot_check", "b": "waiting"}))
        installation.instance.add_dynamic_partitions("lead_gathering_projects", [project.id])
        return project

    return _waits


def _queue_of(installation: Installation, project, queue: pd.DataFrame) -> None:
    write_table(table_path(installation.home.tables, "lead_gathering", "dirs", "review_queue", project.id), queue)


@pytest.fixture
def hour(installation: Installation, tick):
    """One tick as the daemon takes it: the descriptions of the check so far, newest first, and the log's lines."""
    key = dg.AssetCheckKey(dg.AssetKey(["lead_gathering", "dirs", "review_queue"]), CHECK)

    def _hour(project) -> tuple[list[str], list[str]]:
        for request in tick(SENSOR).run_requests:
            assert (request.asset_selection, request.asset_check_keys) == ([], [key])
            job = installation.repository.get_job("lead_gathering__dirs").get_subset(asset_check_selection={key})
            run = job.execute_in_process(
                instance=installation.instance, partition_key=request.partition_key, tags=request.tags
            )
            assert {e.step_key for e in run.all_events if e.step_key} == {"lead_gathering__dirs__review_queue_" + CHECK}
        records = installation.instance.event_log_storage.get_asset_check_execution_history(
            key, limit=10, partition_filter=PartitionKeyFilter(key=project.id)
        )
        evaluations = [r.event.dagster_event.asset_check_evaluation_data for r in records]
        assert not any(e.passed or e.severity is not dg.AssetCheckSeverity.WARN for e in evaluations)
        log = installation.home.dagster / "notices.log"
        return [e.description for e in evaluations], log.read_text().splitlines() if log.exists() else []

    return _hour


def test_a_passed_deadline_fails_the_check_of_its_project_and_is_told_once(
    installation: Installation, waits, hour
) -> None:
    installation.project("other", phases=())
    assert hour(waits(6.9)) == ([], [])
    project = waits(9)
    since = f"{datetime.now(UTC) - timedelta(days=9):%Y-%m-%d}"
    checks, lines = hour(project)
    assert checks == [f"1 of 2 rows wait longer than 7 days, the oldest since {since}"]
    assert len(lines) == 1
    assert f"example dirs: review is overdue: {checks[0]}, in 3_notebookProcessed_dirs/review_dirs.xlsx" in lines[0]
    assert hour(project) == (checks, lines)
    waits(9, 8)
    more, same = hour(project)
    assert more == [f"2 of 2 rows wait longer than 7 days, the oldest since {since}", *checks]
    assert same == lines


def test_once_all_is_decided_the_next_deadline_is_told_again(installation: Installation, waits, hour) -> None:
    project = waits(9)
    assert len(hour(project)[1]) == 1
    _queue_of(installation, project, _queue({"s": "spot_check"}))
    assert len(hour(project)[1]) == 1
    waits(9)
    assert len(hour(project)[1]) == 2


def test_projects_that_cannot_be_seen_for_a_while_are_not_told_anew(installation: Installation, waits, hour) -> None:
    project = waits(9)
    hour(project)
    elsewhere = installation.home.projects.with_name("elsewhere")
    installation.home.projects.rename(elsewhere)
    hour(project)
    elsewhere.rename(installation.home.projects)
    assert len(hour(project)[1]) == 1


def test_a_project_sets_its_own_deadline_or_none(installation: Installation, waits, hour) -> None:
    project = waits(9)
    settings_before = (project.path / PROJECT_FILE).read_text()
    (project.path / PROJECT_FILE).write_text(settings_before + "overrides: {dirs: {review_within_days: null}}\n")
    assert hour(project) == ([], [])
    (project.path / PROJECT_FILE).write_text(settings_before + "overrides: {dirs: {review_within_days: 8.5}}\n")
    assert "longer than 8.5 days" in hour(project)[0][0]


def test_a_damaged_journal_stops_no_other_project(installation: Installation, waits, hour) -> None:
    project = waits(9)
    broken = installation.project("broken", phases=())
    folder = broken.path / ".mturk_pipeline" / "review" / "dirs"
    folder.mkdir(parents=True)
    (folder / "journal.json").write_text("[{")
    _queue_of(installation, broken, _queue({"a": "waiting"}))
    assert len(hour(project)[1]) == 1
    assert overdue_words(project_phase(installation.home, broken, LEADS, "dirs")) == ""


def test_what_a_tick_has_no_time_for_comes_first_in_the_next(
    installation: Installation, waits, hour, tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = waits(9)
    hour(project)
    monkeypatch.setattr("mturk_pipeline.orchestration.deadline_sensor.TICK_SECONDS", -1.0)
    installation.project("another", phases=())
    cursor = json.loads(tick(SENSOR).cursor or "")
    assert list(cursor["overdue"]) == [project.id]
    assert cursor["first"] == "another"


def test_status_says_how_many_are_overdue(installation: Installation, waits) -> None:
    place = project_phase(installation.home, waits(9), LEADS, "dirs")
    assert overdue_words(place) == ", 1 of them overdue"
    waits(1)
    assert overdue_words(place) == ""


def test_each_run_evaluates_the_check(finished: Installation) -> None:
    checks = [
        e
        for run in finished.instance.get_runs()
        for record in finished.instance.get_records_for_run(
            run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
        ).records
        if (e := record.event_log_entry.dagster_event.asset_check_evaluation_data).check_name == CHECK
    ]
    project = finished.named()
    assert {e.asset_key.path[1] for e in checks} == set(LEADS.phases)
    for evaluation in checks:
        queue = finished.table(project, evaluation.asset_key.path[1], "review_queue")
        wait = int((queue["kind"] != "spot_check").sum())
        assert evaluation.passed
        assert evaluation.partition == project.id
        assert evaluation.metadata["rows"].value == wait
        assert "not longer than 7 days" in evaluation.description if wait else evaluation.description == "no row waits"
        assert ("oldest_since" in evaluation.metadata) == (wait > 0)
