"""Copies of offers are known by their rows, whatever a spreadsheet made of the file."""

import pandas as pd
import pytest

from mturk_pipeline.intake.input_list import read_input
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.taken_offers import EXCLUDED, read_taken
from mturk_pipeline.workflow.phase_spec import PhaseSpec

KEYS = ["university", "club"]
PHASE = PhaseSpec.model_validate({"keys": KEYS, "fields": {"email": {"kind": "email"}}})


def offer(n: int = 4, **more) -> pd.DataFrame:
    rows = pd.DataFrame({"university": [f"University {i}" for i in range(n)], "club": [f"00{i}" for i in range(n)]})
    return rows.assign(verified="yes", **more, offer_id=item_ids(rows))


@pytest.mark.parametrize("ending", ["csv", "semicolons.csv", "tsv", "xlsx", "utf16.csv"])
def test_a_copy_is_known_row_by_row_after_a_spreadsheet_saved_it(tmp_path, ending):
    table, path = offer().sample(frac=1, random_state=1).iloc[:3], tmp_path / f"sent to the crowd.{ending}"
    if ending == "xlsx":
        # A spreadsheet makes numbers of such keys: the id still tells which item it is.
        table.assign(club=table["club"].astype(int)).to_excel(path, index=False)
    elif ending == "utf16.csv":
        table.to_csv(path, index=False, encoding="utf-16", sep="\t")
    else:
        table.to_csv(path, index=False, sep={"semicolons.csv": ";", "tsv": "\t"}.get(ending, ","))
    taken = read_taken([path], [], KEYS)
    assert set(table["offer_id"]) <= taken.items
    assert taken.files == (path,)
    assert set(taken.rows["attempt"]) == {1}


def test_attempts_count_and_a_changed_key_is_told(tmp_path):
    table = offer(2, attempt=["2", "3.0"])
    table.loc[0, "club"] = "Chess"
    table.to_csv(tmp_path / "copy.csv", index=False)
    taken = read_taken([tmp_path / "copy.csv"], [], KEYS)
    changed = item_ids(pd.DataFrame({"university": ["University 0"], "club": ["Chess"]}))[0]
    assert taken.rows[["item_id", "attempt", "changed"]].values.tolist() == sorted(
        [[table["offer_id"][0], 2, True], [changed, 2, True], [table["offer_id"][1], 3, False]]
    )


def test_lists_decisions_and_results_are_no_offers(tmp_path):
    plain = offer().drop(columns="offer_id")
    plain.to_csv(tmp_path / "list.csv", index=False)
    plain.assign(decision="redo", offer_id=offer()["offer_id"]).to_csv(tmp_path / "reviewed.csv", index=False)
    results = plain.add_prefix("Input.").assign(HITId="1", AssignmentId="2", WorkerId="A3")
    results.to_csv(tmp_path / "results.csv", index=False)
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "empty.csv").write_bytes(b"")
    files = sorted(tmp_path.iterdir())
    assert read_taken(files, [], KEYS).rows.empty
    # Where results come in as well: of a list without ids of offers nobody knows whether it was sent.
    sent = read_taken([], files, KEYS)
    assert sent.files == ()
    assert sent.rows.empty


def test_a_file_with_decisions_beside_the_copy_is_still_to_be_read(tmp_path):
    path = tmp_path / "both.xlsx"
    with pd.ExcelWriter(path) as book:
        offer().to_excel(book, sheet_name="sent", index=False)
        offer().assign(item_id="x", decision="redo").to_excel(book, sheet_name="review", index=False)
    taken = read_taken([path], [], KEYS)
    assert taken.items == set(offer()["offer_id"])
    assert taken.files == ()


def test_the_list_of_workers_to_exclude_is_no_list_of_items(tmp_path):
    pd.DataFrame([["A1", "2", "x; y"]], columns=list(EXCLUDED)).to_csv(tmp_path / "exclude.csv", index=False)
    taken = read_taken([tmp_path / "exclude.csv"], [], KEYS)
    assert taken.files == (tmp_path / "exclude.csv",)
    assert taken.rows.empty


def test_for_the_first_phase_only_rework_is_taken_and_the_rest_is_its_list(tmp_path):
    offer().to_csv(tmp_path / "from another project.csv", index=False)
    offer(2, attempt="2").to_csv(tmp_path / "rework, sent.csv", index=False)
    files = sorted(tmp_path.iterdir())
    taken = read_taken(files, [], KEYS, first=True)
    assert [p.name for p in taken.files] == ["rework, sent.csv"]
    listed = read_input(files, PHASE)
    table, problems = listed.items, listed.problems
    assert set(table["source_file"]) == {"from another project.csv"}
    assert problems.empty
