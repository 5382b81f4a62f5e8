"""Why few rows pass, and which line would change that."""

import pandas as pd

from mturk_pipeline.trust.consensus import find_consensus
from mturk_pipeline.trust.passing import decided_rows, passing_advice, rating_hints
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def phase(**fields: dict) -> PhaseSpec:
    return PhaseSpec.model_validate({"keys": ["x"], "fields": fields})


def advice(answers: pd.DataFrame, spec: PhaseSpec) -> str:
    return passing_advice(find_consensus(answers, spec), spec)


def rows_of(field: str, items: int, *values: str) -> list[dict]:
    return [
        {"item": f"I{n}", "field": field, "worker": f"w{w}", "value": value.format(n=n)}
        for n in range(items)
        for w, value in enumerate(values)
    ]


def test_a_small_batch_on_which_all_agree(make_answers):
    spec = phase(mood={"kind": "choice"})
    rows = rows_of("mood", 6, "{n}", "{n}")
    answers = make_answers([row | {"value": ("good", "bad")[int(row["value"]) % 2]} for row in rows])
    told = advice(answers, spec)
    best = find_consensus(answers, spec)["trust"].max()
    assert told.startswith("0 of 6 rows pass; ")
    assert f"with 6 items agreement alone reaches a trust of {best:.2f}" in told
    limit = float(told.split("accept: ")[1].split(" ")[0])
    easier = phase(mood={"kind": "choice", "accept": limit})
    assert advice(answers, easier) == ""
    assert find_consensus(answers, easier)["accepted"].all()


def test_one_worker_an_item(make_answers):
    assert "6 values rest on one worker" in advice(
        make_answers(rows_of("mood", 6, "good")), phase(mood={"kind": "choice"})
    )


def test_workers_who_differ(make_answers):
    said = advice(make_answers(rows_of("zip", 6, "1{n}", "2{n}", "3{n}")), phase(zip={"kind": "text"}))
    assert said == "0 of 6 rows pass; workers differ on 6 of the 6 values that wait"


def test_a_gate_that_has_no_trust(make_answers):
    spec = phase(stars={"kind": "rating", "gate": True})
    assert "stars is a gate and has no trust: give it a scale or levels" in advice(
        make_answers(rows_of("stars", 6, "3", "4", "3")), spec
    )


def test_nothing_is_said_where_most_pass_or_nothing_holds_back(make_answers):
    spec = phase(mail={"kind": "email"})
    assert advice(make_answers(rows_of("mail", 30, *["a{n}@example.edu"] * 3)), spec) == ""
    free = phase(line={"kind": "text", "exact": False})
    assert advice(make_answers(rows_of("line", 6, "one line", "another line")), free) == ""


def test_numbers_that_look_like_ratings(make_answers):
    spec = phase(bright={"kind": "number"}, members={"kind": "number"})
    close = [
        {"item": f"I{n}", "field": "bright", "worker": f"w{w}", "value": str(9 * n + w)}
        for n in range(9)
        for w in range(3)
    ]
    exact = rows_of("members", 9, "1{n}", "1{n}", "7{n}")
    assert list(rating_hints(make_answers([*close, *exact]), spec)) == [
        "bright: answers lie close together but rarely meet: did you mean kind: rating?"
    ]


def test_what_people_found_wrong_is_the_cause_that_is_named(make_answers):
    rows = rows_of("mood", 6, "{n}", "{n}")
    answers = make_answers([row | {"value": ("good", "bad")[int(row["value"]) % 2]} for row in rows])
    spec = phase(mood={"kind": "choice"})
    looks = pd.DataFrame({"trust": [0.8, 0.9, 0.9], "right": [0.0, 1.0, 0.0], "inclusion": [1.0, 1.0, 1.0]})
    said = passing_advice(find_consensus(answers, spec), spec, looks)
    assert "2 of 3 best guesses that people looked at were wrong, which lowers trust in the others" in said
    assert "agreement alone" not in said


def test_what_a_lower_threshold_costs_is_said(make_answers):
    rows = rows_of("mood", 6, "{n}", "{n}") + rows_of("tone", 6, "{n}", "{n}")
    answers = make_answers([row | {"value": ("good", "bad")[int(row["value"]) % 2]} for row in rows])
    spec = phase(mood={"kind": "choice"}, tone={"kind": "choice"})
    trust = find_consensus(answers, spec).groupby("item_id")["trust"].prod()
    assert f"would let 6 rows pass, of which about {(1 - trust).sum():.1f} would be wrong" in advice(answers, spec)
    counted = PhaseSpec.model_validate({**spec.model_dump(exclude_unset=True), "model": "majority", "accept": 0.9})
    assert "this model counts votes" in advice(make_answers(rows_of("mood", 6, "a", "a", "a", "b")), counted)


def test_rows_that_people_decided_are_no_reason_to_do_anything(make_answers):
    spec = phase(zip={"kind": "text"}, mood={"kind": "choice"})
    rows = rows_of("zip", 6, "1{n}", "2{n}", "3{n}") + rows_of("mood", 6, "a", "b", "c")
    consensus = find_consensus(make_answers(rows), spec)
    items = pd.DataFrame({"item_id": [f"I{n}" for n in range(6)], "element": ""})
    items = items.assign(parent_item_id=items["item_id"])
    some = decided_rows(items, pd.DataFrame({"item_id": ["I0", "I1", "I1", "I2"]}))
    told = passing_advice(consensus, spec, None, some)
    assert told == "0 of 3 undecided rows pass; workers differ on 6 of the 6 values that wait"
    assert passing_advice(consensus, spec, None, decided_rows(items, pd.DataFrame({"item_id": items["item_id"]}))) == ""


def test_an_item_is_decided_when_all_records_of_its_list_are():
    items = pd.DataFrame(
        {
            "item_id": ["A1", "A2", "B1", "B2"],
            "parent_item_id": ["A", "A", "B", "B"],
            "element": ["chess", "go", "chess", "go"],
        }
    )
    rows = decided_rows(items, pd.DataFrame({"item_id": ["A1", "A2", "B2", "added"]}))
    assert set(zip(rows["item_id"], rows["element"], strict=True)) == {
        ("A", "chess"), ("A", "go"), ("A", ""), ("B", "go"),
    }  # fmt: skip
