import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.intake.item_ids import LETTERS, canonical_id, id_of, is_item_id, item_ids, row_ids
from mturk_pipeline.texts.key_form import normalise_key


def keys(*rows):
    return pd.DataFrame(list(rows), columns=["university", "club"], dtype="str")


def test_the_same_keys_in_other_case_and_spacing_are_the_same_item():
    ids = item_ids(keys(("University of X", "Chess"), ("  university  OF x ", "CHESS"), ("University of X", "Go")))
    assert ids[0] == ids[1] != ids[2]


def test_columns_do_not_run_into_each_other():
    ids = item_ids(keys(("a b", "c"), ("a", "b c"), ("b c", "a")))
    assert ids.is_unique


@pytest.mark.parametrize("path", ["", "/clubs", "/clubs/chess"])
def test_a_link_is_the_same_with_or_without_its_trimmings(path):
    starts = ("", "www.", "http://", "https://www.")
    forms = [f"{start}chess.example.edu{path}{end}" for start in starts for end in ("", "/", "//")]
    assert {normalise_key(form) for form in forms} == {f"chess.example.edu{path}"}


@pytest.mark.parametrize(
    "text", ["and/", "who@example.edu/", "a.b c/", "/", "./", "../", "n/a/", "1.", "a./", "x/a.b/"]
)
def test_what_is_no_link_keeps_its_slash(text):
    assert normalise_key(text) == text


def test_ids_stay_what_they_were():
    assert id_of("example university") == "GGHF-XVJJ-TMLV-D"


def test_rows_of_a_list_have_ids_of_their_own():
    items = item_ids(keys(("X", "Chess"), ("X", "Chess")))
    rows = row_ids(items, pd.Series(["", "https://example.edu"], dtype="str"))
    assert rows[0] == items[0]
    assert rows[1] != items[1]
    assert is_item_id(rows[1])


@given(st.text())
def test_any_text_has_an_id_that_knows_itself(text):
    made = id_of(text)
    assert is_item_id(made)
    assert is_item_id(made.lower().replace("-", ""))
    assert canonical_id(f" {made.lower()} ") == made
    assert not any(character.isdigit() for character in made)


@given(st.text(), st.integers(0, 12), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_noticed(text, place, letter):
    letters = list(id_of(text).replace("-", ""))
    changed = letters[place] != letter
    letters[place] = letter
    assert is_item_id("".join(letters)) is not changed
