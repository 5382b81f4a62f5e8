"""What workers answer to single questions: for each assignment and field a value, and how it came about."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator import vocabulary as words
from mturk_pipeline_tests.simulator.spelling import spell, typo

# How a cell came about.
BLANK, NONE, RIGHT, FOOTER, STALE, TYPO, JUNK, SHARED, ATTACK, INVENTED, ECHO = range(11)
ACTS = ("blank", "none", "right", "footer", "stale", "typo", "junk", "shared", "attack", "invented", "echo")
WITH_VALUE = (RIGHT, FOOTER, STALE, TYPO, JUNK, SHARED)


@dataclass(frozen=True)
class Question:
    """One field asked about all items of a phase (arrays: one text per item, '' for none).

    Parameters
    ----------
    column
        The answer column, without "Answer.".
    field, kind
        The phase's field that it feeds, and how values are spelled: see `spelling.spell`.
    names
        The item's name, of which addresses are invented.
    truth
        The right value.
    footer
        What the head office shows on every page: wrong for the club, and the same for all its neighbours.
    stale
        A value that looks right, such as the last president's address; the same for all who fall for it.
    ease
        Factor of the workers' recall.
    makes_up
        Factor of the workers' probability of giving something where there is nothing.
    """

    column: str
    field: str
    kind: str
    names: np.ndarray
    truth: np.ndarray
    footer: np.ndarray
    stale: np.ndarray
    ease: float = 1.0
    makes_up: float = 1.0


@dataclass(frozen=True)
class Cells:
    """Answers to one question: how each came about, its canonical value ('' for none) and what was written."""

    acts: np.ndarray
    values: np.ndarray
    written: np.ndarray


def answer(
    question: Question, item: np.ndarray, crew: pd.DataFrame, hard: np.ndarray, rng: np.random.Generator
) -> Cells:
    """Answers of all assignments to one question.

    Parameters
    ----------
    item
        For each assignment, which item it asks about.
    crew
        For each assignment, its worker (columns of `crowd.draw_workers`, and `worker_no`).
    hard
        For each assignment, the factor (0..1) by which its item lowers recall.
    """
    acts = _draw_acts(question, item, crew, hard, rng)
    values = _values(question, item, crew, acts, rng)
    written = _words(question.column, acts, rng)
    has = np.flatnonzero(np.isin(acts, WITH_VALUE) & (values != ""))
    written[has] = spell(question.kind, values[has], crew["noise"].to_numpy()[has], rng)
    _junk(question, crew, acts, values, written, rng)
    for i in np.flatnonzero(acts == INVENTED).tolist():
        written[i] = f"{question.names[item[i]]}@gmail.com"
    return Cells(acts, values, written)


def _draw_acts(
    question: Question, item: np.ndarray, crew: pd.DataFrame, hard: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """How each cell comes about. One random number per decision and cell."""
    n = len(item)
    there = question.truth[item] != ""
    find = there & (rng.random(n) < crew["recall"].to_numpy() * question.ease * hard)
    right = rng.random(n) < crew["accuracy"].to_numpy()
    wrong = np.where(there, _draw_wrong(rng, n, (0.35, 0.3, 0.35)), _draw_wrong(rng, n, (0.7, 0.3, 0.0)))
    acts = np.where(find, np.where(right, RIGHT, wrong), BLANK)
    makes_up = ~find & (rng.random(n) < crew["makes_up"].to_numpy() * question.makes_up)
    acts[makes_up] = wrong[makes_up]
    if question.kind == "email":
        acts[makes_up & (rng.random(n) < 0.45)] = INVENTED
    way = crew["way"].to_numpy()
    acts[way == "spams"] = JUNK
    acts[way == "colludes"] = np.where(rng.random(n) < 0.8 * max(question.makes_up, 0.3), SHARED, BLANK)[
        way == "colludes"
    ]
    acts[way == "attacks"] = np.where(rng.random(n) < 0.6, ATTACK, STALE)[way == "attacks"]
    acts[rng.random(n) < crew["skip"].to_numpy()] = BLANK
    says_none = (acts == BLANK) & (rng.random(n) < crew["says_none"].to_numpy())
    acts[says_none] = NONE
    return acts


def _draw_wrong(rng: np.random.Generator, n: int, weights: tuple[float, float, float]) -> np.ndarray:
    return rng.choice(np.array([FOOTER, STALE, TYPO]), size=n, p=weights)


def _values(
    question: Question, item: np.ndarray, crew: pd.DataFrame, acts: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The canonical value of each cell whose value the item decides; '' for the others."""
    values = np.full(len(acts), "", dtype=object)
    for act, source in ((RIGHT, question.truth), (FOOTER, question.footer), (STALE, question.stale)):
        values[acts == act] = source[item[acts == act]]
    rows = np.flatnonzero(acts == TYPO)
    where = rng.random(len(rows)).tolist()
    for i, at in zip(rows.tolist(), where, strict=True):
        values[i] = typo(question.kind, str(question.truth[item[i]]), at)
    shared = np.flatnonzero(acts == SHARED)
    group = crew["group"].to_numpy()[shared].tolist()
    # A colluding group copies what it gave for a neighbouring item: real-looking, wrong, and the same for all of it.
    for i, g in zip(shared.tolist(), group, strict=True):
        neighbour = (item[i] + 1 + g) % len(question.truth)
        values[i] = question.truth[neighbour] or question.stale[neighbour]
    return values


def in_turn(texts: tuple[str, ...], start: int, count: int) -> np.ndarray:
    """`count` of `texts`, one after the other: even a small batch has many of them.

    >>> list(in_turn(("a", "b", "c"), 2, 4))
    ['c', 'a', 'b', 'c']
    """
    return np.array(texts, dtype=object)[(start + np.arange(count)) % len(texts)]


def _words(column: str, acts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Blank cells, words for "there is none", and attacks; '' for the rest."""
    written = np.full(len(acts), "", dtype=object)
    for act, choice in ((BLANK, words.BLANKS), (NONE, words.NONES)):
        rows = np.flatnonzero(acts == act)
        written[rows] = np.array(choice, dtype=object)[rng.integers(0, len(choice), len(rows))]
    rows = np.flatnonzero(acts == ATTACK)
    written[rows] = in_turn(words.MISCHIEF, 2 * len(column), len(rows))
    # Rare, for this cell alone weighs 40 kB.
    written[rows[2::200]] = words.LONG_CELL
    return written


def _junk(
    question: Question,
    crew: pd.DataFrame,
    acts: np.ndarray,
    values: np.ndarray,
    written: np.ndarray,
    rng: np.random.Generator,
) -> None:
    """Fills in, in place, what spammers write (half of them always the same)."""
    rows = np.flatnonzero(acts == JUNK)
    worker = crew["worker_no"].to_numpy()
    loose = rng.integers(0, 10**6, len(rows)).tolist()
    for i, number in zip(rows.tolist(), loose, strict=True):
        steady = worker[i] % 2 == 0
        word = words.JUNK_WORDS[(worker[i] if steady else number) % len(words.JUNK_WORDS)]
        if number % 10 < 6:
            values[i] = junk_value(question.kind, int(worker[i]) if steady else number)
            written[i] = values[i]
        else:
            written[i] = word


def junk_value(kind: str, number: int) -> str:
    """A made-up value of the right form.

    >>> junk_value("email", 7)
    'deals7@offers.example.com'
    """
    return {
        "email": f"deals{number}@offers.example.com",
        "url": f"https://offers.example.com/deal-{number}",
        "phone": f"+1205555{100 + number % 100:04d}",
        "facebook": f"{words.FACEBOOK}bestoffers{number}",
        "instagram": f"{words.INSTAGRAM}best_offers_{number}",
        "name": f"Best Offers {number}",
    }[kind]
