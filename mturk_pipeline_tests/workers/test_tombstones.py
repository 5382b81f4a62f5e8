"""Forgotten ids: gone wherever they stand alone, and nothing else touched."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.folders.home import Home
from mturk_pipeline.workers.salted import Salt
from mturk_pipeline.workers.store import Store
from mturk_pipeline.workers.tombstones import (
    Tombstones,
    anonymised,
    anonymised_set_aside,
    anonymised_table,
    bury,
    forgotten,
    is_anonymous,
)

ID = "A2XYZ0ABCDEF"
SALT = Salt(bytes(range(32)))
STONES = Tombstones(SALT, frozenset([SALT.tombstone(ID)]))
NAME = SALT.anonymous(ID)


def test_rows_of_a_forgotten_worker_stay_without_the_id() -> None:
    table = pd.DataFrame(
        {
            "worker": [f"mturk::{ID}", "mturk::A9OTHER00000"],
            "worker_id": [ID, "A9OTHER00000"],
            "assignment_id": [f"H1#{ID}#2020-01-01", "X2"],
            "Answer.id": [f"my id is {ID}.", f"{ID}0"],
            "reward": pd.Series([None, 3], dtype=object),
        }
    )
    new = anonymised(table, STONES)
    assert new["worker"].tolist() == [f"mturk::{NAME}", "mturk::A9OTHER00000"]
    assert new["worker_id"].tolist() == [NAME, "A9OTHER00000"]
    assert new["assignment_id"].tolist() == [f"H1#{NAME}#2020-01-01", "X2"]
    assert new["Answer.id"].tolist() == [f"my id is {NAME}.", f"{ID}0"]
    assert new.dtypes.equals(table.dtypes)
    assert is_anonymous(new["worker"]).tolist() == [True, False]
    assert anonymised(table, Tombstones()) is table


def test_a_short_id_is_forgotten_by_its_whole_name_only() -> None:
    stones = Tombstones(SALT, frozenset([SALT.tombstone("turkle::5")]))
    table = pd.DataFrame(
        {
            "worker": ["turkle::5", "turkle:lab:5", "mturk::5"],
            "worker_id": ["5", "5", "5"],
            "assignment_id": ["H#5#t", "7", "5"],
            "copy_partners": pd.Series([[], ["turkle::5", "turkle::55"], []], dtype=object),
            "Answer.n": ["5", "5", "5"],
        }
    )
    new, rows = anonymised_table(table, stones)
    name = SALT.anonymous("turkle::5")
    assert rows == 2
    assert new["worker"].tolist() == [f"turkle::{name}", "turkle:lab:5", "mturk::5"]
    assert new["worker_id"].tolist() == [name, "5", "5"]
    assert new["assignment_id"].tolist() == [f"H#{name}#t", "7", "5"]
    assert new["copy_partners"].tolist() == [[], [f"turkle::{name}", "turkle::55"], []]
    assert new["Answer.n"].tolist() == ["5", "5", "5"]


@pytest.mark.parametrize(
    ("row", "key", "left"),
    [
        ({"WorkerId": ID, "Answer.a": "x"}, ID, "x"),
        ({"WorkerId": "5", "Turkle.Username": "anna", "Answer.a": "5"}, "turkle::5", "5"),
    ],
)
def test_rows_set_aside_lose_id_and_user_name(row: dict[str, str], key: str, left: str) -> None:
    stones = Tombstones(SALT, frozenset([SALT.tombstone(key)]))
    table = pd.DataFrame({"assignment_id": ["X"], "row": [json.dumps(row)]})
    new = json.loads(anonymised_set_aside(table, stones)["row"].iloc[0])
    assert new["WorkerId"] == SALT.anonymous(key)
    assert new["Answer.a"] == left
    assert "anna" not in new.values()


ALNUM = st.text(st.sampled_from("A2XYZ0BCDEFq"), max_size=14)


@given(before=ALNUM, after=ALNUM, around=st.sampled_from([" ", "#", ",", "\n", "é", "/", ""]))
def test_an_id_goes_where_it_stands_alone_and_nowhere_else(before: str, after: str, around: str) -> None:
    text = f"{before}{around}{ID}{around}{after}"
    new = STONES.in_text(text)
    alone = bool(around) or not (before or after)
    assert (ID not in new) == alone or ID in (before, after)
    if not alone:
        assert new == text
    elif ID not in before and ID not in after:
        assert new == f"{before}{around}{NAME}{around}{after}"


def test_tombstones_hold_no_id_and_the_salt_is_made_once_for_its_owner(home: Home) -> None:
    assert not forgotten(home)
    bury(home, ID)
    store = Store.of(home)
    salt = store.salt.read_bytes()
    bury(home, ID)
    bury(home, "turkle::5")
    assert store.salt.read_bytes() == salt
    assert store.salt.stat().st_mode & 0o777 == 0o600
    assert len(forgotten(home).hashes) == 2
    assert ID not in store.tombstones.read_text()
    assert forgotten(home).of_worker(f"mturk::{ID}")


def test_without_its_salt_nobody_is_taken_for_unforgotten(home: Home) -> None:
    bury(home, ID)
    store = Store.of(home)
    store.salt.write_text("short")
    with pytest.raises(OSError, match="damaged"):
        forgotten(home)
    store.salt.unlink()
    with pytest.raises(OSError, match="gone"):
        forgotten(home)
    assert not store.salt.exists()
