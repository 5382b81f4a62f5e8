"""Words behind a number: sizes count, units are left out, a second number in words makes it none."""

import pytest

from mturk_pipeline.kinds import read
from mturk_pipeline.workflow.field_spec import FieldSpec


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("5 million people", "5000000"),
        ("5 million", "5000000"),
        ("2 Millionen", "2000000"),
        ("12 thousands", "12000"),
        ("1.5 Mrd", "1500000000"),
        ("5K members", "5000"),
        ("2 hundred thousand", "200000"),
        ("5 lakh", "500000"),
        ("$1.2bn", "1200000000"),
        ("5 m", "5000000"),
        ("5 m high", "5"),
        ("12 members", "12"),
        ("5 to ten", None),
        ("1 of two", None),
        ("5 dozen", None),
        ("10²", None),
    ],
)
def test_words_behind_a_number(raw, value):
    assert read(raw, FieldSpec(kind="number")).value == value
