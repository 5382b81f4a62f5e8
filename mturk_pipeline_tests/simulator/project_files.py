"""Writes a simulated project as the files that a person would have put into its folders."""

from pathlib import Path

import pandas as pd

from mturk_pipeline_tests.simulator.batch import DAY
from mturk_pipeline_tests.simulator.file_formats import mturk_table
from mturk_pipeline_tests.simulator.file_writing import write_csv, write_xlsx
from mturk_pipeline_tests.simulator.phases import PAGES
from mturk_pipeline_tests.simulator.simulation import Simulation

# Excel turns these columns of a saved batch into numbers.
WHOLE_NUMBERS = (
    "MaxAssignments",
    "AssignmentDurationInSeconds",
    "AutoApprovalDelayInSeconds",
    "WorkTimeInSeconds",
)
# When the last phase's batch was downloaded: once while workers were still at it, and once later.
EARLY, LATE = int(1.2 * DAY), int(6.5 * DAY)
WORKERS = ["worker_id", "archetype", "honest", "group", "recall", "accuracy", "skip", "says_none", "seconds"]


def write_project(simulation: Simulation, folder: Path) -> list[Path]:
    """Writes a project's folders with input, batches and one reviewed file; returns the files, sorted.

    The second phase's batch was saved as a workbook; the last phase's was downloaded twice, the later file
    containing the earlier one. `truth/` holds what is right and what kind of worker everybody is.
    """
    early, late = (mturk_table(simulation.records["leads"], PAGES["leads"].created + s) for s in (EARLY, LATE))
    name = {phase: f"Batch_{page.batch_id}_batch_results" for phase, page in PAGES.items()}
    tables = {
        "1_mIn_unis/universities.csv": simulation.inputs["dirs"],
        f"2_mOut_dirs/{name['dirs']}.csv": simulation.batches["dirs"],
        "4_manualCleaned_mIn_dirs/reviewed_dirs.xlsx": simulation.reviewed,
        f"5_mOut_clubs/{name['clubs']}.xlsx": simulation.batches["clubs"],
        f"8_mOut_leads/{name['leads']}.csv": early,
        # The name a browser gives to the second download.
        f"8_mOut_leads/{name['leads']} (1).csv": late,
        "truth/truth.csv": simulation.truth,
        "truth/workers.csv": workers_table(simulation),
    }
    paths = []
    for place, table in tables.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".xlsx":
            write_xlsx(table, path, numbers=WHOLE_NUMBERS)
        else:
            write_csv(table, path, quote_all=path.name.startswith("Batch_"))
        paths.append(path)
    return sorted(paths)


def workers_table(simulation: Simulation) -> pd.DataFrame:
    """What kind of worker everybody is who worked: the drawn parameters, and the number of assignments."""
    done = pd.concat([record.work["worker_id"] for record in simulation.records.values()]).value_counts()
    workers = simulation.workers[WORKERS].copy()
    workers[["recall", "accuracy", "skip", "says_none"]] = workers[["recall", "accuracy", "skip", "says_none"]].round(3)
    workers["seconds"] = workers["seconds"].round().astype(int)
    workers["assignments"] = done.reindex(workers["worker_id"]).fillna(0).astype(int).to_numpy()
    return workers.loc[workers["assignments"] > 0]
