"""Unreadable answers: the evidence in each, and counts by field.

An unreadable answer is not the same as none. A *near miss* (dean@uni,edu) looks like an answer of its kind: its
worker saw a value. *None in other words* ("no e-mail listed") says that there is none. All else is *junk*, evidence of
neither: its worker might as well not have been asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mturk_pipeline.answers.none_words import says_none
from mturk_pipeline.kinds.kind import Reading
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.texts.plain_text import clean, has_control
from mturk_pipeline.texts.spreadsheet_errors import is_spreadsheet_error
from mturk_pipeline.vocabulary.answer_states import JUNK, NEAR_MISS, NONE_IN_WORDS

if TYPE_CHECKING:
    from mturk_pipeline.kinds.kind import Kind
    from mturk_pipeline.workflow.field_spec import FieldSpec

_LONGEST = 300  # characters: what is longer is prose or a pasted page
# A formula, a piece of a page or of code.
_CODE = re.compile(
    r"\s*[=＝]|\s*[@+-]\s*[A-Z]+\(|.*\|\s*(?:'|cmd)|.*<[!/?a-z]|.*[{}\\^`]|.*;--|.*\$\{", re.IGNORECASE | re.DOTALL
)
_MOST_REASONS = 3


def evidence_of(text: str, reading: Reading, kind: "Kind", field: "FieldSpec") -> Reading:
    """`reading` of a cell's `text`; where it is invalid, with what the text is evidence of.

    'There is none' counts as the field's `none_policy` says: as evidence only where it is an answer, and in a question
    with a few possible answers only where the field names words for it.
    """
    if reading.state == "valid" and kind.near_miss is not None and not field.closed and text.isalpha():
        # A word such as "keine" has the form of a page's name.
        reading = Reading(None, "invalid") if says_none(text) else reading
    if reading.state != "invalid":
        return reading
    if len(text) > _LONGEST or has_control(text) or is_spreadsheet_error(text) or _CODE.match(text):
        return reading._replace(evidence=JUNK)
    if kind.near_miss is not None and kind.near_miss(clean(text), field):
        return reading._replace(evidence=NEAR_MISS)
    if says_none(text):
        if field.none_policy == "answer" and (field.nones or not field.closed):
            return reading._replace(evidence=NONE_IN_WORDS, note="says in other words that there is none")
        return reading._replace(evidence=JUNK, note="says in other words that there is none: counts as no answer")
    return reading._replace(evidence=JUNK)


@dataclass(frozen=True)
class Unreadable:
    """The answers of one field that could not be read: how many, of which class, and the commonest reasons."""

    field: str
    answers: int
    near_misses: int
    none_in_words: int
    reasons: tuple[tuple[str, int], ...]  # most frequent first

    def __str__(self) -> str:
        """In one line.

        >>> print(Unreadable("email", 9, 6, 0, (("no '@' in it", 5), ("no public site ends in .con", 4))))
        email 9, 6 of them almost a value (no '@' in it: 5; no public site ends in .con: 4)
        """
        kinds = [
            f"{count:,} of them {what}"
            for count, what in ((self.near_misses, "almost a value"), (self.none_in_words, "'none' in other words"))
            if count
        ]
        reasons = "; ".join(f"{reason}: {count:,}" for reason, count in self.reasons)
        return f"{', '.join([f'{self.field} {self.answers:,}', *kinds])}{f' ({reasons})' if reasons else ''}"


def unreadable(answers: pd.DataFrame) -> tuple[Unreadable, ...]:
    """For each field with answers (contract Answers) that could not be read: how many, and why; most first."""
    invalid = answers[answers["state"] == "invalid"]
    evidence = invalid["evidence"] if "evidence" in invalid else pd.Series(JUNK, index=invalid.index)
    fields = []
    for field, mine in invalid.groupby("field", sort=True):
        reasons = mine["note"].str.split(";").str[0]
        common = reasons[reasons != ""].value_counts().rename_axis("reason").reset_index(name="n")
        common = common.sort_values(["n", "reason"], ascending=[False, True]).head(_MOST_REASONS)
        of_field = evidence.loc[mine.index]
        fields.append(
            Unreadable(
                field=str(field),
                answers=len(mine),
                near_misses=int((of_field == NEAR_MISS).sum()),
                none_in_words=int((of_field == NONE_IN_WORDS).sum()),
                reasons=tuple((str(r), int(n)) for r, n in zip(common["reason"], common["n"], strict=True)),
            )
        )
    return tuple(sorted(fields, key=lambda u: (-u.answers, u.field)))


def unreadable_line(fields: Sequence[Unreadable]) -> str:
    """How many answers could not be read, by field, in one line; '' where all could.

    >>> unreadable_line([Unreadable("phone", 1, 0, 0, (("no phone number in it", 1),))])
    '1 answer could not be read: phone 1 (no phone number in it: 1)'
    """
    total = sum(u.answers for u in fields)
    if not total:
        return ""
    return f"{counted(total, 'answer')} could not be read: {'; '.join(map(str, fields))}"
