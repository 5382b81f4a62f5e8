"""Small closed fields drawn together say what each says alone, but for the noise of the draws."""

import numpy as np
import pytest

from mturk_pipeline.trust.models import confusion, many_fields
from mturk_pipeline.trust.models.confusion import ClosedVotes, classify
from mturk_pipeline.trust.models.many_fields import classify_all

WORKERS, ITEMS = 9, 30


def field(seed: int, classes: int, **more) -> ClosedVotes:
    """Three votes on each item, two in three of them right."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, ITEMS)
    item = np.repeat(np.arange(ITEMS), 3)
    worker = np.sort(np.array([rng.permutation(WORKERS)[:3] for _ in range(ITEMS)]), axis=1).ravel()
    label = np.where(rng.random(len(item)) < 0.67, truth[item], rng.integers(0, classes, len(item)))
    known = np.where(np.arange(ITEMS) < 2, truth, -1)
    usual = {"skill": np.linspace(-1, 1, WORKERS), "weight": np.ones(WORKERS), "truth": known}
    return ClosedVotes(item, worker, label, ITEMS, WORKERS, classes, **{**usual, **more})


FIELDS = [field(n, 2 + n % 3, part=np.full(3 * ITEMS, 0.5) if n == 4 else None) for n in range(9)]


def differences(first: list, second: list) -> np.ndarray:
    return np.array([np.abs(a - b).mean() for (a, _), (b, _) in zip(first, second, strict=True)])


def test_together_and_alone_differ_as_two_seeds_do() -> None:
    alone = [classify(votes, 7) for votes in FIELDS]
    noise = differences(alone, [classify(votes, 70) for votes in FIELDS])
    together = classify_all(FIELDS, 7)
    assert differences(alone, together).mean() < 1.5 * noise.mean()
    for (probabilities, taken), (others, held_back) in zip(together, alone, strict=True):
        assert probabilities.shape == others.shape
        assert probabilities.sum(axis=1) == pytest.approx(1)
        assert taken == pytest.approx(held_back, abs=0.2)


def test_what_is_known_stays_known() -> None:
    for votes, (probabilities, _) in zip(FIELDS, classify_all(FIELDS, 7), strict=True):
        assert probabilities[np.arange(2), votes.truth[:2]] == pytest.approx(1)


def test_the_same_answers_give_the_same_numbers() -> None:
    first, second = classify_all(FIELDS, 7), classify_all(FIELDS, 7)
    assert differences(first, second).max() == 0


def test_a_field_alone_of_its_kind_is_drawn_as_ever() -> None:
    only = field(1, 7)
    [*_, (probabilities, _)] = classify_all([*FIELDS, only], 7)
    assert np.array_equal(probabilities, classify(only, 7)[0])


def test_fields_with_many_answers_are_drawn_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confusion, "sweeps", lambda votes: (12, 4))
    drawn = classify_all(FIELDS[:2], 7)
    assert differences(drawn, [classify(votes, 7) for votes in FIELDS[:2]]).max() == 0


def test_no_more_is_held_in_memory_than_a_number_of_votes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many_fields, "_MOST_VOTES", 4 * 3 * ITEMS)
    assert sorted(map(len, many_fields._groups(FIELDS))) == [1, 1, 1, 2, 2, 2]
