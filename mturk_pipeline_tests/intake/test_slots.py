"""Slots: where a key's column holds {i}, each numbered place of a HIT is an item of its own."""

import pandas as pd
import pytest

from mturk_pipeline.contracts.assignments import Assignments
from mturk_pipeline.intake.ancestors import item_inputs, with_ancestor_inputs
from mturk_pipeline.intake.input_list import read_input
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.sent_items import hits_of_items, offered_rows, sent_items, unused_rows
from mturk_pipeline.intake.slots import HIT_SLOT, slots_of
from mturk_pipeline.intake.taken_offers import read_taken
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import PHASE as PLAIN
from mturk_pipeline_tests.intake.intake_files import checked, row, rules, write
from mturk_pipeline_tests.slots_made import PHASE, batch, slots


def ids(*adjectives):
    return item_ids(pd.DataFrame({"adj": adjectives})).tolist()


def test_raw_output_keeps_a_row_per_assignment_and_slots_have_one_per_item(tmp_path):
    cells = slots(keen="good", dull="bad", calm="good/bad/good") | {"Answer.remark": "fine"}
    given = checked([batch(tmp_path / "a.csv", cells)], PHASE).assignments
    assert len(given) == 3
    assert given["item_id"].nunique() == 1
    table = slots_of(given, PHASE)
    assert len(table) == 9
    assert table["item_id"].unique().tolist() == ids("keen", "dull", "calm")
    first = table[table["assignment_id"] == given["assignment_id"].iloc[0]]
    assert first["Input.adj"].tolist() == ["keen", "dull", "calm"]
    assert first["Answer.mood_{i}"].tolist() == ["good", "bad", "good"]
    assert first["Answer.remark"].tolist() == ["fine"] * 3
    assert not [c for c in table if c.endswith(("_1", "_2", "_3"))]
    assert set(Assignments.names()) <= set(table.columns)
    assert slots_of(table, PHASE) is table


def test_a_phase_without_slots_is_left_as_it_is(tmp_path):
    given = checked([write(tmp_path / "a.csv", [row(0)])]).assignments
    assert slots_of(given, PLAIN) is given


def test_blank_slots_are_no_items_and_what_goes_wrong_is_named(tmp_path):
    cells = slots(keen="good", dull="bad", KEEN="good", lost="bad") | {"Input.adj_4": " ", "Input.adj_5": "#REF!"}
    collected = checked([batch(tmp_path / "a.csv", cells)], PHASE)
    assert slots_of(collected.assignments, PHASE)["Input.adj"].tolist() == ["keen", "dull"] * 3
    notes = "\n".join(collected.warnings)
    assert "slot 3; row 3, slot 3; row 4, slot 3: has the same adj_{i} as one before it in its row" in notes
    assert "slot 4: is answered, but has no adj_{i}: the answers are not used" in notes
    assert "slot 5: has a adj_{i} that names no item (a spreadsheet's error)" in notes
    assert len(slots_of(collected.assignments, PHASE, twice=True)) == 9


def test_a_row_without_any_item_is_set_aside(tmp_path):
    good, blank = slots(keen="good", dull="bad"), {"Input.adj_1": "", "Answer.mood_1": "good"}
    collected = checked([batch(tmp_path / "a.csv", good, blank, {"Input.adj_2": "5-Mar"})], PHASE)
    assert set(rules(collected).values()) == {"no_key", "damaged_key"}
    assert len(collected.assignments) == 3
    other = checked([batch(tmp_path / "b.csv", {"Input.noun_1": "x", "Answer.mood_1": "good"})], PHASE)
    assert "no key column Input.adj_{i}" in other.files["problem"].iloc[0]


@pytest.mark.parametrize(
    ("key", "column", "first"),
    [("adj_", "adj_{i}", 0), ("adj", "adj{i}", 1), ("ADJ ", "adj_{i}", 1), ("adj_0", "adj_{i}", 1)],
)
def test_numbers_are_read_however_they_are_written(tmp_path, key, column, first):
    spec = PHASE.model_validate({"keys": [column], "fields": {"mood": {"kind": "choice", "columns": ["mood_{i}"]}}})
    given = checked([batch(tmp_path / "a.csv", slots(first, key=key, keen="good", dull="bad"))], spec).assignments
    table = slots_of(given, spec)
    assert table["Input.adj"].tolist() == ["keen", "dull"] * 3
    assert table[HIT_SLOT].tolist() == [first, first + 1] * 3
    assert table["Answer.mood_{i}"].tolist() == ["good", "bad"] * 3


def test_files_that_write_columns_differently_have_the_same_slots(tmp_path):
    one = batch(tmp_path / "a.csv", slots(keen="good", dull="bad"))
    two = batch(tmp_path / "b.csv", slots(key="Adj ", answer="Mood ", calm="good", keen="bad", wide="bad"), mark="2")
    table = slots_of(checked([one, two], PHASE).assignments, PHASE)
    assert set(table["Input.adj"]) == {"keen", "dull", "calm", "wide"}
    assert table["Answer.mood_{i}"].notna().all()


def test_inputs_numbered_like_the_keys_belong_to_their_slots_and_others_to_the_hit(tmp_path):
    cells = slots(keen="good", dull="bad") | {"Input.text_1": "one", "Input.text_2": "two"}
    cells |= {"Input.page": "p", "Input.page_7": "seven", "Input.colour_1": "red"}
    given = checked([batch(tmp_path / "a.csv", cells)], PHASE).assignments
    inputs = item_inputs(given, PHASE).set_index("adj")
    assert inputs.loc["dull", ["text", "page", "page_7", "colour_1"]].tolist() == ["two", "p", "seven", "red"]
    assert slots_of(given, PHASE)["Input.text_{i}"].head(2).tolist() == ["one", "two"]


def test_a_key_of_the_whole_hit_goes_with_each_slot(tmp_path):
    spec = PhaseSpec.model_validate({"keys": ["page", "adj_{i}"], "fields": {"mood_{i}": {"kind": "choice"}}})
    hits = [slots(keen="good", dull="bad") | {"Input.page": page} for page in ("A", "B")]
    given = checked([batch(tmp_path / "a.csv", *hits)], spec).assignments
    assert slots_of(given, spec)["item_id"].nunique() == 4
    no_page = checked([batch(tmp_path / "b.csv", slots(keen="good") | {"Input.page": ""})], spec)
    assert set(rules(no_page).values()) == {"no_key"}


def test_inputs_of_the_phase_before_stand_beside_the_slot_that_they_are_about(tmp_path):
    given = checked([batch(tmp_path / "a.csv", slots(keen="good", dull="bad"))], PHASE).assignments
    upstream = pd.DataFrame({"adj": ["Dull", "keen"], "town": ["Ames", "Boone"], "verified": "yes"})
    beside = with_ancestor_inputs(given, upstream, PHASE.key_columns)
    assert beside[["Input.town_1", "Input.town_2"]].iloc[0].tolist() == ["Boone", "Ames"]
    assert not [c for c in beside if "verified" in c]
    assert item_inputs(beside, PHASE).set_index("adj")["town"].to_dict() == {"keen": "Boone", "dull": "Ames"}


def test_what_was_sent_counts_by_item_also_in_rows_that_cannot_be_used(tmp_path):
    path = batch(tmp_path / "a.csv", slots(keen="good", dull="bad"), slots(keen="bad", calm="good"))
    rest = {"Input.adj_1": "wide", "Input.adj_2": "", "Answer.mood_1": "good"}
    aside = batch(tmp_path / "b.csv", rest, mark="2", workers=[""])
    collected = checked([path, aside], PHASE)
    keys = PHASE.key_columns
    assert sent_items(collected.assignments, collected.set_aside, keys) == set(ids("keen", "dull", "calm", "wide"))
    hits = hits_of_items(collected.assignments, collected.set_aside, keys).groupby("item_id")["answers"].agg(list)
    assert hits[ids("keen")[0]] == [3, 3]
    assert hits[ids("wide")[0]] == [0]
    unused = unused_rows(collected.set_aside, keys)
    assert unused["Input.adj"].tolist() == ["wide"]


def test_a_copy_of_an_offer_is_known_by_all_of_its_items(tmp_path):
    offered = "; ".join(ids("keen", "dull"))
    head = {"adj_1": "keen", "adj_2": "dull", "adj_3": "", "attempt": "2", "offer_id": offered}
    write(tmp_path / "copy.csv", [head])
    taken = read_taken([tmp_path / "copy.csv"], [], PHASE.key_columns).rows
    assert set(taken["item_id"]) == set(ids("keen", "dull"))
    assert taken["attempt"].unique().tolist() == [2]
    assert not taken["changed"].any()
    write(tmp_path / "copy.csv", [head | {"adj_2": "wide"}])
    changed = read_taken([tmp_path / "copy.csv"], [], PHASE.key_columns).rows
    assert set(changed["item_id"]) == set(ids("keen", "dull", "wide"))
    assert changed["changed"].all()
    rows = pd.DataFrame({"Input.offer_id": [offered, None], "Input.attempt": ["2", None]}, dtype="str")
    assert offered_rows(rows)["item_id"].tolist() == ids("keen", "dull")


def test_a_list_has_one_item_in_a_row_or_stands_as_it_is_uploaded(tmp_path):
    write(tmp_path / "packed.csv", [{"adj_1": "keen", "adj_2": "dull", "text_1": "a", "text_2": "b", "page": "p"}])
    packed = read_input([tmp_path / "packed.csv"], PHASE)
    assert packed.slots == (1, 2)
    assert packed.items["item_id"].tolist() == ids("keen", "dull")
    assert packed.items[["text_{i}", "page", "source_row"]].to_numpy().tolist() == [["a", "p", 2], ["b", "p", 2]]
    write(tmp_path / "plain.csv", [{"adj": "calm", "text": "c"}, {"adj": "", "text": "d"}])
    plain = read_input([tmp_path / "plain.csv"], PHASE)
    assert plain.slots == ()
    assert plain.items[["adj", "text_{i}"]].to_numpy().tolist() == [["calm", "c"]]
    assert "1 rows without a key" in plain.problems["reason"].iloc[0]
    # Neither is a result file.
    files = checked([tmp_path / "packed.csv", tmp_path / "plain.csv"], PHASE).files
    assert files["problem"].str.startswith("lists items and has no answers").all()


def test_a_gold_column_that_few_slots_have_belongs_to_these(tmp_path):
    fields = {"mood": {"kind": "choice", "columns": ["mood_{i}"], "gold": "right_{i}", "asked_if": "asked_{i}"}}
    spec = PhaseSpec.model_validate({"keys": ["adj_{i}"], "fields": fields})
    cells = slots(keen="good", dull="bad", calm="bad") | {"Input.right_2": "bad", "Input.asked_1": "yes"}
    table = slots_of(checked([batch(tmp_path / "a.csv", cells)], spec).assignments, spec)
    one = table.drop_duplicates("item_id").set_index("Input.adj").fillna("")
    assert one["Input.right_{i}"].to_dict() == {"keen": "", "dull": "bad", "calm": ""}
    assert one["Input.asked_{i}"].to_dict() == {"keen": "yes", "dull": "", "calm": ""}


def test_boxes_of_a_slot_are_joined_and_a_single_box_is_read_by_its_name(tmp_path):
    fields = {"topic_{i}": {"kind": "choices"}, "agree": {"kind": "boolean", "columns": ["agree_{i}.on"]}}
    spec = PhaseSpec.model_validate({"keys": ["adj_{i}"], "fields": fields})
    cells = {"Input.adj_1": "keen", "Input.adj_2": "dull"}
    cells |= {"Answer.topic_1.art": "true", "Answer.topic_1.law": "true", "Answer.topic_2.art": "false/true/true"}
    cells |= {"Answer.topic_2.law": "false", "Answer.agree_1.on": "true/false/true", "Answer.agree_2.on": "false"}
    table = slots_of(checked([batch(tmp_path / "a.csv", cells)], spec).assignments, spec)
    assert table["Answer.topic_{i}"].fillna("").tolist() == ["art|law", "", "art|law", "art", "art|law", "art"]
    assert table["Answer.agree_{i}.on"].tolist() == ["true", "false", "false", "false", "true", "false"]


def test_a_slot_that_a_person_blanked_was_not_asked(tmp_path):
    offered = "; ".join(ids("keen", "dull", "calm"))
    head = {"adj_1": "keen", "adj_2": "", "adj_3": "wide", "attempt": "1", "offer_id": offered}
    write(tmp_path / "copy.csv", [head | {"adj_3": ""}])
    taken = read_taken([tmp_path / "copy.csv"], [], PHASE.key_columns).rows
    assert taken["item_id"].unique().tolist() == ids("keen")
    assert not taken["changed"].any()
    write(tmp_path / "copy.csv", [head])
    taken = read_taken([tmp_path / "copy.csv"], [], PHASE.key_columns).rows
    assert set(taken["item_id"]) == set(ids("keen", "dull", "calm", "wide"))
    assert taken["changed"].all()
    cells = slots(keen="good", dull="bad") | {"Input.offer_id": offered, "Input.attempt": "2"}
    given = checked([batch(tmp_path / "a.csv", cells)], PHASE).assignments
    assert sent_items(given, None, PHASE.key_columns) == set(ids("keen", "dull"))
