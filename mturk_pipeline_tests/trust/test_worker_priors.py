"""History and a person's word: what is known of workers before their answers are looked at."""

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.models.worker_weighted import LEAN
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.trust.worker_priors import DRIFT, _pseudo_answers, contributions, known_before
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate({"fields": {"email": {"kind": "email"}}})
NOTHING = pd.DataFrame({"worker": [], "right": [], "given": []})


def rivals(make_answers, items=30):
    """Two workers who never agree."""
    rows = [{"item": f"I{i}", "worker": w, "value": f"{w}{i}@uni.edu"} for i in range(items) for w in ("w1", "w2")]
    return make_answers(rows)


def history_of(worker: str, *phases: tuple[float, float]) -> pd.DataFrame:
    """Right and given of a worker in earlier phases, each answer a HIT."""
    rows = [{"worker": worker, "right": right, "given": given, "weight": given} for right, given in phases]
    return pd.DataFrame(rows)


def prior(make_answers, history: pd.DataFrame) -> tuple[float, float]:
    """Right and given of w1 that `history` counts for."""
    known = known_before(ballots(rivals(make_answers, items=1), PHASE), history, {})
    return float(known.right[0]), float(known.given[0])


def test_earlier_answers_count_as_their_interval_says_and_never_without_end(make_answers) -> None:
    counts = [prior(make_answers, history_of("mturk::w1", (0.8 * n, n)))[1] for n in (1, 3, 10, 40, 4000)]
    assert counts == sorted(counts)
    assert all(count < n for count, n in zip(counts, (1, 3, 10, 40, 4000), strict=True))
    assert counts[-1] < 0.16 / DRIFT**2
    right, given = prior(make_answers, history_of("mturk::w1", (9.0, 10.0)))
    assert right / given == pytest.approx(0.9)


@pytest.mark.parametrize("weight", [float("nan"), 0.0, None])
def test_what_has_no_interval_counts_nothing(make_answers, weight: float | None) -> None:
    history = history_of("mturk::w1", (9.0, 10.0)).assign(weight=weight)
    assert prior(make_answers, history)[1] == 0
    assert prior(make_answers, history.drop(columns="weight"))[1] == 0


def test_a_hit_of_several_values_counts_as_what_its_interval_stands_on(make_answers) -> None:
    one, several = (history_of("mturk::w1", (9.0, 10.0)).assign(weight=w) for w in (10.0, 40.0))
    assert prior(make_answers, one)[1] < prior(make_answers, several)[1]


def test_where_workers_change_between_projects_history_counts_less(make_answers) -> None:
    others = [pd.concat([history_of(f"o{n}", (38.0, 40.0), (38.0 - d, 40.0)) for n in range(20)]) for d in (0, 20)]
    steady, drifting = (
        prior(make_answers, pd.concat([history_of("mturk::w1", (36.0, 40.0)), table]))[1] for table in others
    )
    assert drifting < 0.3 * steady


def test_a_worker_of_few_answers_is_hardly_pulled(make_answers) -> None:
    """Two wrong answers long ago against ten right ones now."""
    right, given = prior(make_answers, history_of("mturk::w1", (0.0, 2.0)))
    assert (10 + right) / (10 + given) > 10 / 12


def _errors(drift: float, hits: tuple[int, int], now: int, seed: int) -> tuple[float, float, float]:
    """Mean squared error of 400 workers' reliability in a third project: without history, as it was, as it is.

    As it was: half an answer for each, 20 at most. Workers of a skill of 0.8 on average, a tenth of them bad.
    """
    rng, n = np.random.default_rng(seed), 400
    skill = np.where(rng.random(n) < 0.1, rng.uniform(0.2, 0.6, n), rng.beta(8, 2, n))
    skills = np.clip(skill[:, None] + rng.normal(0, drift, (n, 3)), 0.02, 0.98)
    before = rng.binomial(hits, skills[:, :2]).astype(float)
    names = [f"w{i}" for i in range(n)]
    history = pd.concat(
        pd.DataFrame({"worker": names, "right": before[:, j], "given": float(hits[j]), "weight": float(hits[j])})
        for j in (0, 1)
    )
    given = np.full(n, float(sum(hits)))
    scale = np.minimum(0.5, 20 / given)
    share, answers = _pseudo_answers(history, names)
    right_now = rng.binomial(now, skills[:, 2])
    errors = []
    for right, of in ((0 * scale, 0 * scale), (before.sum(axis=1) * scale, given * scale), (share * answers, answers)):
        mean = (right_now + right).sum() / (now + of).sum()
        errors.append(float((((right_now + right + LEAN * mean) / (now + of + LEAN) - skills[:, 2]) ** 2).mean()))
    return errors[0], errors[1], errors[2]


def test_over_three_projects_it_is_no_worse_than_half_an_answer_each() -> None:
    """Drift none to large, histories short to long: better on the whole, nowhere much worse, and no harm by history."""
    drawn = {
        (drift, hits, now): np.mean([_errors(drift, hits, now, seed) for seed in range(6)], axis=0)
        for drift in (0.0, 0.05, 0.1, 0.15, 0.2)
        for hits in ((1, 1), (3, 3), (20, 20), (200, 200), (3, 200))
        for now in (2, 10, 40)
    }
    without, before, after = np.sqrt(np.array(list(drawn.values()))).T
    assert np.exp(np.log(after / before).mean()) < 0.95
    assert (after / before).max() < 1.06, max(drawn, key=lambda k: drawn[k][2] / drawn[k][1])
    assert (after / without).max() < 1.06 < (before / without).max()


def test_history_decides_between_strangers(make_answers) -> None:
    answers = rivals(make_answers)
    votes = ballots(answers, PHASE)
    good, bad = ([40.0, 40.0], [38.0, 4.0])
    history = pd.DataFrame({"worker": ["mturk::w1", "mturk::w2"], "right": bad, "given": good, "weight": good})
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
    workers["judged_weight"] = [5.0, 0.0]
    assert contributions(workers).to_dict("records") == [{"worker": "a", "right": 3.0, "given": 4.0, "weight": 5.0}]


def _assignments(answers: pd.DataFrame) -> pd.DataFrame:
    table = answers.drop_duplicates("assignment_id")
    columns = ["assignment_id", "item_id", "worker", "submitted_at", "work_seconds"]
    return table[columns].assign(approval_rate=1.0, approved_before=1, submitted_before=1)


def test_history_does_not_come_back_as_evidence(make_answers) -> None:
    answers = rivals(make_answers, items=4)
    votes = ballots(answers, PHASE)
    history = pd.DataFrame({"worker": ["mturk::w1", "mturk::w2"], "right": [0.0, 30.0], "given": [30.0, 30.0]})
    history["weight"] = history["given"]
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
