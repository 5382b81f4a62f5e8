"""Several items a HIT, as Dagster runs it: pilot, results, review, rework, next phase, leads and settlement."""

import csv
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest
import yaml

from mturk_pipeline.definitions import defs
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project, make_project
from mturk_pipeline.folders.tables import read_table, table_path
from mturk_pipeline.orchestration.running import run_project
from mturk_pipeline.projects.due_phases import Verdict
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.sampling import draw_sample
from mturk_pipeline.projects.settlement import phases_to_settle, settle
from mturk_pipeline.projects.status import project_status
from mturk_pipeline.projects.tracing import trace_lead
from mturk_pipeline_tests.slots_made import batch

WORDS = {
    "keys": ["adj_{i}"],
    "accept": 0.5,
    "spot_checks": 0,
    "fields": {"mood": {"kind": "choice", "columns": ["mood_{i}"], "gate": True}, "remark": {"kind": "remark"}},
}
USES = {
    "after": "words",
    "keys": ["adj{i}"],
    "items_per_hit": 3,
    "accept": 0.3,
    "fields": {"use": {"kind": "text", "columns": ["use{i}"]}},
}
ADJECTIVES = [f"word {n}" for n in range(14)]
TRUTH = {adjective: "good" if n % 2 else "bad" for n, adjective in enumerate(ADJECTIVES)}


class Road:
    """A project whose two phases ask about several items a HIT."""

    def __init__(self, home: Home, instance: dg.DagsterInstance, repository: dg.RepositoryDefinition) -> None:
        self.home, self.instance, self.repository = home, instance, repository
        self.installation = Installation.here(home.projects)
        self.workflow = self.installation.workflow("tones")
        self.project: Project = make_project(home.projects, "spring", self.workflow, {})[0]

    def run(self, *phases: str) -> None:
        job_of = self.repository.get_job
        for result in run_project(self.instance, self.home, self.project, self.workflow, job_of, phases=phases):
            assert result.success is not False, result.problem

    def path(self, name: str) -> Path:
        return self.project.path / name

    def rows(self, name: str) -> list[dict[str, str]]:
        with self.path(name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def table(self, phase: str, stage: str) -> pd.DataFrame:
        return read_table(table_path(self.home.tables, "tones", phase, stage, self.project.id))

    def answer(self, phase: str, name: str, offered: list[dict[str, str]], mark: str) -> None:
        """Results of rows as they were uploaded: everybody says the same, of blank slots nothing."""
        hits = []
        for row in offered:
            cells = {f"Input.{c}": text for c, text in row.items()}
            asked = {c: text for c, text in row.items() if c.startswith("adj") and text}
            if phase == "words":
                cells |= {f"Answer.mood_{c[4:]}": TRUTH[text] for c, text in asked.items()} | {"Answer.remark": "fine"}
            else:
                cells |= {f"Answer.use{c[3:]}": f"to say {text}" for c, text in asked.items()}
            hits.append(cells)
        workers = [f"A{mark}{n}W" for n in range(3)]
        batch(self.path(f"{self.workflow.folders(phase).batches}/{name}"), *hits, mark=mark, workers=workers)


@pytest.fixture
def road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Road]:
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    places = (("MTURK_PROJECTS_DIR", home.projects), ("MTURK_WORKFLOWS_DIR", home.workflows))
    for variable, place in (*places, ("DAGSTER_HOME", home.dagster)):
        place.mkdir()
        monkeypatch.setenv(variable, str(place))
    for phase, attributes in (("words", WORDS), ("uses", USES)):
        folder = home.workflows / "tones" / phase
        folder.mkdir(parents=True)
        content = {"type": "mturk_pipeline.components.Phase", "attributes": attributes}
        (folder / "defs.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setattr("mturk_pipeline.orchestration.run_verdicts.settled", lambda files: True)
    with dg.DagsterInstance.ephemeral() as instance:
        yield Road(home, instance, defs().get_repository_def())


def test_several_items_a_hit_from_a_list_to_leads(road: Road) -> None:
    numbers = range(1, 6)
    packs = [ADJECTIVES[start : start + 5] for start in range(0, 14, 5)]
    listed = [{f"adj_{n}": pack[n - 1] if n <= len(pack) else "" for n in numbers} for pack in packs]
    pd.DataFrame(listed).to_csv(road.path("1_mIn_input/list.csv"), index=False)

    draw_sample(road.installation, "spring", 7, seed=1)
    pilot = road.rows("1_mIn_input/_pilot_words.csv")
    assert [sum(bool(row[f"adj_{n}"]) for n in numbers) for row in pilot] == [5, 2]
    draw_sample(road.installation, "spring", None, seed=1)
    rest = road.rows("1_mIn_input/_rest_words.csv")
    asked = [row[f"adj_{n}"] for row in (*pilot, *rest) for n in numbers if row[f"adj_{n}"]]
    assert sorted(asked) == sorted(ADJECTIVES)

    road.answer("words", "first.csv", listed, "1")
    road.run("words")
    assert len(road.table("words", "raw_output")) == 9
    assert len(road.table("words", "items")) == 14
    passed = road.table("words", "reviewed").set_index("adj")["status"]
    assert set(passed) == {"accepted_automatically"}
    offered = road.rows("4_manualCleaned_mIn_words/_mIn_uses.csv")
    assert [sum(bool(row[f"adj{n}"]) for n in (1, 2, 3)) for row in offered] == [3, 3, 3, 3, 2]
    moods = {row[f"adj{n}"]: row[f"mood_{n}"] for row in offered for n in (1, 2, 3) if row[f"adj{n}"]}
    assert moods == TRUTH

    _send_back(road)
    _through_the_next_phase(road, offered)


def _send_back(road: Road) -> None:
    """Two items of different HITs are asked again, in one row; and only these."""
    again = ["word 3", "word 12"]
    decided = pd.DataFrame({"adj": again, "decision": "redo"})
    decided.to_csv(road.path("4_manualCleaned_mIn_words/anna.csv"), index=False)
    road.run("words")
    (row,) = road.rows("1_mIn_input/_rework_words_2.csv")
    assert sorted(text for c, text in row.items() if c.startswith("adj_") and text) == sorted(again)
    assert [c for c in row if c.startswith("adj_")] == [f"adj_{n}" for n in range(1, 6)]
    assert row["attempt"] == "2"
    road.answer("words", "second.csv", [row], "2")
    road.run("words")
    assert not road.path("1_mIn_input/_rework_words_2.csv").exists()
    reviewed = road.table("words", "reviewed").set_index("adj")
    assert reviewed["assignment_ids"].map(len).to_dict() == {a: 6 if a in again else 3 for a in ADJECTIVES}
    assert len(road.table("words", "raw_output")) == 12


def _through_the_next_phase(road: Road, offered: list[dict[str, str]]) -> None:
    road.answer("uses", "uses.csv", offered, "3")
    road.run("uses")
    raw = road.table("uses", "raw_output")
    assert len(raw) == 15
    reviewed = road.table("uses", "reviewed").set_index("adj")
    assert len(reviewed) == 14
    assert reviewed.loc["word 4", "use"] == "to say word 4"
    road.run("words", "uses")
    assert not road.path("4_manualCleaned_mIn_words/_mIn_uses.csv").exists()
    results = pd.read_csv(road.path("8_results/results.csv"), dtype="str", encoding="utf-8-sig").set_index("adj")
    assert set(results.index) == set(ADJECTIVES)
    assert results.loc["word 4", "sources"].count("row") == 3
    assert results["mood"].to_dict() == TRUTH
    tree = str(trace_lead(road.installation, "spring", "to say word 4"))
    place = next(column for row in offered for column, text in row.items() if text == "word 4")
    assert place.replace("adj", "Answer.use") in tree
    assert "Answer.mood_5" in tree
    settled = [settle(held, write=True, include_suggested=True) for held in _held(road)]
    uploads = {path.name: path for each in settled for path, _ in each.written}
    assert {name: _approved(path) for name, path in uploads.items()} == {
        "_settlement_first.csv": 9, "_settlement_second.csv": 3, "_settlement_uses.csv": 15,
    }  # fmt: skip


def test_slots_that_are_no_items_are_told_where_people_look(road: Road) -> None:
    cells = {"Input.adj_1": "keen", "Input.adj_2": "KEEN", "Input.adj_3": "", "Answer.mood_3": "good"}
    cells |= {f"Answer.mood_{n}": "good" for n in (1, 2)} | {"Answer.remark": "fine"}
    batch(road.path("2_mOut_words/first.csv"), cells)
    road.run("words")
    states = project_status(road.home, road.project, road.workflow, lambda phase, inputs: (Verdict.UP_TO_DATE, ""))
    told = [note for note in next(states).notes if note.startswith("first.csv")]
    assert len(told) == 2
    assert "row 2, slot 2; row 3, slot 2; row 4, slot 2: has the same adj_{i} as one before it in its row" in told[0]
    about = pd.read_excel(
        road.path("3_notebookProcessed_words/review_words.xlsx"), sheet_name="about", engine="calamine"
    )
    [text] = about.loc[about["about"] == "slots", "this workbook"]
    assert text.splitlines() == told


def _held(road: Road) -> Iterator:
    return phases_to_settle(road.installation, "spring", None, write=True)


def _approved(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return sum(row["Approve"].lower() == "x" for row in csv.DictReader(file))
