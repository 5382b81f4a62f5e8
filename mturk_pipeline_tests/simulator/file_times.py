"""Moments as platforms write them, without the machine's locale."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Zone names as the platforms abbreviate them: (standard time, summer time).
_ZONE_NAMES = {
    "America/Los_Angeles": ("PST", "PDT"),
    "Europe/Berlin": ("CET", "CEST"),
    "UTC": ("UTC", "UTC"),
}


def long_text(moments: np.ndarray, zone: str = "America/Los_Angeles") -> np.ndarray:
    """Moments (seconds since 1970, UTC; 0 for none) as `Sat Feb 22 05:53:21 PST 2020`.

    >>> list(long_text(np.array([1582379601, 1594000000, 0])))
    ['Sat Feb 22 05:53:21 PST 2020', 'Sun Jul 05 18:46:40 PDT 2020', '']
    """
    utc = pd.DatetimeIndex(pd.to_datetime(moments, unit="s", utc=True))
    local = utc.tz_convert(ZoneInfo(zone))
    ahead = (local.tz_localize(None) - utc.tz_localize(None)).to_numpy()
    in_winter = datetime(2020, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()
    summer = (ahead != np.timedelta64(in_winter)).astype(int)
    names = np.array(_ZONE_NAMES[zone], dtype=object)[summer]
    parts = (
        np.array(_DAYS, dtype=object)[local.day_of_week],
        np.array(_MONTHS, dtype=object)[local.month - 1],
        local.day,
        local.hour,
        local.minute,
        local.second,
        names,
        local.year,
    )
    texts = [
        f"{day} {month} {d:02d} {h:02d}:{m:02d}:{s:02d} {name} {year}"
        for day, month, d, h, m, s, name, year in zip(*(p.tolist() for p in parts), strict=True)
    ]
    return np.where(np.asarray(moments) == 0, "", np.array(texts, dtype=object))


def utc_text(moments: np.ndarray) -> np.ndarray:
    """Moments as Mechanical Turk writes those of automatic approvals.

    >>> list(utc_text(np.array([1492620051])))
    ['2017-04-19 16:40:51 UTC']
    """
    utc = pd.DatetimeIndex(pd.to_datetime(moments, unit="s", utc=True))
    parts = (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
    texts = [
        f"{y}-{mo:02d}-{d:02d} {h:02d}:{mi:02d}:{s:02d} UTC"
        for y, mo, d, h, mi, s in zip(*(p.tolist() for p in parts), strict=True)
    ]
    return np.where(np.asarray(moments) == 0, "", np.array(texts, dtype=object))
