"""What workers did in other projects than one: the prior of its trust."""

import hashlib

import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import read_table_if_made, stored_tables
from mturk_pipeline.workers.archive import counted_elsewhere, read_archive
from mturk_pipeline.workers.contributions import read_columns
from mturk_pipeline.workers.identities import with_surrogates
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.shared_assignments import KEYS, keys_of, without

COLUMNS = ["project_id", "workflow", "phase", "worker", "right", "given", "weight"]
_OF_ASSIGNMENTS = ["assignment_id", "worker"]


def read_history(home: Home, project_id: str) -> tuple[pd.DataFrame, str]:
    """What was done elsewhere, and the snapshot's name ('none yet' before the first).

    Left out are the project's own rows, what its own assignments add to another's, and imported batches that lie in the
    project too.
    """
    path = Store.of(home).contributions
    table = read_table_if_made(path)
    if table is None or not set(COLUMNS) <= set(table.columns):
        return pd.DataFrame({name: [] for name in COLUMNS}), "none yet"
    name = hashlib.blake2b(path.read_bytes(), digest_size=6).hexdigest()
    own = [project_id, *counted_elsewhere(home, read_archive(home), project_id)]
    history = with_surrogates(table[~table["project_id"].isin(own)], home)
    tables = [read_columns(t.path, _OF_ASSIGNMENTS) for t in stored_tables(home.tables, "raw_output", project_id)]
    here = pd.concat([pd.DataFrame(columns=_OF_ASSIGNMENTS, dtype="str"), *(t for t in tables if t is not None)])
    here = with_surrogates(here.drop_duplicates().reset_index(drop=True), home)
    return without(history, here["worker"], keys_of(home, here["assignment_id"])).drop(
        columns=KEYS, errors="ignore"
    ), name
