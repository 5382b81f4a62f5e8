"""Items that are asked again, or first, by several a HIT: rows of the same columns, free slots blank."""

import pandas as pd
import pytest

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.sent_items import hits_of_items, unused_rows
from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.offers.hit_history import asked_items, inputs_of_items
from mturk_pipeline.offers.packing import of_slots, packed, slots_to_fill
from mturk_pipeline.offers.redundancy import redundancy_advice
from mturk_pipeline.offers.rework import answered_by, exclusions, rework
from mturk_pipeline_tests.intake.intake_files import checked
from mturk_pipeline_tests.slots_made import PHASE, batch, slots

TEN = {f"word{n}": "good" for n in range(10)}


def items(*adjectives, **more):
    rows = pd.DataFrame({"adj": adjectives, **more}, dtype="str")
    return rows.assign(offer_id=[f"ID{n}" for n in range(len(rows))])


def test_items_fill_rows_and_free_slots_stay_blank():
    out = packed(items("keen", "dull", "calm").assign(attempt=2), PHASE, [1, 2])
    assert list(out) == ["adj_1", "adj_2", "attempt", "offer_id"]
    assert out["adj_1"].tolist() == ["keen", "calm"]
    assert out["adj_2"].tolist()[0] == "dull"
    assert out["adj_2"].isna().tolist() == [False, True]
    assert out["offer_id"].tolist() == ["ID0; ID1", "ID2"]
    assert packed(items().assign(attempt=2), PHASE, [1, 2]).empty


def test_items_share_a_row_only_where_inputs_of_the_whole_hit_agree():
    rows = items("keen", "dull", "calm", page=["A", "B", "A"], **{"text_{i}": ["1", "2", "3"]})
    out = packed(rows, PHASE, [0, 1, 2])
    assert out[["adj_0", "adj_1"]].fillna("").to_numpy().tolist() == [["keen", "calm"], ["dull", ""]]
    assert out["text_1"].fillna("").tolist() == ["3", ""]
    assert out["page"].tolist() == ["A", "B"]


def test_what_is_handed_on_is_numbered_as_a_whole():
    out = packed(of_slots(items("keen", "dull", town=["Ames", "Boone"]), PHASE), PHASE, [1, 2])
    assert out[["adj_1", "town_1", "adj_2", "town_2"]].to_numpy().tolist() == [["keen", "Ames", "dull", "Boone"]]


@pytest.mark.parametrize(
    ("per_hit", "seen", "slots"), [(None, [], 10), (None, [0, 1], 2), (3, [], 3), (3, [0, 1], 3), (1, [1, 2], 1)]
)
def test_as_many_slots_as_the_phase_says_or_results_show(per_hit, seen, slots):
    numbers = slots_to_fill(PHASE.model_copy(update={"items_per_hit": per_hit}), seen)
    assert numbers == list(range(min(seen, default=1), min(seen, default=1) + slots))


def test_only_the_items_that_need_it_are_asked_again(tmp_path):
    cells = slots(**TEN) | {f"Input.text_{n}": f"about {n}" for n in range(1, 11)} | {"Input.page": "p"}
    given = checked([batch(tmp_path / "a.csv", cells)], PHASE).assignments
    table = slots_of(given, PHASE)
    ids = table.drop_duplicates("item_id").set_index("Input.adj")["item_id"]
    keys, nothing = PHASE.key_columns, pd.DataFrame({"item_id": [], "attempt": []})
    history = asked_items(hits_of_items(given, None, keys), nothing, PHASE)
    reviewed = pd.DataFrame({"parent_item_id": ids[["word3", "word7"]].tolist(), "status": "redo"})
    handed = rework(reviewed, history, inputs_of_items(given, unused_rows(None, keys), None, PHASE), PHASE)
    assert handed.rows["attempt"].tolist() == [2, 2]
    out = packed(handed.rows, PHASE, list(range(1, 11)))
    assert len(out) == 1
    assert {c for c in given if c.startswith("Input.")} <= {f"Input.{c}" for c in out}
    assert out[["adj_1", "text_1", "adj_2", "text_2", "page"]].iloc[0].tolist() == [
        "word3", "about 4", "word7", "about 8", "p",
    ]  # fmt: skip
    assert out["adj_3"].isna().all()
    who = exclusions(handed.rows, answered_by(table, unused_rows(None, keys)))
    assert who["items"].tolist() == [2, 2, 2]


def test_redundancy_and_its_cost_count_by_item(tmp_path):
    given = checked([batch(tmp_path / "a.csv", slots(**TEN), slots(**{f"{w}x": m for w, m in TEN.items()}))], PHASE)
    advice = redundancy_advice(tidy(given.assignments, PHASE), given.assignments, None, PHASE)
    assert advice["answers"].tolist() == [1, 2, 3]
    assert advice["items"].tolist() == [20] * 3
    assert advice["cost"].round(4).tolist() == [0.003, 0.006, 0.009]
