"""Answers of people who did not log in: none is lost, and together they are never more than one person's."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.consensus import Consensus, Workers
from mturk_pipeline.contracts.settlement import SettlementSuggestions
from mturk_pipeline.intake.unknown_workers import anonymous_notes
from mturk_pipeline.offers.rework import answered_by
from mturk_pipeline.pay.approval_suggestions import suggest_settlement
from mturk_pipeline.pay.pay_decisions import decide_pay
from mturk_pipeline.pay.pay_sheet import owed
from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS
from mturk_pipeline.workers.contributions import contributions
from mturk_pipeline.workers.surrogates import Key
from mturk_pipeline.workers.worker_lookup import UnknownWorkerError, person_of
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import checked, write
from mturk_pipeline_tests.trust.candidate_table import candidates

PHASE = PhaseSpec.model_validate(
    {
        "keys": ["university"],
        "fields": {"email": {"kind": "email"}, "open": {"kind": "choice", "choices": ["yes", "no", "maybe"]}},
    }
)
LISTS = PhaseSpec.model_validate(
    {"keys": ["university"], "fields": {"club": {"kind": "name", "columns": ["club_{n}_name"]}}}
)


def downloaded(folder, answers, phase=PHASE, fields=("email", "open")):
    """Raw output of a project: (item, worker or None, values) each; people without login and others in files apart."""
    files = {False: [], True: []}
    for n, (item, worker, *values) in enumerate(answers):
        cells = {f"Answer.{name}": value for name, value in zip(fields, values, strict=True)}
        files[worker is None].append(
            {
                "HITId": str(item), "HITTypeId": "1", "Title": "T", "MaxAssignments": "3", "AssignmentId": str(n),
                "WorkerId": worker or "", "AcceptTime": "Sat Feb 22 05:10:00 UTC 2025",
                "SubmitTime": f"Sat Feb 22 05:{n % 60:02d}:00 UTC 2025", "WorkTimeInSeconds": "60",
                "Input.university": f"Univ {item}", **cells, "Turkle.Username": worker or "",
            }
        )  # fmt: skip
    paths = [write(folder / f"{anonymous}.csv", rows) for anonymous, rows in files.items() if rows]
    assignments = checked(paths, phase).assignments
    assert len(assignments) == len(answers)
    return assignments, tidy(assignments, phase)


def spread(items, votes):
    """The same votes on each of the items: (worker, which e-mail, choice)."""
    return [(i, worker, f"{mail}{i}@uni{i}.edu", choice) for i in range(items) for worker, mail, choice in votes]


def consensus_of(folder, answers, model="trust"):
    folder.mkdir(exist_ok=True)
    _, tidied = downloaded(folder, answers)
    return Consensus.validate(find_consensus(tidied, PHASE, model=model)).set_index(["item_id", "field"]).sort_index()


@pytest.mark.parametrize("model", sorted(TRUST_MODELS))
@pytest.mark.parametrize("copies", [2, 3, 9])
def test_anonymous_answers_that_agree_are_trusted_as_one(tmp_path, model, copies):
    one = consensus_of(tmp_path / "1", spread(24, [(None, "a", "yes")]), model)
    many = consensus_of(tmp_path / "n", spread(24, [(None, "a", "yes")] * copies), model)
    np.testing.assert_allclose(many["trust"], one["trust"], atol=0.005)
    assert many["workers"].eq(copies).all()
    assert many["votes"].eq(copies).all()
    assert not many["accepted"].any()


@pytest.mark.parametrize("model", sorted(TRUST_MODELS))
def test_they_raise_nobodys_trust_by_their_number(tmp_path, model):
    two = [("1", "a", "yes"), ("2", "a", "yes"), ("3", "b", "no")]
    alone = consensus_of(tmp_path / "0", spread(30, two), model)
    with_one = consensus_of(tmp_path / "1", spread(30, [*two, (None, "a", "yes")]), model)
    with_five = consensus_of(tmp_path / "5", spread(30, [*two, *[(None, "a", "yes")] * 5]), model)
    assert (with_one["trust"] >= alone["trust"] - 0.02).all()
    np.testing.assert_allclose(with_five["trust"], with_one["trust"], atol=0.02)
    three = [*two, ("4", "a", "yes")]
    against = consensus_of(tmp_path / "9", spread(30, [*three, *[(None, "b", "no")] * 9]), model)
    assert (against["value"] == alone["value"]).all()
    assert not against["changed_by_weighting"].any()


@pytest.mark.parametrize("model", sorted(TRUST_MODELS))
def test_rivals_stay_rivals_and_are_shown_by_how_many_said_them(tmp_path, model):
    answers = spread(24, [(None, "a", "yes"), (None, "b", "no"), (None, "a", "yes")])
    _, tidied = downloaded(tmp_path, answers)
    shown = candidates(tidied, PHASE, model=model)
    assert shown.groupby(["item_id", "field"])["votes"].agg(list).map(str).eq("[2, 1]").all()
    by_rank = shown.pivot(index=["item_id", "field"], columns="rank", values="trust")
    assert (by_rank[1] > by_rank[2]).all()
    assert (by_rank.sum(axis=1) <= 1 + 1e-6).all()
    table = find_consensus(tidied, PHASE, model=model)
    assert (table["value"].str.startswith("a") | (table["value"] == "yes")).all()
    assert (table["pattern"] == "lone").all()
    unanimous = consensus_of(tmp_path / "u", spread(24, [(None, "a", "yes")] * 3), model)["trust"].mean()
    assert table["trust"].mean() < unanimous


def test_it_is_said(tmp_path):
    answers = spread(24, [(None, "a", "yes"), (None, "a", "yes"), (None, "a", "no")])
    assignments, tidied = downloaded(tmp_path, answers)
    table = find_consensus(tidied, PHASE).set_index("field")
    assert set(table.loc["email", "reasons"]) == {"all 3 answers agree; 3 anonymous answers, perhaps of one person"}
    assert table.loc["open", "reasons"].str.contains("2 of 3 answers agree").all()
    assert not table["flag_text"].str.contains("consensus").any()
    assert "72 answers are of people who did not log in" in anonymous_notes(assignments)[0]
    mixed = consensus_of(tmp_path / "m", spread(24, [("1", "a", "yes"), ("2", "a", "yes"), (None, "a", "yes")]))
    assert mixed["reasons"].str.contains("all 3 answers agree; 1 anonymous answer").all()
    assert set(mixed["pattern"]) == {"3:0"}
    assert set(mixed["flag_text"]) == {"All good, triple consensus"}
    five = consensus_of(tmp_path / "5", spread(24, [("1", "a", "yes"), *[(None, "a", "yes")] * 5]))
    assert set(five["pattern"]) == {"2:0"}
    assert set(five["flag_text"]) == {"All good, double consensus"}


def test_a_named_worker_who_agrees_confirms_them(tmp_path):
    alone = consensus_of(tmp_path / "1", spread(40, [(None, "a", "yes")] * 3))
    two = consensus_of(tmp_path / "2", spread(40, [(None, "a", "yes")] * 3 + [("1", "a", "yes"), ("2", "a", "yes")]))
    assert (two["trust"] > alone["trust"]).all()
    assert two.loc[(slice(None), "email"), "accepted"].all()


def test_no_answer_replaces_another(tmp_path):
    answers = [(0, None, f"{mail}@x.edu", "yes") for mail in "abc"] + [
        (0, "1", "d@x.edu", "no"),
        (0, "1", "e@x.edu", "no"),
    ]
    _, tidied = downloaded(tmp_path, answers)
    votes = ballots(tidied, PHASE)
    assert votes.cells.workers.tolist() == [4, 4]  # a worker with a name has one vote, the latest
    assert votes.cells.people.tolist() == [2, 2]
    assert sorted(votes.candidates.value[votes.candidates.cell == 0]) == ["a@x.edu", "b@x.edu", "c@x.edu", "e@x.edu"]
    shuffled = tidied.sample(frac=1, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(find_consensus(shuffled, PHASE), find_consensus(tidied, PHASE))


def test_a_value_beside_blanks_is_one_answer(tmp_path):
    answers = [(i, None, *cells) for i in range(20) for cells in ((f"a{i}@x.edu", "yes"), ("", ""), ("none", ""))]
    _, tidied = downloaded(tmp_path, answers)
    table = find_consensus(tidied, PHASE)
    assert table["workers"].eq(3).all()
    assert set(table.loc[table["outcome"] == "value", "pattern"]) <= {"lone"}
    assert table["trust"].between(0, 1).all()


def test_nobody_is_rated_remembered_paid_or_excluded(tmp_path):
    votes = [(None, "a", "yes"), (None, "a", "yes"), ("1", "a", "yes"), ("2", "a", "no")]
    assignments, tidied = downloaded(tmp_path, spread(12, votes))
    rated = Workers.validate(rate_workers(tidied, assignments, PHASE))
    assert rated["worker"].tolist() == ["turkle::1", "turkle::2"]
    assert not rated["copy_partners"].map(bool).any()
    assert contributions(rated, assignments.assign(key=assignments["assignment_id"]))["worker"].tolist() == [
        "turkle::1",
        "turkle::2",
    ]
    answered = answered_by(assignments, pd.DataFrame())
    assert set(answered["worker"]) == {"turkle::1", "turkle::2"}
    suggested = SettlementSuggestions.validate(suggest_settlement(assignments, tidied, PHASE))
    unknown = suggested["worker"] == "turkle::unknown"
    assert suggested.loc[unknown, ["suggestion", "work", "evidence"]].drop_duplicates().values.tolist() == [
        ["none", "usable", ""]
    ]
    decided = decide_pay(suggested, pd.DataFrame(columns=["assignment_id", "settle", "feedback"]), True)
    assert decided.loc[unknown.to_numpy(), ["verdict", "why"]].drop_duplicates().values.tolist() == [["", "nobody"]]
    names = {w: w for w in assignments["worker"]}
    due = owed(assignments, suggested, decided, pd.Series(False, index=assignments.index), names, Decimal("0.10"))
    assert due.why == {"pay": 24, "nobody": 24}
    assert set(due.assignments["worker"]) == {"turkle::1", "turkle::2"}


def test_a_project_without_any_login_has_no_workers(tmp_path):
    assignments, tidied = downloaded(tmp_path, spread(12, [(None, "a", "yes")] * 3))
    assert rate_workers(tidied, assignments, PHASE).empty
    assert not fit(tidied, PHASE).scores.copying.first.size


def test_lists_of_people_without_login_are_one_persons(tmp_path):
    def names(*clubs):
        return [*clubs, "", ""][:3]

    fields = ("club_1_name", "club_2_name", "club_3_name")
    three = [(i, None, *names("Chess", "Go")) for i in range(20) for _ in range(3)]
    one = [(i, None, *names("Chess", "Go")) for i in range(20)]
    (tmp_path / "3").mkdir(), (tmp_path / "1").mkdir()
    tables = []
    for folder, answers in (("3", three), ("1", one)):
        _, tidied = downloaded(tmp_path / folder, answers, LISTS, fields)
        tables.append(find_consensus(tidied, LISTS))
    np.testing.assert_allclose(tables[0]["trust"], tables[1]["trust"], atol=0.005)
    assert not tables[0]["accepted"].any()
    assert tables[0]["reasons"].str.contains("all 3 answers listed it").all()


@pytest.mark.parametrize("given", ["unknown", "turkle::unknown"])
def test_nobody_can_be_forgotten_by_that_name(given):
    with pytest.raises(UnknownWorkerError, match="did not log in"):
        person_of(given, ["turkle::unknown", "turkle::5"], Key(bytes(32)))
