"""Files that the memory of workers writes beside the projects, and into them: who is who, and whom to leave out."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from mturk_pipeline.folders.atomic_files import ProjectWriter
from mturk_pipeline.folders.home import Home
from mturk_pipeline.sheets.plans import table_plans
from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes
from mturk_pipeline.sheets.workbook_writer import workbook_bytes
from mturk_pipeline.vocabulary.standings import BLACKLISTED, SAID
from mturk_pipeline.workers.identities import identities

WORKBOOK, EXCLUDED = "_workers.xlsx", "_excluded_workers.csv"
EXCLUSION = ["WorkerId", "platform", "server", "why"]
_COLUMNS = [
    *(
        "worker",
        "worker_id",
        "surrogate",
        "standing",
        "reason",
        "who",
        "when",
        "suggested",
        "evidence",
        "projects",
        "assignments",
    ),
    *("reliability", "reliability_low", "reliability_high", "given", "right", "approved", "rejected", "gold_asked"),
    *("gold_right", "approval_rate", "submitted_before", "first_seen", "last_seen"),
]
_WIDTHS = {"reason": 30.0, "who": 14.0, "when": 14.0, "evidence": 60.0}
_ROUNDED = ["reliability", "reliability_low", "reliability_high", "approval_rate", "given", "right"]
_HINT = "Save this file as workers.xlsx beside the projects: what it says then holds for all projects."


def write_files(home: Home, memory: pd.DataFrame, excluded: pd.DataFrame) -> list[str]:
    """Write `_workers.xlsx` and `_excluded_workers.csv`; returns under which names changed ones were kept."""
    writer = ProjectWriter(home.projects)
    writer.write(WORKBOOK, workbook(memory, identities(home)))
    writer.write(EXCLUDED, csv_bytes(excluded))
    return writer.kept


def workbook(memory: pd.DataFrame, names: Mapping[str, str]) -> bytes:
    """The memory (contract WorkerMemory) as a workbook in which standings can be chosen from a list.

    Workers stand there by whole name (`names`, by surrogate) and id, so that the file means the same in any home, and
    by the surrogate that they have in other workbooks.
    """
    worker = [names.get(str(s), str(s)) for s in memory["worker"]]
    shown = memory.assign(surrogate=memory["worker"], worker=worker, worker_id=[w.rpartition(":")[2] for w in worker])
    shown = shown[_COLUMNS].assign(**{name: memory[name].round(3) for name in _ROUNDED})
    choice = {"choices": SAID, "only_choices": True, "hint": _HINT}
    plans = table_plans("workers", shown, _WIDTHS)
    return workbook_bytes(
        replace(plan, columns=[replace(c, **(choice if c.name == "standing" else {})) for c in plan.columns])
        for plan in plans
    )


def exclusion_list(workers: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Whole names and why -> rows ready for a platform's exclusion or qualification upload, by platform.

    >>> exclusion_list([("turkle:lab:5", "done"), ("mturk::A1", "blacklisted"), ("X", "done")]).to_numpy().tolist()
    [['X', '', '', 'done'], ['A1', 'mturk', '', 'blacklisted'], ['5', 'turkle', 'lab', 'done']]
    """
    rows = []
    for worker, why in dict(workers).items():
        platform, _, server = worker.rpartition(":")[0].partition(":")
        rows.append((platform, server, worker.rpartition(":")[2], why))
    table = pd.DataFrame(sorted(rows), columns=["platform", "server", "WorkerId", "why"], dtype="str")
    return table.reindex(columns=EXCLUSION)


def blacklisted(memory: pd.DataFrame, names: Mapping[str, str]) -> tuple[pd.DataFrame, int]:
    """The exclusion list of the blacklisted, and of how many of them no id is known.

    Parameters
    ----------
    memory
        Contract WorkerMemory.
    names
        Whole name by surrogate.
    """
    workers = [str(w) for w in memory.loc[memory["standing"] == BLACKLISTED, "worker"]]
    named = [names[w] for w in workers if w in names]
    return exclusion_list((w, BLACKLISTED) for w in named), len(workers) - len(named)
