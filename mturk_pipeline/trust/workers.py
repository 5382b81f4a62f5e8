"""Rating of a phase's workers: contributions, agreement, reliability, and evidence in words.

Nothing here accuses: `evidence` states facts for a person to judge; `standing` is a suggestion
(`mturk_pipeline.trust.worker_standing` says from what).
"""

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
from mturk_pipeline.trust.careless_work import fast_hits, same_answers
from mturk_pipeline.trust.choosing import changed
from mturk_pipeline.trust.consensus import Fitted, fit
from mturk_pipeline.trust.footer_values import FOOTER_ITEMS, FOOTER_WORKERS
from mturk_pipeline.trust.gold_answers import gold_answers
from mturk_pipeline.trust.judged_answers import evidence_rows
from mturk_pipeline.trust.models.closed_copying import find_closed_copying
from mturk_pipeline.trust.models.majority import speakers_for_none
from mturk_pipeline.trust.models.worker_weighted import class_counts
from mturk_pipeline.trust.questions import is_personal
from mturk_pipeline.trust.shared_texts import text_partners
from mturk_pipeline.trust.worker_evidence import evidence, other_evidence
from mturk_pipeline.trust.worker_standing import judge, partners, standings
from mturk_pipeline.vocabulary.agreements import FREE_TEXT, SET
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def rate_workers(
    answers: pd.DataFrame,
    assignments: pd.DataFrame,
    phase: PhaseSpec,
    *,
    fitted: Fitted | None = None,
    gold: Ints | None = None,
    judged_rows: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row per worker (contract Workers), sorted by worker; people who did not log in are none.

    Parameters
    ----------
    fitted
        The result of `consensus.fit`, where the caller has it.
    gold
        The result of `gold.gold_truth` for the same ballots, where the phase has gold questions; the right sets and
        ratings are those of the fit.
    judged_rows
        Evidence of all methods on the workers' answers: columns `judged_answers.ROWS`. By default that of `fitted`.

    A worker is known from any of these tables. Answers to several items of one assignment are one HIT.
    """
    model_fit = fitted or fit(answers, phase)
    rows = coded(answers, phase)
    assignments = known(assignments)
    names = pd.Index(
        sorted({*rows.names.workers[~is_unknown(rows.names.workers)], *assignments["worker"]}), dtype="str"
    )
    table = _counts(names, rows, assignments, model_fit, gold)
    table[_COUNTS] = table[_COUNTS].fillna(0).astype("int64")
    judged = judge(evidence_rows(model_fit) if judged_rows is None else judged_rows, names)
    copied = _copy_partners(model_fit, pd.Series(judged.tail, index=names))
    table = _with_partners(table, copied, text_partners(rows, assignments, phase))
    table = table.assign(
        agreement=table["agreeing"] / table["compared"].where(table["compared"] > 0),
        gold_hits_right=table["gold_hits_right"].fillna(0.0),
        reliability=judged.reliability,
        reliability_low=judged.low,
        reliability_high=judged.high,
        judged=judged.hits,
        judged_right=judged.right,
        judged_weight=judged.weight,
        poor=judged.poor,
    )
    times = assignments["work_seconds"].dropna().to_numpy(dtype=float)
    median = float(np.median(times)) if len(times) else np.nan
    table["standing"] = standings(judged, other_evidence(table, median))
    table["evidence"] = evidence(table, median)
    return table.rename_axis("worker").reset_index().loc[:, list(Workers.names())]


def notes_on_workers(judged_rows: pd.DataFrame) -> tuple[str, ...]:
    """Whom agreement cannot accuse in this phase, in words."""
    return judge(judged_rows, pd.Index(sorted(set(judged_rows["worker"])), dtype="str")).notes


_COUNTS = [
    *("total_contribution", "items", "answers", "valid", "blank", "blank_required", "none_declared", "invalid"),
    *("compared", "agreeing", "repeated_answers", "asked_required", "gold_asked", "gold_right", "outcomes_changed"),
    *(
        "blank_required_hits",
        "asked_required_hits",
        "gold_hits",
        "timed",
        "fast",
        "same_answers",
        "free_texts",
        "copied_texts",
    ),
]


def evidence_share(rows: Rows) -> Floats:
    """Per worker: how much of a piece of evidence each item is, assignments by items that they answered; 1 as a rule.

    Slots of one HIT were answered in one sitting, well or badly: ten of them tell of a worker what one tells.
    """
    n = len(rows.names.workers)
    sittings = np.bincount(pairs(rows.worker, rows.assignment)[1][:, 0], minlength=n)
    items = np.bincount(pairs(pairs(rows.assignment, rows.item)[0], rows.worker)[1][:, 1], minlength=n)
    return np.where(items > 0, sittings / np.maximum(items, 1), 1.0)


def _counts(names: pd.Index, rows: Rows, assignments: pd.DataFrame, fitted: Fitted, gold: Ints | None) -> pd.DataFrame:
    """What was counted of the workers `names`; missing where a table does not know one."""
    phase = fitted.phase
    return (
        pd.DataFrame(index=names)
        .join(_from_assignments(assignments, slots_of(assignments, phase)))
        .join(_from_answers(rows, phase))
        .join(agreement(fitted.ballots, phase))
        .join(_from_fit(fitted))
        .join(_gold(fitted, gold))
        .join(_by_worker(rows, repeats(rows, phase)).rename("repeated_answers"))
        .join(_by_worker(rows, evidence_share(rows)).rename("evidence_share"))
    )


def _from_assignments(assignments: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """Per worker: contributions, items, median time, and the latest lifetime numbers that a file gave."""
    ordered = assignments.sort_values(["submitted_at", "assignment_id"], na_position="first")
    grouped = ordered.groupby("worker")
    lifetime = grouped[["approval_rate", "approved_before", "submitted_before"]].last()
    return lifetime.assign(
        total_contribution=grouped.size(),
        items=slots.groupby("worker")["item_id"].nunique(),
        median_work_seconds=grouped["work_seconds"].median(),
    ).join(fast_hits(assignments))


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
    free = (rows.state == VALID) & np.array([s.agreement == FREE_TEXT for s in phase.fields.values()])[rows.field]
    counts = {
        "answers": np.bincount(rows.worker[rows.state != BLANK], minlength=n),
        "valid": np.bincount(rows.worker[rows.state == VALID], minlength=n),
        "none_declared": np.bincount(rows.worker[(rows.state == NONE) | in_words], minlength=n),
        "invalid": np.bincount(rows.worker[(rows.state == INVALID) & ~in_words], minlength=n),
        "blank": np.bincount(of[state == BLANK, 1], minlength=n),
        "blank_required": np.bincount(of[(state == BLANK) & required, 1], minlength=n),
        "asked_required": np.bincount(of[required, 1], minlength=n),
        "free_texts": np.bincount(rows.worker[free], minlength=n),
        "copied_texts": np.bincount(rows.worker[free & rows.suspicious], minlength=n),
        "blank_required_hits": _hits(rows.assignment, rows.worker, asked, (state == BLANK) & required, n),
        "asked_required_hits": _hits(rows.assignment, rows.worker, asked, required, n),
    }
    return pd.DataFrame(counts, index=pd.Index(rows.names.workers, dtype="str"))


def _hits(assignment: Ints, worker: Ints, asked: Ints, which: np.ndarray, workers: int) -> Ints:
    """Per worker: assignments with a question for which `which` holds; `asked` is each row's question."""
    rows = which[asked]
    return np.bincount(pairs(worker[rows], assignment[rows])[1][:, 0], minlength=workers)


def _from_fit(fitted: Fitted) -> pd.DataFrame:
    """The model's findings per worker: one answer to everything, and outcomes that weighting changed."""
    votes, n = fitted.ballots, len(fitted.ballots.workers)
    moved = changed(votes, fitted.chosen, speakers_for_none(votes, fitted.phase)[0])[votes.votes.cell]
    return pd.DataFrame(
        {
            "blacklisted": fitted.known.weight == 0,
            "outcomes_changed": np.bincount(votes.votes.worker[moved], minlength=n),
            "same_answers": same_answers(votes, fitted.phase, fitted.scores),
        },
        index=pd.Index(votes.workers, dtype="str"),
    )


def _with_partners(table: pd.DataFrame, values: dict[str, set[str]], texts: dict[str, dict[str, int]]) -> pd.DataFrame:
    """`table` with whom each worker shares wrong values with, and long texts."""
    names = [str(name) for name in table.index]
    return table.assign(
        value_partners=[len(values.get(name, ())) for name in names],
        text_partners=[len(texts.get(name, ())) for name in names],
        shared_texts=[max(texts.get(name, {}).values(), default=0) for name in names],
        copy_partners=pd.Series(
            [sorted({*values.get(name, ()), *texts.get(name, ())}) for name in names], index=table.index, dtype=object
        ),
    )


def _copy_partners(fitted: Fitted, tail: pd.Series) -> dict[str, set[str]]:
    """Whom each worker seems to copy from, or to work together with; `tail` by worker, as in `Judged`."""
    found = [(fitted.ballots, fitted.scores.copying)]
    for votes, _ in fitted.others:
        sets = [n for n, spec in enumerate(fitted.phase.fields.values()) if spec.agreement == SET]
        found.append((votes, find_closed_copying(votes, tuple(sets), class_counts(votes, fitted.phase))))
    out: dict[str, set[str]] = {}
    for votes, copying in found:
        of_voter = tail.reindex(votes.workers).fillna(1.0).to_numpy(dtype=float)
        for worker, others in zip(votes.workers.tolist(), partners(copying, len(of_voter), of_voter), strict=True):
            out.setdefault(worker, set()).update(votes.workers[others].tolist())
    return out


def _gold(fitted: Fitted, gold: Ints | None) -> pd.DataFrame:
    """Per worker: gold questions answered, and right; of HITs the same (`gold_answers`)."""
    answered = gold_answers(fitted, gold)
    of_worker = answered.groupby("worker")["right"]
    of_hit = answered.groupby(["worker", "assignment_id"])["right"].mean().groupby("worker")
    counts = {
        "gold_asked": of_worker.size(),
        "gold_right": of_worker.sum(),
        "gold_hits": of_hit.size(),
        "gold_hits_right": of_hit.sum(),
    }
    return pd.DataFrame(counts)


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
