"""Review queue: rows for a person to look at, worst first, with spot checks among them."""

import pandas as pd

from mturk_pipeline.contracts.review import ReviewQueue
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.spot_checks import interleave, lots
from mturk_pipeline.vocabulary.queue_kinds import LOOK_AGAIN, SPOT_CHECK, WAITING
from mturk_pipeline.vocabulary.row_statuses import ACCEPTED_AUTOMATICALLY, UNDECIDED
from mturk_pipeline.workflow.phase_spec import PhaseSpec

WITHOUT_A_HINT = "Trust is hidden here: judge by yourself."


def review_queue(
    cleaned: pd.DataFrame,
    reviewed: pd.DataFrame,
    decisions: pd.DataFrame | None,
    phase: PhaseSpec,
    seed: str = "",
) -> pd.DataFrame:
    """Order the rows that wait for a look (contract `ReviewQueue`).

    Undecided rows and those whose answers changed since they were decided come worst first (by priority); spot
    checks of rows that passed stand evenly among the first half. On spot checks and on as many other rows trust and
    reasons are to be hidden (`blind`), so that nobody can tell which is which. `seed` is as for `apply_decisions`.
    """
    rows = cleaned[["item_id", "priority", "reasons", *key_columns(phase)]].set_index("item_id", drop=False)
    about = reviewed.drop_duplicates("item_id").set_index("item_id")
    about = about[["status", "look_again", "inclusion"]].reindex(rows.index)
    waiting = about["status"].eq(UNDECIDED)
    again = ~waiting & about["look_again"].fillna("").ne("")
    spot = about["status"].eq(ACCEPTED_AUTOMATICALLY) & about["inclusion"].notna()
    kind = pd.Series(WAITING, index=rows.index).mask(again, LOOK_AGAIN).mask(spot, SPOT_CHECK)
    rows["inclusion"] = about["inclusion"].where(spot)
    rows["reasons"] = _reasons(rows["reasons"], about, decisions)
    lot = lots(rows["item_id"], seed)
    # The index names the rows too, and a column of the same name would be ambiguous.
    rows, kind = rows.reset_index(drop=True), kind.reset_index(drop=True)
    lot = lot.reset_index(drop=True)
    ordinary, drawn = rows[(waiting | again).to_numpy()], rows[spot.to_numpy()]
    ordinary = ordinary.sort_values(["priority", *key_columns(phase), "item_id"], ascending=_worst_first(phase))
    drawn = drawn.loc[lot[drawn.index].sort_values().index]
    # Rows to look at again show what was decided: there is nothing to hide on them.
    plain = ordinary.index[kind[ordinary.index] == WAITING]
    hidden = lot[plain].sort_values().index[: len(drawn)].append(drawn.index)
    rows = rows[["item_id", "priority", "reasons", "inclusion"]].assign(kind=kind, blind=rows.index.isin(hidden))
    return rows.loc[interleave(ordinary.index, drawn.index), list(ReviewQueue.names())].reset_index(drop=True)


def _worst_first(phase: PhaseSpec) -> list[bool]:
    return [False, *[True] * (len(key_columns(phase)) + 1)]


def _reasons(reasons: pd.Series, about: pd.DataFrame, decisions: pd.DataFrame | None) -> pd.Series:
    """Why each row is here; what was decided before stands first."""
    again = about["look_again"].fillna("")
    before = pd.Series("", index=reasons.index, dtype="str")
    if decisions is not None and len(decisions):
        earlier = decisions.assign(text=_told(decisions)).groupby("item_id", sort=False)["text"].agg("; ".join)
        before = before.mask(reasons.index.isin(earlier.index), "decided before: " + earlier.reindex(reasons.index))
    first = again.where((again == "") | (before == ""), again + " (" + before + ")")
    between = pd.Series("\n", index=reasons.index, dtype="str").where((first != "") & (reasons != ""), "")
    return first.astype("str") + between + reasons


def _told(decisions: pd.DataFrame) -> pd.Series:
    """Each line of the decision table in a few words: "accept in anna.xlsx, 2026-03-01", "email: x, not y"."""
    whole = decisions["decision"] + " in " + decisions["source_file"]
    day = decisions["decided_at"].str[:10]
    whole = whole + (", " + day).where(day != "", "")
    cell = decisions["field"] + ": " + decisions["after"].fillna("none")
    return whole.where(decisions["field"] == "", cell)
