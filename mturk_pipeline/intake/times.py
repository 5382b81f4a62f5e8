"""Times as result files write them -> UTC, without locale and without guessing a zone."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

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
    first, zoneless = _parse(array, _WORDS)
    second, zoneless_iso = _parse(array, _ISO)
    at = np.where(np.isnat(first), second, first)
    at = np.append(at, np.datetime64("NaT", "us"))  # code -1, a missing text, takes the last
    without_zone = np.append(zoneless | zoneless_iso, False)
    read = pd.Series(at[codes], index=texts.index).dt.tz_localize("UTC")
    return Times(
        read,
        read.isna() & texts.notna(),
        pd.Series(without_zone[codes], index=texts.index),
    )


def _parse(texts: pa.Array, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """UTC times (datetime64[us], NaT where the pattern does not fit) and which of them name no zone."""
    parts = pc.extract_regex(texts, pattern)  # pyright: ignore[reportAttributeAccessIssue]
    fits = np.asarray(parts.is_valid())

    def part(name: str) -> np.ndarray:
        return np.asarray(pc.struct_field(parts, name).fill_null(""), dtype=object)  # pyright: ignore

    def number(name: str) -> np.ndarray:
        texts = part(name)
        return np.where(texts == "", "0", texts).astype("int64")

    month = part("month")
    names = {m: i for i, m in enumerate(MONTHS, 1)}
    months = np.array([names.get(m) or int(m or 0) for m in month], dtype="int64")
    year, day = np.where(fits, number("year"), 1970), number("day")
    month_start = (year - 1970).astype("M8[Y]").astype("M8[M]") + (months - 1)
    date = month_start.astype("M8[D]") + (day - 1)
    seconds = number("hour") * 3600 + number("minute") * 60 + number("second")
    micros = np.array([int(f.ljust(6, "0")[:6] or 0) for f in part("fraction")], dtype="int64")
    zone = part("zone")
    offset, known = _offsets(zone)
    good = fits & known & (months >= 1) & (months <= 12) & (day >= 1) & (date.astype("M8[M]") == month_start)
    good &= (year >= 1970) & (year <= 2200)
    at = date.astype("M8[us]") + (seconds - offset) * 1_000_000 + micros
    return np.where(good, at, np.datetime64("NaT", "us")), good & (zone == "")


def _offsets(zones: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Seconds east of Greenwich for each zone, and whether it is known."""
    codes, uniques = pd.factorize(zones)
    offsets = [_offset(zone) for zone in uniques]
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
