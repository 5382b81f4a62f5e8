"""A worker is forgotten whose project has run: the id is in no store, log or file of ours, and decisions hold."""

import pandas as pd

from mturk_pipeline.projects.due_phases import Verdict
from mturk_pipeline.workers.forgetting import forget, whom
from mturk_pipeline.workers.identities import identities
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline_tests.orchestration.conftest import Site
from mturk_pipeline_tests.workers.test_forgetting import _holders

SAID = ["item_id", "field", "decision", "after", "comment", "decided_at", "source_file", "source_row"]


def test_nothing_of_a_forgotten_worker_is_left_and_decisions_outlive_it(site: Site) -> None:
    project = site.project(phases=("dirs",))
    site.run(project)
    refresh(site.home)
    worker = str(site.table(project, "dirs", "raw_output")["worker"].iloc[0])
    worker_id = identities(site.home)[worker].rpartition(":")[2]
    book = pd.read_excel(project.path / "3_notebookProcessed_dirs/review_dirs.xlsx", dtype=str, engine="calamine")
    reviewed = project.path / "4_manualCleaned_mIn_dirs/anna.csv"
    book.iloc[:1].assign(decision="accept", comment=f"{worker_id} was right").to_csv(reviewed, index=False)
    site.run(project)
    reviewed.unlink()
    before = site.table(project, "dirs", "decisions")
    assert f"{worker} was right" in before["comment"].tolist()
    logs = [str(log) for run in site.instance.get_runs() for log in site.instance.all_logs(run.run_id)]
    assert len(logs) > 50
    assert not [log for log in logs if worker_id in log]
    forget(site.home, whom(site.home, worker))
    own = {f"{project.name}/2_mOut_dirs/{path.name}" for path in (project.path / "2_mOut_dirs").iterdir()}
    for _ in range(2):
        assert _holders(site.home.dagster, worker_id) == set()
        assert _holders(site.home.projects, worker_id) <= own
        assert worker not in identities(site.home)
        pd.testing.assert_frame_equal(site.table(project, "dirs", "decisions")[SAID], before[SAID])
        # The same result files, read again, revive nobody.
        assert all(
            result.success
            for result in site.run(project, wants=lambda verdict: verdict is not Verdict.NOTHING_THERE)
            if result.ran
        )
        refresh(site.home)
    assert worker in site.table(project, "dirs", "raw_output")["worker"].tolist()
