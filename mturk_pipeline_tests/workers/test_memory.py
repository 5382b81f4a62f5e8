"""The memory: pooled numbers, a person's word, hashes, and the list of whom to exclude."""

import io

import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.workers.contributions import with_plain_names
from mturk_pipeline.workers.elsewhere import read_history
from mturk_pipeline.workers.for_people import workbook
from mturk_pipeline.workers.memory import remember
from mturk_pipeline.workers.overrides import Said, read_overrides
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline.workers.salted import PREFIX, Salt
from mturk_pipeline.workers.store import Store
from mturk_pipeline_tests.workers.made import contributions

SALT = Salt(bytes(32))
ROWS = [
    {"worker": "mturk::A", "project_id": "one", "given": 30.0, "right": 29.0, "assignments": 10},
    {"worker": "mturk::A", "project_id": "two", "given": 30.0, "right": 30.0, "assignments": 10},
    {"worker": "mturk::B", "given": 20.0, "right": 4.0, "assignments": 10, "evidence": "wrong"},
    {"worker": "mturk::C", "given": 0.0, "assignments": 10, "rejected": 2},
    {"worker": "turkle:lab:5", "given": 4.0, "right": 2.0, "assignments": 1},
]


def _by_worker(table: pd.DataFrame) -> dict[str, dict[str, object]]:
    return {str(row["worker"]): row for row in table.to_dict("records")}  # pyright: ignore


def test_what_is_computed_is_a_suggestion_and_projects_count_together() -> None:
    rows = _by_worker(remember(contributions(ROWS)))
    assert {r["standing"] for r in rows.values()} == {"neutral"}
    assert [rows[f"mturk::{w}"]["suggested"] for w in "ABC"] == ["starred", "exclude", "watch"]
    a, c = rows["mturk::A"], rows["mturk::C"]
    assert (a["projects"], a["given"], a["right"], a["assignments"]) == (2, 60.0, 59.0, 20)
    assert a["reliability_low"] < a["reliability"] < a["reliability_high"]  # pyright: ignore
    assert pd.isna(c["reliability"])
    assert c["evidence"] == "2 of 10 assignments rejected"
    assert rows["mturk::B"]["evidence"] == "wrong (one/p)"


def test_worst_first_and_a_word_counts_as_a_suggestion_does() -> None:
    said = [Said("5", "blacklisted", "rude", "Anna", "May", 2), Said("A", "watch", row=3), Said("Z", "watch", row=4)]
    table = remember(contributions(ROWS), said)
    assert table["worker"].tolist() == ["mturk::B", "turkle:lab:5", "mturk::A", "Z", "mturk::C"]
    five = _by_worker(table)["turkle:lab:5"]
    assert (five["standing"], five["reason"], five["who"], five["when"]) == ("blacklisted", "rude", "Anna", "May")
    assert _by_worker(table)["Z"]["projects"] == 0


@pytest.mark.parametrize("name", ["mturk::B", "B", SALT.hashed("mturk::B")])
def test_an_id_a_whole_name_and_a_hash_mean_the_same(name: str) -> None:
    plain = contributions(ROWS)
    hashed = plain.assign(worker=plain["worker"].map(SALT.hashed))
    for table, is_hashed, worker in ((plain, False, "mturk::B"), (hashed, True, SALT.hashed("mturk::B"))):
        memory = remember(table, [Said(name, "starred")], SALT, hashed=is_hashed)
        assert memory.loc[memory["standing"] == "starred", "worker"].tolist() == [worker]
        assert memory["worker"].str.startswith(PREFIX).all() == is_hashed


def test_the_workbook_comes_back_as_a_persons_file_unchanged(home: Home) -> None:
    said = (Said("mturk::A", "starred", "=1+1", "Anna", "2024-01-02", 2),)
    content = workbook(remember(contributions(ROWS), said))
    (home.projects / "workers.xlsx").write_bytes(content)
    back = read_overrides(home.projects)
    assert back.problems == ()
    [starred] = [s for s in back.said if s.standing != "neutral"]
    assert (starred.worker, starred.reason, starred.who, starred.when) == ("mturk::A", "=1+1", "Anna", "2024-01-02")
    again = workbook(remember(contributions(ROWS), back.said))
    assert pd.read_excel(io.BytesIO(again), engine="calamine").equals(
        pd.read_excel(io.BytesIO(content), engine="calamine")
    )
    assert len(remember(contributions([]), back.said)) == 1


def test_hashed_trust_and_the_exclusion_list_still_find_their_workers(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MTURK_HASH_WORKERS", "1")
    for project in ("one", "two"):
        (home.projects / project).mkdir()
        (home.projects / project / "project.yaml").write_text(f"id: {project}\n")
        workers = pd.DataFrame({"worker": ["mturk::A", "mturk::B"], "judged": [9.0, 9.0], "judged_right": [8.0, 1.0]})
        raw = pd.DataFrame({"worker": ["mturk::A", "mturk::B"], "assignment_id": [f"{project}1", f"{project}2"]})
        write_table(table_path(home.tables, "w", "p", "workers", project), workers)
        write_table(table_path(home.tables, "w", "p", "raw_output", project), raw)
    memory = refresh(home).memory
    assert memory["worker"].str.startswith(PREFIX).all()
    for path in Store.of(home).folder.iterdir():
        assert b"mturk::" not in path.read_bytes()
    history, _ = read_history(home, "one")
    assert history.set_index("worker")["right"].to_dict() == {"mturk::A": 8.0, "mturk::B": 1.0}
    worst = str(memory["worker"].iloc[0])
    (home.projects / "workers.csv").write_text(f"worker,standing\n{worst},blacklisted\nA,watch\n")
    found = refresh(home)
    assert found.strangers == ()
    assert found.excluded["WorkerId"].tolist() == ["B"]
    told = with_plain_names(found.overrides, home, "one").standing
    assert (told["mturk::B"], told["A"]) == ("blacklisted", "watch")
    monkeypatch.delenv("MTURK_HASH_WORKERS")
    plain = refresh(home)
    assert sorted(plain.memory["worker"]) == ["mturk::A", "mturk::B"]
    assert plain.strangers == ()


def test_a_workbook_that_a_person_edited_is_kept(home: Home) -> None:
    refresh(home)
    (home.projects / "_workers.xlsx").write_bytes(b"edited")
    kept = refresh(home).kept
    assert [(home.projects / name).read_bytes() for name in kept] == [b"edited"]
