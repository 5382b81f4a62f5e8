"""Sample of an answer column without a kind: what the kinds look at to claim it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mturk_pipeline.texts.plain_text import words

_DIGITS = re.compile(r"\d+(-\d+)*")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)([.,]\d+)?(e[+-]?\d{1,2})?\s*%?")
# Digits under such a name are no quantity: nobody adds them up, and a leading 0 belongs to them.
_CODE_WORDS = words("zip zipcode postcode postal plz code id ids isbn issn ext extension room ssn pin sku")
REMARK_WORDS = frozenset({"feedback", "comment", "comments", "remark", "remarks", "suggestion", "suggestions"})
_COMING_BACK = 0.6  # of the answers of a choice are labels of several items
_USUAL = 3  # answers to each label, where there is one item only
_MOSTLY, _LED_BY_ZERO = 0.9, 0.05


@dataclass(frozen=True)
class ColumnSample:
    """A column of answers."""

    words: frozenset[str]  # Of the column's name, lower case
    counts: Mapping[str, int]  # Each answer with content, as its kind will read it, and how often it was given
    cells: Sequence[str]  # All answers, also those that say nothing, with repetitions
    items: int  # How many items were asked about: a column with few values over many items is a choice
    # For each of `cells` what was asked, such as its item: labels of a choice come back on other items, short open
    # answers do not. None where only their number counts.
    asked: Sequence[object] | None
    separator: str  # Between several labels in one cell

    def is_mostly(self, pattern: re.Pattern[str], share: float) -> bool:
        """Whether at least `share` of the answers have the form."""
        total = sum(self.counts.values())
        fitting = sum(n for v, n in self.counts.items() if pattern.fullmatch(v.strip("<>.,;()\"'")))
        return bool(total) and fitting >= share * total

    @property
    def is_remark(self) -> bool:
        """Whether the column asks for comments on the task, not about the item."""
        return bool(REMARK_WORDS & self.words)

    @property
    def is_called_code(self) -> bool:
        """Whether the column is called as codes are."""
        return bool(_CODE_WORDS & self.words)

    @cached_property
    def is_code(self) -> bool:
        """Whether the answers are digits with leading zeros, which a number would lose.

        One such answer is enough where all have the same length (02107, 90210); else it takes some.
        """
        digits = {v: n for v, n in self.counts.items() if _DIGITS.fullmatch(v)}
        total = sum(digits.values())
        if not total or total < _MOSTLY * sum(self.counts.values()):
            return False
        led = sum(n for v, n in digits.items() if len(v) > 1 and v[0] == "0")
        return led > 0 and (len({len(v) for v in digits}) == 1 or led >= _LED_BY_ZERO * total)

    def is_numeric(self, share: float) -> bool:
        """Whether at least `share` of the answers are numbers."""
        return self.is_mostly(_NUMBER, share)

    @property
    def is_short(self) -> bool:
        """Whether most answers are a few words, or there are none."""
        total = sum(self.counts.values())
        return not total or sum(n for v, n in self.counts.items() if len(v) <= 80) >= 0.8 * total

    @cached_property
    def has_labels(self) -> bool:
        """Whether a few short answers come back again and again, on several items."""
        labels: Counter[str] = Counter()
        for value, number in self.counts.items():
            labels.update(dict.fromkeys(value.split(self.separator), number))
        if not labels or len(labels) > 20 or labels.total() < max(3, 2 * len(labels)):
            return False
        longest = max(len(v) for v in labels)
        short = longest <= 20 or (longest <= 60 and len(labels) <= max(2, self.items // 3))
        return short and (self.asked is None or self._come_back(self.asked))

    def _come_back(self, asked: Sequence[object]) -> bool:
        """Whether most answers are labels that were given to several items.

        Where all were asked about one item that cannot be seen: then at least two labels have to be usual.
        """
        where: dict[str, set[object]] = {}
        for cell, item in zip(self.cells, asked, strict=True):
            if cell in self.counts:
                for label in cell.split(self.separator):
                    where.setdefault(label, set()).add(item)
        total = sum(self.counts.values())
        if len(set(asked)) < 2:
            return len(where) > 1 and total >= _USUAL * len(where)
        several = sum(n for v, n in self.counts.items() if any(len(where[x]) > 1 for x in v.split(self.separator)))
        return several >= _COMING_BACK * total
