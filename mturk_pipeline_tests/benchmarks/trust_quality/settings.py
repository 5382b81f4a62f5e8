"""What is drawn for a simulated crowd: its size, its fields, its kinds of workers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

HONEST = ("diligent", "noisy", "sloppy", "lazy")
BAD = ("spammer", "colluder")
# How often each kind of worker finds a value (log odds), slips while copying it, and guesses where nothing was found.
SKILL = {"diligent": 2.2, "noisy": 1.4, "sloppy": 0.7, "lazy": -0.6}
SLIP = {"diligent": 0.015, "noisy": 0.12, "sloppy": 0.05, "lazy": 0.03}
GUESS = {"diligent": 0.04, "noisy": 0.08, "sloppy": 0.22, "lazy": 0.02}
SPEED = {"diligent": 1.0, "noisy": 0.9, "sloppy": 0.7, "lazy": 0.6}
HABITS = ("constant", "junk", "paste", "popular")


@dataclass(frozen=True)
class Settings:
    """One crowd's drawn parameters; shares and probabilities are between 0 and 1."""

    items: int
    fields: int
    workers: int
    tail: float  # spread of the log of the workers' diligence; 2 means that a few do nearly everything
    none_share: np.ndarray  # per field: items for which there is no value
    has_none_option: np.ndarray  # per field: workers can say that there is none
    hardness: np.ndarray  # per field: log odds that a value is missed
    spread: float  # of the hardness of items
    traps: float  # share of item-fields where a wrong value is easier to find than the right one
    footers: float  # share of items whose page shows a value that belongs to somebody else
    shared_truth: float  # share of items whose right value is right for several items
    invalid: float  # share of honest values that are unusable
    seconds: float  # median work time
    haste: float  # factor of all slips and guesses


def draw_settings(rng: np.random.Generator) -> Settings:
    """Parameters drawn wide, so that nothing can be tuned to one value of them."""
    fields = int(rng.integers(1, 6))
    return Settings(
        items=int(rng.integers(100, 601)),
        fields=fields,
        workers=int(rng.integers(20, 81)),
        tail=rng.uniform(0.8, 2.0),
        none_share=rng.uniform(0.1, 0.6, fields),
        has_none_option=rng.random(fields) < 0.5,
        hardness=rng.normal(2.2, 0.9, fields),
        spread=rng.uniform(0.5, 2.5),
        traps=rng.uniform(0.0, 0.10),
        footers=rng.uniform(0.0, 0.15),
        shared_truth=rng.uniform(0.0, 0.15),
        invalid=rng.uniform(0.0, 0.04),
        seconds=rng.uniform(40, 400),
        haste=rng.uniform(0.2, 1.2),
    )


def draw_workers(settings: Settings, rng: np.random.Generator, honest_only: bool) -> pd.DataFrame:
    """The workers: archetype, group of colluders (-1: none), and the probabilities that drive their answers."""
    count = settings.workers
    archetype = rng.choice(HONEST, count, p=rng.dirichlet([5, 2, 1.5, 2])).astype(object)
    group = np.full(count, -1)
    if not honest_only:
        free = list(rng.permutation(count))
        for _ in range(rng.binomial(count, rng.uniform(0.02, 0.1))):
            archetype[free.pop()] = "spammer"
        for number in range(rng.integers(0, 3)):
            members = [free.pop() for _ in range(rng.integers(2, 5))]
            archetype[members], group[members] = "colluder", number
    table = pd.DataFrame({"archetype": archetype, "group": group})
    # Who cheats is, in what he does honestly, like anybody else.
    like = table["archetype"].where(table["archetype"].isin(HONEST), rng.choice(HONEST, count))
    mostly_fast = np.where(rng.random(count) < 0.7, rng.uniform(0.1, 0.8, count), rng.uniform(0.5, 1.3, count))
    return table.assign(
        skill=like.map(SKILL) + rng.normal(0, 0.6, count),
        slip=np.clip(settings.haste * like.map(SLIP) * rng.lognormal(0, 0.5, count), 0, 0.6),
        guess=np.clip(settings.haste * like.map(GUESS) * rng.lognormal(0, 0.5, count), 0, 0.9),
        says_none=rng.beta(1, 1, count),
        speed=np.where(table["archetype"] == "spammer", mostly_fast, like.map(SPEED) * rng.lognormal(0, 0.35, count)),
        habit=rng.integers(0, len(HABITS), count),
        fills=rng.uniform(0.6, 1.0, count),
        honest_share=rng.uniform(0.0, 0.3, count),
        weight=rng.normal(0, settings.tail, count) + np.where(table["archetype"].isin(BAD), rng.uniform(-0.5, 0.5), 0),
    )
