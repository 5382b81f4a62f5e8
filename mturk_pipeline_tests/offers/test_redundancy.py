"""Advice on redundancy: right where the crowd is known, silent where it is unknown."""

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.offers import RedundancyAdvice
from mturk_pipeline.offers.redundancy import redundancy_advice
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate({"keys": ["n"], "fields": {"colour": {"kind": "choice"}}, "model": "majority"})


def crowd(items: int, right: float, copies: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers "blue" of workers who are right in a share of cases, else something of their own."""
    rng = np.random.default_rng(7)
    rows = [(i, c) for i in range(items) for c in range(copies)]
    good = rng.random(len(rows)) < right
    table = pd.DataFrame(
        {
            "item_id": [f"item {i:03}" for i, _ in rows],
            "assignment_id": [f"{i}-{c}" for i, c in rows],
            "hit_id": [f"H{i}" for i, _ in rows],
            "worker": [f"mturk::A{(i * 3 + c) % 17}" for i, c in rows],
            "Answer.colour": np.where(good, "blue", [f"wrong {c}" for _, c in rows]),
            "source_file": "r.csv",
            "source_sheet": None,
            "source_row": range(2, len(rows) + 2),
            "submitted_at": pd.Timestamp("2026-03-01", tz="UTC"),
            "work_seconds": 60.0,
        }
    )
    table["reward"] = 0.05
    texts = [
        "item_id",
        "assignment_id",
        "hit_id",
        "worker",
        "Answer.colour",
        "source_file",
        "source_sheet",
    ]
    table = table.astype(dict.fromkeys(texts, "str"))
    return table, tidy(table, PHASE)


def decisions(items: int) -> pd.DataFrame:
    ids = [f"item {i:03}" for i in range(items)]
    frame = pd.DataFrame({"item_id": ids, "parent_item_id": ids, "element": "", "status": "accepted", "colour": "blue"})
    return frame.astype("str")


def test_more_answers_are_right_more_often_and_cost_more():
    assignments, answers = crowd(60, 0.7)
    advice = RedundancyAdvice.validate(redundancy_advice(answers, assignments, decisions(60), PHASE))
    assert advice["answers"].tolist() == [1, 2, 3]
    assert advice["accuracy"].iloc[0] == pytest.approx((answers["value"] == "blue").mean())
    assert advice["accuracy"].is_monotonic_increasing
    assert ((advice["accuracy_low"] <= advice["accuracy"]) & (advice["accuracy"] <= advice["accuracy_high"])).all()
    assert advice["gain_low"].iloc[2] > 0
    assert advice["cost"].tolist() == pytest.approx([0.05, 0.10, 0.15])
    assert advice["words"].iloc[2].startswith("A third answer: from ")


def test_the_same_tables_give_the_same_advice_in_any_order():
    assignments, answers = crowd(40, 0.8)
    mixed = redundancy_advice(answers, assignments.sample(frac=1, random_state=1), decisions(40), PHASE)
    pd.testing.assert_frame_equal(mixed, redundancy_advice(answers, assignments, decisions(40), PHASE))


def test_too_few_decisions_are_said_plainly():
    assignments, answers = crowd(40, 0.8)
    advice = redundancy_advice(answers, assignments, decisions(5), PHASE)
    assert advice["accuracy"].isna().all()
    assert "5 decided items are too few to tell" in advice["words"].iloc[0]


def test_where_all_agree_there_is_no_gain_and_the_interval_is_not_zero():
    assignments, answers = crowd(30, 1.0)
    last = redundancy_advice(answers, assignments, decisions(30), PHASE).iloc[2]
    assert (last["accuracy"], last["gain"]) == (1, 0)
    assert last["accuracy_low"] < 0.95
    assert "could be chance" in last["words"]


def test_decisions_on_rows_drawn_by_chance_count_alone_and_by_their_weight():
    assignments, answers = crowd(80, 0.7)
    drawn = decisions(80).assign(inclusion=[0.5] * 40 + [np.nan] * 40)
    advice = redundancy_advice(answers, assignments, drawn, PHASE)
    assert set(advice["decided"]) == {40}
    assert "doubtful" not in advice["words"].iloc[0]


def test_one_answer_each_or_none_at_all():
    assignments, answers = crowd(20, 0.8, copies=1)
    assert "too few items have two" in redundancy_advice(answers, assignments, None, PHASE)["words"].iloc[0]
    nobody = redundancy_advice(answers.iloc[:0], assignments.iloc[:0], None, PHASE)
    assert nobody["words"].tolist() == ["Nobody has answered yet: nothing to estimate from"]


def test_sets_and_ratings_are_counted_as_right_where_people_agree():
    """All workers tick the same and rate alike; for a rating, what lies within its tolerance is right."""
    fields = {"boxes": {"kind": "choices", "gate": True}, "bright": {"kind": "rating", "scale": [0, 100], "gate": True}}
    phase = PhaseSpec.model_validate({"keys": ["n"], "fields": fields})
    assignments, _ = crowd(40, 1.0)
    place = assignments["item_id"].str[-3:].astype(int)
    assignments = assignments.assign(**{"Answer.boxes": "a|b", "Answer.bright": (place * 2).astype("str")})
    assignments.loc[place % 4 == 0, "Answer.boxes"] = "c"
    people = decisions(40).assign(boxes="a|b", bright=[str(2 * n + 3) for n in range(40)])
    advice = redundancy_advice(tidy(assignments, phase), assignments, people, phase)
    # Ten of the sets are not what people said; all of the ratings are near enough.
    assert advice["accuracy"].iloc[-1] == pytest.approx((30 + 40) / 80)
