"""A workflow whose answers are no contacts: results, and nothing that is called a lead."""

import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import dagster as dg
import openpyxl
import pandas as pd
import pytest

from mturk_pipeline.cli.main import main
from mturk_pipeline.contracts.results import Results
from mturk_pipeline.definitions import defs
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import project_tables, read_table
from mturk_pipeline.leads.results import gather_results
from mturk_pipeline.review.person_values import person_value
from mturk_pipeline.workflow.loading import load_workflow
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.workflow import WorkflowError

HEAD = "HITId,AssignmentId,WorkerId,AssignmentStatus,SubmitTime,Reward,Input.picture,Answer.animal,Answer.remark\n"
FLOW, FILE = "pictures", "Batch_4821733_batch_results.csv"
WORD = re.compile(r"(?<![a-z])leads?(?![a-z])|[a-z]Leads", re.IGNORECASE)
PHASE = """type: mturk_pipeline.components.Phase
attributes:
  keys: [picture]
  spot_checks: 0
  model: majority
  fields:
    animal: {kind: choice, gate: true}
    remark: {kind: text}
"""


def write_phase(folder: Path, text: str = PHASE) -> None:
    folder.mkdir(parents=True)
    (folder / "defs.yaml").write_text(text)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("pictures")
    home = Home(folder / "projects", folder / "workflows", folder / "dagster")
    with pytest.MonkeyPatch.context() as patch:
        for variable, place in (
            ("MTURK_PROJECTS_DIR", home.projects),
            ("MTURK_WORKFLOWS_DIR", home.workflows),
            ("DAGSTER_HOME", home.dagster),
        ):
            place.mkdir()
            patch.setenv(variable, str(place))
        patch.setattr("mturk_pipeline.orchestration.run_verdicts.settled", lambda files: True)
        write_phase(home.workflows / FLOW / "looks")
        yield home


@pytest.fixture(scope="module")
def said(home: Home) -> dict[str, str]:
    """What each command says, from the first to the last."""
    texts = {}

    def call(*words: str) -> None:
        with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
            patch.setattr(sys, "argv", ["mturk-pipeline", *words])
            out = StringIO()
            with redirect_stdout(out), redirect_stderr(out):
                try:
                    main()
                finally:
                    texts[words[0]] = out.getvalue()

    call("init", "zoo", "--workflow", FLOW)
    rows = [
        f"H{n},A{n}{w},W{w},Submitted,Fri Apr 17 13:1{n}:{w}5 PDT 2026,$0.05,{n}.jpg,{animal},seen {n}\n"
        for n, animals in enumerate((("cat", "cat", "cat"), ("dog", "dog", "dog"), ("ant", "bee", "fly")))
        for w, animal in enumerate(animals)
    ]
    (home.projects / "zoo" / "2_mOut_looks" / FILE).write_text(HEAD + "".join(rows))
    call("run", "zoo")
    call("status", "zoo")
    call("trace", "zoo", "nothing of the kind")
    call("export", "zoo", "results", "-o", str(home.projects.parent / "out.csv"))
    return texts


def test_nothing_that_the_program_says_is_a_lead(said: dict[str, str]) -> None:
    assert "done" in said["run"]
    assert "no row is 'nothing of the kind'" in said["trace"]
    for words, text in said.items():
        assert not WORD.search(text), (words, text)


def test_no_folder_file_table_or_cell_is_called_a_lead(home: Home, said: dict[str, str]) -> None:
    project = home.projects / "zoo"
    assert sorted(p.name for p in (project / "5_results").iterdir()) == ["results.csv", "results.xlsx"]
    paths = [str(p.relative_to(project)) for p in project.rglob("*")]
    paths += [str(p.relative_to(home.dagster)) for p in project_tables(home.tables, FLOW, "zoo")]
    assert [p for p in paths if WORD.search(p) or "crm" in p or "recipients" in p] == []
    for workbook in project.rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(workbook):
            texts = [sheet.title, *(str(c) for row in sheet.iter_rows(values_only=True) for c in row if c)]
            assert [t for t in texts if WORD.search(t)] == [], (workbook.name, sheet.title)
    for table in project_tables(home.tables, FLOW, "zoo"):
        assert [c for c in read_table(table).columns if WORD.search(c)] == [], table


def test_no_asset_check_or_group_is_called_a_lead(home: Home) -> None:
    repository = defs().get_repository_def()
    graph = repository.asset_graph
    keys = [key for key in graph.get_all_asset_keys() if key.path[0] == FLOW]
    assert dg.AssetKey([FLOW, "results"]) in keys
    assert [key for key in keys if "mail" in str(key.path)] == []
    texts = [str(t) for key in keys for t in (key.path, graph.get(key).group_name, graph.get(key).description)]
    texts += [str(key) for key in graph.asset_check_keys if key.asset_key in keys]
    assert [t for t in texts if WORD.search(t)] == []
    assert dg.AssetKey([FLOW, "results"]) in repository.get_job(f"{FLOW}__looks").asset_layer.selected_asset_keys


def test_results_are_the_rows_that_go_on_with_their_values(home: Home, said: dict[str, str]) -> None:
    table = pd.read_csv(home.projects / "zoo" / "5_results" / "results.csv", dtype="str")
    assert table[["picture", "animal", "status", "verified"]].to_numpy().tolist() == [
        ["0.jpg", "cat", "accepted_automatically", "unverified"],
        ["1.jpg", "dog", "accepted_automatically", "unverified"],
    ]
    assert list(table)[:3] == ["picture", "animal", "remark"]
    assert table["animal_trust"].astype(float).between(0.6, 1).all()
    assert table["sources"].str.startswith(FILE).all()
    assert len(pd.read_csv(home.projects.parent / "out.csv")) == 2
    report = openpyxl.load_workbook(home.projects / "zoo" / "5_results" / "results.xlsx")["report"]
    figures = {row[0]: row[1] for row in report.iter_rows(values_only=True)}
    assert figures["results"] == "2"
    assert figures["cost per result"].startswith("$")


@pytest.mark.parametrize(
    ("fields", "end"),
    [
        ("{animal: {kind: choice}}", "5_results"),
        ("{animal: {kind: choice}, mail: {kind: email}}", "5_allLeads"),
        ("{phone: {kind: phone}}", "5_allLeads"),
        ("{name: {kind: name}, title: {kind: text}, open: {kind: boolean}, mail: {kind: email}}", "5_allLeads"),
        ("{good: {kind: rating, scale: [0, 9]}, why: {kind: choices}, mail: {kind: email}}", "5_allLeads"),
        ("{a: {kind: choice}, b: {kind: text, exact: false}, c: {kind: boolean}, mail: {kind: email}}", "5_results"),
        ("{a: {kind: choice}, b: {kind: choice}, note: {kind: remark}, page: {kind: url}}", "5_allLeads"),
        ("{page: {kind: handle, network: facebook}}", "5_allLeads"),
    ],
)
def test_contacts_of_the_last_phase_make_leads(tmp_path: Path, fields: str, end: str) -> None:
    write_phase(tmp_path / "w" / "one", f"type: mturk_pipeline.components.Phase\nattributes: {{fields: {fields}}}\n")
    assert load_workflow(tmp_path / "w").folder_names[-1] == end


@pytest.mark.parametrize(("groups", "end"), [("{}", "5_results"), ("{g: [animal]}", "5_allLeads")])
def test_a_workflow_says_itself_what_is_a_lead(tmp_path: Path, groups: str, end: str) -> None:
    write_phase(tmp_path / "w" / "one", PHASE)
    leads = f"type: mturk_pipeline.components.AllLeads\nattributes: {{lead_groups: {groups}}}\n"
    write_phase(tmp_path / "w" / "all_leads", leads)
    assert load_workflow(tmp_path / "w").folder_names[-1] == end


def test_settings_of_leads_where_there_are_none_are_told(tmp_path: Path) -> None:
    write_phase(tmp_path / "w" / "one")
    with pytest.raises(WorkflowError, match="gathers no leads"):
        load_workflow(tmp_path / "w").with_overrides({"all_leads": {"segment": "x"}}, "p/project.yaml")


def test_what_an_earlier_version_made_stays(home: Home, said: dict[str, str]) -> None:
    folder = home.projects / "old" / "5_allLeads"
    folder.mkdir(parents=True)
    (folder / "all_leads.csv").write_text("value\ncat\n")
    (home.projects / "old" / "project.yaml").write_text(f"id: old\nworkflow: {FLOW}\n")
    (home.projects / "old" / "2_mOut_looks").mkdir()
    source = home.projects / "zoo" / "2_mOut_looks" / FILE
    (home.projects / "old" / "2_mOut_looks" / FILE).write_bytes(source.read_bytes())
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(sys, "argv", ["mturk-pipeline", "run", "old"])
        main()
    assert not end.value.code
    assert [p.read_text() for p in folder.iterdir()] == ["value\ncat\n"]
    assert (home.projects / "old" / "5_results" / "results.csv").is_file()


@pytest.mark.parametrize("name", ["results.csv", "results.xlsx"])
def test_a_file_of_results_that_somebody_deleted_is_made_again(home: Home, said: dict[str, str], name: str) -> None:
    file = home.projects / "zoo" / "5_results" / name
    file.unlink()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(sys, "argv", ["mturk-pipeline", "run", "zoo"])
        main()
    assert not end.value.code
    assert file.is_file()


def test_a_column_called_as_one_of_the_results_stands_beside_it() -> None:
    phase = PhaseSpec.model_validate({"keys": ["sources"], "fields": {"animal": {"kind": "text"}}})
    texts = {"item_id": "A", "parent_item_id": "A", "sources": "x", "animal": "cat", "status": "fixed", "comment": ""}
    reviewed = pd.DataFrame([{**texts, "verified": True, "trust": 0.4}])
    cleaned = pd.DataFrame([{"item_id": "A", "animal": "dog", "animal_trust": 0.4, "animal_outcome": "value"}])
    lineage = pd.DataFrame([{"parent_item_id": "A", "status": "new", "place": "Ames"}])
    results = gather_results(reviewed, cleaned, phase, lineage, pd.Series([["b.csv, row 2"]]))
    Results.validate(results)
    row = results.iloc[0]
    assert (row["input_sources"], row["animal"], row["status"], row["input_status"]) == ("x", "cat", "fixed", "new")
    assert pd.isna(row["animal_trust"])
    assert row["sources"] == ["b.csv, row 2"]


def test_trust_of_what_the_crowd_said_is_none_in_what_a_person_says() -> None:
    phase = PhaseSpec.model_validate({"keys": ["picture"], "fields": {"animal": {"kind": "name"}}})
    texts = {"element": "", "status": "fixed", "comment": "", "verified": True, "trust": None}
    given = {
        "A": (None, None, "unknown"),
        "B": (None, None, "none"),
        "C": ("cat", "cat", "value"),
        "D": (None, "x", "value"),
    }
    people = [
        {"item_id": i, "parent_item_id": i, "picture": i, "animal": mine, **texts} for i, (mine, *_) in given.items()
    ]
    crowd = [
        {"item_id": i, "animal": its, "animal_trust": 0.4, "animal_outcome": o} for i, (_, its, o) in given.items()
    ]
    results = gather_results(pd.DataFrame(people), pd.DataFrame(crowd), phase).set_index("picture")
    assert results["animal_trust"].isna().to_dict() == {"A": True, "B": False, "C": False, "D": True}


def test_nothing_ticked_is_a_word_and_not_asked_is_empty() -> None:
    """The word is read back as what it is."""
    fields = {"tags": {"kind": "choices"}, "mail": {"kind": "name", "asked_if": "page"}, "ok": {"kind": "boolean"}}
    phase = PhaseSpec.model_validate({"keys": ["picture"], "fields": fields})
    outcomes = {"auto": "none", "accepted": "none", "emptied": "value", "said": "unknown", "unknown": "unknown"}
    status = {"auto": "accepted_automatically", "accepted": "accepted", "emptied": "fixed", "said": "fixed"}
    names = list(outcomes)
    reviewed = pd.DataFrame({"item_id": names, "parent_item_id": names, "picture": names, "element": "", "comment": ""})
    reviewed["status"] = reviewed["item_id"].map(status).fillna("accepted_automatically")
    reviewed["verified"] = ~reviewed["status"].eq("accepted_automatically")
    reviewed = reviewed.assign(trust=0.5, tags=None, mail=None, ok=None)
    cleaned = pd.DataFrame({"item_id": names, "tags_outcome": outcomes.values()})
    cleaned["tags"] = cleaned["tags_outcome"].map({"value": "a|b"})
    cleaned = cleaned.assign(mail_outcome="not_asked", ok_outcome="none", mail=None, ok=None)
    cleaned = cleaned.assign(**{f"{f}_trust": 0.5 for f in fields})
    decided = pd.DataFrame({"item_id": ["said", "emptied"], "field": "tags", "after": [None, None]})
    results = gather_results(reviewed, cleaned, phase, decisions=decided).set_index("picture")
    assert results["tags"].isna().to_dict() == {n: n == "unknown" for n in names}
    assert set(results["tags"].dropna()) == {"none"}
    assert results[["mail", "ok"]].isna().all(axis=None)
    assert person_value("none", phase.fields["tags"]).state == "none"
