"""A survey with every way of agreeing, from its result file to what people decided, with its suggested phase."""

import csv
from pathlib import Path

import dagster as dg
import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.cell import Cell

from mturk_pipeline.definitions import defs
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project, make_project
from mturk_pipeline.folders.tables import read_table, table_path
from mturk_pipeline.intake.suggested_phase import suggest_phase
from mturk_pipeline.orchestration.running import run_project
from mturk_pipeline.workflow.loading import load_workflow
from mturk_pipeline.workflow.workflow import Workflow

ITEMS = 20
TAGS = ("cat", "dog", "tree")
BASE = {
    "Title": "Look at pictures", "MaxAssignments": "3", "AssignmentStatus": "Submitted", "WorkTimeInSeconds": "60",
    "AcceptTime": "Fri Apr 17 13:33:37 PDT 2026", "SubmitTime": "Fri Apr 17 13:34:37 PDT 2026",
}  # fmt: skip


def results(path: Path) -> None:
    """Three answers to each of twenty pictures; captions are asked of every other one only."""
    rng = np.random.default_rng(3)
    rows = []
    for n in range(ITEMS):
        real, level = [t for k, t in enumerate(TAGS) if n >> k & 1], 4 * n + 5
        for place in range(3):
            ids = {"HITId": f"3H{n}", "AssignmentId": f"3A{n}{place}", "WorkerId": f"A{(n + 4 * place) % 9}"}
            asked = {"Input.image": f"img{n}.jpg", "Input.caption": f"caption {n}" if n % 2 else ""}
            said = {f"Answer.tags.{t}": str(t in real).lower() for t in TAGS}
            said["Answer.bright"] = str(int(np.clip(level + rng.normal(0, 3), 0, 100)))
            said["Answer.story"] = f"A tale of picture {n}, told by number {place} one night"
            said["Answer.fits"] = ("yes" if n % 4 == 1 else "no") if n % 2 else ""
            said["Answer.comments"] = "nice task" if place == n % 5 else ""
            rows.append(BASE | ids | asked | said)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)


class Survey:
    """A project of the survey in a home of its own."""

    def __init__(self, home: Home, workflow: Workflow, project: Project) -> None:
        self.home, self.workflow, self.project = home, workflow, project
        self.folders = workflow.folders("look")

    def run(self) -> None:
        with dg.DagsterInstance.ephemeral() as instance:
            jobs = defs().get_repository_def().get_job
            found = list(run_project(instance, self.home, self.project, self.workflow, jobs))
        assert [r.problem for r in found if not r.success] == []

    def table(self, stage: str) -> pd.DataFrame:
        return read_table(table_path(self.home.tables, "survey", "look", stage, self.project.id))

    def results(self) -> pd.DataFrame:
        table = pd.read_csv(self.project.path / self.workflow.end_folder / "results.csv", dtype="str")
        return table.set_index("image")

    @property
    def workbook(self) -> Path:
        return self.project.path / self.folders.processed / "review_look.xlsx"


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survey:
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    for variable, folder in (
        ("MTURK_PROJECTS_DIR", home.projects),
        ("MTURK_WORKFLOWS_DIR", home.workflows),
        ("DAGSTER_HOME", home.dagster),
    ):
        folder.mkdir()
        monkeypatch.setenv(variable, str(folder))
    monkeypatch.setattr("mturk_pipeline.orchestration.run_verdicts.settled", lambda files: True)
    results(tmp_path / "results.csv")
    phase = home.workflows / "survey" / "look"
    phase.mkdir(parents=True)
    (phase / "defs.yaml").write_text(suggest_phase([tmp_path / "results.csv"]), encoding="utf-8")
    workflow = load_workflow(home.workflows / "survey")
    project, _ = make_project(home.projects, "pictures", workflow, {})
    survey = Survey(home, workflow, project)
    (tmp_path / "results.csv").rename(project.path / survey.folders.batches / "results.csv")
    return survey


def test_a_survey_goes_its_whole_road(survey: Survey) -> None:
    survey.run()
    consensus = survey.table("consensus").set_index("field")
    assert consensus.loc["tags", "accepted"].mean() == 1
    assert consensus.loc["bright", "accepted"].all()
    assert len(consensus.loc["fits"]) == ITEMS / 2  # where it was not asked there is no cell
    assert consensus.loc[["story", "comments"], "trust"].isna().all()
    cleaned = survey.table("cleaned_output")
    assert (cleaned["fits_outcome"] == "not_asked").sum() == ITEMS / 2
    assert not cleaned.loc[cleaned["fits_outcome"] == "not_asked", "needs_review"].any()
    assert cleaned["tags_outcome"].eq("none").sum() == len([n for n in range(ITEMS) if not n & 7])
    assert set(survey.table("workers")["standing"]) == {"neutral"}
    results = survey.results()
    assert results["tags"].eq("none").sum() == cleaned["tags_outcome"].eq("none").sum()
    assert results["fits"].isna().sum() == ITEMS / 2
    # The file of results, given back as it is, says nothing new.
    source = survey.project.path / survey.workflow.end_folder / "results.csv"
    (survey.project.path / survey.folders.reviewed / "given back.csv").write_bytes(source.read_bytes())
    survey.run()
    assert survey.table("decisions").empty
    assert survey.results().equals(results)


def test_what_people_make_of_sets_ratings_and_texts_counts(survey: Survey) -> None:
    survey.run()
    book = openpyxl.load_workbook(survey.workbook)
    found: dict[str, dict[str, Cell]] = {}
    for name in ("review", "accepted automatically"):
        header, *rest = book[name].iter_rows()
        for row in rest:
            cells = {str(column.value): cell for column, cell in zip(header, row, strict=True)}
            found[str(cells["image"].value)] = cells

    def write(image: str, **texts: str) -> None:
        for column, text in texts.items():
            found[image][column].value = text

    rows = [image for image, cells in found.items() if cells["tags"].value == "cat|dog"][:2]
    write(rows[0], tags="dog|cat", decision="accept")  # the same set
    write(rows[1], tags="dog|tree", bright="77", story="A person's own tale", decision="fix")
    book.save(survey.project.path / survey.folders.reviewed / "mine.xlsx")
    survey.run()
    reviewed = survey.table("reviewed").set_index("image")
    assert reviewed.loc[rows[0], ["status", "tags"]].tolist() == ["accepted", "cat|dog"]
    assert reviewed.loc[rows[1], ["status", "tags", "bright", "story"]].tolist() == [
        "fixed", "dog|tree", "77", "A person's own tale",
    ]  # fmt: skip
