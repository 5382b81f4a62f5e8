"""Suggested phase file for result files: keys, fields and kinds guessed from the content."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.intake.column_names import ANSWER, INPUT
from mturk_pipeline.intake.field_groups import FieldGroup, group_columns
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.result_file import ResultFile
from mturk_pipeline.intake.shown_guesses import suggest_show
from mturk_pipeline.intake.slot_guesses import column_for_each_item, numbered_in_vain, padded_numbers, suggest_slots
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.texts.key_form import normalise_key
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.leads_spec import contacts_in, gathers_leads
from mturk_pipeline.workflow.phase_spec import RESERVED_NAMES
from mturk_pipeline.workflow.slot_names import SLOT, slot_name

# Columns that tables and workbooks of later rooms hold beside fields.
_TAKEN = RESERVED_NAMES | {"rank", "worker", "assignment_id"}
_ONE_TO_ONE = 0.9
_MOST_KEYS = 3


class _PlainYaml(yaml.SafeDumper):
    """YAML that says each setting in full: a person edits one field of several that have the same levels."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def suggest_phase(paths: Sequence[Path | ResultFile]) -> str:
    """Write a phase file (YAML) that reads these result files of one kind of task.

    Without a usable row with an answer: UnreadableFileError, which says why of each file in one line.
    """
    collected = collect(paths, None)
    assignments = collected.assignments
    answers = [c for c in assignments.columns if c.startswith("Answer.") and assignments[c].count()]
    answers = answers or [c for c in assignments.columns if c.startswith("Answer.")]
    if assignments.empty or not answers:
        files = collected.files
        reasons = (files["source_file"] + " " + files["problem"].fillna("has no usable row with an answer")).tolist()
        raise UnreadableFileError("no phase can be made: " + "; ".join(reasons or ["no file was given"]))
    attributes: dict[str, Any] = {"description": _description(assignments)}
    attributes |= _about_items(assignments, answers)
    content = yaml.dump(
        {"type": "mturk_pipeline.components.Phase", "attributes": attributes},
        Dumper=_PlainYaml,
        sort_keys=False,
        allow_unicode=True,
        width=110,
    )
    place = "<workflow>/<phase>/defs.yaml"
    lines = (column_for_each_item(assignments), numbered_in_vain(assignments), padded_numbers(assignments))
    content = "".join(f"# {line}.\n" for line in lines if line) + _what_makes_leads(attributes["fields"]) + content
    return f"# Guessed from {len(paths)} result file(s): read it through, then save it as {place}\n{content}"


def _what_makes_leads(suggested: Mapping[str, Mapping[str, Any]]) -> str:
    """Comment lines: whether a workflow that ends here gathers leads, by which fields, and what changes that."""
    fields = {name: FieldSpec.model_validate(settings) for name, settings in suggested.items()}
    contacts = contacts_in(fields)
    if not contacts:
        return ""
    named = ", ".join(contacts)
    if gathers_leads(fields):
        end, other, groups = f"{named}: contacts, so a workflow that ends here gathers leads", "results", "{}"
    else:
        groups = "{" + ", ".join(f"{name}: [{name}]" for name in contacts) + "}"
        end, other = f"Mostly opinions, so a workflow that ends here has results, also of {named}", "leads"
    return (
        f"# {end}. For {other} instead, write into <workflow>/all_leads/defs.yaml:\n"
        f"#   type: mturk_pipeline.components.AllLeads\n#   attributes: {{lead_groups: {groups}}}\n"
    )


def _about_items(assignments: pd.DataFrame, answers: Sequence[str]) -> dict[str, Any]:
    """Keys, redundancy and fields: of HITs, or of their slots where inputs and answers are numbered alike."""
    slots = suggest_slots(assignments)
    keys = [] if slots is None else _slot_keys(slots)
    if slots is None or not keys:
        keys = suggest_keys(assignments)
        fields = _fields(group_columns(assignments, answers), keys, assignments)
    else:
        slots = slots.assign(item_id=item_ids(slots[[INPUT + key for key in keys]]))
        answered = [c for c in slots.columns if c in answers or (c.startswith(ANSWER) and SLOT in c)]
        answered.sort(key=lambda column: SLOT not in column)
        fields = _fields(group_columns(slots, answered), [slot_name(key) for key in keys], slots)
    show = suggest_show(assignments if slots is None else slots, keys)
    about: dict[str, Any] = {"keys": keys, **({"show": show} if show else {})}
    return {**about, "assignments_per_item": _redundancy(assignments), "fields": fields}


def _slot_keys(slots: pd.DataFrame) -> list[str]:
    """The fewest inputs that identify slots: of those of each slot where they do, else with some of the whole HIT."""
    own = slots.drop(columns=[c for c in map(str, slots.columns) if c.startswith(INPUT) and SLOT not in c])
    for table in (own, slots):
        keys = suggest_keys(table)
        if any(SLOT in key for key in keys):
            return keys
    # One item may stand in many HITs.
    return suggest_keys(own, one_to_one=0)


def suggest_keys(assignments: pd.DataFrame, one_to_one: float = _ONE_TO_ONE) -> list[str]:
    """Choose the fewest input columns that identify the HITs (at most three), without "Input."; none: each HIT an item.

    Where inputs repeat over more than a tenth of the HITs (1 - `one_to_one`) they do not say what a HIT was about.
    """
    hits = assignments.drop_duplicates("hit_id")
    columns = [c for c in hits.columns if c.startswith("Input.") and assignments[c].count() == len(assignments)]
    columns = [c for c in columns if c.removeprefix("Input.") not in RESERVED_NAMES]
    codes = {c: _codes(hits[c]) for c in columns}
    codes = {c: numbers for c, numbers in codes.items() if numbers.max(initial=0) > 0 or len(hits) == 1}
    if not codes:
        return []
    most = _distinct(list(codes.values()))
    if most < one_to_one * len(hits):
        return []
    ranked = sorted(codes, key=lambda c: (_unwieldy(hits[c]), columns.index(c)))
    for size in range(1, _MOST_KEYS + 1):
        for chosen in combinations(ranked[:15], size):
            if _distinct([codes[c] for c in chosen]) == most:
                return [c.removeprefix("Input.") for c in sorted(chosen, key=columns.index)]
    return []


def _codes(texts: pd.Series) -> np.ndarray:
    codes, uniques = pd.factorize(texts)
    return pd.factorize(np.array([normalise_key(str(u)) for u in uniques], dtype=object))[0][codes]


def _distinct(codes: Sequence[np.ndarray]) -> int:
    joined = codes[0]
    for more in codes[1:]:
        joined = pd.factorize(joined * (int(more.max()) + 1) + more)[0]
    return int(joined.max()) + 1


def _unwieldy(texts: pd.Series) -> int:
    """How badly a column names an item to a person: numbers and long texts are worse than names."""
    if texts.str.fullmatch(r"[\d.,-]+").mean() > 0.5:
        return 1
    return 2 if texts.str.len().mean() > 200 else 0


def _fields(groups: Sequence[FieldGroup], keys: Sequence[str], assignments: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Fields as a phase file has them; texts, ratings and remarks hold no item back where there are other fields."""
    fields: dict[str, dict[str, Any]] = {}
    gates = [g for g in groups if _is_gate(g)]
    taken = {n.casefold() for n in (*_TAKEN, *keys)}
    for group in groups:
        name = _field_name(slot_name(group.name), taken)
        taken |= {
            name.casefold(),
            f"{name}_trust".casefold(),
            f"{name}_runners_up".casefold(),
            f"{name}_detail".casefold(),
        }
        content: dict[str, Any] = {"kind": group.guess.kind}
        if list(group.columns) != [name]:
            content["columns"] = list(group.columns)
        content |= group.guess.settings
        if asked_if := _asked_if(assignments, group):
            content["asked_if"] = asked_if
        if 0 < len(gates) < len(groups) and group in gates:
            content["gate"] = True
        fields[name] = content
    return fields


def _is_gate(group: FieldGroup) -> bool:
    """Whether a field should hold its item back: its answers can be checked, and one of them is right."""
    kind = KINDS[group.guess.kind]
    return AGREEMENTS[kind.agreement].suggested_as_gate and not kind.prose


def _asked_if(assignments: pd.DataFrame, group: FieldGroup) -> str:
    """The input that is empty exactly where nobody answered the group's columns; '' without one.

    A box that nobody ticked was asked all the same, unless an input says otherwise.
    """
    columns = [c for c in (f"Answer.{name}" for name in group.columns) if c in assignments]
    if not columns:
        return ""
    answered = assignments[columns].notna().any(axis=1)
    by_item = answered.groupby(assignments["item_id"]).transform("any")
    if by_item.all() or not by_item.any():
        return ""
    inputs = [c for c in assignments.columns if c.startswith("Input.")]
    fitting = [c for c in inputs if (assignments[c].notna() & (assignments[c] != "")).eq(by_item).all()]
    return fitting[0].removeprefix("Input.") if fitting else ""


def _field_name(text: str, taken: set[str]) -> str:
    """An identifier from a column's name that nothing else is called.

    >>> _field_name("POLITICAL POSITION", set()), _field_name("2 b", set()), _field_name("status", {"status"})
    ('POLITICAL_POSITION', 'answer_2_b', 'status_answer')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"\W+", "_", plain).strip("_")[:60]
    name = re.sub(r"_{2,}", "_", name)
    if not name or not name[0].isalpha():
        name = f"answer_{name}".rstrip("_")
    unique, n = name, 1
    while unique.casefold() in taken:
        unique = f"{name}_answer" if n == 1 else f"{name}_{n}"
        n += 1
    return unique


def _redundancy(assignments: pd.DataFrame) -> int:
    """Answers asked for on a HIT; where the files do not say, the usual number that came."""
    asked = assignments["max_assignments"].dropna()
    usual = Counter(asked) if len(asked) else Counter(assignments["hit_id"].value_counts())
    return max(1, int(usual.most_common(1)[0][0]))


def _description(assignments: pd.DataFrame) -> str:
    titles = assignments["title"].dropna()
    title = " ".join(str(titles.iloc[0]).split())[:120] if len(titles) else ""
    return f"Answers to: {title}" if title else "Answers of the crowd, one row per item."
