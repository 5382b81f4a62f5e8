"""Keys, inputs and fields may be called as the pipeline's own columns are."""

import ast
import csv
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import openpyxl
import pandas as pd
import pytest
import yaml

import mturk_pipeline
from mturk_pipeline.definitions import defs
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project, make_project
from mturk_pipeline.folders.tables import read_table, table_path
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.intake.input_list import read_input
from mturk_pipeline.intake.taken_offers import is_taken_offer
from mturk_pipeline.leads.lead_columns import key_columns
from mturk_pipeline.orchestration.running import run_project
from mturk_pipeline.review.columns_in_view import MORE_FIELDS
from mturk_pipeline.workflow.loading import load_workflow, load_workflows
from mturk_pipeline.workflow.phase_spec import RESERVED_NAMES, PhaseSpec
from mturk_pipeline.workflow.workflow import Workflow

PACKAGE = Path(mturk_pipeline.__file__).parent
# Where tables stand that hold keys or fields beside columns of the pipeline's own.
ROOMS = ("answers", "contracts", "intake", "leads", "offers", "review", "tracing")
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
    plain = {n for n in names if re.fullmatch(r"[a-z][a-z0-9_]{0,30}", n)} - {"thing", "what", "why"}
    return sorted(plain)


def _texts(node: ast.AST) -> list[str]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


# These stand in every run; of all others every twelfth does, and all of them by hand.
ALWAYS = (
    "item", "index", "level_0", "name", "kind", "row", "rank", "email", "leads", "sources", "since", "present", "rule",
    "raw", "what_trust", "why_trust", "what_runners_up", "what_outcome", "what_pick_1", "why_pick_1", *RESERVED_NAMES,
    "AssignmentId", "HITId", "WorkerId",
)  # fmt: skip
EVERY = column_names()
NAMES = sorted({*EVERY, *ALWAYS}) if os.environ.get("MTURK_ALL_NAMES") else sorted({*ALWAYS, *EVERY[::12]})
TEXT = {"kind": "text"}
TABLES = ("reviewed", "review_problems")
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
        _phase(home.workflows / "carried" / "one", "Phase", {"keys": ["thing"], "fields": {"what": TEXT}})
        _phase(home.workflows / "carried" / "two", "Phase", {"after": "one", "keys": ["what"], "fields": {"why": TEXT}})
        patch.setattr("mturk_pipeline.orchestration.run_verdicts.settled", lambda files: True)
        yield home


def _phase(folder: Path, kind: str, attributes: dict[str, Any]) -> None:
    folder.mkdir(parents=True)
    content = {"type": f"mturk_pipeline.components.{kind}", "attributes": attributes}
    (folder / "defs.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def _in_sheet(column: str) -> str:
    """What a key or field is called in a person's own sheet: its plain name, but for what such a sheet is known by."""
    plain = column.removesuffix(" (key)").removesuffix(" (field)")
    return column if plain in ("item_id", "export", "decision", "comment") else plain


@pytest.fixture(scope="module")
def repository(home: Home) -> dg.RepositoryDefinition:
    return defs().get_repository_def()


def edit_workbook(project: Project, workflow: Workflow, spec: PhaseSpec) -> dict[str, str]:
    """Every field of one row is written anew in the workbook; the row's item_id, and the values by field."""
    folders = workflow.folders("one")
    book = openpyxl.load_workbook(project.path / folders.processed / "review_one.xlsx")
    for sheet in book.worksheets:
        header = {str(cell.value): cell.column for cell in sheet[1]}
        assert len(header) == sheet.max_column or sheet.title == "about", sheet.title
        rows = [r for r in range(2, sheet.max_row + 1) if sheet.cell(r, header.get("thing", 1)).value == "thing 2"]
        if sheet.title in ("review", "accepted automatically") and rows:
            item_id = sheet.cell(rows[0], header["item_id"]).value
            more = {f: sheet.cell(rows[0], header[f]) for f in spec.fields if f in header}
            more |= _cells_of_more_fields(book, item_id)
            for field in spec.fields:
                more[field].value = f"{field} by hand"
            book.save(project.path / folders.reviewed / "ben.xlsx")
            return {"item_id": item_id, **{f: f"{f} by hand" for f in spec.fields}}
    raise AssertionError("no row about thing 2")


def _cells_of_more_fields(book: openpyxl.Workbook, item_id: str) -> dict[str, Any]:
    """Where the values of an item stand that have no column on the sheets of rows, by field."""
    if MORE_FIELDS not in book.sheetnames:
        return {}
    sheet = book[MORE_FIELDS]
    header = {str(cell.value): cell.column for cell in sheet[1]}
    rows = [r for r in range(2, sheet.max_row + 1) if sheet.cell(r, header["item_id"]).value == item_id]
    return {str(sheet.cell(r, header["field"]).value): sheet.cell(r, header["value"]) for r in rows}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_project_runs_to_all_leads_whatever_its_columns_are_called(
    home: Home, repository: dg.RepositoryDefinition, name: str
) -> None:
    workflows, problems = load_workflows([home.workflows])
    assert problems == {}
    workflow = workflows[name]
    one, two = workflow.phases.values()
    project, _ = make_project(home.projects, f"of_{name}", workflow, {})
    keys = {one.plain_name(k): _in_sheet(k) for k in one.keys}
    rows = [{k: f"{k} {number}" for k in keys} for number in range(3)]
    pd.DataFrame(rows).to_csv(project.path / workflow.folders("one").input / "list.csv", index=False)
    batch(project.path / workflow.folders("one").batches / "b.csv", rows, one, "ONE")
    # A person decides about two items and adds one.
    decisions = pd.DataFrame([{c: f"{k} {number}" for k, c in keys.items()} for number in (0, 1, 7)])
    decisions["decision"] = ["accept", "", ""]
    decisions["what"] = ["", "mended", "new"]
    if name in ("fields", "records"):
        decisions = decisions.assign(**{_in_sheet(one.columns_by_name[n]): ["", "", f"{n} new"] for n in NAMES})
    decisions.to_csv(project.path / workflow.folders("one").reviewed / "anna.csv", index=False)

    with dg.DagsterInstance.ephemeral() as instance:
        [first, *_] = run_project(instance, home, project, workflow, repository.get_job, phases=("one",))
        assert first.success, first.problem
        offer = project.path / workflow.folders("one").reviewed / "_mIn_two.csv"
        asked = pd.read_csv(offer, dtype="str", encoding="utf-8-sig", keep_default_na=False).to_dict("records")
        assert len(asked) >= 4
        assert is_taken_offer(asked[0])
        batch(project.path / workflow.folders("two").batches / "b.csv", asked, two, "TWO")
        [second, *_] = run_project(instance, home, project, workflow, repository.get_job, phases=("two",))
        assert second.success, second.problem
        edited = edit_workbook(project, workflow, one)
        [first, *_] = run_project(instance, home, project, workflow, repository.get_job, phases=("one",))
        assert first.success, first.problem
        tables = {n: read_table(table_path(home.tables, workflow.name, "one", n, project.id)) for n in TABLES}
        # Where items have records, a row without one tells of none.
        wrong = tables["review_problems"].query("rule != 'no_match'")
        assert wrong.empty, wrong.to_string()
        reviewed = tables["reviewed"].set_index("item_id")
        assert reviewed.loc[edited.pop("item_id"), list(edited)].to_dict() == edited
    leads = pd.read_csv(project.path / workflow.end_folder / "all_leads.csv", dtype="str", encoding="utf-8-sig")
    assert leads["value"].str.startswith("why").all()
    assert len(leads) >= 4
    for key, column in key_columns(two).items():
        plain = two.plain_name(key)
        answered = {f"what_{n} of {i}" for n in "12" for i in range(3)} | {"new", "mended", "what new"}
        assert set(leads[column]) <= ({f"{plain} {n}" for n in (0, 1, 2, 7)} if plain != "what" else answered), key
        assert leads[column].nunique() >= 4


CARRIED = ["decision", "comment", "Export", "WorkerId", "HITId", "status", "item id"]


def test_a_copy_of_an_offer_is_no_decision_whatever_the_list_carries(
    home: Home, repository: dg.RepositoryDefinition
) -> None:
    workflow = load_workflows([home.workflows])[0]["carried"]
    one, two = workflow.phases.values()
    project, _ = make_project(home.projects, "of_carried", workflow, {})
    rows = [{"thing": f"thing {n}", **{c: f"accept {c} {n}" for c in CARRIED}} for n in range(3)]
    batch(project.path / workflow.folders("one").batches / "b.csv", rows, one, "ONE")
    reviewed = project.path / workflow.folders("one").reviewed
    offer = reviewed / "_mIn_two.csv"
    with dg.DagsterInstance.ephemeral() as instance:

        def run(phase: str) -> None:
            [result, *_] = run_project(instance, home, project, workflow, repository.get_job, phases=(phase,))
            assert result.success, result.problem

        run("one")
        asked = pd.read_csv(offer, dtype="str", encoding="utf-8-sig", keep_default_na=False)
        assert sorted(asked["decision (input)"]) == [f"accept decision {n}" for n in range(3)]
        assert set(asked["comment"]) == {f"accept comment {n}" for n in range(3)}
        asked.to_csv(reviewed / "sent on Monday.csv", index=False)
        book = pd.read_excel(offer.with_suffix(".xlsx"), dtype="str", keep_default_na=False)
        book.iloc[::-1].to_excel(reviewed / "sent.xlsx", index=False)
        run("one")
        tables = {
            n: read_table(table_path(home.tables, "carried", "one", n, project.id)) for n in ("decisions", *TABLES)
        }
        assert tables["decisions"].empty
        assert tables["review_problems"].empty
        # Both are known for what was sent, and nothing is offered once more.
        assert not offer.exists()
        batch(project.path / workflow.folders("two").batches / "b.csv", asked.to_dict("records"), two, "TWO")
        run("two")
    taken = read_table(table_path(home.tables, "carried", "two", "raw_output", project.id))
    assert set(taken["Input.decision"]) == {f"accept decision {n}" for n in range(3)}
    assert not [c for c in taken.columns if c.endswith("(input)") and c != "Input.item id (input)"]


def test_a_clash_is_marked_and_the_field_still_reads_the_answers_of_its_name() -> None:
    spec = PhaseSpec.model_validate(
        {
            "keys": [" status ", "club_trust", "page"],
            "fields": {"trust": TEXT, "club": TEXT, "Comment": {"kind": "text", "columns": ["note_{n}"]}},
            "match_records": ["Comment"],
        }
    )
    assert spec.keys == ["status (key)", "club_trust (key)", "page"]
    assert list(spec.fields) == ["trust (field)", "club", "Comment (field)"]
    assert spec.record_keys == ("Comment (field)",)
    assert [spec.columns_of(f) for f in spec.fields] == [("trust",), ("club",), ("note_{n}",)]
    assert PhaseSpec.model_validate(spec.model_dump(exclude_unset=True)) == spec
    with pytest.raises(ValueError, match=r"'trust'. is both a key and a field"):
        PhaseSpec.model_validate({"keys": ["trust"], "fields": {"trust": TEXT}})
    with pytest.raises(ValueError, match=r"'trust \(field\)'. would name two fields"):
        PhaseSpec.model_validate({"fields": {"trust": TEXT, "trust (field)": TEXT}})


def test_overrides_and_leads_name_a_field_as_the_phase_file_does(tmp_path: Path) -> None:
    _phase(tmp_path / "w" / "one", "Phase", {"keys": ["status"], "fields": {"value": TEXT}})
    _phase(tmp_path / "w" / "all_leads", "AllLeads", {"lead_groups": {"g": ["value"]}})
    overrides = {"one": {"fields": {"value": {"accept": 0.4}}}, "all_leads": {"lead_groups": {"g": ["value"]}}}
    workflow = load_workflow(tmp_path / "w").with_overrides(overrides, "project.yaml")
    assert list(workflow.phases["one"].fields) == ["value (field)"]
    assert workflow.phases["one"].fields["value (field)"].accept == 0.4
    assert workflow.phases["one"].columns_of("value (field)") == ("value",)
    assert workflow.leads.lead_groups == {"g": ["value (field)"]}


def test_a_key_called_as_a_column_of_offers_is_told_from_it(tmp_path: Path) -> None:
    spec = PhaseSpec.model_validate({"keys": ["attempt"], "fields": {"what": TEXT}})
    batch(tmp_path / "first.csv", [{"attempt": "7"}], spec, "ONE")
    again = {"attempt (key)": "7", "attempt": "2", "offer_id": "GVMS-PQXB-NFDJ-P"}
    batch(tmp_path / "rework.csv", [again], spec, "TWO")
    found = collect([tmp_path / "first.csv", tmp_path / "rework.csv"], spec).assignments
    assert found["item_id"].nunique() == 1
    assert set(found["Input.attempt (key)"]) == {"7"}
    assert found["Input.attempt"].dropna().unique().tolist() == ["2"]


def test_a_list_may_have_columns_called_as_those_that_are_added_to_it(tmp_path: Path) -> None:
    spec = PhaseSpec.model_validate({"keys": ["status"], "fields": {"what": TEXT}})
    rows = {"status": ["a", "b"], "item_id": ["x1", "x2"], "source_row": ["7", "8"]}
    pd.DataFrame(rows).to_csv(tmp_path / "list.csv", index=False)
    items = read_input([tmp_path / "list.csv"], spec).items
    assert items["status (key)"].tolist() == ["a", "b"]
    assert items["item_id (input)"].tolist() == ["x1", "x2"]
    assert items["source_row"].tolist() == [2, 3]
