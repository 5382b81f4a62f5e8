"""The pilot of a batch: what came back, what was common, and that settings proposed for it do settle it."""

import json
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.answers.cells import reader
from mturk_pipeline.trust.pilot import pilot
from mturk_pipeline.trust.pilot_cells import COMMON_WORDS, common_cells, shape
from mturk_pipeline.workflow.field_spec import BLANK_TOKENS, NONE_TOKENS, FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def phase_of(**fields: dict) -> PhaseSpec:
    return PhaseSpec.model_validate({"fields": fields})


WEBSITE = phase_of(website={"kind": "url"})


def assignments_of(answers: pd.DataFrame) -> pd.DataFrame:
    return answers.drop_duplicates("assignment_id")[["assignment_id", "item_id", "worker", "work_seconds"]]


def cells(make_answers, phase: PhaseSpec, *texts: str, field: str = "website", workers: int = 2, valid=()):
    """The common cells of a batch in which each text was written by `workers` workers, each for an item of its own."""
    rows = [
        {"worker": f"w{w}", "item": f"I{n}-{w}", "field": field, "raw": text, "state": "invalid"}
        for n, text in enumerate(texts)
        for w in range(workers)
    ]
    rows += [{"worker": "w9", "item": f"V{n}", "field": field, "raw": t, "value": "v"} for n, t in enumerate(valid)]
    return common_cells(make_answers(rows), phase)


def settled(phase: PhaseSpec, found: pd.DataFrame, row: int = 0) -> FieldSpec:
    """The field with the line of a cell laid into it, as a person would paste it."""
    field, line = found.loc[row, "field"], found.loc[row, "line"]
    name, _, value = line.partition(": ")
    return FieldSpec.model_validate({**phase.fields[field].model_dump(), name: json.loads(value)})


@pytest.mark.parametrize(
    ("text", "setting", "state"),
    [
        ("No website.", "none_tokens", "none_declared"),
        ("could not find", "none_tokens", "none_declared"),
        ("does not have a website", "none_tokens", "none_declared"),
        ("see page", "blank_tokens", "blank"),
        ("not sure", "blank_tokens", "blank"),
        ("no idea", "blank_tokens", "blank"),
        ("done", "blank_tokens", "blank"),
    ],
)
def test_common_words_get_the_line_that_reads_them(make_answers, text: str, setting: str, state: str) -> None:
    found = cells(make_answers, WEBSITE, text)
    assert found.loc[0, ["shown", "times", "workers", "setting"]].tolist() == [
        text.lower().strip("."), 2, 2, setting,
    ]  # fmt: skip
    assert [r.state for r in reader(settled(WEBSITE, found))(text)] == [state]


def test_a_line_keeps_the_default_tokens_and_has_all_new_ones(make_answers) -> None:
    found = cells(make_answers, WEBSITE, "no website", "no homepage", "see page")
    lines = set(found["line"])
    assert lines == {
        f"none_tokens: {json.dumps([*NONE_TOKENS, 'no homepage', 'no website'])}",
        f"blank_tokens: {json.dumps([*BLANK_TOKENS[2:], 'see page'], ensure_ascii=False)}",
    }


def test_none_in_a_number(make_answers) -> None:
    phase = phase_of(members={"kind": "number"})
    assert cells(make_answers, phase, "none", field="members").loc[0, "line"] == 'none_tokens: ["none"]'


def test_none_where_there_is_one_for_each(make_answers) -> None:
    phase = phase_of(website={"kind": "url", "none_policy": "required"})
    assert cells(make_answers, phase, "none").loc[0, "line"] == 'none_policy: "answer"'


def test_a_choice_that_was_forgotten(make_answers) -> None:
    phase = phase_of(mood={"kind": "choice", "choices": ["positive", "negative"]})
    found = cells(make_answers, phase, "Neutral", "not sure", field="mood")
    assert set(found["setting"]) == {"choices", "blank_tokens"}
    assert 'choices: ["positive", "negative", "neutral"]' in set(found["line"])


def test_a_separator_is_found_and_spares_what_is_valid(make_answers) -> None:
    phase = phase_of(mood={"kind": "choice", "choices": ["glad", "sad"]})
    found = cells(make_answers, phase, "glad;sad", "sad;glad", field="mood", valid=["glad"])
    assert found[["shown", "times", "line"]].to_numpy().tolist() == [["x;x", 4, 'separator: ";"']]
    phase = phase_of(members={"kind": "number"})
    assert cells(make_answers, phase, "12; 15", field="members").loc[0, "setting"] == "separator"
    spared = cells(make_answers, phase, "12; 15", field="members", valid=["12; members"])
    assert ";" not in spared.loc[0, "line"]


def test_the_region_of_numbers(make_answers) -> None:
    phase = phase_of(phone={"kind": "phone"})
    found = cells(make_answers, phase, "020 7946 0958", field="phone")
    assert found.loc[0, ["shown", "line"]].tolist() == ["999 9999 9999", 'region: "GB"']
    beside_american = cells(make_answers, phase, "020 7946 0958", field="phone", valid=["(212) 555-2368"])
    assert beside_american.loc[0, "line"] == ""


def test_an_anchor_that_is_too_strict(make_answers) -> None:
    phase = phase_of(website={"kind": "url", "anchor": {"contains": ".edu"}})
    assert cells(make_answers, phase, "https://chess.example.org").loc[0, "line"] == "anchor: null"


def test_what_reads_well_but_was_refused_for_another_reason_gets_no_line(make_answers) -> None:
    assert cells(make_answers, WEBSITE, "https://pasted.example.edu").loc[0, ["setting", "line"]].tolist() == ["", ""]


@pytest.mark.parametrize(
    "text", ["Ann Smith", "call ann", "chess@example", "no ann smith", "12 High Street", "ann dot smith at example"]
)
def test_what_could_be_personal_is_never_shown(make_answers, text: str) -> None:
    for word in cells(make_answers, WEBSITE, text, workers=3)[["shown", "line"]].to_numpy().ravel():
        assert not {"ann", "smith", "chess", "high", "example"} & set(word.lower().split())


def test_a_lone_workers_text_is_not_common(make_answers) -> None:
    rows = [
        {"worker": "w1", "item": f"I{n}", "field": "website", "raw": "no site", "state": "invalid"} for n in range(9)
    ]
    assert common_cells(make_answers(rows), WEBSITE).empty


@given(st.text(max_size=60))
def test_a_shape_says_nothing(text: str) -> None:
    drawn = shape(text)
    assert len(drawn) <= 30
    assert not any(c.isalnum() and c not in "x9" for c in drawn)


def test_common_words_are_written_as_they_are_compared() -> None:
    assert all(word == word.casefold() for word in COMMON_WORDS)


def test_fill_and_agreement_by_field(make_answers) -> None:
    phase = phase_of(email={"kind": "email"}, website={"kind": "url"})
    rows = [
        {"worker": "w1", "value": "a"},
        {"worker": "w1", "value": "b"},
        {"worker": "w2", "value": "a"},
        {"worker": "w3", "value": "c"},
        {"worker": "w4", "state": "invalid", "raw": "x"},
        {"worker": "w4", "item": "B", "value": "lone"},
        {"worker": "w1", "field": "website", "state": "none_declared"},
        {"worker": "w2", "field": "website", "state": "none_declared"},
        {"worker": "w3", "field": "website"},
    ]
    answers = make_answers(rows)
    found = pilot(answers, assignments_of(answers), phase)
    assert (found.items, found.assignments, found.workers) == (2, 5, 4)
    assert found.fields.to_dict("list") == {
        "field": ["email", "website"],
        "asked": [5, 3],
        "valid": [4, 0],
        "none_declared": [0, 2],
        "invalid": [1, 0],
        "blank": [0, 1],
        "compared": [3, 2],
        "agreeing": [2, 2],
    }


def test_a_record_is_compared_with_all_who_answered_the_list(make_answers) -> None:
    rows = [{"worker": w, "element": "e1", "value": "a"} for w in ("w1", "w2")]
    rows += [{"worker": "w1", "element": "e2", "value": "b"}]
    answers = make_answers(rows)
    fields = pilot(answers, assignments_of(answers), phase_of(email={"kind": "email"})).fields
    assert fields.loc[0, ["compared", "agreeing"]].tolist() == [3, 2]


def test_seconds(make_answers) -> None:
    answers = make_answers([{"worker": f"w{i}", "value": "a"} for i in range(11)])
    assignments = assignments_of(answers).assign(work_seconds=[float(i * 10) for i in range(11)])
    found = pilot(answers, assignments, phase_of(email={"kind": "email"}))
    assert (found.median_seconds, found.low_seconds) == (50, 10)
    unknown = pilot(answers, assignments.assign(work_seconds=math.nan), phase_of(email={"kind": "email"}))
    assert math.isnan(unknown.median_seconds)


def test_nothing_came_back(make_answers) -> None:
    answers = make_answers([])
    found = pilot(answers, assignments_of(answers), WEBSITE)
    assert found.items == 0
    assert found.fields["asked"].tolist() == [0]
    assert found.cells.empty
