"""A review among several people."""

import io
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from mturk_pipeline.errors import UserError
from mturk_pipeline.review.splitting import reviewer_names, share_of, split_queue
from mturk_pipeline.review.workbook import workbook_bytes


@given(st.integers(0, 60), st.integers(2, 5), st.sampled_from([0.0, 0.05, 0.5, 1.0]))
def test_every_row_goes_to_somebody_and_shared_ones_to_all(rows: int, people: int, overlap: float) -> None:
    kinds = pd.Series(["waiting", "spot_check", "waiting"] * 20, dtype="str")
    queue = pd.DataFrame({"item_id": [f"I{n}" for n in range(rows)], "kind": kinds[:rows]}).astype("str")
    names = [f"p{n}" for n in range(people)]
    split = split_queue(queue, names, overlap)
    assert set().union(*split.values()) == set(queue["item_id"])
    shared = set(split["p0"]).intersection(*split.values())
    assert len(shared) == (min(rows, max(round(rows * overlap), 1)) if overlap else 0)
    alone = [set(ids) - shared for ids in split.values()]
    assert sum(map(len, alone)) == rows - len(shared)
    assert max(map(len, alone)) - min(map(len, alone)) <= 2  # of two kinds, each even
    assert all(ids == [i for i in queue["item_id"] if i in ids] for ids in split.values())


def test_a_copy_for_one_person_has_their_rows_and_the_same_export(contacts) -> None:
    book = contacts.book()
    own = replace(book, only=frozenset([contacts.id_of("Rowing")]))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook_bytes(own))).get_sheet_by_name("review").to_python()
    assert [row[rows[0].index("item_id")] for row in rows[1:]] == [contacts.id_of("Rowing")]
    assert own.export == book.export
    # What waits for somebody else did not pass.
    assert own.accepted["club"].tolist() == book.accepted["club"].tolist()


@pytest.mark.parametrize("text", ["anna", "anna,anna", "anna,../ben", "anna,rest", "", "anna,Anna"])
def test_names_that_cannot_be_files_or_are_too_few_are_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"file's name|two or more"):
        reviewer_names(text)


@pytest.mark.parametrize("text", ["five", "120%", "-1", "nan", ""])
def test_a_share_is_between_0_and_1(text: str) -> None:
    with pytest.raises(UserError, match="no share"):
        share_of(text)
