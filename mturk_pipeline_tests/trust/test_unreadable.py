"""Unreadable is not none: what near misses, none in other words and junk do to best guesses and to what passes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.trust import fit_predict
from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.models.base import Priors
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.shared_cases import case

MODELS = ["trust", "worker_weighted", "majority", "confusion"]
EMAIL = {"email": {"kind": "email"}}
NEAR = {"state": "invalid", "evidence": "near_miss", "raw": "dean@uni,edu"}
WORDS = {"state": "invalid", "evidence": "none_in_words", "raw": "not listed"}
JUNK = {"state": "invalid", "evidence": "junk", "raw": "asdf"}
BLANK = {"state": "blank"}
NONE = {"state": "none_declared"}


def _phase(**settings) -> PhaseSpec:
    fields = {name: {**spec, **settings} for name, spec in EMAIL.items()}
    return PhaseSpec.model_validate({"keys": ["club"], "fields": fields})


def _answers(make_answers, *last: dict) -> pd.DataFrame:
    """Thirty clubs, a third of them without an address, and one, 'X', of which each worker says one of `last`."""
    workers = ("ann", "ben", "cem")
    rows = [
        {"item": f"club {n}", "worker": w, **(BLANK if n % 3 == 0 else {"value": f"a{n}@uni.edu"})}
        for n in range(30)
        for w in workers
    ]
    crew = (*workers, "dan")
    return make_answers([*rows, *({"item": "X", "worker": w, **said} for w, said in zip(crew, last, strict=False))])


def _outcome(answers: pd.DataFrame, model: str = "trust", **settings) -> pd.Series:
    return find_consensus(answers, _phase(**settings), model=model).set_index("item_id").loc["X"]


def _none_trust(answers: pd.DataFrame, model: str) -> float:
    fitted = fit(answers, _phase(), model=model)
    return float(fitted.scores.none_trust[fitted.ballots.cells.item_id == "X"][0])


@pytest.mark.parametrize("model", MODELS)
def test_the_sign_of_each_class_is_fixed(make_answers, model):
    alone, near, words, junk = (
        _none_trust(_answers(make_answers, BLANK, *more), model) for more in ((), (NEAR,), (WORDS,), (JUNK,))
    )
    assert near < alone - 0.02
    assert words > alone + 0.02
    assert junk == pytest.approx(alone, abs=0.005)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("last", [(NEAR, NEAR, BLANK), (NEAR, BLANK, BLANK), (NEAR, NONE, NONE), (JUNK, JUNK, JUNK)])
def test_none_never_passes_beside_a_near_miss_or_on_junk_alone(make_answers, model, last):
    found = _outcome(_answers(make_answers, *last), model, accept=0.01, accept_none=0.01)
    assert found["outcome"] != "value"
    assert not found["accepted"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("last", [(BLANK,) * 3, (NONE,) * 3, (WORDS,) * 3, (WORDS, BLANK, NONE), (BLANK, BLANK, JUNK)])
def test_none_passes_where_workers_said_so_in_any_words_or_left_it_blank(make_answers, model, last):
    found = _outcome(_answers(make_answers, *last), model, accept_none=0.5)
    assert (found["outcome"], found["accepted"]) == ("none", True)


def test_a_blank_in_a_required_field_backs_no_none(make_answers):
    found = _outcome(_answers(make_answers, BLANK, BLANK, BLANK), accept=0.01, accept_none=0.01, required=True)
    assert not found["accepted"]


def test_none_needs_more_trust_where_somebody_gave_a_value(make_answers):
    answers = _answers(make_answers, BLANK, BLANK, {"value": "made@up.edu"})
    trust = _outcome(answers)["trust"]
    assert _outcome(answers)["outcome"] == "none"
    assert _outcome(answers, accept=1.0, accept_none=2 * trust - 1.01)["accepted"]
    assert not _outcome(answers, accept=1.0, accept_none=2 * trust - 0.99)["accepted"]


@pytest.mark.parametrize("near", [0, 1, 2])
def test_a_near_miss_does_not_speak_against_a_value(make_answers, near):
    value = {"value": "dean@uni.edu"}
    without = _outcome(_answers(make_answers, value, value))["trust"]
    beside = _outcome(_answers(make_answers, value, value, *[NEAR] * min(near, 1)))["trust"]
    assert beside >= without - 0.01


def test_reasons_show_near_misses_beside_the_value_and_never_merge_them(make_answers):
    value = {"value": "dean@uni.edu"}
    found = _outcome(_answers(make_answers, value, value, NEAR))
    assert (found["value"], found["votes"]) == ("dean@uni.edu", 2)
    assert '1 wrote nearly the same: "dean@uni,edu"' in found["reasons"]
    other = _outcome(_answers(make_answers, value, value, {**NEAR, "raw": "info@club,org"}))
    assert '1 wrote what looks like a value: "info@club,org"' in other["reasons"]


def test_reasons_say_what_stands_against_none(make_answers):
    found = _outcome(_answers(make_answers, NEAR, BLANK, WORDS))
    assert found["reasons"] == (
        "no value: 1 said in other words that there is none; 1 left it blank; "
        '1 wrote what looks like a value: "dean@uni,edu"'
    )
    assert found["flag_text"] == "Checkit, no value could be read"


def test_a_value_that_nobody_could_read_is_no_none(make_answers):
    found = _outcome(_answers(make_answers, NEAR, NEAR, BLANK))
    assert (found["outcome"], found["trust"], found["votes"]) == ("unknown", 0, 0)
    assert found["reasons"].startswith("nothing usable: 1 left it blank; 2 wrote what looks like a value")


def test_the_order_of_answers_plays_no_part(make_answers):
    answers = _answers(make_answers, NEAR, {**NEAR, "raw": "b@uni,edu"}, WORDS)
    mixed = answers.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(find_consensus(answers, _phase()), find_consensus(mixed, _phase()))


def test_a_worker_who_counts_for_nothing_neither_backs_nor_hinders_none(make_answers):
    answers = _answers(make_answers, BLANK, BLANK, NEAR)
    fitted = fit(answers, _phase())
    ballots, known = fitted.ballots, fitted.known
    known.weight[ballots.workers == "mturk::cem"] = 0.0
    found = find_consensus(answers, _phase(), fitted=fit(answers, _phase(), known=known, votes=ballots))
    assert found.set_index("item_id").loc["X", "accepted"]


def test_how_strong_near_misses_are_is_learnt(make_answers):
    """Where they stand beside values, they say more than where they stand beside blanks."""

    def trust_in_none(where: int) -> float:
        """Dan's near misses stand beside values (0) or beside blanks (1)."""
        rows = []
        for n in range(40):
            beside = BLANK if n % 2 else {"value": f"e{n}@uni.edu"}
            said = (beside, beside, NEAR if n % 2 == where else JUNK)
            rows += [{"item": f"extra {n}", "worker": w, **s} for w, s in zip(("ann", "ben", "dan"), said, strict=True)]
        answers = _answers(make_answers, BLANK, JUNK, JUNK, NEAR)
        return _none_trust(pd.concat([answers, make_answers(rows)], ignore_index=True), "trust")

    assert trust_in_none(0) < trust_in_none(1) - 0.05


def test_a_plain_frame_takes_evidence_too():
    rows = [(f"i{n}", w, f"v{n}" if n % 2 else None, None, None) for n in range(30) for w in "abc"]
    rows += [("X", "a", None, "invalid", "near_miss"), ("X", "b", None, None, None), ("X", "c", None, None, None)]
    answers = pd.DataFrame(rows, columns=["item", "worker", "value", "state", "evidence"])
    with_it = fit_predict(answers, kind="open").consensus.set_index("item").loc["X"]
    without = fit_predict(answers.drop(columns="evidence"), kind="open").consensus.set_index("item").loc["X"]
    assert with_it["trust"] < without["trust"]
    assert "1 wrote what looks like a value but cannot be read" in with_it["reasons"]
    with pytest.raises(ValueError, match="evidence is one of junk, none_in_words, near_miss, not 'odd'"):
        fit_predict(answers.assign(evidence="odd"), kind="open")


def test_tables_without_evidence_hold_junk(make_answers):
    answers = _answers(make_answers, JUNK, BLANK, BLANK)
    old = find_consensus(answers.drop(columns="evidence"), _phase())
    pd.testing.assert_frame_equal(old, find_consensus(answers, _phase()))


@pytest.mark.parametrize("file", ["results.csv", "mixed100.csv"])
def test_the_shared_case_is_never_accepted_as_none(file):
    fields = {"email": {"kind": "email", "gate": True}}
    if file == "results.csv":
        fields["phone"] = {"kind": "phone"}
    phase = PhaseSpec.model_validate({"keys": ["university"], "fields": fields})
    answers = tidy(collect([case("16_mangled_is_none") / file], phase).assignments, phase)
    consensus = find_consensus(answers, phase)
    mangled = answers[answers["state"] == "invalid"].drop_duplicates(["item_id", "field"])
    places = pd.MultiIndex.from_frame(mangled[["item_id", "field"]])
    found = consensus.set_index(["item_id", "field"]).loc[places]
    assert len(found) >= 3
    assert not (found["accepted"] & (found["outcome"] == "none")).any()
    rest = consensus.set_index(["item_id", "field"]).drop(places)
    assert (rest["accepted"] & (rest["outcome"] == "none")).any()
    assert np.isin(answers.loc[answers["state"] == "invalid", "evidence"], ["near_miss"]).all()


def _two_who_never_agree(make_answers, seconds: float) -> pd.DataFrame:
    """Of each club ann gives nothing, and two others give addresses that differ, in `seconds`."""
    rows = [
        {"item": f"club {n}", "worker": w, **said}
        for n in range(12)
        for w, said in (("ann", BLANK), ("ben", {"value": f"b{n}@uni.edu"}), ("cem", {"value": f"c{n}@uni.edu"}))
    ]
    calm = [{"item": f"good {n}", "worker": w, "value": f"g{n}@uni.edu"} for n in range(24) for w in ("dan", "eve")]
    answers = make_answers([*rows, *calm])
    mine = answers["worker"].isin(["mturk::ben", "mturk::cem"])
    return answers.assign(work_seconds=answers["work_seconds"].fillna(60.0).mask(mine, seconds))


@pytest.mark.parametrize("model", MODELS)
def test_none_that_is_outvoted_waits_unless_those_who_gave_values_took_no_time(make_answers, model):
    passed = []
    for seconds in (60.0, 5.0):
        answers, phase = _two_who_never_agree(make_answers, seconds), _phase()
        votes = ballots(answers, phase)
        elsewhere = np.where(np.isin(votes.workers, ["mturk::ben", "mturk::cem"]), 5.0, 95.0)
        known = replace(Priors.nothing(votes), right=elsewhere, given=np.full(len(elsewhere), 100.0))
        found = find_consensus(answers, phase, fitted=fit(answers, phase, model=model, known=known, votes=votes))
        passed.append((found["accepted"] & (found["outcome"] == "none")).sum())
    assert passed == [0, 12 if model == "trust" else passed[1]]
