"""The honest crowd that a phase's workers are compared with."""

import time

import numpy as np
import pytest

from mturk_pipeline.trust.honest_crowd import FEWEST_WORKERS, honest_crowd
from mturk_pipeline.trust.worker_standing import accusing_tail


def crowd_of(shares, hits=20.0):
    shares = np.array(shares, dtype=float)
    return honest_crowd(shares, np.full(len(shares), hits), np.full(len(shares), hits))


def tail(crowd, share, hits=20.0):
    return float(crowd.tail(np.array([share]), np.array([hits]))[0])


def test_bad_workers_do_not_move_the_limit():
    good = [0.9, 0.92, 0.95, 0.96, 0.97, 0.98, 0.9, 0.93]
    clean, mixed = crowd_of(good), crowd_of([*good, 0.05, 0.1, 0.0])
    for share in (0.3, 0.4, 0.5):
        assert tail(mixed, share) == pytest.approx(tail(clean, share), rel=0.5)


def test_the_seldomer_right_and_the_more_hits_the_rarer():
    crowd = crowd_of([0.9] * 10)
    assert tail(crowd, 0.1) < tail(crowd, 0.3) < tail(crowd, 0.6) < tail(crowd, 0.9)
    assert tail(crowd, 0.2, 40) < tail(crowd, 0.2, 10) < tail(crowd, 0.2, 3)
    assert tail(crowd, 0.0, 1) > 0.05  # one HIT says nothing


def test_in_a_hard_phase_all_are_seldom_right():
    assert tail(crowd_of([0.4] * 10), 0.25) > 0.05 > tail(crowd_of([0.9] * 10), 0.25)


def test_too_few_are_no_crowd():
    assert tail(crowd_of([0.9] * (FEWEST_WORKERS - 1)), 0.0) == 1
    assert tail(crowd_of([0.9] * FEWEST_WORKERS), 0.0) < 0.01


def test_of_drawn_honest_crowds_as_many_are_accused_as_is_said():
    rng, low = np.random.default_rng(1), np.zeros(3)
    for _ in range(60):
        sloppy = rng.random(50) < 0.12
        skill = np.where(sloppy, rng.uniform(0.5, 0.7, 50), rng.uniform(0.9, 0.99, 50))
        hits = rng.integers(5, 40, 50).astype(float)
        share = rng.binomial(hits.astype(int), skill) / hits
        of_worker = honest_crowd(share, hits, hits).tail(share, hits)
        low += np.array(
            [(of_worker < 0.005).sum(), (of_worker < 0.03).sum(), (of_worker <= accusing_tail(of_worker)).sum()]
        )
    assert (low / 3000 < [0.006, 0.033, 0.005]).all()


def test_many_workers_cost_little():
    rng = np.random.default_rng(0)
    hits = rng.integers(1, 300, 10_000).astype(float)
    share = rng.binomial(hits.astype(int), 0.8) / hits
    began = time.perf_counter()
    honest_crowd(share, hits, hits).tail(share, hits)
    assert time.perf_counter() - began < 3
