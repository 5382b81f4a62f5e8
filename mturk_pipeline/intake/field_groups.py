"""Answer columns that belong together: slots of a list of records, and several places for one kind of answer."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mturk_pipeline.intake.kind_guesses import Guess, guess_kind
from mturk_pipeline.kinds import KINDS, Kind


@dataclass(frozen=True)
class FieldGroup:
    """One field to be: its name, the answer columns (or pattern with `{n}`) that feed it, and its kind."""

    name: str
    columns: tuple[str, ...]
    guess: Guess


def group_columns(assignments: pd.DataFrame, answer_columns: Sequence[str]) -> list[FieldGroup]:
    """The fields that answer columns make, in the columns' order.

    Numbered columns are a list of records where their names go on behind the number (`club_1_name`), or a name
    and a link share their numbers (`name_1`, `url_1`); else several places for one answer (`email_1`, `email_2`),
    unless they answer numbered inputs (`Input.headline1`, `Answer.stance1`) or are choices: those are questions
    of their own.
    """
    names = [c.removeprefix("Answer.") for c in answer_columns]
    guesses = _guesses(assignments, names)
    inputs = [c.removeprefix("Input.") for c in assignments.columns if c.startswith("Input.")]
    asked = {frozenset(numbers) for numbers in _templates(inputs).values()}
    templates = {t: members for t, members in _templates(names).items() if frozenset(members) not in asked}
    records = _records(templates, guesses)
    groups: list[FieldGroup] = []
    done: set[str] = set()
    for name in names:
        if name in done:
            continue
        template = next((t for t, members in templates.items() if name in members.values()), None)
        members = list(templates[template].values()) if template else [name]
        if template and template in records:
            groups.append(FieldGroup(_bare(template), (template,), guesses[name]))
        elif template and _is_pooled(KINDS[guesses[name].kind]):
            groups.append(FieldGroup(_bare(template), tuple(members), guesses[name]))
        else:
            members = [name]
            groups.append(FieldGroup(name, (name,), guesses[name]))
        done.update(members)
    return groups


def _guesses(assignments: pd.DataFrame, names: Sequence[str]) -> dict[str, Guess]:
    """The kind of each column; columns that differ in numbers only are guessed together."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(re.sub(r"\d+", "#", name), []).append(name)
    item = assignments["item_id"]
    items = item.nunique()
    guesses: dict[str, Guess] = {}
    for members in alike.values():
        cells = [assignments[f"Answer.{m}"].dropna() for m in members]
        asked = [(member, i) for member, part in zip(members, cells, strict=True) for i in item.loc[part.index]]
        guess = guess_kind(members[0], pd.concat(cells).str.slice(0, 500), items, asked)
        guesses.update(dict.fromkeys(members, guess))
    return guesses


def _templates(names: Sequence[str]) -> dict[str, dict[int, str]]:
    """Pattern with `{n}` -> number -> column, for columns numbered without gaps from 0 or 1, at least two."""
    numbered: dict[str, dict[int, str]] = {}
    for name in names:
        for run in re.finditer(r"(?<!\d)(0|[1-9]\d{0,2})(?!\d)", name):
            template = f"{name[: run.start()]}{{n}}{name[run.end() :]}"
            numbered.setdefault(template, {})[int(run[0])] = name
    templates: dict[str, dict[int, str]] = {}
    used: set[str] = set()
    for template, members in numbered.items():
        gapless = len(members) > 1 and min(members) < 2 and max(members) - min(members) == len(members) - 1
        if gapless and not used & set(members.values()) and _bare(template):
            templates[template] = dict(sorted(members.items()))
            used.update(members.values())
    return templates


def _records(templates: dict[str, dict[int, str]], guesses: dict[str, Guess]) -> set[str]:
    """The patterns that are fields of a list of records."""
    kinds = {t: KINDS[guesses[next(iter(members.values()))].kind] for t, members in templates.items()}
    records: set[str] = set()
    for template in templates:
        before, _, after = template.partition("{n}")
        fellows = [t for t in templates if t.partition("{n}")[0] == before and t.partition("{n}")[2]]
        if after and any(_is_pooled(kinds[t]) for t in fellows):
            records.update(fellows)
    at_end = [t for t in templates if t.endswith("{n}")]
    if any(kinds[t].is_name for t in at_end) and any(_identifies(kinds[t]) for t in at_end):
        records.update(at_end)
    # A phase has one list: of several, the one with most fields.
    lists: dict[str, set[str]] = {}
    for template in records:
        before, _, after = template.partition("{n}")
        lists.setdefault(before if after else "", set()).add(template)
    return max(lists.values(), key=lambda ts: (len(ts), sorted(ts)), default=set())


def _is_pooled(kind: Kind) -> bool:
    """Whether numbered columns of a kind are more places for the same thing."""
    return kind.open and not kind.prose


def _identifies(kind: Kind) -> bool:
    """Whether a kind tells records apart better than their names do."""
    return kind.record_order < math.inf and not kind.is_name


def _bare(template: str) -> str:
    """A pattern's name without its number.

    >>> _bare("club_{n}_name"), _bare("email_{n}")
    ('club_name', 'email')
    """
    return re.sub(r"[_\W]*\{n\}[_\W]*", "_", template).strip("_")
