from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.intake.amounts import money_of, rate_of, read_money, read_rates, read_whole, whole_of


@pytest.mark.parametrize(
    ("text", "dollars"),
    [("$0.03 ", "0.03"), ("$1,250.50", "1250.50"), ("0.1", "0.1"), ("USD 2", "2"), ("$.05", "0.05"), ("$3.", "3")],
)
def test_money_is_exact(text, dollars):
    assert money_of(text) == Decimal(dollars)


@pytest.mark.parametrize("text", ["", "$", ".", "free", "-1", "€2", "1e3", "$1,2"])
def test_what_is_no_money_is_missing(text):
    assert money_of(text) is None


def test_a_new_worker_has_no_rate_and_is_not_bad():
    rates, unreadable = read_rates(pd.Series(["0% (0/0)", "0% (0/5)", "98%", "many", None], dtype="str"))
    assert rates["approval_rate"].isna().tolist() == [True, False, False, True, True]
    assert rates["approval_rate"][1] == 0
    assert rates["submitted_before"].tolist() == [0, 5, pd.NA, pd.NA, pd.NA]
    assert unreadable.tolist() == [False, False, False, True, False]


def test_a_rate_is_worked_out_from_its_counts():
    rate = rate_of("98% (3984/4075)")
    assert rate is not None
    assert rate.rate == pytest.approx(3984 / 4075)
    assert rate_of("100% (5/4)") is None


@given(st.text(max_size=20))
def test_no_text_breaks_them(text):
    for read in (read_money, read_whole):
        values, unreadable = read(pd.Series([text], dtype="str"))
        assert bool(values.isna()[0]) == bool(unreadable[0])


def test_whole_numbers_as_a_spreadsheet_writes_them():
    assert whole_of(" 3.0 ") == 3
    assert whole_of("3.5") is None
