"""Whatever people take, save again and hand in: no item is in two taken files with the same attempt."""

import contextlib
import shutil
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.offers.hit_history import asked_items, inputs_of_items
from mturk_pipeline.offers.missing import missing_units
from mturk_pipeline.offers.rework import answered_by, rework
from mturk_pipeline.projects.offers import offer_input, offer_rework, sent_to
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.workflow import Workflow
from mturk_pipeline_tests.offers import made

FIRST = PhaseSpec.model_validate({"keys": ["county"], "fields": {"town": {"kind": "name"}}})
SECOND = PhaseSpec.model_validate({**made.PHASE.model_dump(exclude_unset=True), "after": "first", "max_attempts": 3})
WORKFLOW = Workflow("w", {"first": FIRST, "second": SECOND}, LeadsSpec(lead_groups={"all": ["mayor"]}), Path())
TOWNS = ["Ames", "Boone", "007", "Clive", "=1+1", "Élan"]
FORMATS = ["as it is", "shuffled", "semicolons", "xlsx", "fewer rows", "title case"]


class Loop(RuleBasedStateMachine):
    """A person and the pipeline taking turns in one project; each turn ends with a run, as the sensors see to it."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        home = Home(self.root / "projects", self.root / "workflows", self.root / "dagster")
        project = Project("p", home.projects / "p", "w")
        for folder in WORKFLOW.folder_names:
            (project.path / folder).mkdir(parents=True)
        self.place = ProjectPhase(home, project, WORKFLOW, "second")
        self.input, self.batches = (project.path / f for f in (self.place.folders.input, self.place.folders.batches))
        # Two towns were asked about before: what goes back is tried as often as what goes on.
        self.good = ["Ames", "Boone", "Clive"]
        self.rows = [{"town": t, "hit": f"{t}-1", "worker": "A1", "wanted": 1} for t in ("Ames", "Boone")]
        self.aside: list[dict] = []
        self.decided: dict[str, tuple[str, int]] = {}
        self.sent = [("Ames", 1), ("Boone", 1)]
        self.waiting: list[tuple[str, int, bool]] = []
        self.n = 0
        self.run()

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    @rule(towns=st.lists(st.sampled_from(TOWNS), min_size=1, max_size=3))
    def a_phase_before_finds_more(self, towns):
        self.good = list(dict.fromkeys([*self.good, *towns]))
        self.run()

    @rule(form=st.sampled_from(FORMATS), among_results=st.booleans(), which=st.integers(0, 5), book=st.booleans())
    def a_person_takes_an_offer(self, form, among_results, which, book):
        offers = sorted(p for p in self.input.glob("_*.csv") if "exclude" not in p.name and "kept" not in p.name)
        if not offers:
            return
        offer = offers[which % len(offers)]
        if book and offer.with_suffix(".xlsx").exists():
            table = pd.read_excel(offer.with_suffix(".xlsx"), dtype="str", keep_default_na=False, engine="calamine")
        else:
            table = pd.read_csv(offer, dtype="str", keep_default_na=False)
        table = table.sample(frac=1, random_state=which) if form == "shuffled" else table
        table = table.iloc[: max(len(table) // 2, 1)] if form == "fewer rows" else table
        self.n += 1
        target = (self.batches if among_results else self.input) / f"taken {self.n}"
        if form == "xlsx":
            table.to_excel(target.with_suffix(".xlsx"), index=False)
        else:
            shown = table.rename(columns=str.title) if form == "title case" else table
            shown.to_csv(target.with_suffix(".csv"), index=False, sep=";" if form == "semicolons" else ",")
        for row in table.to_dict("records"):
            attempt = int(row.get("attempt", 1))
            self.sent.append((row["town"], attempt))
            self.waiting.append((row["town"], attempt, form != "semicolons"))
        self.run()

    @rule(count=st.integers(1, 3), usable=st.sampled_from([True, True, False]), workers=st.integers(1, 3))
    def results_come_in(self, count, usable, workers):
        for town, attempt, marked in self.waiting[:count]:
            hit = f"{town}-{attempt}"
            if not usable:
                self.aside.append({"HITId": hit, "AssignmentId": "", "WorkerId": "", "Input.town": town})
                continue
            marks = {"offer_id": made.id_of(town), "attempt": str(attempt)} if marked else {}
            self.rows += [{"town": town, "hit": hit, "worker": f"A{w}", **marks} for w in range(workers)]
        self.waiting = self.waiting[count:]
        self.run()

    @rule(which=st.integers(0, 5), status=st.sampled_from(["redo", "rejected", "accepted"]))
    def a_person_decides(self, which, status):
        answered = sorted({row["town"] for row in self.rows})
        if answered:
            town = answered[which % len(answered)]
            self.decided[town] = (status, len({r["hit"] for r in self.rows if r["town"] == town}))
        self.run()

    @rule()
    def a_person_edits_an_offer_in_place(self):
        for offer in self.input.glob("_mIn_*.csv"):
            offer.write_bytes(offer.read_bytes().replace(b"\r\n", b"\n"))
        self.run()

    @rule()
    def the_batch_ends(self):
        later = made.BEGUN + pd.Timedelta(days=30)
        self.rows = [row | {"approved": later} for row in self.rows]
        self.run()

    @invariant()
    def nothing_is_bought_twice(self):
        assert len(self.sent) == len(set(self.sent)), self.sent

    @invariant()
    def what_is_offered_was_not_sent(self):
        for offer in self.input.glob("_*.csv"):
            if "exclude" not in offer.name and "kept" not in offer.name:
                table = pd.read_csv(offer, dtype="str", keep_default_na=False)
                offered = {(r["town"], int(r.get("attempt", 1))) for r in table.to_dict("records")}
                assert not offered & set(self.sent)

    @rule()
    def another_run_changes_nothing(self):
        self.run()
        before = {p: p.read_bytes() for p in self.place.project.path.rglob("*") if p.is_file()}
        self.run()
        assert {p: p.read_bytes() for p in self.place.project.path.rglob("*") if p.is_file()} == before

    def run(self) -> None:
        """What the assets do, on tables that this test makes."""
        place, spec = self.place, self.place.spec
        given = made.results(*self.rows) if self.rows else made.results().iloc[:0]
        place.keep("raw_output", given)
        place.keep("set_aside", made.set_aside(*self.aside))
        sent = sent_to(place)
        good = pd.DataFrame({"town": self.good, "verified": "yes"}, dtype="str")
        offer_input(place.writer(), place, good, sent.items)
        decided = self._reviewed(given)
        items = asked_items(sent.hits, sent.taken, spec, made.BEGUN + pd.Timedelta(days=2))
        inputs = inputs_of_items(given, sent.unused, None, spec)
        handed = rework(decided, items, inputs, spec, missing_units(items, decided, None, spec))
        offer_rework(place.writer(), place, handed.rows, answered_by(given, sent.unused))

    def _reviewed(self, given: pd.DataFrame) -> pd.DataFrame:
        """A decision lapses once its item has more HITs than it was made on, as review has it."""
        status = dict.fromkeys(given["Input.town"].unique(), "undecided")
        hits = given.groupby("Input.town")["hit_id"].nunique()
        for town, (said, seen) in self.decided.items():
            with contextlib.suppress(KeyError):
                status[town] = said if hits[town] <= seen or said == "accepted" else "undecided"
        return made.reviewed(**status)


TestLoop = Loop.TestCase
TestLoop.settings = settings(max_examples=6, stateful_step_count=8, deadline=None)


class LongLoop(Loop):
    """The same, for a long run by hand."""


TestLongLoop = pytest.mark.slow(LongLoop.TestCase)
TestLongLoop.settings = settings(max_examples=500, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize("among_results", [False, True])
def test_one_round_for_each_kind_of_offer(among_results):
    loop = Loop()
    loop.a_person_decides(0, "redo")
    for which in (0, 1):
        loop.a_person_takes_an_offer("shuffled", among_results, which=0, book=bool(which))
        loop.what_is_offered_was_not_sent()
        loop.nothing_is_bought_twice()
    assert sorted(loop.sent[2:]) == [("Ames", 2), ("Clive", 1)]
    assert not list(loop.input.glob("_*"))
    loop.results_come_in(3, True, 1)
    loop.a_person_decides(0, "redo")
    assert sorted(p.name for p in loop.input.glob("_*")) == ["_rework_second_3.csv", "_rework_second_3_exclude.csv"]
    loop.teardown()


def test_an_offer_edited_in_place_is_kept_also_when_nothing_is_left_to_offer():
    loop = Loop()
    edited = {name: b"edited " + name.encode() for name in ("_mIn_second.csv", "_mIn_second.xlsx")}
    for name, content in edited.items():
        (loop.input / name).write_bytes(content)
    loop.sent.append(("Clive", 1))
    loop.rows.append({"town": "Clive", "hit": "Clive-1", "worker": "A1"})
    loop.run()
    kept = {p.read_bytes() for p in loop.input.glob("_mIn_second.kept-*")}
    assert kept == set(edited.values())
    assert not [p for p in loop.input.glob("_mIn_*") if ".kept-" not in p.name]
    loop.teardown()


def test_what_was_asked_is_looked_up_once_for_the_same_tables_and_again_for_others():
    loop = Loop()
    loop.run()
    before = sent_to(loop.place)
    assert sent_to(loop.place).hits is before.hits
    loop.rows.append({"town": "Clive", "hit": "Clive-1", "worker": "A1"})
    loop.sent.append(("Clive", 1))
    loop.run()
    assert set(sent_to(loop.place).hits["hit_id"]) == {*before.hits["hit_id"], "Clive-1"}
    loop.aside.append({"HITId": "007-1", "AssignmentId": "", "WorkerId": "", "Input.town": "007"})
    loop.run()
    assert made.id_of("007") in sent_to(loop.place).items
    loop.teardown()
