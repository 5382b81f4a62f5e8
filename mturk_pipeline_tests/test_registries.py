"""A kind, a dialect, a provider and a model of trust are one file and one line: toys of each go the whole way."""

import ast
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import dagster as dg
import openpyxl
import pandas as pd
import pytest
import yaml

import mturk_pipeline
from mturk_pipeline.cli.main import main
from mturk_pipeline.contracts.assignments import Assignments
from mturk_pipeline.definitions import defs
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import make_project
from mturk_pipeline.folders.tables import read_table, table_path
from mturk_pipeline.intake import dialects
from mturk_pipeline.intake.dialects.base import Dialect
from mturk_pipeline.intake.kind_guesses import guess_kind
from mturk_pipeline.kinds import KINDS, Kind, Question, Reading
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import invalid
from mturk_pipeline.orchestration.running import run_project
from mturk_pipeline.providers import PROVIDERS, Provider
from mturk_pipeline.trust.agreements import Agreed, Outside
from mturk_pipeline.trust.agreements.base import PerCell
from mturk_pipeline.trust.models.base import Priors, Scores
from mturk_pipeline.trust.models.majority import majority
from mturk_pipeline.trust.questions import Questions
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.vocabulary.agreements import AGREEMENTS, Agreement
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS, TrustModel
from mturk_pipeline.workers.identities import with_names
from mturk_pipeline.workflow.kind_settings import settings_of
from mturk_pipeline.workflow.loading import load_workflow
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PACKAGE = Path(mturk_pipeline.__file__).parent


def read_isbn(raw: str, field: Question) -> Reading:
    digits = raw.replace("-", "").strip()
    return Reading(digits, "valid") if digits.isdecimal() and len(digits) == 13 else invalid("has no 13 digits")


def guess_isbn(sample: ColumnSample) -> dict[str, str] | None:
    return {"region": "GB"} if "isbn" in sample.words else None


ISBN = Kind(
    "isbn", read_isbn, open=True, guess=guess_isbn, needs={"region": "GB"}, personal=True, plural="isbns",
    crm_column="Book", width=7, near_miss=lambda text, field: text.replace("-", "").isdecimal(),
)  # fmt: skip
ODDITY = Kind("oddity", lambda raw, field: Reading(raw.strip(), "valid"), agreement="longest", open=True)


def agree(ballots: Ballots, phase: PhaseSpec, outside: Outside) -> Agreed:
    """The longest value of each cell, surely."""
    out = PerCell(ballots)
    for cell, start in enumerate(ballots.cells.start[:-1]):
        here = ballots.candidates.value[start : ballots.cells.start[cell + 1]].tolist()
        out.outcome[cell], out.value[cell], out.trust[cell] = (
            ("value", max(here, key=len), 1.0) if here else ("none", None, 0)
        )
    return out.agreed()


LIBRARY = Provider("library", "the library", worker_id_form="L and digits", user_name="Reader")
CARDS = Dialect(
    "cards", LIBRARY.name, frozenset({"Card", "Slip", "Reader"}), makes_ids=True,
    columns={"hit_id": "Card", "assignment_id": "Slip", "worker_id": "Reader", "submitted_at": "Day"},
)  # fmt: skip


def everyone(ballots: Ballots, asked: Questions, known: Priors) -> Scores:
    """Whatever anybody says is surely right."""
    counted = majority(ballots, asked, known)
    return counted.with_trust(counted.value_trust * 0 + 0.97, counted.none_trust)


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The four toys, each entered by its one line."""
    kinds = dict(KINDS)
    KINDS.clear()
    KINDS.update({ISBN.name: ISBN, **kinds, ODDITY.name: ODDITY})
    longest = ModuleType("longest")
    longest.agree = agree  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "mturk_pipeline.trust.agreements.longest", longest)
    monkeypatch.setitem(AGREEMENTS, "longest", Agreement("longest"))
    monkeypatch.setitem(PROVIDERS, LIBRARY.name, LIBRARY)
    monkeypatch.setattr(dialects, "DIALECTS", (CARDS, *dialects.DIALECTS))
    module = ModuleType("everyone")
    module.everyone = everyone  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "mturk_pipeline.trust.models.everyone", module)
    monkeypatch.setitem(TRUST_MODELS, "everyone", TrustModel("everyone"))
    Assignments.model.cache_clear()
    yield
    KINDS.clear()
    KINDS.update(kinds)
    Assignments.model.cache_clear()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    for variable, folder in (
        ("MTURK_PROJECTS_DIR", home.projects),
        ("MTURK_WORKFLOWS_DIR", home.workflows),
        ("DAGSTER_HOME", home.dagster),
    ):
        folder.mkdir()
        monkeypatch.setenv(variable, str(folder))
    monkeypatch.setattr("mturk_pipeline.orchestration.run_verdicts.settled", lambda files: True)
    phase = {"keys": ["title"], "model": "everyone", "fields": {"isbn": {"kind": "isbn"}, "shelf": {"kind": "text"}}}
    phase["fields"]["blurb"] = {"kind": "oddity"}
    for name, kind, attributes in (
        ("books", "Phase", phase),
        ("all_leads", "AllLeads", {"lead_groups": {"b": ["isbn"]}}),
    ):
        (home.workflows / "library" / name).mkdir(parents=True)
        content = yaml.safe_dump({"type": f"mturk_pipeline.components.{kind}", "attributes": attributes})
        (home.workflows / "library" / name / "defs.yaml").write_text(content, encoding="utf-8")
    return home


def cards(path: Path) -> None:
    """Three readers about two books; the third never copies the number whole."""
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["Card", "Slip", "Reader", "Day", "Input.title", "Answer.isbn", "Answer.shelf", "Answer.blurb"])
        for book, isbn in enumerate(("978-0000000011", "978-0000000028")):
            for reader, said in (("L1", isbn), ("L2", isbn.replace("-", "")), ("3", "978-00")):
                ids = [f"C{book}", f"S{book}{reader}", reader, "2026-04-17 10:00"]
                out.writerow([*ids, f"Book {book}", said, "A row", "By a long name" if reader == "3" else "By"])


def test_toys_of_each_go_from_file_to_leads_and_pay(
    toys: None, home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workflow = load_workflow(home.workflows / "library")
    project, _ = make_project(home.projects, "spring", workflow, {})
    folders = workflow.folders("books")
    pd.DataFrame({"title": ["Book 0", "Book 1"]}).to_csv(project.path / folders.input / "list.csv", index=False)
    cards(project.path / folders.batches / "cards.csv")
    with dg.DagsterInstance.ephemeral() as instance:
        results = list(run_project(instance, home, project, workflow, defs().get_repository_def().get_job))
    assert [r.problem for r in results if not r.success] == []

    def table(stage: str) -> pd.DataFrame:
        return read_table(table_path(home.tables, "library", "books", stage, project.id))

    named = with_names(table("raw_output"), home)
    assert set(named["worker"]) == {"library::L1", "library::L2", "library::3"}
    isbns = table("consensus").query("field == 'isbn'")
    assert isbns["value"].tolist() == ["9780000000011", "9780000000028"]
    assert isbns["trust"].tolist() == [0.97, 0.97]
    blurbs = table("consensus").query("field == 'blurb'")
    assert blurbs[["value", "trust"]].to_numpy().tolist() == [["By a long name", 1.0]] * 2
    queue = openpyxl.load_workbook(project.path / folders.processed / "review_books.xlsx")["review"]
    widths = {str(c.value): queue.column_dimensions[c.column_letter].width for c in queue[1]}
    assert widths["isbn"] == pytest.approx(7, abs=1)
    leads = project.path / workflow.end_folder
    assert set(pd.read_csv(leads / "all_leads.csv", dtype="str")["value"]) == {"9780000000011", "9780000000028"}
    assert set(pd.read_csv(leads / "crm.csv", dtype="str")["Book"]) == {"9780000000011", "9780000000028"}

    def said(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["mturk-pipeline", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main()
        return "".join(capsys.readouterr())

    assert "is of the format cards, which has no such upload" in said("settle", "spring", "books", "--write")
    said("pay", "spring", "books", "--reward", "0.10", "--write")
    [sheet] = (project.path / folders.processed).glob("*pay*")
    assert set(pd.read_csv(sheet, dtype="str")["worker_id"]) == {"L1", "L2", "3"}


def test_a_toy_kind_is_guessed_checked_and_needs_its_settings(toys: None) -> None:
    guess = guess_kind("isbn", ["978-0000000011"], 1)
    assert (guess.kind, guess.settings) == ("isbn", {"region": "GB"})
    with pytest.raises(ValueError, match="a field of kind isbn needs 'region', such as region: GB"):
        PhaseSpec.model_validate({"fields": {"isbn": {"kind": "isbn", "region": ""}}})
    with pytest.raises(ValueError, match=r"kind isbn does not read 'levels' \(kind rating does\)"):
        PhaseSpec.model_validate({"fields": {"isbn": {"kind": "isbn", "region": "DE", "levels": ["a", "b"]}}})
    with pytest.raises(ValueError, match=r"kind text does not read 'region' \(kinds isbn, phone do\)"):
        PhaseSpec.model_validate({"fields": {"isbn": {"kind": "text", "region": "DE"}}})


def test_whatever_a_kind_is_asked_with_belongs_to_some_kind() -> None:
    asked = {name for name, value in vars(Question).items() if isinstance(value, property)} - {"kind"}
    assert asked == {name for kind in KINDS for name in settings_of(kind)} - {"exact"}
    assert all(kind.trials.keys() <= settings_of(kind.name) for kind in KINDS.values())


def test_an_unknown_kind_and_an_unknown_model_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"is 'isbn'; a field is of one of the kinds .*boolean"):
        PhaseSpec.model_validate({"fields": {"isbn": {"kind": "isbn"}}})
    with pytest.raises(ValueError, match="is 'everyone'; a model of trust is one of majority"):
        PhaseSpec.model_validate({"fields": {"a": {"kind": "text"}}, "model": "everyone"})


def _asks_for(node: ast.AST, kinds: set[str], others: set[str]) -> bool:
    """Whether a piece of source chooses by the name of a kind, provider, dialect or model."""
    texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    if isinstance(node, ast.Compare):
        return bool(others & set(texts)) or ("kind" in ast.unparse(node) and bool(kinds & set(texts)))
    if isinstance(node, ast.keyword):
        return node.arg in ("kind", "provider", "model") and bool((kinds | others) & set(texts))
    if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
        plain = node.keys if isinstance(node, ast.Dict) else node.elts
        names = {n.value for n in plain if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        told = isinstance(node, ast.Dict) and any(
            isinstance(k, ast.Constant) and k.value == "kind" and isinstance(v, ast.Constant) and v.value in kinds
            for k, v in zip(node.keys, node.values, strict=True)
        )
        # Columns of a sheet are texts and numbers, too.
        return told or (len(names & kinds) > 1 and names & kinds != {"text", "number"}) or bool(names & others)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and ("mturk:" in node.value[:9])


def test_no_other_room_names_a_kind_a_provider_a_dialect_or_a_model() -> None:
    names = {*PROVIDERS, *(d.name for d in dialects.DIALECTS), *TRUST_MODELS} - {"trust", "majority", "confusion"}
    own = ("kinds", "providers", "simulator", "vocabulary/trust_models.py")
    files = [p for p in PACKAGE.rglob("*.py") if not p.relative_to(PACKAGE).as_posix().startswith(own)]
    assert len(files) > 200
    found = [
        f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', getattr(node, 'value', None))}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _asks_for(node, set(KINDS), names)
    ]
    assert found == []
