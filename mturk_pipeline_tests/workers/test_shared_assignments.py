"""One result file in two projects is one piece of evidence on its workers."""

import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.workers.contributions import held_assignments
from mturk_pipeline.workers.identities import with_names
from mturk_pipeline.workers.other_projects import read_history
from mturk_pipeline.workers.refreshing import refresh, take_snapshot
from mturk_pipeline.workers.shared_assignments import shared_lines


def project(home: Home, name: str, hits: range, day: int = 1, **bad: object) -> None:
    """A project in which W did `hits`, a third of them rightly, from a day on; each HIT by number."""
    (home.projects / name).mkdir(exist_ok=True)
    (home.projects / name / "project.yaml").write_text(f"id: {name}\n")
    n = float(len(hits))
    numbers = {"total_contribution": [len(hits)], "judged": [n], "judged_right": [n / 3], "judged_weight": [n]}
    said = {"standing": ["exclude"], "evidence": ["wrong"], "gold_asked": [len(hits)], "gold_right": [0]}
    write_table(
        table_path(home.tables, "w", "p", "workers", name), pd.DataFrame({"worker": ["mturk::W"], **numbers, **said})
    )
    at = [pd.Timestamp(f"2024-05-{day:02}", tz="UTC") + pd.Timedelta(minutes=h) for h in hits]
    raw = pd.DataFrame({"assignment_id": [f"3A{h:03}" for h in hits], "worker": "mturk::W", "status": "Rejected"})
    raw = raw.assign(auto_approved=False, submitted_at=pd.Series(at, dtype="datetime64[us, UTC]"))
    write_table(table_path(home.tables, "w", "p", "raw_output", name), raw)


def counted(home: Home) -> dict[str, tuple[float, int, int, str]]:
    table = take_snapshot(home)
    assert table is not None
    return {
        str(r["project_id"]): (r["given"], r["assignments"], r["rejected"], r["suggested"])
        for r in table.to_dict("records")
    }  # pyright: ignore


def test_the_same_file_counts_in_the_earlier_project_alone(home: Home) -> None:
    project(home, "b", range(12))
    assert refresh(home).memory["suggested"].tolist() == ["watch"]
    project(home, "a", range(12))
    assert counted(home) == {"a": (12.0, 12, 12, "exclude")}
    memory = refresh(home).memory
    assert memory[["given", "assignments", "rejected", "projects"]].to_numpy().tolist() == [[12.0, 12, 12, 1]]
    assert memory["suggested"].tolist() == ["watch"]
    assert shared_lines(held_assignments(home)) == ["b (w/p): 12 assignments lie in a (w/p) too, and count there"]


def test_the_project_whose_work_began_first_is_the_earlier(home: Home) -> None:
    project(home, "a", range(5, 12))
    project(home, "b", range(12))
    assert list(counted(home)) == ["b"]


@pytest.mark.parametrize(("shared", "suggested"), [(3, "exclude"), (6, "neutral"), (9, "neutral")])
def test_of_projects_that_overlap_each_assignment_counts_once(home: Home, shared: int, suggested: str) -> None:
    project(home, "a", range(12))
    project(home, "b", range(12 - shared, 24 - shared))
    own = 12 - shared
    assert counted(home) == {"a": (12.0, 12, 12, "exclude"), "b": (pytest.approx(own), own, own, suggested)}


def test_a_project_learns_nothing_of_a_worker_from_its_own_assignments_in_another(home: Home) -> None:
    project(home, "a", range(12))
    project(home, "b", range(6, 18))
    take_snapshot(home)
    history = with_names(read_history(home, "b")[0], home)
    assert history[["worker", "right", "given"]].to_numpy().tolist() == [["mturk::W", 2.0, 6.0]]
    assert read_history(home, "a")[0]["given"].tolist() == [pytest.approx(6.0)]
    assert read_history(home, "c")[0]["given"].sum() == pytest.approx(18)


def test_an_assignment_of_the_same_number_by_another_worker_is_another(home: Home) -> None:
    project(home, "a", range(12))
    project(home, "b", range(12))
    for stage in ("workers", "raw_output"):
        path = table_path(home.tables, "w", "p", stage, "b")
        write_table(path, pd.read_parquet(path).assign(worker="turkle:lab:5"))
    assert counted(home) == dict.fromkeys(["a", "b"], (12.0, 12, 12, "exclude"))
