"""Answer columns that belong together: slots of a list of records, and several places for one kind of answer."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from mturk_pipeline.intake.kind_guesses import Guess, guess_kind, is_behaviour
from mturk_pipeline.kinds import KINDS, Kind, choices
from mturk_pipeline.workflow.slot_names import slot_name

_CROSSING = 0.3  # of the texts that several people gave stand in different columns


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
    of their own. Numbered texts of which people write the same ones into different places are one set
    (`keyword1`, `keyword2`). Columns `category` and `category.label` that no row fills both are one question in two
    versions of its form. What a page notes of its worker's behaviour is no field.
    """
    names = [c.removeprefix("Answer.") for c in answer_columns]
    guesses = _guesses(assignments, names)
    names = [name for name in names if not is_behaviour(name, assignments[f"Answer.{name}"])] or names
    versions = _versions(assignments, names)
    inputs = [c.removeprefix("Input.") for c in assignments.columns if c.startswith("Input.")]
    asked = {frozenset(numbers) for numbers in _templates(inputs).values()}
    templates = {t: members for t, members in _templates(names).items() if frozenset(members) not in asked}
    records = _records(templates, guesses)
    groups: list[FieldGroup] = []
    done: set[str] = set()
    for name in names:
        if name in done or any(name in later for later in versions.values()):
            continue
        template = next((t for t, members in templates.items() if name in members.values()), None)
        members = list(templates[template].values()) if template else [name]
        if template and template in records:
            groups.append(FieldGroup(_bare(template), (template,), guesses[name]))
        elif template and _is_pooled(KINDS[guesses[name].kind]):
            groups.append(FieldGroup(_bare(template), tuple(members), guesses[name]))
        elif template and KINDS[guesses[name].kind].prose and _are_one_set(assignments, members):
            groups.append(FieldGroup(_bare(template), tuple(members), Guess(choices.KIND.name, {})))
        else:
            members = [name, *versions.get(name, [])]
            groups.append(FieldGroup(_plain_name(name), tuple(members), guesses[name]))
        done.update(members)
    return groups


def _plain_name(name: str) -> str:
    """A column's name without what a form adds: a single box is called `Car.Car` or `agree.on`.

    >>> _plain_name("Car.Car"), _plain_name("agree.on"), _plain_name("mood.label")
    ('Car', 'agree', 'mood')
    """
    group, _, label = name.rpartition(".")
    return group if group and label in (group, "on", "label") else name


def _versions(assignments: pd.DataFrame, names: Sequence[str]) -> dict[str, list[str]]:
    """Columns that are another one's question in a later version of its form: `category.label` of `category`."""
    out: dict[str, list[str]] = {}
    for name in names:
        base = name.removesuffix(".label")
        if base != name and base in names:
            both = assignments[f"Answer.{base}"].notna() & assignments[f"Answer.{name}"].notna()
            if not both.any():
                out[base] = [name]
    return out


def _are_one_set(assignments: pd.DataFrame, members: Sequence[str]) -> bool:
    """Whether numbered columns hold one set: what people agree on stands in different places."""
    long = assignments[["item_id", "assignment_id", *(f"Answer.{m}" for m in members)]].melt(
        ["item_id", "assignment_id"], var_name="column", value_name="text"
    )
    long = long.dropna(subset=["text"])
    long["text"] = long["text"].str.strip().str.casefold()
    given = long.groupby(["item_id", "text"]).agg(by=("assignment_id", "nunique"), places=("column", "nunique"))
    shared = given[given["by"] > 1]
    return len(shared) >= 3 and float((shared["places"] > 1).mean()) >= _CROSSING


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
        guess = guess_kind(slot_name(members[0]), pd.concat(cells).str.slice(0, 500), items, asked)
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
