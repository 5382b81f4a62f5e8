"""A kind of answer: how its texts are read, and all that other rooms ask about it."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.vocabulary.agreements import ONE_VALUE


class Question(Protocol):
    """Settings of a field that its kind needs for reading."""

    @property
    def kind(self) -> str: ...

    @property
    def choices(self) -> Sequence[str]: ...

    @property
    def network(self) -> str | None: ...

    @property
    def region(self) -> str: ...

    @property
    def levels(self) -> Sequence[str]: ...

    @property
    def scale(self) -> Sequence[float] | str | None: ...

    @property
    def tolerance(self) -> float | None: ...

    @property
    def checkbox(self) -> bool: ...

    @property
    def separator(self) -> str | None: ...


class Reading(NamedTuple):
    """One answer as its kind reads it."""

    value: str | None  # The normalised value, for comparing and for people; None unless `state` is valid
    # valid or invalid; cells (not kinds) also give blank and none_declared
    state: Literal["valid", "invalid", "blank", "none_declared"]
    suspicious: bool = False  # Unlikely to be real: a person has to look
    note: str = ""  # In a reviewer's words, why it is invalid or suspicious, or what was done to it; '' where plain
    # What an invalid answer speaks for, one of EVIDENCE; '' for all others. Cells set it, not kinds.
    evidence: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of answer."""

    name: str  # As a phase file has it
    # Text and field to a `Reading`. Total (no text makes it raise) and idempotent (its value reads as itself).
    read: Callable[[str, Question], Reading]
    # The same for a column of which all distinct texts are known, where what one of them means depends on the others
    read_among: Callable[[Sequence[str], Question], Callable[[str, Question], Reading]] | None = None
    # How its answers become one: a name in `mturk_pipeline.trust.agreements.AGREEMENTS`
    agreement: str = ONE_VALUE
    # The same for fields with `exact: false`, where the kind knows the difference
    inexact_agreement: str | None = None
    # The parts of a cell that holds several answers; None where it is one answer as a whole
    parts: Callable[[str, Question], Sequence[str] | None] | None = None
    # Workers write what they found, in words of their own; else all items share one small set of possible answers, in
    # which "none" and "no" are answers like any other
    open: bool = False
    # Value to the form in which values are compared, where that is not the value itself: spellings that share a key are
    # shown as one
    key_of: Callable[[str], str] | None = None
    # Where those spellings are made one: within each item, or over the whole phase (closed questions)
    one_spelling_in: Literal["item", "phase"] = "item"
    # What surely stands between several values in one cell, as a pattern: such a cell is taken as several answers. None
    # where a mark can belong to a value.
    between: re.Pattern[str] | None = None
    separator: str | None = None  # What separates several answers in a cell where the field does not say
    # Whether a text that `read` found invalid still looks like an answer of the kind (dean@uni,edu): its worker saw a
    # value. A kind without it has no shape by which that could be told.
    near_miss: Callable[[str, Question], bool] | None = None
    # The settings of the field that a column of answers makes (often none), where it is of this kind; None where it is
    # not. Kinds are tried in the order of the registry.
    guess: Callable[[ColumnSample], Mapping[str, Any] | None] = lambda sample: None
    # Settings of a field that mean something for this kind, beside those that every kind has and those that it `needs`.
    # What another kind lists and this one does not is refused.
    settings: frozenset[str] = frozenset()
    # What is wrong with these settings of a field together, in one line; None where nothing is
    problem: Callable[[Question], str | None] | None = None
    # Settings without which a field of the kind means nothing, each with an example
    needs: Mapping[str, str] = field(default_factory=dict)
    # Settings on which reading depends, each with values that are tried where many answers could not be read
    trials: Mapping[str, Sequence[str]] = field(default_factory=dict)
    # Whether a text is plainly an answer to this field, into whatever other fields it was pasted as well
    answers_itself: Callable[[str, Question], bool] | None = None
    # The part of a value that a worker who invents one takes from the item's name; '' where it cannot be invented so
    made_up_from: Callable[[str], str] | None = None
    # Whole sentences: two people never write the same, and a few equal words in two fields mean nothing
    prose: bool = False
    personal: bool = False  # The same value for many items cannot be chance: a link, an address, a number
    is_name: bool = False  # Items of a list may well share it: many directories have a chess club
    # Its values are counted or measured: a middle and a spread can be told, and answers share no classes
    is_quantity: bool = False
    is_mail: bool = False  # Mail can be sent to its values
    is_link: bool = False  # Its values can be followed
    is_page: bool = False  # Its values can be followed with https:// before them
    # The smaller, the surer it tells the records of a list apart; infinite where it does not
    record_order: float = math.inf
    # What a spreadsheet can have done to its cells: see `intake.spreadsheet_repair`
    damage: Literal["values", "numbers", "text"] = "values"
    # Values that are surely well formed, as a pattern; reading one in full takes longer. '' where there is none.
    plain: str = ""
    plural: str = "values"  # What several of its values are called
    width: int = 18  # Of its column in a workbook at most, in characters
    # What programs for customer relations call a column of it, with {network} for the field's; '' where they have none
    crm_column: str = ""


def invalid(note: str, suspicious: bool = False) -> Reading:
    """An invalid answer, and why."""
    return Reading(None, "invalid", suspicious, note)


def notes(*parts: str) -> str:
    """Several notes in one line; empty ones are left out."""
    return "; ".join(filter(None, parts))
