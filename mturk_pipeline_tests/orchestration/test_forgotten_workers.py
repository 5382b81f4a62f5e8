"""A worker is forgotten whose project has run: the id is in no store, log or file of ours, and decisions hold."""

import gzip
from collections import Counter

import pandas as pd
import pytest

from mturk_pipeline.projects.due_phases import Verdict
from mturk_pipeline.projects.phase import project_phase
from mturk_pipeline.projects.stages.rework import make_rework
from mturk_pipeline.workers.forgetting import forget, whom
from mturk_pipeline.workers.identities import identities
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline_tests.orchestration.conftest import LEADS, Installation
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


BATCH = "2_mOut_dirs/Batch_4817203_batch_results.csv"
KEY = "https://catalogue.example.edu/{}/chess"


@pytest.mark.parametrize("forgets", [False, True])
def test_names_of_files_hold_no_id_and_keys_stay_right_in_all_tables(installation: Installation, forgets: bool) -> None:
    project = installation.project(phases=("dirs",))
    (project.path / "4_manualCleaned_mIn_dirs/reviewed_dirs.xlsx").unlink()
    table = pd.read_csv(project.path / BATCH, dtype="str")
    (worker_id, _), *_ = Counter(table["WorkerId"]).most_common()
    # One key is a link with the id in it, another the id itself.
    inside, whole = table["Input.university"].drop_duplicates()[:2]
    link = KEY.format(worker_id)
    for name in ("1_mIn_unis/universities.csv", BATCH):
        old = (project.path / name).read_text()
        (project.path / name).write_text(old.replace(inside, link).replace(whole, worker_id))
    (project.path / BATCH).rename(project.path / f"2_mOut_dirs/results of {worker_id}.csv")
    reviewed = project.path / f"4_manualCleaned_mIn_dirs/checked_{worker_id}.csv"
    own = pd.DataFrame(
        {"university": [link, worker_id], "decision": "accept", "comment": ["", f"{worker_id} is right"]}
    )
    own.to_csv(reviewed, index=False)
    assert all(r.success for r in installation.run(project, phases=("dirs",)))
    # A later state, which the one before gives way to.
    own.assign(decision=["accept", "reject"]).to_csv(reviewed, index=False)
    assert all(r.success for r in installation.run(project, phases=("dirs",)) if r.ran)

    def decided() -> dict[str, str]:
        decisions, items = (installation.table(project, "dirs", name) for name in ("decisions", "items"))
        names = items.set_index("item_id")["university"]
        rows = decisions[decisions["field"] == ""]
        assert installation.table(project, "dirs", "review_problems").query("rule != 'no_edit'").empty
        return dict(zip(rows["item_id"].map(names), rows["decision"], strict=True))

    before = decided()
    assert before == {link: "accept", worker_id: "reject"}
    logs = [str(log) for run in installation.instance.get_runs() for log in installation.instance.all_logs(run.run_id)]
    assert not [log for log in logs if worker_id in log]
    journal = project.path / ".mturk_pipeline/review/dirs/journal.json"
    assert worker_id not in journal.read_text()
    assert worker_id not in " ".join(installation.table(project, "dirs", "raw_output")["source_file"])
    (worker,) = [s for s, name in identities(installation.home).items() if name.endswith(worker_id)]
    if not forgets:
        return
    offered = installation.table(project, "dirs", "next_input")
    forget(installation.home, whom(installation.home, worker_id.lower()))
    for _ in range(2):
        assert decided() == {link: "accept", worker: "reject"}
        kept = [gzip.decompress(p.read_bytes()).decode() for p in journal.parent.rglob("*.gz")]
        left = "".join([*kept, journal.read_text()]).replace(link, "")
        assert worker_id not in left
        for stage in ("input", "raw_output", "items", "cleaned_output", "reviewed", "decisions", "answers"):
            assert worker_id not in installation.table(project, "dirs", stage).to_csv().replace(link, ""), stage
        assert len(installation.table(project, "dirs", "next_input")) == len(offered)
        done = installation.run(project, phases=("dirs",), wants=lambda verdict: verdict is not Verdict.NOTHING_THERE)
        assert all(result.success for result in done)


@pytest.mark.parametrize("there", [True, False])
def test_who_must_not_repeat_an_item_is_named_although_the_private_table_is_lost(
    installation: Installation, there: bool
) -> None:
    project = installation.project(phases=("dirs",))
    (project.path / "4_manualCleaned_mIn_dirs/reviewed_dirs.xlsx").unlink()
    batch = pd.read_csv(project.path / BATCH, dtype="str")
    again = batch["Input.university"].iloc[0]
    own = pd.DataFrame({"university": [again], "decision": "redo"})
    own.to_csv(project.path / "4_manualCleaned_mIn_dirs/again.csv", index=False)
    installation.run(project, phases=("dirs",))
    [listed] = project.path.glob("1_mIn_unis/_rework_dirs_*_exclude.csv")
    before = listed.read_bytes()
    assert set(batch.loc[batch["Input.university"] == again, "WorkerId"]) <= set(pd.read_csv(listed)["WorkerId"])
    Store.of(installation.home).identities.unlink()
    if not there:
        (project.path / BATCH).unlink()
    phase = project_phase(installation.home, project, LEADS, "dirs")
    made = make_rework(phase, *(installation.table(project, "dirs", stage) for stage in ("reviewed", "raw_output")))
    assert (made.unnamed > 0) is not there
    assert not there or listed.read_bytes() == before
