"""A worker is forgotten whose project has run: the id is in no store, log or file of ours, and decisions hold."""

import pandas as pd

from mturk_pipeline.projects.due_phases import Verdict
from mturk_pipeline.workers.forgetting import forget, whom
from mturk_pipeline.workers.identities import identities
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline_tests.orchestration.conftest import Installation
from mturk_pipeline_tests.workers.test_forgetting import _holders

SAID = ["item_id", "field", "decision", "after", "comment", "decided_at", "source_file", "source_row"]


def test_nothing_of_a_forgotten_worker_is_left_and_decisions_outlive_it(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project)
    refresh(installation.home)
    worker = str(installation.table(project, "dirs", "raw_output")["worker"].iloc[0])
    worker_id = identities(installation.home)[worker].rpartition(":")[2]
    book = pd.read_excel(project.path / "3_notebookProcessed_dirs/review_dirs.xlsx", dtype=str, engine="calamine")
    reviewed = project.path / "4_manualCleaned_mIn_dirs/anna.csv"
    book.iloc[:1].assign(decision="accept", comment=f"{worker_id} was right").to_csv(reviewed, index=False)
    installation.run(project)
    reviewed.unlink()
    before = installation.table(project, "dirs", "decisions")
    assert f"{worker} was right" in before["comment"].tolist()
    logs = [str(log) for run in installation.instance.get_runs() for log in installation.instance.all_logs(run.run_id)]
    assert len(logs) > 50
    assert not [log for log in logs if worker_id in log]
    forget(installation.home, whom(installation.home, worker))
    own = {f"{project.name}/2_mOut_dirs/{path.name}" for path in (project.path / "2_mOut_dirs").iterdir()}
    for _ in range(2):
        assert _holders(installation.home.dagster, worker_id) == set()
        assert _holders(installation.home.projects, worker_id) <= own
        assert worker not in identities(installation.home)
        pd.testing.assert_frame_equal(installation.table(project, "dirs", "decisions")[SAID], before[SAID])
        # The same result files, read again, revive nobody.
        assert all(
            result.success
            for result in installation.run(project, wants=lambda verdict: verdict is not Verdict.NOTHING_THERE)
            if result.ran
        )
        refresh(installation.home)
    assert worker in installation.table(project, "dirs", "raw_output")["worker"].tolist()
