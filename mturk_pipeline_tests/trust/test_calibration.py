"""Recalibration by decisions: nothing without data, the right direction with it, never upwards from the worst alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.trust.calibration import Calibration, calibrate

GRID = np.linspace(0, 1, 101)
NOBODY = np.zeros(0)


def decisions(n, trust_to_right, seed=0, low=0.05, high=0.95):
    """n trusts and whether their best guesses were right, with a probability that depends on the trust."""
    rng = np.random.default_rng(seed)
    trust = rng.uniform(low, high, n)
    return trust, (rng.random(n) < trust_to_right(trust)).astype(float)


def test_nothing_is_changed_without_decisions():
    calibration = calibrate(NOBODY, NOBODY, NOBODY)
    assert calibration == Calibration()
    assert calibration(GRID).tolist() == GRID.tolist()
    assert "not calibrated" in str(calibration)


def test_calibrated_trust_stays_what_it_is():
    trust, right = decisions(3000, lambda t: t)
    calibration = calibrate(trust, right, np.ones(3000))
    assert np.abs(calibration(GRID) - GRID).max() < 0.03


@pytest.mark.parametrize(
    ("truth", "moves"),
    [(lambda t: t**3, -1), (lambda t: np.sqrt(t), 1), (lambda t: 0 * t, -1), (lambda t: 1 + 0 * t, 1)],
)
def test_audited_decisions_move_trust_to_where_they_are(truth, moves):
    trust, right = decisions(400, truth)
    inside = GRID[10:91]
    before, after = (
        np.abs(inside - truth(inside)),
        np.abs(calibrate(trust, right, np.ones(400))(inside) - truth(inside)),
    )
    assert after.mean() < 0.5 * before.mean()
    assert (np.sign(calibrate(trust, right, np.ones(400))(inside) - inside) == moves).mean() > 0.9


def test_the_slope_is_learnt_where_high_trust_is_too_high_and_low_too_low():
    trust, right = decisions(1000, lambda t: 0.5 + (t - 0.5) / 3)
    calibration = calibrate(trust, right, np.ones(1000))
    assert calibration.slope < 0.6
    assert calibration(np.array([0.1]))[0] > 0.2
    assert calibration(np.array([0.9]))[0] < 0.8


def test_five_decisions_change_little_a_hundred_much():
    def at_half(n):
        return calibrate(np.full(n, 0.5), np.ones(n), np.ones(n))(np.array([0.5]))[0]

    assert 0.5 < at_half(1) < 0.65
    assert at_half(5) < 0.85 < at_half(100)


def test_the_worst_alone_never_raise():
    trust, right = np.linspace(0.05, 0.3, 60), np.ones(60)
    unknown = np.full(60, np.nan)
    calibration = calibrate(trust, right, unknown)
    assert (calibration(GRID) <= GRID).all()
    assert calibration.only_lowers
    lowered = calibrate(np.linspace(0.5, 0.9, 60), np.zeros(60), unknown)
    assert lowered(np.array([0.7]))[0] < 0.5
    raised = calibrate(trust, right, np.ones(60))
    assert (raised(GRID[5:95]) > GRID[5:95]).all()


def test_rows_that_were_not_drawn_by_chance_are_left_out_beside_those_that_were():
    trust, right = decisions(200, lambda t: t)
    worst = np.linspace(0.05, 0.3, 100)
    both = calibrate(
        np.append(trust, worst), np.append(right, np.zeros(100)), np.append(np.ones(200), np.full(100, np.nan))
    )
    alone = calibrate(trust, right, np.ones(200))
    assert (both.offset, both.slope) == (alone.offset, alone.slope)
    assert (both.audited, both.reviewed) == (200, 300)
    assert "200 decisions" in str(both)


def test_inclusion_undoes_an_uneven_sample():
    """Everything is right half of the time; wrong ones were drawn four times as often."""
    rng = np.random.default_rng(0)
    right = (rng.random(4000) < 0.5).astype(float)
    inclusion = np.where(right == 1, 0.1, 0.4)
    drawn = rng.random(4000) < inclusion
    trust = np.full(int(drawn.sum()), 0.5)
    weighted = calibrate(trust, right[drawn], inclusion[drawn])(np.array([0.5]))[0]
    plain = calibrate(trust, right[drawn], np.ones(len(trust)))(np.array([0.5]))[0]
    assert weighted == pytest.approx(0.5, abs=0.06)
    assert plain < 0.3


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.booleans(), st.sampled_from([np.nan, 1.0, 0.5, 1e-9])), min_size=1, max_size=30
    )
)
def test_any_decisions_give_a_monotone_probability(rows):
    trust, right, inclusion = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    corrected = calibrate(trust, right, inclusion)(GRID)
    assert ((corrected >= 0) & (corrected <= 1)).all()
    assert (np.diff(corrected) >= 0).all()
    assert (corrected[0], corrected[-1]) == (0, 1)
    if np.isnan(inclusion).all():
        assert (corrected <= GRID).all()
