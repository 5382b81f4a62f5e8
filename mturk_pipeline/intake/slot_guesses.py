"""Guesses of how result files hold several items: in slots that inputs and answers number alike, or beyond use."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from mturk_pipeline.intake.column_names import ANSWER, INPUT
from mturk_pipeline.intake.sent_items import OFFER_COLUMNS
from mturk_pipeline.intake.slots import HIT_SLOT, exploded
from mturk_pipeline.workflow.slot_names import SLOT

_NUMBER = re.compile(r"(?<!\d)(0|[1-9]\d{0,2})(?!\d)")
_LEAST_ANSWERED = 0.5  # of the slots: a column of answers stands in a file only where somebody filled it
FEWEST_COLUMNS, FEWEST_HITS = 10, 3  # that look like a column for each item


def numbered_templates(names: Iterable[str], mark: str) -> dict[str, dict[int, str]]:
    """Names with `mark` in place of a number -> number -> name, at least two of each.

    >>> numbered_templates(["adj_1", "adj_2", "page"], "{i}")
    {'adj_{i}': {1: 'adj_1', 2: 'adj_2'}}
    """
    numbered: dict[str, dict[int, str]] = {}
    for name in names:
        for run in _NUMBER.finditer(name):
            numbered.setdefault(f"{name[: run.start()]}{mark}{name[run.end() :]}", {})[int(run[0])] = name
    return {template: dict(sorted(members.items())) for template, members in numbered.items() if len(members) > 1}


def suggest_slots(assignments: pd.DataFrame) -> pd.DataFrame | None:
    """`assignments` with a row for each slot, where inputs and answers are numbered alike; None where they are not.

    Numbers begin with 0 or 1 and have no gap. Numbered columns stand under their name with `{i}`, and `hit_id` is that
    of the slot.
    """
    columns = list(map(str, assignments.columns))
    inputs = _runs(c.removeprefix(INPUT) for c in columns if c.startswith(INPUT))
    inputs = {t: members for t, members in inputs.items() if t.replace(f"_{SLOT}", "") not in OFFER_COLUMNS}
    answers = numbered_templates((c.removeprefix(ANSWER) for c in columns if c.startswith(ANSWER)), SLOT)
    answers = {t: m for t, m in answers.items() if any(assignments[ANSWER + c].notna().any() for c in m.values())}
    numbers = _numbers_in_both(inputs, answers)
    if not numbers:
        return None
    asked = {t: t for t, members in inputs.items() if set(members) == numbers}
    fields = [ANSWER + t for t, members in _once(answers).items() if set(members) <= numbers]
    slots = exploded(assignments, asked, fields).reset_index(drop=True)
    return slots.assign(hit_id=slots["hit_id"] + "\x1f" + slots[HIT_SLOT].astype("str"))


def _runs(names: Iterable[str]) -> dict[str, dict[int, str]]:
    """Numbered names without a gap, from 0 or 1; each in one template."""
    templates = numbered_templates(names, SLOT)
    gapless = {t: m for t, m in templates.items() if min(m) < 2 and max(m) - min(m) == len(m) - 1}
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
