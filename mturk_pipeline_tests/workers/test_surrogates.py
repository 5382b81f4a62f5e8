"""Surrogates: the same each time, ids gone wherever they stand alone, and one private table that leads back."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.folders.home import Home
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.workers import surrogates
from mturk_pipeline.workers.forgetting import forget, whom
from mturk_pipeline.workers.id_replacement import Replacement, replace_in_list, replace_in_results, replace_in_table
from mturk_pipeline.workers.identities import identities, surrogates_of, with_names, with_surrogates
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.surrogates import Key, is_surrogate, key_of, retired_setting_line
from mturk_pipeline.workers.tombstones import Tombstones, add_tombstones, forgotten
from mturk_pipeline_tests.workers.made import BAD, GOOD, HEADER, LAZY, batch, write

ID = "A2XYZ0ABCDEF"
KEY = Key(bytes(range(32)))
STONES = Tombstones(KEY, frozenset([KEY.tombstone(ID)]))
NAME = KEY.surrogate(f"mturk::{ID}")
GONE = Replacement({}, STONES)


def test_taken_in_rows_hold_no_id_and_the_private_table_leads_back(home: Home, tmp_path: Path) -> None:
    rows = [f"H9,X9,{LAZY},Submitted,,,,club 9,copied from {BAD}; not {BAD}0", f",X8,{GOOD},Submitted,,,,{BAD},no HIT"]
    write(tmp_path / "a.csv", batch(range(3)) + "\n".join(rows) + "\n")
    found = collect([tmp_path / "a.csv"], None)
    before = found.assignments.copy()
    assignments, aside = replace_in_results(home, found.assignments, found.set_aside)
    told = assignments.drop(columns=["assignment_id", "Answer.open"]).to_csv()
    assert not [i for i in (GOOD, BAD, LAZY) if i in told]
    assert with_names(assignments, home)["worker"].tolist() == before["worker"].tolist()
    bad = made_key(home).surrogate(f"mturk::{BAD}")
    assert assignments["Answer.open"].iloc[-1] == f"copied from {bad}; not {BAD}0"
    row = json.loads(aside["row"].iloc[0])
    assert row["WorkerId"] == aside["worker"].iloc[0] == made_key(home).surrogate(f"mturk::{GOOD}")
    # A requester's own text is no worker's: what was asked has to be found again.
    assert row["Input.club"] == BAD
    assert Store.of(home).identities.stat().st_mode & 0o777 == 0o600
    assert Store.of(home).key.stat().st_mode & 0o777 == 0o600


def test_no_table_names_a_file_by_a_worker(home: Home, tmp_path: Path) -> None:
    row = f"H1,X1,{GOOD},Approved,,,,club 1,yes"
    one = write(tmp_path / f"by {BAD}.csv", f"{HEADER}\n{row}\nH2,X2,{BAD},Submitted,,,,club 2,no\n")
    two = write(tmp_path / f"{BAD.lower()}_2.csv", f"{HEADER}\n{row.replace('Approved', 'Rejected')}\n")
    found = collect([one, two], None)
    assert BAD.lower() in "".join(found.set_aside["reason"])
    for table in replace_in_results(home, found.assignments, found.set_aside):
        assert BAD.lower() not in table.to_csv().lower().replace(f"x1{BAD.lower()}", "")


def test_a_list_of_what_to_ask_about_keeps_its_own_columns_whatever_they_are_called(home: Home) -> None:
    surrogates_of(home, [f"mturk::{ID}"])
    own = {name: [f"photos/{ID}.jpg", ID] for name in ("file", "reason", "problem", "source_sheet", "club")}
    items = pd.DataFrame({**own, "source_file": [f"by {ID}.csv", "b.csv"]}, dtype="str")
    listed = replace_in_list(home, items)
    pd.testing.assert_frame_equal(listed[[*own]], items[[*own]])
    assert ID not in "".join(listed["source_file"])


def made_key(home: Home) -> Key:
    return key_of(Store.of(home))


def test_unknown_workers_and_surrogates_stay_and_no_cell_of_a_broken_row_is_an_id(home: Home) -> None:
    known = surrogates_of(home, ["turkle:lab:5", "turkle::unknown", "mturk::" + "x" * 5000])
    assert known["turkle::unknown"] == "turkle::unknown"
    assert identities(home) == {known["turkle:lab:5"]: "turkle:lab:5"}
    table = pd.DataFrame({"worker": [known["turkle:lab:5"], "turkle::unknown"]}, dtype="str")
    assert with_surrogates(table, home) is table


def test_two_runs_that_take_in_workers_at_once_lose_none(home: Home) -> None:
    def take_in(number: int) -> None:
        surrogates_of(home, [f"mturk::A{number:04}", "mturk::ASHARED"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take_in, range(40)))
    assert len(identities(home)) == 41


def test_a_key_that_another_run_made_meanwhile_is_taken(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other run makes key and table between this one's look for the key and its look for the table."""
    read, seen = surrogates._read, []

    def look(path: Path) -> Key:
        if not seen:
            seen.append(path)
            surrogates_of(home, ["mturk::A1"])
            raise FileNotFoundError
        return read(path)

    monkeypatch.setattr(surrogates, "_read", look)
    assert key_of(Store.of(home)) == read(Store.of(home).key)


def test_an_id_with_any_characters_comes_back(home: Home) -> None:
    names = ["mturk::=1+1", "mturk::@A\n=2", 'turkle:lab:a"b,c', "mturk::\ud800x"]
    known = surrogates_of(home, names)
    assert sorted(identities(home).values()) == sorted(names)
    assert all(map(is_surrogate, known.values()))


def test_a_damaged_private_table_stops_in_one_line(home: Home) -> None:
    surrogates_of(home, ["mturk::A1"])
    Store.of(home).identities.write_text("something else\n")
    with pytest.raises(OSError, match="put a saved copy back"):
        identities(home)


def test_a_lost_key_is_not_replaced_while_workers_have_surrogates(home: Home) -> None:
    surrogates_of(home, ["mturk::A2XYZ0ABCDEF"])
    Store.of(home).key.unlink()
    with pytest.raises(OSError, match="is missing; put the saved copy back"):
        surrogates_of(home, ["mturk::A2XYZ0ABCDEF"])


def test_another_home_has_other_surrogates(home: Home, tmp_path: Path) -> None:
    other = replace(home, dagster=tmp_path / "elsewhere")
    assert surrogates_of(home, ["mturk::A1"]) != surrogates_of(other, ["mturk::A1"])


def test_a_hash_of_version_0_1_becomes_the_surrogate_of_the_same_worker() -> None:
    old = "hash:" + KEY._digest("mturk::A1", b"worker", 10)
    assert KEY.surrogate(old) == KEY.surrogate("mturk::A1")


def test_tables_of_version_0_1_lose_a_worker_by_every_name() -> None:
    who = Replacement({f"mturk::{ID}": NAME}, everywhere=True)
    table = pd.DataFrame(
        {
            "worker": [f"mturk::{ID}", "mturk::A9OTHER00000"],
            "worker_id": [ID, "A9OTHER00000"],
            "assignment_id": [f"H1#{ID}#2020-01-01", "X2"],
            "Answer.id": [f"my id is {ID}.", f"{ID}0"],
            "reward": pd.Series([None, 3], dtype=object),
        }
    )
    new, rows = replace_in_table(table, who)
    assert rows == 1
    assert new["worker"].tolist() == [NAME, "mturk::A9OTHER00000"]
    assert new["worker_id"].tolist() == [NAME, "A9OTHER00000"]
    assert ID not in new["assignment_id"].iloc[0]
    assert new["assignment_id"].iloc[1] == "X2"
    assert new["Answer.id"].tolist() == [f"my id is {NAME}.", f"{ID}0"]
    assert new.dtypes.equals(table.dtypes)
    assert replace_in_table(new, who)[0] is new


def test_a_short_id_is_replaced_where_a_worker_is_expected_only() -> None:
    who = Replacement({"turkle::5": NAME})
    table = pd.DataFrame(
        {
            "worker": ["turkle::5", "turkle:lab:5", "mturk::5"],
            "worker_id": ["5", "5", "5"],
            "assignment_id": ["H#5#2020-01-01", "7", "5"],
            "copy_partners": pd.Series([[], ["turkle::5", "turkle::55"], []], dtype=object),
            "Answer.n": ["5", "5", "5"],
        }
    )
    new, rows = replace_in_table(table, who)
    assert rows == 2
    assert new["worker"].tolist() == [NAME, "turkle:lab:5", "mturk::5"]
    assert new["worker_id"].tolist() == [NAME, "5", "5"]
    assert new["assignment_id"].iloc[0].startswith("H#~")
    assert new["copy_partners"].tolist() == [[], [NAME, "turkle::55"], []]
    assert new["Answer.n"].tolist() == ["5", "5", "5"]


@pytest.mark.parametrize(
    ("row", "name"),
    [({"WorkerId": ID, "Answer.a": "x"}, f"mturk::{ID}"), ({"WorkerId": "5", "Turkle.Username": "anna"}, "turkle::5")],
)
def test_rows_set_aside_lose_id_and_user_name(row: dict[str, str], name: str) -> None:
    table = pd.DataFrame({"assignment_id": ["X"], "row": [json.dumps(row)]})
    new = json.loads(replace_in_table(table, Replacement({name: NAME}))[0]["row"].iloc[0])
    assert new["WorkerId"] == NAME
    assert "anna" not in new.values()


ALNUM = st.text(st.sampled_from("A2XYZ0BCDEFq"), max_size=14)


@given(before=ALNUM, after=ALNUM, around=st.sampled_from([" ", "#", ",", "\n", "é", "/", ""]))
@pytest.mark.parametrize("who", [GONE, Replacement({f"mturk::{ID}": NAME}, everywhere=True)])
def test_a_forgotten_id_goes_where_it_stands_alone_and_nowhere_else(
    who: Replacement, before: str, after: str, around: str
) -> None:
    text = f"{before}{around}{ID}{around}{after}"
    new = who.in_text(text)
    alone = bool(around) or not (before or after)
    assert (ID not in new) == alone or ID in (before, after)
    if not alone:
        assert new == text
    elif ID not in before and ID not in after:
        assert new == f"{before}{around}{NAME}{around}{after}"


KNOWN = Replacement({f"mturk::{ID}": NAME, "turkle::anna": "WK-ANNA", "turkle::ABCDEFGHIJ": "WK-WORD"})


@pytest.mark.parametrize(
    "text",
    [
        "copied from {}", "{}", "({})", "by {}.", "id={}", "worker:{}!", "@{}", "{}'s", "a,{},b", '{{"a":"{}"}}',
        "x%20{}%20y", "x\\n{}\\ty",
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["as it is", "lower", "percent", "json"])
def test_a_known_workers_id_goes_where_it_is_a_word_however_it_is_written(text: str, way: str) -> None:
    written = {
        "as it is": ID,
        "lower": ID.lower(),
        "percent": f"%{ord(ID[0]):x}{ID[1:]}",
        "json": "".join(f"\\u{ord(c):04X}" for c in ID),
    }[way]
    for who in (KNOWN, GONE):
        assert who.in_text(text.format(written)) == text.format(NAME)
        assert who.found_in(["nothing", text.format(written)]) == {written}


@pytest.mark.parametrize(
    "text",
    [
        f"https://photos.example.org/{ID}/1.jpg",
        f"www.example.org?w={ID}",
        f"see https://x.example.org/?w={ID}, and more",
        f"https:\\/\\/x.example.org\\/{ID}",
        f"https%3A%2F%2Fx.example.org%2F{ID}",
        f"{ID}@example.org",
        f"club-{ID}",
        f"{ID}_photo.jpg",
        f"photos/{ID}",
    ],
)
def test_in_a_link_or_a_longer_name_an_id_is_data_until_its_worker_is_forgotten(text: str) -> None:
    assert KNOWN.in_text(text) == text
    assert GONE.in_text(text) == text.replace(ID, NAME)
    assert GONE.in_input(text) == text
    assert GONE.sparing([text, "other"]).in_text(f"x,{text},{ID}") == f"x,{text},{NAME}"


def test_no_word_of_an_answer_is_replaced_because_a_worker_is_called_like_it() -> None:
    for text in ("anna", "ask anna or turkle", "abcdefghij", f"{ID}0", f"0{ID}"):
        assert KNOWN.in_text(text) == text
    assert KNOWN.in_text("turkle::anna said ABCDEFGHIJ") == "WK-ANNA said WK-WORD"


def test_a_text_that_was_asked_about_stays_where_it_stands_in_a_cell_again() -> None:
    asked = KNOWN.sparing([ID, f"club {ID} east", "no id"])
    assert asked.in_text(ID) == ID
    assert asked.in_text(f"1,{ID},accept,{ID} was right\n") == f"1,{ID},accept,{NAME} was right\n"
    assert asked.in_text(f"Club {ID} East") == f"Club {ID} East"
    assert asked.in_text(f"club {ID} west") == f"club {NAME} west"
    # Of a forgotten worker it goes from what was asked too, and so from everywhere.
    assert GONE.in_input(ID) == GONE.sparing([ID]).in_text(ID) == NAME
    assert GONE.in_input(f"by mturk::{ID}") == f"by {NAME}"


def test_names_of_files_hold_no_id_even_of_a_known_worker() -> None:
    for who in (KNOWN, GONE):
        assert who.in_file_name(f"answers_{ID.lower()}-2.csv") == f"answers_{NAME}-2.csv"


def test_tombstones_hold_no_id_and_the_key_is_made_once(home: Home) -> None:
    assert not forgotten(home)
    forget(home, whom(home, ID))
    store = Store.of(home)
    key = store.key.read_bytes()
    forget(home, whom(home, ID))
    forget(home, whom(home, "turkle::5"))
    assert store.key.read_bytes() == key
    assert ID not in store.tombstones.read_text()
    assert forgotten(home).holds(f"mturk::{ID}")
    assert forgotten(home).holds("turkle::5")
    assert not forgotten(home).holds("turkle::55")


def test_who_was_forgotten_comes_in_again_without_a_row(home: Home, tmp_path: Path) -> None:
    forget(home, whom(home, BAD))
    write(tmp_path / "a.csv", f"{HEADER}\nH1,X1,{BAD},Submitted,,,,{BAD},I am {BAD}\n")
    found = collect([tmp_path / "a.csv"], None)
    assignments, _ = replace_in_results(home, found.assignments, found.set_aside)
    assert BAD not in assignments.to_csv()
    assert identities(home) == {}
    assert forgotten(home).holds(str(assignments["worker"].iloc[0]))


def test_without_its_key_nobody_is_taken_for_unforgotten(home: Home) -> None:
    add_tombstones(home, [])
    forget(home, whom(home, ID))
    store = Store.of(home)
    store.key.write_text("short")
    with pytest.raises(OSError, match="damaged"):
        forgotten(home)
    store.key.unlink()
    with pytest.raises(OSError, match="gone"):
        forgotten(home)
    assert not store.key.exists()


def test_the_retired_setting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MTURK_HASH_WORKERS", raising=False)
    assert retired_setting_line() == ""
    monkeypatch.setenv("MTURK_HASH_WORKERS", "1")
    assert retired_setting_line().startswith("MTURK_HASH_WORKERS is not needed any more")
