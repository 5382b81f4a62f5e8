"""Answers of HITs that ask about several items: one per item, with the column where it stood."""

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.answers import Answers
from mturk_pipeline.review.item_rows import item_rows
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
