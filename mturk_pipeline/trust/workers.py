"""How each worker of a phase fared: contributions, agreement with others, and what stands out, in words.

Nothing here accuses: `evidence` states facts for a person to judge, and only from three assignments on.
"""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.agreement import FOOTER_ITEMS, FOOTER_KINDS, FOOTER_WORKERS
from mturk_pipeline.trust.coding import BLANK, INVALID, NONE, VALID, Ints, Rows, coded, latest, pairs
from mturk_pipeline.trust.votes import Ballots, ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Evidence is worded from these on.
MIN_ASSIGNMENTS = 3
MIN_REPEATS, REPEAT_SHARE = 3, 0.2
MIN_INVALID, INVALID_SHARE = 3, 0.3
MIN_BLANK_REQUIRED, BLANK_SHARE = 2, 0.3
SHORT_WORK = 1 / 3


def rate_workers(answers: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """One row per worker (contract Workers), sorted by worker.

    Parameters
    ----------
    answers, assignments
        Contracts Answers and Assignments of one phase; a worker is known from either.

    Agreement counts votes: a valid value agrees where another worker of the cell gave it too, 'there is none'
    where another said so; a record of a list is compared with all who answered the item's list. Blanks and
    invalid answers are no votes. Agreement alone says little about effort: whoever always says what most say
    agrees best.
    """
    rows = coded(answers, phase)
    names = pd.Index(sorted({*rows.names.workers, *assignments["worker"]}), dtype="str")
    table = pd.DataFrame(index=names).join(_from_assignments(assignments))
    table = table.join(_from_answers(rows, phase)).join(_agreement(ballots(answers, phase), phase))
    table["repeated_answers"] = _by_worker(rows, repeats(rows, phase))
    counts = [c for c in _COUNTS if c in table]
    table[counts] = table[counts].fillna(0).astype("int64")
    table["worker_id"] = table["worker_id"].fillna(pd.Series(names.str.rsplit(":", n=1).str[-1], index=names))
    table["agreement"] = table["agreeing"] / table["compared"].where(table["compared"] > 0)
    times = assignments["work_seconds"].dropna().to_numpy(dtype=float)
    table["evidence"] = _evidence(table, float(np.median(times)) if len(times) else np.nan)
    return table.rename_axis("worker").reset_index().loc[:, _COLUMNS]


_COUNTS = [
    *("total_contribution", "items", "answers", "valid", "blank", "blank_required", "none_declared", "invalid"),
    *("compared", "agreeing", "repeated_answers", "asked_required"),
]
_COLUMNS = [
    *("worker", "worker_id", "total_contribution", "items", "answers", "valid", "blank", "blank_required"),
    *("none_declared", "invalid", "compared", "agreeing", "agreement", "repeated_answers"),
    *("median_work_seconds", "approval_rate", "approved_before", "submitted_before", "evidence"),
]


def _from_assignments(assignments: pd.DataFrame) -> pd.DataFrame:
    """Per worker: contributions, items, median time, and the latest lifetime numbers that a file gave."""
    ordered = assignments.sort_values(["submitted_at", "assignment_id"], na_position="first")
    grouped = ordered.groupby("worker")
    lifetime = grouped[["approval_rate", "approved_before", "submitted_before"]].last()
    return lifetime.assign(
        worker_id=grouped["worker_id"].first(),
        total_contribution=grouped.size(),
        items=grouped["item_id"].nunique(),
        median_work_seconds=grouped["work_seconds"].median(),
    )


def _from_answers(rows: Rows, phase: PhaseSpec) -> pd.DataFrame:
    """Per worker: answers by state; a field that several columns feed is blank where all of them are."""
    asked, of = pairs(pairs(pairs(rows.assignment, rows.element)[0], rows.field)[0], rows.worker)
    state = np.zeros(len(of), dtype=np.int64)
    np.maximum.at(state, asked, rows.state)
    field = np.zeros(len(of), dtype=np.int64)
    field[asked] = rows.field
    required = np.array([spec.required for spec in phase.fields.values()])[field]
    n = len(rows.names.workers)
    counts = {
        "answers": np.bincount(rows.worker[rows.state != BLANK], minlength=n),
        "valid": np.bincount(rows.worker[rows.state == VALID], minlength=n),
        "none_declared": np.bincount(rows.worker[rows.state == NONE], minlength=n),
        "invalid": np.bincount(rows.worker[rows.state == INVALID], minlength=n),
        "blank": np.bincount(of[state == BLANK, 1], minlength=n),
        "blank_required": np.bincount(of[(state == BLANK) & required, 1], minlength=n),
        "asked_required": np.bincount(of[required, 1], minlength=n),
    }
    return pd.DataFrame(counts, index=pd.Index(rows.names.workers, dtype="str"))


def _agreement(votes: Ballots, phase: PhaseSpec) -> pd.DataFrame:
    """Per worker: votes on cells where somebody else voted too, and those that somebody else shares."""
    cell, state = votes.votes.cell, votes.votes.state
    says_none = np.array([s.none_policy == "answer" for s in phase.fields.values()])[votes.cells.field]
    counts = votes.cells.counts
    cast = counts[:, VALID] + np.where(says_none, counts[:, NONE], 0)
    votes_here = (state == VALID) | ((state == NONE) & says_none[cell])
    compared = votes_here & (cast[cell] + votes.cells.absent[cell] > 1)
    shared = np.zeros(len(cell), dtype=bool)
    shared[votes.support_vote[votes.candidates.votes[votes.support_candidate] > 1]] = True
    agreeing = compared & np.where(state == NONE, counts[cell, NONE] > 1, shared)
    n = len(votes.workers)
    return pd.DataFrame(
        {
            "compared": np.bincount(votes.votes.worker[compared], minlength=n),
            "agreeing": np.bincount(votes.votes.worker[agreeing], minlength=n),
        },
        index=pd.Index(votes.workers, dtype="str"),
    )


def repeats(rows: Rows, phase: PhaseSpec) -> Ints:
    """Per worker: values given for more than one item, beyond the first each, that others do not give there.

    Left out are closed fields (everybody repeats 'yes'), names in lists (many directories have a chess club),
    and footers, which many workers find on many items.
    """
    specs = phase.fields
    open_field = np.array(
        [not s.closed and not (s.kind == "name" and f in phase.record_fields) for f, s in specs.items()]
    )
    rows = rows.where((rows.state == VALID) & open_field[rows.field])
    rows = rows.where(latest(rows))
    value, values = pairs(rows.field, rows.value)
    answer, answers = pairs(pairs(value, rows.item)[0], rows.worker)
    value_of, item_of = _first_of(answer, value), _first_of(answer, rows.item)
    worker_of = answers[:, 1]
    alone = np.bincount(answers[:, 0])[answers[:, 0]] == 1 if len(answers) else np.zeros(0, dtype=bool)

    givers = np.bincount(pairs(value_of, worker_of)[1][:, 0], minlength=len(values))
    items = np.bincount(pairs(value_of, item_of)[1][:, 0], minlength=len(values))
    kinds = np.array([s.kind in FOOTER_KINDS for s in specs.values()])
    footer = kinds[values[:, 0]] & (items >= FOOTER_ITEMS) & (givers >= FOOTER_WORKERS)

    pasted, pastes = pairs(value_of, worker_of)
    n_alone = np.bincount(pasted[alone], minlength=len(pastes))
    n_items = np.bincount(pasted, minlength=len(pastes))
    repeated = np.where(n_alone == n_items, n_alone - 1, n_alone)
    repeated = np.where(footer[pastes[:, 0]], 0, repeated)
    return np.bincount(pastes[:, 1], repeated, minlength=len(rows.names.workers)).astype(np.int64)


def _first_of(codes: Ints, values: Ints) -> Ints:
    """For each code 0 … the value that its rows share."""
    of = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    of[codes] = values
    return of


def _by_worker(rows: Rows, numbers: Ints) -> pd.Series:
    return pd.Series(numbers, index=pd.Index(rows.names.workers, dtype="str"))


def _evidence(table: pd.DataFrame, phase_median: float) -> list[str]:
    """What stands out about each worker; '' for those with too few assignments to tell."""
    return [
        "; ".join(_sentences(worker, phase_median)) if worker["total_contribution"] >= MIN_ASSIGNMENTS else ""
        for worker in table.to_dict("records")
    ]


def _sentences(worker: dict, phase_median: float) -> list[str]:
    said = []
    repeated, blank, asked = worker["repeated_answers"], worker["blank_required"], worker["asked_required"]
    if repeated >= MIN_REPEATS and repeated >= REPEAT_SHARE * worker["valid"]:
        said.append(f"gave the same value for different items {repeated} times where others did not")
    if blank >= MIN_BLANK_REQUIRED and blank >= BLANK_SHARE * asked:
        said.append(f"left a required field blank {blank} of {asked} times")
    invalid, given = worker["invalid"], worker["answers"]
    if invalid >= MIN_INVALID and invalid >= INVALID_SHARE * given:
        said.append(f"{invalid} of {given} answers are invalid")
    median = worker["median_work_seconds"]
    if median < SHORT_WORK * phase_median:
        said.append(f"worked {median:.0f} s at the median; all workers of the phase {phase_median:.0f} s")
    return said
