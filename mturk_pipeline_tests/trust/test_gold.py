"""Gold questions: read from an input column, put into the consensus, and telling who is good."""

from importlib import import_module
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.gold import gold_truth, known_items, with_gold
from mturk_pipeline.trust.models.base import NO_VALUE, NOT_GIVEN, UNKNOWN, Priors
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.answers import made
from mturk_pipeline_tests.shared_cases import case


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """What is checked here holds for any number of draws."""
    monkeypatch.setattr(import_module("mturk_pipeline.trust.models.confusion"), "sweeps", lambda votes: (12, 4))


def phase(model="trust", kind="email"):
    return PhaseSpec.model_validate({"model": model, "fields": {"email": {"kind": kind, "gold": "right_email"}}})


def gold_column(**right):
    """An assignment for each item, with the gold of some."""
    return pd.DataFrame({"item_id": [*right], "Input.right_email": [*right.values()]})


@pytest.fixture
def three(make_answers):
    """Items A to E: w1 and w2 say a@x.edu, w3 says b@x.edu."""
    rows = [
        {"item": item, "worker": worker, "value": value}
        for item in "ABCDE"
        for worker, value in (("w1", "a@x.edu"), ("w2", "a@x.edu"), ("w3", "b@x.edu"))
    ]
    return make_answers(rows)


def test_what_a_gold_cell_says(three):
    votes = ballots(three, phase())
    assignments = gold_column(A=" B@X.edu ", B="none", C="c@x.edu", D="", E=None)
    truth = gold_truth(votes, assignments, phase())
    right = votes.candidates.value[truth[0]]
    assert right == "b@x.edu"
    assert truth[1:].tolist() == [NO_VALUE, NOT_GIVEN, UNKNOWN, UNKNOWN]


def test_without_gold_nothing_is_known(three):
    votes = ballots(three, phase())
    plain = PhaseSpec.model_validate({"fields": {"email": {"kind": "email"}}})
    for assignments, spec in ((gold_column(A="b@x.edu"), plain), (pd.DataFrame({"item_id": ["A"]}), phase())):
        assert (gold_truth(votes, assignments, spec) == UNKNOWN).all()


def test_of_two_golds_for_an_item_the_first_counts(three):
    twice = pd.concat([gold_column(A="b@x.edu"), gold_column(A="a@x.edu")])
    votes = ballots(three, phase())
    assert votes.candidates.value[gold_truth(votes, twice, phase())[0]] == "b@x.edu"


@pytest.mark.parametrize("model", TRUST_MODELS)
def test_gold_is_its_own_consensus(three, model):
    spec = phase(model)
    votes = ballots(three, spec)
    truth = gold_truth(votes, gold_column(A="b@x.edu", B="none", C="c@x.edu"), spec)
    known = Priors(**(vars(Priors.nothing(votes)) | {"truth": truth}))
    table = find_consensus(three, spec, fitted=fit(three, spec, known=known, votes=votes)).set_index("item_id")
    assert table.loc["A", ["value", "trust", "accepted"]].tolist() == ["b@x.edu", 1, True]
    assert table.loc["B", ["outcome", "trust"]].tolist() == ["none", 1]
    assert table.loc["C", "trust"] == 0
    assert not table.loc["C", "accepted"]
    assert 0 < table.loc["D", "trust"] < 1


def test_gold_teaches_who_is_reliable(three):
    spec = phase()
    votes = ballots(three, spec)
    plain = rate_workers(three, assignments_of(three), spec, fitted=fit(three, spec)).set_index("worker")
    truth = gold_truth(votes, gold_column(A="b@x.edu", B="b@x.edu", C="b@x.edu", D="b@x.edu"), spec)
    known = Priors(**(vars(Priors.nothing(votes)) | {"truth": truth}))
    fitted = fit(three, spec, known=known, votes=votes)
    taught = rate_workers(three, assignments_of(three), spec, fitted=fitted, gold=truth).set_index("worker")
    assert plain.loc["mturk::w1", "reliability"] > plain.loc["mturk::w3", "reliability"]
    assert taught.loc["mturk::w1", "reliability"] < taught.loc["mturk::w3", "reliability"] - 0.2
    assert taught[["gold_asked", "gold_right"]].to_numpy().tolist() == [[4, 0], [4, 0], [4, 4]]
    assert "0 of 4 gold questions are right" in taught.loc["mturk::w1", "evidence"]
    assert find_consensus(three, spec, fitted=fitted)["value"].tolist() == ["b@x.edu"] * 5


def test_gold_of_closed_fields_counts_for_who_said_none(make_answers):
    spec = PhaseSpec.model_validate(
        {"fields": {"email": {"kind": "choice", "gold": "right_email", "none_tokens": ["none"]}}}
    )
    rows = [{"worker": "w1", "value": "yes"}, {"worker": "w2", "state": "none_declared"}, {"worker": "w3"}]
    answers = make_answers([{**row, "item": item} for item in "ABC" for row in rows])
    votes = ballots(answers, spec)
    truth = gold_truth(votes, gold_column(A="none", B="none", C="none"), spec)
    assert (truth == NO_VALUE).all()
    known = Priors(**(vars(Priors.nothing(votes)) | {"truth": truth}))
    table = find_consensus(answers, spec, fitted=fit(answers, spec, known=known, votes=votes))
    assert table["outcome"].tolist() == ["none"] * 3
    assert table["trust"].tolist() == [1, 1, 1]


def assignments_of(answers):
    table = answers.drop_duplicates("assignment_id")[["assignment_id", "item_id", "worker", "submitted_at"]]
    return table.assign(
        work_seconds=60.0,
        approval_rate=np.nan,
        approved_before=pd.array([None] * len(table), dtype="Int64"),
        submitted_before=pd.array([None] * len(table), dtype="Int64"),
    )


def test_gold_that_cannot_be_used_is_left_out_and_said(make_answers) -> None:
    from mturk_pipeline.trust.gold import gold_notes

    spec = PhaseSpec.model_validate({"fields": {"email": {"kind": "email", "gold": "right"}}})
    answers = make_answers([{"item": i, "worker": "w1", "value": f"{i}@uni.edu".lower()} for i in "ABC"])
    golds = [("A", "a@uni.edu"), ("B", "not a mail"), ("C", "c@uni.edu"), ("C", "d@uni.edu"), ("B", "")]
    table = pd.DataFrame(golds, columns=["item_id", "Input.right"], dtype="str")
    assert gold_truth(ballots(answers, spec), table, spec).tolist() == [0, UNKNOWN, UNKNOWN]
    assert gold_notes(table, spec) == (
        "email: the gold of 2 items is no answer to it, or not the same in all HITs; left out",
    )
    assert gold_notes(table[["item_id"]], spec) == (
        "email: the batches have no column Input.right, so there are no gold questions",
    )


def test_a_control_question_whose_answer_is_always_the_same(make_answers):
    """Who answers it wrongly has missed gold, and the other answers are right whatever most people say."""
    spec = PhaseSpec.model_validate({"fields": {"alive": {"kind": "boolean", "gold": {"value": False}}}})
    assert spec.fields["alive"].gold == {"value": "no"}
    rows = [
        {"item": item, "field": "alive", "worker": worker, "value": said}
        for item in "ABCDE"
        for worker, said in (("w1", "no"), ("w2", "yes"), ("w3", "yes"))
    ]
    answers, assignments = make_answers(rows), pd.DataFrame({"item_id": [*"ABCDE"]})
    votes = ballots(answers, spec)
    truth = gold_truth(votes, assignments, spec)
    assert set(votes.candidates.value[truth]) == {"no"}


@pytest.mark.parametrize("gold", [{"value": None}, {"answer": "no"}, {"value": ["no"]}, {}])
def test_a_constant_that_is_none_is_refused(gold):
    with pytest.raises(ValueError, match="the name of an input column"):
        PhaseSpec.model_validate({"fields": {"alive": {"kind": "boolean", "gold": gold}}})


def test_a_worker_who_misses_a_control_question_is_told_apart_with_its_evidence():
    files = sorted(case("r08_gold_with_constant_answer").glob("*.csv"))
    fields = {"neg_qual_sense": {"kind": "boolean", "gold": {"value": "No"}}}
    spec = PhaseSpec.model_validate({"keys": ["item"], "fields": fields})
    assignments = collect(files, spec).assignments
    answers = tidy(assignments, spec)
    votes = ballots(answers, spec)
    truth = gold_truth(votes, assignments, spec)
    known = Priors(**(vars(Priors.nothing(votes)) | {"truth": truth}))
    rated = rate_workers(answers, assignments, spec, fitted=fit(answers, spec, known=known, votes=votes), gold=truth)
    accused = rated[rated["standing"] == "exclude"]
    assert len(accused) == 1
    assert "gold questions are right" in accused["evidence"].item()


def test_what_gold_says_is_the_best_guess_also_where_nobody_gave_it(three):
    """A reviewer must not confirm what the requester knows to be wrong."""
    consensus = find_consensus(three, phase())
    shown = with_gold(consensus, gold_column(A="c@x.edu", B="none", C="a@x.edu"), phase()).set_index("item_id")
    assert shown.loc["A", ["value", "trust", "accepted"]].tolist() == ["c@x.edu", 1.0, True]
    assert shown.loc["A", "reasons"].startswith("gold: this is right; the crowd's best guess is a@x.edu: ")
    assert shown.loc["B", ["outcome", "trust"]].tolist() == ["none", 1.0]
    assert shown["flag_text"].to_dict() == {
        **dict.fromkeys("AB", "Checkit, gold against the crowd"),
        **dict.fromkeys("CDE", consensus["flag_text"].iloc[0]),
    }
    assert shown.loc["D"].equals(consensus.set_index("item_id").loc["D"])


@pytest.mark.parametrize(
    ("kind", "right", "shown"), [("choice", "AGAINST", "Against"), ("choices", "CAR|bus", "Bus|Car")]
)
def test_gold_in_another_spelling_is_the_crowds_value(monkeypatch, kind, right, shown):
    stage = import_module("mturk_pipeline.projects.stages.consensus")
    monkeypatch.setattr(stage, "outcome_files", lambda phase: [])
    monkeypatch.setattr(stage, "rate_workers", lambda *given, **named: pd.DataFrame())
    spec = PhaseSpec.model_validate({"fields": {"f": {"kind": kind, "gold": "right"}}})
    rows = [
        {"item": f"I{n}", "id": f"S{n}{w}", "worker": w, "Answer.f": shown, "Input.right": right if n == 0 else None}
        for n in range(4)
        for w in "abc"
    ]
    table = made.assignments(rows)
    items = table.drop_duplicates("item_id").assign(parent_item_id=lambda t: t["item_id"], element="")
    tables = {"answers": tidy(table, spec), "raw_output": table, "items": items}
    tables["decisions"] = pd.DataFrame({"item_id": []}, dtype="str")
    before = stage.WorkerPriors(pd.DataFrame({"worker": [], "right": [], "given": []}), {})
    found = stage.make_consensus(SimpleNamespace(spec=spec), tables, {}, before)
    row = found.consensus.set_index("item_id").loc["I0"]
    assert (row["value"], row["trust"]) == (shown, 1)
    assert "gold: this is right" not in row["reasons"]


def test_items_of_which_gold_says_all_are_known():
    fields = {"mood": {"kind": "choice", "gold": "right_mood", "gate": True}, "mail": {"kind": "email", "gold": "mail"}}
    table = gold_column(A="x", B="x", C="x").assign(
        **{"Input.right_mood": ["good", "bad", ""], "Input.mail": ["a@x.edu", "asdf", "none"]}
    )
    one = PhaseSpec.model_validate({"keys": ["x"], "fields": fields})
    assert known_items(table, one) == {"A", "B"}
    both = PhaseSpec.model_validate({"keys": ["x"], "fields": {**fields, "mail": {**fields["mail"], "gate": True}}})
    assert known_items(table, both) == {"A"}
    free = PhaseSpec.model_validate({"keys": ["x"], "fields": {"mail": {"kind": "email"}}})
    assert known_items(table, free) == frozenset()
