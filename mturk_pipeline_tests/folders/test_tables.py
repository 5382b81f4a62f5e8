"""Tables on disk come back as they were."""

from decimal import Decimal
from pathlib import Path

import pandas as pd

from mturk_pipeline.folders.tables import read_table, read_table_if_made, write_table


def test_lists_money_times_and_gaps_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "text": pd.array(["a", None], dtype="str"),
            "list": [["x", "y"], []],
            "money": [Decimal("0.03"), None],
            "when": pd.to_datetime(["2020-02-22T13:53:21Z", None]).as_unit("us"),
            "count": pd.array([1, None], dtype="Int64"),
        }
    )
    path = tmp_path / "a" / "t.parquet"
    assert write_table(path, frame)
    back = read_table(path)
    pd.testing.assert_frame_equal(back, frame)
    assert back["list"].tolist() == [["x", "y"], []]


def test_an_unchanged_table_keeps_its_file(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    frame = pd.DataFrame({"a": [1, 2]})
    write_table(path, frame)
    before = path.stat().st_mtime_ns
    assert not write_table(path, frame)
    assert path.stat().st_mtime_ns == before


def test_a_missing_or_damaged_table_is_none(tmp_path: Path) -> None:
    assert read_table_if_made(tmp_path / "none.parquet") is None
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    assert read_table_if_made(tmp_path / "bad.parquet") is None
