"""What unreadable answers are evidence of, kind by kind, and how they are counted."""

import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.answers.cells import reader
from mturk_pipeline.answers.none_words import says_none, says_nothing
from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.answers.unreadable import unreadable, unreadable_line
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.answers.made import assignments

EMAIL, PHONE, URL = FieldSpec(kind="email"), FieldSpec(kind="phone"), FieldSpec(kind="url")
FACEBOOK = FieldSpec(kind="handle", network="facebook")
NUMBER, YES_NO = FieldSpec(kind="number"), FieldSpec(kind="boolean")
COLOUR = FieldSpec(kind="choice", choices=["red", "dark blue", "none of these"])

# Texts are parted by ' · '.
NEAR = [
    (EMAIL, "dean@uni,edu · dean@uni.con · dean@uni · dean@uni edu · dean@@uni.edu · deanuni@.edu · dean.uni.edu"),
    (
        EMAIL,
        "dean(a)uni,edu · dean#uni.edu · j.dean@uni..edu · dean@ · jane dean@uni.edu · dean@uni;edu · dean uni.edu",
    ),
    (EMAIL, "dean2uni,edu · dean @ uni , edu · dean@uni.edu/b@uni.edu,c"),
    (PHONE, "(212) 555-010 · 555-0101 · 212-555-01011 · 2l2-555-O1O · 3.01235E+09 · 2125550132.00 · +1 (112) 555-0101"),
    (PHONE, "+999 1234567 · tel: 555 0101"),
    (URL, "www,uni,edu · https://uni.eud/clubs · http:/uni · https://uni/clubs · uni,edu/clubs"),
    (URL, "wwwuni.edu/x y · uni .edu"),
    (FACEBOOK, "https://www.facebook.ocm/chess · faceboook.com/chess · httpsq//www.facebook.com/chess · chess!club"),
    (FACEBOOK, "https://www.facebookcom/chess · www.facbook.com/chess"),
    (NUMBER, "3-5 · 12 or 13 · two dozen · l2"),
    (COLOUR, "dark bleu · red, I think · darkblue"),
    (YES_NO, "yess · flase · yes, since 2019"),
]
JUNK = [
    (
        EMAIL,
        "asdf · idk · 404 · #N/A · #NAME? · https://uni.edu/contact · @chessclub · asdf@asdf · Chess Club@gmail.com",
    ),
    (EMAIL, '=HYPERLINK("http://x.example") · see the page · see their page at uni · bell\x07@x,edu · test@'),
    (EMAIL, "The club meets on Mondays and you can write to the president."),
    (PHONE, "12345 · 2019-05-06 · ##### · 0000000000 · call me · http://a.example/1234567890 · " + "x" * 500),
    (URL, "good · file:///etc/passwd · ../../etc · http://127.0.0.1:22/ · {{7*7}} · Visit the club page"),
    (FACEBOOK, "https://clubs.uni.edu/organizations · idk · https://twitter.com/chess · dean@uni.edu"),
    (NUMBER, "many · see page · a lot of members"),
    (COLOUR, "purple · idk"),
    (YES_NO, "maybe · idk"),
]
NONES = (
    "no e-mail listed · not listed · couldn't find any · Could not find · There is no website. · no tiene · no hay · "
    "nicht vorhanden · keine · Kein Telefon · aucun · pas d'adresse · nessuno · non disponibile · não tem · nenhum · "
    "geen · niet gevonden · saknas · brak · yok · нет · tidak ada · doesn't have one · no encontrado · has none · "
    "does not have an instagram · unable to locate · none given · n'existe pas · hat keine · unlisted"
)


def _each(groups: list[tuple[FieldSpec, str]]) -> list[tuple[FieldSpec, str]]:
    return [(field, text) for field, texts in groups for text in texts.split(" · ")]


@pytest.mark.parametrize(("field", "text"), _each(NEAR))
def test_near_misses_of_each_kind(field, text):
    reading = reader(field)(text)[0]
    assert (reading.state, reading.evidence) == ("invalid", "near_miss")


@pytest.mark.parametrize(("field", "text"), _each(JUNK))
def test_junk_is_evidence_of_neither(field, text):
    reading = reader(field)(text)[0]
    assert (reading.state, reading.evidence) == ("invalid", "junk")


@pytest.mark.parametrize("field", [EMAIL, PHONE, FACEBOOK, URL])
@pytest.mark.parametrize("text", NONES.split(" · "))
def test_none_in_other_words_of_many_languages(field, text):
    reading = reader(field)(text)[0]
    assert reading.state == "none_declared" or (reading.state, reading.evidence) == ("invalid", "none_in_words")


@pytest.mark.parametrize(
    "text", ["no idea", "don't know", "page won't load", "no access", "login required", "not sure", "link not working"]
)
def test_who_could_not_look_says_nothing(text):
    assert not says_none(text)
    assert says_nothing(text) or text == "don't know"
    assert reader(EMAIL)(text)[0].evidence == "junk"


@pytest.mark.parametrize("policy", ["abstention", "required"])
def test_the_policy_of_none_holds_for_other_words_too(policy):
    assert reader(FieldSpec(kind="email", none_policy=policy))("not listed")[0].evidence == "junk"


def test_in_a_question_with_choices_none_in_other_words_is_no_answer():
    assert reader(COLOUR)("not listed")[0].evidence == "junk"
    assert reader(FieldSpec(kind="number", none_tokens=["none"]))("not listed")[0].evidence == "none_in_words"


def test_a_value_that_fails_the_anchor_still_is_one():
    field = FieldSpec.model_validate({"kind": "email", "anchor": {"contains": ".edu"}})
    assert reader(field)("dean@uni.org")[0].evidence == "near_miss"
    assert reader(field)("not listed")[0].evidence == "none_in_words"
    text = FieldSpec.model_validate({"kind": "text", "anchor": {"contains": "."}})
    assert reader(text)("whatever")[0].evidence == "junk"


FIELDS = [EMAIL, PHONE, URL, FACEBOOK, NUMBER, YES_NO, COLOUR, FieldSpec(kind="name"), FieldSpec(kind="text")]


@settings(max_examples=300)
@given(text=st.text(max_size=60) | st.text("ab@.,;:-_ 12/#()+", max_size=60), place=st.integers(0, len(FIELDS) - 1))
def test_exactly_the_invalid_answers_have_evidence(text, place):
    for reading in reader(FIELDS[place])(text):
        assert (reading.evidence in ("near_miss", "none_in_words", "junk")) == (reading.state == "invalid")
        assert (reading.evidence == "") == (reading.state != "invalid")


@pytest.mark.parametrize("length", [290, 20_000])
@pytest.mark.parametrize(
    "unit", ["a-", "a_", "a.", "a ", "a,", "a@", "1", "1 ", "1-", "1,", "(", "www", "ht", "@", "no ", "a.com ", "x:/"]
)
def test_no_text_takes_long(unit, length):
    start = time.perf_counter()
    for field in FIELDS:
        for end in ("", "!", ".con", " é"):
            reader(field)(unit * (length // len(unit)) + end)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("text", ["dean@uni.edu", "none", "n/a", ""])
def test_what_could_be_read_has_no_evidence(text):
    assert reader(EMAIL)(text)[0].evidence == ""


PHASE = PhaseSpec.model_validate(
    {
        "keys": ["club"],
        "fields": {"email": {"kind": "email", "columns": ["email_1", "email_2"]}, "website": {"kind": "url"}},
    }
)


def _tidy(**cells: str) -> pd.DataFrame:
    row = {f"Answer.{name}": text for name, text in cells.items()}
    return tidy(assignments([{"Input.club": "Chess", **row}]), PHASE)


def test_junk_hides_no_none_beside_it_but_a_near_miss_does():
    email = _tidy(email_1="none", email_2="#N/A").query("field == 'email'")
    assert sorted(email["state"]) == ["invalid", "none_declared"]
    email = _tidy(email_1="none", email_2="dean@uni,edu").query("field == 'email'")
    assert email["evidence"].tolist() == ["near_miss"]


def test_one_text_in_several_fields_is_junk():
    out = _tidy(email_1="dean@uni,edu", website="dean@uni,edu")
    assert out["evidence"].tolist() == ["junk", "junk"]


def test_unreadable_answers_are_counted_with_their_commonest_reasons(make_unreadable):
    found = unreadable(make_unreadable)
    assert [(u.field, u.answers, u.near_misses, u.none_in_words) for u in found] == [
        ("email", 3, 2, 1),
        ("url", 1, 0, 0),
    ]
    assert found[0].reasons == (("not the form", 2), ("says so", 1))
    assert unreadable_line(found).startswith("4 answers could not be read: email 3, 2 of them almost a value")
    assert unreadable_line(unreadable(make_unreadable.assign(state="valid"))) == ""


def test_tables_of_an_earlier_version_are_counted_too(make_unreadable):
    assert [u.answers for u in unreadable(make_unreadable.drop(columns="evidence"))] == [3, 1]


@pytest.fixture
def make_unreadable() -> pd.DataFrame:
    rows = [("email", "near_miss", "not the form; x")] * 2 + [
        ("email", "none_in_words", "says so"),
        ("url", "junk", ""),
    ]
    return pd.DataFrame(rows, columns=["field", "evidence", "note"]).assign(state="invalid")
