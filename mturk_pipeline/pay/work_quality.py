"""Quality of the work in an assignment, judged by itself. Others' answers are not looked at.

Each rule is one function and one line in `RULES`: it marks assignments and says what speaks against them, once for
the worker and once for the requester. The first rule that marks an assignment counts; hard ones come first.

Of an assignment that asks about several items each slot is judged, and `slot_shares` says what follows for the whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from mturk_pipeline.pay.slot_shares import by_share
from mturk_pipeline.trust.questions import blank_means_none, is_personal
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, NEAR_MISS, NONE_IN_WORDS
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.slot_names import SLOT

SHORT = 0.2  # of the phase's median work time
_MANY_ITEMS = 5
_NOTES_TOLD = 5
# Part of a link or address, a number of some length, a "no", or four words: somebody tried, or has something to say.
_TRIED = r"(?i)\w[.@]+\w|\d{5}|^\W*(?:no|not|none|nothing|cannot|can't|could|unable)\b|(?:\w\S*\s+){3}\w"
_HELD_DOWN = r"(?i)\W*([^\W\d_])(?:\W*\1){7,}\W*$"
_LOOKED_AT = 300  # characters
_PASTED = "same text in fields"  # how `answers.echo` begins its note


@dataclass(frozen=True)
class Mark:
    """A rule's findings: which assignments (index assignment_id), how hard the evidence is, and in what words."""

    where: pd.Series
    work: str
    reason: str | pd.Series
    evidence: str | pd.Series = ""


class AnswersByAssignment:
    """A phase's answers by assignment; every table and mask has the AssignmentIds of `pace` as its index.

    Of slots it is the same: there the ids are those of slots.
    """

    def __init__(self, pace: pd.Series, answers: pd.DataFrame, phase: PhaseSpec) -> None:
        self.phase = phase
        # Tables of an earlier version do not class what could not be read.
        self.answers = answers if "evidence" in answers else answers.assign(evidence="")
        self.pace = pace

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Answers of each state: a column for each."""
        return self.count(self.answers)

    def count(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Some of the answers, counted by assignment and state."""
        counted = answers.groupby(["assignment_id", "state"], sort=False).size().unstack(fill_value=0)
        return counted.reindex(index=self.pace.index, columns=list(ANSWER_STATES), fill_value=0)

    @property
    def hurried(self) -> pd.Series:
        """Which took far less time than is usual in the phase."""
        return self.pace < SHORT

    @property
    def after(self) -> pd.Series:
        """The work time in words, for the end of a finding: ", after 12 % of the phase's median work time"."""
        percent = (self.pace * 100).round().fillna(0).astype("int64").astype("str")
        return (", after " + percent + " % of the phase's median work time").where(self.pace.notna(), "")

    @property
    def nothing_usable(self) -> pd.Series:
        return (self.counts["valid"] == 0) & (self.counts["none_declared"] == 0)

    @property
    def is_silent(self) -> pd.Series:
        """Not one cell says anything."""
        return self.nothing_usable & (self.counts["invalid"] == 0)

    def all_of(self, rows: pd.DataFrame, where: pd.Series | np.ndarray) -> pd.Series:
        """Which assignments have `rows`, and `where` true in each of them."""
        every = pd.Series(np.asarray(where, dtype=bool)).groupby(rows["assignment_id"].to_numpy()).all()
        return every.reindex(self.pace.index, fill_value=False).astype(bool)


def findings(assignments: pd.DataFrame, answers: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Evidence against each assignment, by assignment_id, in the order of `assignments`.

    Columns: work (usable, doubtful, unusable), reason (for the worker), evidence (for the requester).
    """
    seconds = assignments.set_index("assignment_id")["work_seconds"]
    # Missing where no time is known, or where there is none to compare with.
    pace = seconds / seconds[seconds > 0].median()
    if not phase.has_slots:
        return _marks(AnswersByAssignment(pace, answers, phase))
    codes, pairs = pd.factorize(pd.MultiIndex.from_frame(answers[["assignment_id", "item_id"]]))
    of_slots = pace.reindex(pairs.get_level_values(0)).set_axis(pd.RangeIndex(len(pairs)))
    marks = _marks(AnswersByAssignment(of_slots, answers.assign(assignment_id=codes), phase))
    return by_share(marks, pairs.get_level_values(0).to_numpy(), pace.index)


def _marks(given: AnswersByAssignment) -> pd.DataFrame:
    """What the rules find, as `findings`."""
    index = given.pace.index
    marks = pd.DataFrame({"work": "usable", "reason": "", "evidence": ""}, index=index, dtype="str")
    free = pd.Series(True, index=index)
    for rule in RULES:
        for mark in rule(given):
            new = mark.where & free
            for name, text in (("work", mark.work), ("reason", mark.reason), ("evidence", mark.evidence)):
                reasons = text if isinstance(text, str) else text.reindex(index)[new]
                marks.loc[new, name] = reasons
            free &= ~new
    told_as_is = (marks["work"] != "usable") & (marks["evidence"] == "")
    marks["evidence"] = marks["evidence"].mask(told_as_is, marks["reason"])
    return marks


def _required_blank(given: AnswersByAssignment) -> Iterator[Mark]:
    """Fields that need an answer are empty. Where an empty cell may mean "I found nothing", it proves nothing."""
    needed = [name for name, spec in given.phase.fields.items() if spec.required]
    needed = needed or [name for name, spec in given.phase.fields.items() if not blank_means_none(spec)]
    needed = _in_slots(needed, given.phase) or needed
    if not needed:
        return
    rows = given.answers[given.answers["field"].isin(needed)]
    states = given.count(rows)
    asked = states.sum(axis=1)
    # An assignment that lists nothing has no such rows; a slot without them was not asked.
    blank = (states["blank"] == asked) & ((asked > 0) | (not given.phase.has_slots))
    what = ", ".join(needed)
    yield Mark(
        blank & given.is_silent,
        "unusable",
        f"The answer was left empty, though it was needed: {what}.",
        f"every needed field is blank ({what}), and no other one is filled in" + given.after,
    )
    yield Mark(
        blank & ~given.nothing_usable,
        "doubtful",
        f"What was needed was left empty: {what}.",
        f"every needed field is blank ({what}), though another one is filled in",
    )


def _all_invalid(given: AnswersByAssignment) -> Iterator[Mark]:
    """No answer that was given is valid.

    That is hard evidence for fillers and for one text in several fields. A link with a slip of the keyboard, "not
    listed" or a sentence may come from honest work: a person reads them.
    """
    only_invalid = given.nothing_usable & (given.counts["invalid"] > 0)
    bad = given.answers[(given.answers["state"] == "invalid") & given.answers["assignment_id"].isin(_ids(only_invalid))]
    if bad.empty:
        return
    pasted = bad["note"].str.contains(_PASTED, regex=False)
    says_none = bad["note"].str.contains("that there is none", regex=False) | bad["evidence"].eq(NONE_IN_WORDS)
    tried = bad["raw"].fillna("").str.slice(0, _LOOKED_AT).str.contains(_TRIED, regex=True)
    tried |= bad["evidence"].eq(NEAR_MISS)
    filled = given.all_of(bad, pasted | ~(says_none | tried))
    why = _notes(bad)
    reason = "None of the answers given can be used: " + why + "."
    yield Mark(only_invalid & filled, "unusable", reason, why)
    yield Mark(only_invalid, "doubtful", reason, "no usable answer, but a try or a message to you? " + why)


def _says_nothing(given: AnswersByAssignment) -> Iterator[Mark]:
    """All is empty, in a phase where that can mean that nothing was found; or nothing was found at once."""
    seen = "all fields are blank" + given.after + ": nothing found?"
    yield Mark(given.is_silent & ~given.hurried, "doubtful", "All fields were left empty.", seen)
    yield Mark(
        given.hurried & (given.counts["valid"] == 0),
        "doubtful",
        "Nothing was found, after a very short time.",
        "nothing found" + given.after,
    )


def _keys_held_down(given: AnswersByAssignment) -> Iterator[Mark]:
    """A text that is one letter again and again."""
    valid = given.answers[given.answers["state"] == "valid"]
    held = valid[valid["value"].str.match(_HELD_DOWN)]
    if len(held):
        where = pd.Series(given.pace.index.isin(held["assignment_id"]), index=given.pace.index)
        fields = held.drop_duplicates(["assignment_id", "field"]).groupby("assignment_id")["field"].agg(", ".join)
        seen = "one letter again and again in " + fields.astype("str")
        yield Mark(where, "doubtful", "One letter again and again is no answer: " + fields.astype("str") + ".", seen)


def _suspicious(given: AnswersByAssignment) -> Iterator[Mark]:
    """Every value is well formed and unlikely to be real."""
    valid = given.answers[given.answers["state"] == "valid"]
    every = given.all_of(valid, valid["suspicious"].to_numpy())
    if every.any():
        why = _notes(valid[valid["assignment_id"].isin(_ids(every))])
        yield Mark(every, "doubtful", "None of the answers given seems to be real: " + why + ".", why)


def _same_everywhere(given: AnswersByAssignment) -> Iterator[Mark]:
    """Nothing but links and addresses that the same worker gave for many other items."""
    personal = [name for name, spec in given.phase.fields.items() if is_personal(spec)]
    valid = given.answers[given.answers["state"] == "valid"]
    rows = valid[valid["field"].isin(personal)]
    if rows.empty:
        return
    # What is said once for a whole HIT, or in each slot of one, is said once.
    unit = "hit_id" if given.phase.has_slots else "item_id"
    items = rows.groupby(["worker", "field", "value"], sort=False)[unit].transform("nunique")
    often = pd.Series(False, index=valid.index)
    often.loc[rows.index] = items >= _MANY_ITEMS
    reason = f"Only answers that were also given for at least {_MANY_ITEMS - 1} other questions."
    seen = f"only values that the same worker gave for {_MANY_ITEMS} or more items"
    yield Mark(given.all_of(valid, often), "doubtful", reason, seen)


RULES: tuple[Callable[[AnswersByAssignment], Iterator[Mark]], ...] = (
    _required_blank,
    _all_invalid,
    _says_nothing,
    _keys_held_down,
    _suspicious,
    _same_everywhere,
)


def _in_slots(fields: list[str], phase: PhaseSpec) -> list[str]:
    """Those of `fields` that each slot asks; the others are asked once for the whole HIT."""
    return [name for name in fields if any(SLOT in column for column in phase.columns_of(name))]


def _ids(mask: pd.Series) -> pd.Index:
    return mask.index[mask.to_numpy(dtype=bool)]


def _notes(answers: pd.DataFrame) -> pd.Series:
    """Per assignment, what is wrong with which field: 'email: no "@" in it; website: no host name'."""
    rows = answers[["assignment_id"]].copy()
    lines = answers["field"] + ": " + answers["note"].mask(answers["note"] == "", "not of the kind asked for")
    # One text in several fields is told once, by their names.
    rows["line"] = lines.str.replace(rf"^.*(?={_PASTED})", "", regex=True)
    rows = rows.drop_duplicates()
    rows = rows[rows.groupby("assignment_id", sort=False).cumcount() < _NOTES_TOLD]
    return rows.groupby("assignment_id")["line"].agg("; ".join).astype("str")
