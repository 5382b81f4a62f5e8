"""Ratings: biases removed, intervals that hold, scales, levels, magnitudes, and no scale at all."""

import math

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.contracts.consensus import Consensus
from mturk_pipeline.trust.agreements import Outside
from mturk_pipeline.trust.agreements.rating_model import Ratings, fit_levels, krippendorff_alpha
from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def phase(**settings: object) -> PhaseSpec:
    return PhaseSpec.model_validate({"keys": ["x"], "fields": {"rating": {"kind": "rating", **settings}}})


def by_item(answers: pd.DataFrame, spec: PhaseSpec, outside: Outside | None = None) -> pd.DataFrame:
    consensus = find_consensus(answers, spec, fitted=fit(answers, spec, outside=outside))
    return Consensus.validate(consensus).set_index("item_id")


def rows_of(item: str, *values: str) -> list[dict]:
    return [{"item": item, "field": "rating", "worker": f"w{w}", "value": v} for w, v in enumerate(values)]


def test_ratings_close_together_pass_although_no_two_meet(make_answers):
    rows = [r for n in range(12) for r in rows_of(f"I{n}", str(5 * n), str(5 * n + 2), str(5 * n + 4))]
    found = by_item(make_answers(rows), phase(scale=[0, 100]))
    assert found["accepted"].all()
    assert found.loc["I4", "value"] == "22"
    assert found.loc["I4", "low"] < 22 < found.loc["I4", "high"]


def test_a_rater_who_is_always_too_high_does_not_pull_the_estimate(make_answers):
    rng = np.random.default_rng(1)
    level = rng.uniform(20, 70, 40)
    rows = []
    for n, m in enumerate(level):
        for worker in rng.choice(8, 3, replace=False):
            y = m + (25 if worker == 0 else 0) + rng.normal(0, 3)
            rows.append({"item": f"I{n}", "field": "rating", "worker": f"w{worker}", "value": f"{y:.1f}"})
    found = by_item(make_answers(rows), phase(scale=[0, 120]))
    estimate = np.array([float(found.loc[f"I{n}", "value"]) for n in range(40)])
    means = pd.DataFrame(rows).assign(value=lambda t: t["value"].astype(float)).groupby("item")["value"].mean()
    by_mean = np.array([means[f"I{n}"] for n in range(40)])
    # What very many such workers would say includes their mean bias, which one level for all cannot tell apart.
    shift = np.mean(estimate - level)
    assert np.sqrt(np.mean((estimate - level - shift) ** 2)) < 0.7 * np.sqrt(np.mean((by_mean - level) ** 2))


def test_words_in_their_order(make_answers):
    levels = ["disagree", "neither", "agree"]
    rows = [r for n in range(12) for r in rows_of(f"I{n}", levels[n % 3], levels[n % 3], levels[n % 3])]
    split = rows_of("split", "disagree", "agree", "agree")
    found = by_item(make_answers([*rows, *split]), phase(levels=levels))
    assert [found.loc[f"I{n}", "value"] for n in range(3)] == levels
    assert found.loc["I1", "accepted"]
    assert not found.loc["split", "accepted"]


def test_magnitudes_are_compared_by_their_factors(make_answers):
    rows = [r for n in range(12) for r in rows_of(f"I{n}", *(f"{2.0**n * f:.4g}" for f in (0.95, 1, 1.05)))]
    found = by_item(make_answers(rows), phase(scale="ratio"))
    assert found["trust"].min() > 0.9
    assert found.loc["I10", "value"] == "1024" or abs(float(found.loc["I10", "value"]) / 1024 - 1) < 0.03


def test_without_a_scale_there_is_no_trust(make_answers):
    rows = [r for n in range(12) for r in rows_of(f"I{n}", str(n), str(n + 1), str(n))]
    found = by_item(make_answers(rows), phase())
    assert found["trust"].isna().all()
    assert not found["accepted"].any()
    assert found["low"].notna().all()
    assert "no scale" in found.loc["I0", "reasons"]


def test_nobody_gave_a_usable_rating(make_answers):
    rows = [r for n in range(6) for r in rows_of(f"I{n}", "3", "3", "4")]
    blank = [{"item": "blank", "field": "rating", "worker": f"w{w}"} for w in range(3)]
    found = by_item(make_answers([*rows, *blank]), phase(levels=["1", "2", "3", "4"]))
    assert found.loc["blank", ["outcome", "trust"]].tolist() == ["unknown", 0.0]
    assert not found.loc["blank", "accepted"]


def test_all_the_same_and_one_worker_alone(make_answers):
    same = by_item(make_answers([r for n in range(5) for r in rows_of(f"I{n}", "3", "3", "3")]), phase(scale=[1, 5]))
    assert same["value"].eq("3").all()
    lone = by_item(make_answers([r for n in range(5) for r in rows_of(f"I{n}", str(n))]), phase(scale=[1, 5]))
    assert not lone["accepted"].any()
    assert lone["trust"].notna().all()


def test_intervals_hold_for_workers_who_were_left_out():
    rng = np.random.default_rng(3)
    inside = {0.5: [], 0.8: [], 0.95: []}
    for _ in range(12):
        level, bias, spread = rng.normal(50, 15, 60), rng.normal(0, 8, 30), rng.gamma(4, 2, 30)
        item = np.repeat(np.arange(60), 3)
        worker = np.concatenate([rng.choice(30, 3, replace=False) for _ in range(60)])
        y = level[item] + bias[worker] + rng.normal(0, 1, 180) * spread[worker]
        found = fit_levels(Ratings(item, worker, y, np.ones(180), 60, 30, np.full(60, np.nan), 100.0))
        for share, z in ((0.5, 0.674), (0.8, 1.282), (0.95, 1.96)):
            inside[share].append(np.mean(np.abs(found.level - level) <= z * np.sqrt(found.variance)))
    for share, held in inside.items():
        assert abs(np.mean(held) - share) < 0.08, (share, np.mean(held))


def test_gold_anchors_biases(make_answers):
    rows = [r for n in range(12) for r in rows_of(f"I{n}", str(n + 2), str(n + 2), str(n + 2))]
    gold = pd.DataFrame({"item_id": [f"I{n}" for n in range(6)], "element": "", "field": "rating"})
    gold = gold.assign(value=[str(n) for n in range(6)])
    found = by_item(make_answers(rows), phase(scale=[0, 20]), Outside(gold=gold))
    assert abs(float(found.loc["I10", "value"]) - 10) < 0.5
    assert found.loc["I0", ["value", "trust"]].tolist() == ["0", 1.0]


def test_alpha_of_a_published_example():
    """Krippendorff's own example of interval data (four observers, twelve units, with blanks): .849."""
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    pairs = [(unit, value) for row in table for unit, value in enumerate(row) if value is not None]
    item, y = (np.array(c) for c in zip(*pairs, strict=True))
    assert krippendorff_alpha(item, y.astype(float)) == pytest.approx(0.849, abs=0.001)
    assert math.isnan(krippendorff_alpha(np.array([0, 1]), np.array([1.0, 2.0])))


def test_decisions_far_off_lower_trust_and_near_ones_do_not(make_answers):
    rows = [r for n in range(30) for r in rows_of(f"I{n}", str(3 * n), str(3 * n + 2), str(3 * n + 4))]
    answers, spec = make_answers(rows), phase(scale=[0, 120])

    def decided(off: int) -> Outside:
        items = [f"I{n}" for n in range(20)]
        table = pd.DataFrame({"item_id": items, "element": "", "field": "rating", "inclusion": 1.0})
        return Outside(decided=table.assign(value=[str(3 * n + 2 + off) for n in range(20)]))

    plain, near, far = (by_item(answers, spec, o).loc["I29", "trust"] for o in (None, decided(5), decided(60)))
    assert far < 0.7 < near
    assert plain > far


def test_two_who_agree_are_believed_against_one_who_reads_the_scale_backwards(make_answers):
    rows = [
        r for n in range(20) for r in rows_of(f"I{n}", *map(str, [(7, 7, 1), (3, 3, 5), (5, 5, 3), (4, 4, 4)][n % 4]))
    ]
    found = by_item(make_answers(rows), phase(scale=[1, 7]))
    for n, level in enumerate((7, 3, 5, 4)):
        assert abs(float(found.loc[f"I{n}", "value"]) - level) < 0.3 or found.loc[f"I{n}", "trust"] < 0.7


@pytest.mark.parametrize("workers", [60, 10])
def test_one_rating_an_item_is_never_trusted(make_answers, workers):
    rng = np.random.default_rng(2)
    rows = [
        {"item": f"I{n}", "field": "rating", "worker": f"w{n % workers}", "value": f"{rng.uniform(1, 7):.1f}"}
        for n in range(60)
    ]
    found = by_item(make_answers(rows), phase(scale=[1, 7]))
    assert found["trust"].max() < 0.7
    assert not found["accepted"].any()


def test_a_count_of_votes_lowers_no_threshold_of_ratings_and_sets():
    fields = {"a": {"kind": "rating", "scale": [0, 1]}, "b": {"kind": "choices"}, "c": {"kind": "choice"}}
    spec = PhaseSpec.model_validate({"model": "majority", "fields": fields})
    assert [spec.threshold(name) for name in "abc"] == [0.9, 0.9, 0.6]


@pytest.mark.parametrize("levels", [["1", "1.0", "2"], ["1", "01"], ["Good", "good"]])
def test_levels_that_are_the_same_are_refused(levels):
    with pytest.raises(ValueError, match="at least two different ones"):
        phase(levels=levels)


def test_a_decision_on_a_rating_without_trust_leaves_that_of_others(make_answers):
    """A field without a scale has no trust to be right or wrong about."""
    fields = {"rating": {"kind": "rating", "scale": [0, 100]}, "free": {"kind": "rating"}}
    spec = PhaseSpec.model_validate({"keys": ["x"], "fields": fields})
    rows = [r for n in range(12) for r in rows_of(f"I{n}", str(5 * n), str(5 * n + 2), str(5 * n + 4))]
    answers = make_answers([*rows, *(row | {"field": "free"} for row in rows)])
    decided = pd.DataFrame({"item_id": ["I1"], "element": "", "field": "free", "value": "90", "inclusion": 1.0})
    plain, after = (
        find_consensus(answers, spec, fitted=fit(answers, spec, outside=outside))
        for outside in (None, Outside(decided=decided))
    )
    pd.testing.assert_series_equal(after["trust"], plain["trust"])
