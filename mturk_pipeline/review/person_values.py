"""Meaning of a person's text in a cell for its field: a value, "there is none", or nothing."""

import re
from typing import Literal, NamedTuple

import pandas as pd

from mturk_pipeline.kinds import KINDS, key_of, read
from mturk_pipeline.review.shown_values import as_typed
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_LINE_ENDS = re.compile(r"[^\S\n]+(?=\n)")  # spaces before a line break


class PersonValue(NamedTuple):
    """A text's meaning: its normalised value; "none" has no value; "odd" is kept as the person wrote it."""

    state: Literal["value", "none", "blank", "odd"]
    value: str | None
    note: str = ""


def person_value(text: str, field: FieldSpec) -> PersonValue:
    r"""The meaning of `text` as a person's value of `field`.

    Free text stays as it was typed, with its line breaks; values of other kinds are normalised.

    >>> person_value("HTTP://Example.edu/ ", FieldSpec(kind="url")).value
    'https://example.edu'
    >>> person_value("None", FieldSpec(kind="url")).state, person_value("n/a", FieldSpec(kind="url")).state
    ('none', 'blank')
    >>> person_value("ask the dean", FieldSpec(kind="email"))[:2]
    ('odd', 'ask the dean')
    >>> person_value("two  lines \nof it\n", FieldSpec(kind="text")).value
    'two  lines\nof it'
    """
    text = as_typed(text)
    if text.casefold() in field.nones:
        return PersonValue("none", None)
    if text.casefold() in field.blanks:
        return PersonValue("blank", None)
    reading = read(text, field)
    if reading.state == "none_declared":
        return PersonValue("none", None)
    if reading.value is None:
        return PersonValue("odd", text, reading.note)
    if KINDS[field.kind].prose:
        return PersonValue("value", _LINE_ENDS.sub("", text))
    return PersonValue("value", reading.value)


def person_values(cells: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`person_value` of each row of `cells` (columns field, cell): columns state, value, note."""
    codes, pairs = pd.factorize(cells["field"] + "\x1f" + cells["cell"])
    split = [pair.split("\x1f", 1) for pair in pairs]
    meanings = [person_value(cell, phase.fields[field]) for field, cell in split]
    columns = zip(*meanings, strict=True) if meanings else ([], [], [])
    known = {name: pd.Series(c, dtype="str") for name, c in zip(PersonValue._fields, columns, strict=True)}
    return pd.DataFrame({name: c.take(codes).array for name, c in known.items()}, index=cells.index)


def match_keys(cells: pd.Series, name: str, phase: PhaseSpec) -> pd.Series:
    """The form in which a record's key values are compared; '' for none."""
    field = phase.fields[name]
    codes, uniques = pd.factorize(cells.astype("str"))
    values = [person_value(u, field).value or "" for u in uniques]
    keys = [key_of(read(v, field).value or v, field.kind).casefold() if v else "" for v in values]
    return pd.Series([*keys, ""], dtype="str").take(codes).set_axis(cells.index)
