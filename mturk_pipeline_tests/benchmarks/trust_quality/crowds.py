"""Simulated crowds that answer open questions, with drawn parameters; independent of any model of trust.

Each of a number of items has some fields (an e-mail, a page, a phone). A field of an item has one right value or none.
Three different workers look at each item. What they say depends on how hard the value is to find, on wrong values
that lie about (the page of a parent organisation, an old e-mail, a footer that many pages share) and on the worker:
diligent, noisy, sloppy, lazy, spammer or colluder. Values are opaque texts, in an order that tells nothing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality.list_crowds import ListCrowd, list_crowd
from mturk_pipeline_tests.benchmarks.trust_quality.published import closed_sets, three_per_item
from mturk_pipeline_tests.benchmarks.trust_quality.settings import (
    BAD,
    HABITS,
    Settings,
    draw_settings,
    draw_workers,
)

__all__ = ["Crowd", "ListCrowd", "closed_sets", "list_crowd", "open_crowd", "three_per_item"]

PER_ITEM = 3
NOTHING = -1


@dataclass(frozen=True)
class Crowd:
    """answers: item, field, worker, value, state, work_seconds, one row per item, field and worker.
    truth: item, field, value; missing where there is none.
    workers: worker, archetype, bad (spammer or colluder), partner (ids of the colluders it works with, by spaces)."""

    answers: pd.DataFrame
    truth: pd.DataFrame
    workers: pd.DataFrame


class _Values:
    """Hands out numbers of values that nobody has used yet."""

    def __init__(self) -> None:
        self.count = 0

    def new(self, shape: int | tuple[int, ...]) -> np.ndarray:
        size = int(np.prod(shape))
        self.count += size
        return np.arange(self.count - size, self.count).reshape(shape)


def open_crowd(seed: int) -> Crowd:
    """The crowd of this seed; every fifth (seed % 5 == 0) has no bad workers.

    >>> crowd = open_crowd(1)
    >>> list(crowd.answers)
    ['item', 'field', 'worker', 'value', 'state', 'work_seconds']
    >>> int(crowd.answers.groupby(["item", "field"])["worker"].nunique().min())
    3
    """
    rng = np.random.default_rng([seed, 7919])
    settings = draw_settings(rng)
    workers = draw_workers(settings, rng, honest_only=seed % 5 == 0)
    values = _Values()
    truth = _truth(settings, values, rng)
    who = _assignments(settings, workers, rng)
    item, field, slot = (a.ravel() for a in np.indices((settings.items, settings.fields, PER_ITEM)))
    rows = workers.iloc[who[item, slot]].reset_index(drop=True).assign(item=item, field=field, worker=who[item, slot])
    lures = _Lures(settings, values, rng)
    said = _honest(rows, truth, lures, settings, values, rng)
    said = _with_collusion(said, rows, lures, values, rng)
    said = _with_spam(said, rows, lures, settings, values, rng)
    return _as_tables(said, rows, truth, workers, settings, values.count, rng)


def _truth(settings: Settings, values: _Values, rng: np.random.Generator) -> np.ndarray:
    """items × fields: number of the right value, NOTHING where there is none."""
    shape = (settings.items, settings.fields)
    truth = values.new(shape)
    offices = values.new((4, settings.fields))
    shared = rng.random(shape) < settings.shared_truth
    truth = np.where(shared, offices[rng.integers(0, 4, shape), np.arange(settings.fields)], truth)
    return np.where(rng.random(shape) < settings.none_share, NOTHING, truth)


def _assignments(settings: Settings, workers: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """items × 3 different workers, drawn by weight; colluders often follow each other to an item."""
    noise = rng.gumbel(size=(settings.items, settings.workers))
    who = np.argsort(-(workers["weight"].to_numpy() + noise), axis=1)[:, :PER_ITEM]
    for number in range(workers["group"].max() + 1):
        members = np.flatnonzero(workers["group"] == number)
        follow = rng.uniform(0.2, 0.7)
        visited = np.isin(who, members).any(axis=1)
        for item in np.flatnonzero(visited & (rng.random(len(who)) < follow)):
            absent, others = np.setdiff1d(members, who[item]), np.flatnonzero(~np.isin(who[item], members))
            if len(absent) and len(others):
                who[item, rng.choice(others)] = rng.choice(absent)
    return who


class _Lures:
    """Wrong values that lie about: how strongly each item-field leads astray, and to which value."""

    def __init__(self, settings: Settings, values: _Values, rng: np.random.Generator) -> None:
        shape = (settings.items, settings.fields)
        self.hardness = (
            settings.hardness
            + rng.normal(0, settings.spread, (settings.items, 1))
            + rng.normal(0, settings.spread, shape)
        )
        trapped = rng.random(shape) < settings.traps
        self.trap = np.where(trapped, rng.uniform(0.2, 0.9, shape), rng.beta(0.5, 25, shape))
        self.tempting = rng.beta(0.8, 2.0, shape)  # how much a field without value asks for a guess
        self.pull = rng.beta(0.7, 1.2, shape)  # share of guesses that end at the same wrong value
        footers = values.new((3, settings.fields))
        shown = rng.random(shape) < settings.footers
        self.value = np.where(
            shown, footers[rng.integers(0, 3, shape), np.arange(settings.fields)], values.new(shape)
        )  # fmt: skip


def _honest(
    rows: pd.DataFrame, truth: np.ndarray, lures: _Lures, settings: Settings, values: _Values, rng: np.random.Generator
) -> np.ndarray:
    """What each row's worker says when he tries: a value's number or NOTHING."""
    place = rows["item"].to_numpy(), rows["field"].to_numpy()
    right, lure, fresh = truth[place], lures.value[place], values.new(len(rows))

    def chance(probability: object) -> np.ndarray:
        return rng.random(len(rows)) < np.asarray(probability, dtype=float)

    exists = right != NOTHING
    log_odds = rows["skill"].to_numpy() + 1.5 - lures.hardness[place]
    found = exists & chance(1 / (1 + np.exp(-log_odds)))
    astray = found & chance(lures.trap[place])
    slipped = found & ~astray & chance(rows["slip"])
    guesses = ~found & chance(rows["guess"] * np.where(exists, 0.7, lures.tempting[place]))
    guess = np.where(chance(lures.pull[place]), lure, fresh)
    said = np.where(found, right, NOTHING)
    said = np.where(astray, lure, said)
    said = np.where(slipped, fresh, said)
    return np.where(guesses, guess, said)


def _with_collusion(
    said: np.ndarray, rows: pd.DataFrame, lures: _Lures, values: _Values, rng: np.random.Generator
) -> np.ndarray:
    """Colluders share a sheet per group: for some items it has a wrong value, which some of them use."""
    place = rows["item"].to_numpy(), rows["field"].to_numpy()
    said = said.copy()
    for number in range(rows["group"].max() + 1):
        has_entry = rng.random(len(lures.value)) < rng.uniform(0.3, 0.9)
        sheet = np.where(rng.random(lures.value.shape) < 0.2, lures.value, values.new(lures.value.shape))
        copies = (rows["group"].to_numpy() == number) & has_entry[place[0]]
        copies &= rng.random(len(rows)) < rng.uniform(0.5, 1.0)
        said = np.where(copies, sheet[place], said)
    return said


def _with_spam(
    said: np.ndarray,
    rows: pd.DataFrame,
    lures: _Lures,
    settings: Settings,
    values: _Values,
    rng: np.random.Generator,
) -> np.ndarray:
    """Spammers say the same for many items, random junk, one text in all fields of an item, or what lies about."""
    item, field, worker = (rows[name].to_numpy() for name in ("item", "field", "worker"))
    few = values.new((settings.workers, settings.fields, 3))
    width = rng.integers(1, 4, settings.workers)
    choices = {
        "constant": few[worker, field, rng.integers(0, 3, len(rows)) % width[worker]],
        "junk": values.new(len(rows)),
        "paste": values.new((settings.items, settings.workers))[item, worker],
        "popular": lures.value[item, field],
    }
    spam = np.choose(rows["habit"].to_numpy(), [choices[name] for name in HABITS])
    spam = np.where(rng.random(len(rows)) < rows["fills"].to_numpy(), spam, NOTHING)
    spams = (rows["archetype"] == "spammer").to_numpy() & (rng.random(len(rows)) >= rows["honest_share"].to_numpy())
    return np.where(spams, spam, said)


def _as_tables(
    said: np.ndarray,
    rows: pd.DataFrame,
    truth: np.ndarray,
    workers: pd.DataFrame,
    settings: Settings,
    count: int,
    rng: np.random.Generator,
) -> Crowd:
    """Texts for numbers, states, work times, and rows in a random order."""
    texts = np.array([f"v{n}" for n in rng.permutation(np.arange(count) + 10**6)] + [None], dtype=object)
    items = np.array([f"item {n}" for n in rng.permutation(settings.items)], dtype=object)
    ids = np.array([f"W{n}" for n in rng.permutation(settings.workers)], dtype=object)
    odd = np.where(rows["archetype"] == "spammer", 4 * settings.invalid, settings.invalid)
    invalid = (said != NOTHING) & (rng.random(len(said)) < odd)
    declared = settings.has_none_option[rows["field"]] & (rng.random(len(said)) < rows["says_none"].to_numpy())
    state = np.select([invalid, said != NOTHING, declared], ["invalid", "valid", "none_declared"], "blank")
    work = rows.groupby(["item", "worker"])["speed"].transform("first").to_numpy()
    pace = rng.lognormal(0, 0.5, (settings.items, settings.workers))[rows["item"], rows["worker"]]
    answers = pd.DataFrame(
        {
            "item": items[rows["item"]],
            "field": [f"field {n}" for n in rows["field"]],
            "worker": ids[rows["worker"]],
            "value": pd.Series(texts[np.where(invalid, NOTHING, said)], dtype="str"),
            "state": state,
            "work_seconds": np.maximum(2, settings.seconds * work * pace).round(),
        }
    )
    item, field = (a.ravel() for a in np.indices(truth.shape))
    right = pd.DataFrame({"item": items[item], "field": [f"field {n}" for n in field]})
    right["value"] = pd.Series(texts[truth.ravel()], dtype="str")
    people = pd.DataFrame({"worker": ids, "archetype": workers["archetype"], "bad": workers["archetype"].isin(BAD)})
    group = workers["group"].to_numpy()
    together = (group[:, None] == group) & (group >= 0) & ~np.eye(len(ids), dtype=bool)
    people["partner"] = [" ".join(ids[row]) for row in together]
    seen = people["worker"].isin(answers["worker"])
    return Crowd(
        answers.sample(frac=1, random_state=rng).reset_index(drop=True), right, people[seen].reset_index(drop=True)
    )
