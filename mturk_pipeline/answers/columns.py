"""Which columns of the assignments feed a field, and which slot of a list each belongs to."""

import re
from typing import NamedTuple

import pandas as pd

from mturk_pipeline.workflow.phase_spec import PhaseSpec

PREFIX = "Answer."


class Source(NamedTuple):
    """One column that feeds a field; `slot` is its n in a list of records, 0 in scalar fields."""

    column: str
    slot: int


def sources(assignments: pd.DataFrame, phase: PhaseSpec, field: str) -> list[Source]:
    """The columns feeding `field`, in the order of the phase, then of slots; those that no file has are left out.

    Any case, because batches of one phase differ in it: `Answer.Email` and `Answer.email` are pooled.
    """
    present = sorted(c for c in map(str, assignments.columns) if c.casefold().startswith(PREFIX.casefold()))
    found: dict[Source, None] = {}
    for name in phase.columns_of(field):
        pattern = _pattern(name)
        slots = {}
        for column in present:
            if match := pattern.fullmatch(column[len(PREFIX) :].strip()):
                slots[Source(column, int(match[1]) if match.groups() else 0)] = None
        found.update(dict.fromkeys(sorted(slots, key=lambda s: (s.slot, s.column))))
    return list(found)


def first_column(phase: PhaseSpec, field: str) -> str:
    """The column that stands for `field` where no file has one."""
    return PREFIX + _bare(phase.columns_of(field)[0])


def key_column(assignments: pd.DataFrame, key: str) -> str | None:
    """The input column of a key, any case; None where no file has it."""
    wanted = f"input.{_bare(key, 'Input.')}".casefold()
    matches = sorted(c for c in map(str, assignments.columns) if c.strip().casefold() == wanted)
    return matches[0] if matches else None


def _bare(name: str, prefix: str = PREFIX) -> str:
    return name[len(prefix) :] if name.casefold().startswith(prefix.casefold()) else name


def _pattern(name: str) -> re.Pattern[str]:
    """A pattern for `name`; its first {n} is the slot, further ones repeat it."""
    head, *tails = (re.escape(part) for part in _bare(name).strip().split("{n}"))
    for place, tail in enumerate(tails):
        head += (r"0*(\d{1,4})" if place == 0 else r"0*\1") + tail
    return re.compile(head, re.IGNORECASE)
