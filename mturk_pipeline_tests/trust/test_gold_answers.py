"""Gold of sets and ratings: who misses it, and that an honest crowd does not."""

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.trust.agreements import Outside
from mturk_pipeline.trust.consensus import fit
from mturk_pipeline.trust.gold import gold_truth
from mturk_pipeline.trust.gold_answers import better_than_chance, gold_answers
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.trust.worker_standing import wilson
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec

BOXES = ["bus", "car", "cat", "dog", "sign"]
SETS = PhaseSpec.model_validate({"fields": {"seen": {"kind": "choices", "choices": BOXES, "gold": "right"}}})
RATINGS = PhaseSpec.model_validate({"fields": {"seen": {"kind": "rating", "scale": [1, 9], "gold": "right"}}})
ITEMS, WORKERS, GOLD = 60, 30, 12


def ticked(boxes: np.ndarray) -> str:
    return "|".join(box for box, on in zip(BOXES, boxes, strict=True) if on)


def answer_rows(item: str, worker: str, given: str) -> list[dict]:
    """A row for each label of a set; an empty one is 'none'."""
    base = {"item": item, "worker": worker, "field": "seen"}
    return [base | {"value": label} for label in given.split("|")] if given else [base | {"state": "none_declared"}]


def assignments_of(answers: pd.DataFrame) -> pd.DataFrame:
    table = answers.drop_duplicates("assignment_id")
    table = table[["assignment_id", "item_id", "worker", "submitted_at", "work_seconds"]]
    return table.assign(approval_rate=1.0, approved_before=1, submitted_before=1)


def crowd(make_answers, phase: PhaseSpec, seed: int, bad: int) -> pd.DataFrame:
    """Workers rated who answered 12 of 60 items, a fifth of them gold; the first `bad` of 30 answer by chance.

    Honest ones err in 4 to 15 of 100 boxes, or by 0.5 to 1.3 of eight points; some of them have a bias of 1.5.
    """
    rng, rows, gold = np.random.default_rng(seed), [], []
    skill, bias = rng.random(WORKERS), np.where(rng.random(WORKERS) < 0.2, 1.5, 0.0)
    for item in range(ITEMS):
        boxes, level = rng.random(5) < 0.4, rng.uniform(2, 8)
        right = ticked(boxes) if phase is SETS else f"{level:.1f}"
        if item < GOLD and right:
            gold.append({"item_id": f"I{item}", "element": "", "field": "seen", "value": right})
        for worker in rng.permutation(WORKERS)[:15]:
            if phase is SETS:
                honest = boxes ^ (rng.random(5) < 0.04 + 0.11 * skill[worker])
                given = ticked(rng.random(5) < 0.4 if worker < bad else honest)
            else:
                honest = level + bias[worker] + rng.normal(0, 0.5 + 0.8 * skill[worker])
                given = f"{np.clip(rng.uniform(1, 9) if worker < bad else honest, 1, 9):.1f}"
            rows += answer_rows(f"I{item}", f"w{worker:02}", given)
    answers = make_answers(rows)
    assignments = assignments_of(answers)
    fitted = fit(answers, phase, outside=Outside(gold=pd.DataFrame(gold)))
    return rate_workers(answers, assignments, phase, fitted=fitted).set_index("worker")


@pytest.mark.parametrize("phase", [SETS, RATINGS], ids=["sets", "ratings"])
def test_who_answers_by_chance_misses_gold_and_who_looks_does_not(make_answers, phase: PhaseSpec) -> None:
    honest, bad = [], []
    for seed in range(4):
        rated = crowd(make_answers, phase, seed, bad=4)
        missed = 1 - rated["gold_right"] / rated["gold_asked"].where(rated["gold_asked"] > 0)
        bad += missed[:4].dropna().tolist()
        honest += missed[4:].dropna().tolist()
    assert np.mean(honest) < 0.05
    assert np.mean(bad) > 0.3


@pytest.mark.parametrize("phase", [SETS, RATINGS], ids=["sets", "ratings"])
def test_an_honest_crowd_is_not_accused_by_gold(make_answers, phase: PhaseSpec) -> None:
    rated = pd.concat([crowd(make_answers, phase, seed, bad=0) for seed in range(13)])
    accused = float((rated["standing"] == "exclude").mean())
    assert wilson(np.array([accused]), np.array([float(len(rated))]))[1][0] <= 0.01


@pytest.mark.parametrize("phase", [SETS, RATINGS], ids=["sets", "ratings"])
def test_missed_gold_of_any_kind_is_named_and_suggests_to_exclude(make_answers, phase: PhaseSpec) -> None:
    right, wrong = ("bus|car", "cat|dog") if phase is SETS else ("2", "9")
    rows = [
        row
        for n in range(8)
        for w in ("w0", "w1", "w2", "w3", "w4")
        for row in answer_rows(f"I{n}", w, wrong if w == "w0" and n % 4 else right)
    ]
    answers = make_answers(rows)
    gold = pd.DataFrame([{"item_id": f"I{n}", "element": "", "field": "seen", "value": right} for n in range(8)])
    assignments = assignments_of(answers)
    fitted = fit(answers, phase, outside=Outside(gold=gold))
    rated = rate_workers(answers, assignments, phase, fitted=fitted).set_index("worker")
    assert rated[["gold_asked", "gold_right"]].to_numpy().tolist() == [[8, 2], *[[8, 8]] * 4]
    assert rated["standing"].tolist() == ["exclude", *["neutral"] * 4]
    assert "2 of 8 gold questions are right" in rated["evidence"].iloc[0]


@pytest.mark.parametrize(
    ("given", "right", "better"),
    [
        ("bus", "bus car", True),
        ("bus car cat", "bus car", True),
        ("cat", "bus car", False),
        ("", "bus car", False),
        ("bus car cat dog sign", "bus car", False),
        ("bus car cat dog sign", "bus car cat dog sign", True),
        ("", "", True),
        ("cat", "", True),
        ("cat dog sign", "", False),
    ],
)
def test_a_set_is_missed_where_chance_would_do_as_well(given: str, right: str, better: bool) -> None:
    assert better_than_chance(set(given.split()), set(right.split()), set(BOXES)) is better


@pytest.mark.parametrize(
    ("field", "state", "right", "counts"),
    [
        ({"kind": "choice"}, "blank", "a@x.edu", (0, 0)),  # of a question with choices it says nothing
        ({}, "blank", "a@x.edu", (1, 0)),  # nothing found
        ({"required": True}, "blank", "a@x.edu", (1, 0)),
        ({}, "none_declared", "a@x.edu", (1, 0)),
        ({}, "invalid", "a@x.edu", (1, 0)),
        ({}, "none_declared", None, (1, 1)),
        ({}, "blank", None, (1, 1)),
        ({}, "invalid", None, (1, 0)),  # junk is no word for none
    ],
)
def test_what_is_no_answer_to_one_value_is_neither_right_nor_missed(make_answers, field, state, right, counts):
    phase = PhaseSpec.model_validate({"fields": {"seen": {"kind": "email", "gold": "right", **field}}})
    base = {"item": "I", "field": "seen"}
    rows = [base | {"worker": "w0", "state": state}, *(base | {"worker": w, "value": "a@x.edu"} for w in ("w1", "w2"))]
    answers = make_answers(rows)
    votes = ballots(answers, phase)
    gold = gold_truth(votes, assignments_of(answers).assign(**{"Input.right": right or "none"}), phase)
    found = gold_answers(fit(answers, phase, votes=votes), gold)
    mine = found.loc[found["worker"].str.endswith("w0"), "right"]
    assert (len(mine), int(mine.sum())) == counts
