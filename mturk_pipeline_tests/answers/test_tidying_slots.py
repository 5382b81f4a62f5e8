"""Answers of HITs that ask about several items: one per item, with the column where it stood."""

import pandas as pd

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.answers import Answers
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.trust.consensus import find_consensus
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import checked
from mturk_pipeline_tests.slots_made import PHASE, batch, slots


def answers_of(path, phase=PHASE):
    given = checked([path], phase).assignments
    answers = tidy(given, phase)
    Answers.validate(answers)
    items = item_rows(answers, given, phase)
    named = items[["parent_item_id", *phase.keys]].drop_duplicates()
    return answers.merge(named, left_on="item_id", right_on="parent_item_id"), items


def test_each_slot_is_answered_by_itself_and_a_remark_stands_beside_each(tmp_path):
    cells = slots(keen="good", dull="bad/bad/") | {"Answer.remark": "nice"}
    answers, items = answers_of(batch(tmp_path / "a.csv", cells))
    moods = answers[answers["field"] == "mood"]
    assert moods.loc[moods["adj"] == "dull", "state"].tolist() == ["valid", "valid", "blank"]
    assert set(moods.loc[moods["adj"] == "dull", "answer_column"]) == {"Answer.mood_2"}
    assert set(moods.loc[moods["adj"] == "keen", "value"]) == {"good"}
    remarks = answers[answers["field"] == "remark"]
    assert len(remarks) == 6
    assert set(remarks["answer_column"]) == {"Answer.remark"}
    assert items["adj"].tolist() == items.sort_values("item_id")["adj"].tolist()
    assert items["answers"].tolist() == [3, 3]


def test_an_item_twice_in_a_row_is_one_answer_of_its_worker(tmp_path):
    cells = slots(keen="good", dull="bad", Keen="bad/good/good")
    answers, items = answers_of(batch(tmp_path / "a.csv", cells))
    keen = answers[(answers["adj"] == "keen") & (answers["field"] == "mood")]
    assert keen.groupby("assignment_id")["value"].agg(list).tolist() == [["good", "bad"], ["good"], ["good"]]
    assert keen["answer_column"].tolist() == ["Answer.mood_1", "Answer.mood_3", "Answer.mood_1", "Answer.mood_1"]
    assert items.set_index("adj")["answers"].to_dict() == {"keen": 3, "dull": 3}
    assert len(answers[(answers["adj"] == "keen") & (answers["field"] == "remark")]) == 3


def test_a_list_of_records_in_each_slot(tmp_path):
    fields = {"name": {"kind": "name", "columns": ["club_{i}_{n}"]}, "ok": {"kind": "boolean", "columns": ["ok{i}"]}}
    spec = PhaseSpec.model_validate({"keys": ["town_{i}"], "fields": fields})
    cells = {"Input.town_1": "Ames", "Input.town_2": "Boone", "Answer.ok1": "yes", "Answer.ok2": "no"}
    cells |= {"Answer.club_1_1": "Chess Club", "Answer.club_1_2": "Go Club", "Answer.club_2_1": "Rowing Club"}
    answers, _ = answers_of(batch(tmp_path / "a.csv", cells), spec)
    names = answers[answers["field"] == "name"].groupby("town")["value"].agg(set).to_dict()
    assert names == {"Ames": {"Chess Club", "Go Club"}, "Boone": {"Rowing Club"}}
    go = answers[answers["value"] == "Go Club"].iloc[0]
    assert (go["answer_column"], go["slot"]) == ("Answer.club_1_2", 2)


def test_what_a_spreadsheet_did_to_a_slots_cell_is_told(tmp_path):
    spec = PhaseSpec.model_validate({"keys": ["adj_{i}"], "fields": {"size_{i}": {"kind": "number"}}})
    answers, _ = answers_of(batch(tmp_path / "a.csv", slots(answer="size_", keen="12.0/7.0/9.0", dull="3/4/5")), spec)
    keen = answers[answers["adj"] == "keen"]
    assert keen["raw"].tolist() == ["12.0", "7.0", "9.0"]
    assert keen["value"].tolist() == ["12", "7", "9"]
    assert (keen["note"] != "").all()
    assert (answers.loc[answers["adj"] == "dull", "note"] == "").all()


def test_of_two_sets_about_one_item_the_first_is_its_workers(tmp_path):
    fields = {"topics": {"kind": "choices", "columns": ["topics_{i}"]}}
    spec = PhaseSpec.model_validate({"keys": ["adj_{i}"], "fields": fields})
    cells = slots(answer="topics_", keen="art/ /law", dull="art", Keen="law|war/law/law")
    answers, _ = answers_of(batch(tmp_path / "a.csv", cells), spec)
    keen = answers[answers["adj"] == "keen"]
    assert keen.groupby("assignment_id")["value"].agg(list).tolist() == [["art"], ["law"], ["law"]]
    assert keen["answer_column"].tolist() == ["Answer.topics_1", "Answer.topics_3", "Answer.topics_1"]


def test_a_worker_counts_once_for_an_item_however_often_it_stands_in_the_hit(tmp_path):
    kinds = {"level": {"kind": "rating", "scale": [0, 100]}, "why": {"kind": "text", "exact": False}}
    kinds["note"] = {"kind": "remark"}
    fields = {name: {**kind, "columns": [name + "_{i}"]} for name, kind in kinds.items()}
    spec = PhaseSpec.model_validate({"keys": ["adj_{i}"], "fields": fields})
    cells = {"Input.adj_1": "keen", "Input.adj_2": "dull", "Input.adj_3": "keen"}
    cells |= {"Answer.level_1": "10/50/50", "Answer.level_2": "20/40/60", "Answer.level_3": "90/50/50"}
    cells |= {f"Answer.{name}_1": "one line/two lines/three lines" for name in ("why", "note")}
    cells |= {f"Answer.{name}_3": "another line/two lines/three lines" for name in ("why", "note")}
    given = checked([batch(tmp_path / "a.csv", cells)], spec).assignments
    found = find_consensus(tidy(given, spec), spec)
    item = item_ids(pd.DataFrame({"adj": ["keen"]})).item()
    keen = found[found["item_id"] == item].set_index("field")
    assert keen["reasons"].str.partition(", so")[0].to_dict() == {
        "level": "3 ratings (10, 50, 90)",
        "why": "4 different texts of 3 workers",
        "note": "4 remarks of 3 workers",
    }
    # Both ratings of the first worker are one, of 50.
    same = {**cells, "Answer.level_1": "50", "Answer.level_3": "50"}
    once = find_consensus(tidy(checked([batch(tmp_path / "b.csv", same)], spec).assignments, spec), spec)
    once = once[once["item_id"] == item].set_index("field")
    assert keen.loc["level", ["value", "trust"]].tolist() == once.loc["level", ["value", "trust"]].tolist()
