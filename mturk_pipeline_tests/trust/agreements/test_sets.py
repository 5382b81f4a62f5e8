"""Sets: closed and open ones, trust of the whole set, ticking nothing, gold, decisions, blacklisted workers."""

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.contracts.consensus import Consensus
from mturk_pipeline.trust.agreements import Outside
from mturk_pipeline.trust.agreements.closed_sets import Ticks, fit_options
from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.workflow.phase_spec import PhaseSpec

CLOSED = PhaseSpec.model_validate(
    {"keys": ["x"], "fields": {"travel": {"kind": "choices", "choices": ["bus", "car", "train"]}}}
)
OPEN = PhaseSpec.model_validate({"keys": ["x"], "fields": {"word": {"kind": "choices"}}})


def rows_of(item: str, *sets: str, field: str = "travel") -> list[dict]:
    """One worker's set each: "bus car" is two labels, "-" is nothing ticked, "?" no answer."""
    rows = []
    for worker, labels in enumerate(sets):
        base = {"item": item, "field": field, "worker": f"w{worker}"}
        if labels == "-":
            rows.append(base | {"state": "none_declared"})
        elif labels == "?":
            rows.append(base | {"state": "blank"})
        rows += [base | {"value": label} for label in labels.split() if label not in "-?"]
    return rows


def by_item(answers: pd.DataFrame, phase: PhaseSpec, outside: Outside | None = None) -> pd.DataFrame:
    consensus = find_consensus(answers, phase, fitted=fit(answers, phase, outside=outside))
    return Consensus.validate(consensus).set_index("item_id")


def test_the_order_of_labels_means_nothing(make_answers):
    items = [row for n in range(8) for row in rows_of(f"I{n}", "bus car", "car bus", "bus car")]
    found = by_item(make_answers(items), CLOSED)
    assert found["value"].eq("bus|car").all()
    assert found["accepted"].all()
    assert found["flag"].eq("unanimous").all()
    assert found["pattern"].eq("3:0").all()


def test_ticking_nothing_is_an_answer_and_a_blank_is_none(make_answers):
    items = [row for n in range(8) for row in rows_of(f"I{n}", "bus", "bus", "bus")]
    found = by_item(make_answers([*items, *rows_of("none", "-", "-", "-"), *rows_of("blank", "?", "?", "?")]), CLOSED)
    assert found.loc["none", "outcome"] == "none"
    assert found.loc["none", "trust"] > 0.8
    assert found.loc["blank", "outcome"] == "unknown"
    assert found.loc["blank", "trust"] == 0
    assert not found.loc["blank", "accepted"]


def test_one_worker_who_leaves_an_option_out_is_outvoted_and_it_is_said(make_answers):
    items = [row for n in range(12) for row in rows_of(f"I{n}", "bus car", "bus car", "bus car")]
    found = by_item(make_answers([*items, *rows_of("odd", "bus car", "bus car", "bus")]), CLOSED)
    assert found.loc["odd", "value"] == "bus|car"
    assert found.loc["odd", "trust"] < found.loc["I0", "trust"]
    assert found.loc["odd", "runners_up"] == ["bus"]
    assert "2 of 3 workers gave this set" in found.loc["odd", "reasons"]
    assert "car" in found.loc["odd", "detail"]


def test_keywords_of_which_each_item_has_its_own(make_answers):
    words = [("sea", "wind", "sail"), ("wind", "sail", "sea"), ("sail", "sea", "wind")]
    items = [
        r for n in range(12) for r in rows_of(f"I{n}", *(" ".join(f"{w}{n}" for w in ws) for ws in words), field="word")
    ]
    lone = rows_of("lone", "ant bee", "ant bee", "ant zebra", field="word")
    found = by_item(make_answers([*items, *lone]), OPEN)
    assert found.loc["I3", "value"] == "sail3|sea3|wind3"
    assert found.loc["I3", "trust"] > 0.9
    assert {"ant", "bee"} <= set(found.loc["lone", "value"].split("|"))
    assert found.loc["lone", "trust"] < 0.9
    assert "zebra" in found.loc["lone", "detail"]


def test_whole_sets_are_right_as_often_as_trust_says():
    """Drawn crowds whose mistakes come together: the product of the options' probabilities would be far too low."""
    rng = np.random.default_rng(5)
    trusts, rights = [], []
    for _ in range(4):
        answers, truth = drawn_sets(rng, items=150, options=6)
        found = by_item(answers, PhaseSpec.model_validate({"keys": ["x"], "fields": {"travel": {"kind": "choices"}}}))
        trusts.append(found["trust"].to_numpy())
        value = found["value"].where(found["outcome"] == "value", "").to_dict()
        rights.append(np.array([value[item] == truth[item] for item in found.index], dtype=float))
    trust, right = np.concatenate(trusts), np.concatenate(rights)
    assert abs(trust.mean() - right.mean()) < 0.07
    sure = trust > 0.9
    assert right[sure].mean() > 0.88
    assert right[sure].mean() > right[~sure].mean() + 0.15


def drawn_sets(rng: np.random.Generator, items: int, options: int) -> tuple[pd.DataFrame, dict[str, str]]:
    labels = [f"o{n}" for n in range(options)]
    real = rng.random((items, options)) < rng.beta(1, 2, options)
    care = rng.beta(8, 2, 20)
    rows, truth = [], {}
    for item in range(items):
        truth[f"I{item}"] = "|".join(o for o, on in zip(labels, real[item], strict=True) if on)
        for worker in rng.choice(20, 3, replace=False):
            careless = rng.random() > care[worker]
            flip = rng.random(options) < (0.35 if careless else 0.02)
            given = [o for o, on in zip(labels, real[item] ^ flip, strict=True) if on]
            base = {"item_id": f"I{item}", "worker": f"mturk::w{worker}", "assignment_id": f"{item}-{worker}"}
            rows += [base | {"value": o, "state": "valid"} for o in given] or [
                base | {"value": None, "state": "none_declared"}
            ]
    table = pd.DataFrame(rows).assign(element="", field="travel", suspicious=False, evidence="", raw="x", note="")
    table["submitted_at"] = pd.Timestamp("2026-01-01", tz="UTC")
    return table.assign(work_seconds=60.0, hit_id=table["item_id"]), truth


def known(item: str, value: str | None, inclusion: float = 1.0) -> pd.DataFrame:
    row = {"item_id": item, "element": "", "field": "travel", "value": value, "inclusion": inclusion}
    return pd.DataFrame([row]).astype({"value": "str"})


def test_gold_is_right_whatever_the_crowd_says(make_answers):
    items = [row for n in range(6) for row in rows_of(f"I{n}", "bus", "bus", "bus")]
    answers = make_answers([*items, *rows_of("gold", "bus", "bus", "bus car")])
    found = by_item(answers, CLOSED, Outside(gold=known("gold", "bus|car")))
    assert found.loc["gold", ["value", "trust"]].tolist() == ["bus|car", 1.0]
    found = by_item(answers, CLOSED, Outside(gold=known("gold", None)))
    assert found.loc["gold", ["outcome", "trust"]].tolist() == ["none", 1.0]


def test_answers_of_a_blacklisted_worker_count_for_nothing(make_answers):
    items = [row for n in range(6) for row in rows_of(f"I{n}", "bus", "bus", "car")]
    split = rows_of("split", "car", "?", "bus")
    weight = {"mturk::w2": 0.0}
    found = by_item(make_answers([*items, *split]), CLOSED, Outside(weight=weight))
    assert found.loc["split", "value"] == "car"


def test_decisions_lower_trust_where_best_guesses_were_wrong(make_answers):
    items = [row for n in range(30) for row in rows_of(f"I{n}", "bus car", "bus car", "bus car")]
    decided = pd.concat([known(f"I{n}", "train") for n in range(20)], ignore_index=True)
    answers = make_answers(items)
    before, after = by_item(answers, CLOSED), by_item(answers, CLOSED, Outside(decided=decided))
    assert after.loc["I29", "trust"] < 0.6 < before.loc["I29", "trust"]


def test_no_more_memory_than_answers_and_options():
    ticks = Ticks(np.repeat(np.arange(50), 3), np.tile(np.arange(3), 50), np.zeros((150, 4), bool), np.ones(150), 50, 3)
    assert fit_options(ticks).belongs.max() < 0.1


@pytest.mark.parametrize("labels", ["bus", "bus car train"])
def test_a_lone_worker_is_not_accepted(make_answers, labels):
    found = by_item(make_answers([row for n in range(9) for row in rows_of(f"I{n}", labels)]), CLOSED)
    assert not found["accepted"].any()


def test_an_option_that_nobody_ticked_but_usually_belongs_is_named(make_answers):
    items = [row for n in range(12) for row in rows_of(f"I{n}", "bus car", "bus car", "bus car")]
    found = by_item(make_answers([*items, *rows_of("odd", "car", "car", "car")]), CLOSED).loc["odd"]
    assert found["value"] == "car"
    if found["trust"] < 0.85:
        assert "bus" in found["reasons"]
        assert "bus" in found["detail"]
