"""Copying in free texts: pairs of workers who gave the same long texts, which nobody else, or hardly anybody, gave.

Nobody writes fifty letters twice as somebody else does, in different words of one's own. A text tells of copying if,
case, punctuation and what stands in the HIT's own inputs taken out,

- it has `LONG` letters and digits or more, and is no part of an input and none of the phase's choices;
- `RARE` workers at most gave it in its field. What a page's form begins with, and common phrases, more people leave;
- it was given for different items. For the same item two may have quoted the same page: there a text counts only where
  no input and no field is a link.

A pair is suspected with `FEWEST_SHARED` different texts in one field or more, over as many HITs of each; so a form's
default text, one and the same everywhere, is none. Whoever shares texts with more than `RARE` - 1 others has them from
a source that many know. Who copied from whom nobody can tell: both are named to both. In fields that fewer than
`FEWEST_WORKERS` answered, nobody is suspected.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from mturk_pipeline.answers.copied_texts import plain_words
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.trust.answer_codes import VALID, Rows
from mturk_pipeline.trust.honest_crowd import FEWEST_WORKERS
from mturk_pipeline.trust.worker_standing import FEWEST_SHARED
from mturk_pipeline.vocabulary.agreements import FREE_TEXT, REMARK
from mturk_pipeline.workflow.phase_spec import PhaseSpec

LONG, RARE = 50, 3
_SHORTEST_INPUT = 3
_LINK = r"https?://|www\."


def text_partners(rows: Rows, assignments: pd.DataFrame, phase: PhaseSpec) -> dict[str, dict[str, int]]:
    """Suspected workers, each with its partners and how many long texts they share."""
    texts = _rare(_long_texts(rows, phase))
    if texts.empty:
        return {}
    inputs = assignments.set_index("assignment_id").filter(regex=r"^Input\.")
    texts["text"] = _own_words(texts, inputs, phase)
    pairs = _pairs(_rare(texts[texts["text"].map(_letters) >= LONG]))
    if not (pairs["item"] == pairs["item_other"]).any() or not _leads_to_pages(inputs, phase):
        counted = pairs
    else:
        counted = pairs[pairs["item"] != pairs["item_other"]]
    by_pair = counted.groupby(["field", "worker", "worker_other"])
    numbers = by_pair[["text", "assignment", "assignment_other"]].nunique()
    numbers = numbers[(numbers >= FEWEST_SHARED).all(axis=1)]["text"].groupby(["worker", "worker_other"]).sum()
    partners = pairs.groupby("worker")["worker_other"].nunique()
    out: dict[str, dict[str, int]] = {}
    for (worker, other), number in numbers.items():  # pyright: ignore
        if max(partners[worker], partners[other]) < RARE:
            out.setdefault(worker, {})[other] = int(number)
    return out


def _long_texts(rows: Rows, phase: PhaseSpec) -> pd.DataFrame:
    """Long free texts that are no copies of an input: field, worker, assignment, item, text."""
    free = np.array([spec.agreement in (FREE_TEXT, REMARK) for spec in phase.fields.values()], dtype=bool)
    kept = np.flatnonzero((rows.state == VALID) & free[rows.field] & ~is_unknown(rows.names.workers)[rows.worker])
    codes, seen = np.unique(rows.value[kept], return_inverse=True)
    plain = plain_words(pd.Series(rows.names.values[codes], dtype="str"))
    long = np.array([_letters(text) >= LONG for text in plain], dtype=bool)[seen]
    table = pd.DataFrame({name: getattr(rows, name)[kept] for name in ("field", "worker", "assignment", "item")})
    table = table.assign(text=plain[seen], clean=~rows.suspicious[kept])
    crowd = table.groupby("field")["worker"].transform("nunique") >= FEWEST_WORKERS
    table = table[long & crowd.to_numpy(dtype=bool) & table["clean"].to_numpy(dtype=bool)].drop(columns="clean")
    names = {"worker": rows.names.workers, "assignment": rows.names.assignments}
    return table.assign(**{name: of[table[name]] for name, of in names.items()}).drop_duplicates()


def _rare(texts: pd.DataFrame) -> pd.DataFrame:
    """Those that several workers gave in a field, and few."""
    givers = texts.groupby(["field", "text"])["worker"].transform("nunique")
    return texts[(givers > 1) & (givers <= RARE)].copy()


def _own_words(texts: pd.DataFrame, inputs: pd.DataFrame, phase: PhaseSpec) -> list[str]:
    """Texts without what stands in their HIT's inputs; '' for a part of one, and for a choice of the phase."""
    choices = set(plain_words(pd.Series([c for spec in phase.fields.values() for c in spec.choices], dtype="str")))
    cells: dict[str, list[str]] = {}
    for assignment in texts["assignment"].unique():
        given = inputs.loc[assignment].dropna().astype("str") if assignment in inputs.index else pd.Series(dtype="str")
        cells[assignment] = sorted(set(plain_words(given)), key=len, reverse=True)
    return [
        "" if text in choices else _without(text, cells[assignment])
        for text, assignment in zip(texts["text"], texts["assignment"], strict=True)
    ]


def _without(text: str, cells: Iterable[str]) -> str:
    """`text` with a mark in place of each of the `cells`; '' where it is a part of one; all as `plain_words`.

    >>> _without(" i like the chess club of ulm ", [" chess club ", " ulm "])
    ' i like the * of * '
    """
    for cell in cells:
        if text in cell:
            return ""
        if _letters(cell) >= _SHORTEST_INPUT:
            text = text.replace(cell, " * ")
    return text


def _letters(text: str) -> int:
    return len(text) - text.count(" ") - text.count("*")


def _pairs(texts: pd.DataFrame) -> pd.DataFrame:
    """Each two workers with the same text in a field, both ways: what of the other's is named `..._other`."""
    both = texts.merge(texts, on=["field", "text"], suffixes=("", "_other"))
    return both[both["worker"] != both["worker_other"]]


def _leads_to_pages(inputs: pd.DataFrame, phase: PhaseSpec) -> bool:
    """Whether two who answer about the same item may both have read a page that it leads to."""
    if any(KINDS[spec.kind].is_link for spec in phase.fields.values()):
        return True
    return any(inputs[c].astype("str").str.contains(_LINK, case=False, na=False).any() for c in inputs)
