"""Times as result files write them -> UTC, without locale and without guessing a zone."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from mturk_pipeline.sheets.arrow import compute

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Hours east of Greenwich. The North American ones as RFC 2822 §4.3 fixes them; the others have one meaning in
# use. Abbreviations with several (IST, BST, …) are left out on purpose: those times count as unreadable.
ZONES = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "EET": 2,
    "EEST": 3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "JST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip
_CLOCK = r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)"
# Sat Feb 22 05:53:21 PST 2020: java.util.Date.toString(), which Mechanical Turk and Turkle write.
_WORDS = (
    rf"^\s*[A-Za-z]{{3}} (?P<month>{'|'.join(MONTHS)}) +(?P<day>\d{{1,2}}) {_CLOCK}:(?P<second>[0-5]\d)(?P<fraction>)"
    r" (?P<zone>[A-Za-z]{1,5}(?:[+-]\d{2}:?\d{2})?) (?P<year>\d{4})\s*$"
)
# 2017-04-19 16:40:51 UTC, 2017-04-19T16:40:51.123+02:00, and a workbook's dates, which have no zone.
_ISO = (
    r"^\s*(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    rf"(?:[T ]{_CLOCK}(?::(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{{1,9}}))?)?)?"
    r" ?(?P<zone>[A-Za-z]{0,5}(?:[+-]\d{2}:?\d{2})?)\s*$"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})")


class Times(NamedTuple):
    """Times read from a column of texts.

    `at` is datetime64[us, UTC]; `unreadable` marks texts that are no time; `zoneless` those without a zone, which
    are read as UTC.
    """

    at: pd.Series
    unreadable: pd.Series
    zoneless: pd.Series


def read_times(texts: pd.Series) -> Times:
    """Times of a text column, in any mixture of the formats known; a missing text is a missing time.

    Raises nothing: what cannot be read is missing in `at` and marked in `unreadable`.

    >>> times = read_times(pd.Series(["Sat Feb 22 05:53:21 PST 2020", "2017-04-19 16:40:51 UTC", "noon"]))
    >>> [str(t) for t in times.at]
    ['2020-02-22 13:53:21+00:00', '2017-04-19 16:40:51+00:00', 'NaT']
    """
    codes, uniques = pd.factorize(texts.astype("str"))
    array = pa.array(uniques, pa.large_string(), from_pandas=True)
    at = np.full(len(array) + 1, np.datetime64("NaT", "us"))  # code -1, a missing text, takes the last
    zoneless = np.zeros(len(array) + 1, dtype=bool)
    for pattern in (_WORDS, _ISO):
        left = np.flatnonzero(np.isnat(at[:-1]))
        if len(left):
            at[left], zoneless[left] = _parse(array.take(pa.array(left)), pattern)
    read = pd.Series(at[codes], index=texts.index).dt.tz_localize("UTC")
    return Times(read, read.isna() & texts.notna(), pd.Series(zoneless[codes], index=texts.index))


def _parse(texts: pa.Array, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """UTC times (datetime64[us], NaT where the pattern does not fit) and which of them name no zone."""
    parts = compute.extract_regex(texts, pattern)
    fits = np.asarray(parts.is_valid())

    def part(name: str) -> pa.Array:
        return compute.struct_field(parts, name).fill_null("")

    def number(name: str) -> np.ndarray:
        digits = part(name)
        return np.asarray(compute.if_else(compute.equal(digits, ""), "0", digits).cast(pa.int64()))

    names = compute.index_in(part("month"), pa.array(MONTHS, pa.large_string())).fill_null(-1)
    months = np.asarray(names).astype("int64") + 1
    if pattern is _ISO:
        months = number("month")
    year, day = np.where(fits, number("year"), 1970), number("day")
    month_start = (year - 1970).astype("M8[Y]").astype("M8[M]") + (months - 1)
    date = month_start.astype("M8[D]") + (day - 1)
    seconds = number("hour") * 3600 + number("minute") * 60 + number("second")
    zone = part("zone")
    offset, known = _offsets(zone)
    good = fits & known & (months >= 1) & (months <= 12) & (day >= 1) & (date.astype("M8[M]") == month_start)
    good &= (year >= 1970) & (year <= 2200)
    at = date.astype("M8[us]") + (seconds - offset) * 1_000_000 + _micros(part("fraction"))
    return np.where(good, at, np.datetime64("NaT", "us")), good & np.asarray(compute.equal(zone, ""))


def _micros(fractions: pa.Array) -> np.ndarray:
    """Microseconds of the digits behind a decimal point."""
    return np.asarray(compute.utf8_slice_codeunits(compute.utf8_rpad(fractions, 6, "0"), 0, 6).cast(pa.int64()))


def _offsets(zones: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Seconds east of Greenwich for each zone, and whether it is known."""
    coded = zones.dictionary_encode()
    codes = np.asarray(coded.indices)
    offsets = [_offset(zone) for zone in coded.dictionary.to_pylist()]
    seconds = np.array([0 if o is None else o for o in offsets], dtype="int64")
    known = np.array([o is not None for o in offsets], dtype=bool)
    return seconds[codes], known[codes]


def _offset(zone: str) -> int | None:
    """Seconds east of Greenwich, or None for a zone that is unknown or has several meanings.

    >>> _offset("PDT"), _offset("+05:30"), _offset("IST")
    (-25200, 19800, None)
    """
    if zone == "":
        return 0
    if match := _OFFSET.fullmatch(zone.upper()):
        sign, hours, minutes = match.groups()
        return (-1 if sign == "-" else 1) * (int(hours) * 3600 + int(minutes) * 60)
    hours = ZONES.get(zone.upper())
    return None if hours is None else hours * 3600
