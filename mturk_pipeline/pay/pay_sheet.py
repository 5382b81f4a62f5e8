"""Pay sheets: what each worker of a crowd without a paying platform is to be paid by hand. A statement, no payment."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from mturk_pipeline.folders.atomic_files import ProjectWriter
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.pay.assignment_costs import wages_by_worker
from mturk_pipeline.pay.pay_ledger import PayLedger, as_listed
from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes
from mturk_pipeline.vocabulary.assignment_statuses import REJECTED, SUBMITTED

# What becomes of an assignment on its way to a pay sheet, in the order in which it is told.
WHY = {
    "pay": "to be paid",
    "paid": "on a pay sheet before",
    "no reward": "without a reward in the file: say what each is paid with --reward",
    "rejected": "rejected",
    "unclear": "held back: the reviewer's entry could not be understood",
    "held": "not paid yet: suggested for rejection or to be looked at, and not decided by a person",
    "platform": "paid by their platform once approved: mturk-pipeline settle",
    "nobody": "of people who did not log in: nobody to pay",
    "forgotten": "of workers who were forgotten: nobody to pay",
}


@dataclass(frozen=True)
class AmountDue:
    """Amounts to be paid by hand."""

    assignments: pd.DataFrame  # Contract `Assignments`, those to be paid now, each with its reward
    why: dict[str, int]  # How many assignments of the phase there are by key of `WHY`


def owed(
    assignments: pd.DataFrame,
    suggestions: pd.DataFrame,
    decided: pd.DataFrame,
    paid: pd.Series,
    names: Mapping[str, str],
    reward: Decimal | None = None,
) -> AmountDue:
    """Amounts to be paid now: approved by suggestion or by a person, and on no sheet before.

    Parameters
    ----------
    assignments, suggestions
        Contracts `Assignments` and `SettlementSuggestions`, in the same order.
    decided
        As `decide_pay` returns it for `suggestions`.
    paid
        Which assignments stand on a pay sheet, in the same order.
    names
        Whole name by worker, of all who can be paid.
    reward
        US dollars for each assignment whose file gives no reward.
    """
    rewards = assignments["reward"]
    if reward is not None:
        rewards = rewards.where(rewards.notna(), reward)
    status, verdict = suggestions["status"].to_numpy(), decided["verdict"].to_numpy()
    cases = [
        (is_unknown(assignments["worker"]), "nobody"),
        (suggestions["paid_by"].eq("platform").to_numpy(), "platform"),
        (paid.to_numpy(dtype=bool), "paid"),
        (~assignments["worker"].isin(list(names)).to_numpy(), "forgotten"),
        ((status == REJECTED) | (verdict == "reject") | decided["why"].eq("no reason").to_numpy(), "rejected"),
        (decided["why"].eq("unclear").to_numpy(), "unclear"),
        ((status == SUBMITTED) & (verdict == ""), "held"),
        (rewards.isna().to_numpy(), "no reward"),
    ]
    why = np.select([where for where, _ in cases], [word for _, word in cases], "pay")
    counts = {word: int((why == word).sum()) for word in WHY}
    return AmountDue(assignments.assign(reward=rewards)[why == "pay"], {word: n for word, n in counts.items() if n})


def sheet_rows(assignments: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The sheet: worker_id, worker (whole name, from `names`), assignments, amount (US dollars), hours, hourly_wage."""
    named = [names.get(str(w), str(w)) for w in assignments["worker"]]
    rows = wages_by_worker(assignments.assign(worker=pd.Series(named, index=assignments.index, dtype="str")))
    rows = rows.assign(hours=rows["hours"].round(2), hourly_wage=rows["hourly_wage"].round(2))
    rows["worker_id"] = [str(w).rpartition(":")[2] for w in rows["worker"]]
    return rows[["worker_id", "worker", "assignments", "amount", "hours", "hourly_wage"]]


def write_pay_sheet(
    writer: ProjectWriter, folder: str, phase: str, due: AmountDue, names: Mapping[str, str]
) -> str | None:
    """Write the phase's next pay sheet into `folder` of the project; its name, or None where nothing is to be paid.

    `names` gives whole names by worker. To be called under the project's lock, after `finish_pay_sheets`.
    """
    if due.assignments.empty:
        return None
    ledger = PayLedger(writer.project)
    number = ledger.next_number(phase, writer.project / folder)
    listed = as_listed(due.assignments, phase)
    ledger.begin(phase, number, listed)
    return _write(writer, ledger, folder, phase, number, sheet_rows(listed, names))


def finish_pay_sheets(writer: ProjectWriter, folder: str, phase: str, names: Mapping[str, str]) -> list[str]:
    """Finish sheets that a kill has interrupted; their names."""
    ledger = PayLedger(writer.project)
    made = []
    for number, listed in ledger.unfinished(phase):
        rewards = pd.Series([Decimal(text) for text in listed["reward"]], index=listed.index, dtype=object)
        seconds = pd.to_numeric(listed["work_seconds"], errors="coerce").astype("float64")
        whole = listed.assign(reward=rewards, work_seconds=seconds)
        made.append(_write(writer, ledger, folder, phase, number, sheet_rows(whole, names)))
    return made


def _write(writer: ProjectWriter, ledger: PayLedger, folder: str, phase: str, number: int, rows: pd.DataFrame) -> str:
    name = f"{folder}/_pay_{phase}_{number}.csv"
    writer.write(name, csv_bytes(rows, bom=True))
    ledger.finish(phase, number)
    return name
