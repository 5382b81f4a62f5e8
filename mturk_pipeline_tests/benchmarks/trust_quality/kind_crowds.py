"""Simulated crowds that answer questions of one kind, honest or with spammers and colluders; independent of any model.

Skill is drawn as widely as in the simulated lead batches: four in five honest workers are right in 93 to 99 of 100
answers, one in eight (sloppy) in 50 to 70, and some leave two answers in five blank. A tenth of the items is hard, and
on some a wrong answer tempts everybody. Spammers answer by chance, always the same or (open kinds) whatever text;
half of them hardly look. Colluders work in pairs, often on the same HITs, from one sheet of wrong answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import SEPARATOR
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PER_ITEM = 3
BOXES = ("bus", "car", "cat", "dog", "sign")
# Share of the crowd, and least and greatest skill.
HONEST = {
    "diligent": (0.57, 0.93, 0.985),
    "noisy": (0.25, 0.93, 0.99),
    "sloppy": (0.12, 0.5, 0.7),
    "lazy": (0.06, 0.8, 0.92),
}
SECONDS = {"diligent": 1.0, "noisy": 0.9, "sloppy": 0.6, "lazy": 0.5, "spammer": 0.5, "colluder": 0.5}
_DAY = pd.Timestamp("2026-01-01", tz="UTC").as_unit("us")


@dataclass(frozen=True)
class Asked:
    """What a crowd is asked: fields as a phase file has them, and how many classes each has (0: open)."""

    fields: Mapping[str, Mapping[str, Any]]
    classes: int = 0
    text: Callable[[int], str] = "v{}".format  # of a value's number
    ordered: bool = False  # a wrong answer of somebody honest is a neighbour of the right one

    @property
    def phase(self) -> PhaseSpec:
        return PhaseSpec.model_validate({"keys": ["item"], "fields": dict(self.fields)})


def _closed(kind: str, classes: int, questions: int = 1) -> Asked:
    return Asked({f"q{n}": {"kind": kind} for n in range(questions)}, classes, _yes_no if kind == "boolean" else _class)


def _class(number: int) -> str:
    return f"c{number}"


def _yes_no(number: int) -> str:
    return ("no", "yes")[number]


def _set(number: int) -> str:
    """A set of five boxes, at least one of them ticked."""
    return SEPARATOR.join(box for bit, box in enumerate(BOXES) if (number + 1) >> bit & 1)


KINDS: Mapping[str, Asked] = {
    "boolean": _closed("boolean", 2),
    "five booleans": _closed("boolean", 2, 5),
    "choice of 3": _closed("choice", 3),
    "choice of 5": _closed("choice", 5),
    "set of 5 boxes": Asked({"boxes": {"kind": "choices", "choices": list(BOXES)}}, 31, _set),
    "rating of 5": Asked({"stars": {"kind": "rating", "levels": list("12345")}}, 5, lambda n: str(n + 1), ordered=True),
    "three choices of 4": _closed("choice", 4, 3),
    "url": Asked({"url": {"kind": "url"}}, text="https://v{}.edu".format),
    "email": Asked({"email": {"kind": "email"}}, text="v{}@uni.edu".format),
    "phone": Asked({"phone": {"kind": "phone"}}, text="+1212{:07d}".format),
    "handle": Asked({"page": {"kind": "handle", "network": "facebook"}}, text="https://facebook.com/v{}".format),
    "name": Asked({"name": {"kind": "name"}}, text="Club {}".format),
    "number": Asked({"count": {"kind": "number"}}, text=str),
    "contacts": Asked({f: {"kind": "email"} for f in ("one", "two", "three")}, text="v{}@uni.edu".format),
}


@dataclass(frozen=True)
class KindCrowd:
    """answers and assignments as `rate_workers` takes them; workers: worker, archetype, bad, hits."""

    phase: PhaseSpec
    answers: pd.DataFrame
    assignments: pd.DataFrame
    workers: pd.DataFrame


@dataclass
class _Draw:
    """One crowd while it is drawn."""

    rng: np.random.Generator
    asked: Asked
    archetype: np.ndarray
    skill: np.ndarray
    group: np.ndarray
    who: np.ndarray  # items × 3
    values: int = field(default=0)

    @property
    def shape(self) -> tuple[int, int, int]:
        return (*self.who.shape, len(self.asked.fields))

    def fresh(self, shape: tuple[int, ...], shares: np.ndarray | None = None) -> np.ndarray:
        """Values by chance: classes, or texts that nobody gave."""
        if self.asked.classes:
            return self.rng.choice(self.asked.classes, shape, p=shares)
        size = int(np.prod(shape))
        self.values += size
        return np.arange(self.values - size, self.values).reshape(shape)


def kind_crowd(name: str, seed: int, spammers: float = 0.0, colluders: float = 0.0) -> KindCrowd:
    """A crowd of this kind (of `KINDS`) and seed, with these shares of bad workers.

    >>> crowd = kind_crowd("choice of 3", 1, 0.1, 0.05)
    >>> crowd.answers.groupby("item_id")["worker"].nunique().unique().tolist()
    [3]
    """
    rng = np.random.default_rng([seed, sorted(KINDS).index(name)])
    draw = _people(rng, KINDS[name], spammers, colluders)
    said = _honest(draw, truth := _truth(draw))
    said = np.where((draw.archetype == "spammer")[draw.who][..., None], _spam(draw), said)
    said = _with_collusion(draw, truth, said)
    lazy = (draw.archetype == "lazy")[draw.who][..., None] & (rng.random(draw.shape) < 0.4)
    return _tables(draw, np.where(lazy, -1, said))


def _people(rng: np.random.Generator, asked: Asked, spammers: float, colluders: float) -> _Draw:
    count = int(rng.integers(25, 81))
    shares = np.array([s for s, _, _ in HONEST.values()])
    archetype = rng.choice(list(HONEST), count, p=shares).astype(object)
    bad = rng.permutation(count)
    n_spam, n_pairs = round(spammers * count), round(colluders * count / 2)
    archetype[bad[:n_spam]] = "spammer"
    group = np.full(count, -1)
    pairs = bad[n_spam : n_spam + 2 * n_pairs]
    archetype[pairs], group[pairs] = "colluder", np.arange(len(pairs)) // 2
    ends = np.array([HONEST.get(a, ("", 0, 0))[1:] for a in archetype], dtype=float)
    skill = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * rng.random(count)
    items = round(count * rng.uniform(6, 25) / PER_ITEM)
    keys = rng.exponential(size=(items, count)) / np.exp(0.5 * rng.standard_normal(count))
    who = np.argsort(keys, axis=1)[:, :PER_ITEM]
    for number in range(n_pairs):  # a partner often follows
        one, other = np.flatnonzero(group == number)
        alone = np.isin(who, [one, other]).sum(axis=1) == 1
        for item in np.flatnonzero(alone & (rng.random(items) < 0.5)):
            free = np.flatnonzero(~np.isin(who[item], [one, other]))
            who[item, rng.choice(free)] = other if one in who[item] else one
    return _Draw(rng, asked, archetype, skill, group, who)


def _truth(draw: _Draw) -> np.ndarray:
    """items × fields."""
    shape = (draw.shape[0], draw.shape[2])
    return draw.fresh(shape, draw.rng.dirichlet(np.full(draw.asked.classes, 8.0)) if draw.asked.classes else None)


def _honest(draw: _Draw, truth: np.ndarray) -> np.ndarray:
    """items × 3 × fields: what each says who tries."""
    rng, (items, per, fields) = draw.rng, draw.shape
    hard = rng.random((items, 1, fields)) < 0.1
    chance = draw.skill[draw.who][..., None] * np.where(hard, rng.uniform(0.4, 0.9, (items, 1, fields)), 1.0)
    lure = draw.fresh((items, 1, fields))
    astray = np.where(rng.random((items, per, fields)) < 0.25, lure, draw.fresh((items, per, fields)))
    right = truth[:, None, :]
    if draw.asked.classes:
        astray = np.where(astray == right, (right + 1) % draw.asked.classes, astray)
    if draw.asked.ordered:
        step = np.where(right == 0, 1, np.where(right == draw.asked.classes - 1, -1, rng.choice([-1, 1], astray.shape)))
        astray = np.where(rng.random(astray.shape) < 0.8, right + step, astray)
    return np.where(rng.random((items, per, fields)) < chance, right, astray)


def _spam(draw: _Draw) -> np.ndarray:
    """By chance, always the same, or one of three."""
    rng, count = draw.rng, len(draw.archetype)
    width = rng.choice([1, 3, 10**6], count, p=[0.25, 0.25, 0.5])[draw.who][..., None]
    few = draw.fresh((count, 3))
    place = rng.integers(0, 3, draw.shape) % np.minimum(width, 3)
    return np.where(width > 3, draw.fresh(draw.shape), few[draw.who[..., None], place])


def _with_collusion(draw: _Draw, truth: np.ndarray, said: np.ndarray) -> np.ndarray:
    for number in range(draw.group.max(initial=-1) + 1):
        sheet = draw.fresh(truth.shape)
        if draw.asked.classes:
            sheet = np.where(sheet == truth, (truth + 1) % draw.asked.classes, sheet)
        of_group = (draw.group[draw.who] == number)[..., None]
        said = np.where(of_group, sheet[:, None, :], said)
    return said


def _tables(draw: _Draw, said: np.ndarray) -> KindCrowd:
    rng, per = draw.rng, draw.shape[1]
    item, slot, place = (a.ravel() for a in np.indices(draw.shape))
    worker = np.array([f"mturk::W{n:03d}" for n in rng.permutation(len(draw.archetype))], dtype=object)
    texts = _texts(draw, said.ravel())
    who = draw.who[item, slot]
    speed = np.array([SECONDS[a] for a in draw.archetype]) * rng.lognormal(0, 0.35, len(draw.archetype))
    hasty = (draw.archetype == "spammer") & (rng.random(len(draw.archetype)) < 0.5)
    seconds = np.where(hasty, 0.1, speed)[draw.who] * 120 * rng.lognormal(0, 0.4, draw.who.shape)
    given = said.ravel() >= 0
    answers = pd.DataFrame(
        {
            "item_id": [f"I{n:05d}" for n in item],
            "element": "",
            "field": np.array(list(draw.asked.fields), dtype=object)[place],
            "worker": worker[who],
            "raw": pd.Series(texts, dtype="str"),
            "value": pd.Series(texts, dtype="str"),
            "state": np.where(given, "valid", "blank"),
            "suspicious": False,
            "note": "",
            "evidence": "",
            "assignment_id": [f"A{n:06d}" for n in item * per + slot],
            "submitted_at": _DAY,
            "work_seconds": seconds[item, slot],
        }
    )
    if draw.asked.text is _set:  # a row for each box
        boxes = answers["value"].str.split(SEPARATOR, regex=False)
        answers = answers.assign(value=boxes).explode("value", ignore_index=True).astype({"value": "str"})
    hits = np.bincount(draw.who.ravel(), minlength=len(worker))
    people = pd.DataFrame({"worker": worker, "archetype": draw.archetype, "hits": hits})
    people["bad"] = people["archetype"].isin(["spammer", "colluder"])
    return KindCrowd(draw.asked.phase, answers, _assignments(answers), people[hits > 0].reset_index(drop=True))


def _texts(draw: _Draw, values: np.ndarray) -> list[str | None]:
    return [None if v < 0 else draw.asked.text(int(v)) for v in values]


def _assignments(answers: pd.DataFrame) -> pd.DataFrame:
    columns = ["assignment_id", "item_id", "worker", "submitted_at", "work_seconds"]
    table = answers.drop_duplicates("assignment_id")[columns]
    return table.assign(approval_rate=np.nan, approved_before=np.nan, submitted_before=np.nan)
