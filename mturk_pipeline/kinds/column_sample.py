"""Sample of an answer column without a kind: what the kinds look at to claim it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mturk_pipeline.kinds.label_lists import SEPARATOR, parts_of
from mturk_pipeline.texts.plain_text import words

_DIGITS = re.compile(r"\d+(-\d+)*")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)([.,]\d+)?(e[+-]?\d{1,2})?\s*%?")
# Digits under such a name are no quantity: nobody adds them up, and a leading 0 belongs to them.
_CODE_WORDS = words("zip zipcode postcode postal plz code id ids isbn issn ext extension room ssn pin sku")
REMARK_WORDS = frozenset({"feedback", "comment", "comments", "remark", "remarks", "suggestion", "suggestions"})
_RATING_WORDS = words(
    "rating ratings rate rated score scores scale slider likert star stars level agree agreement confidence confident "
    "intensity strength quality importance similarity valence arousal difficulty likelihood satisfaction"
)
# What is counted or looked up has one right number, however rarely people agree on it.
_COUNT_WORDS = words(
    "member members price prices cost year years count counts number amount total population employees age size sqft "
    "people staff students seats rooms pages distance weight salary revenue"
)
_CLOSE = 0.5  # spread of the answers to one item over that of all answers
_MOST_LEVELS = 11
_MEETING = 0.8  # of pairs of answers to one item: counts that can be looked up, not ratings
_EXACT = 0.3  # of pairs of texts about one item that are the same: there is a right one
_SEVERAL = 0.05  # of the cells hold several labels
_USUAL_SCALES = ((0.0, 1.0), (0.0, 10.0), (0.0, 100.0), (-1.0, 1.0), (-10.0, 10.0), (-100.0, 100.0))
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

    @cached_property
    def separates(self) -> str:
        """What stands between several labels in a cell: "|" for boxes and lists, else between words that come back.

        '' where each cell is one label.
        """
        if self.is_numeric(0.9):
            return ""
        split = {value: parts_of(value) for value in self.counts}
        several = {value: mark for value, (labels, mark) in split.items() if len(labels) > 1}
        number = sum(self.counts[value] for value in several)
        if not several or number < _SEVERAL * sum(self.counts.values()):
            return ""
        labels: Counter[str] = Counter()
        for value, (found, _) in split.items():
            labels.update(dict.fromkeys(found, self.counts[value]))
        longest = max(map(len, labels))
        if SEPARATOR in several.values():
            return SEPARATOR if longest <= 80 else ""
        # "Yes, always" is one answer: the words of a list come back beside others.
        cells = Counter(label for found, _ in split.values() for label in set(found))
        combined = sum(n > 1 for n in cells.values()) >= len(cells) / 2
        come_back = combined and 3 * len(labels) <= labels.total() and longest <= 40
        return Counter(several.values()).most_common(1)[0][0] if come_back else ""

    @cached_property
    def meeting(self) -> float | None:
        """Share of pairs of answers about one item that are the same; None where no item has two answers."""
        same = pairs = 0
        for answers in self._by_item:
            counts = Counter(answers)
            n = len(answers)
            pairs += n * (n - 1) // 2
            same += sum(k * (k - 1) // 2 for k in counts.values())
        return same / pairs if pairs else None

    @property
    def _by_item(self) -> list[list[str]]:
        of_item: dict[object, list[str]] = {}
        if self.asked is not None:
            for cell, item in zip(self.cells, self.asked, strict=True):
                if cell in self.counts:
                    of_item.setdefault(item, []).append(cell.casefold().rstrip(" .!"))
        return [answers for answers in of_item.values() if len(answers) > 1]

    def _lie_close(self, values: Sequence[float]) -> bool:
        """Whether numbers given for one item lie much closer together than those of all items (`values`)."""
        within = [sorted(map(float, filter(_PLAIN_NUMBER.fullmatch, answers))) for answers in self._by_item]
        ranges = sorted(numbers[-1] - numbers[0] for numbers in within if len(numbers) > 1)
        return bool(ranges) and ranges[len(ranges) // 2] <= _CLOSE * (values[-1] - values[0])

    @property
    def is_exact(self) -> bool:
        """Whether texts look as if one of them were right: those about one item meet, or they look like codes."""
        if self.is_code or self.is_called_code:
            return True
        if self.meeting is not None:
            return self.meeting >= _EXACT
        return bool(self.counts) and max(len(value.split()) for value in self.counts) <= 2

    @cached_property
    def scale_seen(self) -> dict[str, object] | None:
        """The settings of a rating, where the answers are ratings; None where they are not."""
        if not self.is_numeric(0.95) or self.is_code or self.is_called_code or self.is_remark:
            return None
        if _COUNT_WORDS & self.words and not _RATING_WORDS & self.words:
            return None
        values = sorted({float(v) for v in self.counts if _PLAIN_NUMBER.fullmatch(v)})
        if len(values) < 3 or len(values) < 0.9 * len(self.counts):
            return None
        low, high = values[0], values[-1]
        whole = all(v.is_integer() for v in values)
        called = bool(_RATING_WORDS & self.words)
        meeting = 0.0 if self.meeting is None else self.meeting
        if whole and high - low < _MOST_LEVELS and low >= -10 and (called or meeting < _MEETING):
            few = sum(self.counts.values()) >= 2 * len(values)
            return {"levels": [f"{n}" for n in range(int(low), int(high) + 1)]} if called or few else None
        if not called and (self.meeting is None or self.meeting >= _EXACT or not self._lie_close(values)):
            return None
        if low > 0 and high > 100 * low and not called:
            return {"scale": "ratio"}
        usual = [ends for ends in _USUAL_SCALES if ends[0] <= low and high <= ends[1]]
        ends = usual[0] if usual else (low, high)
        return {"scale": [_whole(end) for end in ends]}


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number
