"""Every contract can be made, checked, and known without Pandera."""

import importlib
import pkgutil
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

import mturk_pipeline.contracts
from mturk_pipeline.contracts.base import Column, Table
from mturk_pipeline.contracts.review import next_input_model

MODULES = [f"mturk_pipeline.contracts.{m.name}" for m in pkgutil.iter_modules(mturk_pipeline.contracts.__path__)]
CONTRACTS = [
    contract
    for module in map(importlib.import_module, MODULES)
    for contract in vars(module).values()
    if isinstance(contract, type) and issubclass(contract, Table) and contract is not Table
]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.__name__)
def test_an_empty_table_keeps_its_contract(contract: type[Table]) -> None:
    assert contract.columns()
    empty = contract.empty()
    pd.testing.assert_frame_equal(contract.validate(empty), empty)
    assert all(column.description for column in contract.columns().values())


class Clubs(Table):
    club = Column(str, "The club", unique=True)
    members = Column(int, "How many", ge=1)
    kind = Column(str, "Of what kind", nullable=True, isin=("chess", "go"))


class ClubsWithPlace(Clubs):
    strict = False
    checks = {"one_row": lambda table: len(table) == 1}  # noqa: RUF012

    place = Column(float, "Where", gt=0, le=1)


def test_what_breaks_a_contract_is_told_column_by_column() -> None:
    table = pd.DataFrame({"club": ["a", "a"], "members": [0, 2], "kind": ["poker", None], "more": [1, 2]})
    with pytest.raises(SchemaErrors) as error:
        Clubs.validate(table, lazy=True)
    cases = error.value.failure_cases
    assert {"club", "members", "kind", "more"} <= set(cases["column"].fillna("")) | set(cases["failure_case"])


def test_a_contract_adds_its_columns_and_checks_to_those_of_its_base() -> None:
    assert ClubsWithPlace.names() == ("club", "members", "kind", "place")
    table = pd.DataFrame({"club": ["a"], "members": ["2"], "kind": [None], "place": [0.5], "more": [1]})
    assert ClubsWithPlace.validate(table)["members"].tolist() == [2]
    with pytest.raises(SchemaErrors, match="one_row"):
        ClubsWithPlace.validate(pd.concat([table, table.assign(club="b")]), lazy=True)


CELLS = {
    "club": st.one_of(st.sampled_from("abc"), st.none()),
    "members": st.one_of(st.integers(0, 3), st.floats(1, 2), st.none()),
    "kind": st.sampled_from(["chess", "go", "poker", None]),
    "place": st.one_of(st.floats(-0.5, 1.5), st.none()),
}
ROWS = st.lists(st.fixed_dictionaries(CELLS), max_size=3)
GOOD = {"club": "a", "members": 1, "kind": "go", "place": 1.0}


# Random rows mostly break a contract in several ways; each of these breaks it in one, or in none.
@settings(max_examples=60)
@given(rows=ROWS, contract=st.sampled_from([Clubs, ClubsWithPlace]), left_out=st.sampled_from(["", *CELLS]))
@example(rows=[GOOD], contract=ClubsWithPlace, left_out="")
@example(rows=[GOOD, GOOD], contract=Clubs, left_out="")
@example(rows=[GOOD | {"members": 0}], contract=Clubs, left_out="")
@example(rows=[GOOD | {"kind": "poker"}], contract=Clubs, left_out="")
@example(rows=[GOOD | {"place": 0.0}], contract=ClubsWithPlace, left_out="")
@example(rows=[GOOD | {"place": 1.5}], contract=ClubsWithPlace, left_out="")
@example(rows=[GOOD | {"place": float("nan")}], contract=ClubsWithPlace, left_out="")
@example(rows=[GOOD, GOOD | {"club": "b"}], contract=ClubsWithPlace, left_out="")
def test_what_holds_at_a_glance_holds_for_pandera_and_changes_nothing(rows, contract, left_out) -> None:
    names = [c for c in contract.names() if c != left_out]
    table = pd.DataFrame(rows, columns=names)
    for exact in (table, table.astype({name: "str" for name in ("club", "kind") if name in names})):
        try:
            typed = contract.model().validate(exact, lazy=True)
        except SchemaErrors:
            assert not contract.holds(exact)
            continue
        assert contract.holds(typed)
        assert contract.holds(exact) == (exact.dtypes == typed.dtypes).all()
        pd.testing.assert_frame_equal(contract.validate(exact), typed)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.__name__)
def test_an_empty_table_holds_at_a_glance(contract: type[Table]) -> None:
    assert contract.holds(contract.empty())
    first, *_ = contract.names()
    assert not contract.holds(contract.empty().drop(columns=first))
    assert contract.holds(contract.empty().assign(more=1)) != contract.strict


def test_a_next_input_has_its_keys_once() -> None:
    contract = next_input_model(("club",))
    good = pd.DataFrame({"club": ["a", "b"], "verified": ["yes", "unverified"]})
    contract.validate(good, lazy=True)
    for bad in (good.assign(club=["a", None]), good.assign(club="a"), good.drop(columns="club")):
        with pytest.raises(SchemaErrors):
            contract.validate(bad, lazy=True)


def test_columns_are_known_without_pandera() -> None:
    imports = "; ".join(f"import {module}" for module in MODULES)
    code = f"{imports}; import sys; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
