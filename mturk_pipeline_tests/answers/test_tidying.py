"""Scalar fields: pooling, blanks, 'there is none', anchors, echoes, invention, spelling."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.answers import Answers
from mturk_pipeline.review.person_values import person_value
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.answers.made import assignments

EMAIL = {"kind": "email", "columns": ["email_1", "email_2"]}


def said(phase: PhaseSpec, *rows: dict[str, str | None]) -> list[tuple]:
    """What tidy makes of rows: (field, value or None, state), in its order; the contract holds."""
    out = tidy(assignments(rows), phase)
    Answers.validate(out)
    value = out["value"].astype(object).where(out["value"].notna(), None)
    return list(zip(out["field"], value, out["state"], strict=True))


def one(kind: str, raw: str | None, **settings: object) -> pd.Series:
    """The one answer that a cell gives in a field of `kind`."""
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": kind, **settings}}})
    out = tidy(assignments([{"Answer.f": raw}]), phase)
    assert len(out) == 1
    return out.iloc[0]


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


@pytest.mark.parametrize(
    "cell", ["bus|car", "car | bus", '["car", "bus"]', "['bus', 'car']", '{"bus": true, "car": true, "train": false}',
             "bus, car", "car\nbus", "Bus;Car"],
)  # fmt: skip
def test_a_set_is_the_same_however_it_was_written(cell: str) -> None:
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices", "choices": ["bus", "car", "train"]}}})
    assert said(phase, {"Answer.f": cell}) == [("f", "bus", "valid"), ("f", "car", "valid")] or said(
        phase, {"Answer.f": cell}
    ) == [("f", "car", "valid"), ("f", "bus", "valid")]


@pytest.mark.parametrize("cell", [None, "{}", "[]", '{"bus": false, "car": false}', "[ ]"])
def test_nothing_ticked_is_an_answer_unless_the_field_is_required(cell: str | None) -> None:
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices"}, "g": {"kind": "choices", "required": True}}})
    assert said(phase, {"Answer.f": cell, "Answer.g": cell}) == [("f", None, "none_declared"), ("g", None, "blank")]


def test_a_sentence_is_one_label_and_a_comma_in_a_choice_separates_nothing() -> None:
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices"}}})
    assert said(phase, {"Answer.f": "Yes, always|No"}) == [("f", "Yes, always", "valid"), ("f", "No", "valid")]
    assert said(phase, {"Answer.f": "Yes, always"}) == [("f", "Yes, always", "valid")]
    assert said(phase, {"Answer.f": "it rained all day, so we left for the city"}) == [
        ("f", "it rained all day, so we left for the city", "valid")
    ]
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices", "choices": ["yes, always", "no"]}}})
    assert said(phase, {"Answer.f": "yes, always|no"}) == [("f", "yes, always", "valid"), ("f", "no", "valid")]


def test_a_label_that_is_no_choice_is_invalid_beside_those_that_are() -> None:
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices", "choices": ["bus", "car"]}}})
    assert said(phase, {"Answer.f": "bus|tram"}) == [("f", "bus", "valid"), ("f", None, "invalid")]


@pytest.mark.parametrize(("cell", "value"), [("true", "yes"), ("on", "yes"), ("I agree", "yes"), ("false", "no")])
def test_one_box_is_a_yes_or_a_no(cell: str, value: str) -> None:
    assert one("boolean", cell, checkbox=True)[["value", "state"]].tolist() == [value, "valid"]
    assert one("boolean", None, checkbox=True)[["value", "state"]].tolist() == ["no", "valid"]
    assert one("boolean", None)["state"] == "blank"


def test_what_was_not_asked_is_no_cell() -> None:
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choice", "asked_if": "photo"}, "g": {"kind": "text"}}})
    rows = [
        {"item": "A", "Input.photo": "", "Answer.g": "x"},
        {"item": "B", "Input.photo": "p.jpg", "Answer.g": "x"},
        {"item": "C", "Input.photo": None, "Answer.f": "cat", "Answer.g": "x"},
    ]
    out = tidy(assignments(rows), phase)
    asked = out[out["field"] == "f"]
    assert asked[["item_id", "state"]].to_numpy().tolist() == [["B", "blank"], ["C", "valid"]]
    assert len(out[out["field"] == "g"]) == 3


@pytest.mark.parametrize(
    ("settings", "cell", "value", "note"),
    [
        ({"scale": [0, 100]}, "41.50", "41.5", ""),
        ({"scale": [0, 100]}, "101", None, "not on the scale from 0 to 100"),
        ({"levels": ["1", "2", "3"]}, "2.0", "2", ""),
        ({"levels": ["1", "2", "3"]}, "4", None, "not on the scale from 1 to 3"),
        ({"levels": ["no", "maybe", "yes"]}, "MAYBE", "maybe", ""),
        ({"levels": ["no", "maybe", "yes"]}, "2", None, "not one of no, maybe, yes"),
        ({"scale": "ratio"}, "0", None, "not above 0, as magnitudes are"),
        ({}, "-3", "-3", ""),
    ],
)
def test_ratings_are_read_on_their_scale(settings: dict, cell: str, value: str | None, note: str) -> None:
    answer = one("rating", cell, **settings)
    assert (None if pd.isna(answer["value"]) else answer["value"]) == value
    assert answer["note"] == note


@pytest.mark.parametrize(
    "settings",
    [{"scale": [5, 1]}, {"scale": "log"}, {"levels": ["a"]}, {"levels": ["a", "a"]}, {"tolerance": 0},
     {"scale": [0, 1], "levels": ["a", "b"]}],
)  # fmt: skip
def test_a_rating_without_a_scale_that_makes_sense_is_refused(settings: dict) -> None:
    with pytest.raises(ValueError, match=r"scale|levels|tolerance"):
        PhaseSpec.model_validate({"fields": {"f": {"kind": "rating", **settings}}})


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("The quick brown fox jumps over the lazy dog!", True),
        ("brown fox jumps over the lazy", True),
        ("THE QUICK, brown fox; jumps over the lazy dog", True),
        ("the quick brown", False),
        ("A fox that jumps over a dog", False),
        ("Foxes", True),
        ("", False),
    ],
)
def test_a_free_text_copied_from_the_input_is_told(text: str, copied: bool) -> None:
    fields = {"f": {"kind": "text", "exact": False}, "g": {"kind": "text"}}
    row = {"Input.line": "The quick brown fox jumps over the lazy dog.", "Input.title": "Foxes", "Answer.f": text}
    out = tidy(assignments([row | {"Answer.g": "Foxes"}]), PhaseSpec.model_validate({"fields": fields}))
    free = out[out["field"] == "f"].iloc[0]
    assert bool(free["suspicious"]) is copied
    assert free["note"].startswith("copied from Input.") is copied
    assert not out[out["field"] == "g"]["suspicious"].any()
    Answers.validate(out)


def test_a_none_in_a_set_says_that_nothing_fits_unless_it_is_a_choice() -> None:
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices"}}})
    assert said(phase, {"Answer.f": "None"}) == [("f", None, "none_declared")]
    assert said(phase, {"Answer.f": "bus|none"}) == [("f", "bus", "valid")]
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices", "choices": ["none", "bus"]}}})
    assert said(phase, {"Answer.f": "None"}) == [("f", "none", "valid")]


def test_where_most_texts_are_quotes_quoting_is_the_task() -> None:
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "text", "exact": False}}})
    line = "The quick brown fox jumps over the lazy dog"
    quotes = [{"item": f"I{n}", "Input.line": line, "Answer.f": "quick brown fox jumps over the"} for n in range(9)]
    own = [{"item": f"O{n}", "Input.line": line, "Answer.f": f"words of my own, number {n}"} for n in range(12)]
    assert tidy(assignments([*quotes, *own[:3]]), phase)["suspicious"].sum() == 0
    assert tidy(assignments([*quotes, *own]), phase)["suspicious"].sum() == 9


@pytest.mark.parametrize(("typed", "value"), [("y/x", "x|y"), ("x", "x")])
def test_a_set_with_a_separator_of_its_own_is_read_the_same_from_a_person(typed: str, value: str) -> None:
    field = FieldSpec(kind="choices", separator="/")
    assert person_value(typed, field)[:2] == ("value", value)
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices", "separator": "/"}}})
    assert {v for _, v, _ in said(phase, {"Answer.f": typed})} == set(value.split("|"))


def test_a_choice_called_none_means_itself_to_workers_and_people() -> None:
    field = FieldSpec(kind="choices", choices=["a", "none", "n/a"])
    assert [person_value(text, field)[:2] for text in ("none", "N/A")] == [("value", "none"), ("value", "n/a")]
    assert FieldSpec(kind="rating", levels=["n/a", "low", "high"]).blanks.isdisjoint({"n/a"})
    assert one("boolean", "none", checkbox=True)["value"] == "no"


@pytest.mark.parametrize(("said_so", "value"), [("Yes", "yes"), ("no", "no"), ("true", "yes"), ("FALSE", "no")])
def test_a_yes_that_yaml_read_as_a_truth_value_is_the_choice(said_so: str, value: str) -> None:
    assert one("choice", said_so, choices=[True, False])["value"] == value
    assert one("rating", said_so, levels=[False, "perhaps", True])["value"] == value
