"""History and a person's word: what is known of workers before their answers are looked at."""

import pandas as pd
import pytest

from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.trust.worker_priors import MOST, contributions, known_before
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate({"fields": {"email": {"kind": "email"}}})
NOTHING = pd.DataFrame({"worker": [], "right": [], "given": []})


def rivals(make_answers, items=30):
    """Two workers who never agree."""
    rows = [{"item": f"I{i}", "worker": w, "value": f"{w}{i}@uni.edu"} for i in range(items) for w in ("w1", "w2")]
    return make_answers(rows)


def test_an_earlier_answer_counts_half_and_all_of_them_little(make_answers) -> None:
    votes = ballots(rivals(make_answers), PHASE)
    history = pd.DataFrame({"worker": ["mturk::w1", "mturk::w2"], "right": [9.0, 900.0], "given": [10.0, 1000.0]})
    known = known_before(votes, history, {})
    assert known.right.tolist() == pytest.approx([4.5, 0.9 * MOST])
    assert known.given.tolist() == pytest.approx([5.0, MOST])


def test_history_decides_between_strangers(make_answers) -> None:
    answers = rivals(make_answers)
    votes = ballots(answers, PHASE)
    good, bad = ([40.0, 40.0], [38.0, 4.0])
    history = pd.DataFrame({"worker": ["mturk::w1", "mturk::w2"], "right": bad, "given": good})
    fitted = fit(answers, PHASE, votes=votes, known=known_before(votes, history, {}))
    assert {v[:2] for v in votes.candidates.value[fitted.chosen.best]} == {"w1"}


@pytest.mark.parametrize("name", ["w2", "mturk::w2"])
def test_a_blacklisted_worker_counts_for_nothing_but_stays(make_answers, name: str) -> None:
    answers = rivals(make_answers)
    votes = ballots(answers, PHASE)
    fitted = fit(answers, PHASE, votes=votes, known=known_before(votes, NOTHING, {name: "blacklisted"}))
    assert {v[:2] for v in votes.candidates.value[fitted.chosen.best]} == {"w1"}
    workers = rate_workers(answers, _assignments(answers), PHASE, fitted=fitted)
    assert workers["worker"].tolist() == ["mturk::w1", "mturk::w2"]


def test_contributions_are_of_those_who_could_be_judged() -> None:
    workers = pd.DataFrame({"worker": ["a", "b"], "judged": [4.0, 0.0], "judged_right": [3.0, 0.0]})
    assert contributions(workers).to_dict("records") == [{"worker": "a", "right": 3.0, "given": 4.0}]


def _assignments(answers: pd.DataFrame) -> pd.DataFrame:
    table = answers.drop_duplicates("assignment_id")
    columns = ["assignment_id", "item_id", "worker", "submitted_at", "work_seconds"]
    return table[columns].assign(approval_rate=1.0, approved_before=1, submitted_before=1)


def test_history_does_not_come_back_as_evidence(make_answers) -> None:
    answers = rivals(make_answers, items=4)
    votes = ballots(answers, PHASE)
    history = pd.DataFrame({"worker": ["mturk::w1", "mturk::w2"], "right": [0.0, 30.0], "given": [30.0, 30.0]})
    fitted = fit(answers, PHASE, votes=votes, known=known_before(votes, history, {}))
    workers = rate_workers(answers, _assignments(answers), PHASE, fitted=fitted)
    assert (workers["judged"] < 4.01).all()
    assert (workers["standing"] != "exclude").all()


def test_nobody_is_accused_and_nothing_accepted_without_anybody_to_compare_with(make_answers) -> None:
    yes = PhaseSpec.model_validate({"fields": {"email": {"kind": "choice"}}})
    answers = make_answers([{"item": f"I{n}", "worker": "w1", "value": "yes"} for n in range(40)])
    fitted = fit(answers, yes)
    assert not find_consensus(answers, yes, fitted=fitted)["accepted"].any()
    for model in ("trust", "worker_weighted"):
        fitted = fit(answers, PHASE, model=model)
        assert rate_workers(answers, _assignments(answers), PHASE, fitted=fitted)["standing"].item() != "exclude"


def test_a_blacklisted_worker_lists_nothing(make_answers) -> None:
    spec = PhaseSpec.model_validate({"fields": {"club": {"kind": "name", "columns": ["c{n}"]}}})
    rows = [
        {"item": f"I{i}", "worker": w, "element": f"{w}{e}", "field": "club", "value": f"club {w}{e}"}
        for i in range(12)
        for w in ("good", "bad")
        for e in range(4)
    ]
    answers = make_answers(rows)
    votes = ballots(answers, spec)
    fitted = fit(answers, spec, votes=votes, known=known_before(votes, NOTHING, {"bad": "blacklisted"}))
    table = find_consensus(answers, spec, fitted=fitted)
    assert (table.loc[table["element"].str.startswith("bad"), "trust"] == 0).all()
    assert (table.loc[table["element"].str.startswith("good"), "trust"] > 0.3).all()
