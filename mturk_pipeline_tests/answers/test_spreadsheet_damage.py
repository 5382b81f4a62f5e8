"""What a spreadsheet did to a cell: errors, dates made of ranges, long numbers made short."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.answers.cells import reader
from mturk_pipeline.kinds import KINDS, read
from mturk_pipeline.texts.irreparable_cells import SHORTENED, damage_in
from mturk_pipeline.texts.spreadsheet_dates import choice_of_date, date_in
from mturk_pipeline.texts.spreadsheet_errors import LOST_ANSWER, is_spreadsheet_error
from mturk_pipeline.workflow.field_spec import FieldSpec

ERRORS = [
    "#NAME?", "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#ERROR!",
    "#BEZUG!", "#WERT!", "#NV", "#ZAHL!", "#ÜBERLAUF!", "#NOM?", "#VALEUR!", "#NOMBRE!", "#¡VALOR!", "#¿NOMBRE?",
    "#¡REF!", "#¡DIV/0!", "#N/D", "#VALORE!", "#RIF!", "#NOME?", "#NÚM!", "#WAARDE!", "#NAAM?", "#ARG!", "#ADR!",
    "#VÄRDEFEL!", "#VÆRDI!", "#ЗНАЧ!", "#ССЫЛКА!", "#ИМЯ?", "#DEĞER!", "Err:502", "Fehler:508", "Error 2042", "#####",
]  # fmt: skip
NO_ERRORS = [
    "n/a",
    "name?",
    "#chess",
    "#1",
    "#",
    "# 5",
    "value!",
    "error 404",
    "Err: see page",
    "Error: 502",
    "nv",
    "##",
]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_a_lost_answer_of_every_kind(error: str) -> None:
    for kind in KINDS:
        field = FieldSpec(kind=kind, network="facebook" if kind == "handle" else None)
        for text in (error, f" {error.lower()} ", error.replace("/", " / "), f"'{error}"):
            assert reader(field)(text) == (read(text, field)._replace(evidence="junk"),)
            assert (read(text, field).state, read(text, field).note) == ("invalid", LOST_ANSWER)


@pytest.mark.parametrize("text", NO_ERRORS)
def test_what_is_no_error(text: str) -> None:
    assert not is_spreadsheet_error(text)


def test_an_error_is_neither_blank_nor_none_nor_split() -> None:
    field = FieldSpec(kind="text", separator="/", none_policy="answer")
    assert [r.note for r in reader(field)("#N/A")] == [LOST_ANSWER]
    chosen = FieldSpec(kind="choice", choices=["#N/A", "yes"])
    assert read("#N/A", chosen).value == "#N/A"
    assert read("#REF!", chosen).note == LOST_ANSWER


CHOICES = ("1-5", "6-10", "11-50", "100+")
MAPPED = [
    ("5-Jan", "1-5"), ("05-Jan", "1-5"), ("01-May", "1-5"), ("01. Mai", "1-5"), ("5. Jan.", "1-5"), ("01/mai", "1-5"),
    ("1-may", "1-5"), ("01-mag", "1-5"), ("10-Jun", "6-10"), ("06. Okt", "6-10"), ("6-oct", "6-10"),
    ("Nov-50", "11-50"), ("Nov 50", "11-50"), ("nov-50", "11-50"), ("2026-01-05", "1-5"),
    ("1950-11-01 00:00:00", "11-50"), ("05.01.2026", "1-5"), ("1/5/2026", "1-5"), ("11/1/1950", "11-50"),
    ("2026-01-05 00:00:00", "1-5"), ("2026-01-05T00:00:00", "1-5"), ("1–5", "1-5"), ("100+", "100+"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "choice"), MAPPED)
def test_a_date_is_the_one_choice_that_it_was(cell: str, choice: str) -> None:
    assert read(cell, FieldSpec(kind="choice", choices=list(CHOICES))).value == choice


@pytest.mark.parametrize("form", ["1-5", "1 - 5", "1–5", "1/5", "1.5", "1-5 years", "$1-5"])
def test_choices_in_all_their_forms(form: str) -> None:
    assert read("5-Jan", FieldSpec(kind="choice", choices=[form, "6-10", "more"])).value == form


def test_a_date_that_was_several_choices_or_none_is_invalid_with_its_cause() -> None:
    field = FieldSpec(kind="choice", choices=["1-5", "5-1", "6-10"])
    both = read("5-Jan", field)
    assert both.state == "invalid"
    assert "1-5 or 5-1" in both.note
    other = read("12-Apr", field)
    assert other.state == "invalid"
    assert "a date" in other.note
    assert "4-12" in other.note
    assert read("1.2E+11", field).note.startswith(SHORTENED)


def test_a_choice_of_any_text_refuses_only_what_spreadsheets_write() -> None:
    field = FieldSpec(kind="choice")
    for text in (
        "5-Jan",
        "10 Okt",
        "05. Mrz",
        "5-mars",
        "mars-50",
        "may-50",
        "Nov-50",
        "2026-01-05 00:00:00",
        "1.2E+11",
    ):
        assert read(text, field).state == "invalid", text
    for text in ("2 May", "March 5", "2026-01-05", "10. Oktober", "1-5", "5 members", "1e5", "B-50", "12E-10"):
        assert read(text, field).state == "valid", text


def test_names_and_texts_keep_a_date_with_a_note() -> None:
    for kind in ("name", "text"):
        reading = read("5-Mar", FieldSpec(kind=kind))
        assert (reading.value, reading.suspicious) == ("5-Mar", False)
        assert "3-5" in reading.note
        assert read("4.92E+11", FieldSpec(kind=kind)).note == SHORTENED
        assert read("Class of 5-Mar", FieldSpec(kind=kind)).note == ""


def test_causes_are_said() -> None:
    assert read("5-Mar", FieldSpec(kind="number")).note.startswith("a date")
    assert read("5-Mar", FieldSpec(kind="phone")).note.startswith("a date")
    assert read("4.92E+11", FieldSpec(kind="phone")).note == SHORTENED
    assert read("4.92E+11", FieldSpec(kind="number")).value == "492000000000"


DAY = dt.date(2024, 1, 1)
RANGES = st.tuples(st.integers(1, 12), st.integers(1, 28))


@given(RANGES, st.sampled_from(["{0}-{1}", "{0} - {1}", "{0}–{1}", "{0}/{1}", "{0}-{1} people"]))
def test_every_range_comes_back_from_what_spreadsheets_make_of_it(pair: tuple[int, int], form: str) -> None:
    choice = form.format(*pair)
    american = dt.date(2024, *pair)
    written = [f"{american.day}-{american:%b}", f"{american:%Y-%m-%d} 00:00:00", f"{american:%m/%d/%Y}"]
    if pair[1] <= 12:
        european = dt.date(2024, pair[1], pair[0])
        written += [f"{european:%d-%b}", f"{european:%d.%m.%Y}"]
    for cell in written:
        assert choice_of_date(cell, (choice, "other", "30+")) == (choice,), cell


@given(st.text(max_size=30))
def test_any_text_is_looked_at(text: str) -> None:
    assert date_in(text).origin() or not date_in(text)
    assert not damage_in(text) or len(text) < 41


@pytest.mark.parametrize("text", ["4.0", "4", " 4.00 "])
def test_a_choice_written_with_point_zero_is_found_with_and_without(text: str) -> None:
    assert read(text, FieldSpec(kind="choice", choices=["4.0", "5.0"])).value == "4.0"
    assert read(text, FieldSpec(kind="choice", choices=["4", "5"])).value == "4"


def test_a_version_is_no_other_version() -> None:
    assert read("v1.0", FieldSpec(kind="choice", choices=["v1", "v2"])).state == "invalid"
