"""Free texts that their worker did not write: copied from what was asked about.

A text of at least five words that stands in an input of its HIT, whole, in any case and punctuation, was copied; so was
a shorter one that is the whole input. It stays, is marked as suspicious, and its note says where it is from. Where most
texts of a field are copied, quoting is the task.
"""

import re

import numpy as np
import pandas as pd

from mturk_pipeline.kinds.kind import notes
from mturk_pipeline.vocabulary.agreements import FREE_TEXT
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, VALID
from mturk_pipeline.workflow.phase_spec import PhaseSpec

COPIED = "copied from "
_VALID = ANSWER_STATES.index(VALID)
_FEWEST_WORDS = 5
_FEWEST_TEXTS = 10
_NO_WORDS = re.compile(r"\W+")


def mark_copied(gathered: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`gathered` with free texts that were copied from an input marked as suspicious."""
    free = [code for code, spec in enumerate(phase.fields.values()) if spec.agreement == FREE_TEXT]
    inputs = [c for c in assignments.columns if c.startswith("Input.")]
    rows = np.flatnonzero(np.isin(gathered["field"], free) & (gathered["state"] == _VALID))
    if not len(rows) or not inputs:
        return gathered
    where = gathered["row"].to_numpy()[rows]
    texts = plain_words(gathered["value"].iloc[rows])
    long = np.array([text.count(" ") >= _FEWEST_WORDS for text in texts], dtype=bool)
    source = np.full(len(rows), "", dtype=object)
    for column in inputs:
        asked = plain_words(assignments[column].fillna("").astype("str")).take(where)
        found = [
            text.strip() != "" and (text == cell or (is_long and text in cell))
            for text, cell, is_long in zip(texts, asked, long, strict=True)
        ]
        source = np.where((source == "") & np.array(found, dtype=bool), column, source)
    copied = source != ""
    copied &= ~_is_the_task(gathered["field"].to_numpy()[rows], copied)
    if not copied.any():
        return gathered
    suspicious, note = gathered["suspicious"].to_numpy(copy=True), gathered["note"].to_numpy(dtype=object, copy=True)
    suspicious[rows[copied]] = True
    for row, column in zip(rows[copied], source[copied], strict=True):
        note[row] = notes(note[row], COPIED + column)
    return gathered.assign(suspicious=suspicious, note=pd.Series(note, index=gathered.index, dtype="str"))


def _is_the_task(field: np.ndarray, copied: np.ndarray) -> np.ndarray:
    """Whether each text is of a field of which most texts are copied: then people were asked to quote."""
    number, of = np.bincount(field), np.bincount(field, copied)
    return ((number >= _FEWEST_TEXTS) & (of > number / 2))[field]


def plain_words(texts: pd.Series) -> np.ndarray:
    """Texts as words in small letters with one blank around each; an array of as many."""
    codes, uniques = pd.factorize(texts)
    plain = [" " + " ".join(_NO_WORDS.sub(" ", str(text).casefold()).split()) + " " for text in uniques]
    return np.array(plain, dtype=object).take(codes)
