"""What reading an answer gives, whatever its kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from mturk_pipeline.workflow.field_spec import FieldSpec


class Reading(NamedTuple):
    """One answer, read.

    Attributes
    ----------
    value
        The normalised value, for comparing and for people; None unless `state` is valid.
    state
        valid or invalid; cells (not kinds) also give blank and none_declared.
    suspicious
        Unlikely to be real: a person has to look.
    note
        In a reviewer's words, why it is invalid or suspicious, or what was done to it; '' where plain.
    evidence
        What an invalid answer speaks for, one of EVIDENCE; '' for all others. Cells set it, not kinds.
    """

    value: str | None
    state: Literal["valid", "invalid", "blank", "none_declared"]
    suspicious: bool = False
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of answer.

    Attributes
    ----------
    read
        Text and field to a `Reading`. Total (no text makes it raise) and idempotent (its value reads as itself).
    key_of
        Value to the form in which values are compared, where that is not the value itself: spellings that
        share a key are shown as one.
    one_spelling_in
        Where those spellings are made one: within each item, or over the whole phase (closed questions).
    listed
        A cell that is a list of several such values ("a@x.edu, b@x.edu") is taken as several answers.
    separator
        What separates several answers in a cell where the field does not say.
    near_miss
        Whether a text that `read` found invalid still looks like an answer of the kind (dean@uni,edu): its worker
        saw a value. A kind without it has no shape by which that could be told.
    open
        Workers write what they found, in words of their own: one text pasted into several fields is no answer.
    personal
        The same value for many items cannot be chance: a link, an address, a number.
    is_link
        Its values can be followed.
    width
        Of its column in a workbook, in characters.
    crm_column
        What programs for customer relations call a column of it; '' where they have none.
    """

    read: Callable[[str, "FieldSpec"], Reading]
    key_of: Callable[[str], str] | None = None
    one_spelling_in: Literal["item", "phase"] = "item"
    listed: bool = False
    separator: str | None = None
    near_miss: Callable[[str, "FieldSpec"], bool] | None = None
    open: bool = False
    personal: bool = False
    is_link: bool = False
    width: int = 18
    crm_column: str = ""


def invalid(note: str, suspicious: bool = False) -> Reading:
    """An answer that is none, and why."""
    return Reading(None, "invalid", suspicious, note)


def notes(*parts: str) -> str:
    """Several notes in one line; empty ones are left out."""
    return "; ".join(filter(None, parts))
