"""Copying in closed fields: pairs who answer alike where everybody else says something else."""

import numpy as np
import pytest

from mturk_pipeline.trust import fit_predict
from mturk_pipeline.trust.careless_work import same_answers
from mturk_pipeline.trust.consensus import fit
from mturk_pipeline.trust.worker_standing import suspected
from mturk_pipeline_tests.benchmarks.trust_quality.kind_crowds import kind_crowd


def accused_pairs(crowd):
    fitted = fit(crowd.answers, crowd.phase)
    copying, names = fitted.scores.copying, fitted.ballots.workers
    sure = suspected(copying)
    return {frozenset(pair) for pair in zip(names[copying.first[sure]], names[copying.second[sure]], strict=True)}


@pytest.mark.parametrize("seed", [1, 2])
def test_pairs_that_work_from_one_sheet_are_suspected_and_nobody_else(seed):
    crowd = kind_crowd("choice of 5", seed, 0.1, 0.1)
    colluders = set(crowd.workers.loc[crowd.workers["archetype"] == "colluder", "worker"])
    found = accused_pairs(crowd)
    assert len(found) >= len(colluders) // 4
    assert set().union(*found) <= colluders


@pytest.mark.parametrize("kind", ["choice of 3", "three choices of 4", "boolean"])
def test_honest_workers_who_are_wrong_alike_now_and_then_are_not(kind):
    assert accused_pairs(kind_crowd(kind, 3)) == set()


def test_one_answer_to_everything_is_told_where_the_items_differ():
    rng = np.random.default_rng(0)
    crowd = kind_crowd("choice of 3", 5)
    constant = crowd.workers.loc[crowd.workers["hits"] > 8, "worker"].iloc[0]
    answers = crowd.answers.copy()
    mine = answers["worker"] == constant
    answers.loc[mine, ["value", "raw", "state"]] = ["c1", "c1", "valid"]
    fitted = fit(answers, crowd.phase)
    told = dict(zip(fitted.ballots.workers, same_answers(fitted.ballots, fitted.phase, fitted.scores), strict=True))
    assert told.pop(constant) == mine.sum()
    assert not any(told.values())
    # Where nearly all items have one answer, giving it says nothing.
    answers["value"] = np.where(rng.random(len(answers)) < 0.95, "c1", "c2")
    fitted = fit(answers, crowd.phase)
    assert not same_answers(fitted.ballots, fitted.phase, fitted.scores).any()


def test_a_plain_frame_is_judged_by_the_same_rules():
    crowd = kind_crowd("choice of 5", 4, 0.1, 0.05)
    frame = crowd.answers.rename(columns={"item_id": "item"})[["item", "worker", "value", "work_seconds"]]
    workers = fit_predict(frame).workers.set_index("worker")
    people = crowd.workers.set_index("worker").join(workers["standing"])
    accused = people["standing"] == "exclude"
    assert not accused[~people["bad"]].any()
    assert accused[people["bad"] & (people["hits"] >= 10)].mean() > 0.5
    assert workers.loc[accused.index[accused], "evidence"].ne("").all()
