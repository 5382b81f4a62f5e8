"""The same lead in several segments: the specific one keeps it, with everything of all of them."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.contracts.leads import AllLeads
from mturk_pipeline.leads.all_leads import gather_leads
from mturk_pipeline.leads.duplicates import LISTS
from mturk_pipeline.leads.provenance import row_sources
from mturk_pipeline.leads.segments import segment_clashes
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

KEYED = PhaseSpec.model_validate({"keys": ["club", "segment"], "fields": {"email": {"kind": "email"}}})
PLAIN = PhaseSpec.model_validate({"keys": ["club"], "fields": {"email": {"kind": "email"}}})
SPEC = LeadsSpec.model_validate(
    {"lead_groups": {"email": ["email"]}, "segment": "segment", "segments": ["predental", "prehealth"]}
)
NO_GUESSES = pd.DataFrame(columns=["item_id", "element", "field", "value", "trust", "runners_up"])


def rows(*told):
    """Reviewed rows from (club, segment, email, status)."""
    table = pd.DataFrame(told, columns=["club", "segment", "email", "status"])
    names = [f"I{n}" for n in range(len(table))]
    table = table.assign(item_id=names, parent_item_id=names, element="", trust=0.5, comment="")
    table["verified"] = table["status"] == "accepted"
    table["hit_ids"] = [[f"H{n}"] for n in names]
    table["assignment_ids"] = [[f"A{n}", f"B{n}"] for n in names]
    return table.astype(dict.fromkeys(["club", "segment", "email", "status"], "str"))


def gather(table, phase=KEYED, spec=SPEC, lineage=None, sources=None):
    return AllLeads.validate(gather_leads(table, NO_GUESSES, phase, spec, lineage, sources))


def test_the_specific_segment_keeps_the_lead_with_the_standing_of_the_best_row():
    table = rows(
        ("Pre-Med", "prehealth", "A@x.edu", "accepted"), ("pre-med", "Predental", "a@x.edu", "accepted_automatically")
    )
    [lead] = gather(table).to_dict("records")
    assert (lead["segment"], lead["item_id"], lead["merged"]) == ("Predental", "I1", 2)
    assert (lead["verified"], lead["status"]) == (True, "accepted")
    assert (sorted(lead["item_ids"]), sorted(lead["segments"])) == (["I0", "I1"], ["Predental", "prehealth"])
    assert sorted(lead["assignment_ids"]) == ["AI0", "AI1", "BI0", "BI1"]


def test_other_addresses_and_other_clubs_keep_their_segments():
    table = rows(
        ("Pre-Med", "prehealth", "a@x.edu", "accepted"),
        ("Pre-Med", "predental", "b@x.edu", "accepted"),
        ("Dental", "predental", "a@x.edu", "accepted"),
    )
    assert sorted(gather(table)["segment"]) == ["predental", "predental", "prehealth"]


def test_a_segment_that_is_carried_along():
    lineage = pd.DataFrame({"parent_item_id": ["I0", "I1"], "segment": ["prehealth", "predental"]})
    table = rows(("Pre-Med", "", "a@x.edu", "accepted"), ("Pre-Med", "", "a@x.edu", "accepted"))
    [lead] = gather(table.drop(columns="segment"), PLAIN, lineage=lineage)["segment"]
    assert lead == "predental"


def test_a_segment_that_is_nowhere_changes_nothing():
    table = rows(("Pre-Med", "", "a@x.edu", "accepted")).drop(columns="segment")
    leads = gather(table, PLAIN)
    assert "segments" not in leads
    assert segment_clashes(leads).empty


def test_more_than_two_rows_in_several_segments_are_an_anomaly():
    two = [("Pre-Med", "prehealth", "a@x.edu", "accepted"), ("Pre-Med", "predental", "a@x.edu", "accepted")]
    assert segment_clashes(gather(rows(*two))).empty
    three = gather(rows(*two, ("Pre-Med", "prelaw", "a@x.edu", "accepted")))
    [clash] = segment_clashes(three).to_dict("records")
    assert (clash["lead_id"], clash["rows"]) == (three["lead_id"].item(), 3)
    assert set(clash["segments"].split("; ")) == {"prehealth", "predental", "prelaw"}
    assert segment_clashes(gather(rows(*[two[0]] * 4))).empty


def test_segments_need_the_column_that_tells_them():
    with pytest.raises(ValueError, match="'segment'"):
        LeadsSpec.model_validate({"lead_groups": {}, "segments": ["a"]})


def test_places_of_assignments_and_of_added_rows():
    table = rows(("Chess", "", "a@x.edu", "accepted"), ("Go", "", "b@x.edu", "added"))
    table.at[1, "assignment_ids"] = []
    places = {"source_file": "b.xlsx", "source_sheet": ["S", None], "source_row": [2, 3]}
    assignments = pd.DataFrame({"assignment_id": ["AI0", "BI0"], **places}).astype({"source_sheet": "str"})
    added = pd.DataFrame({"item_id": ["I1"], "decision": "add", "source_file": "own.csv", "source_row": [7]})
    sources = row_sources(table, assignments, added)
    assert sources.tolist() == [["b.xlsx, sheet S, row 2", "b.xlsx, row 3"], ["own.csv, row 7"]]
    assert gather(table.assign(segment="x"), sources=sources)["sources"].tolist() == sources.tolist()
    assert row_sources(table.iloc[:0], assignments, None).empty


SEGMENTS = st.sampled_from(["predental", "prehealth", "law", ""])
EMAILS = st.sampled_from(["a@x.edu", "A@x.edu", "b@x.edu", None])
STATUSES = st.sampled_from(["accepted", "accepted_automatically", "redo"])
TOLD = st.lists(st.tuples(st.sampled_from(["Chess", "chess ", "Go"]), SEGMENTS, EMAILS, STATUSES), max_size=8)


@settings(max_examples=15)
@given(TOLD)
def test_nothing_is_lost_and_nothing_invented(told):
    table = rows(*told)
    leads = gather_leads(table, NO_GUESSES, KEYED, SPEC)
    goes = [(c.strip().lower(), e.lower(), f"I{n}") for n, (c, _, e, s) in enumerate(told) if e and s != "redo"]
    kept = [
        (c.strip().lower(), v.lower(), i) for c, v, ids in leads[["club", "value", "item_ids"]].to_numpy() for i in ids
    ]
    assert sorted(kept) == sorted(goes)
    assert leads["merged"].sum() == len(goes)
    assert leads["lead_id"].is_unique
    backwards = gather_leads(table.iloc[::-1], NO_GUESSES, KEYED, SPEC)
    pd.testing.assert_frame_equal(
        leads.drop(columns=[*LISTS, "segments"]), backwards.drop(columns=[*LISTS, "segments"])
    )
    places = {"predental": 0, "prehealth": 1, "law": 2}
    for lead in leads.to_dict("records"):
        assert places.get(lead["segment"], 3) == min([places[s] for s in lead["segments"]], default=3)
