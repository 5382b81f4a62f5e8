"""Guesses of how result files hold several items: in slots that inputs and answers number alike, or beyond use."""

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from mturk_pipeline.intake.column_names import ANSWER, INPUT
from mturk_pipeline.intake.sent_items import OFFER_COLUMNS
from mturk_pipeline.intake.slots import HIT_SLOT, exploded
from mturk_pipeline.workflow.slot_names import SLOT

_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
_LETTER = re.compile(r"(?<=[_\W])[a-z](?![^\W_])", re.IGNORECASE)
_LEAST_ANSWERED = 0.5  # of the slots: a column of answers stands in a file only where somebody filled it
FEWEST_COLUMNS, FEWEST_HITS = 10, 3  # that look like a column for each item


def numbered_templates(names: Iterable[str], mark: str) -> dict[str, dict[int, str]]:
    """Names with `mark` in place of a number -> number -> name, at least two of each.

    >>> numbered_templates(["adj_01", "adj_02", "page"], "{i}")
    {'adj_{i}': {1: 'adj_01', 2: 'adj_02'}}
    """
    numbered: dict[str, dict[int, str]] = {}
    for name in names:
        for run in _NUMBER.finditer(name):
            members = numbered.setdefault(f"{name[: run.start()]}{mark}{name[run.end() :]}", {})
            members.setdefault(int(run[0]), name)
    return {template: dict(sorted(members.items())) for template, members in numbered.items() if len(members) > 1}


def suggest_slots(assignments: pd.DataFrame) -> pd.DataFrame | None:
    """`assignments` with a row for each slot, where inputs and answers are numbered alike; None where they are not.

    Numbers begin with 0 or 1 and have no gap. Numbered columns stand under their name with `{i}`, and `hit_id` is that
    of the slot.
    """
    inputs, answers = _gapless(_inputs(assignments)), _answers(assignments)
    numbers = _numbers_in_both(inputs, answers)
    if not numbers:
        return None
    asked = {t: t for t, members in inputs.items() if set(members) == numbers}
    fields = [ANSWER + t for t, members in _once(answers).items() if set(members) <= numbers]
    slots = exploded(assignments, asked, fields).reset_index(drop=True)
    return slots.assign(hit_id=slots["hit_id"] + "\x1f" + slots[HIT_SLOT].astype("str"))


def numbered_in_vain(assignments: pd.DataFrame) -> str | None:
    """Which inputs and answers look like slots of a HIT and are none, why, and what to do; None where none do."""
    inputs, answers = _inputs(assignments), _answers(assignments)
    slots = _numbers_in_both(_gapless(inputs), answers)
    pairs = (
        (given, answered)
        for given in inputs.values()
        for answered in answers.values()
        if len(given.keys() & answered.keys()) > 1
        if not slots or (given.keys() == slots and not answered.keys() <= slots)
    )
    if pair := next(pairs, None):
        given, answered = pair
        return _in_vain(list(given.values()), list(answered.values()), _why_no_slots(set(given), set(answered)))
    columns = list(map(str, assignments.columns))
    lettered, answered = (_lettered(c.removeprefix(p) for c in columns if c.startswith(p)) for p in (INPUT, ANSWER))
    alike = (
        (list(g.values()), list(a.values()))
        for g in lettered.values()
        for a in answered.values()
        if g.keys() == a.keys()
    )
    pair = None if slots else next(alike, None)
    return pair and _in_vain(*pair, "they have letters where slots have numbers")


def padded_numbers(assignments: pd.DataFrame) -> str | None:
    """What to know of slots whose inputs are numbered 01, 02 …; None where none are."""
    inputs = _gapless(_inputs(assignments))
    slots = _numbers_in_both(inputs, _answers(assignments))
    own = (
        (members[number], template.replace(SLOT, str(number)))
        for template, members in inputs.items()
        for number in slots & members.keys()
    )
    padded = next(((name, plain) for name, plain in own if name != plain), None)
    return padded and f"Lists to upload call the input {padded[0]} {padded[1]}: name it so in the page, too"


def _in_vain(inputs: Sequence[str], answers: Sequence[str], why: str) -> str:
    named = f"inputs {inputs[0]} to {inputs[-1]} and answers {answers[0]} to {answers[-1]}"
    return (
        f"{named} look as if a HIT asked about several items, but {why}, so they are no slots here: if each is an "
        "item, rename the columns so that both have the same numbers, from 0 or 1 without a gap, and suggest again"
    )


def _why_no_slots(inputs: set[int], answers: set[int]) -> str:
    if answers - inputs:
        return f"no input has the number {min(answers - inputs)}"
    if not _is_gapless(inputs):
        return "the numbers of the inputs have a gap or begin later"
    return f"only {len(answers)} of {len(inputs)} are answered"


def _lettered(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Names with a letter of their own, a and b at least, in place of a number."""
    groups: dict[str, dict[str, str]] = {}
    for name in names:
        for letter in _LETTER.finditer(name):
            place = f"{name[: letter.start()]}{SLOT}{name[letter.end() :]}"
            groups.setdefault(place, {})[letter[0].casefold()] = name
    return {place: members for place, members in groups.items() if {"a", "b"} <= members.keys()}


def _inputs(assignments: pd.DataFrame) -> dict[str, dict[int, str]]:
    names = (c.removeprefix(INPUT) for c in map(str, assignments.columns) if c.startswith(INPUT))
    templates = numbered_templates(names, SLOT)
    return {t: members for t, members in templates.items() if t.replace(f"_{SLOT}", "") not in OFFER_COLUMNS}


def _answers(assignments: pd.DataFrame) -> dict[str, dict[int, str]]:
    """Numbered answers of which somebody gave one."""
    names = (c.removeprefix(ANSWER) for c in map(str, assignments.columns) if c.startswith(ANSWER))
    templates = numbered_templates(names, SLOT)
    return {t: m for t, m in templates.items() if any(assignments[ANSWER + c].notna().any() for c in m.values())}


def _is_gapless(numbers: set[int]) -> bool:
    return min(numbers) < 2 and max(numbers) - min(numbers) == len(numbers) - 1


def _gapless(templates: Mapping[str, dict[int, str]]) -> dict[str, dict[int, str]]:
    """Numbered names without a gap, from 0 or 1; each in one template."""
    gapless = {t: m for t, m in templates.items() if _is_gapless(set(m))}
    return _once(gapless)


def _once(templates: Mapping[str, dict[int, str]]) -> dict[str, dict[int, str]]:
    """Templates none of whose names stands in one before it."""
    taken: set[str] = set()
    kept: dict[str, dict[int, str]] = {}
    for template, members in templates.items():
        if not taken & set(members.values()):
            kept[template] = members
            taken.update(members.values())
    return kept


def _numbers_in_both(inputs: Mapping[str, Mapping[int, str]], answers: Mapping[str, Mapping[int, str]]) -> set[int]:
    """The numbers of slots: those of inputs that answers have too, the most of several."""
    found: set[int] = set()
    for numbers in map(set, inputs.values()):
        answered = (set(members) for members in answers.values())
        alike = any(a <= numbers and len(a) >= max(2, _LEAST_ANSWERED * len(numbers)) for a in answered)
        found = numbers if alike and len(numbers) > len(found) else found
    return found


def column_for_each_item(assignments: pd.DataFrame) -> str | None:
    """What is wrong with answers that stand in columns named after their item, and what to do; None where none do.

    Each of such columns is answered in a single HIT: it names what no input says.
    """
    columns = [c for c in assignments.columns if str(c).startswith(ANSWER)]
    hits = {c: assignments.loc[_filled(assignments[c]), "hit_id"].nunique() for c in columns}
    single = [c for c, count in hits.items() if count == 1]
    many = len(single) >= FEWEST_COLUMNS and 2 * len(single) > sum(count > 0 for count in hits.values())
    if not many or assignments["hit_id"].nunique() < FEWEST_HITS:
        return None
    return (
        f"{len(single)} answer columns, such as {' and '.join(single[:2])}, are each answered in one HIT only. A "
        "column for each item cannot be compared between HITs: name answers by their place in the HIT (answer_1, "
        "answer_2) and put what they are about into inputs numbered alike (item_1, item_2); in these files, rename "
        "the columns so and add the inputs"
    )


def _filled(cells: pd.Series) -> pd.Series:
    return cells.notna() & ~cells.astype("str").str.strip().isin(["", "{}"])
