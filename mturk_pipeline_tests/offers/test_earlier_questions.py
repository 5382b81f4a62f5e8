"""Other projects that cannot be compared are named: what they asked would be asked, and paid, again."""

from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.projects.earlier_questions import purged_items
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.workflow import Workflow


@pytest.mark.parametrize(("against", "said"), [("*", ["away", "empty"]), ("away", ["away"])])
def test_a_project_that_cannot_be_seen_is_named(tmp_path: Path, against: str, said: list[str]) -> None:
    spec = PhaseSpec.model_validate(
        {"keys": ["town"], "fields": {"mayor": {"kind": "text"}}, "purge_against": [against]}
    )
    workflow = Workflow("w", {"ask": spec}, None, Path())
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    here = Project("here", home.projects / "here", "w")
    here.path.mkdir(parents=True)
    (here.path / "project.yaml").write_text("id: here\nworkflow: w\n")
    (home.projects / "empty").mkdir()
    (home.projects / "away").symlink_to("nowhere")
    listed = pd.DataFrame({"item_id": ["I1"]})
    problems = purged_items(ProjectPhase(home, here, workflow, "ask"), workflow, listed).problems
    assert problems["project"].tolist() == said
