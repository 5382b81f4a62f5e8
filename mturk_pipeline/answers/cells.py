"""Meaning of a cell: blank, 'there is none', or one or several answers of its field's kind."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.answers.unreadable import evidence_of
from mturk_pipeline.kinds import KINDS, Reading, unless_lost
from mturk_pipeline.texts.encoded import without_entities
from mturk_pipeline.texts.plain_text import clean
from mturk_pipeline.texts.spreadsheet_errors import SIGNS, is_spreadsheet_error
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, EVIDENCE, JUNK, NEAR_MISS, TEXT_STATES
from mturk_pipeline.workflow.field_spec import Anchor, FieldSpec

_BLANK = Reading(None, "blank")
_LINK = re.compile(r"https?:|www\.|\w\.\w+/", re.IGNORECASE)
# What stands between the values of a list that a worker wrote into one cell.
_BETWEEN = re.compile(r"\s*[,;|\n]\s*|\s+(?:or|and|&|/)\s+|\s+(?=https?://|\S+@)", re.IGNORECASE)
_TEXT_CODES = [ANSWER_STATES.index(state) for state in TEXT_STATES]


def has_text(states: pd.Series) -> np.ndarray:
    """Of places in ANSWER_STATES: whether something was written that is meant as an answer."""
    return np.isin(states.to_numpy(), _TEXT_CODES)


class CellTexts(NamedTuple):
    """The readings of many distinct texts, in columns; text i has those from start[i] to start[i + 1]."""

    start: np.ndarray
    value: np.ndarray
    state: np.ndarray  # place in ANSWER_STATES
    suspicious: np.ndarray
    note: np.ndarray
    evidence: np.ndarray  # place in EVIDENCE


def reader(field: FieldSpec, texts: Sequence[str] = ()) -> Callable[[str], tuple[Reading, ...]]:
    """A function that reads cells of `field`: a text to its readings, one or more.

    `texts` are all distinct ones of the field, where they are known: a kind may read one in the light of the others.

    >>> reader(FieldSpec(kind="email"))("chess@example.edu; go@example.edu")[1].value
    'go@example.edu'
    >>> reader(FieldSpec(kind="url"))("N/A")[0].state
    'blank'
    """
    kind = KINDS[field.kind]
    blanks, nones = field.blanks, field.nones
    choices = frozenset(clean(c).casefold() for c in field.choices)
    separator = field.separator or kind.separator
    read = kind.read_among(texts, field) if kind.read_among and len(texts) else kind.read
    none = _none_reading(field)
    longest = max(map(len, blanks | nones)) + 12  # with marks around it
    failing = _anchor_test(field.anchor) if field.anchor else None

    def read_one(text: str) -> Reading:
        text = clean(text)
        if len(text) < longest and (folded := text.casefold()) not in choices:
            bare = folded.strip(" .,;:!?*'\"()[]")
            if folded in blanks or bare in blanks:
                return _BLANK
            if folded in nones or bare in nones:
                return none
        reading = read(text, field)
        if (reading.value or text)[0] in SIGNS:
            reading = unless_lost(reading, text, field)
        reading = evidence_of(text, reading, kind, field)
        if failing and reading.state == "valid" and (reason := failing(text, reading.value or "")):
            failed = evidence_of(text, Reading(None, "invalid", False, reason), kind, field)
            # A value of the kind, if not the one that is wanted.
            return failed._replace(evidence=NEAR_MISS) if kind.near_miss and failed.evidence == JUNK else failed
        return reading

    def read_cell(text: str) -> tuple[Reading, ...]:
        if kind.between and "&" in text:
            text = without_entities(text)  # its ';' separates nothing
        if kind.parts:
            listed = kind.parts(text, field)
            return (read_one(text),) if listed is None else _several(map(read_one, listed))
        if separator and separator in text and _is_list(text, choices):
            return _several(read_one(part) for part in text.split(separator))
        reading = read_one(text)
        if kind.between and not field.separator and (reading.state == "invalid" or reading.note):
            parts = [p for p in _BETWEEN.split(text) if p] if len(text) < 5000 else []
            listed = [read_one(p) for p in parts] if 1 < len(parts) <= 50 else []
            if listed and all(r.state == "valid" and "around it" not in r.note for r in listed) and _are_alike(parts):
                return _several(listed)
        return (reading,)

    return read_cell


def read_cells(texts: Sequence[str], field: FieldSpec) -> CellTexts:
    """All readings of distinct `texts`, each read once."""
    read_cell = reader(field, texts)
    start, values, states, suspicious, note, evidence = [0], [], bytearray(), bytearray(), [], bytearray()
    codes = {state: code for code, state in enumerate(ANSWER_STATES)}
    for text in texts:
        for reading in read_cell(text):
            values.append(reading.value)
            states.append(codes[reading.state])
            suspicious.append(reading.suspicious)
            note.append(reading.note)
            evidence.append(EVIDENCE.index(reading.evidence))
        start.append(len(values))
    return CellTexts(
        np.array(start),
        np.array(values, dtype=object),
        np.frombuffer(bytes(states), dtype=np.uint8),
        np.frombuffer(bytes(suspicious), dtype=bool),
        np.array(note, dtype=object),
        np.frombuffer(bytes(evidence), dtype=np.uint8),
    )


def _is_list(text: str, choices: frozenset[str]) -> bool:
    """Whether a text that holds its field's separator is several answers: not where it is one as a whole."""
    return clean(text).casefold() not in choices and not is_spreadsheet_error(text)


def _are_alike(parts: list[str]) -> bool:
    """Whether the parts of a list are all links, or none is: "x.com/chess and go" is one link with a blank in it."""
    links = [_LINK.search(part) is not None for part in parts]
    return (
        all(links) or not any(links) or all(link or "@" in p or "." in p for link, p in zip(links, parts, strict=True))
    )


def _several(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Several readings of one cell as one answer: equal values once, blanks only where nothing else is."""
    kept = dict.fromkeys(readings)
    filled = tuple(r for r in kept if r.state != "blank")
    return filled or (_BLANK,)


def _none_reading(field: FieldSpec) -> Reading:
    """Reading of 'there is none' by the field's policy."""
    if field.none_policy == "abstention":
        return Reading(None, "blank", False, "says that there is none: counts as no vote")
    if field.none_policy == "required":
        return Reading(None, "invalid", False, "says that there is none, but there is one for every item", JUNK)
    return Reading(None, "none_declared")


def _anchor_test(anchor: Anchor) -> Callable[[str, str], str]:
    """A function from text and value to why they fail the anchor; '' where text or value passes."""
    if anchor.contains is not None:
        wanted, shown = anchor.contains.casefold(), f'no "{anchor.contains}" in it'
        return lambda text, value: "" if wanted in text.casefold() or wanted in value.casefold() else shown
    pattern = re.compile(anchor.search or "", re.IGNORECASE)
    shown = f"does not match {anchor.search}"
    return lambda text, value: "" if pattern.search(text[:4096].strip()) or pattern.search(value) else shown
