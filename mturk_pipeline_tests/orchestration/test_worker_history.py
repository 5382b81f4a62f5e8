"""The snapshot of what workers did: others' contributions only, and no harm from what is damaged."""

import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.orchestration.worker_history import gather_history, history_path, read_history


def test_a_project_reads_what_others_did(tmp_path) -> None:
    home = Home(tmp_path / "p", tmp_path / "w", tmp_path / "d")
    assert read_history(home, "one")[1] == "none yet"
    for project, right in (("one", 3.0), ("two", 5.0)):
        table = pd.DataFrame({"worker": ["W", "X"], "judged": [6.0, 0.0], "judged_right": [right, 0.0]})
        write_table(table_path(home.tables, "gathering", "leads", "workers", project), table)
    damaged = table_path(home.tables, "gathering", "dirs", "workers", "three")
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"no table")
    write_table(history_path(home), gather_history(home))
    history, snapshot = read_history(home, "one")
    assert history[["project_id", "phase", "worker", "right", "given"]].to_numpy().tolist() == [
        ["two", "leads", "W", 5.0, 6.0]
    ]
    write_table(history_path(home), gather_history(home))
    assert read_history(home, "one")[1] == snapshot
    history_path(home).write_bytes(b"no table")
    assert read_history(home, "one")[0].empty
