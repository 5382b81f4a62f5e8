"""The commonest invalid cells of a batch, and for each the setting that would have read it.

A cell's text is shown only where several workers wrote it and all of it are common words ("no website", "see page"):
it can then name nobody. Of all others only the shape is shown: "+99 9999 999999", "x@x".

A setting is proposed only after it was tried: with it, the cells are read, and what is valid now is read as before.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from mturk_pipeline.answers.cells import reader
from mturk_pipeline.answers.none_words import FOREIGN_WORDS, says_none, says_nothing
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.texts.plain_text import clean, words
from mturk_pipeline.workflow.field_spec import BLANK_TOKENS, NONE_TOKENS, FieldSpec
from mturk_pipeline.workflow.kind_settings import settings_of
from mturk_pipeline.workflow.phase_spec import PhaseSpec

MOST_CELLS = 10
SEVERAL = 2  # workers who write the same before it is taken as common
_SETTLED = 0.8  # of the cells of one shape have to be read with a setting for it to be proposed
_TRIED = 300  # valid cells that are read again with it
_LONGEST_TEXT, _LONGEST_SHAPE = 40, 30
_SEPARATORS = (";", "|", "\n", ",", " / ", " or ", " and ", " ")

# Words of everyday answers; none of them is mostly a name of people.
COMMON_WORDS = words(
    "a about above access account active address affiliated all an and any anything applicable as at available be "
    "because been below blank both broken browser but by can can't cannot cant chapter check choose class click closed "
    "club clubs code confirm contact could couldn't data dead description did didn't different directory do does "
    "doesn't doesnt domain don't done dont down each either email emails empty error exist existing exists expired "
    "facebook false few field fields fill find for form found from given go google group groups had handle has have "
    "haven't he help here high home homepage i idea idk if image in inactive info information instagram invalid is "
    "isn't isnt it its know left like link linkedin links list listed load loading location login low mail maybe me "
    "medium member members membership mentioned message missing mixed more much multiple my name names negative "
    "neither neutral never new next nil no none nope nor not nothing now null number numbers of office official on one "
    "online only open opened opening or org organization other others our out own page pages person phone phones "
    "please point positive post private profile provided public published question relevant required result results "
    "right same say says school search see seems send shown shows sign site sites skip social some something sorry "
    "specified still student students submit suggested sure telephone test text than that the their them there they "
    "this to too true twitter unable unclear under university unknown unsure up us use used user valid via video view "
    "visit was we web webpage website websites were what when where which who why with without work working works "
    "wrong yes yet you your youtube zero"
)
# About the page or the task, not an answer to a question with choices.
_TASK = re.compile(r"\b(?:clue|done|idea|know|link|load|loading|open|page|sure|tell|test)\b")
_WORDED = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*(?:[ /-][^\W\d_]+(?:'[^\W\d_]+)*)*")
_DIGIT, _LETTERS = re.compile(r"\d"), re.compile(r"[^\W\d_]+")
_UNSHAPED = re.compile(r"[^x9 @./:;,|_+()#&=?'-]")


def common_cells(answers: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """The commonest invalid cells of `answers` (contract Answers), of several workers each, at most `MOST_CELLS`.

    Columns `field`; `shown`, the text or the shape; `is_text`; `times`, `workers`; `setting`, the name of the
    setting that reads them ('' where none does), and `line`, that setting as YAML with all that the field needs
    for any of these cells.
    """
    invalid = answers.loc[answers["state"] == "invalid", ["field", "raw", "worker", "assignment_id", "answer_column"]]
    invalid = invalid.dropna(subset=["raw"]).drop_duplicates()
    known = COMMON_WORDS | FOREIGN_WORDS | _words_of(phase)
    bare = invalid["raw"].map({raw: _bare(raw) for raw in invalid["raw"].unique()})
    several = invalid.groupby([invalid["field"], bare])["worker"].transform("nunique") >= SEVERAL
    is_text = several & bare.map({text: _is_plain(text, known) for text in bare.unique()}).astype(bool)
    shown = bare.where(is_text, bare.map({text: shape(text) for text in bare.unique()}))
    cells = (
        invalid.assign(shown=shown, is_text=is_text)
        .groupby(["field", "shown", "is_text"], as_index=False)
        .agg(times=("worker", "size"), workers=("worker", "nunique"), raw=("raw", "unique"))
    )
    order = ["times", "workers", "field", "shown"]
    cells = cells[cells["workers"] >= SEVERAL].sort_values(order, ascending=[False, False, True, True]).head(MOST_CELLS)
    settings, specs = _settings(cells, answers, phase)
    lines = [_line(s, specs[f]) if s else "" for f, s in zip(cells["field"], settings, strict=True)]
    return cells.drop(columns="raw").assign(setting=settings, line=lines).reset_index(drop=True)


def shape(text: str) -> str:
    """What a text looks like, without what it says: runs of letters are 'x', digits '9'.

    >>> shape("Ring +44 20 7946 0958 (Ann)")
    'x +99 99 9999 9999 (x)'
    >>> shape("one two three four five")
    'x x x …'
    """
    drawn = _UNSHAPED.sub("?", _LETTERS.sub("x", _DIGIT.sub("9", clean(text))))
    drawn = re.sub(r"(?:x ){3,}x", "x x x …", drawn)
    return drawn if len(drawn) <= _LONGEST_SHAPE else drawn[: _LONGEST_SHAPE - 1] + "…"


def _bare(raw: str) -> str:
    """A cell as it is compared with the tokens for blank and none."""
    return clean(raw).casefold().strip(" .,;:!?*'\"()[]")


def _is_plain(text: str, known: frozenset[str]) -> bool:
    if len(text) > _LONGEST_TEXT or not _WORDED.fullmatch(text):
        return False
    return all(word in known for word in re.split("[ /-]", text))


def _words_of(phase: PhaseSpec) -> frozenset[str]:
    """Words of the phase's own: of its fields' names and choices."""
    names = [*phase.fields, *(c for spec in phase.fields.values() for c in spec.choices)]
    return frozenset(re.findall("[a-z']+", " ".join(names).casefold().replace("_", " ")))


def _settings(cells: pd.DataFrame, answers: pd.DataFrame, phase: PhaseSpec) -> tuple[list[str], dict[str, FieldSpec]]:
    """The setting that settles each cell, and the fields with all of them. Each is tried on top of those before."""
    specs, settings = dict(phase.fields), []
    valid = answers[answers["state"] == "valid"]
    for field, shown, is_text, raws in cells[["field", "shown", "is_text", "raw"]].itertuples(index=False):
        now = valid.loc[valid["field"] == field, "raw"].dropna().unique()
        kept = sorted(now.tolist())[:_TRIED]
        chosen = ""
        for name, value in _proposals(specs[field], shown if is_text else None):
            spec = specs[field].model_copy(update={name: value})
            if _settles(name, spec, specs[field], list(raws), kept):
                chosen, specs[field] = name, spec
                break
        settings.append(chosen)
    return settings, specs


def _proposals(spec: FieldSpec, text: str | None) -> Iterator[tuple[str, Any]]:
    """Settings that may read a cell: its plain text, or None for a shape."""
    if spec.none_policy == "required":
        yield "none_policy", "answer"
    if text is not None:
        said_none = says_none(text)
        if spec.choices and not said_none and not says_nothing(text) and not _TASK.search(text):
            yield "choices", [*spec.choices, text]
        if said_none:
            yield "none_tokens", [*_none_tokens(spec), text]
        else:
            yield "blank_tokens", [*_blank_tokens(spec), text]
        return
    if spec.separator is None and "separator" in settings_of(spec.kind):
        yield from (("separator", mark) for mark in _SEPARATORS)
    for name, values in KINDS[spec.kind].trials.items():
        yield from ((name, value) for value in values if value != getattr(spec, name))
    if spec.anchor is not None:
        yield "anchor", None


def _settles(name: str, spec: FieldSpec, before: FieldSpec, raws: Sequence[str], kept: Sequence[str]) -> bool:
    """Whether `spec` reads most of `raws`, and all of `kept` as before."""
    read, read_before = reader(spec), reader(before)
    if all(r.state != "invalid" for raw in raws for r in read_before(raw)):
        return False  # what is wrong with these is no matter of reading, such as one text in several fields
    # With a setting of its kind a value is read without a doubt (a number fits its country's plan), or not by it.
    plain = name in KINDS[spec.kind].trials
    settled = [all(r.state != "invalid" and not (plain and r.note) for r in read(raw)) for raw in raws]
    if sum(settled) < _SETTLED * len(settled):
        return False
    readings = ((read_before(raw), raw) for raw in kept)
    return all(read(raw) == old or (plain and any(r.note for r in old)) for old, raw in readings)


def _blank_tokens(spec: FieldSpec) -> list[str]:
    """The field's tokens; '' and '{}' always mean blank and need not be said."""
    return [t for t in (BLANK_TOKENS if spec.blank_tokens is None else spec.blank_tokens) if t not in ("", "{}")]


def _none_tokens(spec: FieldSpec) -> list[str]:
    default = () if spec.closed else NONE_TOKENS
    return list(default if spec.none_tokens is None else spec.none_tokens)


def _line(setting: str, spec: FieldSpec) -> str:
    """One line of YAML: JSON is YAML, and its quotes keep 'no' and 'null' texts."""
    return f"{setting}: {json.dumps(getattr(spec, setting), ensure_ascii=False)}"
