"""Keys, inputs and fields may be called as the pipeline's own columns are: it works, or the phase file is refused."""

import ast
import csv
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest
import yaml

import mturk_pipeline
from mturk_pipeline.definitions import defs
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.projects import make_project
from mturk_pipeline.orchestration.running import run_project
from mturk_pipeline.workflow.loading import load_workflows
from mturk_pipeline.workflow.phase_spec import FIELD_SUFFIXES, RESERVED_NAMES, PhaseSpec

PACKAGE = Path(mturk_pipeline.__file__).parent
# Where tables stand that hold keys or fields beside columns of the pipeline's own.
ROOMS = ("answers", "contracts", "intake", "leads", "loop", "review", "tracing")
HEAD = ["HITId", "HITTypeId", "Title", "Reward", "MaxAssignments", "CreationTime", "AssignmentId", "WorkerId"]
HEAD += ["AssignmentStatus", "AcceptTime", "SubmitTime", "AutoApprovalTime", "WorkTimeInSeconds"]


def column_names() -> list[str]:
    """Each name under which the rooms' source makes or reads a column, and some that pandas has a use for."""
    names = {
        "item",
        "index",
        "level_0",
        "level_1",
        "columns",
        "values",
        "count",
        "size",
        "name",
        "lead",
        "club",
        "axis",
    }
    for room in ROOMS:
        for file in sorted((PACKAGE / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    names.add(node.target.id)
                elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("assign", "rename"):
                    names |= {k.arg for k in node.keywords if k.arg}
                elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "DataFrame":
                    tables = [n for argument in node.args for n in ast.walk(argument) if isinstance(n, ast.Dict)]
                    names |= {text for table in tables for key in table.keys if key for text in _texts(key)}
                elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant | ast.List):
                    names |= set(_texts(node.slice))
    plain = {n for n in names if re.fullmatch(r"[a-z][a-z0-9_]{0,30}", n)} - RESERVED_NAMES - {"thing", "what", "why"}
    return sorted(n for n in plain if not any(n.endswith(s) and n.removesuffix(s) in plain for s in FIELD_SUFFIXES))


def _texts(node: ast.AST) -> list[str]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


# These stand in every run; of all others every sixth does, and all of them by hand.
ALWAYS = (
    "item", "index", "level_0", "name", "kind", "row", "rank", "email", "leads", "sources", "since", "present", "rule",
)  # fmt: skip
EVERY = column_names()
NAMES = EVERY if os.environ.get("MTURK_ALL_NAMES") else sorted({*ALWAYS, *EVERY[::6]})
TEXT = {"kind": "text"}
# What the two phases ask: every name as key, carried input, field of an item, field of a record.
WORKFLOWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "keys": (
        {"keys": ["thing", *NAMES], "fields": {"what": TEXT}},
        {"keys": ["thing", *NAMES], "fields": {"why": TEXT}},
    ),
    "fields": (
        {"keys": ["thing"], "fields": {"what": TEXT, **dict.fromkeys(NAMES, TEXT)}},
        {"keys": ["thing"], "fields": {n: {"kind": "text", "columns": [f"{n}_{{n}}"]} for n in ["why", *NAMES]}},
    ),
    "records": (
        {"keys": ["thing"], "fields": {n: {"kind": "text", "columns": [f"{n}_{{n}}"]} for n in ["what", *NAMES]}},
        {"keys": ["thing", "what"], "fields": {"why": TEXT, **dict.fromkeys(NAMES, TEXT)}},
    ),
}


def batch(path: Path, rows: Sequence[dict[str, str]], spec: PhaseSpec, mark: str) -> None:
    """A result file: three workers say the same of each of `rows`."""
    answers = [c.replace("{n}", n) for f in spec.fields for c in spec.columns_of(f) for n in ("1", "2")]
    answers = list(dict.fromkeys(answers))
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow([*HEAD, *(f"Input.{c}" for c in rows[0]), *(f"Answer.{a}" for a in answers)])
        for number, row in enumerate(rows):
            for worker in "012":
                when = f"Fri Apr 17 13:{10 + number}:{worker}5 PDT 2020"
                own = [f"3HIT{mark}{number}", "3T", "t", "$0.05", "3", when, f"3A{mark}{number}{worker}"]
                own += [f"AKK{worker}", "Submitted", when, when, "Fri Apr 24 13:00:00 PDT 2020", "60"]
                out.writerow([*own, *row.values(), *(f"{a} of {number}" for a in answers)])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("names")
    home = Home(folder / "projects", folder / "workflows", folder / "dagster")
    with pytest.MonkeyPatch.context() as patch:
        for variable, place in (
            ("MTURK_PROJECTS_DIR", home.projects),
            ("MTURK_WORKFLOWS_DIR", home.workflows),
            ("DAGSTER_HOME", home.dagster),
        ):
            place.mkdir()
            patch.setenv(variable, str(place))
        for name, (one, two) in WORKFLOWS.items():
            gentle = {"accept": 0.1, "accept_none": 0.1}
            _phase(home.workflows / name / "one", "Phase", {**one, **gentle})
            _phase(home.workflows / name / "two", "Phase", {"after": "one", **two, **gentle})
            _phase(home.workflows / name / "all_leads", "AllLeads", {"lead_groups": {"g": ["why"]}})
        patch.setattr("mturk_pipeline.orchestration.due.settled", lambda files: True)
        yield home


def _phase(folder: Path, kind: str, attributes: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    content = {"type": f"mturk_pipeline.components.{kind}", "attributes": attributes}
    (folder / "defs.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.fixture(scope="module")
def repository(home: Home) -> dg.RepositoryDefinition:
    return defs().get_repository_def()


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_project_runs_to_all_leads_whatever_its_columns_are_called(
    home: Home, repository: dg.RepositoryDefinition, name: str
) -> None:
    workflows, problems = load_workflows([home.workflows])
    assert problems == []
    workflow = workflows[name]
    one, two = workflow.phases.values()
    project, _ = make_project(home.projects, f"of_{name}", workflow, {})
    rows = [{k: f"{k} {number}" for k in one.keys} for number in range(3)]
    pd.DataFrame(rows).to_csv(project.path / workflow.folders("one").input / "list.csv", index=False)
    batch(project.path / workflow.folders("one").batches / "b.csv", rows, one, "ONE")
    # A person decides about two items and adds one.
    decisions = pd.DataFrame([{k: f"{k} {number}" for k in one.keys} for number in (0, 1, 7)])
    decisions["decision"] = ["accept", "", ""]
    decisions["what"] = ["", "mended", "new"]
    if name in ("fields", "records"):
        decisions = decisions.assign(**{n: ["", "", f"{n} new"] for n in NAMES})
    decisions.to_csv(project.path / workflow.folders("one").reviewed / "anna.csv", index=False)

    with dg.DagsterInstance.ephemeral() as instance:
        [first, *_] = run_project(instance, home, project, workflow, repository.get_job, phases=("one",))
        assert first.success, first.problem
        offer = project.path / workflow.folders("one").reviewed / "_mIn_two.csv"
        asked = pd.read_csv(offer, dtype="str", encoding="utf-8-sig", keep_default_na=False).to_dict("records")
        assert len(asked) >= 4
        batch(project.path / workflow.folders("two").batches / "b.csv", asked, two, "TWO")
        [second, *_] = run_project(instance, home, project, workflow, repository.get_job, phases=("two",))
        assert second.success, second.problem
    leads = pd.read_csv(project.path / workflow.all_leads_folder / "all_leads.csv", dtype="str", encoding="utf-8-sig")
    assert leads["value"].str.startswith("why").all()
    assert len(leads) >= 4
    for key in two.keys:
        column = key if key in leads and key not in ("rank", "sources", "merged") else f"input_{key}"
        assert column in leads, key
    if name == "keys":
        assert set(leads["item"]) == {"item 0", "item 1", "item 2", "item 7"}
        assert set(leads["kind"]) == {"kind 0", "kind 1", "kind 2", "kind 7"}


@pytest.mark.parametrize("reserved", sorted(RESERVED_NAMES))
def test_what_the_review_needs_itself_is_refused_in_one_line(reserved: str) -> None:
    for content in ({"keys": [reserved], "fields": {"a": TEXT}}, {"fields": {reserved: TEXT}}):
        with pytest.raises(ValueError, match="a column of the pipeline's own; choose another name"):
            PhaseSpec.model_validate(content)
