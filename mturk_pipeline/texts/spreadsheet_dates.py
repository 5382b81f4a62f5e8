"""Dates that a spreadsheet makes of ranges: `5-Jan` of 1-5, `Nov-50` of 11-50, `05. Mrz` of 5-3.

The date alone does not show which range it was: a spreadsheet in the United States reads 1-5 as January 5, one
in Germany as 1 May. So a date stands for every range that some spreadsheet would have made it of.
"""

import re
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from mturk_pipeline.texts.plain_text import clean, plain_dashes, without_accents, words

# Twelve months a line, as spreadsheets of one or several languages shorten them; without accents.
_SHORT = """
jan feb mar apr may jun jul aug sep oct nov dec
jan feb mrz apr mai jun jul aug sep okt nov dez
janv fevr mars avr mai juin juil aout sept oct nov dec
ene feb mar abr may jun jul ago sep oct nov dic
gen feb mar apr mag giu lug ago set ott nov dic
jan fev mar abr mai jun jul ago set out nov dez
jan feb mrt apr mei jun jul aug sep okt nov dec
jan febr marc apr maj jun jul aug szept okt nov des
sty lut mar kwi maj cze lip sie wrz paz lis gru
oca sub mar nis may haz tem agu eyl eki kas ara
tammi helmi maalis huhti touko kesa heina elo syys loka marras joulu
ian feb mar apr mai iun iul aug sept oct nov dec
янв фев мар апр май июн июл авг сен окт ноя дек
"""
_LONG = """
january february march april may june july august september october november december
januar februar marz april mai juni juli august september oktober november dezember
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart april mei juni juli augustus september oktober november december
januari februari marts april maj juni juli augusti september oktober november desember
jan feb mar apr may jun jul aug sept oct nov dec
"""
_ENGLISH = frozenset(_SHORT.splitlines()[1].split())
# Months of one language that are words of another: "10 set" is no date, "10-set" is one.
_WORDS_TOO = words("set ago out sub gen mag lip elo ara tem sie marc")
_TIME = r"(?:[t ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?: ?[ap]m)?(?:z|[+-]\d\d:?\d\d)?)?"
_NAME = r"([^\W\d_]{3,11})"
_NUMBER = r"(\d{1,4})(st|nd|rd|th)?"
_DAY_MONTH = re.compile(rf"{_NUMBER}(\. ?| ?[-/] ?| ){_NAME}\.?(?:[-/., ]{{1,2}}(\d{{4}}|\d\d))?{_TIME}")
_MONTH_DAY = re.compile(rf"{_NAME}(\.? ?[-/] ?|\. ?| ){_NUMBER}(?:[-/, ]{{1,2}}(\d{{4}}))?{_TIME}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d\d){_TIME}")
_RANGE = re.compile(r"[^\d.,-]{0,12}(\d{1,2}) ?[-/.] ?(\d{1,2}|\d{4})(?: ?[^\W\d_][^\d]*)?")
_LONGEST = 40
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _months() -> tuple[dict[str, int], frozenset[str]]:
    """Names of months with their numbers, and which of them are shortened ones."""
    short = [line.split() for line in _SHORT.strip().splitlines()]
    long = [line.split() for line in _LONG.strip().splitlines()]
    numbers = {name: place for line in chain(short, long) for place, name in enumerate(line, 1)}
    return numbers, frozenset(chain.from_iterable(short))


_MONTHS, _SHORTENED = _months()


class SheetDate(NamedTuple):
    """Possible origins of a date: pairs of month and day, and of month and year (its last two digits).

    `usual` where it is written as spreadsheets write what they take for a date, and hardly as people do.
    """

    days: frozenset[tuple[int, int]]
    years: frozenset[tuple[int, int]]
    usual: bool = False

    def __bool__(self) -> bool:
        return bool(self.days or self.years)

    def shares(self, other: "SheetDate") -> bool:
        """Whether both may be the same."""
        return bool(self.days & other.days or self.years & other.years)

    def origin(self) -> str:
        """The ranges that it may have been: '1-5', '1-11 or 11-50'."""
        days = (f"{month}-{day}" for month, day in sorted(self.days))
        return " or ".join(chain(days, (f"{month}-{year:02d}" for month, year in sorted(self.years))))


_NO_DATE = SheetDate(frozenset(), frozenset())


def date_in(text: str) -> SheetDate:
    """Possible origins of a text that is a date as a whole; falsy where it is none.

    >>> date_in("5-Jan").days, date_in("Nov-50").years, bool(date_in("5 members"))
    (frozenset({(1, 5)}), frozenset({(11, 50)}), False)
    """
    if len(text) > _LONGEST:
        return _NO_DATE
    plain = without_accents(plain_dashes(clean(text))).casefold()
    if not any(c.isdecimal() for c in plain):
        return _NO_DATE
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
        return _whole_date(year, {(month, day)}, found[5])
    if found := _YEAR_LAST.fullmatch(plain):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        return _whole_date(year, {(first, second), (second, first)}, found[5])
    if found := _DAY_MONTH.fullmatch(plain):
        number, ordinal, between, name, year, time = found.groups()
        return _named(name, number, year, time, between, not ordinal)
    if found := _MONTH_DAY.fullmatch(plain):
        name, between, number, ordinal, year, time = found.groups()
        return _named(name, number, year, time, between, not ordinal, month_first=True)
    return _NO_DATE


def choice_of_date(text: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    """The choices of which a spreadsheet would have made the date `text`: none, one, or several.

    >>> choice_of_date("5-Jan", ("1-5", "6-10", "11-50")), choice_of_date("Nov-50", ("1-5", "6-10", "11-50 people"))
    (('1-5',), ('11-50 people',))
    """
    date = date_in(text)
    return tuple(c for c, dates in _dates_of(choices) if date.shares(dates)) if date else ()


@lru_cache(maxsize=256)
def _dates_of(choices: tuple[str, ...]) -> tuple[tuple[str, SheetDate], ...]:
    return tuple((c, _of_range(c)) for c in dict.fromkeys(choices))


def _of_range(text: str) -> SheetDate:
    """The dates that spreadsheets would make of a choice: of a range, and of a date."""
    match = _RANGE.fullmatch(plain_dashes(clean(text)))
    if not match:
        return date_in(text)
    first, second = int(match[1]), int(match[2])
    if len(match[2]) == 4 and not _FIRST_YEAR <= second <= _LAST_YEAR:
        return _NO_DATE
    days = _real_days({(first, second), (second, first)})
    years = {(first, second % 100)} if 1 <= first <= 12 < second else set()
    return SheetDate(days, frozenset(years))


def _whole_date(year: int, days: set[tuple[int, int]], time: str | None) -> SheetDate:
    """A date with day, month and year: the first of a month may be a month and a year."""
    if year > 99 and not _FIRST_YEAR <= year <= _LAST_YEAR:
        return _NO_DATE
    real = _real_days(days)
    midnight = time is not None and not time.replace("0", "").strip(":.")
    return SheetDate(real, frozenset((m, year % 100) for m, d in real if d == 1), midnight)


def _named(
    name: str, number: str, year: str | None, time: str | None, between: str, plain: bool, *, month_first: bool = False
) -> SheetDate:
    """A date with the name of its month."""
    month, value = _MONTHS.get(name), int(number)
    if month is None or (between == " " and name in _WORDS_TOO):
        return _NO_DATE
    if year:
        return _whole_date(int(year), {(month, value)}, time)
    days = _real_days({(month, value)}) if len(number) < 3 else frozenset()
    as_year = (month_first or not days) and (len(number) == 2 or _FIRST_YEAR <= value <= _LAST_YEAR)
    years = frozenset({(month, value % 100)}) if as_year else frozenset()
    foreign = name not in _ENGLISH or not days
    usual = plain and name in _SHORTENED and (between != " " or foreign) and (not month_first or as_year)
    return SheetDate(days, years, usual)


def _real_days(days: set[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    return frozenset((m, d) for m, d in days if 1 <= m <= 12 and 1 <= d <= _DAYS[m - 1])
