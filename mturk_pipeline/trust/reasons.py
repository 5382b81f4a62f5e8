"""Reasons for a trust, in the words of a reviewer's note, naming no worker."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.answers.other_sites import ELSEWHERE
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.kinds.edit_distance import is_close
from mturk_pipeline.texts.plain_text import clean, squeeze
from mturk_pipeline.trust.answer_codes import BLANK, INVALID, NEAR_MISS, NONE, NONE_IN_WORDS, VALID, Bools, Ints, Texts
from mturk_pipeline.trust.choosing import Chosen, of_chosen, outcomes
from mturk_pipeline.trust.distinct_rows import texts_of_cases
from mturk_pipeline.trust.footer_values import FOOTER_ITEMS
from mturk_pipeline.trust.models.base import Scores
from mturk_pipeline.trust.models.row_groups import largest, sums
from mturk_pipeline.trust.questions import Asked, of_field
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.trust.worker_standing import reliability
from mturk_pipeline.vocabulary import answer_states

# Work shorter than this share of the phase's median is mentioned.
SHORT_WORK = 1 / 3
FEWEST_ANSWERS = 5  # from which a share of right answers is shown
_SHOWN, _MOST_SHOWN = 60, 3  # characters of a near miss, and how many of them are shown


@dataclass(frozen=True)
class Facts:
    """Data that reasons are made of."""

    ballots: Ballots
    asked: Asked
    scores: Scores
    chosen: Chosen
    suspicious: Bools  # (C) of the chosen candidate
    footer: Bools  # (K)


def reasons_of(facts: Facts, answers: pd.DataFrame) -> pd.Series:
    """Reasons of each cell in one line; `answers` (contract Answers) show invalid answers and the speed of the work."""
    cases = _cases(facts).assign(**_from_answers(facts, answers))
    return pd.Series(texts_of_cases(cases, lambda case: reason(**case)), dtype="str")


def reason_frame(ballots: Ballots, asked: Asked, scores: Scores, chosen: Chosen) -> pd.Series:
    """One line for each cell of ballots that come from a plain frame."""
    nothing = np.zeros(len(ballots.candidates.cell), dtype=bool)
    facts = Facts(ballots, asked, scores, chosen, np.zeros(len(chosen.best), dtype=bool), nothing)
    return pd.Series(texts_of_cases(_cases(facts), lambda case: reason(**case)), dtype="str")


def reason(
    *,
    outcome: str,
    workers: int,
    votes: int,
    valid: int,
    blank: int,
    none_declared: int,
    invalid: int,
    absent: int = 0,
    supporters: int = -1,
    rivals: int = -1,
    others_most: int = 1,
    copied: bool = False,
    suspicious: bool = False,
    footer_items: int = 0,
    required: bool = False,
    is_record: bool = False,
    notes: str = "",
    spread: str = "",
    fast: int = 0,
    anonymous: int = 0,
    in_words: int = 0,
    nearly: int = 0,
    near_same: str = "",
    near_other: str = "",
) -> str:
    """One line for one cell; all numbers count workers, but `footer_items` items (0: no footer).

    Where `anonymous` answers are of people who did not log in, they count answers, and the line mentions it.

    `supporters` and `rivals` are the mean reliability, in per cent, of those who gave the value and of those who
    gave another (-1: unknown); `others_most` workers gave one and the same other value; `notes` says what was noted
    of answers, `spread` how numbers lie, `fast` how many answers were given in a hurry. Of the `invalid`, `in_words`
    say that there is none and `nearly` are near misses; `near_same` and `near_other` show those that almost are the
    value, and the others.

    >>> reason(outcome="value", workers=3, votes=2, valid=2, blank=1, none_declared=0, invalid=0)
    '2 of 3 workers agree; 1 left it blank'
    >>> reason(
    ...     outcome="value", workers=3, votes=1, valid=3, blank=0, none_declared=0, invalid=0, supporters=95, rivals=40
    ... )
    'only 1 of 3 workers gave this value, but reliable at 95 %; 2 gave another value (reliable at 40 %)'
    >>> reason(outcome="none", workers=3, votes=2, valid=1, blank=1, none_declared=1, invalid=0)
    'no value: 1 said that there is none; 1 left it blank; 1 gave a value that is hardly right'
    >>> mangled = {"invalid": 2, "nearly": 2, "near_other": '"a@x,edu"'}
    >>> reason(outcome="none", workers=3, votes=0, valid=0, blank=1, none_declared=0, **mangled)
    'no value: 1 left it blank; 2 wrote what looks like a value: "a@x,edu"'
    """
    parts = []
    noun = "answer" if anonymous else "worker"
    if is_record:
        listed = f"{workers} of {workers + absent} {noun}s listed it" if absent else f"all {workers} {noun}s listed it"
        parts.append(f"the only {noun} listed it" if workers + absent == 1 else listed)
    if outcome == "value":
        parts += _for_a_value(workers, votes, valid, supporters, rivals, others_most, noun)
    if anonymous:
        parts.append(f"{anonymous} anonymous answers, perhaps of one person" if anonymous > 1 else "1 anonymous answer")
    junk = invalid - in_words - nearly
    others = [
        (none_declared, "said that there is none"),
        (in_words, "said in other words that there is none"),
        (blank, "left it blank" + (" although it is required" if required else "")),
        (junk, f"gave nothing valid{f' ({notes})' if notes and junk else ''}"),
        (nearly, _nearly(near_same, near_other)),
    ]
    rest = [f"{number} {what}" for number, what in others if number]
    if outcome != "value" and valid:
        rest.append(f"{valid} gave {'a value that is' if valid == 1 else 'values that are'} hardly right")
    if outcome != "value" and rest:
        rest[0] = ("no value: " if outcome == "none" else "nothing usable: ") + rest[0]
    parts += rest
    parts += [said for said in ("" if junk else notes, spread) if said]
    if copied:
        parts.append("workers who gave it may have copied from each other")
    if fast:
        parts.append(f"{fast} answered in less than a third of the usual time")
    if suspicious:
        parts.append("the value looks unlikely to be real")
    if footer_items >= FOOTER_ITEMS:
        parts.append(f"the same value stands for {footer_items} items: a footer or head office?")
    return "; ".join(parts)


def _nearly(same: str, other: str) -> str:
    """What near misses are; their texts stand beside the value, and are never merged into it."""
    shown = [
        f"{what}: {texts}" for what, texts in (("nearly the same", same), ("what looks like a value", other)) if texts
    ]
    return f"wrote {' and '.join(shown)}" if shown else "wrote what looks like a value but cannot be read"


def _for_a_value(
    workers: int, votes: int, valid: int, supporters: int, rivals: int, others_most: int, noun: str
) -> list[str]:
    known = f"reliable at {supporters} %" if supporters >= 0 else ""
    if workers == 1 or (valid == 1 and votes == 1):
        votes_in_words = f"only 1 {noun} {'answered' * (noun == 'worker')}".rstrip() if workers == 1 else ""
        votes_in_words = votes_in_words or f"only 1 of {workers} {noun}s gave a value"
        return [f"{votes_in_words} ({known})" if known else votes_in_words]
    others = valid - votes
    same = ", the same one" if others_most > 1 and others_most == others else ""
    against = f"{others} gave another value{same}{f' (reliable at {rivals} %)' if rivals >= 0 else ''}"
    if votes == 1:
        if (known and supporters > rivals) or others_most > 1:
            return [f"only 1 of {workers} {noun}s gave this value{f', but {known}' if known else ''}", against]
        votes_in_words = f"{valid} of {workers} {noun}s gave a value, no two the same"
        return [f"{votes_in_words} ({known})" if known else votes_in_words]
    votes_in_words = f"all {workers} {noun}s agree" if votes == workers else f"{votes} of {workers} {noun}s agree"
    return [f"{votes_in_words} ({known})" if known and others else votes_in_words, *([against] if others else [])]


def _cases(facts: Facts) -> pd.DataFrame:
    """The numbers of each cell that `reason` words."""
    cells, best = facts.ballots.cells, facts.chosen.best
    supporters, rivals = _reliabilities(facts)
    specs = facts.asked.fields.values()
    return pd.DataFrame(
        {
            "outcome": outcomes(facts.ballots, facts.scores, facts.chosen),
            "workers": cells.workers,
            "votes": facts.chosen.votes,
            "valid": cells.counts[:, VALID],
            "blank": cells.counts[:, BLANK],
            "none_declared": cells.counts[:, NONE],
            "invalid": cells.counts[:, INVALID],
            "in_words": cells.unreadable[:, NONE_IN_WORDS],
            "nearly": cells.unreadable[:, NEAR_MISS],
            "absent": cells.absent,
            "supporters": supporters,
            "rivals": rivals,
            "others_most": _most_of_others(facts),
            "copied": of_chosen(_copied(facts), best),
            "suspicious": facts.suspicious,
            "footer_items": of_chosen(np.where(facts.footer, facts.ballots.candidates.items, 0), best),
            "required": of_field([s.required for s in specs], cells.field),
            "is_record": cells.element != "",
            "anonymous": _anonymous(facts.ballots),
        }
    )


def _anonymous(ballots: Ballots) -> np.ndarray:
    """(C) votes of people who did not log in."""
    votes = ballots.votes
    return np.bincount(votes.cell[ballots.unknown[votes.worker]], minlength=len(ballots.cells.field))


def _reliabilities(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    """Mean reliability (per cent, in steps of 5) of each cell's supporters and of their rivals; -1 where unknown.

    Only where somebody disagrees, or nobody agrees (elsewhere it tells a reviewer nothing), and only of workers who
    gave enough answers to be judged.
    """
    votes, best = facts.ballots, facts.chosen.best
    worker = votes.votes.worker[votes.support_vote]
    cell = votes.candidates.cell[votes.support_candidate]
    share = reliability(facts.scores)
    is_shown = (votes.cells.counts[:, VALID] > facts.chosen.votes) | (facts.chosen.votes == 1)
    is_judged = (facts.scores.given >= FEWEST_ANSWERS) & ~votes.unknown
    judged = is_judged[worker] & is_shown[cell] & (best[cell] >= 0)
    with_it = best[cell] == votes.support_candidate

    def mean(among: Bools) -> np.ndarray:
        count = np.bincount(cell[among], minlength=len(best))
        total = sums(cell[among], share[worker[among]], len(best)) / np.maximum(count, 1)
        return np.where(count > 0, (np.round(total * 20) * 5).astype(np.int64), -1)

    return mean(with_it & judged), mean(~with_it & judged)


def _most_of_others(facts: Facts) -> np.ndarray:
    """(C) workers behind the most supported value that is not the outcome."""
    candidates, best = facts.ballots.candidates, facts.chosen.best
    other = np.where(best[candidates.cell] != np.arange(len(candidates.cell)), candidates.votes, 0)
    return largest(facts.ballots.cells.start, other.astype(float), 0.0).astype(np.int64)


def _copied(facts: Facts) -> Bools:
    """(K) whether some supporter of the candidate may have copied it."""
    copied = facts.scores.copied
    return np.zeros(len(facts.ballots.candidates.cell), dtype=bool) if copied is None else copied


def _from_answers(facts: Facts, answers: pd.DataFrame) -> dict[str, Any]:
    """Notes on each cell's answers, and how many were given in a hurry."""
    keys = _keys(facts.ballots, facts.asked)
    evidence = answers["evidence"] if "evidence" in answers else pd.Series("", index=answers.index)
    said_otherwise = evidence.isin([answer_states.NEAR_MISS, answer_states.NONE_IN_WORDS])
    noted = ((answers["state"] == "invalid") & ~said_otherwise) | (answers["note"] == ELSEWHERE)
    noted_rows = answers[(answers["note"] != "") & noted]
    notes = noted_rows.groupby(_COLUMNS)["note"].min().reindex(keys).fillna("")
    spread = _spreads(answers, facts.asked).reindex(keys).fillna("")
    same, other = _near_misses(facts, answers[evidence == answer_states.NEAR_MISS], keys)
    return {
        "notes": notes.to_numpy(),
        "spread": spread.to_numpy(),
        "fast": given_in_a_hurry(facts.ballots, facts.asked, answers),
        "near_same": same,
        "near_other": other,
    }


def given_in_a_hurry(ballots: Ballots, asked: Asked, answers: pd.DataFrame) -> Ints:
    """(C) workers who gave a value in less than a third of the usual time (`answers`: contract Answers)."""
    times = answers["work_seconds"]
    median = answers.drop_duplicates("assignment_id")["work_seconds"].median()
    hurried = answers[(times < SHORT_WORK * median) & (answers["state"] == "valid")]
    fast = hurried.drop_duplicates([*_COLUMNS, "worker"]).groupby(_COLUMNS).size()
    return np.asarray(fast.reindex(_keys(ballots, asked)).fillna(0), dtype=np.int64)


_COLUMNS = ["item_id", "element", "field"]


def _keys(ballots: Ballots, asked: Asked) -> pd.MultiIndex:
    """(C) item, element and field of each cell."""
    cells, names = ballots.cells, np.array(list(asked.fields), dtype=object)
    return pd.MultiIndex.from_arrays([cells.item_id, cells.element, names[cells.field]], names=_COLUMNS)


def _near_misses(facts: Facts, rows: pd.DataFrame, keys: pd.MultiIndex) -> tuple[Texts, Texts]:
    """(C) the texts of near misses that almost are their cell's value, and of all others; '' without any."""
    same, other = (np.full(len(keys), "", dtype=object) for _ in range(2))
    values = np.append(facts.ballots.candidates.value, np.array([""], dtype=object))[facts.chosen.best]
    place = keys.get_indexer(pd.MultiIndex.from_frame(rows[["item_id", "element", "field"]]))
    found: dict[tuple[int, bool], set[str]] = {}
    for at, raw in zip(place.tolist(), rows["raw"].fillna("").tolist(), strict=True):
        if at >= 0:
            text = clean(str(raw)[:_SHOWN])
            found.setdefault((at, is_nearly(text, str(values[at]))), set()).add(text)
    for (at, near), texts in found.items():
        shown = sorted(texts)
        more = f" and {len(shown) - _MOST_SHOWN} more" if len(shown) > _MOST_SHOWN else ""
        (same if near else other)[at] = ", ".join(f'"{text}"' for text in shown[:_MOST_SHOWN]) + more
    return same, other


def is_nearly(text: str, value: str) -> bool:
    """Whether a text is a value but for two slips, not counting punctuation.

    >>> is_nearly("dean@uni,edu", "dean@uni.edu"), is_nearly("(212) 555-010", "+12125550101")
    (True, True)
    """
    plain, wanted = (squeeze(t).removeprefix("https").removeprefix("http").removeprefix("www") for t in (text, value))
    return len(wanted) > 5 and is_close(plain, wanted, 2)


def _spreads(answers: pd.DataFrame, asked: Asked) -> pd.Series:
    """For each item, element and field of kind number with several different answers: median and quartiles, in words.

    Median and quartiles do not care about one absurd answer (Hampel, JASA 69 (1974)).
    """
    names = [name for name, spec in asked.fields.items() if KINDS[spec.kind].is_quantity]
    numbers = answers[answers["field"].isin(names) & (answers["state"] == "valid")]
    keys = ["item_id", "element", "field"]
    number = pd.to_numeric(numbers["value"], errors="coerce")
    numbers = numbers[keys].assign(number=number).dropna()
    grouped = numbers.groupby(keys)["number"]
    table = pd.DataFrame({"n": grouped.nunique(), "middle": grouped.median()})
    table["low"], table["high"] = grouped.quantile(0.25), grouped.quantile(0.75)
    table = table[table["n"] > 1]
    words = [
        f"the middle answer is {m:g}, half lie from {a:g} to {b:g}"
        for m, a, b in zip(table["middle"], table["low"], table["high"], strict=True)
    ]
    return pd.Series(np.array(words, dtype=object), index=table.index)
