"""What makes a project run, and what does not."""

import json
import shutil

import dagster as dg
import pytest

from mturk_pipeline.folders.project_folders import PROJECT_FILE
from mturk_pipeline.orchestration import run_verdicts as due
from mturk_pipeline.orchestration.run_verdicts import ABANDONED_TAG, verdict
from mturk_pipeline.projects.due_phases import Inputs, Verdict
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline_tests.orchestration.conftest import LEADS, Installation


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are only recorded here: what a real one leaves behind counts as there."""
    monkeypatch.setattr(ProjectPhase, "is_made", lambda place: True)


def _record_run(installation: Installation, request, status: dg.DagsterRunStatus, **tags: str) -> None:
    """A run as the daemon would have made it of a request."""
    installation.instance.create_run_for_job(
        installation.repository.get_job("lead_gathering__dirs"),
        status=status,
        tags={**request.tags, "dagster/partition": request.partition_key, **tags},
    )


def test_a_dropped_batch_requests_one_run_and_a_successful_one_brings_rest(installation: Installation, tick) -> None:
    project = installation.project(phases=("dirs",))
    requests = tick().run_requests
    assert [r.partition_key for r in requests] == [project.id]
    assert requests[0].asset_selection is None
    _record_run(installation, requests[0], dg.DagsterRunStatus.STARTED)
    assert not tick().run_requests
    installation.instance.delete_run(installation.instance.get_runs()[0].run_id)
    _record_run(installation, requests[0], dg.DagsterRunStatus.SUCCESS)
    assert not tick().run_requests
    assert project.id in json.loads(tick().cursor or "{}")


def test_files_of_the_pipeline_and_lock_files_change_nothing(installation: Installation, tick) -> None:
    project = installation.project(phases=("dirs",))
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    tick()
    for name in ("_own.csv", "~$review.xlsx", ".~lock.review.xlsx#", "late.csv.part"):
        installation.drop(project, f"2_mOut_dirs/{name}", b"x")
        installation.drop(project, f"4_manualCleaned_mIn_dirs/{name}", b"x")
    assert not tick().run_requests


def test_reviewed_files_request_only_what_follows_from_them(installation: Installation, tick) -> None:
    project = installation.project(phases=("dirs",))
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    installation.drop(project, "4_manualCleaned_mIn_dirs/more.csv", b"university,directory_url\n")
    selection = {key.path[-1] for key in tick().run_requests[0].asset_selection or []}
    # Trust learns from what people decided; result files and what their cells mean stay as they are.
    assert {"consensus", "workers", "reviewed", "decisions", "review_queue", "next_input", "rework"} < selection
    assert not selection & {"input", "purged", "raw_output", "set_aside", "answers"}


def test_batch_and_reviewed_file_at_once_request_everything(installation: Installation, tick) -> None:
    project = installation.project(phases=("dirs",))
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    installation.drop(project, "4_manualCleaned_mIn_dirs/more.csv", b"university,directory_url\n")
    installation.drop(project, "2_mOut_dirs/more.csv", b"x")
    requests = tick().run_requests
    assert len(requests) == 1
    assert requests[0].asset_selection is None


def test_a_failed_signature_is_tried_three_times_with_pauses_until_something_changes(
    installation: Installation, tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = installation.project(phases=("dirs",))
    request = tick().run_requests[0]
    _record_run(installation, request, dg.DagsterRunStatus.FAILURE)
    assert not tick().run_requests  # the pause
    monkeypatch.setattr(due, "BACK_OFF", (0.0, 0.0))
    for _ in range(2):
        assert tick().run_requests
        _record_run(installation, request, dg.DagsterRunStatus.FAILURE)
    assert not tick().run_requests
    installation.drop(project, "2_mOut_dirs/mended.csv", b"x")
    assert tick().run_requests


def test_runs_that_died_do_not_count_as_failures(installation: Installation, tick) -> None:
    installation.project(phases=("dirs",))
    request = tick().run_requests[0]
    for _ in range(5):
        _record_run(installation, request, dg.DagsterRunStatus.FAILURE, **{ABANDONED_TAG: "true"})
    assert tick().run_requests


def test_a_change_back_to_an_earlier_state_is_a_change(installation: Installation, tick) -> None:
    project = installation.project(phases=("dirs",))
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    extra = installation.drop(project, "2_mOut_dirs/more.csv", b"x")
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    extra.unlink()
    assert tick().run_requests


def test_a_mistake_taken_back_is_run_again_as_the_failed_run_may_have_replaced_tables(
    installation: Installation, tick
) -> None:
    project = installation.project(phases=("dirs",))
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    assert not tick().run_requests
    settings = project.path / PROJECT_FILE
    before = settings.read_text()
    settings.write_text(before + "overrides: {dirs: {accept: 0.8}}\n")
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.FAILURE)
    settings.write_text(before)  # no file in the folders differs from those of the tick at rest
    [request] = tick().run_requests
    assert request.asset_selection is None
    _record_run(installation, request, dg.DagsterRunStatus.SUCCESS)
    assert not tick().run_requests


def test_a_reviewed_file_taken_back_after_a_failed_run_makes_what_follows_from_it_again(
    installation: Installation, tick
) -> None:
    project = installation.project(phases=("dirs",))
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    extra = installation.drop(project, "4_manualCleaned_mIn_dirs/more.csv", b"university,directory_url\n")
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.FAILURE)
    extra.unlink()
    selection = {key.path[-1] for key in tick().run_requests[0].asset_selection or []}
    assert "reviewed" in selection
    assert "raw_output" not in selection


def test_what_keeps_failing_after_it_once_succeeded_is_tried_three_times_too(
    installation: Installation, tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.project(phases=("dirs",))
    request = tick().run_requests[0]
    monkeypatch.setattr(due, "BACK_OFF", (0.0, 0.0))
    # A full disk, say: what failed before a success does not count against it afterwards.
    for status in (*["FAILURE"] * 3, "SUCCESS", "FAILURE"):
        _record_run(installation, request, dg.DagsterRunStatus(status))
    for _ in range(2):
        assert tick().run_requests
        _record_run(installation, request, dg.DagsterRunStatus.FAILURE)
    assert not tick().run_requests
    assert not tick().run_requests


@pytest.mark.parametrize("killed", [False, True])
def test_a_run_of_the_ui_that_ends_badly_is_made_good_in_its_phase_alone(
    installation: Installation, tick, killed: bool
) -> None:
    project = installation.project(phases=("dirs",))
    clubs = "lead_gathering__clubs__folders"
    installation.drop(project, "5_mOut_clubs/batch.csv", b"x")
    for sensor in ("lead_gathering__dirs__folders", clubs):
        _record_run(installation, tick(sensor).run_requests[0], dg.DagsterRunStatus.SUCCESS)
        assert not tick(sensor).run_requests
    installation.instance.create_run_for_job(
        installation.repository.get_job("lead_gathering__dirs"),
        status=dg.DagsterRunStatus.FAILURE,
        tags={"dagster/partition": project.id, **({ABANDONED_TAG: "true"} if killed else {})},
    )
    assert len(tick().run_requests or []) == 1
    assert not tick(clubs).run_requests


def test_new_settings_are_a_change(installation: Installation, tick) -> None:
    project = installation.project(phases=("dirs",))
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    with (project.path / PROJECT_FILE).open("a") as file:
        file.write("overrides: {dirs: {accept: 0.9}}\n")
    assert tick().run_requests


def test_a_broken_project_disturbs_no_other(installation: Installation, tick) -> None:
    good, bad, odd = installation.project("good"), installation.project("bad"), installation.project("odd")
    (bad.path / PROJECT_FILE).write_text("id: [")
    (odd.path / PROJECT_FILE).write_text("id: odd\nworkflow: lead_gathering\noverrides: {dirs: {acept: 1}}\n")
    assert [r.partition_key for r in tick().run_requests] == [good.id]


def test_an_unmounted_root_forgets_nothing(installation: Installation, tick) -> None:
    installation.project(phases=("dirs",))
    _record_run(installation, tick().run_requests[0], dg.DagsterRunStatus.SUCCESS)
    before = tick().cursor
    installation.home.projects.rename(installation.home.projects.with_name("elsewhere"))
    result = tick()
    assert not result.run_requests
    assert result.cursor == before
    assert "not there" in str(result.skip_reason)


def test_projects_register_by_themselves_and_vanishing_deletes_nothing(installation: Installation, tick) -> None:
    project = installation.project("spring")
    dropped = installation.home.projects / "dropped"
    (dropped / "5_mOut_clubs").mkdir(parents=True)
    tick("projects")
    there = set(installation.instance.get_dynamic_partitions("lead_gathering_projects"))
    assert there == {"spring", "dropped"}
    shutil.rmtree(project.path)
    dropped.rename(installation.home.projects / "renamed")
    tick("projects")
    assert set(installation.instance.get_dynamic_partitions("lead_gathering_projects")) == there


def test_at_most_twenty_runs_a_tick_and_the_rest_follows(installation: Installation, tick) -> None:
    for n in range(23):
        installation.project(f"p{n:02}", phases=())
    first = tick().run_requests
    for request in first:
        _record_run(installation, request, dg.DagsterRunStatus.SUCCESS)
    second = tick().run_requests
    assert (len(first), len(second)) == (20, 3)
    assert not {r.partition_key for r in first} & {r.partition_key for r in second}


def test_an_empty_project_is_not_run(installation: Installation, tick) -> None:
    project = installation.project(phases=())
    (project.path / "1_mIn_unis/universities.csv").unlink()
    assert not tick().run_requests
    place = project_phase(installation.home, project, LEADS, "dirs")
    assert verdict(installation.instance, place, Inputs.of(place))[0] is Verdict.NOTHING_THERE
