"""From a lead back to the first list, through merged rows, edits, added rows and lists."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.cli.main import main
from mturk_pipeline.folders.tables import write_table
from mturk_pipeline.intake.item_ids import id_of, item_ids
from mturk_pipeline.tracing.ancestry import trace
from mturk_pipeline.tracing.node import Node
from mturk_pipeline.tracing.project_tables import ProjectTables
from mturk_pipeline.tracing.tree import printable, tree_of
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.workflow import Workflow

CLUBS = PhaseSpec.model_validate(
    {
        "keys": ["university"],
        "match_records": ["club"],
        "fields": {"club": {"kind": "name", "columns": ["club_{n}"]}},
    }
)
LEADS = PhaseSpec.model_validate(
    {
        "after": "clubs",
        "keys": ["university", "club"],
        "fields": {"email": {"kind": "email"}, "phone": {"kind": "phone"}},
    }
)
SPEC = LeadsSpec.model_validate({"lead_groups": {"email": ["email"], "phone": ["phone"]}})
WORKFLOW = Workflow("w", {"clubs": CLUBS, "leads": LEADS}, SPEC, Path("workflows/w"))
UNIVERSITY = item_ids(pd.DataFrame({"university": ["Example University"]})).item()
CHESS = item_ids(pd.DataFrame({"university": ["Example University"], "club": ["Chess"]})).item()
GO = item_ids(pd.DataFrame({"university": ["Example University"], "club": ["Go"]})).item()
ROW_CHESS, ROW_GO, ADDED = id_of("row chess"), id_of("row go"), id_of("added")
LEAD, LEAD_ADDED = id_of("lead"), id_of("lead added")


def answer(item, element, field, worker, raw, value, row, **more):
    return {
        "item_id": item, "element": element, "field": field, "worker": worker, "raw": raw, "value": value,
        "state": "valid" if value else "blank", "note": "", "answer_column": f"Answer.{field}", "slot": 1,
        "hit_id": f"H-{item[:4]}", "assignment_id": f"A{row}", "submitted_at": pd.Timestamp("2026-03-01", tz="UTC"),
        "work_seconds": 60.0, "source_file": "batch.csv", "source_sheet": None, "source_row": row, **more,
    }  # fmt: skip


def guess(item, element, field, value, **more):
    return {
        "item_id": item, "element": element, "field": field, "outcome": "value" if value else "none", "value": value,
        "trust": 0.8, "accepted": True, "pattern": "2:1", "flag_text": "Checkit", "runners_up": [],
        "runners_up_trust": [], "reasons": "2 of 3 workers agree", **more,
    }  # fmt: skip


def review(item_id, parent, element, status, **columns):
    verified = status not in ("undecided", "accepted_automatically")
    return {
        "item_id": item_id, "parent_item_id": parent, "element": element, "status": status, "verified": verified,
        "trust": 0.8, "comment": "", **columns,
    }  # fmt: skip


def raw(rows, inputs):
    table = pd.DataFrame(rows)[["item_id", "assignment_id", "hit_id", "worker", "submitted_at"]].drop_duplicates()
    table = table.assign(batch_id="77", status="Approved", **{f"Input.{k}": v for k, v in inputs.items()})
    return table.drop_duplicates("assignment_id")


def clubs_tables() -> dict[str, pd.DataFrame]:
    listed = [
        answer(UNIVERSITY, "chess", "club", "ann", "Chess!", "Chess", 2),
        answer(UNIVERSITY, "chess", "club", "bob", "chess", "Chess", 3),
        answer(UNIVERSITY, "go", "club", "eve", "Go", "Go", 4),
    ]
    whole = {"university": "Example University"}
    return {
        "input": pd.DataFrame([{"item_id": UNIVERSITY, **whole, "source_file": "list.xlsx", "source_row": 9}]),
        "raw_output": raw(listed, {**whole, "state": "NE"}),
        "answers": pd.DataFrame(listed),
        "consensus": pd.DataFrame([guess(UNIVERSITY, name.lower(), "club", name) for name in ("Chess", "Go")]),
        "reviewed": pd.DataFrame(
            [
                review(ROW_CHESS, UNIVERSITY, "chess", "accepted_automatically", club="Chess", **whole),
                review(ROW_GO, UNIVERSITY, "go", "undecided", club="Go", **whole),
            ]
        ),
    }


def leads_tables() -> dict[str, pd.DataFrame]:
    told = [
        answer(CHESS, "", "email", "ann", "A@x.edu", "a@x.edu", 12),
        answer(CHESS, "", "email", "eve", "\x1b[31mz@x.edu", "z@x.edu", 13),
        answer(CHESS, "", "phone", "ann", None, None, 12),
    ]
    rivals = guess(CHESS, "", "email", "z@x.edu", runners_up=["a@x.edu"], runners_up_trust=[0.3])
    return {
        "raw_output": raw(told, {"university": "Example  university", "club": "CHESS"}),
        "answers": pd.DataFrame(told),
        "consensus": pd.DataFrame([rivals, guess(CHESS, "", "phone", None)]),
        "workers": pd.DataFrame({"worker": ["ann"], "reliability": [0.9], "standing": ["neutral"]}),
        "trust_notes": pd.DataFrame({"note": ["model trust", "not calibrated"]}),
        "cleaned_output": pd.DataFrame({"item_id": [CHESS], "reasons": ["email: rivals"]}),
        "reviewed": pd.DataFrame(
            [
                review(CHESS, CHESS, "", "fixed", university="Example University", club="Chess", email="a@x.edu"),
                review(ADDED, None, "", "added", university="example university", club="Go", email="go@x.edu"),
            ]
        ),
        "decisions": decisions(),
    }


def decisions() -> pd.DataFrame:
    fix = {
        "item_id": CHESS, "field": "email", "decision": "fix", "before": "z@x.edu", "after": "a@x.edu",
        "comment": "called", "decided_at": "2026-03-02T10:00:00", "export": "E1",
        "source_file": "anna.xlsx", "source_sheet": "review", "source_row": 5,
    }  # fmt: skip
    add = {
        "item_id": ADDED, "field": "", "decision": "add", "before": None, "after": None, "comment": "",
        "decided_at": "", "export": "", "source_file": "own.csv", "source_sheet": None, "source_row": 2,
    }  # fmt: skip
    return pd.DataFrame([fix, add])


def all_leads() -> pd.DataFrame:
    lead = {
        "lead_group": "email", "lead_subgroup": "email", "rank": 1, "verified": True, "trust": 0.8, "suppressed": "",
        "duplicate_lead": False, "merged": 1, "university": "Example University", "club": "Chess", "sources": [],
    }  # fmt: skip
    chess = {"lead_id": LEAD, "value": "a@x.edu", "status": "fixed", "item_id": CHESS, "item_ids": [CHESS]}
    go = {"lead_id": LEAD_ADDED, "value": "go@x.edu", "status": "added", "item_id": ADDED, "item_ids": [ADDED, CHESS]}
    return pd.DataFrame([{**lead, **chess}, {**lead, **go}])


def made() -> dict[tuple[str | None, str], pd.DataFrame]:
    return {
        **{("clubs", stage): table for stage, table in clubs_tables().items()},
        **{("leads", stage): table for stage, table in leads_tables().items()},
        (None, "all_leads"): all_leads(),
    }


@pytest.fixture
def tables() -> ProjectTables:
    found = made()
    return ProjectTables(WORKFLOW, lambda phase, stage: found.get((phase, stage)), {"leads": {"accept": 0.7}})


def all_of(nodes: list[Node], kind: str) -> list[Node]:
    return [n for node in nodes for n in ([node] if node.kind == kind else []) + all_of(list(node.children), kind)]


def test_a_lead_is_followed_to_the_first_list(tables: ProjectTables):
    [lead] = trace(LEAD, tables)
    assert [n.title.partition(":")[0] for n in all_of([lead], "row")] == ["leads", "clubs"]
    assert [n.title for n in all_of([lead], "file")] == ["list.xlsx, row 9"]
    assert all_of([lead], "missing") == []


def test_every_worker_stands_with_answer_file_and_row(tables: ProjectTables):
    answers = {n.facts["worker"]: n for n in all_of(trace(LEAD, tables), "answer") if "12" in n.facts["place"]}
    told = answers["ann"].facts
    assert (told["raw"], told["value"], told["place"]) == ("A@x.edu", "a@x.edu", "batch.csv, row 12")
    assert (told["hit_id"], told["assignment_id"], told["batch_id"]) == (f"H-{CHESS[:4]}", "A12", "77")
    assert (told["reliability"], told["submitted_at"]) == (0.9, "2026-03-01 00:00:00+00:00")


def test_only_the_leads_field_is_shown_of_its_row_and_all_of_earlier_phases(tables: ProjectTables):
    guesses = [n.title for n in all_of(trace(LEAD, tables), "consensus")]
    assert guesses == ["email: the crowd's best guess is z@x.edu", "club: the crowd's best guess is Chess"]


def test_edits_come_with_file_row_time_before_and_after(tables: ProjectTables):
    [edit] = all_of(trace(LEAD, tables), "decision")
    assert edit.title == "decision fix on email: z@x.edu → a@x.edu"
    assert edit.facts["place"] == "anna.xlsx, sheet review, row 5"
    assert (edit.facts["decided_at"], edit.facts["export"], edit.facts["comment"]) == (
        "2026-03-02T10:00:00",
        "E1",
        "called",
    )


def test_runners_up_thresholds_and_settings_are_told(tables: ProjectTables):
    nodes = trace(LEAD, tables)
    [email] = [n for n in all_of(nodes, "consensus") if n.title.startswith("email")]
    assert email.facts["runners_up"] == ["a@x.edu (trust 0.30)"]
    assert email.facts["threshold"] == LEADS.threshold("email")
    rules = all_of(nodes, "rules")[0].facts
    assert rules["notes"] == ["model trust", "not calibrated"]
    assert rules["settings"] == str(Path("workflows/w/leads/defs.yaml"))
    assert "0.7" in rules["project_overrides"]


def test_who_was_asked_for_a_list_and_did_not_name_the_record(tables: ProjectTables):
    club = all_of(trace(LEAD, tables), "consensus")[-1]
    assert club.facts["not_listed_by"] == ["eve"]


def test_a_merged_lead_shows_all_its_rows_and_an_added_one_finds_its_item(tables: ProjectTables):
    [lead] = trace("GO@x.edu", tables)
    assert [n.facts["item_id"] for n in lead.children] == [ADDED, CHESS]
    added = lead.children[0]
    assert [n.facts["place"] for n in all_of([added], "decision")] == ["own.csv, row 2"]
    assert all_of([added], "answer")[0].facts["worker"] == "eve"
    assert [n.facts["item_id"] for n in all_of([added], "row")] == [ADDED, ROW_GO]


@pytest.mark.parametrize("text", [LEAD, LEAD.lower().replace("-", ""), " A@X.edu", "mailto:a@x.edu"])
def test_what_a_person_may_give(tables: ProjectTables, text: str):
    assert [n.facts["lead_id"] for n in trace(text, tables)] == [LEAD]


@pytest.mark.parametrize(("text", "rows"), [(ROW_GO, [ROW_GO]), (UNIVERSITY, [ROW_CHESS, ROW_GO]), ("chess", [CHESS])])
def test_rows_that_are_no_leads(tables: ProjectTables, text: str, rows: list[str]):
    assert [n.facts["item_id"] for n in trace(text, tables)] == rows


@pytest.mark.parametrize("text", ["", "nobody@x.edu", id_of("nothing")])
def test_nothing_is_nothing(tables: ProjectTables, text: str):
    assert trace(text, tables) == []


@pytest.mark.parametrize("gone", sorted({key for key in made() if key[0]}, key=str), ids=str)
def test_a_table_that_is_not_there_leaves_a_gap_and_no_fault(gone: tuple[str, str]):
    found = {key: table for key, table in made().items() if key != gone}
    nodes = trace(LEAD, ProjectTables(WORKFLOW, lambda phase, stage: found.get((phase, stage))))
    assert nodes[0].kind == "lead"
    json.dumps([node.as_dict() for node in nodes])
    tree_of(nodes[0])


def test_texts_of_strangers_do_nothing_to_the_terminal(tables: ProjectTables):
    from rich.console import Console

    console = Console(width=200, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    for node in trace(LEAD, tables):
        console.print(tree_of(node))
    text = console.export_text()
    assert "\x1b" not in text
    assert "[31mz@x.edu" in text
    assert printable("a\u202eb\x07") == "a\ufffdb\ufffd"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MTURK_PROJECTS_DIR", str(tmp_path / "projects"))
    monkeypatch.setenv("MTURK_WORKFLOWS_DIR", str(tmp_path / "workflows"))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    for name, spec in WORKFLOW.phases.items():
        folder = tmp_path / "workflows" / "w" / name
        folder.mkdir(parents=True)
        content = {"type": "mturk_pipeline.components.Phase", "attributes": spec.model_dump(exclude_unset=True)}
        (folder / "defs.yaml").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "projects" / "spring").mkdir(parents=True)
    (tmp_path / "projects" / "spring" / "project.yaml").write_text("id: spring\nworkflow: w\n", encoding="utf-8")
    return "spring"


def keep_tables(tmp_path: Path) -> None:
    for (phase, stage), table in made().items():
        folder = tmp_path / "dagster" / "tables" / "w"
        write_table((folder / phase / stage if phase else folder / stage) / "spring.parquet", table)


def call(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["mturk-pipeline", *words])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_the_command(project: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    assert call(monkeypatch, "trace", project, LEAD) == 1
    assert "nothing is made yet" in capsys.readouterr().err
    keep_tables(tmp_path)
    assert call(monkeypatch, "trace", project, LEAD) == 0
    assert "list.xlsx, row 9" in capsys.readouterr().out
    assert call(monkeypatch, "trace", project, "a@x.edu", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["facts"]["lead_id"] == LEAD
    assert call(monkeypatch, "trace", project, "nobody") == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "give a lead_id" in said
