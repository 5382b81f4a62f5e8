import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.intake.times import MONTHS, read_times


def read(*texts):
    return read_times(pd.Series(list(texts), dtype="str"))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Sat Feb 22 05:53:21 PST 2020", "2020-02-22 13:53:21"),
        ("Sat Jul 04 05:53:21 PDT 2020", "2020-07-04 12:53:21"),
        ("Mon Mar 06 16:51:42 CET 2017", "2017-03-06 15:51:42"),
        ("Tue Jun 06 16:51:42 CEST 2017", "2017-06-06 14:51:42"),
        ("Tue Jun 06 16:51:42 EDT 2017", "2017-06-06 20:51:42"),
        ("Tue Jun 06 16:51:42 GMT+02:00 2017", "2017-06-06 14:51:42"),
        ("2017-04-19 16:40:51 UTC", "2017-04-19 16:40:51"),
        ("2017-04-19T16:40:51Z", "2017-04-19 16:40:51"),
        ("2017-04-19T16:40:51.25+05:30", "2017-04-19 11:10:51.250000"),
        (" 2017-04-19 16:40 ", "2017-04-19 16:40:00"),
        ("2017-04-19", "2017-04-19 00:00:00"),
        ("Thu Dec 31 23:30:00 PST 2020", "2021-01-01 07:30:00"),
    ],
)
def test_each_form_becomes_utc(text, utc):
    assert read(text).at[0] == pd.Timestamp(utc, tz="UTC")


@pytest.mark.parametrize(
    "text",
    ["noon", "Sat Feb 30 05:53:21 PST 2020", "Sat Feb 22 05:53:21 IST 2020", "Sat Feb 22 25:53:21 PST 2020",
     "2017-13-01 00:00:00 UTC", "4/19/2017 16:40", "Sáb Feb 22 05:53:21 PST 2020 x", "2017-04-19 16:40:51 XYZ", "0"],
)  # fmt: skip
def test_what_cannot_be_read_is_missing_and_marked_never_guessed(text):
    times = read(text, "2017-04-19 16:40:51 UTC")
    assert times.at.isna().tolist() == times.unreadable.tolist() == [True, False]


def test_blank_is_no_fault_and_a_time_without_zone_is_said():
    times = read(None, "2017-04-19 16:40:51", "2017-04-19 16:40:51 UTC")
    assert times.unreadable.tolist() == [False, False, False]
    assert times.zoneless.tolist() == [False, True, False]
    assert str(times.at.dtype) == "datetime64[us, UTC]"


PACIFIC = ZoneInfo("America/Los_Angeles")


@given(st.lists(st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC)), max_size=20))
def test_what_the_platform_writes_is_read_back(moments):
    moments = [moment.replace(microsecond=0) for moment in moments]
    texts = []
    for moment in moments:
        local = moment.astimezone(PACIFIC)
        clock = local.strftime("%H:%M:%S")
        texts.append(f"Xxx {MONTHS[local.month - 1]} {local.day:02d} {clock} {local.tzname()} {local.year}")
    assert read(*texts).at.tolist() == moments


@given(st.lists(st.text(max_size=40), max_size=10))
def test_no_text_breaks_it(texts):
    times = read(*texts)
    assert len(times.at) == len(texts)
