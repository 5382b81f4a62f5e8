"""Scalar fields: pooling, blanks, 'there is none', anchors, echoes, invention, spelling."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.answers import Answers
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.answers.made import assignments, one, said

EMAIL = {"kind": "email", "columns": ["email_1", "email_2"]}


def test_columns_of_a_field_are_pooled() -> None:
    phase = PhaseSpec.model_validate({"fields": {"email": EMAIL}})
    row = {"Answer.email_1": "a@example.edu", "Answer.email_2": "B@example.edu"}
    assert said(phase, row) == [("email", "a@example.edu", "valid"), ("email", "b@example.edu", "valid")]


def test_the_same_value_in_two_columns_is_said_once() -> None:
    phase = PhaseSpec.model_validate({"fields": {"email": EMAIL}})
    row = {"Answer.email_1": "a@example.edu", "Answer.email_2": "A@EXAMPLE.EDU"}
    assert said(phase, row) == [("email", "a@example.edu", "valid")]


@pytest.mark.parametrize("empty", ["", None, "-", "N/A", " n/a. ", "{}", "\u200b", "Page error", "?"])
def test_a_blank_beside_a_value_is_nothing(empty: str | None) -> None:
    phase = PhaseSpec.model_validate({"fields": {"email": EMAIL}})
    assert said(phase, {"Answer.email_1": empty, "Answer.email_2": "a@example.edu"}) == [
        ("email", "a@example.edu", "valid")
    ]
    assert said(phase, {"Answer.email_1": empty, "Answer.email_2": empty}) == [("email", None, "blank")]


def test_valid_and_invalid_values_of_a_field_are_both_kept() -> None:
    phase = PhaseSpec.model_validate({"fields": {"email": EMAIL}})
    row = {"Answer.email_1": "ask me", "Answer.email_2": "a@example.edu"}
    assert said(phase, row) == [("email", None, "invalid"), ("email", "a@example.edu", "valid")]


def test_a_blank_answer_keeps_its_text_and_names_the_first_column() -> None:
    phase = PhaseSpec.model_validate({"fields": {"email": EMAIL, "phone": {"kind": "phone"}}})
    out = tidy(assignments([{"Answer.email_1": " - "}]), phase).set_index("field")
    assert out.loc["email", "raw"] == " - "
    assert out.loc["email", "answer_column"] == "Answer.email_1"
    assert out["raw"].isna()["phone"]
    assert out.loc["phone", "answer_column"] == "Answer.phone"


def test_columns_are_found_in_any_case_and_with_their_prefix() -> None:
    phase = PhaseSpec.model_validate({"fields": {"email": {"kind": "email", "columns": ["Answer.E-Mail"]}}})
    assert said(phase, {"Answer.e-mail": "a@example.edu"}, {"Answer.E-MAIL": "b@example.edu"}) == [
        ("email", "a@example.edu", "valid"),
        ("email", "b@example.edu", "valid"),
    ]


def test_a_field_does_not_take_the_pipelines_own_columns() -> None:
    phase = PhaseSpec.model_validate({"fields": {"title": {"kind": "text"}}})
    assert said(phase, {"item": "A"}) == [("title", None, "blank")]


@pytest.mark.parametrize(
    ("policy", "state"), [("answer", "none_declared"), ("abstention", "blank"), ("required", "invalid")]
)
def test_there_is_none(policy: str, state: str) -> None:
    answer = one("email", "None.", none_policy=policy)
    assert answer["state"] == state
    assert bool(answer["note"]) == (policy != "answer")


def test_no_is_an_answer_where_it_is_one_of_the_choices() -> None:
    assert one("choice", "n/a", choices=["yes", "no", "N/A"])["value"] == "N/A"
    assert one("choice", "none", choices=["none", "some"])["value"] == "none"
    assert one("boolean", "No")["value"] == "no"


def test_blank_tokens_can_be_replaced() -> None:
    assert one("text", "n/a", blank_tokens=["nothing"])["state"] == "valid"
    assert one("text", "Nothing", blank_tokens=["nothing"])["state"] == "blank"
    assert one("text", "{}", blank_tokens=["nothing"])["state"] == "blank"


def test_an_anchor_is_a_further_test() -> None:
    answer = one("text", "ask me", anchor={"contains": "@"})
    assert (answer["state"], answer["note"]) == ("invalid", 'no "@" in it')
    assert one("text", "a@b", anchor={"contains": "@"})["state"] == "valid"
    assert one("phone", "(202) 555-0143", anchor={"search": "^[+]1"})["state"] == "valid"
    assert one("text", "ABC", anchor={"search": "^abc$"})["state"] == "valid"
    assert one("text", "abcd", anchor={"search": "^abc$"})["state"] == "invalid"


@pytest.mark.parametrize(
    ("kind", "raw", "settings", "values"),
    [
        ("choice", "red|Blue|red", {}, ["red", "Blue"]),
        ("text", "a; b;; c", {"separator": ";"}, ["a", "b", "c"]),
        ("email", "a@example.edu, b@example.edu", {}, ["a@example.edu", "b@example.edu"]),
        ("url", "https://example.edu/a https://example.edu/b", {}, ["https://example.edu/a", "https://example.edu/b"]),
        ("phone", "202-555-0143 or 202-555-0144", {}, ["+12025550143", "+12025550144"]),
        ("email", "a@example.edu, ask Ann", {}, ["a@example.edu"]),
        ("name", "Smith, Ann", {}, ["Smith, Ann"]),
    ],
)
def test_several_values_in_a_cell(kind: str, raw: str, settings: dict, values: list[str]) -> None:
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": kind, **settings}}})
    out = tidy(assignments([{"Answer.f": raw}]), phase)
    assert [v for v in out["value"] if isinstance(v, str)] == values
    assert set(out["raw"]) == {raw}


LEADS = PhaseSpec.model_validate(
    {
        "keys": ["club"],
        "fields": {
            "email": {"kind": "email"},
            "facebook": {"kind": "handle", "network": "facebook"},
            "website": {"kind": "url"},
            "contact": {"kind": "name"},
            "official": {"kind": "boolean"},
            "members": {"kind": "number"},
        },
    }
)


def test_the_same_text_in_two_fields_is_an_echo() -> None:
    row = {"Answer.email": " Chess@Example.edu", "Answer.website": "chess@example.edu", "Answer.contact": "Ann Lee"}
    out = tidy(assignments([row]), LEADS).set_index("field")
    assert out.loc["email", "state"] == "invalid"
    assert out.loc["email", "note"] == "same text in fields email, website"
    assert pd.isna(out.loc["email", "value"])
    assert "same text in fields email, website" in out.loc["website", "note"]
    assert out.loc["contact", "state"] == "valid"


def test_a_handle_given_as_its_own_link_survives_the_echo() -> None:
    row = {"Answer.facebook": "https://facebook.com/chess", "Answer.website": "facebook.com/chess/"}
    assert [s for s in said(LEADS, row) if s[0] in ("facebook", "website")] == [
        ("facebook", "facebook.com/chess", "valid"),
        ("website", None, "invalid"),
    ]


def test_few_words_may_answer_two_questions_for_free_text_a_sentence_not() -> None:
    phase = PhaseSpec.model_validate({"fields": {"why_1": {"kind": "text"}, "why_2": {"kind": "text"}}})
    sentence = "This is the sentence that I paste everywhere."
    assert {s for *_, s in said(phase, {"Answer.why_1": "supportive", "Answer.why_2": "Supportive"})} == {"valid"}
    assert {s for *_, s in said(phase, {"Answer.why_1": sentence, "Answer.why_2": sentence})} == {"invalid"}


def test_equal_closed_answers_and_pooled_columns_are_no_echo() -> None:
    assert ("official", "yes", "valid") in said(LEADS, {"Answer.official": "1", "Answer.members": "1"})
    phase = PhaseSpec.model_validate({"fields": {"email": EMAIL, "website": {"kind": "url"}}})
    row = {"Answer.email_1": "a@example.edu", "Answer.email_2": "a@example.edu"}
    assert ("email", "a@example.edu", "valid") in said(phase, row)


def test_the_item_name_before_a_free_mail_host_is_suspicious() -> None:
    rows = [
        {"Input.Club": "Chéss Club", "Answer.email": "ChessClub@gmail.com", "id": "1"},
        {"Input.Club": "Chéss Club", "Answer.email": "chessclub@example.edu", "id": "2"},
        {"Input.Club": "Chéss Club", "Answer.email": "chess.president@gmail.com", "id": "3"},
    ]
    out = tidy(assignments(rows), LEADS)
    out = out[out["field"] == "email"]
    assert out["suspicious"].tolist() == [True, False, False]
    assert out["state"].eq("valid").all()


def test_spellings_of_a_name_become_one() -> None:
    phase = PhaseSpec.model_validate({"fields": {"club": {"kind": "name"}, "color": {"kind": "choice"}}})
    rows = [{"Answer.club": c} for c in ("CHESS CLUB", "chess club.", "Chess Club", "Go Club")]
    rows += [{"item": "B", "Answer.club": "chess club", "Answer.color": "red"}, {"Answer.color": "RED"}]
    rows += [{"item": "C", "Answer.color": "red"}]
    out = tidy(assignments(rows), phase)
    clubs = out[(out["field"] == "club") & out["value"].notna()]
    assert clubs.loc[clubs["item_id"] == "A", "value"].tolist() == ["Chess Club"] * 3 + ["Go Club"]
    assert clubs.loc[clubs["item_id"] == "B", "value"].tolist() == ["chess club"]
    assert set(out.loc[out["field"] == "color", "value"].dropna()) == {"red"}


def test_a_worker_who_answers_an_item_twice_keeps_both_rows() -> None:
    rows = [{"worker": "W", "Answer.email": "a@example.edu"}, {"worker": "W", "Answer.email": "a@example.edu"}]
    out = tidy(assignments(rows), LEADS)
    assert out.loc[out["field"] == "email", "assignment_id"].tolist() == ["S0", "S1"]


def test_no_assignments_give_an_empty_table_of_the_contract() -> None:
    out = Answers.validate(tidy(assignments([]), LEADS))
    assert out.empty


CELLS = st.sampled_from(
    [None, "", "-", "none", "a@example.edu", "A@example.edu", "b@example.edu, c@example.edu", "chess", "Chess",
     "CHESS.", "https://example.edu", "example.edu/", "@chess", "facebook.com/chess", "yes", "1"]
)  # fmt: skip
ROWS = st.lists(
    st.fixed_dictionaries(
        {"item": st.sampled_from(["A", "B"]), "Input.club": st.sampled_from(["a", "Chess"])}
        | {f"Answer.{f}": CELLS for f in LEADS.fields}
    ),
    max_size=12,
)


@settings(max_examples=12)
@given(rows=ROWS, seed=st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[dict], seed: object) -> None:
    frame = assignments(rows)
    shuffled = frame.sample(frac=1, random_state=seed.randrange(2**32)) if len(frame) else frame
    out = tidy(frame, LEADS)
    pd.testing.assert_frame_equal(out, tidy(shuffled, LEADS))
    assert (out["value"].notna() == (out["state"] == "valid")).all()
    assert set(zip(out["assignment_id"], out["field"], strict=True)) == {
        (a, f) for a in frame["assignment_id"] for f in LEADS.fields
    }
