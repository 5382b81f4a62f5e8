"""Rework: items that go back to the crowd, as rows to upload, and who must not answer them again."""

import pandas as pd

from mturk_pipeline.intake.sent_items import ANSWERS_WANTED, ATTEMPT, OFFER_ID
from mturk_pipeline.intake.taken_offers import EXCLUDED
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.offers.next_input import UploadRows, split
from mturk_pipeline.vocabulary.row_statuses import BACK_TO_CROWD
from mturk_pipeline.workflow.phase_spec import PhaseSpec

UNDER_WAY, USED_UP, NO_INPUTS = "under_way", "attempts_used_up", "no_inputs"


def rework(
    reviewed: pd.DataFrame,
    items: pd.DataFrame,
    inputs: pd.DataFrame,
    phase: PhaseSpec,
    missing: pd.DataFrame | None = None,
) -> UploadRows:
    """Items that are asked again, once each: those of rows decided redo or rejected, and missing units.

    `items` and `inputs` are as `asked_items` and `inputs_of_items` give them; of `missing` (contract `MissingUnits`)
    those with `top_up` join.

    Returns
    -------
    UploadRows
        Columns: the item's inputs, without "Input."; `attempt`: 1 + the number of HITs that it has had;
        `answers_wanted`: the phase's redundancy, or what a missing unit lacks; `offer_id`: the item. Left out with
        a reason: items whose answers are under way (under_way: the attempt was taken, or its HIT is not over), items
        of HITs without inputs (no_inputs), and items that have been sent `max_attempts` times (attempts_used_up).
    """
    decided = reviewed.loc[reviewed["status"].isin(BACK_TO_CROWD), "parent_item_id"].dropna().drop_duplicates()
    lacking = pd.Series([], dtype="int64", index=pd.Index([], dtype="str"))
    if missing is not None:
        short = missing[missing["top_up"] & ~missing["item_id"].isin(decided)].set_index("item_id")
        lacking = (short["wanted"] - short["answers"]).clip(lower=1)
    wanted = pd.Index([*decided, *lacking.index], dtype="str")
    table = inputs.reindex(wanted)
    table = table[[c for c in table.columns if c in phase.keys or table[c].notna().any()]]
    blank = table.isna() | table.fillna("").apply(lambda column: column.str.strip().eq(""))
    told_by_nothing = pd.Series(blank.all(axis=1).to_numpy(), dtype="bool")
    known = items.reindex(wanted)
    table[ATTEMPT] = known["attempt"].fillna(1).astype("int64")
    table[ANSWERS_WANTED] = lacking.reindex(wanted).fillna(phase.assignments_per_item).astype("int64")
    table[OFFER_ID] = wanted
    table = table.reset_index(drop=True)
    under_way = known["under_way"].astype("boolean").fillna(False).astype("bool").reset_index(drop=True)
    reason = f"sent {phase.max_attempts} times already: find it by hand, or raise max_attempts"
    rules = {
        UNDER_WAY: (under_way, "sent, and its answers are not in yet"),
        NO_INPUTS: (told_by_nothing, "the result files do not say what it was about: ask again by hand"),
        USED_UP: (table[ATTEMPT] > phase.max_attempts, reason),
    }
    return split(table, pd.Series(wanted, dtype="str"), rules)


def answered_by(assignments: pd.DataFrame, unused: pd.DataFrame) -> pd.DataFrame:
    """item_id and worker of all answers of known workers: those that count, and those set aside."""
    parts = [table.reindex(columns=["item_id", "worker"]).astype("str") for table in (assignments, unused)]
    answered = pd.concat(parts, ignore_index=True).dropna()
    return answered[~is_unknown(answered["worker"])]


def exclusions(rows: pd.DataFrame, answered: pd.DataFrame) -> pd.DataFrame:
    """Workers who have answered any item of `rows`, rework, and must not answer it again.

    `answered` is as `answered_by` gives it, workers by their whole names. Columns: WorkerId, items (how many of `rows`
    they answered) and offer_ids (which, joined by '; '), by WorkerId.
    """
    answers = answered.assign(worker=answered["worker"].str.replace(r"(?s).*:", "", regex=True)).drop_duplicates()
    answers = answers[answers["item_id"].isin(rows[OFFER_ID])].sort_values(["worker", "item_id"])
    if answers.empty:
        return pd.DataFrame(columns=list(EXCLUDED), dtype="str")
    table = answers.groupby("worker")["item_id"].agg(["size", "; ".join]).reset_index()
    return table.set_axis(list(EXCLUDED), axis=1)
