"""The memory: pooled numbers, a person's word, hashes, and the list of whom to exclude."""

import io

import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import read_table, table_path, write_table
from mturk_pipeline.workers.contributions import withdrawn
from mturk_pipeline.workers.identities import identities, surrogates_of, with_surrogates
from mturk_pipeline.workers.memory import remember
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.named_workers import words_by_worker
from mturk_pipeline.workers.other_projects import read_history
from mturk_pipeline.workers.overrides import Override, read_overrides
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline.workers.surrogates import Key, is_surrogate
from mturk_pipeline.workers.worker_files import workbook
from mturk_pipeline_tests.workers.made import contributions

KEY = Key(bytes(32))
SURROGATE, HASH = KEY.surrogate("mturk::B"), "hash:" + KEY._digest("mturk::B", b"worker", 10)
ROWS = [
    {"worker": "mturk::A", "project_id": "one", "given": 30.0, "right": 29.0, "assignments": 10},
    {"worker": "mturk::A", "project_id": "two", "given": 30.0, "right": 30.0, "assignments": 10},
    {"worker": "mturk::B", "given": 20.0, "right": 4.0, "assignments": 10, "suggested": "exclude", "evidence": "wrong"},
    {"worker": "mturk::B", "project_id": "two", "given": 9.0, "right": 1.0, "suggested": "exclude"},
    {"worker": "mturk::C", "given": 0.0, "assignments": 10, "rejected": 2},
    {"worker": "turkle:lab:5", "given": 4.0, "right": 2.0, "assignments": 1},
]


def write_key(home: Home) -> None:
    """The home's key, as version 0.1 made it."""
    Store.of(home).folder.mkdir(parents=True)
    Store.of(home).key.write_text(KEY.key.hex())


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


@pytest.mark.parametrize(
    ("projects", "phases", "suggested"), [(1, 1, "watch"), (1, 3, "watch"), (2, 1, "exclude"), (3, 2, "exclude")]
)
def test_nobody_is_to_be_excluded_for_one_project_alone(projects: int, phases: int, suggested: str) -> None:
    bad = {"worker": "mturk::B", "given": 300.0, "right": 3.0, "suggested": "exclude"}
    rows = [bad | {"project_id": f"p{p}", "phase": f"f{f}"} for p in range(projects) for f in range(phases)]
    assert remember(contributions(rows))["suggested"].tolist() == [suggested]


def test_a_hard_project_is_no_suggestion_and_the_interval_is_the_phases_own() -> None:
    hard = {"worker": "mturk::H", "given": 40.0, "right": 16.0}
    [row] = remember(contributions([hard])).to_dict("records")
    assert row["suggested"] == "neutral"
    [narrow] = remember(contributions([hard | {"weight": 160.0}])).to_dict("records")
    assert narrow["reliability_high"] < row["reliability_high"]  # pyright: ignore
    assert narrow["given"] == 40.0


def test_worst_first_and_a_word_counts_as_a_suggestion_does() -> None:
    five = Override("5", "blacklisted", "rude", "Anna", "May", 2)
    words = {"turkle:lab:5": five, "mturk::A": Override("A", "watch", row=3), "Z": Override("Z", "watch", row=4)}
    table = remember(contributions(ROWS), words)
    assert table["worker"].tolist() == ["mturk::B", "turkle:lab:5", "mturk::A", "Z", "mturk::C"]
    five = _by_worker(table)["turkle:lab:5"]
    assert (five["standing"], five["reason"], five["who"], five["when"]) == ("blacklisted", "rude", "Anna", "May")
    assert _by_worker(table)["Z"]["projects"] == 0


@pytest.mark.parametrize("name", ["mturk::B", "B", SURROGATE, HASH])
def test_an_id_a_whole_name_a_surrogate_and_an_old_hash_mean_the_same(home: Home, name: str) -> None:
    write_key(home)
    surrogates_of(home, ["mturk::B", "turkle:lab:5"])
    assert words_by_worker([Override(name, "starred")], home) == {SURROGATE: Override(name, "starred")}


def test_who_is_unknown_as_yet_is_meant_by_the_looks_of_the_id(home: Home) -> None:
    said = [Override("A2XYZ0ABCDEF", "blacklisted"), Override("5", "watch")]
    words = words_by_worker(said, home)
    known = surrogates_of(home, ["mturk::A2XYZ0ABCDEF", "turkle:lab:5"])
    assert known["mturk::A2XYZ0ABCDEF"] in words
    assert known["turkle:lab:5"] not in words
    assert set(words_by_worker(said, home)) == set(known.values())


def test_the_workbook_comes_back_as_a_persons_file_unchanged(home: Home) -> None:
    a = surrogates_of(home, [f"mturk::{w}" for w in "ABC"] + ["turkle:lab:5"])["mturk::A"]
    memory = remember(
        with_surrogates(contributions(ROWS), home), {a: Override("A", "starred", "=1+1", "Anna", "May", 2)}
    )
    content = workbook(memory, identities(home))
    (home.projects / "workers.xlsx").write_bytes(content)
    back = read_overrides(home.projects)
    assert back.problems == ()
    [starred] = [s for s in back.said if s.standing != "neutral"]
    assert (starred.worker, starred.reason, starred.who, starred.when) == ("mturk::A", "=1+1", "Anna", "May")
    words = words_by_worker(back.said, home)
    again = workbook(remember(with_surrogates(contributions(ROWS), home), words), identities(home))
    assert pd.read_excel(io.BytesIO(again), engine="calamine").equals(
        pd.read_excel(io.BytesIO(content), engine="calamine")
    )
    assert len(remember(contributions([]), words)) == 1


def _project(home: Home, project: str, workers: list[str]) -> None:
    """Tables as version 0.1 left them: workers by their whole names."""
    (home.projects / project).mkdir()
    (home.projects / project / "project.yaml").write_text(f"id: {project}\n")
    rated = pd.DataFrame({"worker": workers, "judged": 9.0, "judged_right": [8.0, 1.0], "judged_weight": 9.0})
    raw = pd.DataFrame({"worker": workers, "assignment_id": [f"{project}1", f"{project}2"]})
    write_table(table_path(home.tables, "w", "p", "workers", project), rated)
    write_table(table_path(home.tables, "w", "p", "raw_output", project), raw)


def test_stores_hold_surrogates_and_the_exclusion_list_ids(home: Home) -> None:
    for project in ("one", "two"):
        _project(home, project, ["mturk::A", "mturk::B"])
    memory = refresh(home).memory
    assert memory["worker"].map(is_surrogate).all()
    private = Store.of(home).identities
    for path in Store.of(home).folder.iterdir():
        assert path == private or b"mturk" not in path.read_bytes()
    known = surrogates_of(home, ["mturk::A", "mturk::B"])
    history, _ = read_history(home, "one")
    assert history.set_index("worker")["right"].to_dict() == {known["mturk::A"]: 8.0, known["mturk::B"]: 1.0}
    (home.projects / "workers.csv").write_text(f"worker,standing\n{memory['worker'].iloc[0]},blacklisted\nA,watch\n")
    found = refresh(home)
    assert found.strangers == ()
    assert found.excluded["WorkerId"].tolist() == ["B"]
    words = words_by_worker(found.overrides.said, home)
    assert {w: s.standing for w, s in words.items()} == {known["mturk::A"]: "watch", known["mturk::B"]: "blacklisted"}


@pytest.mark.parametrize("hashed", [True, False])
def test_a_memory_of_version_0_1_goes_on_by_surrogate(home: Home, hashed: bool) -> None:
    write_key(home)
    rows = [{**row, "project_id": "archive:1", "workflow": "archive"} for row in ROWS]
    old = contributions(rows).drop(columns="weight")
    if hashed:
        old = old.assign(worker=["hash:" + KEY._digest(w, b"worker", 10) for w in old["worker"]])
    extra = {"files": [["f"]] * len(old), "assignment_keys": [[n] for n in range(len(old))], "decided": 0}
    archive = old.assign(**extra, decided_at=pd.Series(pd.NaT, index=old.index, dtype="datetime64[us, UTC]"))
    write_table(Store.of(home).archive, archive)
    found = refresh(home)
    # What that version suggested is withdrawn; what the requester rejected is not.
    words = {KEY.surrogate("mturk::B"): "neutral", KEY.surrogate("mturk::C"): "watch"}
    suggested = found.memory.set_index("worker")["suggested"]
    assert suggested[list(words)].to_dict() == words
    assert found.memory["given"].sum() == 0
    assert found.memory["reliability"].isna().all()
    assert read_table(Store.of(home).archive)["worker"].map(is_surrogate).all()
    assert len(identities(home)) == (0 if hashed else 4)
    # What a hash stood for is known again as soon as a file names the worker.
    (home.projects / "workers.csv").write_text("worker,standing\nmturk::B,blacklisted\n")
    found = refresh(home)
    assert found.excluded["WorkerId"].tolist() == (["B"] if identities(home) else [])
    assert len(found.memory) == 4


def test_a_workbook_that_a_person_edited_is_kept(home: Home) -> None:
    refresh(home)
    (home.projects / "_workers.xlsx").write_bytes(b"edited")
    kept = refresh(home).kept
    assert [(home.projects / name).read_bytes() for name in kept] == [b"edited"]


def test_an_older_home_s_verdicts_are_withdrawn_and_a_persons_words_kept(home: Home) -> None:
    _project(home, "one", ["mturk::A", "mturk::B"])
    path = table_path(home.tables, "w", "p", "workers", "one")
    judged = read_table(path).assign(standing=["neutral", "exclude"], evidence=["", "about 1 of 9 values are right"])
    write_table(path, judged.drop(columns="judged_weight"))
    (home.projects / "workers.csv").write_text("worker,standing,reason\nB,blacklisted,rude\n")
    memory = refresh(home).memory.set_index("worker")
    known = surrogates_of(home, ["mturk::A", "mturk::B"])
    told = memory.loc[known["mturk::B"]]
    assert (told["standing"], told["reason"], told["suggested"], told["evidence"]) == (
        "blacklisted",
        "rude",
        "neutral",
        "",
    )
    assert memory["given"].tolist() == [0, 0]
    assert read_history(home, "two")[0]["given"].sum() == 0
    # Run again, the project is judged anew.
    write_table(path, judged)
    memory = refresh(home).memory.set_index("worker")
    assert memory.loc[known["mturk::B"], ["suggested", "given"]].tolist() == ["watch", 9.0]


def test_a_snapshot_of_an_older_home_is_no_prior(home: Home) -> None:
    surrogates_of(home, ["mturk::A"])
    old = with_surrogates(contributions(ROWS[:1]), home).drop(columns="weight")
    write_table(Store.of(home).contributions, old)
    assert read_history(home, "two")[0].empty
    assert remember(withdrawn(old))["given"].tolist() == [0.0]
