"""Free texts and remarks: all kept, none right or wrong, no gate."""

import pandas as pd
import pytest

from mturk_pipeline.contracts.consensus import Consensus
from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec

FIELDS = {"line": {"kind": "text", "exact": False}, "comment_box": {"kind": "remark"}, "mood": {"kind": "choice"}}
PHASE = PhaseSpec.model_validate({"keys": ["x"], "fields": FIELDS})


def rows_of(item: str, *texts: str | None, field: str = "line") -> list[dict]:
    return [{"item": item, "field": field, "worker": f"w{w}", "value": text} for w, text in enumerate(texts)]


def test_all_texts_are_kept_and_none_is_a_majority(make_answers):
    rows = [*rows_of("A", "a line", "a line", "quite another line of verse"), *rows_of("B", None, None, None)]
    found = Consensus.validate(find_consensus(make_answers(rows), PHASE)).set_index("item_id")
    assert found.loc["A", "value"].split("\n") == ["quite another line of verse", "a line"]
    assert found.loc["A", "runners_up"] == ["quite another line of verse", "a line"]
    assert found["trust"].isna().all()
    assert not found["accepted"].any()
    assert found.loc["B", "outcome"] == "unknown"


def test_what_looks_careless_is_said(make_answers):
    rows = [r for n in range(5) for r in rows_of(f"I{n}", f"a careful line of verse about {n}", "good job nice work")]
    found = find_consensus(make_answers(rows), PHASE).set_index("item_id")
    assert "one is the same for 5 items" in found.loc["I2", "reasons"]
    assert found.loc["I2", "value"].split("\n")[-1] == "good job nice work"


def test_a_copied_text_comes_last_and_is_told(make_answers):
    rows = rows_of("A", "a long text that was copied from the input", "short")
    rows[0]["suspicious"] = True
    found = find_consensus(make_answers(rows), PHASE).iloc[0]
    assert found["runners_up"][0] == "short"
    assert "1 copied from the input" in found["reasons"]


def test_texts_and_remarks_hold_nothing_back_and_are_no_evidence(make_answers):
    assert PHASE.gates == ("mood",)
    fitted = fit(make_answers(rows_of("A", "x", "y")), PHASE)
    assert fitted.ballots.cells.field.size == 0
    assert [agreed.right.size for _, agreed in fitted.others]
    assert all((agreed.right != agreed.right).all() for _, agreed in fitted.others)


def test_who_copies_texts_is_watched_and_nobody_for_writing_another_text(make_answers):
    rows = [r for n in range(8) for r in rows_of(f"I{n}", f"own words on {n}", f"other words on {n}", f"input {n}")]
    rows = [row | {"suspicious": row["worker"] == "w2"} for row in rows]
    answers = make_answers(rows)
    assignments = answers.drop_duplicates("assignment_id").assign(
        approval_rate=float("nan"), approved_before=pd.NA, submitted_before=pd.NA, expires_at=pd.NaT
    )
    workers = rate_workers(answers, assignments, PHASE).set_index("worker")
    assert workers["standing"].tolist() == ["neutral", "neutral", "watch"]
    assert workers.loc["mturk::w2", "evidence"] == "8 of 8 texts are copied from the input or unlikely to be real"


def test_only_free_text_never_gates_unless_the_phase_says_so():
    alone = PhaseSpec.model_validate({"fields": {"line": {"kind": "text", "exact": False}}})
    assert alone.gates == ()
    said = PhaseSpec.model_validate({"fields": {"line": {"kind": "text", "exact": False, "gate": True}}})
    assert said.gates == ("line",)
    with pytest.raises(ValueError, match="a remark is never a gate"):
        PhaseSpec.model_validate({"fields": {"line": {"kind": "remark", "gate": True}}})


def test_a_text_of_an_earlier_phase_file_is_judged_as_before():
    assert PhaseSpec.model_validate({"fields": {"zip": {"kind": "text"}}}).gates == ("zip",)
    assert PhaseSpec.model_validate({"fields": {"zip": {"kind": "text"}}}).fields["zip"].agreement == "one_value"
