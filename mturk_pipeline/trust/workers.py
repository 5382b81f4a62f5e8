"""Rating of a phase's workers: contributions, agreement, reliability, and evidence in words.

Nothing here accuses: `evidence` states facts for a person to judge, and only from three assignments on; `standing`
is a suggestion (`mturk_pipeline.trust.worker_standing` says from what).
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from mturk_pipeline.contracts.consensus import Workers
from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.intake.unknown_workers import is_unknown, known
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.trust.agreement import agreement
from mturk_pipeline.trust.answer_codes import (
    BLANK,
    INVALID,
    NONE,
    NONE_IN_WORDS,
    VALID,
    Floats,
    Ints,
    Rows,
    coded,
    latest,
    pairs,
)
from mturk_pipeline.trust.choosing import changed, checked_workers
from mturk_pipeline.trust.consensus import Fitted, fit
from mturk_pipeline.trust.footer_values import FOOTER_ITEMS, FOOTER_WORKERS
from mturk_pipeline.trust.models.base import NO_VALUE, UNKNOWN
from mturk_pipeline.trust.models.majority import speakers_for_none
from mturk_pipeline.trust.questions import is_personal
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.trust.worker_evidence import evidence, stands_out
from mturk_pipeline.trust.worker_standing import partners, reliability, standings
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def rate_workers(
    answers: pd.DataFrame,
    assignments: pd.DataFrame,
    phase: PhaseSpec,
    *,
    fitted: Fitted | None = None,
    gold: Ints | None = None,
) -> pd.DataFrame:
    """One row per worker (contract Workers), sorted by worker; people who did not log in are none.

    A worker is known from either table. Answers to several items of one assignment count as one piece of evidence.
    `fitted` is the result of `consensus.fit`, where the caller has it; `gold` that
    of `gold.gold_truth` for the same ballots, where the phase has gold questions.
    """
    model_fit = fitted or fit(answers, phase)
    rows = coded(answers, phase)
    assignments = known(assignments)
    names = pd.Index(
        sorted({*rows.names.workers[~is_unknown(rows.names.workers)], *assignments["worker"]}), dtype="str"
    )
    table = pd.DataFrame(index=names).join(_from_assignments(assignments, slots_of(assignments, phase)))
    share = _by_worker(rows, evidence_share(rows))
    table = (
        table.join(_from_answers(rows, phase))
        .join(agreement(model_fit.ballots, phase))
        .join(_from_fit(model_fit, gold, share))
        .join(share.rename("evidence_share"))
    )
    table = table.join(_by_worker(rows, repeats(rows, phase)).rename("repeated_answers")).reindex(names)
    counts = [c for c in _COUNTS if c in table]
    table[counts] = table[counts].fillna(0).astype("int64")
    table["copy_partners"] = [p if isinstance(p, list) else [] for p in table["copy_partners"]]
    table["agreement"] = table["agreeing"] / table["compared"].where(table["compared"] > 0)
    times = assignments["work_seconds"].dropna().to_numpy(dtype=float)
    median = float(np.median(times)) if len(times) else np.nan
    standing = standings(
        table["given"].fillna(0).where(table["checked"].eq(True), 0).to_numpy(dtype=float)
        if len(names) > 2
        else np.zeros(len(names)),
        table["reliability_low"].to_numpy(),
        table["reliability_high"].to_numpy(),
        np.array([bool(p) for p in table["copy_partners"]], dtype=bool),
        stands_out(table, median),
    )
    table["judged"], table["judged_right"] = table["given"].fillna(0.0), table["right"].fillna(0.0)
    table["standing"] = standing
    table["evidence"] = evidence(table, median)
    return table.rename_axis("worker").reset_index().loc[:, list(Workers.names())]


_COUNTS = [
    *("total_contribution", "items", "answers", "valid", "blank", "blank_required", "none_declared", "invalid"),
    *("compared", "agreeing", "repeated_answers", "asked_required", "gold_asked", "gold_right", "outcomes_changed"),
]


def evidence_share(rows: Rows) -> Floats:
    """Per worker: how much of a piece of evidence each item is, assignments by items that they answered; 1 as a rule.

    Slots of one HIT were answered in one sitting, well or badly: ten of them tell of a worker what one tells.
    """
    n = len(rows.names.workers)
    sittings = np.bincount(pairs(rows.worker, rows.assignment)[1][:, 0], minlength=n)
    items = np.bincount(pairs(pairs(rows.assignment, rows.item)[0], rows.worker)[1][:, 1], minlength=n)
    return np.where(items > 0, sittings / np.maximum(items, 1), 1.0)


def _from_assignments(assignments: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """Per worker: contributions, items, median time, and the latest lifetime numbers that a file gave."""
    ordered = assignments.sort_values(["submitted_at", "assignment_id"], na_position="first")
    grouped = ordered.groupby("worker")
    lifetime = grouped[["approval_rate", "approved_before", "submitted_before"]].last()
    return lifetime.assign(
        total_contribution=grouped.size(),
        items=slots.groupby("worker")["item_id"].nunique(),
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
    # Words of one's own for 'there is none' are no bad work.
    in_words = rows.evidence == NONE_IN_WORDS
    counts = {
        "answers": np.bincount(rows.worker[rows.state != BLANK], minlength=n),
        "valid": np.bincount(rows.worker[rows.state == VALID], minlength=n),
        "none_declared": np.bincount(rows.worker[(rows.state == NONE) | in_words], minlength=n),
        "invalid": np.bincount(rows.worker[(rows.state == INVALID) & ~in_words], minlength=n),
        "blank": np.bincount(of[state == BLANK, 1], minlength=n),
        "blank_required": np.bincount(of[(state == BLANK) & required, 1], minlength=n),
        "asked_required": np.bincount(of[required, 1], minlength=n),
    }
    return pd.DataFrame(counts, index=pd.Index(rows.names.workers, dtype="str"))


def _from_fit(fitted: Fitted, gold: Ints | None, share: pd.Series) -> pd.DataFrame:
    """The model's estimates per worker: reliability, copy partners, gold, and outcomes that weighting changed."""
    votes, n = fitted.ballots, len(fitted.ballots.workers)
    known, each = fitted.known, share.reindex(votes.workers).fillna(1.0).to_numpy()
    # Without what is known from before: history must not come back as evidence of its own.
    given = np.maximum(fitted.scores.given - known.given, 0) * each
    right = np.maximum(fitted.scores.right - known.right, 0) * each
    once = {} if (each == 1).all() else {"given": given + known.given, "right": right + known.right}
    middle, low, high = reliability(replace(fitted.scores, **once))
    moved = changed(votes, fitted.chosen, speakers_for_none(votes, fitted.phase)[0])[votes.votes.cell]
    names = votes.workers.tolist()
    gold_asked, gold_right = _gold(votes, gold)
    return pd.DataFrame(
        {
            "given": given,
            "right": right,
            "blacklisted": known.weight == 0,
            "checked": checked_workers(votes, known),
            "reliability": middle,
            "reliability_low": low,
            "reliability_high": high,
            "copy_partners": [[names[p] for p in pair] for pair in partners(fitted.scores.copying, n)],
            "gold_asked": gold_asked,
            "gold_right": gold_right,
            "outcomes_changed": np.bincount(votes.votes.worker[moved], minlength=n),
        },
        index=pd.Index(votes.workers, dtype="str"),
    )


def _gold(votes: Ballots, gold: Ints | None) -> tuple[Ints, Ints]:
    """Per worker: gold questions answered, and answered rightly (a value, or no value where there is none)."""
    n = len(votes.workers)
    if gold is None:
        return np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    truth = gold[votes.votes.cell]
    asked = truth != UNKNOWN
    right = (truth == NO_VALUE) & (votes.votes.state != VALID)
    right[votes.support_vote[gold[votes.candidates.cell[votes.support_candidate]] == votes.support_candidate]] = True
    worker = votes.votes.worker
    return np.bincount(worker[asked], minlength=n), np.bincount(worker[asked & right], minlength=n)


def repeats(rows: Rows, phase: PhaseSpec) -> Ints:
    """Per worker: values given for more than one item, beyond the first each, that others do not give there.

    Several items of one assignment count once. Left out are closed fields (everybody repeats 'yes'), names in lists
    (many directories have a chess club), and footers, which many workers find on many items.
    """
    specs = phase.fields
    open_field = np.array(
        [not s.closed and not (KINDS[s.kind].is_name and f in phase.record_fields) for f, s in specs.items()]
    )
    rows = rows.where((rows.state == VALID) & open_field[rows.field])
    rows = rows.where(latest(rows))
    value, values = pairs(rows.field, rows.value)
    answer, answers = pairs(pairs(value, rows.item)[0], rows.worker)
    value_of, item_of = _first_of(answer, value), _first_of(answer, rows.item)
    worker_of = answers[:, 1]
    # Slots of one HIT count once.
    sitting = _first_of(answer, rows.assignment)
    alone = np.bincount(answers[:, 0])[answers[:, 0]] == 1 if len(answers) else np.zeros(0, dtype=bool)

    givers = np.bincount(pairs(value_of, worker_of)[1][:, 0], minlength=len(values))
    items = np.bincount(pairs(value_of, item_of)[1][:, 0], minlength=len(values))
    kinds = np.array([is_personal(s) for s in specs.values()])
    footer = kinds[values[:, 0]] & (items >= FOOTER_ITEMS) & (givers >= FOOTER_WORKERS)

    pasted, pastes = pairs(value_of, worker_of)
    n_alone = np.bincount(pairs(pasted[alone], sitting[alone])[1][:, 0], minlength=len(pastes))
    n_items = np.bincount(pairs(pasted, sitting)[1][:, 0], minlength=len(pastes))
    repeated = np.where(n_alone == n_items, n_alone - 1, n_alone)
    repeated = np.where(footer[pastes[:, 0]], 0, repeated)
    return np.bincount(pastes[:, 1], repeated, minlength=len(rows.names.workers)).astype(np.int64)


def _first_of(codes: Ints, values: Ints) -> Ints:
    """For each code 0 … the value that its rows share."""
    of = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    of[codes] = values
    return of


def _by_worker(rows: Rows, numbers: Ints | Floats) -> pd.Series:
    return pd.Series(numbers, index=pd.Index(rows.names.workers, dtype="str"))
