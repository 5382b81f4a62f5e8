"""Slots that a suggested phase sees, and what it says of columns that only look so."""

import pytest

from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.intake.suggested_phase import suggest_phase
from mturk_pipeline_tests.intake.test_suggested_phase import made, phase_of


def in_slots(inputs, answers, **more):
    """Columns of a batch whose inputs and answers have these numbers (or letters)."""
    asked = {f"Input.adj_{n}": [f"Text {n} {h}" for h in range(6)] for n in inputs}
    return asked | {f"Answer.mood_{n}": ["good", "bad", "fair"] for n in answers} | more


@pytest.mark.parametrize(
    "columns",
    [
        in_slots(("01", "02", "03"), ("01", "02", "03")),
        in_slots(("01", "02", "03"), ("1", "2", "3")),
        in_slots("0123", "013", **{"Input.page": list("ABCDEF"), "Answer.comment": ["", "nice"]}),
        in_slots("1234", "1234", **{"Answer.why_1": ["a", "b"], "Answer.why_4": ["b", "a"], "Input.size_7": ["3"] * 6}),
    ],
)
def test_slots_are_seen_with_leading_zeros_and_beside_other_columns(tmp_path, columns):
    path = made(tmp_path / "b.csv", columns)
    spec = phase_of(path)
    assert spec.key_columns == {"adj": "adj_{i}"}
    assert spec.columns_of("mood") == ("mood_{i}",)
    slots = slots_of(collect([path], spec).assignments, spec)
    asked = [c for c in columns if c.startswith("Input.adj")]
    assert len(slots) == 18 * len(asked)
    assert slots["Answer.mood_{i}"].notna().sum() == 18 * sum(c.startswith("Answer.mood") for c in columns)
    assert "look as if" not in suggest_phase([path])
    assert ("call the input adj_01 adj_1:" in suggest_phase([path])) == ("Input.adj_01" in columns)


@pytest.mark.parametrize(
    ("inputs", "answers", "why"),
    [
        ("abcd", "abcd", "they have letters where slots have numbers"),
        ("0123", "1234", "no input has the number 4"),
        ("1234", "12345", "no input has the number 5"),
        ("1245", "1245", "the numbers of the inputs have a gap or begin later"),
        ("12345678", "237", "only 3 of 8 are answered"),
    ],
)
def test_what_looks_numbered_and_makes_no_slots_is_told_with_why(tmp_path, inputs, answers, why):
    path = made(tmp_path / "b.csv", in_slots(inputs, answers))
    assert not phase_of(path).has_slots
    [line] = [line for line in suggest_phase([path]).splitlines() if "look as if a HIT asked about several" in line]
    assert line.startswith(f"# inputs adj_{inputs[0]} to adj_{inputs[-1]} and answers mood_{answers[0]} to mood_")
    assert f"but {why}, so they are no slots here" in line
