"""Money, approval rates and counts as result files write them -> numbers; what cannot be read is missing."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

T = TypeVar("T")
_MONEY = re.compile(r"\s*(?:USD\s*|US)?\$?\s*(\d{1,3}(?:,\d{3})+|\d{1,9})?(\.\d{0,6})?\s*(?:USD)?\s*")
_RATE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*(?:\(\s*(\d{1,12})\s*/\s*(\d{1,12})\s*\))?\s*")
_WHOLE = re.compile(r"\s*(\d{1,15})(?:\.0*)?\s*")


class Rate(NamedTuple):
    """A worker's approval rate with this requester; `rate` is None for a new worker ("0% (0/0)")."""

    rate: float | None
    approved: int | None
    submitted: int | None


def money_of(text: str) -> Decimal | None:
    """US dollars, exactly; None for what is no amount.

    >>> money_of("$0.03 "), money_of("free")
    (Decimal('0.03'), None)
    """
    match = _MONEY.fullmatch(text)
    if not match or not (match[1] or (match[2] or ".") != "."):
        return None
    return Decimal(f"{(match[1] or '0').replace(',', '')}{match[2] or ''}".rstrip("."))


def rate_of(text: str) -> Rate | None:
    """Approval rate with its counts; None for what is no rate.

    >>> rate_of("75% (3/4)")
    Rate(rate=0.75, approved=3, submitted=4)
    >>> rate_of("0% (0/0)")
    Rate(rate=None, approved=0, submitted=0)
    """
    match = _RATE.fullmatch(text)
    if not match or float(match[1]) > 100:
        return None
    if match[2] is None:
        return Rate(float(match[1]) / 100, None, None)
    approved, submitted = int(match[2]), int(match[3])
    if approved > submitted:
        return None
    return Rate(approved / submitted if submitted else None, approved, submitted)


def whole_of(text: str) -> int | None:
    """A whole number, also as a spreadsheet writes it ("3.0"); None for anything else.

    >>> whole_of("3.0"), whole_of("-1")
    (3, None)
    """
    match = _WHOLE.fullmatch(text)
    return int(match[1]) if match else None


def read_money(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Decimals (object; None where missing) and which texts could not be read."""
    values, unreadable = _each(texts, money_of)
    return pd.Series(values, index=texts.index, dtype=object), unreadable


def read_whole(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Whole numbers (Int64) and which texts could not be read."""
    values, unreadable = _each(texts, whole_of)
    return _whole(values, texts.index), unreadable


def read_rates(texts: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Columns approval_rate (float), approved_before, submitted_before (Int64); which texts could not be read."""
    values, unreadable = _each(texts, rate_of)
    rates = [value or Rate(None, None, None) for value in values]
    frame = pd.DataFrame(
        {
            "approval_rate": pd.Series([r.rate for r in rates], index=texts.index, dtype="float64"),
            "approved_before": _whole([r.approved for r in rates], texts.index),
            "submitted_before": _whole([r.submitted for r in rates], texts.index),
        }
    )
    return frame, unreadable


def _each(texts: pd.Series, read: Callable[[str], T | None]) -> tuple[list[T | None], pd.Series]:
    """`read` applied to each distinct text once."""
    codes, uniques = pd.factorize(texts.astype("str"))
    values = [read(text) for text in uniques]
    read_all: list[T | None] = [values[code] if code >= 0 else None for code in codes]
    failed = np.append(np.array([value is None for value in values], dtype=bool), False)
    return read_all, pd.Series(failed[codes], index=texts.index)


def _whole(values: list[int | None], index: pd.Index) -> pd.Series:
    return pd.Series(pd.array(values, dtype="Int64"), index=index)
