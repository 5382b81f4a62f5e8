"""Free texts and remarks: all of them are kept, each is a candidate, and none is right or wrong.

The value is the different texts, a line each, those that somebody worked on first: longer ones before shorter ones,
then texts that other items have too, then those that were copied from the
input. There is no trust. What tells a careless text stands in words: its length,
that it was given for several items, that it was copied.
"""

import math

import numpy as np

from mturk_pipeline.texts.counted import counted
from mturk_pipeline.trust.agreements.base import Agreed, Outside, PerCell
from mturk_pipeline.trust.answer_codes import BLANK, INVALID, VALID, Bools, Ints
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_SHORT = 3  # words: less is seldom an answer to an open question


def agree(ballots: Ballots, phase: PhaseSpec, outside: Outside) -> Agreed:
    """All texts of each cell of `ballots`."""
    out, cells = PerCell(ballots), ballots.cells
    names = list(phase.fields)
    remark = np.array([not AGREEMENTS[spec.agreement].may_gate for spec in phase.fields.values()])[cells.field]
    required = np.array([spec.required for spec in phase.fields.values()])[cells.field]
    several, clean, gave_several = _items_of_texts(ballots), ballots.candidates.clean, _gave_several(ballots)
    out.trust[:] = math.nan
    for cell in range(len(cells.field)):
        here = range(cells.start[cell], cells.start[cell + 1])
        texts = sorted(here, key=lambda k: (not clean[k], several[k] > 1, -len(ballots.candidates.value[k]), k))
        given = [str(ballots.candidates.value[k]) for k in texts]
        out.outcome[cell] = "value" if given else "unknown"
        out.value[cell] = "\n".join(given) or None
        out.votes[cell] = int(cells.counts[cell, VALID])
        out.runners_up[cell], out.runners_up_trust[cell] = given, [math.nan] * len(given)
        out.detail[cell] = counted(len(given), "text")
        blank = int(cells.counts[cell, BLANK]) if required[cell] else 0
        repeated = [int(several[k]) for k in texts]
        copied = sum(not clean[k] for k in texts)
        givers = int(cells.counts[cell, VALID]) if gave_several[cell] else 0
        invalid = int(cells.counts[cell, INVALID])
        out.words[cell] = _words(given, repeated, copied, blank, invalid, givers, remark=bool(remark[cell]))
        what = names[cells.field[cell]] if remark[cell] else "Free text"
        out.flag_text[cell] = f"{what}: {out.detail[cell]}"
    return out.agreed()


def _items_of_texts(ballots: Ballots) -> Ints:
    """(K) for how many items each text was given in its field."""
    value = {}
    cell = ballots.candidates.cell
    keys = list(zip(ballots.cells.field[cell].tolist(), ballots.candidates.value.tolist(), strict=True))
    items = ballots.cells.item[cell].tolist()
    for key, item in zip(keys, items, strict=True):
        value.setdefault(key, set()).add(item)
    return np.array([len(value[key]) for key in keys], dtype=np.int64)


def _gave_several(ballots: Ballots) -> Bools:
    """(C) whether some worker gave several texts."""
    out = np.zeros(len(ballots.cells.field), dtype=bool)
    out[ballots.votes.cell[np.bincount(ballots.support_vote, minlength=len(ballots.votes.cell)) > 1]] = True
    return out


def _words(
    texts: list[str], items: list[int], copied: int, blank: int, invalid: int, givers: int, *, remark: bool
) -> str:
    """What stands out in the texts of a cell; `givers` workers gave them, where one gave several (else 0).

    >>> _words(["a line of verse", "x"], [1, 7], 0, 1, 0, 0, remark=False)
    '2 different texts; one of 1 word; one is the same for 7 items; 1 left it blank although it is required'
    >>> _words(["nice", "short"], [1, 1], 0, 0, 0, 1, remark=True)
    '2 remarks of 1 worker'
    """
    of = f" of {counted(givers, 'worker')}" if givers else ""
    if remark:
        return counted(len(texts), "remark") + of if texts else "no remark"
    parts = [f"{len(texts)} different texts{of}" if len(texts) > 1 else f"{len(texts) or 'no'} text"]
    counts = [len(text.split()) for text in texts]
    short = [n for n in counts if n < _SHORT] if max(counts, default=0) >= 2 * _SHORT - 2 else []
    parts += [f"one of {n} word{'s' * (n > 1)}" for n in sorted(short)[:1]]
    parts += [f"{copied} copied from the input or unlikely to be real"] if copied else []
    parts += [f"one is the same for {n} items" for n in sorted((n for n in items if n > 1), reverse=True)[:1]]
    parts += [f"{blank} left it blank although it is required"] if blank else []
    parts += [f"{invalid} gave nothing valid"] if invalid else []
    return "; ".join(parts)
