"""Money: fees by the table, sums to the cent, wages with what they leave out."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.pay.assignment_costs import (
    assignment_cost,
    costs,
    dollars,
    fee_floor,
    hourly_wages,
    paid_by,
    total,
    wages_by_worker,
)

FEES = [
    # reward, assignments of the HIT, Masters, cost
    ("0.00", 3, False, "0.01"),
    ("0.01", 1, False, "0.02"),
    ("0.03", 3, False, "0.04"),
    ("0.05", 9, False, "0.06"),
    ("0.05", 10, False, "0.07"),
    ("0.08", 3, False, "0.10"),
    ("0.10", 3, False, "0.12"),
    ("0.10", 10, False, "0.14"),
    ("0.10", 3, True, "0.13"),
    ("0.10", 10, True, "0.15"),
    ("0.12", 3, False, "0.14"),
    ("0.13", 3, False, "0.16"),
    ("1.00", 9, False, "1.20"),
    ("1.00", 10, True, "1.45"),
    ("10.00", None, False, "12.00"),
]


@pytest.mark.parametrize(("reward", "asked", "masters", "cost"), FEES)
def test_fees(reward: str, asked: int | None, masters: bool, cost: str) -> None:
    assert assignment_cost(Decimal(reward), asked, masters) == Decimal(cost)


def test_a_negative_reward_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        assignment_cost(Decimal("-0.01"), 3)


def table(**columns: list) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    usual = {
        "worker": [f"mturk::W{n}" for n in range(size)],
        "provider": ["mturk"] * size,
        "status": ["Submitted"] * size,
        "hit_type_id": ["T"] * size,
        "auto_approval_at": [pd.Timestamp("2026-03-01", tz="UTC")] * size,
        "max_assignments": [3] * size,
        "work_seconds": [60.0] * size,
        "reward": [Decimal("0.10")] * size,
    }
    frame = pd.DataFrame(usual | columns)
    frame["reward"] = pd.Series((usual | columns)["reward"], dtype=object)
    return frame.astype({"max_assignments": "Int64", "hit_type_id": "str"})


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.decimals(0, 50, places=2)),
            st.one_of(st.none(), st.integers(1, 20)),
            st.sampled_from(["mturk", "turkle"]),
        ),
        min_size=1,
        max_size=30,
    ),
    st.booleans(),
)
def test_costs_of_a_table_are_those_of_its_rows(rows: list, masters: bool) -> None:
    rewards, asked, providers = map(list, zip(*rows, strict=True))
    found = costs(table(reward=rewards, max_assignments=asked, provider=providers), masters)
    for cost, (reward, n, provider) in zip(found, rows, strict=True):
        if reward is None:
            assert cost is None
        else:
            assert cost == (assignment_cost(reward, n, masters) if provider == "mturk" else reward)


def test_sums_of_money_are_exact() -> None:
    assert total(pd.Series([Decimal("0.1")] * 3 + [None], dtype=object)) == Decimal("0.3")
    assert total(pd.Series([], dtype=object)) == 0
    assert dollars(Decimal("0.005")) == "$0.01"


def test_who_pays() -> None:
    frame = table(
        provider=["mturk", "mturk", "mturk", "turkle"],
        auto_approval_at=[pd.Timestamp("2026-03-01", tz="UTC"), pd.NaT, pd.NaT, pd.NaT],
        hit_type_id=["T", "T", None, "T"],
    )
    assert paid_by(frame).tolist() == ["platform", "platform", "hand", "hand"]


def test_wages_leave_out_what_is_not_known_and_say_so() -> None:
    frame = table(
        worker=["a", "a", "b", "b", "c", "d"],
        reward=[Decimal("0.10"), Decimal("0.30"), Decimal("0.20"), None, Decimal("0.10"), Decimal("9.00")],
        work_seconds=[60.0, 60.0, 120.0, 60.0, None, 1.0],
        status=["Approved", "Submitted", "Approved", "Approved", "Approved", "Rejected"],
    )
    wages = hourly_wages(frame)
    assert (wages.counted, wages.without_reward, wages.without_time) == (3, 1, 1)
    assert wages.median == pytest.approx(6.0)
    assert wages.lowest_decile == pytest.approx(6.0)


def test_a_time_of_zero_is_none() -> None:
    wages = hourly_wages(table(work_seconds=[0.0]))
    assert (wages.counted, wages.without_time, wages.median) == (0, 1, None)


def test_wages_by_worker() -> None:
    frame = table(
        worker=["b", "a", "b", "a"],
        reward=[Decimal("0.1"), Decimal("0.005"), Decimal("0.20"), None],
        work_seconds=[1800.0, 3600.0, 1800.0, 3600.0],
    )
    rows = wages_by_worker(frame).set_index("worker")
    assert rows.index.tolist() == ["a", "b"]
    assert rows["assignments"].tolist() == [2, 2]
    assert [str(a) for a in rows["amount"]] == ["0.005", "0.30"]
    assert rows["hours"].tolist() == [2.0, 1.0]
    # The hour without a reward is no hour that was paid nothing.
    assert rows["hourly_wage"].tolist() == pytest.approx([0.005, 0.30])


@pytest.mark.parametrize(
    ("rewards", "asked", "expected"),
    [
        (["0.01", "0.01", "0.50"], 3, (2, "0.01", "0.02")),
        (["0.04", "0.05"], 3, (1, "0.04", "0.05")),
        (["0.05", "0.50"], 3, None),  # a fifth, as usual
        (["0.02"], 10, (1, "0.02", "0.03")),
        (["0.03"], 10, None),  # two fifths are usual there
        ([None], 3, None),
    ],
)
def test_the_least_fee_is_worth_a_word_where_it_is_a_large_part(rewards: list, asked: int, expected) -> None:
    given = [None if r is None else Decimal(r) for r in rewards]
    found = fee_floor(table(reward=given, max_assignments=[asked] * len(given)))
    assert (found and (found.assignments, str(found.reward), str(found.cost))) == expected


def test_who_is_paid_by_hand_has_no_least_fee() -> None:
    assert fee_floor(table(reward=[Decimal("0.01")], provider=["turkle"])) is None
