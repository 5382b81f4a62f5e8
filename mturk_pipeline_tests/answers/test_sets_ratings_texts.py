"""Cells of sets, single boxes, ratings and free texts, and of questions that were not asked."""

import pandas as pd
import pytest

from mturk_pipeline.answers.spelling import spelt_as_given
from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.answers import Answers
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.review.person_values import person_value
from mturk_pipeline.trust.consensus import find_consensus
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.answers.made import assignments, one, said


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


@pytest.mark.parametrize("settings", [{}, {"separator": ","}, {"choices": ["a", "b", "1", "2"]}])
@pytest.mark.parametrize(
    "raw",
    ['["a","b"', '["a","', '["a",', "['a', 'b'", '{"a": true', '{"a": tru', '{"a": true, "b', '"a","b"]', '"a": true}',
     "[1, 2", '["a", ["b"]]', '[{"a": true}]', '{"a": {"b": true}}', '["a","b"]]'],
)  # fmt: skip
def test_a_set_that_is_cut_off_or_broken_is_unreadable_and_never_a_label(raw, settings):
    answer = one("choices", raw, **settings)
    assert (answer["state"], answer["note"]) == ("invalid", "a list of labels that is cut off or broken")


@pytest.mark.parametrize("settings", [{}, {"separator": ","}, {"choices": ["a", "b"]}])
@pytest.mark.parametrize(
    ("raw", "labels"),
    [
        ('["a", null]', ["a"]),
        ("['a', None]", ["a"]),
        ('{"a": true, "b": null}', ["a"]),
        ('["a", "b"]', ["a", "b"]),
        ("[null]", [None]),
        ('{"a": null}', [None]),
        ("[]", [None]),
    ],
)
def test_null_is_no_label_of_a_set(raw, labels, settings):
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "choices", **settings}}})
    assert [value for _, value, _ in said(phase, {"Answer.f": raw})] == labels


def test_labels_in_brackets_are_labels():
    labels = ["[other]", "(none of these)", "[1] agree", '5" pipe', "{x}"]
    assert [one("choices", label)["value"] for label in labels] == labels
    assert one("choices", '["a"', choices=['["a"', "b"])["value"] == '["a"'


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["not agree", "disagree", "don't agree", "I do not", "no website", "never", "✗"], ["no"] * 7),
        (["agree", "I agree", "I agree to all that is said", "accepted", "x", "✓", "yes, since May"], ["yes"] * 7),
        (["maybe", "not sure", "I don't know", "partly", "yes and no", "unknown", "undefined"], [None] * 7),
        (["nsfw", "nsfw", "NSFW"], ["yes"] * 3),
        (["I have not done this task before today", None], ["yes", "no"]),
        (["no_website", "true"], ["yes", "yes"]),
        (["None of the above", None, "none of the above"], ["yes", "no", "yes"]),
        (["No website", "", "?"], ["yes", "no", None]),
        (["not agree", "agree", None], ["no", "yes", "no"]),
        (["not sure", None], [None, "no"]),
        (["asdf", "blue"], [None, None]),
        (["asdf", "yes", "disagree"], [None, "yes", "no"]),
        (["?", "n/a", "null", "{}", ""], [None, None, "no", "no", "no"]),
    ],
)
def test_a_box_that_is_answered_in_words_is_ticked_only_where_they_say_so(texts, values):
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": "boolean", "checkbox": True}}})
    rows = said(phase, *({"Answer.f": text} for text in texts))
    assert [value for _, value, _ in rows] == values


def in_a_column_for_each_item(asked: int, blank: set[tuple[int, int]] = frozenset()) -> pd.DataFrame:
    """Three answers to each of four HITs, each with `asked` questions of its own; `blank`: assignment, question."""
    rows = []
    for n in range(12):
        first = asked * (n // 3)
        cells = {f"Answer.t{first + k}": "good" for k in range(asked) if (n, first + k) not in blank}
        rows.append({"item": f"I{n // 3}", "worker": f"W{n % 3}", "id": f"S{n}", **cells})
    return assignments(rows)


def asking(fields: int) -> PhaseSpec:
    return PhaseSpec.model_validate({"fields": {f"t{n}": {"kind": "choice"} for n in range(fields)}})


def test_a_column_for_each_item_is_asked_in_its_own_hit_only_and_holds_no_other_back():
    table, phase = in_a_column_for_each_item(4, {(0, 1)}), asking(16)
    answers = tidy(table, phase)
    assert len(answers) == 48
    assert answers.loc[answers["state"] == "blank", ["assignment_id", "field"]].to_numpy().tolist() == [["S0", "t1"]]
    consensus = find_consensus(answers, phase).assign(accepted=True, trust=0.95)
    rows = clean(consensus, item_rows(answers, table, phase), phase).set_index("item_id")
    assert not rows["needs_review"].any()
    outcomes = rows[[f"t{n}_outcome" for n in range(16)]]
    assert (outcomes == "not_asked").sum(axis=1).tolist() == [12] * 4


def test_questions_that_few_answer_are_asked_all_the_same():
    sparse = {(n, k) for n in range(12) for k in range(16) if n % 3 or k % 4}
    for table, phase in (
        (in_a_column_for_each_item(4, sparse), asking(16)),
        (in_a_column_for_each_item(2), asking(8)),
    ):
        assert len(tidy(table, phase)) == 12 * len(phase.fields)


@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_a_typed_choice_is_one_value_however_it_is_spelt(kind):
    texts = ["Pro-life", "Pro-life", "pro\u2013life", "PRO-LIFE", " pro-life\u200b", "ｐｒｏ－ｌｉｆｅ"]
    phase = PhaseSpec.model_validate({"fields": {"f": {"kind": kind}}})
    assert {value for _, value, _ in said(phase, *({"Answer.f": text} for text in texts))} == {"Pro-life"}


def test_what_is_known_takes_the_spelling_of_the_crowd():
    fields = {"f": {"kind": "choice"}, "g": {"kind": "choices"}, "t": {"kind": "text"}}
    phase = PhaseSpec.model_validate({"fields": fields})
    rows = [{"Answer.f": "Against", "Answer.g": "Bus|Car", "Answer.t": "Well"} for _ in range(3)]
    values = [" AGAINST ", None, "train|BUS|car", "CAR", "WELL"]
    known = pd.DataFrame({"field": list("ffggt"), "value": values}, dtype="str")
    spelt = spelt_as_given(known, tidy(assignments(rows), phase), phase)["value"]
    assert spelt.fillna("-").tolist() == ["Against", "-", "Bus|Car|train", "Car", "WELL"]
