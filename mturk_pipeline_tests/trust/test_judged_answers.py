"""Which answers are evidence on workers: where a wrong one can be told from another good one, and once per HIT."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.trust.consensus import fit
from mturk_pipeline.trust.judged_answers import ROWS, evidence_rows, field_agreement, telling_fields
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.trust.test_workers import assignments_of

WORKERS = [f"w{n}" for n in range(6)]
EMAIL = PhaseSpec.model_validate({"fields": {"email": {"kind": "email"}, "mail": {"kind": "email"}}})
CHOICE = PhaseSpec.model_validate({"fields": {"email": {"kind": "choice"}}})


def honest(items=20, field="email", value="a{}@x.edu"):
    return [
        {"item": f"I{i}", "worker": w, "field": field, "value": value.format(i)}
        for i, w in product(range(items), WORKERS)
        if (i + int(w[1])) % 2
    ]


def test_a_row_says_who_answered_what_in_which_hit_and_how_far_it_was_right(make_answers):
    wrong = [{"item": f"I{i}", "worker": "bad", "value": f"b{i}@x.edu"} for i in range(20)]
    rows = evidence_rows(fit(make_answers([*honest(), *wrong]), EMAIL))
    assert list(rows) == list(ROWS)
    assert set(rows["field"]) == {"email"}
    assert rows["assignment_id"].isin([f"I{i}-{w}-0" for i, w in product(range(20), [*WORKERS, "bad"])]).all()
    right = rows.groupby("worker")["right"].mean()
    assert right.pop("mturk::bad") < 0.2
    assert (right > 0.8).all()


def test_blanks_the_unreadable_and_what_nobody_could_contradict_are_left_out(make_answers):
    more = [
        {"item": "I0", "worker": "mute"},
        {"item": "I1", "worker": "junk", "state": "invalid"},
        {"item": "lonely", "worker": "alone", "value": "c@x.edu"},
    ]
    rows = evidence_rows(fit(make_answers([*honest(), *more]), EMAIL))
    assert set(rows["worker"]) == {f"mturk::{w}" for w in WORKERS}


def test_there_is_none_is_an_answer_where_it_is_one(make_answers):
    none = [{"item": f"I{i}", "worker": "none", "state": "none_declared"} for i in range(8)]
    answers = make_answers([*honest(), *none])
    rows = evidence_rows(fit(answers, EMAIL))
    assert (rows["worker"] == "mturk::none").sum() == 8
    assert rows.loc[rows["worker"] == "mturk::none", "right"].mean() < 0.5
    abstains = EMAIL.model_dump() | {"fields": {"email": {"kind": "choice", "none_policy": "abstention"}}}
    rows = evidence_rows(fit(answers, PhaseSpec.model_validate({"fields": abstains["fields"]})))
    assert "mturk::none" not in set(rows["worker"])


@pytest.mark.parametrize("spec", [{"kind": "text", "exact": False}, {"kind": "remark"}])
def test_kinds_that_cannot_be_wrong_are_no_evidence(make_answers, spec):
    answers = make_answers(honest(value="a text about {}"))
    exact = PhaseSpec.model_validate({"fields": {"email": {"kind": "text"}}})
    assert len(evidence_rows(fit(answers, exact))) == 60
    phase = PhaseSpec.model_validate({"fields": {"email": spec, "gate": {"kind": "email"}}})
    assert evidence_rows(fit(answers, phase)).empty


@pytest.mark.parametrize(
    ("spec", "good", "bad"),
    [
        ({"kind": "choices", "choices": ["a", "b", "c", "d"]}, ["a|b", "c"], "d"),
        ({"kind": "rating", "levels": ["1", "2", "3", "4", "5"]}, ["5", "1"], "3"),
    ],
)
def test_sets_and_ratings_are_evidence_too(make_answers, spec, good, bad):
    rows = [
        {"item": f"I{i}", "worker": f"w{w}", "value": value}
        for i, w in product(range(20), range(6))
        for value in (good[i % 2] if w else bad).split("|")
    ]
    phase = PhaseSpec.model_validate({"fields": {"email": spec}})
    rows = evidence_rows(fit(make_answers(rows), phase))
    assert list(rows) == list(ROWS)
    right = rows.groupby("worker")["right"].mean()
    assert right.idxmin() == "mturk::w0"


@pytest.mark.parametrize("good", [2, 4])
def test_a_bad_worker_in_a_small_crowd_does_not_hide_that_the_others_know(make_answers, good):
    rows = [
        {"item": f"I{i}", "worker": f"w{w}", "value": ("yes", "no")[(i % 2) ^ (w == 0)]}
        for i, w in product(range(12), range(good + 1))
    ]
    rows = evidence_rows(fit(make_answers(rows), CHOICE))
    right = rows.groupby("worker")["right"].mean()
    assert right.idxmin() == "mturk::w0"


@pytest.mark.parametrize(("spec", "values"), [(CHOICE, ["yes", "no"]), (EMAIL, [f"v{n}" for n in range(1000)])])
@pytest.mark.parametrize("seed", range(4))
def test_a_field_without_agreement_beyond_chance_judges_nobody(make_answers, spec, values, seed):
    rng = np.random.default_rng(seed)
    rows = [row | {"value": values[rng.integers(len(values))]} for row in honest(items=40)]
    votes = ballots(make_answers(rows), spec)
    assert abs(field_agreement(votes, spec)[0][0]) < 0.4
    assert not telling_fields(votes, spec).any()
    answers = make_answers(rows)
    workers = rate_workers(answers, assignments_of(answers), spec)
    assert set(workers["standing"]) == {"neutral"}
    assert workers["reliability"].isna().all()


def test_five_values_of_one_hit_are_one_piece_of_evidence(make_answers):
    fields = {f"f{n}": {"kind": "email"} for n in range(5)}
    spec = PhaseSpec.model_validate({"fields": fields})
    rows = [row for f in fields for row in honest(field=f, value=f + "{}@x.edu")]
    rows += [{"item": "I0", "worker": "once", "field": f, "value": f"no{f}@x.edu"} for f in fields]
    answers = make_answers(rows)
    workers = rate_workers(answers, assignments_of(answers), spec).set_index("worker")
    assert workers.loc["mturk::once", "judged"] == 1
    assert workers.loc["mturk::once", "standing"] == "neutral"
    assert workers.loc["mturk::w0", "judged"] == 10
    assert workers.loc["mturk::w0", "judged_weight"] >= 10


def test_rows_of_other_methods_are_taken_as_they_are(make_answers):
    answers = make_answers(honest())
    fitted = fit(answers, EMAIL)
    more = pd.DataFrame(
        {"worker": "mturk::w0", "assignment_id": [f"x{n}" for n in range(30)], "field": "mail", "right": 0.0}
    )
    rows = pd.concat([evidence_rows(fitted), more])
    workers = rate_workers(answers, assignments_of(answers), EMAIL, fitted=fitted, judged_rows=rows)
    first = workers.set_index("worker").loc["mturk::w0"]
    assert (first["judged"], first["standing"]) == (40, "exclude")
    assert first["evidence"].startswith("right in about 9 of 40 HITs")
