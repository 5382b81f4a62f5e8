"""What must hold after many rounds of review, in plain Python: one item, one word after the other.

It knows the rules that people are told (docs and `read_versions`), and none of the merging's code or tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

NONE = "none"
STATUS = {"accept": "accepted", "fix": "fixed", "redo": "redo", "reject": "rejected", "drop": "dropped"}
LOOK = {
    "": "",
    "changed": "answers came in after it was decided, and say something else",
    "lapsed": "sent back to the crowd, and answered since",
    "disputed": "people disagree: see the sheet problems",
}


@dataclass(frozen=True)
class Word:
    """A row of a file: what one person says of one item. `decision` is None for a word that means nothing."""

    item: int
    by_id: bool
    export: int | None  # number of the workbook that the row names
    decision: str | None
    raw: str  # the decision as it was written
    comment: str
    cells: Mapping[str, str]

    def told(self, fields: tuple[str, ...]) -> tuple[object, ...]:
        return self.export, self.raw, self.comment, tuple((f, self.cells.get(f)) for f in fields)


class Facts(NamedTuple):
    """What a workbook's row rested on: how many HITs, how many answers, the guesses."""

    hits: int
    answers: int
    guesses: tuple[str, ...]


@dataclass
class Now:
    """An item as the crowd's answers have it now."""

    texts: dict[str, str]
    facts: Facts
    passes: bool


class Verdict(NamedTuple):
    name: str
    decision: str
    edited: bool
    wrote: bool  # edited, or what no workbook showed and the crowd says by now
    kept: dict[str, str]  # values of fields that hold, whatever the crowd says
    holds: dict[str, str]  # what the row holds of each field, as far as it is known
    since: int
    base: int | None
    present: bool
    changed: bool


class Expected(NamedTuple):
    """Where an item must stand; `values` is None where they do not matter. `touched`: somebody said something."""

    statuses: set[str]
    values: dict[str, str] | None
    looks: set[str]
    touched: bool


@dataclass
class Oracle:
    """Everything that ever went out and came back."""

    number: int = 0
    # Per file: number and rows (by name of row) of each of its states.
    states: dict[str, list[tuple[int, dict[str, Word]]]] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    shown: dict[int, dict[int, dict[str, str]]] = field(default_factory=dict)
    facts: dict[int, dict[int, Facts]] = field(default_factory=dict)
    ever: dict[tuple[int, str], dict[str, None]] = field(default_factory=dict)

    def saved(self, name: str, rows: dict[str, Word]) -> None:
        """A new state of a file was seen."""
        self.number += 1
        self.states.setdefault(name, []).append((self.number, rows))

    def exported(self, texts: dict[int, dict[str, str]], now: dict[int, Now]) -> int:
        """A workbook went out that shows these texts; returns its number."""
        self.number += 1
        self.shown[self.number] = texts
        self.facts[self.number] = {i: item.facts for i, item in now.items()}
        for item, cells in texts.items():
            for name, text in cells.items():
                if text and text == now[item].texts[name]:
                    told = self.ever.setdefault((item, name), {})
                    told.pop(text, None)
                    told[text] = None
        return self.number

    def expected(self, now: dict[int, Now], fields: tuple[str, ...]) -> dict[int, Expected]:
        """Where each item that is there must stand."""
        verdicts: dict[int, list[Verdict]] = {item: [] for item in now}
        for name, states in self.states.items():
            rows: dict[str, tuple[Word, int]] = {}
            for number, state in states:
                for row, word in state.items():
                    before = rows.get(row)
                    same = before is not None and before[0].told(fields) == word.told(fields)
                    rows[row] = (word, before[1] if before is not None and same else number)
            for word, since in rows.values():
                if word.item in now:
                    verdict = self._verdict(word, since, name, now[word.item], fields)
                    verdicts[word.item] += [verdict] if verdict else []
        return {item: _stands(verdicts[item], now[item]) for item in now}

    def comments(self, item: int) -> set[str]:
        """What people wrote beside an item, in rows that still say something."""
        found = set()
        for states in self.states.values():
            rows = {name: word for _, state in states for name, word in state.items()}
            told = [w.comment for w in rows.values() if w.item == item and w.decision is not None]
            found |= {part for comment in told for part in comment.split(" | ") if part}
        return found

    def _verdict(self, word: Word, since: int, name: str, now: Now, fields: tuple[str, ...]) -> Verdict | None:
        if word.decision is None:
            return None
        seen = word.export or max((n for n in self.shown if n < since), default=0)
        then = self.facts.get(seen, {}).get(word.item)
        sent_back = word.decision in ("redo", "reject")
        base, here = word.export, name in self.present
        if sent_back and then is not None and now.facts.hits > then.hits:
            return Verdict(name, "lapsed", False, False, {}, {}, since, base, here, False)
        kept, holds, edited, wrote = {}, {}, False, False
        for each in fields:
            cell = word.cells.get(each, "")
            told = self.ever.get((word.item, each), {})
            before, was_shown = next(reversed(told), ""), cell in told
            if base is not None:
                before = self.shown[base][word.item].get(each, "")
                was_shown = cell == before
            if cell == "":
                clears = each in word.cells and word.decision == "fix" and word.by_id and before not in ("", NONE)
                if clears:
                    kept[each], holds[each], edited, wrote = NONE, NONE, True, True
                elif base is not None and each in word.cells:
                    holds[each] = before
            else:
                kept[each] = holds[each] = cell
                wrote |= not was_shown
                edited |= not was_shown and (base is not None or cell != now.texts[each])
        if word.decision in ("", "fix") and not wrote:
            return None
        changed = then is not None and then.answers != now.facts.answers and then.guesses != now.facts.guesses
        changed = changed and word.decision not in ("drop", "undo")
        return Verdict(name, word.decision, edited, wrote, kept, holds, since, base, here, changed)


def _stands(verdicts: list[Verdict], now: Now) -> Expected:
    """What the verdicts on one item come to."""
    automatic = {"accepted_automatically"} if now.passes else {"undecided"}
    nothing = Expected(automatic, now.texts, {""}, bool(verdicts))
    newest_base = max((v.base for v in verdicts if v.base is not None), default=0)
    here = max((v.since for v in verdicts if v.present), default=0)
    gone = max((v.since for v in verdicts if not v.present), default=0)
    standing = [v for v in verdicts if v.since >= newest_base and (v.present or v.since >= max(here, gone))]
    lapsed = max((v.since for v in standing if v.decision == "lapsed"), default=0)
    some_lapsed = any(v.decision == "lapsed" for v in standing)
    standing = [v for v in standing if v.decision != "lapsed" and v.since >= lapsed]
    if not standing:
        return Expected({"undecided"}, now.texts, {LOOK["lapsed"]}, True) if some_lapsed else nothing
    good = [v for v in standing if v.decision in ("", "accept", "fix")]
    kinds = {"good" if v in good else v.decision for v in standing}
    values = {each: {v.holds[each] for v in good if each in v.holds} for v in good for each in v.holds}
    if len(kinds) > 1 or any(len(told) > 1 for told in values.values()):
        return Expected({"undecided"}, now.texts, {LOOK["disputed"]}, True)
    if standing[0].decision == "undo":
        return nothing
    looks = {LOOK["changed"] if v.changed else "" for v in standing}
    if good:
        # A row of one's own that says what the crowd says by now is no decision.
        decided = [v for v in good if v.decision or v.edited]
        if not decided:
            return nothing
        statuses = {"fixed" if v.edited or v.decision in ("", "fix") else "accepted" for v in decided}
        final = {**now.texts, **{each: cell for v in good for each, cell in v.kept.items()}}
        return Expected(statuses, final, looks, True)
    return Expected({STATUS[standing[0].decision]}, None, looks, True)
