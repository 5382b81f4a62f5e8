"""Suggestions: hard evidence in the assignment itself rejects, weaker evidence asks for a look, all else is paid."""

from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.pay.approval_suggestions import settlement_summary, suggest_settlement
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import row, write
from mturk_pipeline_tests.pay.made import PHASE, STRICT, blank, collected
from mturk_pipeline_tests.slots_made import batch as slot_batch


def test_being_alone_with_an_answer_is_no_evidence(tmp_path: Path) -> None:
    rows = [row(0), row(1), row(2, Answer__email_1="quite@other.example.org", Answer__website="https://other.example")]
    for changed in rows[:2]:
        changed["Answer.email_1"], changed["Answer.website"] = "same@example.edu", "https://example.edu/chess"
    batch = collected([write(tmp_path / "b.csv", rows)])
    assert batch.suggestions["suggestion"].tolist() == ["approve"] * 3
    assert batch.suggestions["reason"].tolist() == [""] * 3


@pytest.mark.parametrize(("phase", "word"), [(STRICT, "reject"), (PHASE, "look")])
def test_an_empty_answer_is_evidence_where_one_was_needed(tmp_path: Path, phase: PhaseSpec, word: str) -> None:
    batch = collected([write(tmp_path / "b.csv", [row(0), blank(1), row(2)])], phase)
    assert [batch.of(n)["suggestion"] for n in range(3)] == ["approve", word, "approve"]
    assert "left empty" in batch.of(1)["reason"]
    assert "after 100 % of the phase's median work time" in batch.of(1)["evidence"]


def test_a_needed_field_left_empty_beside_an_answer_is_to_be_looked_at(tmp_path: Path) -> None:
    half = row(1, Answer__email_1="{}")
    batch = collected([write(tmp_path / "b.csv", [row(0), half])], STRICT)
    assert batch.of(1)["suggestion"] == "look"


INVALID = [
    ("asdf", "good", "reject"),
    ("Chess Club", "Chess Club", "reject"),  # one text everywhere
    ("https://example.edu/a", "https://example.edu/a", "reject"),
    ("asdf", "", "reject"),
    ("{{7*7}}", "<script>", "reject"),
    ("not listed", "", "look"),
    ("sorry the page does not open here", "asdf", "look"),
    ("", "https://chess.example..edu/", "look"),  # a slip of the keyboard
    ("chess@example.edu", "asdf", "approve"),
]


def test_what_cannot_be_an_answer(tmp_path: Path) -> None:
    rows = [row(n, Answer__email_1=email, Answer__website=site) for n, (email, site, _) in enumerate(INVALID)]
    found = collected([write(tmp_path / "b.csv", rows)]).suggestions
    assert found["suggestion"].tolist() == [word for *_, word in INVALID], found["evidence"].tolist()
    assert (found["reason"] == "").tolist() == [word == "approve" for *_, word in INVALID]
    assert not found["reason"].str.contains("\n").any()


def test_very_short_time_counts_only_where_nothing_is_usable(tmp_path: Path) -> None:
    hurried = {"WorkTimeInSeconds": "5"}
    rows = [row(0), row(1), row(2), row(3, **hurried), blank(4, **hurried), row(5, **hurried)]
    rows[5]["Answer.email_1"] = rows[5]["Answer.website"] = "none"
    batch = collected([write(tmp_path / "b.csv", [*rows, row(6), row(7)])])
    assert [batch.of(n)["suggestion"] for n in (3, 4, 5)] == ["approve", "look", "look"]
    assert "after 8 %" in batch.of(4)["evidence"]


def test_invented_addresses_alone_are_to_be_looked_at(tmp_path: Path) -> None:
    rows = [row(0), row(1, Answer__email_1="chessclub@gmail.com", Answer__website="")]
    assert collected([write(tmp_path / "b.csv", rows)]).of(1)["suggestion"] == "look"


def test_a_key_held_down_is_no_text(tmp_path: Path) -> None:
    phase = PhaseSpec.model_validate(
        {"keys": ["university", "club"], "fields": {"website": {"kind": "text"}, "email_1": {"kind": "email"}}}
    )
    texts = ["g" * 40, "Gg gg gggg..", "bbbbbbbbb is no answer", "11111111", "w" * 30_000 + "?!" * 5_000 + "x"]
    rows = [row(n, Answer__website=text) for n, text in enumerate(texts)]
    found = collected([write(tmp_path / "b.csv", rows)], phase)
    assert [found.of(n)["suggestion"] for n in range(5)] == ["look", "look", "approve", "approve", "approve"]
    assert found.of(0)["evidence"] == "one letter again and again in website"


def test_the_same_value_for_many_items_is_to_be_looked_at(tmp_path: Path) -> None:
    rows = [
        row(3 * n, WorkerId="ASAME", Answer__email_1="one@example.edu", Answer__website="https://example.edu")
        for n in range(5)
    ]
    others = [row(3 * n + 1, WorkerId="AOTHER", Answer__website="") for n in range(5)]
    batch = collected([write(tmp_path / "b.csv", [*rows, *others])])
    assert set(batch.suggestions.loc[batch.suggestions["worker"] == "mturk::ASAME", "suggestion"]) == {"look"}
    assert set(batch.suggestions.loc[batch.suggestions["worker"] == "mturk::AOTHER", "suggestion"]) == {"approve"}


def test_what_is_settled_gets_no_suggestion_but_still_says_how_it_looks(tmp_path: Path) -> None:
    rows = [row(0), blank(1, AssignmentStatus="Approved"), blank(2, AssignmentStatus="Rejected")]
    batch = collected([write(tmp_path / "b.csv", rows)], STRICT)
    assert batch.suggestions["suggestion"].tolist() == ["approve", "none", "none"]
    assert batch.suggestions["work"].tolist() == ["usable", "unusable", "unusable"]
    assert settlement_summary(batch.suggestions) == {"approve": 1, "look": 0, "reject": 0, "none": 2}


def test_no_times_no_rewards_no_rows(tmp_path: Path) -> None:
    bare = [
        {k: r[k] for k in r if k.startswith(("HITId", "Assignment", "Worker", "Input", "Answer"))} for r in [row(0)]
    ]
    assert collected([write(tmp_path / "b.csv", bare)]).suggestions["suggestion"].tolist() == ["approve"]
    batch = collected([write(tmp_path / "b.csv", [row(0)])])
    none = suggest_settlement(batch.assignments.iloc[:0], batch.answers.iloc[:0], PHASE)
    assert none.empty
    assert none.columns.tolist() == batch.suggestions.columns.tolist()


def test_a_list_of_records_with_nothing_in_it(tmp_path: Path) -> None:
    phase = PhaseSpec.model_validate(
        {
            "keys": ["university", "club"],
            "fields": {
                "name": {"kind": "name", "columns": ["email_{n}"], "required": True},
                "website": {"kind": "url"},
            },
        }
    )
    batch = collected([write(tmp_path / "b.csv", [row(0, Answer__email_1="Chess Club"), blank(1)])], phase)
    assert [batch.of(n)["suggestion"] for n in (0, 1)] == ["approve", "reject"]


def test_a_suggestion_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    rows = [row(0), blank(1), row(2, Answer__email_1="asdf", Answer__website=""), row(3), row(4)]
    there = collected([write(tmp_path / "b.csv", rows)]).suggestions.sort_values("assignment_id", ignore_index=True)
    back = collected([write(tmp_path / "b.csv", rows[::-1])]).suggestions
    pd.testing.assert_frame_equal(there, back.sort_values("assignment_id", ignore_index=True))


def test_an_assignment_about_several_items_is_judged_and_settled_once(tmp_path: Path) -> None:
    fields = {"link": {"kind": "url", "columns": ["link_{i}"], "required": True}, "mail": {"kind": "email"}}
    phase = PhaseSpec.model_validate({"keys": ["town_{i}"], "fields": fields})
    cells = {f"Input.town_{n}": f"Town {n}" for n in range(1, 8)}
    links = {f"Answer.link_{n}": f"t{n}.example.edu/" for n in range(1, 8)} | {"Answer.link_3": ""}
    pasted = {f"Answer.link_{n}": "one.example.edu" for n in range(1, 8)}
    hits = [{**cells, **links, "Answer.mail": "a@example.edu/"}, {**cells, **pasted, "Answer.mail": "b@example.edu"}]
    path = slot_batch(tmp_path / "b.csv", *hits, workers=["A1W", "A2W"])
    made = collected([path], phase)
    assert len(made.answers["item_id"].unique()) == 7
    # One slot left empty is no empty assignment, and one link in all slots of a HIT is no link given everywhere.
    assert made.suggestions["suggestion"].tolist() == ["approve", "reject", "approve", "approve"]
    upload = made.uploads(include_suggested=True)[0]
    assert (upload.decided["assignment_id"].is_unique, len(upload.decided)) == (True, 4)


SLOTTED = PhaseSpec.model_validate(
    {
        "keys": ["town_{i}"],
        "fields": {"note": {"kind": "text", "columns": ["note_{i}"], "required": True}, "remark": {"kind": "remark"}},
    }
)


@pytest.mark.parametrize("bad", ["", "aaaaaaaaaaaaaa"])
@pytest.mark.parametrize("number", [0, 1, 2, 3, 7, 8, 10])
def test_the_share_of_items_decides_over_an_assignment_of_several(tmp_path: Path, bad: str, number: int) -> None:
    towns = {f"Input.town_{n}": f"Town {n}" for n in range(1, 11)}
    good = {f"Answer.note_{n}": f"a word on town {n}" for n in range(1, 11)}
    bads = {f"Answer.note_{n}": bad for n in range(1, number + 1)}
    path = slot_batch(tmp_path / "b.csv", {**towns, **good}, {**towns, **good, **bads}, workers=["A1W"])
    found = collected([path], SLOTTED).suggestions
    most = "look" if bad else "reject"
    word = "approve" if number < 3 else "look" if number < 8 else most
    assert found["suggestion"].tolist() == ["approve", word]
    for column in ("reason", "evidence"):
        assert found[column].iloc[1].startswith(f"{number} of 10 items: " if number >= 3 else "")
        assert (found[column].iloc[1] == "") == (number < 3)
